//! What linting finds, and what it leaves alone.

mod fixes;

use super::*;
use KeywordMatch::{Anywhere, Exactly, WholeWord};
use heliograph_model::{
    Keyword, KeywordMatch, MainStep, Message, Millis, Steps, Trigger, TriggerMode,
};

/// An automation for direct messages with these keywords; none: it answers anything.
fn automation(id: &str, priority: i32, keywords: &[(&str, KeywordMatch)]) -> Automation {
    let mode = if keywords.is_empty() {
        TriggerMode::AnyReply
    } else {
        TriggerMode::SpecificKeywords
    };
    let keywords = keywords
        .iter()
        .map(|(text, kind)| Keyword {
            text: (*text).into(),
            kind: *kind,
        })
        .collect();
    let message = Message::Text {
        text: "Hello.".into(),
        quick_replies: Vec::new(),
    };
    let main = MainStep {
        enabled: true,
        messages: vec![message],
        delay_seconds: 0,
    };
    Automation {
        id: id.into(),
        workspace_id: "w".into(),
        kind: AutomationType::DmAutomation,
        name: id.into(),
        is_active: true,
        priority,
        target: Target::All,
        trigger: Trigger {
            mode,
            keywords,
            include_replies: false,
        },
        steps: Steps {
            main: Some(main),
            ..Steps::default()
        },
        version: 1,
        created_at: Millis(1),
        updated_at: Millis(1),
    }
}

/// Code, automation and those it is because of.
fn found(automations: &[Automation]) -> Vec<(FindingCode, String, Vec<String>)> {
    lint(automations)
        .into_iter()
        .map(|finding| {
            let because = finding.because_of.iter().map(ToString::to_string).collect();
            (finding.code, finding.automation_id.to_string(), because)
        })
        .collect()
}

fn never(id: &str, because: &[&str]) -> (FindingCode, String, Vec<String>) {
    let because = because.iter().map(ToString::to_string).collect();
    (FindingCode::NeverFires, id.into(), because)
}

#[test]
fn nothing_fires_behind_one_that_answers_anything() {
    let all = [
        automation("any", 1, &[]),
        automation("menu", 2, &[("menu", WholeWord)]),
    ];
    assert_eq!(found(&all), [never("menu", &["any"])]);
    let other_way = [
        automation("any", 2, &[]),
        automation("menu", 1, &[("menu", WholeWord)]),
    ];
    assert_eq!(found(&other_way), []);
}

#[test]
fn the_same_keyword_belongs_to_the_earlier_one() {
    let all = [
        automation("first", 1, &[("Café", WholeWord)]),
        automation("second", 2, &[("cafe", WholeWord)]),
    ];
    assert_eq!(found(&all), [never("second", &["first"])]);
}

#[test]
fn a_shorter_keyword_swallows_a_longer_one_where_it_is_found_in_it() {
    let anywhere = [
        automation("men", 1, &[("men", Anywhere)]),
        automation("menu", 2, &[("menu", WholeWord)]),
    ];
    assert_eq!(found(&anywhere), [never("menu", &["men"])]);
    let word_in_phrase = [
        automation("menu", 1, &[("menu", WholeWord)]),
        automation("phrase", 2, &[("the menu please", Exactly)]),
    ];
    assert_eq!(found(&word_in_phrase), [never("phrase", &["menu"])]);
    let only_inside_a_word = [
        automation("men", 1, &[("men", WholeWord)]),
        automation("menu", 2, &[("menu", WholeWord)]),
    ];
    assert_eq!(found(&only_inside_a_word), []);
}

#[test]
fn a_word_does_not_swallow_what_is_looked_for_anywhere() {
    let all = [
        automation("word", 1, &[("open", WholeWord)]),
        automation("anywhere", 2, &[("open", Anywhere)]),
    ];
    assert_eq!(found(&all), [], "“reopened” sets off the second one");
}

#[test]
fn one_taken_keyword_among_others_is_a_warning_with_its_place() {
    let all = [
        automation("first", 1, &[("menu", WholeWord)]),
        automation("second", 2, &[("cake", WholeWord), ("menu", WholeWord)]),
    ];
    let findings = lint(&all);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, FindingCode::KeywordTaken);
    assert_eq!(findings[0].path.as_deref(), Some("trigger.keywords.1"));
}

#[test]
fn several_earlier_ones_together_can_hide_one() {
    let all = [
        automation("a", 1, &[("menu", WholeWord)]),
        automation("b", 2, &[("cake", WholeWord)]),
        automation("c", 3, &[("menu", WholeWord), ("cake", WholeWord)]),
    ];
    assert_eq!(found(&all), [never("c", &["a", "b"])]);
}

/// What moving before another one leads to.
fn moved(automations: &[Automation], finding: &Finding) -> Option<Vec<Automation>> {
    let FixChange::MoveBefore { before } = &finding.fix.as_ref()?.change else {
        return None;
    };
    let mut order = automations.to_vec();
    order.sort_by_key(|automation| automation.priority);
    let from = order.iter().position(|it| it.id == finding.automation_id)?;
    let moving = order.remove(from);
    let to = order.iter().position(|it| it.id == *before)?;
    order.insert(to, moving);
    for (automation, priority) in order.iter_mut().zip(0..) {
        automation.priority = priority;
    }
    Some(order)
}

#[test]
fn what_never_fires_is_moved_before_what_takes_it_where_both_fire_then() {
    let behind_any = [
        automation("any", 1, &[]),
        automation("hours", 2, &[("hours", WholeWord)]),
        automation("menu", 3, &[("menu", WholeWord)]),
    ];
    let findings = lint(&behind_any);
    assert_eq!(findings.len(), 2);
    let fix = findings[1].fix.as_ref().expect("it can be moved");
    assert_eq!(fix.title, "Move before “any”");
    let after = moved(&behind_any, &findings[1]).expect("a move");
    assert_eq!(found(&after), [never("hours", &["any"])], "menu fires");

    let behind_two = [
        automation("a", 1, &[("cake", WholeWord)]),
        automation("b", 2, &[("menu", WholeWord), ("bun", WholeWord)]),
        automation("c", 3, &[("my menu", WholeWord), ("a cake", WholeWord)]),
    ];
    let findings = lint(&behind_two);
    assert_eq!(found(&behind_two), [never("c", &["a", "b"])], "in order");
    let after = moved(&behind_two, &findings[0]).expect("a move");
    assert_eq!(found(&after), []);

    // Moved, it would only take the other one's place.
    let same = [
        automation("first", 1, &[("menu", WholeWord)]),
        automation("second", 2, &[("menu", WholeWord)]),
    ];
    assert_eq!(lint(&same)[0].fix, None);
    let twice_any = [automation("first", 1, &[]), automation("second", 2, &[])];
    assert_eq!(lint(&twice_any)[0].fix, None);
}

#[test]
fn a_taken_keyword_is_removed() {
    let all = [
        automation("first", 1, &[("menu", WholeWord)]),
        automation("second", 2, &[("cake", WholeWord), ("menu", WholeWord)]),
    ];
    let findings = lint(&all);
    let fix = findings[0].fix.as_ref().expect("it can be removed");
    assert_eq!(fix.title, "Remove “menu”");
    let FixChange::Edit { edits } = &fix.change else {
        panic!("it is an edit");
    };
    let after = apply(&all[1], edits).expect("the keyword is there");
    assert_eq!(found(&[all[0].clone(), after]), []);
}

fn with_replies(id: &str, titles: &[&str]) -> Automation {
    let mut automation = automation(id, 1, &[("menu", WholeWord)]);
    automation.steps.main = Some(MainStep {
        enabled: true,
        messages: vec![Message::Text {
            text: "What now?".into(),
            quick_replies: titles
                .iter()
                .map(|title| heliograph_model::QuickReply {
                    title: (*title).into(),
                    step: None,
                })
                .collect(),
        }],
        delay_seconds: 0,
    });
    automation
}

#[test]
fn a_quick_reply_must_lead_somewhere() {
    let all = [
        with_replies("menu", &["Menu, please", "Opening hours"]),
        automation("hours", 2, &[("hours", WholeWord)]),
    ];
    assert_eq!(found(&all), []);
    let mut off = all;
    off[1].is_active = false;
    let findings = lint(&off);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].code, FindingCode::LeadsNowhere);
    assert_eq!(
        findings[0].path.as_deref(),
        Some("steps.main.messages.0.quickReplies.1")
    );
    // A title with a variable says what nobody knows yet.
    let unknown = lint(&[with_replies("menu", &["{{contact.email|x}}"])]);
    assert!(
        unknown
            .iter()
            .all(|finding| finding.code != FindingCode::LeadsNowhere)
    );
    // What is being built is looked at as if all of it were on.
    off[0].is_active = false;
    assert_eq!(found(&off), []);
    let any = [
        with_replies("menu", &["Whatever"]),
        automation("any", 9, &[]),
    ];
    assert_eq!(found(&any), []);
}

#[test]
fn what_unsubscribes_is_pointed_out_with_the_account_that_says_so() {
    let account = &crate::demo_workspace().accounts[0];
    let accounts = std::slice::from_ref(account);
    let mut all = [
        automation(
            "stop",
            1,
            &[("please stop", WholeWord), ("STOP!", WholeWord)],
        ),
        with_replies("menu", &["Unsubscribe"]),
    ];
    all[1].steps.opening = Some(heliograph_model::OpeningStep {
        enabled: true,
        text: "Go on?".into(),
        button: "Stop".into(),
        delay_seconds: 0,
    });
    let findings = lint_for(&all, accounts);
    let paths: Vec<_> = findings
        .iter()
        .map(|finding| (finding.code, finding.path.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        paths,
        [
            (FindingCode::Unsubscribes, "steps.opening.button"),
            (FindingCode::Unsubscribes, "trigger.keywords.1"),
        ],
        "and a quick reply for it is meant"
    );
    assert!(findings[1].message.contains("@bakery.example"));
    // In public nobody is unsubscribed.
    all[0].kind = AutomationType::CommentReplyFlow;
    assert_eq!(lint_for(&all, accounts).len(), 1);
}

#[test]
fn one_for_a_single_story_hides_nothing_from_the_others() {
    let of_story = |id, priority, target| Automation {
        kind: AutomationType::StoryReplyFlow,
        target,
        ..automation(id, priority, &[])
    };
    let all = [
        of_story("one story", 1, Target::Media("1".into())),
        of_story("all stories", 2, Target::All),
    ];
    assert_eq!(found(&all), []);
}

#[test]
fn a_comment_flow_that_answers_replies_is_not_hidden_by_one_that_does_not() {
    let of_comments = |id, priority, include_replies| {
        let mut flow = automation(id, priority, &[]);
        flow.kind = AutomationType::CommentReplyFlow;
        flow.trigger.include_replies = include_replies;
        flow
    };
    let all = [
        of_comments("comments", 1, false),
        of_comments("and replies", 2, true),
    ];
    assert_eq!(found(&all), [], "replies set off the second one");
    let hidden = [
        of_comments("and replies", 1, true),
        of_comments("comments", 2, false),
    ];
    assert_eq!(found(&hidden), [never("comments", &["and replies"])]);
}

#[test]
fn what_is_off_hides_nothing() {
    let mut any = automation("any", 1, &[]);
    any.is_active = false;
    assert_eq!(
        found(&[any, automation("menu", 2, &[("menu", WholeWord)])]),
        []
    );
}

#[test]
fn empty_texts_and_limits_are_found_too() {
    let mut empty = automation("empty", 1, &[("menu", WholeWord)]);
    empty.steps.main = Some(MainStep {
        enabled: true,
        messages: vec![Message::Text {
            text: " ".into(),
            quick_replies: Vec::new(),
        }],
        delay_seconds: 0,
    });
    let findings = lint(&[empty]);
    assert!(
        findings.iter().any(
            |finding| finding.severity == heliograph_model::Severity::Error
                && finding.path.as_deref() == Some("steps.main.messages.0.text")
        ),
        "{findings:?}"
    );
}

#[test]
fn the_demo_workspace_is_clean() {
    let demo = crate::demo_workspace();
    assert_eq!(lint_for(&demo.automations, &demo.accounts), []);
}

/// Each with something to put right: what is tried on a copy is tried on a small one.
#[test]
fn every_finding_of_a_large_workspace_gets_its_fix() {
    let all: Vec<_> = (0..500)
        .map(|number| {
            let keyword = format!("word{number:03}");
            let mut automation = automation(
                &format!("a{number}"),
                number,
                &[(keyword.as_str(), WholeWord)],
            );
            automation.steps.main = Some(MainStep {
                enabled: true,
                messages: vec![Message::Text {
                    text: "Hi {{contact.first_name}}".into(),
                    quick_replies: Vec::new(),
                }],
                delay_seconds: 0,
            });
            automation
        })
        .collect();
    let findings = lint(&all);
    assert_eq!(findings.len(), 500);
    assert!(findings.iter().all(|finding| finding.fix.is_some()));
}

/// The sets make this one look for each keyword; comparing each with each would take
/// minutes.
#[test]
fn ten_thousand_automations_are_looked_at_in_one_go() {
    let all: Vec<_> = (0..10_000)
        .map(|number| {
            let keyword = format!("word{number:05}");
            automation(
                &format!("a{number}"),
                number,
                &[(keyword.as_str(), WholeWord)],
            )
        })
        .collect();
    assert_eq!(found(&all), []);
}
