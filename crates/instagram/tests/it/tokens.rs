//! Access tokens at the simulated Instagram.

use crate::support::{ANA, ruling, shop, world, world_with};
use heliograph_instagram::simulated::{SimulatedSettings, simulated_token};
use serde_json::json;

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
