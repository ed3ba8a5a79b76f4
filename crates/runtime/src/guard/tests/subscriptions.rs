//! Subscribing to webhooks: refused before it reaches Instagram.

use super::*;
use crate::guard::GuardedSubscriptions;
use heliograph_engine::ports::{AppAccess, AppSubscription, Subscriptions, VirtualClock};
use heliograph_instagram::client::{Flavour, GraphClient, GraphConfig, SimulatedTokens};
use heliograph_instagram::simulated::{
    self, NewAccount, SimulatedInstagram, SimulatedServer, SimulatedSettings,
};
use heliograph_model::AccountId;
use tokio::net::TcpListener;

const ACCOUNT: &str = "17841400000000001";

/// A real server of the simulated Instagram, and the client of it, guarded.
async fn subscriptions(level: GuardLevel) -> (Arc<Guard>, GuardedSubscriptions, SimulatedServer) {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(Millis(1_790_000_000_000)));
    let core = Arc::new(SimulatedInstagram::new(
        Arc::clone(&clock),
        SimulatedSettings::default(),
    ));
    core.add_account(NewAccount::new(ACCOUNT, "shop.example"));
    let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let server = simulated::serve(tcp, core, std::future::pending()).expect("it listens");
    let config = GraphConfig::at(server.base_url(), Flavour::InstagramLogin);
    let client = GraphClient::new(config, Arc::new(SimulatedTokens), Arc::clone(&clock));
    let guard = Arc::new(Guard::new("shop", level, clock));
    let client = Arc::new(client.expect("a client"));
    let guarded = GuardedSubscriptions::new(client, Arc::clone(&guard));
    (guard, guarded, server)
}

async fn try_both(subscriptions: &GuardedSubscriptions) -> Vec<PortResult<()>> {
    let fields = ["messages".to_owned()];
    let wanted = AppSubscription {
        callback_url: "http://127.0.0.1:1/".to_owned(),
        fields: fields.to_vec(),
    };
    let app = AppAccess::new("1", "secret");
    vec![
        subscriptions
            .subscribe_account(&ACCOUNT.into(), &fields)
            .await,
        subscriptions.subscribe_app(&app, &wanted, "token").await,
    ]
}

#[tokio::test]
async fn subscribing_is_refused_at_observe_and_dry_run_and_reading_is_not() {
    let account = AccountId::from(ACCOUNT);
    for level in [GuardLevel::Observe, GuardLevel::DryRun] {
        let (_, subscriptions, _server) = subscriptions(level).await;
        for refused in try_both(&subscriptions).await {
            let refused = refused.expect_err("it is refused");
            assert!(refused.is_refused(), "{refused}");
            assert!(refused.to_string().contains("“shop”"), "{refused}");
        }
        let now = subscriptions.of_account(&account).await;
        assert_eq!(now.expect("it is read"), Vec::<String>::new());
        let app = subscriptions.of_app(&AppAccess::new("1", "secret")).await;
        assert_eq!(app.expect("it is read"), None);
    }
}

#[tokio::test]
async fn subscribing_goes_through_while_live_is_armed() {
    let (guard, subscriptions, _server) = subscriptions(GuardLevel::Observe).await;
    guard.arm(60_000).expect("it can be armed");
    let answers = try_both(&subscriptions).await;
    answers[0].as_ref().expect("the account is subscribed");
    // The callback URL leads nowhere, and that is what Instagram says.
    let refused = answers[1].as_ref().expect_err("nobody answers there");
    assert!(
        !refused.is_refused() && refused.to_string().contains("2200"),
        "{refused}"
    );
    let now = subscriptions.of_account(&ACCOUNT.into()).await;
    assert_eq!(now.expect("it is read"), ["messages"]);
}
