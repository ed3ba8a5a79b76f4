//! Access tokens at the simulated Instagram.

use crate::support::{ANA, request, ruling, shop, text, to_ana, world, world_with};
use async_trait::async_trait;
use heliograph_engine::ports::{Clock, Instagram};
use heliograph_instagram::client::{Flavour, GraphClient, GraphConfig, Pacing, Tokens};
use heliograph_instagram::simulated::{SimulatedSettings, simulated_token};
use heliograph_model::{AccountId, ErrorClass, Millis};
use parking_lot::Mutex;
use secrecy::SecretString;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[tokio::test]
async fn a_request_needs_the_accounts_token() {
    let world = world().await;
    let body = json!({ "recipient": { "id": ANA }, "message": { "text": "Hi" } });
    let good = simulated_token(&shop());
    for (token, expected) in [
        (None, Err((190, None))),
        (Some("nonsense"), Err((190, None))),
        (Some("IGSIMULATED.17841400000000009"), Err((190, None))),
        (Some(good.as_str()), Ok(())),
    ] {
        let answer = world.post_as("/me/messages", &body, token).await;
        assert_eq!(ruling(answer).map(|_| ()), expected, "{token:?}");
    }
    let in_query = format!("/me/messages?access_token={good}");
    assert!(ruling(world.post_as(&in_query, &body, None).await).is_ok());
    let mut in_body = body.clone();
    in_body["access_token"] = good.into();
    assert!(ruling(world.post_as("/me/messages", &in_body, None).await).is_ok());
}

#[tokio::test]
async fn an_expired_token_is_refused_until_it_is_good_or_replaced() {
    let world = world().await;
    assert!(world.core.set_token_expired(&shop(), true));
    assert_eq!(world.text_to(ANA).await, Err((190, Some(463))));
    assert!(world.core.set_token_expired(&shop(), false));
    assert!(world.text_to(ANA).await.is_ok());
    assert!(world.core.set_token(&shop(), "another"));
    assert_eq!(world.text_to(ANA).await, Err((190, None)));
    let body = json!({ "recipient": { "id": ANA }, "message": { "text": "Hi" } });
    let answer = world.post_as("/me/messages", &body, Some("another")).await;
    assert!(ruling(answer).is_ok());
}

#[tokio::test]
async fn where_it_is_lenient_a_simulated_token_makes_its_account_exist() {
    let world = world_with(SimulatedSettings::default()).await;
    let path = "/me?fields=user_id";
    let request = world.request(reqwest::Method::GET, path);
    let request = request.bearer_auth(simulated_token(&"17841400000000009".into()));
    let body: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(body["user_id"], "17841400000000009");
}

#[tokio::test]
async fn no_debug_output_holds_a_token() {
    let world = world().await;
    world.core.set_token(&shop(), "very-secret-token");
    let client = world.client();
    for text in [format!("{:?}", world.core), format!("{client:?}")] {
        assert!(!text.contains("very-secret-token"), "{text}");
        assert!(!text.contains("IGSIMULATED"), "{text}");
    }
}

/// Tokens that are kept elsewhere: what is at hand is a copy, and somebody may have
/// renewed the one it was made of.
#[derive(Debug, Default)]
struct KeptElsewhere {
    copy: Mutex<Option<SecretString>>,
    kept: Mutex<Option<SecretString>>,
    read: AtomicU32,
}

#[async_trait]
impl Tokens for KeptElsewhere {
    fn token(&self, _: &AccountId) -> Option<SecretString> {
        self.copy.lock().clone()
    }

    async fn read_again(&self, _: &AccountId) -> Option<SecretString> {
        self.read.fetch_add(1, Ordering::SeqCst);
        let kept = self.kept.lock().clone();
        self.copy.lock().clone_from(&kept);
        kept
    }
}

#[tokio::test]
async fn a_refused_token_is_read_once_more_before_the_account_stops() {
    let world = world().await;
    let tokens = Arc::new(KeptElsewhere::default());
    let client = GraphClient::new(
        GraphConfig::at(world.server.base_url(), Flavour::InstagramLogin)
            .paced(Pacing::unlimited()),
        Arc::clone(&tokens) as Arc<dyn Tokens>,
        Arc::clone(&world.clock) as Arc<dyn Clock>,
    )
    .unwrap();
    let hi = to_ana(text("Hi"));
    let send = || async { client.send(&request(&shop(), &hi)).await };
    let reads = || tokens.read.load(Ordering::SeqCst);

    // Nothing at hand yet: it is read before the account counts as not connected.
    let error = send().await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Token, None));
    *tokens.kept.lock() = Some(simulated_token(&shop()).into());
    assert!(send().await.is_ok());
    assert_eq!(reads(), 2);

    // Renewed elsewhere: nobody notices.
    world.core.set_token(&shop(), "renewed");
    *tokens.kept.lock() = Some("renewed".into());
    assert!(send().await.is_ok());
    assert_eq!(reads(), 3);

    // Refused and not renewed: the account stops, and is looked after only now and then.
    world.clock.advance(Millis::MINUTE);
    world.core.set_token(&shop(), "renewed once more");
    for _ in 0..3 {
        assert_eq!(send().await.unwrap_err().code, Some(190));
    }
    assert_eq!(reads(), 4, "not for every request that waits");
    *tokens.kept.lock() = Some("renewed once more".into());
    assert!(send().await.is_err());
    world.clock.advance(Millis::MINUTE);
    assert!(send().await.is_ok(), "it goes on by itself");
}
