//! What messages look like when they are sent.

use super::*;
use crate::ports::Profile;

#[test]
fn names_are_looked_up_once_where_a_text_asks_for_them() {
    let mut world = World::of(vec![says("hi", "hi", "Hi {{contact.first_name|there}}!")]);
    world.profile = Ok(Profile {
        name: Some("Anna Müller".into()),
        username: Some("anna.example".into()),
        follows: Some(false),
    });
    assert_eq!(seen(&world.says("hi")), ["Hi Anna!"]);
    assert_eq!(world.contact().username.as_deref(), Some("anna.example"));
    assert_eq!(seen(&world.says("hi")), ["Hi Anna!"]);
    assert_eq!(world.profile_reads, 1);
}

#[test]
fn a_name_that_is_withheld_is_not_asked_for_again() {
    let mut world = World::of(vec![says("hi", "hi", "Hi {{contact.first_name|there}}!")]);
    assert_eq!(seen(&world.says("hi")), ["Hi there!"]);
    assert_eq!(seen(&world.says("hi")), ["Hi there!"]);
    assert_eq!(world.profile_reads, 1);
}

#[test]
fn a_text_without_names_asks_for_no_profile() {
    let mut world = World::of(vec![says(
        "hi",
        "hi",
        "“{{event.text}}” to @{{account.username}}",
    )]);
    assert_eq!(seen(&world.says("hi you")), ["“hi you” to @shop.example"]);
    assert_eq!(world.profile_reads, 0);
}

#[test]
fn what_is_too_long_is_cut_and_the_trace_says_so() {
    let mut world = World::of(vec![says("hi", "hi", "{{event.text}}")]);
    let decision = world.says(&format!("hi {}", "ü".repeat(1500)));
    let text = seen(&decision).remove(0);
    assert!(text.len() <= limits::TEXT_BYTES && text.ends_with("ü…"));
    assert_eq!(decision.trace.notes.len(), 1);
}

#[test]
fn what_is_blank_once_filled_in_is_not_sent_empty() {
    let mut world = World::of(vec![says("hi", "hi", "{{contact.email}}")]);
    let decision = world.says("hi");
    assert_eq!(seen(&decision), ["…"]);
    assert_eq!(decision.trace.notes.len(), 1);
}

#[test]
fn a_carousel_carries_its_payloads_and_encodes_its_addresses() {
    let mut automation = says("cards", "cards", "-");
    automation.steps.main.as_mut().unwrap().messages = vec![Message::Carousel {
        cards: vec![Card {
            title: "Hat for {{contact.username|you}}".into(),
            subtitle: None,
            image_url: Some("https://shop.example/h.jpg".into()),
            buttons: vec![
                Button {
                    title: "Look".into(),
                    action: ButtonAction::Url("https://shop.example/?q={{event.text}}".into()),
                },
                Button {
                    title: "Again".into(),
                    action: ButtonAction::Step(StepName::Main),
                },
            ],
        }],
    }];
    let mut world = World::of(vec![automation]);
    let decision = world.says("cards & hats");
    let Effect::Send {
        message: OutgoingMessage::Carousel { cards },
        ..
    } = &decision.effects[0]
    else {
        panic!("cards were sent");
    };
    assert_eq!(cards[0].title, "Hat for you");
    assert_eq!(
        cards[0].buttons[0].action,
        OutgoingAction::Url("https://shop.example/?q=cards%20%26%20hats".into())
    );
    let OutgoingAction::Payload(again) = &cards[0].buttons[1].action else {
        panic!("a step's button carries a payload");
    };
    assert_eq!(seen(&world.clicks("Again", again)), ["cards: Hat for you"]);
}
