//! The 24 hours after a person wrote.

use crate::support::{ANA, BEN, MID, shop, world};
use heliograph_engine::ports::Clock;
use heliograph_model::Millis;
use serde_json::json;

const CLOSED: (i64, Option<i64>) = (10, Some(2_534_022));

#[tokio::test]
async fn the_window_closes_a_day_after_the_person_wrote_and_opens_when_they_write_again() {
    let world = world().await;
    world.clock.advance(24 * Millis::HOUR - 1);
    assert!(world.text_to(ANA).await.is_ok());
    world.clock.advance(1);
    assert_eq!(world.text_to(ANA).await, Err(CLOSED));
    world
        .core
        .person_wrote(&shop(), &ANA.into(), None, world.clock.now());
    assert!(world.text_to(ANA).await.is_ok());
}

#[tokio::test]
async fn what_the_account_sends_does_not_keep_the_window_open() {
    let world = world().await;
    world.clock.advance(23 * Millis::HOUR);
    assert!(world.text_to(ANA).await.is_ok());
    world.clock.advance(Millis::HOUR);
    assert_eq!(world.text_to(ANA).await, Err(CLOSED));
}

#[tokio::test]
async fn an_older_message_does_not_move_the_window_back() {
    let world = world().await;
    let now = world.clock.now();
    world
        .core
        .person_wrote(&shop(), &ANA.into(), None, now - 2 * Millis::DAY);
    assert!(world.text_to(ANA).await.is_ok());
}

#[tokio::test]
async fn a_commenter_who_never_wrote_has_no_window() {
    let world = world().await;
    assert_eq!(world.text_to(BEN).await, Err(CLOSED));
}

#[tokio::test]
async fn a_reaction_needs_the_window_too() {
    let world = world().await;
    world.clock.advance(Millis::DAY);
    let react = json!({
        "recipient": { "id": ANA },
        "sender_action": "react",
        "payload": { "message_id": MID, "reaction": "love" },
    });
    assert_eq!(world.send(&react).await, Err(CLOSED));
}

#[tokio::test]
async fn a_human_agent_has_seven_days_and_other_tags_are_gone() {
    let world = world().await;
    let tagged = |tag: &str| {
        json!({
            "recipient": { "id": ANA },
            "message": { "text": "Hi" },
            "messaging_type": "MESSAGE_TAG",
            "tag": tag,
        })
    };
    world.clock.advance(6 * Millis::DAY);
    assert!(world.send(&tagged("HUMAN_AGENT")).await.is_ok());
    assert_eq!(
        world.send(&tagged("POST_PURCHASE_UPDATE")).await,
        Err((100, None))
    );
    world.clock.advance(Millis::DAY);
    assert_eq!(world.send(&tagged("HUMAN_AGENT")).await, Err(CLOSED));
}

#[tokio::test]
async fn messaging_types_are_checked() {
    let world = world().await;
    for (kind, good) in [
        ("RESPONSE", true),
        ("UPDATE", true),
        ("MESSAGE_TAG", false),
        ("X", false),
    ] {
        let body = json!({
            "recipient": { "id": ANA }, "message": { "text": "Hi" }, "messaging_type": kind,
        });
        assert_eq!(world.send(&body).await.is_ok(), good, "{kind}");
    }
}

#[tokio::test]
async fn nobody_who_blocked_the_account_is_reached() {
    let world = world().await;
    assert!(world.core.set_blocked(&shop(), &ANA.into(), true));
    assert_eq!(world.text_to(ANA).await, Err((551, Some(1_545_041))));
}
