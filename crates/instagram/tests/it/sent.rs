//! The record of what was sent.

use crate::support::{ANA, COMMENT, SHOP, START, ruling, world};
use serde_json::json;
use tokio::sync::broadcast::error::TryRecvError;

#[tokio::test]
async fn sends_are_listed_in_order_and_only_the_last_are_kept() {
    let world = world().await;
    world.core.keep_sent(3);
    for number in 0..5 {
        let text = json!({ "text": number.to_string() });
        world.message(text).await.unwrap();
    }
    let ids: Vec<_> = world.core.sent().iter().map(|sent| sent.id).collect();
    assert_eq!(ids, [3, 4, 5]);
    assert_eq!(world.core.sent_after(4).len(), 1);
    assert_eq!(world.core.sent_after(5).len(), 0);
    assert_eq!(
        world.core.counters().all_sent(),
        5,
        "the counters count all"
    );
}

#[tokio::test]
async fn a_listener_hears_of_every_send_and_of_no_refusal() {
    let world = world().await;
    let mut listener = world.core.subscribe();
    world.message(json!({ "text": "one" })).await.unwrap();
    world.message(json!({ "text": "" })).await.unwrap_err();
    world.message(json!({ "text": "two" })).await.unwrap();
    for text in ["one", "two"] {
        let sent = listener.recv().await.unwrap();
        assert_eq!(sent.request["message"]["text"], text);
        assert_eq!(sent.at, START);
        assert_eq!(sent.contact_id, Some(ANA.into()));
    }
    assert!(matches!(listener.try_recv(), Err(TryRecvError::Empty)));
}

#[tokio::test]
async fn a_message_comes_back_as_an_echo_with_the_same_id() {
    let world = world().await;
    let body = world.message(json!({ "text": "Hi" })).await.unwrap();
    let echo = world.core.sent()[0].echo("shop.example").unwrap();
    assert_eq!(
        echo,
        json!({ "object": "instagram", "entry": [{
            "id": SHOP,
            "time": START,
            "messaging": [{
                "sender": { "id": SHOP },
                "recipient": { "id": ANA },
                "timestamp": START,
                "message": { "mid": body["message_id"], "text": "Hi", "is_echo": true },
            }],
        }] })
    );
}

#[tokio::test]
async fn a_public_reply_comes_back_as_the_accounts_own_comment() {
    let world = world().await;
    let path = format!("/{COMMENT}/replies?message=Sent!");
    let body = ruling(world.post(&path, &json!({})).await).unwrap();
    let echo = world.core.sent()[0].echo("shop.example").unwrap();
    let value = &echo["entry"][0]["changes"][0]["value"];
    assert_eq!(value["from"]["id"], SHOP);
    assert_eq!(value["id"], body["id"]);
    assert_eq!(value["parent_id"], COMMENT);
    assert_eq!(value["text"], "Sent!");
}

#[tokio::test]
async fn forgetting_leaves_the_account_and_the_listeners() {
    let world = world().await;
    let mut listener = world.core.subscribe();
    world.message(json!({ "text": "Hi" })).await.unwrap();
    world.core.forget();
    assert!(world.core.sent().is_empty());
    assert_eq!(world.core.counters().all_sent(), 0);
    assert_eq!(world.text_to(ANA).await, Err((100, Some(2_534_014))));
    world
        .core
        .person_wrote(&SHOP.into(), &ANA.into(), None, START);
    assert!(world.text_to(ANA).await.is_ok());
    assert_eq!(listener.recv().await.unwrap().id, 1);
    assert_eq!(listener.recv().await.unwrap().id, 2, "numbers go on");
}
