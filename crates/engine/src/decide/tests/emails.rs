//! Asking for an email address.

use super::*;

fn world(change: impl FnOnce(&mut EmailStep)) -> World {
    let mut automation = full(AutomationType::DmAutomation);
    automation.steps.opening = None;
    automation.steps.follow = None;
    change(automation.steps.email.as_mut().unwrap());
    World::of(vec![automation])
}

#[test]
fn an_invalid_address_is_asked_for_again_a_bounded_number_of_times() {
    let mut world = world(|_| {});
    world.says("price");
    for (text, asked) in [("anna@", 2), ("what?", 3)] {
        let decision = world.says(text);
        assert_eq!(decision.trace.reason, Reason::AskedAgain);
        assert_eq!(seen(&decision), ["That is no address."]);
        assert_eq!(world.state.as_ref().unwrap().asked, asked);
    }
    let decision = world.says("leave me alone");
    assert_eq!(decision.trace.reason, Reason::GaveUp);
    assert!(decision.effects.is_empty());
    assert_eq!(world.awaits(), None);
    assert_eq!(world.contact().email, None);
}

#[test]
fn the_step_is_skipped_in_the_end_where_that_is_configured() {
    let mut world = world(|step| {
        step.most_asks = 1;
        step.when_exhausted = WhenExhausted::Skip;
    });
    world.says("price");
    let decision = world.says("no");
    assert_eq!(decision.trace.reason, Reason::Skipped);
    assert_eq!(seen(&decision), ["Here is the list."]);
}

#[test]
fn a_contact_who_is_asked_is_answering_whatever_else_the_text_would_set_off() {
    let mut world = world(|_| {});
    world
        .automations
        .push(says("hours", "open", "We open at nine."));
    world.says("price");
    let decision = world.says("when do you open?");
    assert_eq!(decision.trace.reason, Reason::AskedAgain);
    assert!(
        decision.trace.looked_at.is_empty(),
        "no automation was tried"
    );
}

#[test]
fn a_picture_is_an_invalid_answer() {
    let mut world = world(|_| {});
    world.says("price");
    assert_eq!(world.sends_a_picture().trace.reason, Reason::AskedAgain);
}

#[test]
fn a_quick_reply_can_hold_the_address() {
    let mut world = world(|_| {});
    world.says("price");
    let event = Event {
        text: Some("a@example.com".into()),
        payload: Some("a@example.com".into()),
        ..world.event(EventKind::QuickReply)
    };
    assert_eq!(world.happens(&event).trace.reason, Reason::Advanced);
    assert_eq!(world.contact().email.as_deref(), Some("a@example.com"));
}

#[test]
fn a_known_address_is_not_asked_for_where_that_is_configured() {
    let mut world = world(|step| step.skip_when_known = true);
    world.contact().email = Some("a@example.com".into());
    let decision = world.says("price");
    assert_eq!(seen(&decision), ["Here is the list."]);
    assert_eq!(
        decision.trace.notes,
        ["The ask for email was passed over: the address is known already."]
    );
}

#[test]
fn a_story_reply_or_a_comment_is_not_the_answer() {
    let mut world = world(|_| {});
    world.says("price");
    assert_eq!(
        world.replies_to_story("s", "a@example.com").trace.reason,
        Reason::NoAutomations
    );
    assert_eq!(
        world.comments("a@example.com").trace.reason,
        Reason::NoAutomations
    );
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingEmail));
}

#[test]
fn the_new_address_can_be_said_back_at_once() {
    let mut world = world(|_| {});
    world.automations[0].steps.main = Some(main_text("Sent to {{contact.email|you}}."));
    world.says("price");
    assert_eq!(
        seen(&world.says("a@example.com")),
        ["Sent to a@example.com."]
    );
}
