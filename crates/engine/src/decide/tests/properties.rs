//! What holds for every event in every context.

use super::{world::START, *};
use crate::{
    decide::*,
    matching::{AutomationSet, Detail},
    ports::Profile,
    steps,
};
use proptest::prelude::*;
use std::sync::Arc;

const CONTACT: &str = "900000000000011";

fn of<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(values.to_vec())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => of(&["price", "size", "Yes, please", "I follow", "a@example.com"])
            .prop_map(String::from),
        1 => of(&["stop", "start", ""]).prop_map(String::from),
        1 => "\\PC{0,20}",
    ]
}

fn step_name() -> impl Strategy<Value = StepName> {
    of(&[
        StepName::PublicReply,
        StepName::Reaction,
        StepName::Opening,
        StepName::Follow,
        StepName::Email,
        StepName::Main,
    ])
}

fn payload() -> impl Strategy<Value = String> {
    let ours = (
        of(&["a0", "a0", "a1", "a1", "a2", "gone"]),
        step_name(),
        any::<bool>(),
    )
        .prop_map(|(id, step, leads)| {
            ButtonPayload {
                automation_id: id.into(),
                automation_type: AutomationType::DmAutomation,
                target: Target::All,
                step,
                leads,
            }
            .encode()
        });
    prop_oneof![3 => ours, 1 => text()]
}

prop_compose! {
    fn event()(
        kind in prop_oneof![
            1 => of(&EventKind::ALL),
            9 => of(&EventKind::ALL).prop_filter("can trigger", |kind| kind.can_trigger()),
        ],
        sender in prop_oneof![
            9 => Just(Some(CONTACT)),
            1 => of(&[Some("17841400000000001"), Some("45202218377435"), None]),
        ],
        contact in prop::option::weighted(0.95, Just(CONTACT)),
        id in prop::option::weighted(0.95, "[a-z0-9]{1,8}"),
        age in prop::option::weighted(0.9, prop_oneof![
            20 => 0i64..5_000,
            2 => 0i64..10 * Millis::DAY,
            1 => -5_000i64..0,
            1 => any::<i32>().prop_map(i64::from),
        ]),
        text in prop::option::weighted(0.9, text()),
        payload in prop::option::of(payload()),
        media in prop::option::of(of(&["m1", "m2"])),
        parent in prop::option::weighted(0.3, of(&["m1", "c0"])),
        is_self in prop::bool::weighted(0.02),
    ) -> Event {
        Event {
            account_id: Some("17841400000000001".into()),
            sender_id: sender.map(Into::into),
            contact_id: contact.map(Into::into),
            event_id: id.map(Into::into),
            timestamp: age.map(|age| START - age),
            text,
            payload,
            media_id: media.map(Into::into),
            story_id: media.map(Into::into),
            parent_id: parent.map(Into::into),
            is_self,
            ..Event::new(kind)
        }
    }
}

prop_compose! {
    fn automation(number: usize)(
        kind in prop_oneof![
            2 => Just(AutomationType::DmAutomation),
            1 => of(&AutomationType::ALL),
        ],
        is_active in prop::bool::weighted(0.85),
        own in prop::bool::weighted(0.95),
        media in prop::option::weighted(0.3, of(&["m1", "m2"])),
        any_reply: bool,
        word in of(&["price", "size"]),
        include_replies: bool,
        on in prop::array::uniform6(prop::bool::weighted(0.7)),
        verify: bool,
        skips in prop::array::uniform2(any::<bool>()),
        most_asks in 0u32..4,
        skip_in_the_end: bool,
        text in of(&["Hello", "Hi {{contact.first_name|there}}", "{{event.text}}", ""]),
        messages in 0usize..4,
    ) -> Automation {
        let when_exhausted = if skip_in_the_end { WhenExhausted::Skip } else { WhenExhausted::End };
        Automation {
            id: format!("a{number}").into(),
            workspace_id: if own { "w" } else { "other" }.into(),
            is_active,
            target: match (kind, media) {
                (AutomationType::DmAutomation, _) | (_, None) => Target::All,
                (_, Some(media)) => Target::Media(media.into()),
            },
            trigger: Trigger {
                mode: if any_reply { TriggerMode::AnyReply } else { TriggerMode::SpecificKeywords },
                include_replies,
                ..keyword(word)
            },
            steps: Steps {
                public_reply: Some(PublicReplyStep { enabled: on[0], texts: vec![text.into()] }),
                reaction: Some(ReactionStep { enabled: on[1], reaction: "love".into() }),
                opening: Some(OpeningStep { enabled: on[2], text: text.into(), ..opening() }),
                follow: Some(FollowStep {
                    enabled: on[3],
                    verify,
                    skip_when_following: skips[0],
                    most_asks,
                    when_exhausted,
                    ..follow()
                }),
                email: Some(EmailStep {
                    enabled: on[4],
                    skip_when_known: skips[1],
                    most_asks,
                    when_exhausted,
                    ..email()
                }),
                main: Some(MainStep {
                    enabled: on[5],
                    messages: vec![main_text(text).messages.remove(0); messages],
                    delay_seconds: 5,
                }),
            },
            ..full(kind)
        }
    }
}

prop_compose! {
    fn state()(
        id in of(&["a0", "a0", "a1", "a1", "a2", "gone"]),
        state in of(&[
            Awaiting::AwaitingOpeningResponse,
            Awaiting::AwaitingFollowConfirmation,
            Awaiting::AwaitingEmail,
        ]),
        asked in 0u32..5,
        at in -1_000i64..20_000,
        left in -5_000i64..50_000,
    ) -> UserState {
        UserState {
            account_id: "17841400000000001".into(),
            sender_id: CONTACT.into(),
            automation_id: id.into(),
            automation_type: AutomationType::DmAutomation,
            target: Target::All,
            state,
            asked,
            started_by: None,
            event_at: START - at,
            updated_at: START,
            expires_at: START + left,
        }
    }
}

prop_compose! {
    fn contact()(
        unsubscribed in prop::bool::weighted(0.15),
        silenced in prop::option::weighted(0.15, -5_000i64..5_000),
        last in prop::option::of(0i64..100_000),
        email in prop::option::of(Just("a@example.com".to_owned())),
        follows in prop::option::of(any::<bool>()),
    ) -> Contact {
        Contact {
            unsubscribed,
            silenced_until: silenced.map(|left| START + left),
            last_message_at: last.map(|ago| START - ago),
            email,
            follows,
            ..Contact::new("17841400000000001".into(), CONTACT.into(), START)
        }
    }
}

fn profile() -> impl Strategy<Value = Result<Profile, String>> {
    prop_oneof![
        prop::option::of(any::<bool>()).prop_map(|follows| Ok(Profile {
            name: Some("Anna".into()),
            username: None,
            follows,
        })),
        Just(Err("no consent".into())),
    ]
}

prop_compose! {
    fn world()(
        automations in (automation(0), automation(1), automation(2)),
        state in prop::option::weighted(0.7, state()),
        contact in prop::option::weighted(0.7, contact()),
        profile in profile(),
        echo_is_ours: bool,
        minutes in prop::option::of(0u32..100),
        is_active in prop::bool::weighted(0.95),
    ) -> World {
        let (a, b, c) = automations;
        let mut world = World::of(vec![a, b, c]);
        world.state = state;
        world.contact = contact;
        world.profile = profile;
        world.echo_is_ours = echo_is_ours;
        world.account.settings.silence_after_human_minutes = minutes;
        world.account.is_active = is_active;
        world
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn every_decision_keeps_the_rules(event in event(), mut world in world()) {
        // The profile is asked for at most once: the world panics otherwise.
        let decision = world.decide(&event);
        let sends = !decision.effects.is_empty();

        // Never while unsubscribed, silenced, inactive, or for what the account wrote.
        if let Some(contact) = &world.contact
            && event.contact_id.is_some()
        {
            prop_assert!(!(contact.unsubscribed && sends));
            prop_assert!(!(contact.silenced_until > Some(world.now) && sends));
        }
        prop_assert!(decision.contact.unsubscribed != Some(true) || !sends);
        prop_assert!(world.account.is_active || !sends);
        let own = event.is_self
            || event.sender_id.as_ref().is_some_and(|id| id.as_str() != CONTACT);
        prop_assert!(!(own && sends));
        prop_assert!(event.kind.can_trigger() || !sends);

        // Never outside the window.
        let window = if event.kind.is_comment() {
            limits::PRIVATE_REPLY_MS
        } else {
            limits::WINDOW_MS
        };
        if let Some(at) = event.timestamp {
            prop_assert!(!(world.now.since(at) >= window && sends));
        }

        // One automation, and it is on and of this workspace.
        let acting: Vec<&AutomationId> =
            decision.effects.iter().map(Effect::automation_id).collect();
        prop_assert!(acting.windows(2).all(|pair| pair[0] == pair[1]));
        let acting = acting.first().copied();
        if let Some(id) = acting {
            prop_assert_eq!(decision.trace.automation_id.as_ref(), Some(id));
            let automation = world.automations.iter().find(|one| one.id == *id).unwrap();
            prop_assert!(automation.is_active);
            prop_assert_eq!(&automation.workspace_id, &world.account.workspace_id);
        }
        let matched = decision
            .trace
            .looked_at
            .iter()
            .filter(|looked| matches!(looked.verdict, Verdict::Matched { .. }))
            .count();
        prop_assert!(matched <= 1);

        // Always a declared state.
        match &decision.state {
            StateChange::Keep | StateChange::Clear => {}
            StateChange::Set(state) => {
                let automation =
                    world.automations.iter().find(|one| one.id == state.automation_id).unwrap();
                prop_assert!(automation.is_active && steps::has(automation, state.state.step()));
                prop_assert_eq!(Some(&state.sender_id), event.contact_id.as_ref());
                prop_assert_eq!(state.expires_at, world.now + STATE_TTL_MS);
                prop_assert!(state.asked >= 1 || decision.trace.reason == Reason::AnsweredWithAwaited);
                prop_assert_eq!(decision.trace.state_after, Some(state.state));
                prop_assert!(sends, "what is awaited was asked for");
            }
        }

        // One private reply for a comment, and nothing to anybody else.
        let private = decision.effects.iter().filter(|effect| {
            matches!(effect, Effect::Send { to: Recipient::Comment(_), .. })
        });
        prop_assert!(private.count() <= 1);
        for effect in &decision.effects {
            match effect {
                Effect::Send { to: Recipient::Contact(id), .. } | Effect::React { contact_id: id, .. } => {
                    prop_assert_eq!(Some(id), event.contact_id.as_ref());
                    prop_assert!(!event.kind.is_comment());
                }
                Effect::Send { to: Recipient::Comment(id), .. }
                | Effect::ReplyToComment { comment_id: id, .. } => {
                    prop_assert!(event.kind.is_comment());
                    prop_assert_eq!(Some(id.as_str()), event.event_id.as_ref().map(EventId::as_str));
                }
            }
        }

        // Nothing goes out that Instagram refuses for its length or for being empty.
        for effect in &decision.effects {
            if let Effect::Send { message, .. } = effect {
                prop_assert!(fits(message), "{:?}", message);
            }
        }
        prop_assert!(decision.trace.summary.ends_with('.'), "{}", decision.trace.summary);

        // The same again is the same answer.
        prop_assert_eq!(world.decide(&event), decision);
    }

    #[test]
    fn no_context_makes_it_panic(
        event in event(),
        world in world(),
        sets in prop::collection::vec(prop::collection::vec(automation(0), 0..3), 0..3),
        addressed in 0u8..4,
        now: i64,
        ttl: i64,
        all: bool,
    ) {
        let sets: Vec<Arc<AutomationSet>> = sets
            .into_iter()
            .map(|automations| Arc::new(AutomationSet::compile(automations)))
            .collect();
        let context = Context {
            sets: &sets,
            state: world.state.as_ref(),
            contact: world.contact.as_ref(),
            addressed: match addressed {
                0 => Addressed::None,
                1 => Addressed::Active(Arc::new(world.automations[0].clone())),
                2 => Addressed::Disabled(Box::new(world.automations[0].clone())),
                _ => Addressed::Deleted("a0".into()),
            },
            state_ttl_ms: ttl,
            detail: if all { Detail::All } else { Detail::Recorded },
            ..Context::new(&world.account)
        };
        let _ = decide(&event, &context, Millis(now));
        let _ = needs(&event, world.state.as_ref());
    }
}

fn fits(message: &OutgoingMessage) -> bool {
    match message {
        OutgoingMessage::Text { text, .. } => {
            !text.trim().is_empty() && text.len() <= limits::TEXT_BYTES
        }
        OutgoingMessage::Buttons { text, buttons } => {
            !text.trim().is_empty()
                && text.chars().count() <= limits::BUTTON_TEXT_CHARS
                && buttons.iter().all(|button| {
                    let chars = button.title.chars().count();
                    (1..=limits::BUTTON_TITLE_CHARS).contains(&chars)
                })
        }
        OutgoingMessage::Carousel { .. } | OutgoingMessage::Media { .. } => true,
    }
}
