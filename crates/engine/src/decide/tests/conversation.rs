//! One conversation through all steps, and what becomes of typing instead of clicking.

use super::*;

fn dm() -> World {
    World::of(vec![full(AutomationType::DmAutomation)])
}

#[test]
fn the_steps_come_in_their_order_and_no_other() {
    let mut world = dm();
    let decision = world.says("What is the PRICE?");
    assert_eq!(seen(&decision), ["Shall I send the list? [Yes, please]"]);
    assert_eq!(decision.trace.reason, Reason::Started);
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingOpeningResponse));

    let decision = world.clicks(YES, &payload(&decision));
    assert_eq!(seen(&decision), ["Do you follow us? [I follow]"]);
    assert_eq!(decision.trace.reason, Reason::Advanced);
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingFollowConfirmation));

    world.follows(true);
    let decision = world.clicks(I_FOLLOW, &payload(&decision));
    assert_eq!(seen(&decision), ["Where shall I send it?"]);
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingEmail));

    let decision = world.says("it is Anna@Example.COM, thanks");
    assert_eq!(seen(&decision), ["Here is the list."]);
    assert_eq!(decision.state, StateChange::Clear);
    assert_eq!(decision.trace.state_before, Some(Awaiting::AwaitingEmail));
    assert_eq!(decision.trace.state_after, None);
    assert_eq!(world.contact().email.as_deref(), Some("Anna@example.com"));
    assert_eq!(world.contact().follows, Some(true));
}

#[test]
fn every_combination_of_steps_ends_with_the_main_message() {
    for mask in 0u8..8 {
        let mut automation = full(AutomationType::DmAutomation);
        let steps = &mut automation.steps;
        steps.opening.as_mut().unwrap().enabled = mask & 1 != 0;
        steps.follow.as_mut().unwrap().enabled = mask & 2 != 0;
        steps.email.as_mut().unwrap().enabled = mask & 4 != 0;
        let mut world = World::of(vec![automation]);
        world.follows(true);
        let mut decision = world.says("price");
        let mut awaited = Vec::new();
        while let Some(awaiting) = world.awaits() {
            awaited.push(awaiting.step());
            decision = match awaiting {
                Awaiting::AwaitingOpeningResponse | Awaiting::AwaitingFollowConfirmation => {
                    world.clicks("click", &payload(&decision))
                }
                Awaiting::AwaitingEmail => world.says("a@example.com"),
            };
        }
        let expected: Vec<StepName> = [StepName::Opening, StepName::Follow, StepName::Email]
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| mask & (1 << bit) != 0)
            .map(|(_, step)| step)
            .collect();
        assert_eq!(awaited, expected);
        assert_eq!(seen(&decision), ["Here is the list."]);
    }
}

#[test]
fn typing_the_title_is_as_good_as_a_click() {
    let mut world = dm();
    world.says("price");
    let decision = world.says("  YES, PLÉASE!! ");
    assert_eq!(decision.trace.reason, Reason::Advanced);
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingFollowConfirmation));
    world.follows(true);
    let decision = world.says("i follow");
    assert_eq!(seen(&decision), ["Where shall I send it?"]);
}

#[test]
fn the_title_of_another_step_is_just_a_text() {
    let mut world = dm();
    world.says("price");
    let decision = world.says(I_FOLLOW);
    assert_eq!(decision.trace.reason, Reason::NoMatch);
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingOpeningResponse));
}

#[test]
fn a_quick_reply_with_the_title_counts_too() {
    let mut world = dm();
    world.says("price");
    let event = Event {
        text: Some(YES.into()),
        payload: Some("SOMETHING".into()),
        ..world.event(EventKind::QuickReply)
    };
    assert_eq!(world.happens(&event).trace.reason, Reason::Advanced);
}

#[test]
fn another_text_tries_the_automations_and_the_first_match_takes_over() {
    let mut world = dm();
    world
        .automations
        .push(says("hours", "open", "We open at nine."));
    world.says("price");
    let decision = world.says("when do you open?");
    assert_eq!(seen(&decision), ["We open at nine."]);
    assert_eq!(decision.trace.reason, Reason::Started);
    assert_eq!(world.awaits(), None, "the flow that waited was replaced");
    assert_eq!(decision.trace.notes.len(), 1, "and the trace says so");
}

#[test]
fn a_text_that_matches_nothing_leaves_the_state_and_says_what_is_awaited() {
    let mut world = dm();
    world.says("price");
    let decision = world.says("hmm");
    assert_eq!(decision.state, StateChange::Keep);
    assert_eq!(decision.trace.reason, Reason::NoMatch);
    assert_eq!(
        decision.trace.summary,
        "The one automation for direct messages did not match “hmm”. Still awaited: the answer \
         to an opening message."
    );
}

#[test]
fn the_first_match_wins_and_there_is_never_a_second() {
    let mut first = says("first", "price", "first");
    first.priority = -1;
    let mut world = World::of(vec![says("second", "price", "second"), first]);
    let decision = world.says("price");
    assert_eq!(seen(&decision), ["first"]);
    assert_eq!(decision.trace.automation_id, Some("first".into()));
    assert_eq!(
        decision
            .trace
            .looked_at
            .iter()
            .map(|looked| looked.verdict.sentence())
            .collect::<Vec<_>>(),
        [
            "matched: keyword “price” as a word",
            "not tried: an earlier one matched first"
        ]
    );
    assert_eq!(
        decision.trace.summary,
        "“first” started, because the keyword “price” is a word of the text. It sends the main \
         message."
    );
}

#[test]
fn without_automations_the_reason_says_so() {
    let decision = World::of(Vec::new()).says("price");
    assert_eq!(decision.trace.reason, Reason::NoAutomations);
    assert_eq!(
        decision.trace.summary,
        "There is no active automation for direct messages."
    );
}

#[test]
fn a_state_remembers_what_started_it_and_every_step_renews_it() {
    let mut world = dm();
    let decision = world.says("price");
    let first = world.state.clone().unwrap();
    assert_eq!(first.started_by, Some("event1".into()));
    assert_eq!(first.asked, 1);
    assert_eq!(first.expires_at, world.now + Millis::DAY);
    world.passes(11 * Millis::MINUTE);
    world.clicks(YES, &payload(&decision));
    let second = world.state.clone().unwrap();
    assert_eq!(second.started_by, Some("event1".into()));
    assert_eq!(second.expires_at, world.now + Millis::DAY);
    assert!(second.event_at > first.event_at);
}

#[test]
fn a_picture_or_a_mention_only_sets_off_what_answers_anything() {
    let mut world = dm();
    assert_eq!(world.sends_a_picture().trace.reason, Reason::NoMatch);
    let mut any = says("any", "-", "Nice!");
    any.trigger = Trigger::default();
    world.automations.push(any);
    assert_eq!(seen(&world.sends_a_picture()), ["Nice!"]);
    let mention = world.event(EventKind::StoryMention);
    assert_eq!(seen(&world.happens(&mention)), ["Nice!"]);
}

#[test]
fn an_ice_breaker_is_read_like_a_text_by_its_title_and_then_its_payload() {
    let mut world = World::of(vec![says("hours", "open", "We open at nine.")]);
    assert_eq!(
        seen(&world.clicks("When do you open?", "Q1")),
        ["We open at nine."]
    );
    assert_eq!(seen(&world.clicks("Hours", "open")), ["We open at nine."]);
    assert_eq!(world.clicks("Hours", "HOURS").trace.reason, Reason::NoMatch);
}

#[test]
fn a_delay_is_carried_to_the_send() {
    let mut automation = says("later", "price", "Here.");
    automation.steps.main.as_mut().unwrap().delay_seconds = 90;
    let decision = World::of(vec![automation]).says("price");
    assert!(matches!(
        decision.effects[0],
        Effect::Send {
            delay_ms: 90_000,
            ..
        }
    ));
}

#[test]
fn several_messages_leave_in_their_order() {
    let mut automation = says("many", "price", "one");
    let messages = &mut automation.steps.main.as_mut().unwrap().messages;
    messages.push(Message::Media {
        kind: MediaKind::Image,
        url: "https://shop.example/i.jpg".into(),
    });
    messages.push(main_text("three").messages.remove(0));
    let decision = World::of(vec![automation]).says("price");
    assert_eq!(
        seen(&decision),
        ["one", "media: https://shop.example/i.jpg", "three"]
    );
}
