//! What the log says of accounts whose sends stop and go on again.

use crate::support::{BEN, COMMENT, START, World, effect, request, shop, text, to_ana, world};
use heliograph_engine::ports::{Clock, Instagram};
use heliograph_instagram::{
    client::{BreakerSettings, Flavour, GraphClient, GraphConfig, Pacing, TokenMap, Tokens},
    simulated::{Failure, Fault, GraphError, NewAccount, Requests, simulated_token},
};
use heliograph_model::{AccountId, Recipient};
use parking_lot::Mutex;
use std::{io, sync::Arc};

/// What was logged, a line each.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Writes down what this thread logs, which in these tests is everything.
    fn start() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The lines since the last call, each as its level and whether it names the shop.
    fn take(&self) -> Vec<(String, bool)> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock())).unwrap();
        for token in [simulated_token(&shop()), "renewed-secret".to_owned()] {
            assert!(!text.contains(&token), "{text}");
        }
        text.lines()
            .filter(|line| line.contains("heliograph_instagram"))
            .map(|line| {
                let level = ["WARN", "INFO", "ERROR"]
                    .into_iter()
                    .find(|level| line.contains(level));
                let names = line.contains(&format!("account={}", shop()));
                (level.unwrap_or("?").to_owned(), names)
            })
            .collect()
    }
}

fn warned() -> Vec<(String, bool)> {
    vec![("WARN".to_owned(), true)]
}

fn told() -> Vec<(String, bool)> {
    vec![("INFO".to_owned(), true)]
}

fn client_with(world: &World, tokens: &Arc<TokenMap>) -> GraphClient {
    GraphClient::new(
        GraphConfig::at(world.server.base_url(), Flavour::InstagramLogin)
            .paced(Pacing::unlimited()),
        Arc::clone(tokens) as Arc<dyn Tokens>,
        Arc::clone(&world.clock) as Arc<dyn Clock>,
    )
    .unwrap()
}

async fn send(client: &GraphClient, account: &AccountId) -> bool {
    let hi = to_ana(text("Hi"));
    client.send(&request(account, &hi)).await.is_ok()
}

#[tokio::test]
async fn a_refused_token_is_told_once_with_its_account_and_so_is_the_next_one() {
    let world = world().await;
    let tokens = Arc::new(TokenMap::new());
    let client = client_with(&world, &tokens);
    let (log, _guard) = Log::start();
    for _ in 0..3 {
        assert!(!send(&client, &shop()).await);
    }
    assert_eq!(log.take(), warned(), "it has no token");
    tokens.set(shop(), simulated_token(&shop()).into());
    assert!(send(&client, &shop()).await);
    assert_eq!(log.take(), told(), "it has one");

    // Instagram quotes the token, as a proxy between may do.
    let quoting = format!("Cannot parse {}", simulated_token(&shop()));
    let refusal = Failure::Error(GraphError::new(190, None, quoting));
    world.core.fail(Fault::always(refusal).of_account(shop()));
    for _ in 0..3 {
        assert!(!send(&client, &shop()).await);
        assert!(client.profile(&shop(), &BEN.into()).await.is_err());
    }
    assert_eq!(log.take(), warned(), "once, and not for each send");
    let other = AccountId::from("17841400000000002");
    world
        .core
        .add_account(NewAccount::new(other.clone(), "other.example"));
    world
        .core
        .person_wrote(&other, &crate::support::ANA.into(), None, START);
    tokens.set(other.clone(), simulated_token(&other).into());
    assert!(send(&client, &other).await);
    assert_eq!(log.take(), [], "nothing is wrong with the other one");

    tokens.set(shop(), "renewed-secret".into());
    assert!(!send(&client, &shop()).await);
    assert!(!send(&client, &shop()).await);
    assert_eq!(log.take(), warned(), "the new one is refused too");
    world.core.lift_all();
    world.core.set_token(&shop(), "renewed-secret");
    assert!(!send(&client, &shop()).await, "it is remembered");
    client.reset(&shop()).await.unwrap();
    assert_eq!(log.take(), told(), "somebody wants it tried again");
    assert!(send(&client, &shop()).await);
    assert_eq!(log.take(), []);
}

#[tokio::test]
async fn an_account_that_gets_another_token_is_told_to_go_on() {
    let world = world().await;
    let tokens = Arc::new(TokenMap::new());
    tokens.set(shop(), simulated_token(&shop()).into());
    let client = client_with(&world, &tokens);
    let (log, _guard) = Log::start();
    world.core.set_token(&shop(), "renewed-secret");
    assert!(!send(&client, &shop()).await);
    assert_eq!(log.take(), warned());
    tokens.set(shop(), "renewed-secret".into());
    assert!(send(&client, &shop()).await);
    assert!(send(&client, &shop()).await);
    assert_eq!(log.take(), told());
}

#[tokio::test]
async fn a_breaker_that_opens_and_closes_is_told() {
    let world = world().await;
    let client = world.client();
    let (log, _guard) = Log::start();
    world.core.fail(Fault::always(Failure::Status(503)));
    let settings = BreakerSettings::default();
    for _ in 0..settings.least + 5 {
        assert!(!send(&client, &shop()).await);
    }
    assert_eq!(log.take(), warned(), "once, when it opens");
    world.clock.advance(settings.open_ms);
    assert!(!send(&client, &shop()).await, "the probe fails");
    assert_eq!(log.take(), [], "it is as it was");
    world.core.lift_all();
    world.clock.advance(2 * settings.open_ms);
    assert!(send(&client, &shop()).await);
    assert!(send(&client, &shop()).await);
    assert_eq!(log.take(), told(), "it is well again");
}

#[tokio::test]
async fn what_an_account_may_not_do_is_told_until_it_may() {
    let world = world().await;
    let client = world.client();
    let (log, _guard) = Log::start();
    let lacking = Fault::always(Failure::error(10, None)).on(Requests::Sends);
    world.core.fail(lacking);
    for _ in 0..3 {
        assert!(!send(&client, &shop()).await);
        assert!(
            client
                .profile(&shop(), &crate::support::ANA.into())
                .await
                .is_ok()
        );
    }
    assert_eq!(log.take(), warned());
    world.core.lift_all();
    let reply = effect(Recipient::Comment(COMMENT.into()), text("Hi"));
    assert!(client.send(&request(&shop(), &reply)).await.is_ok());
    assert_eq!(log.take(), [], "another kind of request");
    assert!(send(&client, &shop()).await);
    assert_eq!(log.take(), told());
}
