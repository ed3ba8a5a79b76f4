//! What keeps an event from everything else.

use super::*;

fn dm() -> World {
    World::of(vec![full(AutomationType::DmAutomation)])
}

#[test]
fn kinds_that_never_trigger_do_nothing_and_say_so() {
    for kind in EventKind::ALL {
        let mut any = says("any", "-", "hello");
        any.trigger = Trigger::default();
        let mut world = World::of(vec![any]);
        let event = Event {
            text: Some("price".into()),
            ..world.event(kind)
        };
        let decision = world.happens(&event);
        let expected = match kind {
            EventKind::Echo => Reason::OwnMessage,
            _ if !kind.can_trigger() => Reason::NeverTriggers,
            EventKind::Comment | EventKind::LiveComment | EventKind::StoryReply => {
                Reason::NoAutomations
            }
            _ => Reason::Started,
        };
        assert_eq!(decision.trace.reason, expected, "{kind}");
        assert_eq!(
            decision.effects.is_empty(),
            expected != Reason::Started,
            "{kind}"
        );
        let wrote = world
            .contact
            .is_some_and(|contact| contact.last_message_at.is_some());
        assert_eq!(wrote, kind.is_message_from_contact(), "{kind}");
    }
}

#[test]
fn when_the_person_wrote_is_remembered_also_where_nothing_is_triggered() {
    let mut world = dm();
    let event = Event {
        text: Some("hello".into()),
        ..world.event(EventKind::DmText)
    };
    world.passes(16 * Millis::MINUTE);
    world.happens(&event);
    assert_eq!(
        world.contact().last_message_at,
        event.timestamp,
        "by the event's own time"
    );
    let untimed = Event {
        timestamp: None,
        ..event.clone()
    };
    world.happens(&untimed);
    let now = world.now;
    assert_eq!(world.contact().last_message_at, Some(now));
    let ahead = Event {
        timestamp: Some(world.now + Millis::DAY),
        ..event
    };
    world.happens(&ahead);
    assert_eq!(
        world.contact().last_message_at,
        Some(now),
        "a clock that is ahead"
    );
}

#[test]
fn an_inactive_account_does_nothing() {
    let mut world = dm();
    world.account.is_active = false;
    let decision = world.says("price");
    assert_eq!(decision.trace.reason, Reason::AccountInactive);
    assert!(decision.effects.is_empty() && decision.contact.is_empty());
}

#[test]
fn an_event_without_a_contact_cannot_be_answered() {
    let mut world = dm();
    let event = Event {
        contact_id: None,
        sender_id: None,
        ..world.event(EventKind::DmText)
    };
    assert_eq!(world.happens(&event).trace.reason, Reason::NoContact);
}

#[test]
fn what_the_account_wrote_to_itself_triggers_nothing() {
    let mut world = dm();
    let event = Event {
        is_self: true,
        text: Some("price".into()),
        ..world.event(EventKind::DmText)
    };
    assert_eq!(world.happens(&event).trace.reason, Reason::OwnMessage);
}

#[test]
fn unsubscribing_in_the_middle_ends_the_conversation() {
    let mut world = dm();
    let opening = payload(&world.says("price"));
    let decision = world.says("STOP!");
    assert_eq!(decision.trace.reason, Reason::Unsubscribed);
    assert!(decision.effects.is_empty());
    assert_eq!(world.awaits(), None);
    assert!(world.contact().unsubscribed);
    for decision in [
        world.says("price"),
        world.clicks(YES, &opening),
        world.comments("price"),
    ] {
        assert_eq!(decision.trace.reason, Reason::ContactUnsubscribed);
        assert!(decision.effects.is_empty());
    }
    let decision = world.says("start");
    assert_eq!(decision.trace.reason, Reason::Resubscribed);
    assert!(!world.contact().unsubscribed);
    assert_eq!(world.says("price").trace.reason, Reason::Started);
}

#[test]
fn an_unsubscribed_contacts_state_is_cleared() {
    let mut world = dm();
    world.says("price");
    world.contact().unsubscribed = true;
    assert_eq!(world.says("hello").state, StateChange::Clear);
}

#[test]
fn a_word_inside_a_sentence_does_not_unsubscribe() {
    let mut world = dm();
    world.says("please don't stop");
    assert!(!world.contact().unsubscribed);
    world.comments("stop");
    assert!(!world.contact().unsubscribed, "a comment is said in public");
}

#[test]
fn unsubscribing_goes_before_the_answer_that_is_awaited() {
    let mut automation = full(AutomationType::DmAutomation);
    automation.steps = Steps {
        email: Some(email()),
        main: Some(main_text("Here.")),
        ..Steps::default()
    };
    let mut world = World::of(vec![automation]);
    world.says("price");
    assert_eq!(world.says("stop").trace.reason, Reason::Unsubscribed);
}

#[test]
fn a_start_that_comes_late_does_not_undo_a_stop() {
    let mut world = dm();
    let start = Event {
        text: Some("start".into()),
        ..world.event(EventKind::DmText)
    };
    world.says("stop");
    assert_eq!(
        world.happens(&start).trace.reason,
        Reason::ContactUnsubscribed
    );
}

#[test]
fn after_24_hours_nothing_is_sent() {
    let mut world = dm();
    let event = Event {
        text: Some("price".into()),
        ..world.event(EventKind::DmText)
    };
    world.passes(23 * Millis::HOUR);
    assert_eq!(world.decide(&event).trace.reason, Reason::Started);
    world.passes(Millis::HOUR);
    let decision = world.decide(&event);
    assert_eq!(decision.trace.reason, Reason::OutsideWindow);
    assert!(decision.effects.is_empty());
    assert_eq!(decision.contact.last_message_at, event.timestamp);
}

#[test]
fn an_event_that_comes_late_never_moves_a_conversation_back() {
    let mut world = dm();
    let late = Event {
        text: Some("price".into()),
        ..world.event(EventKind::DmText)
    };
    let opening = payload(&world.says("price"));
    world.clicks(YES, &opening);
    let decision = world.happens(&late);
    assert_eq!(decision.trace.reason, Reason::OlderThanState);
    assert_eq!(decision.state, StateChange::Keep);
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingFollowConfirmation));
}

#[test]
fn a_human_who_steps_in_silences_the_automations_where_that_is_set() {
    let mut world = dm();
    let echo = |world: &mut World| Event {
        sender_id: Some(world.account.id.as_str().into()),
        text: Some("I'll help you myself".into()),
        ..world.event(EventKind::Echo)
    };
    let event = echo(&mut world);
    let decision = world.happens(&event);
    assert_eq!(decision.trace.reason, Reason::OwnMessage, "off by default");
    assert!(decision.contact.is_empty());

    world.account.settings.silence_after_human_minutes = Some(30);
    world.echo_is_ours = true;
    let event = echo(&mut world);
    assert_eq!(world.happens(&event).trace.reason, Reason::OwnMessage);

    world.echo_is_ours = false;
    let event = echo(&mut world);
    let decision = world.happens(&event);
    assert_eq!(decision.trace.reason, Reason::HumanSteppedIn);
    let until = event.timestamp.unwrap() + 30 * Millis::MINUTE;
    assert_eq!(world.contact().silenced_until, Some(until));
    let decision = world.says("price");
    assert_eq!(decision.trace.reason, Reason::Silenced);
    assert!(decision.effects.is_empty());
    assert_eq!(
        decision.trace.summary,
        "A human answered this contact, so automations leave it alone for another 30 minutes."
    );
    world.passes(30 * Millis::MINUTE);
    assert_eq!(world.says("price").trace.reason, Reason::Started);
}

#[test]
fn a_late_echo_never_shortens_the_silence() {
    let mut world = dm();
    world.account.settings.silence_after_human_minutes = Some(30);
    let until = world.now + Millis::HOUR;
    world.contact().silenced_until = Some(until);
    let event = world.event(EventKind::Echo);
    world.happens(&event);
    assert_eq!(world.contact().silenced_until, Some(until));
}
