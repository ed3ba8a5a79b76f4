//! Subscribing to webhooks: the client of the product against the simulated Instagram,
//! which asks the callback URL as Meta does.

use crate::support::{shop, world};
use axum::{Router, extract::Query, http::StatusCode, routing::get};
use heliograph_engine::ports::{AppAccess, AppSubscription, Subscriptions};
use std::collections::HashMap;
use tokio::net::TcpListener;

/// A callback URL that takes one verify token.
async fn callback(verify_token: &'static str) -> String {
    let answer = move |Query(query): Query<HashMap<String, String>>| async move {
        let token = query.get("hub.verify_token").map(String::as_str);
        match query.get("hub.challenge") {
            Some(challenge) if token == Some(verify_token) => (StatusCode::OK, challenge.clone()),
            _ => (StatusCode::FORBIDDEN, String::new()),
        }
    };
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", tcp.local_addr().unwrap());
    tokio::spawn(
        async move { axum::serve(tcp, Router::new().route("/webhook", get(answer))).await },
    );
    url
}

fn fields(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn an_account_is_subscribed_and_its_fields_are_listed() {
    let world = world().await;
    let client = world.client();
    assert_eq!(client.of_account(&shop()).await.unwrap(), fields(&[]));
    let wanted = fields(&["messages", "comments"]);
    client.subscribe_account(&shop(), &wanted).await.unwrap();
    assert_eq!(client.of_account(&shop()).await.unwrap(), wanted);
    let wrong = client
        .subscribe_account(&shop(), &fields(&["mesages"]))
        .await;
    let wrong = wrong.unwrap_err().to_string();
    assert!(wrong.contains("mesages"), "{wrong}");
    assert_eq!(
        client.of_account(&shop()).await.unwrap(),
        wanted,
        "it stays"
    );
}

#[tokio::test]
async fn an_app_is_subscribed_once_its_callback_url_has_answered_the_challenge() {
    let world = world().await;
    let client = world.client();
    let app = AppAccess::new("100000000000061", "the app secret");
    assert!(
        !format!("{app:?}").contains("secret\""),
        "a secret is not shown"
    );
    assert_eq!(client.of_app(&app).await.unwrap(), None);
    let wanted = AppSubscription {
        callback_url: callback("right").await,
        fields: fields(&["messages", "comments"]),
    };
    let refused = client.subscribe_app(&app, &wanted, "wrong").await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("HTTP Status Code = 403"), "{refused}");
    assert!(
        refused.contains("challenge"),
        "it says what to look at: {refused}"
    );
    assert!(!refused.contains("the app secret"), "{refused}");
    assert_eq!(client.of_app(&app).await.unwrap(), None);

    client.subscribe_app(&app, &wanted, "right").await.unwrap();
    assert_eq!(client.of_app(&app).await.unwrap(), Some(wanted));
    let other = AppAccess::new("100000000000062", "another");
    assert_eq!(client.of_app(&other).await.unwrap(), None);
    let nobody = AppAccess::new("100000000000062", "");
    assert!(client.of_app(&nobody).await.is_err(), "no token of an app");
}
