//! Clicks find their way, also when the state is gone.

use super::*;

fn dm() -> World {
    World::of(vec![full(AutomationType::DmAutomation)])
}

#[test]
fn a_click_goes_on_when_the_state_is_gone() {
    for gone_after in [
        9 * Millis::HOUR,
        23 * Millis::HOUR,
        25 * Millis::HOUR,
        90 * Millis::DAY,
    ] {
        let mut world = dm();
        let opening = payload(&world.says("price"));
        world.state = None;
        world.passes(gone_after);
        let decision = world.clicks(YES, &opening);
        assert_eq!(seen(&decision), ["Do you follow us? [I follow]"]);
        assert_eq!(decision.trace.reason, Reason::Advanced);
    }
}

#[test]
fn an_expired_state_counts_as_none() {
    let mut world = dm();
    let opening = payload(&world.says("price"));
    world.passes(25 * Millis::HOUR);
    assert_eq!(world.awaits(), None);
    let decision = world.clicks(YES, &opening);
    assert_eq!(seen(&decision), ["Do you follow us? [I follow]"]);
    assert_eq!(decision.trace.state_before, None);
}

#[test]
fn a_click_on_a_step_that_has_passed_is_answered_with_what_is_awaited_now() {
    let mut world = dm();
    let opening = payload(&world.says("price"));
    let follow = payload(&world.clicks(YES, &opening));
    let decision = world.clicks(YES, &opening);
    assert_eq!(decision.trace.reason, Reason::AnsweredWithAwaited);
    assert_eq!(seen(&decision), ["Do you follow us? [I follow]"]);
    world.follows(true);
    world.clicks(I_FOLLOW, &follow);
    for passed in [&opening, &follow] {
        let decision = world.clicks(YES, passed);
        assert_eq!(decision.trace.reason, Reason::AnsweredWithAwaited);
        assert_eq!(seen(&decision), ["Where shall I send it?"]);
        assert_eq!(world.awaits(), Some(Awaiting::AwaitingEmail));
        assert_eq!(
            world.state.as_ref().unwrap().asked,
            1,
            "that was not another try"
        );
    }
}

#[test]
fn a_click_goes_to_its_own_automation() {
    let mut world = dm();
    let mut other = full(AutomationType::DmAutomation);
    other.id = "other".into();
    other.trigger = keyword("size");
    world.automations.push(other);
    let opening = payload(&world.says("price"));
    world.says("size");
    assert_eq!(world.state.as_ref().unwrap().automation_id, "other".into());
    let decision = world.clicks(YES, &opening);
    assert_eq!(decision.trace.reason, Reason::Advanced);
    let state = world.state.as_ref().unwrap();
    assert_eq!(state.automation_id, "full".into());
    assert_eq!(state.state, Awaiting::AwaitingFollowConfirmation);
    assert_eq!(
        state.started_by,
        Some("event3".into()),
        "another flow's start is not its own"
    );
}

#[test]
fn a_click_on_an_automation_that_is_off_does_nothing() {
    let mut world = dm();
    let opening = payload(&world.says("price"));
    world.automations[0].is_active = false;
    let decision = world.clicks(YES, &opening);
    assert_eq!(decision.trace.reason, Reason::AutomationDisabled);
    assert_eq!(seen(&decision), [""; 0]);
    assert_eq!(
        decision.trace.summary,
        "The clicked button belongs to “Price list”, which is switched off, so nothing was done."
    );
    assert_eq!(
        decision.state,
        StateChange::Clear,
        "nothing is awaited any more"
    );
}

#[test]
fn a_click_on_a_deleted_automation_does_nothing() {
    let mut world = dm();
    let opening = payload(&world.says("price"));
    world.state = None;
    world.automations.clear();
    let decision = world.clicks(YES, &opening);
    assert_eq!(decision.trace.reason, Reason::AutomationDeleted);
    assert!(decision.effects.is_empty());
    assert_eq!(decision.state, StateChange::Keep);
}

#[test]
fn a_click_on_a_dead_automation_leaves_another_conversation_alone() {
    let mut world = dm();
    let mut other = full(AutomationType::DmAutomation);
    other.id = "other".into();
    other.trigger = keyword("size");
    world.automations.push(other);
    let opening = payload(&world.says("price"));
    world.says("size");
    world.automations.remove(0);
    let decision = world.clicks(YES, &opening);
    assert_eq!(decision.trace.reason, Reason::AutomationDeleted);
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingOpeningResponse));
}

#[test]
fn a_click_on_a_step_that_was_taken_out_does_nothing() {
    let mut world = dm();
    let opening = payload(&world.says("price"));
    world.automations[0].steps.opening = None;
    let decision = world.clicks(YES, &opening);
    assert_eq!(decision.trace.reason, Reason::StepRemoved);
    assert!(decision.effects.is_empty());
    assert_eq!(world.awaits(), None, "nor is that step awaited any more");
}

#[test]
fn an_automation_of_another_workspace_is_none_of_ours() {
    let mut world = dm();
    let opening = payload(&world.says("price"));
    world.automations[0].workspace_id = "somebody else".into();
    let decision = world.clicks(YES, &opening);
    assert_eq!(decision.trace.reason, Reason::AutomationDeleted);
    assert!(decision.effects.is_empty());
}

#[test]
fn a_state_that_leads_nowhere_is_cleared_and_the_text_is_tried_as_if_there_were_none() {
    for change in [
        (|world: &mut World| world.automations[0].is_active = false) as fn(&mut World),
        |world| drop(world.automations.remove(0)),
        |world| world.automations[0].steps.email = None,
    ] {
        let mut world = World::of(vec![Automation {
            steps: Steps {
                email: Some(email()),
                main: Some(main_text("Here.")),
                ..Steps::default()
            },
            ..full(AutomationType::DmAutomation)
        }]);
        world
            .automations
            .push(says("hours", "open", "We open at nine."));
        world.says("price");
        assert_eq!(world.awaits(), Some(Awaiting::AwaitingEmail));
        change(&mut world);
        let mut other = world.clone();
        assert_eq!(seen(&other.says("when do you open?")), ["We open at nine."]);
        let decision = world.says("a@example.com");
        assert_eq!(decision.trace.reason, Reason::NoMatch);
        assert_eq!(decision.state, StateChange::Clear);
        assert_eq!(decision.trace.notes.len(), 1);
        assert_eq!(decision.contact.email, None);
    }
}

#[test]
fn a_button_of_the_main_message_leads_to_its_step() {
    let mut automation = full(AutomationType::DmAutomation);
    automation.steps.main = Some(MainStep {
        enabled: true,
        messages: vec![Message::Buttons {
            text: "What now?".into(),
            buttons: vec![
                Button {
                    title: "News by mail".into(),
                    action: ButtonAction::Step(StepName::Email),
                },
                Button {
                    title: "Shop".into(),
                    action: ButtonAction::Url("https://shop.example".into()),
                },
            ],
        }],
        delay_seconds: 0,
    });
    automation.steps.opening = None;
    automation.steps.follow = None;
    automation.steps.email.as_mut().unwrap().skip_when_known = true;
    let mut world = World::of(vec![automation]);
    world.says("price");
    let main = world.says("a@example.com");
    assert_eq!(seen(&main), ["What now? [News by mail] [Shop]"]);
    let lead = payload(&main);
    let decision = world.clicks("News by mail", &lead);
    assert_eq!(
        seen(&decision),
        ["Where shall I send it?"],
        "whoever asks for the step gets it, also when the address is known"
    );
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingEmail));
    world.says("b@example.com");
    assert_eq!(world.contact().email.as_deref(), Some("b@example.com"));
    assert_eq!(world.awaits(), None);
    world.automations[0].steps.email = None;
    assert_eq!(
        world.clicks("News by mail", &lead).trace.reason,
        Reason::StepRemoved
    );
}

#[test]
fn a_quick_reply_of_ours_leads_like_a_button() {
    let mut automation = says("menu", "menu", "Choose");
    automation.steps.email = Some(email());
    automation.steps.main.as_mut().unwrap().messages = vec![Message::Text {
        text: "Choose".into(),
        quick_replies: vec![
            QuickReply {
                title: "Mail me".into(),
                step: Some(StepName::Email),
            },
            QuickReply {
                title: "Opening hours".into(),
                step: None,
            },
        ],
    }];
    automation.steps.email.as_mut().unwrap().skip_when_known = true;
    let mut world = World::of(vec![
        automation,
        says("hours", "opening", "We open at nine."),
    ]);
    world.contact().email = Some("a@example.com".into());
    let decision = world.says("menu");
    assert_eq!(seen(&decision), ["Choose [Mail me] [Opening hours]"]);
    let Effect::Send {
        message: OutgoingMessage::Text { quick_replies, .. },
        ..
    } = &decision.effects[0]
    else {
        panic!("a text was sent");
    };
    let chosen = |world: &mut World, place: usize| {
        let event = Event {
            text: Some(quick_replies[place].title.clone()),
            payload: Some(quick_replies[place].payload.clone()),
            ..world.event(EventKind::QuickReply)
        };
        world.happens(&event)
    };
    assert_eq!(seen(&chosen(&mut world, 1)), ["We open at nine."]);
    assert_eq!(seen(&chosen(&mut world, 0)), ["Where shall I send it?"]);
}
