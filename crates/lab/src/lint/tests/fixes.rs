//! Every fix does what it says: what it is for is gone, and nothing else is broken.

use super::*;
use heliograph_model::{
    Button, ButtonAction, Card, EmailStep, FollowStep, MediaKind, OpeningStep, PublicReplyStep,
    QuickReply, ReactionStep, Severity, StepName, WhenExhausted,
};

type Change = fn(&mut Automation);

/// An automation with all steps that its type can have, and nothing wrong with it.
fn good(kind: AutomationType) -> Automation {
    let mut good = automation("good", 1, &[("menu", WholeWord), ("cake", WholeWord)]);
    good.kind = kind;
    good.steps.opening = Some(OpeningStep {
        enabled: true,
        text: "Hi {{contact.first_name|there}}!".into(),
        button: "Yes".into(),
        delay_seconds: 0,
    });
    good.steps.follow = Some(FollowStep {
        enabled: true,
        text: "Do you follow us?".into(),
        button: "I follow".into(),
        verify: true,
        skip_when_following: true,
        retry_text: Some("Not yet.".into()),
        most_asks: 3,
        when_exhausted: WhenExhausted::End,
        delay_seconds: 0,
    });
    good.steps.email = Some(EmailStep {
        enabled: true,
        text: "Your address?".into(),
        retry_text: Some("Once more?".into()),
        skip_when_known: true,
        most_asks: 3,
        when_exhausted: WhenExhausted::End,
        delay_seconds: 0,
    });
    good.steps.main = Some(MainStep {
        enabled: true,
        messages: vec![
            Message::Buttons {
                text: "Here it is.".into(),
                buttons: vec![button(
                    "Change my email",
                    ButtonAction::Step(StepName::Email),
                )],
            },
            Message::Text {
                text: "Anything else?".into(),
                quick_replies: vec![QuickReply {
                    title: "Menu".into(),
                    step: Some(StepName::Main),
                }],
            },
            Message::Carousel {
                cards: vec![Card {
                    title: "Bun".into(),
                    subtitle: Some("Warm".into()),
                    image_url: None,
                    buttons: vec![button("Buy", url("https://bakery.example"))],
                }],
            },
            Message::Media {
                kind: MediaKind::Image,
                url: "https://bakery.example/i.png".into(),
            },
        ],
        delay_seconds: 0,
    });
    match kind {
        AutomationType::DmAutomation => {}
        AutomationType::StoryReplyFlow => {
            good.steps.reaction = Some(ReactionStep {
                enabled: true,
                reaction: "love".into(),
            });
        }
        AutomationType::CommentReplyFlow => {
            good.steps.public_reply = Some(PublicReplyStep {
                enabled: true,
                texts: vec!["Look!".into(), "Sent!".into()],
            });
        }
    }
    good
}

fn button(title: &str, action: ButtonAction) -> Button {
    Button {
        title: title.into(),
        action,
    }
}

fn url(url: &str) -> ButtonAction {
    ButtonAction::Url(url.into())
}

fn main(a: &mut Automation) -> &mut Vec<Message> {
    &mut a
        .steps
        .main
        .get_or_insert_with(|| MainStep {
            enabled: true,
            messages: Vec::new(),
            delay_seconds: 0,
        })
        .messages
}

fn first_text(a: &mut Automation, new: &str) {
    for message in main(a) {
        if let Message::Buttons { text, .. } | Message::Text { text, .. } = message {
            *text = new.into();
            return;
        }
    }
}

fn first_buttons(a: &mut Automation, change: impl FnOnce(&mut Vec<Button>)) {
    for message in main(a) {
        if let Message::Buttons { buttons, .. } = message
            && !buttons.is_empty()
        {
            return change(buttons);
        }
    }
}

fn keyword(text: &str, kind: KeywordMatch) -> Keyword {
    Keyword {
        text: text.into(),
        kind,
    }
}

/// One way each to break an automation, with whether a fix is offered for it when nothing
/// else is wrong.
const BREAKS: &[(&str, bool, Change)] = &[
    ("no name", false, |a| a.name = " ".into()),
    ("a target on direct messages", true, |a| {
        a.kind = AutomationType::DmAutomation;
        a.target = Target::Media("m".into());
    }),
    ("no keywords", false, |a| a.trigger.keywords.clear()),
    ("an empty keyword", true, |a| {
        a.trigger.keywords.push(keyword(" ", WholeWord));
    }),
    ("a keyword twice", true, |a| {
        a.trigger.keywords.push(keyword("MENU", WholeWord));
    }),
    ("a swallowed keyword", true, |a| {
        a.trigger.keywords.push(keyword("the menu", WholeWord));
    }),
    ("keywords without effect", true, |a| {
        a.trigger.mode = TriggerMode::AnyReply;
    }),
    ("replies of direct messages", true, |a| {
        a.kind = AutomationType::DmAutomation;
        a.trigger.include_replies = true;
    }),
    ("a public reply of the wrong type", true, |a| {
        a.kind = AutomationType::DmAutomation;
        a.steps.public_reply = Some(PublicReplyStep {
            enabled: true,
            texts: vec!["Look!".into()],
        });
    }),
    ("public replies that are empty", true, |a| {
        if let Some(step) = &mut a.steps.public_reply {
            step.texts.push(String::new());
        }
    }),
    ("no public replies", true, |a| {
        if let Some(step) = &mut a.steps.public_reply {
            step.texts.clear();
        }
    }),
    ("a bad reaction", true, |a| {
        if let Some(step) = &mut a.steps.reaction {
            step.reaction = "like".into();
        }
    }),
    ("no reaction", true, |a| {
        if let Some(step) = &mut a.steps.reaction {
            step.reaction = " ".into();
        }
    }),
    ("a long title", true, |a| {
        if let Some(step) = &mut a.steps.opening {
            step.button = "Yes, show me everything that you have".into();
        }
    }),
    ("a long text with variables", true, |a| {
        if let Some(step) = &mut a.steps.opening {
            step.text = "Hi {{contact.first_name|there}}! ".repeat(80);
        }
    }),
    ("a long text in bytes", true, |a| {
        if let Some(step) = &mut a.steps.email {
            step.text = "ü👩🏽‍🍳".repeat(200);
        }
    }),
    ("no text", false, |a| {
        if let Some(step) = &mut a.steps.opening {
            step.text.clear();
        }
    }),
    ("an empty retry", true, |a| {
        if let Some(step) = &mut a.steps.email {
            step.retry_text = Some(" ".into());
        }
    }),
    ("a retry that is never said", true, |a| {
        if let Some(step) = &mut a.steps.email {
            step.most_asks = 1;
        }
    }),
    ("follow settings without the check", true, |a| {
        if let Some(step) = &mut a.steps.follow {
            step.verify = false;
        }
    }),
    ("never asks", true, |a| {
        if let Some(step) = &mut a.steps.follow {
            step.most_asks = 0;
        }
    }),
    ("asks without an end", true, |a| {
        if let Some(step) = &mut a.steps.email {
            step.most_asks = 50;
        }
    }),
    ("too late", true, |a| {
        if let Some(step) = &mut a.steps.email {
            step.delay_seconds = 90_000;
        }
    }),
    ("hardly time to answer", true, |a| {
        if let Some(step) = &mut a.steps.email {
            step.delay_seconds = 80_000;
        }
    }),
    ("no fallback", true, |a| {
        first_text(a, "Hi {{contact.first_name}}, {{contact.email|}}");
    }),
    ("no room for a fallback", false, |a| {
        first_text(a, &format!("{}{{{{event.text}}}}", "x".repeat(638)));
    }),
    ("a misspelt variable", true, |a| {
        first_text(a, "Hi {{contact.firstname|you}}");
    }),
    ("an unknown variable", false, |a| {
        first_text(a, "Hi {{contact.age|you}}");
    }),
    ("an open variable", true, |a| {
        first_text(a, "Hi {{contact.first_name, hello");
    }),
    ("http", true, |a| {
        first_buttons(a, |buttons| {
            buttons.push(button("Go", url("http://bakery.example")));
        });
    }),
    ("no address of a button", false, |a| {
        first_buttons(a, |buttons| buttons.push(button("Go", url(" "))));
    }),
    ("no address of a picture", true, |a| {
        for message in main(a) {
            if let Message::Carousel { cards } = message {
                cards
                    .iter_mut()
                    .for_each(|card| card.image_url = Some(String::new()));
            }
        }
    }),
    ("an empty line of a card", true, |a| {
        for message in main(a) {
            if let Message::Carousel { cards } = message {
                cards
                    .iter_mut()
                    .for_each(|card| card.subtitle = Some(String::new()));
            }
        }
    }),
    ("a step that is off", true, |a| {
        if let Some(step) = &mut a.steps.email {
            step.enabled = false;
        }
    }),
    ("a step that is not there", false, |a| {
        first_buttons(a, |buttons| {
            buttons[0].action = ButtonAction::Step(StepName::Reaction);
        });
        a.steps.reaction = None;
    }),
    ("too many buttons", true, |a| {
        first_buttons(a, |buttons| {
            for number in 0..4 {
                buttons.push(button(&format!("B{number}"), url("https://bakery.example")));
            }
        });
    }),
    ("no buttons", true, |a| first_buttons(a, Vec::clear)),
    ("no cards", true, |a| {
        for message in main(a) {
            if let Message::Carousel { cards } = message {
                cards.clear();
            }
        }
    }),
    ("no messages", true, |a| main(a).clear()),
    ("one title twice", false, |a| {
        first_buttons(a, |buttons| {
            buttons.push(button(
                "CHANGE my email",
                ButtonAction::Step(StepName::Main),
            ));
        });
    }),
    ("no main message", true, |a| {
        if let Some(step) = &mut a.steps.main {
            step.enabled = false;
        }
        a.steps.email = None;
        main(a).retain(|message| !matches!(message, Message::Buttons { .. }));
    }),
    ("no step", true, |a| {
        a.steps.opening = None;
        a.steps.follow = None;
        a.steps.email = None;
        a.steps.public_reply = None;
        a.steps.reaction = None;
        main(a).retain(|message| !matches!(message, Message::Buttons { .. }));
        if let Some(step) = &mut a.steps.main {
            step.enabled = false;
        }
    }),
    ("several messages to a comment", true, |a| {
        a.kind = AutomationType::CommentReplyFlow;
        a.steps.reaction = None;
        a.steps.opening = None;
    }),
];

/// Applies every fix that is offered; how many findings there were, and how many with one.
fn put_right(broken: &Automation, what: &str) -> (usize, usize) {
    let errors = |automation: &Automation| {
        lint(std::slice::from_ref(automation))
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count()
    };
    let findings = lint(std::slice::from_ref(broken));
    let mut fixed = 0;
    for finding in &findings {
        let Some(fix) = &finding.fix else { continue };
        let FixChange::Edit { edits } = &fix.change else {
            panic!("{what}: there is nothing to move before");
        };
        let after = apply(broken, edits).unwrap_or_else(|error| panic!("{what}: {error}"));
        let same = |all: &[Finding]| {
            all.iter()
                .filter(|other| other.code == finding.code)
                .count()
        };
        let left = lint(std::slice::from_ref(&after));
        // Of two that were the same, the other one may be found for another reason now.
        assert!(
            same(&left) < same(&findings) || left.len() < findings.len(),
            "{what}: “{}” does not take away: {}",
            fix.title,
            finding.message
        );
        assert!(
            errors(&after) <= errors(broken),
            "{what}: “{}” brings an error",
            fix.title
        );
        fixed += 1;
    }
    (findings.len(), fixed)
}

#[test]
fn each_break_is_found_and_put_right_where_that_is_possible() {
    for kind in AutomationType::ALL {
        assert_eq!(lint(&[good(kind)]), []);
    }
    for (what, has_fix, change) in BREAKS {
        let mut found = 0;
        let mut fixed = 0;
        for kind in AutomationType::ALL {
            let mut broken = good(kind);
            change(&mut broken);
            let (findings, fixes) = put_right(&broken, what);
            found += findings;
            fixed += fixes;
        }
        assert!(found > 0, "{what} is not found");
        assert_eq!(fixed > 0, *has_fix, "{what}: {fixed} fixes");
    }
}

#[test]
fn a_fix_is_right_whatever_else_is_wrong() {
    for (number, (first, _, break_first)) in BREAKS.iter().enumerate() {
        for (other, (second, _, break_second)) in BREAKS[number..].iter().enumerate() {
            let kind = AutomationType::ALL[(number + other) % AutomationType::ALL.len()];
            let mut broken = good(kind);
            break_first(&mut broken);
            break_second(&mut broken);
            put_right(&broken, &format!("{kind}: {first}, {second}"));
        }
    }
}

/// Fixing one after the other comes to an end, with nothing left that a program could do.
#[test]
fn an_automation_can_be_put_right_step_by_step() {
    for kind in AutomationType::ALL {
        let mut broken = good(kind);
        for what in [
            "a keyword twice",
            "a long title",
            "too late",
            "no fallback",
            "http",
            "too many buttons",
            "an empty line of a card",
        ] {
            let (_, _, change) = BREAKS
                .iter()
                .find(|(name, _, _)| *name == what)
                .expect("it is one of the breaks");
            change(&mut broken);
        }
        for _ in 0..20 {
            let all = lint(std::slice::from_ref(&broken));
            let edits = all.iter().find_map(|finding| match &finding.fix {
                Some(Fix {
                    change: FixChange::Edit { edits },
                    ..
                }) => Some(edits),
                _ => None,
            });
            let Some(edits) = edits else { break };
            broken = apply(&broken, edits).expect("a fix can be applied");
        }
        assert_eq!(lint(&[broken]), [], "{kind}");
    }
}

#[test]
fn an_edit_says_what_is_wrong_with_it() {
    let good = good(AutomationType::DmAutomation);
    let set = |path: &str, value: &str| {
        let edit = FieldEdit {
            path: path.into(),
            value: Some(value.into()),
        };
        apply(&good, &[edit])
    };
    assert!(matches!(
        set("steps.main.messages.9.text", "\"x\""),
        Err(EditError::NoSuchField(_))
    ));
    assert!(matches!(
        set("steps.main.messages.0.text", "x"),
        Err(EditError::NotJson { .. })
    ));
    assert!(matches!(
        set("steps.main.messages.0.text", "5"),
        Err(EditError::DoesNotFit(_))
    ));
    let removed = [
        FieldEdit::remove("steps.main.messages.0"),
        FieldEdit::remove("steps.main.messages.0"),
    ];
    let after = apply(&good, &removed).expect("there are four");
    let messages = after.steps.main.expect("it is there").messages;
    assert!(
        matches!(messages[0], Message::Carousel { .. }),
        "places move up"
    );
    let added = set("trigger.keywords.2", "{\"text\":\"bun\"}").expect("one more");
    assert_eq!(added.trigger.keywords.len(), 3);
}
