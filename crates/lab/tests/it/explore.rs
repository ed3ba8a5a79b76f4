//! Walking every way through automations: what is found, and that its scenarios play.

use heliograph_lab::explore::{Exploration, MOST_STATES, MOST_WAYS, WayKind, Who, explore};
use heliograph_lab::scenario::{Files, Scenario, run};
use heliograph_lab::{demo_workspace, read_workspace, write_workspace};
use heliograph_model::{Account, Automation, WorkspaceFile};
use serde_json::{Value, json};

fn account() -> Account {
    demo_workspace().accounts.remove(0)
}

fn automation(id: &str, fields: &Value) -> Automation {
    let mut document = json!({
        "id": id,
        "workspaceId": "bakery",
        "type": "dm_automation",
        "name": id,
        "isActive": true,
        "trigger": { "mode": "specific_keywords", "keywords": [{ "text": "menu" }] },
        "steps": {},
    });
    for (key, value) in fields.as_object().unwrap() {
        document[key] = value.clone();
    }
    serde_json::from_value(document).unwrap()
}

fn main_text(text: &str) -> Value {
    json!({ "messages": [{ "type": "text", "text": text }] })
}

/// What is found, as `kind path`.
fn found(exploration: &Exploration) -> Vec<String> {
    exploration
        .findings
        .iter()
        .map(|way| format!("{} {}", way.kind.in_words(), way.path))
        .collect()
}

/// Explores the first of some automations, and plays every scenario that comes of it.
async fn explored(all: &[Automation]) -> Exploration {
    let exploration = explore(&all[0], all, &account());
    let folder = tempfile::tempdir().unwrap();
    let file = WorkspaceFile {
        automations: all.to_vec(),
        ..demo_workspace()
    };
    let text = write_workspace(&file).unwrap();
    assert_eq!(read_workspace(&text).unwrap(), file);
    std::fs::write(folder.path().join("bakery.yaml"), text).unwrap();
    for way in &exploration.findings {
        let scenario = Scenario::parse(&way.scenario)
            .unwrap_or_else(|error| panic!("{error}\n{}", way.scenario));
        let report = run(&scenario, &Files::in_folder(folder.path()))
            .await
            .unwrap_or_else(|error| panic!("{error}\n{}", way.scenario));
        assert!(report.passed, "{}\n{}", report.text(), way.scenario);
        assert_eq!(way.conversation[0].who, Who::Person);
    }
    exploration
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_after_which_nothing_comes_is_a_dead_end() {
    let opening = json!({ "text": "Shall I?", "button": "Yes" });
    let all = [automation(
        "menu",
        &json!({ "steps": { "opening": opening } }),
    )];
    let exploration = explored(&all).await;
    assert_eq!(found(&exploration), ["dead end steps.opening.button"]);
    let way = &exploration.findings[0];
    let lines: Vec<_> = way
        .conversation
        .iter()
        .map(|turn| (turn.who, turn.text.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            (Who::Person, "menu"),
            (Who::Account, "Shall I? [Yes]"),
            (Who::Person, "[Yes]"),
        ]
    );
    assert!(exploration.complete);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quick_reply_that_nothing_answers_is_a_dead_end() {
    let main = json!({ "messages": [{
        "type": "text",
        "text": "What now?",
        "quickReplies": [{ "title": "Opening hours" }, { "title": "Prices" }],
    }] });
    let all = [
        automation("menu", &json!({ "steps": { "main": main } })),
        automation(
            "prices",
            &json!({
                "trigger": { "mode": "specific_keywords", "keywords": [{ "text": "prices" }] },
                "steps": { "main": main_text("10") },
            }),
        ),
    ];
    assert_eq!(
        found(&explored(&all).await),
        ["dead end steps.main.messages.0.quickReplies.0"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_leads_to_its_own_message_is_a_loop() {
    let main = json!({ "messages": [
        { "type": "text", "text": "Here it is." },
        { "type": "buttons", "text": "And now?", "buttons": [
            { "title": "More", "step": "main" },
            { "title": "Shop", "url": "https://bakery.example" },
        ] },
    ] });
    let all = [automation("menu", &json!({ "steps": { "main": main } }))];
    assert_eq!(
        found(&explored(&all).await),
        ["loop steps.main.messages.1.buttons.0"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_start_everything_over_are_a_loop() {
    let any = |steps: &Value| {
        [automation(
            "any",
            &json!({ "trigger": { "mode": "any_reply" }, "steps": steps }),
        )]
    };
    let opening = json!({
        "opening": { "text": "Shall I?", "button": "Yes" },
        "main": main_text("Here."),
    });
    assert_eq!(
        found(&explored(&any(&opening)).await),
        ["loop trigger.mode"]
    );
    let email = |exhausted: &str| {
        json!({
            "email": { "text": "Your address?", "mostAsks": 2, "whenExhausted": exhausted },
            "main": main_text("Here."),
        })
    };
    let ends = explored(&any(&email("end"))).await;
    assert_eq!(found(&ends), ["loop trigger.mode"]);
    assert_eq!(found(&explored(&any(&email("skip"))).await), [""; 0]);
    let answers = any(&json!({ "main": main_text("Thank you.") }));
    assert_eq!(found(&explored(&answers).await), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_asks_for_ever_cannot_be_left() {
    let steps = json!({
        "email": { "text": "Your address?", "mostAsks": 50 },
        "main": main_text("Here."),
    });
    let exploration = explored(&[automation("menu", &json!({ "steps": steps }))]).await;
    assert_eq!(found(&exploration), ["cannot be left steps.email.mostAsks"]);
    assert!(!exploration.complete, "the other 39 times were left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_way_leads_to_is_never_sent() {
    let taken = [
        automation(
            "menu",
            &json!({ "priority": 2, "steps": { "main": main_text("Menu") } }),
        ),
        automation(
            "earlier",
            &json!({ "priority": 1, "steps": { "main": main_text("Me") } }),
        ),
    ];
    let exploration = explored(&taken).await;
    assert_eq!(found(&exploration), ["never sent trigger"]);
    assert!(
        exploration.findings[0]
            .message
            .contains("“earlier” started")
    );

    let comment = json!({
        "type": "comment_reply_flow",
        "steps": {
            "publicReply": { "texts": ["Look, {{contact.username|you}}!", "Sent!"] },
            "main": { "messages": [
                { "type": "text", "text": "One" },
                { "type": "text", "text": "Two" },
            ] },
        },
    });
    let exploration = explored(&[automation("menu", &comment)]).await;
    assert_eq!(found(&exploration), ["never sent steps.main.messages.1"]);
    assert!(
        exploration.findings[0]
            .message
            .contains("one private reply")
    );

    let once = json!({ "steps": {
        "email": { "text": "Your address?", "retryText": "Again?", "mostAsks": 1 },
        "main": main_text("Here."),
    } });
    assert_eq!(
        found(&explored(&[automation("menu", &once)]).await),
        ["never sent steps.email.retryText"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_instagram_refuses_is_found() {
    let main = json!({ "messages": [{ "type": "buttons", "text": "Look", "buttons": [
        { "title": "Go", "url": "https://{{contact.email}}" },
    ] }] });
    let exploration = explored(&[automation("menu", &json!({ "steps": { "main": main } }))]).await;
    assert_eq!(found(&exploration), ["send refused steps.main.messages.0"]);
}

/// A conversation with everything in it: delays, a gate that is passed after a while, a
/// story, a draft that is off, and titles that stand on several messages.
#[tokio::test(flavor = "multi_thread")]
async fn scenarios_play_whatever_the_conversation_holds() {
    let fields = json!({
        "type": "story_reply_flow",
        "isActive": false,
        "target": { "media": "18000000000000031" },
        "steps": {
            "reaction": { "reaction": "love" },
            "opening": { "text": "Hi: \"{{contact.first_name|you}}\"", "button": "Go on", "delaySeconds": 600 },
            "follow": { "text": "Follow us.", "button": "Go on", "verify": true, "retryText": "Not yet.", "mostAsks": 2 },
            "email": { "text": "Your address?", "skipWhenKnown": true },
            "main": { "delaySeconds": 5, "messages": [
                { "type": "media", "kind": "image", "url": "https://bakery.example/i.png" },
                { "type": "carousel", "cards": [{ "title": "Bun", "buttons": [
                    { "title": "Go on", "step": "main" },
                    { "title": "Buy", "url": "https://bakery.example" },
                ] }] },
                { "type": "text", "text": "Else?", "quickReplies": [
                    { "title": "Once more", "step": "main" },
                    { "title": "Nothing", },
                ] },
            ] },
        },
    });
    let exploration = explored(&[automation("menu", &fields)]).await;
    assert_eq!(
        found(&exploration),
        [
            "dead end steps.main.messages.2.quickReplies.1",
            "loop steps.main.messages.1.cards.0.buttons.0",
            "loop steps.main.messages.2.quickReplies.0",
        ]
    );
    assert!(exploration.complete);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_through_the_demo_is_good() {
    let demo = demo_workspace();
    for automation in &demo.automations {
        let exploration = explore(automation, &demo.automations, &demo.accounts[0]);
        assert!(exploration.complete, "{}", automation.name);
        assert!(exploration.ways > 3, "{}", automation.name);
        assert_eq!(found(&exploration), [""; 0], "{}", automation.name);
    }
}

#[test]
fn a_walk_ends_at_its_bounds() {
    let keywords: Vec<_> = (0..MOST_WAYS + 10)
        .map(|number| json!({ "text": format!("word{number}") }))
        .collect();
    let many = automation(
        "many",
        &json!({
            "trigger": { "mode": "specific_keywords", "keywords": keywords },
            "steps": { "main": main_text("Here.") },
        }),
    );
    let exploration = explore(&many, std::slice::from_ref(&many), &account());
    assert!(!exploration.complete);
    assert!(exploration.ways as usize <= MOST_WAYS);
    assert!(exploration.states as usize <= MOST_STATES);
    assert_eq!(
        exploration
            .findings
            .iter()
            .filter(|way| way.kind == WayKind::NeverSent)
            .count(),
        0,
        "what was not walked is not judged"
    );
}
