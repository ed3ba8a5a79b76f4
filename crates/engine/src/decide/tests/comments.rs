//! Comments and story replies.

use super::*;

fn comment_flow() -> Automation {
    let mut automation = full(AutomationType::CommentReplyFlow);
    automation.steps.public_reply = Some(PublicReplyStep {
        enabled: true,
        texts: vec!["Look into your messages!".into()],
    });
    automation
}

fn for_media(media: &str, automation: Automation) -> Automation {
    Automation {
        id: format!("{}-{media}", automation.id).into(),
        name: media.into(),
        target: Target::Media(media.into()),
        ..automation
    }
}

#[test]
fn a_comment_is_answered_publicly_and_then_privately() {
    let mut world = World::of(vec![comment_flow()]);
    let decision = world.comments("price?");
    assert_eq!(
        seen(&decision),
        [
            "publicly: Look into your messages!",
            "Shall I send the list? [Yes, please]"
        ]
    );
    assert!(
        matches!(&decision.effects[1], Effect::Send { to: Recipient::Comment(id), .. } if id.as_str() == "event1"),
        "as the private reply to the comment"
    );
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingOpeningResponse));
    assert_eq!(world.contact().username.as_deref(), Some("ana.example"));
    assert_eq!(
        world.contact().last_message_at,
        None,
        "a comment opens no window"
    );
    let decision = world.clicks(YES, &payload(&decision));
    assert_eq!(seen(&decision), ["Do you follow us? [I follow]"]);
    assert!(matches!(
        &decision.effects[0],
        Effect::Send {
            to: Recipient::Contact(_),
            ..
        }
    ));
}

#[test]
fn the_automations_of_the_post_come_before_those_for_all() {
    let mut all = comment_flow();
    all.priority = -9;
    let mut world = World::of(vec![all, for_media("post1", comment_flow())]);
    let decision = world.comments("price");
    assert_eq!(decision.trace.automation_id, Some("full-post1".into()));
    let event = Event {
        media_id: Some("post2".into()),
        ..world.comment("price")
    };
    assert_eq!(
        world.happens(&event).trace.automation_id,
        Some("full".into())
    );
}

#[test]
fn a_boosted_post_is_known_by_either_id() {
    let mut world = World::of(vec![for_media("post1", comment_flow())]);
    let event = Event {
        media_id: Some("ad1".into()),
        original_media_id: Some("post1".into()),
        ..world.comment("price")
    };
    assert_eq!(world.happens(&event).trace.reason, Reason::Started);
}

#[test]
fn the_accounts_own_comment_is_never_answered() {
    let mut world = World::of(vec![comment_flow()]);
    for id in ["17841400000000001", "45202218377435"] {
        let event = Event {
            sender_id: Some(id.into()),
            ..world.comment("price")
        };
        let decision = world.happens(&event);
        assert_eq!(decision.trace.reason, Reason::OwnMessage);
        assert!(decision.effects.is_empty());
    }
}

#[test]
fn a_reply_to_a_comment_counts_only_where_the_automation_says_so() {
    let mut world = World::of(vec![comment_flow()]);
    let reply = |world: &mut World, parent: &str| {
        let event = Event {
            parent_id: Some(parent.into()),
            ..world.comment("price")
        };
        world.happens(&event)
    };
    let decision = reply(&mut world, "comment0");
    assert_eq!(decision.trace.reason, Reason::NoMatch);
    assert_eq!(
        decision.trace.looked_at[0].verdict,
        Verdict::RepliesNotIncluded
    );
    assert_eq!(
        reply(&mut world, "post1").trace.reason,
        Reason::Started,
        "a parent that is the post itself means a top-level comment"
    );
    world.automations[0].trigger.include_replies = true;
    assert_eq!(reply(&mut world, "comment0").trace.reason, Reason::Started);
}

#[test]
fn which_text_is_said_publicly_follows_from_the_comment() {
    let mut automation = comment_flow();
    automation.steps.public_reply.as_mut().unwrap().texts =
        vec!["one".into(), "two".into(), "three".into()];
    let mut world = World::of(vec![automation]);
    let mut said = std::collections::BTreeMap::new();
    for number in 0..300 {
        let event = Event {
            event_id: Some(format!("1800000000{number}").into()),
            ..world.comment("price")
        };
        let first = seen(&world.decide(&event)).remove(0);
        assert_eq!(
            seen(&world.decide(&event))[0],
            first,
            "the same comment, the same text"
        );
        *said.entry(first).or_insert(0) += 1;
    }
    assert!(
        said.values().all(|times| *times > 50),
        "all are used about as often: {said:?}"
    );
}

#[test]
fn a_live_comment_gets_no_public_reply() {
    let mut world = World::of(vec![comment_flow()]);
    let event = Event {
        kind: EventKind::LiveComment,
        ..world.comment("price")
    };
    let decision = world.happens(&event);
    assert_eq!(seen(&decision), ["Shall I send the list? [Yes, please]"]);
    assert_eq!(
        decision.trace.notes,
        ["There is no public reply, because Instagram does not allow one on a live video."]
    );
}

#[test]
fn only_one_message_goes_out_as_the_private_reply() {
    let mut automation = comment_flow();
    automation.steps = Steps {
        main: Some(main_text("one")),
        ..Steps::default()
    };
    automation
        .steps
        .main
        .as_mut()
        .unwrap()
        .messages
        .push(main_text("two").messages.remove(0));
    let decision = World::of(vec![automation]).comments("price");
    assert_eq!(seen(&decision), ["one"]);
    assert_eq!(decision.trace.notes.len(), 1);
}

#[test]
fn a_comment_without_its_author_is_answered_by_its_id() {
    let mut world = World::of(vec![comment_flow()]);
    let event = Event {
        contact_id: None,
        sender_id: None,
        ..world.comment("price")
    };
    let decision = world.happens(&event);
    assert_eq!(decision.effects.len(), 2);
    assert_eq!(
        decision.state,
        StateChange::Keep,
        "nobody's state can be kept"
    );
    assert_eq!(decision.trace.notes.len(), 1);
    let click = payload(&decision);
    assert_eq!(
        seen(&world.clicks(YES, &click)),
        ["Do you follow us? [I follow]"]
    );
}

#[test]
fn a_comment_can_be_answered_for_seven_days() {
    let mut world = World::of(vec![comment_flow()]);
    let event = world.comment("price");
    world.passes(6 * Millis::DAY);
    assert_eq!(world.decide(&event).trace.reason, Reason::Started);
    world.passes(Millis::DAY);
    let decision = world.decide(&event);
    assert_eq!(decision.trace.reason, Reason::OutsideWindow);
    assert!(decision.effects.is_empty());
}

#[test]
fn a_mere_commenters_profile_is_not_asked_for() {
    let mut automation = comment_flow();
    automation.steps.opening = None;
    automation
        .steps
        .follow
        .as_mut()
        .unwrap()
        .skip_when_following = true;
    let mut world = World::of(vec![automation]);
    world.follows(true);
    let decision = world.comments("price");
    assert_eq!(
        world.profile_reads, 0,
        "Meta would refuse it before the person has written"
    );
    assert!(seen(&decision)[1].starts_with("Do you follow us?"));
    assert_eq!(
        decision.trace.notes,
        ["Whether the person follows cannot be known before they have written once."]
    );
    world.says("hello");
    let decision = world.comments("price");
    assert_eq!(world.profile_reads, 1);
    assert_eq!(seen(&decision)[1], "Where shall I send it?");
}

#[test]
fn comments_are_compared_by_the_second() {
    let mut world = World::of(vec![comment_flow()]);
    world.comments("price");
    world.passes(500);
    let event = world.event(EventKind::DmText);
    let at = event.timestamp.unwrap();
    world.happens(&Event {
        text: Some(YES.into()),
        ..event
    });
    assert_eq!(world.state.as_ref().unwrap().event_at, at);
    let same_second = Event {
        timestamp: Some(Millis(at.0 / 1000 * 1000)),
        ..world.comment("price")
    };
    assert_ne!(same_second.timestamp, Some(at));
    assert_eq!(world.decide(&same_second).trace.reason, Reason::Started);
    let second_before = Event {
        timestamp: Some(Millis(at.0 / 1000 * 1000 - 1000)),
        ..world.comment("price")
    };
    assert_eq!(
        world.decide(&second_before).trace.reason,
        Reason::OlderThanState
    );
}

#[test]
fn a_story_reply_may_be_reacted_to() {
    let mut automation = full(AutomationType::StoryReplyFlow);
    automation.steps.reaction = Some(ReactionStep {
        enabled: true,
        reaction: "love".into(),
    });
    let mut world = World::of(vec![automation]);
    let decision = world.replies_to_story("story1", "PRICE");
    assert_eq!(
        seen(&decision),
        ["reacts: love", "Shall I send the list? [Yes, please]"]
    );
    assert!(
        matches!(&decision.effects[0], Effect::React { message_id, .. } if message_id.as_str() == "event1")
    );
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingOpeningResponse));
}

#[test]
fn a_reply_to_another_story_is_not_for_it() {
    let mut world = World::of(vec![for_media(
        "story1",
        full(AutomationType::StoryReplyFlow),
    )]);
    world.automations.push(says(
        "dm",
        "price",
        "a DM automation does not answer stories",
    ));
    assert_eq!(
        world.replies_to_story("story2", "price").trace.reason,
        Reason::NoAutomations
    );
    assert_eq!(
        world.replies_to_story("story1", "price").trace.reason,
        Reason::Started
    );
}

#[test]
fn an_automation_that_only_answers_publicly_awaits_nothing() {
    let mut automation = comment_flow();
    automation.steps = Steps {
        public_reply: automation.steps.public_reply,
        ..Steps::default()
    };
    let mut world = World::of(vec![automation]);
    let decision = world.comments("price");
    assert_eq!(seen(&decision), ["publicly: Look into your messages!"]);
    assert_eq!(decision.state, StateChange::Keep);
}
