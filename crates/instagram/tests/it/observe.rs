//! Webhooks make people exist, unless it is strict.

use crate::support::{SHOP, START, world, world_with};
use heliograph_instagram::simulated::SimulatedSettings;
use heliograph_model::{Event, EventKind, Millis};

const EVE: &str = "900000000000077";

fn event(kind: EventKind, id: &str) -> Event {
    Event {
        account_id: Some(SHOP.into()),
        sender_id: Some(EVE.into()),
        contact_id: Some(EVE.into()),
        event_id: Some(id.into()),
        timestamp: Some(START),
        username: Some("eve.example".into()),
        ..Event::new(kind)
    }
}

#[tokio::test]
async fn whoever_writes_can_be_answered() {
    let world = world_with(SimulatedSettings::default()).await;
    assert!(world.text_to(EVE).await.is_err());
    world.core.observe(&event(EventKind::DmText, "m1"));
    assert!(world.text_to(EVE).await.is_ok());
    let eve = world.core.person(&SHOP.into(), &EVE.into()).unwrap();
    assert_eq!(eve.username.as_deref(), Some("eve.example"));
}

#[tokio::test]
async fn where_it_is_strict_nobody_appears() {
    let world = world().await;
    world.core.observe(&event(EventKind::DmText, "m1"));
    assert_eq!(world.text_to(EVE).await, Err((100, Some(2_534_014))));
}

#[tokio::test]
async fn a_recorded_webhook_counts_as_written_when_it_arrives() {
    let world = world_with(SimulatedSettings::default()).await;
    world.clock.advance(400 * Millis::DAY);
    world.core.observe(&event(EventKind::Postback, "m1"));
    assert!(world.text_to(EVE).await.is_ok());
    world.clock.advance(Millis::DAY);
    assert_eq!(world.text_to(EVE).await, Err((10, Some(2_534_022))));
}

#[tokio::test]
async fn a_recent_webhook_counts_from_its_own_time() {
    let world = world_with(SimulatedSettings::default()).await;
    world.clock.advance(23 * Millis::HOUR);
    world.core.observe(&event(EventKind::DmText, "m1"));
    world.clock.advance(Millis::HOUR);
    assert_eq!(world.text_to(EVE).await, Err((10, Some(2_534_022))));
}

#[tokio::test]
async fn a_comment_gets_one_private_reply_however_often_it_is_delivered() {
    let world = world_with(SimulatedSettings::default()).await;
    let comment = event(EventKind::Comment, "18000000000000555");
    world.core.observe(&comment);
    assert!(world.private_reply("18000000000000555").await.is_ok());
    world.core.observe(&comment);
    assert_eq!(
        world.private_reply("18000000000000555").await,
        Err((100, Some(2_534_025)))
    );
}

#[tokio::test]
async fn the_accounts_own_comment_is_its_own() {
    let world = world_with(SimulatedSettings::default()).await;
    let mut own = event(EventKind::Comment, "18000000000000556");
    own.sender_id = Some(SHOP.into());
    own.contact_id = Some(SHOP.into());
    world.core.observe(&own);
    assert!(world.private_reply("18000000000000556").await.is_err());
}

#[tokio::test]
async fn a_read_or_a_reaction_opens_nothing() {
    let world = world_with(SimulatedSettings::default()).await;
    for kind in [
        EventKind::Read,
        EventKind::Reaction,
        EventKind::Echo,
        EventKind::Standby,
    ] {
        world.core.observe(&event(kind, "m1"));
    }
    assert_eq!(world.text_to(EVE).await, Err((100, Some(2_534_014))));
}

#[tokio::test]
async fn an_event_of_an_account_that_was_unknown_makes_it_exist() {
    let world = world_with(SimulatedSettings::default()).await;
    let mut event = event(EventKind::DmText, "m1");
    event.account_id = Some("17841400000000042".into());
    world.core.observe(&event);
    assert!(world.core.accounts().contains(&"17841400000000042".into()));
}
