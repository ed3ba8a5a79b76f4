//! Whatever an automation is like, walking it ends, and what is found plays.

use heliograph_engine::validate::validate;
use heliograph_lab::explore::{MOST_STATES, MOST_WAYS, explore};
use heliograph_lab::lint::{FixChange, apply, lint};
use heliograph_lab::scenario::{Files, Scenario, run};
use heliograph_lab::{demo_workspace, write_workspace};
use heliograph_model::{Automation, AutomationType, Severity, WorkspaceFile};
use proptest::prelude::*;
use serde_json::{Value, json};

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(texts).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    one_of(&[
        "Hello",
        "Hi {{contact.first_name|there}}",
        "You said: {{event.text}}",
        "{{contact.email|}}",
        "Two\nlines, \"quoted\": yes",
    ])
}

fn title() -> impl Strategy<Value = String> {
    one_of(&[
        "Yes",
        "Go on",
        "stop",
        "menu",
        "{{contact.username|you}}",
        "",
    ])
}

fn step() -> impl Strategy<Value = String> {
    one_of(&["opening", "follow", "email", "main"])
}

fn button() -> impl Strategy<Value = Value> {
    (title(), prop::option::of(step())).prop_map(|(title, step)| match step {
        Some(step) => json!({ "title": title, "step": step }),
        None => json!({ "title": title, "url": "https://shop.example/{{contact.email}}" }),
    })
}

fn message() -> impl Strategy<Value = Value> {
    let replies = prop::collection::vec((title(), prop::option::of(step())), 0..3);
    let buttons = || prop::collection::vec(button(), 0..4);
    prop_oneof![
        (text(), replies).prop_map(|(text, replies)| {
            let replies: Vec<_> = replies
                .into_iter()
                .map(|(title, step)| json!({ "title": title, "step": step }))
                .collect();
            json!({ "type": "text", "text": text, "quickReplies": replies })
        }),
        (text(), buttons())
            .prop_map(|(text, buttons)| json!({ "type": "buttons", "text": text, "buttons": buttons })),
        (title(), buttons()).prop_map(|(title, buttons)| {
            json!({ "type": "carousel", "cards": [{ "title": title, "subtitle": "x", "buttons": buttons }] })
        }),
        Just(json!({ "type": "media", "kind": "image", "url": "https://shop.example/i.png" })),
    ]
}

/// Seconds, up to more than a day.
fn delay() -> impl Strategy<Value = u32> {
    prop::sample::select(&[0_u32, 0, 0, 60, 82_800, 90_000])
}

fn steps() -> impl Strategy<Value = Value> {
    let asks = || prop::sample::select(&[0_u32, 1, 2, 3, 12]);
    let exhausted = || one_of(&["end", "skip"]);
    let opening = (any::<bool>(), text(), title(), delay()).prop_map(|(enabled, text, button, delay)| {
        json!({ "enabled": enabled, "text": text, "button": button, "delaySeconds": delay })
    });
    let follow = (
        text(),
        title(),
        any::<[bool; 2]>(),
        prop::option::of(text()),
        asks(),
        exhausted(),
    )
        .prop_map(|(text, button, [verify, skip], retry, asks, exhausted)| {
            json!({
                "text": text, "button": button, "verify": verify, "skipWhenFollowing": skip,
                "retryText": retry, "mostAsks": asks, "whenExhausted": exhausted,
            })
        });
    let email = (
        text(),
        any::<bool>(),
        prop::option::of(text()),
        asks(),
        exhausted(),
        delay(),
    )
        .prop_map(|(text, skip, retry, asks, exhausted, delay)| {
            json!({
                "text": text, "skipWhenKnown": skip, "retryText": retry, "mostAsks": asks,
                "whenExhausted": exhausted, "delaySeconds": delay,
            })
        });
    let main = (any::<bool>(), prop::collection::vec(message(), 0..4), delay()).prop_map(
        |(enabled, messages, delay)| {
            json!({ "enabled": enabled, "messages": messages, "delaySeconds": delay })
        },
    );
    let public = prop::collection::vec(text(), 0..3).prop_map(|texts| json!({ "texts": texts }));
    let reaction = one_of(&["love", "😍", "x"]).prop_map(|it| json!({ "reaction": it }));
    (
        prop::option::of(public),
        prop::option::of(reaction),
        prop::option::of(opening),
        prop::option::of(follow),
        prop::option::of(email),
        prop::option::of(main),
    )
        .prop_map(|(public, reaction, opening, follow, email, main)| {
            json!({
                "publicReply": public, "reaction": reaction, "opening": opening,
                "follow": follow, "email": email, "main": main,
            })
        })
}

fn automation(id: &'static str) -> impl Strategy<Value = Automation> {
    let kind = one_of(&["dm_automation", "story_reply_flow", "comment_reply_flow"]);
    let keyword = (
        one_of(&["menu", "stop", "let", "cake please", "🥐"]),
        one_of(&["whole_word", "anywhere", "exactly"]),
    )
        .prop_map(|(text, how)| json!({ "text": text, "match": how }));
    let target = prop::option::of(Just("18000000000000031"));
    (
        kind,
        one_of(&["any_reply", "specific_keywords"]),
        prop::collection::vec(keyword, 1..4),
        target,
        steps(),
        any::<bool>(),
        0..3_i32,
    )
        .prop_map(
            move |(kind, mode, keywords, target, steps, is_active, priority)| {
                let target = target.map_or(json!("all"), |media| json!({ "media": media }));
                serde_json::from_value(json!({
                    "id": id, "workspaceId": "bakery", "type": kind, "name": format!("The {id}"),
                    "isActive": is_active, "priority": priority, "target": target,
                    "trigger": { "mode": mode, "keywords": keywords },
                    "steps": steps,
                }))
                .unwrap()
            },
        )
}

/// The automation with everything put right that a program can, and what its type cannot
/// have taken out.
fn put_right(mut automation: Automation) -> Automation {
    let steps = &mut automation.steps;
    if automation.kind != AutomationType::CommentReplyFlow {
        steps.public_reply = None;
    }
    if automation.kind != AutomationType::StoryReplyFlow {
        steps.reaction = None;
    }
    for _ in 0..50 {
        let all = lint(std::slice::from_ref(&automation));
        let errors = all.iter().filter(|it| it.severity == Severity::Error);
        let edits = errors
            .filter_map(|finding| finding.fix.as_ref())
            .find_map(|fix| match &fix.change {
                FixChange::Edit { edits } => Some(edits),
                FixChange::MoveBefore { .. } => None,
            });
        let Some(edits) = edits else { break };
        automation = apply(&automation, edits).unwrap();
    }
    automation
}

/// Plays what was found; an automation that would be refused cannot be played.
fn play(all: &[Automation], scenarios: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let file = WorkspaceFile {
        automations: all.to_vec(),
        ..demo_workspace()
    };
    std::fs::write(
        folder.path().join("bakery.yaml"),
        write_workspace(&file).unwrap(),
    )
    .unwrap();
    let files = Files::in_folder(folder.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for text in scenarios {
        let scenario = Scenario::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let report = runtime
            .block_on(run(&scenario, &files))
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(report.passed, "{}\n{text}", report.text());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_automation_is_walked_to_an_end_and_its_scenarios_play(
        one in automation("one"),
        other in automation("other"),
    ) {
        let all = [put_right(one), put_right(other)];
        let account = &demo_workspace().accounts[0];
        let explored = explore(&all[0], &all, account);
        prop_assert!(explored.ways as usize <= MOST_WAYS);
        prop_assert!(explored.states as usize <= MOST_STATES);
        prop_assert_eq!(&explored, &explore(&all[0], &all, account), "it is the same each time");
        for way in &explored.findings {
            prop_assert!(!way.path.is_empty() && !way.conversation.is_empty());
            Scenario::parse(&way.scenario).map_err(|error| TestCaseError::fail(error.to_string()))?;
        }
        let can_be_stored = all.iter().all(|it| validate(it).iter().all(|found| !found.is_error()));
        if can_be_stored {
            let scenarios: Vec<_> = explored.findings.into_iter().map(|way| way.scenario).collect();
            play(&all, &scenarios);
        }
    }

    #[test]
    fn a_fix_of_any_automation_leaves_fewer_errors_or_warnings(one in automation("one")) {
        let errors = |automation: &Automation| {
            validate(automation).iter().filter(|found| found.is_error()).count()
        };
        let before = lint(std::slice::from_ref(&one));
        for finding in &before {
            let Some(fix) = &finding.fix else { continue };
            let FixChange::Edit { edits } = &fix.change else { continue };
            let after = apply(&one, edits).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert!(errors(&after) <= errors(&one), "{} of {}", fix.title, finding.message);
            let left = lint(std::slice::from_ref(&after));
            let same = |all: &[heliograph_lab::lint::Finding]| {
                all.iter().filter(|other| other.code == finding.code).count()
            };
            prop_assert!(
                same(&left) < same(&before) || left.len() < before.len(),
                "{} does not help: {}",
                fix.title,
                finding.message
            );
        }
    }
}
