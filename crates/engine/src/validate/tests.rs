//! Each thing that can be wrong, by its code and its path.

#![allow(clippy::unwrap_used, reason = "a test")]

mod keywords;
mod private_reply;

use super::*;
use heliograph_model::{
    Button, ButtonAction, Card, Keyword, KeywordMatch, MainStep, MediaKind, Message, QuickReply,
    Severity, Steps, Trigger, TriggerMode, WhenExhausted,
};
use proptest::prelude::*;

fn good(kind: AutomationType) -> Automation {
    Automation {
        id: "a".into(),
        workspace_id: "w".into(),
        kind,
        name: "Price list".into(),
        is_active: true,
        priority: 0,
        target: Target::All,
        trigger: Trigger {
            mode: TriggerMode::SpecificKeywords,
            keywords: vec![Keyword {
                text: "price".into(),
                kind: KeywordMatch::WholeWord,
            }],
            include_replies: false,
        },
        steps: Steps {
            public_reply: None,
            reaction: None,
            opening: Some(OpeningStep {
                enabled: true,
                text: "Hi {{contact.first_name|there}}!".into(),
                button: "Yes".into(),
                delay_seconds: 0,
            }),
            follow: Some(FollowStep {
                enabled: true,
                text: "Do you follow us?".into(),
                button: "I follow".into(),
                verify: true,
                skip_when_following: true,
                retry_text: Some("Not yet.".into()),
                most_asks: 3,
                when_exhausted: WhenExhausted::End,
                delay_seconds: 0,
            }),
            email: Some(EmailStep {
                enabled: true,
                text: "Your address?".into(),
                retry_text: None,
                skip_when_known: true,
                most_asks: 3,
                when_exhausted: WhenExhausted::End,
                delay_seconds: 0,
            }),
            main: Some(MainStep {
                enabled: true,
                messages: vec![text("Here it is.")],
                delay_seconds: 0,
            }),
        },
        version: 1,
        created_at: Millis(0),
        updated_at: Millis(0),
    }
}

fn text(text: &str) -> Message {
    Message::Text {
        text: text.into(),
        quick_replies: Vec::new(),
    }
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

/// The problems of a good DM automation after one change, as `path code`.
#[track_caller]
fn found(change: impl FnOnce(&mut Automation)) -> Vec<String> {
    found_in(AutomationType::DmAutomation, change)
}

#[track_caller]
fn found_in(kind: AutomationType, change: impl FnOnce(&mut Automation)) -> Vec<String> {
    let mut automation = good(kind);
    change(&mut automation);
    let problems = validate(&automation);
    for problem in &problems {
        assert!(
            problem.message.ends_with('.'),
            "a sentence: {}",
            problem.message
        );
        // The UI marks the field at the path, so the path must lead to one.
        let json = serde_json::to_value(&automation).unwrap();
        let parent = problem
            .path
            .rsplit_once('.')
            .map_or("", |(parent, _)| parent);
        let pointer = parent
            .split('.')
            .filter(|part| !part.is_empty())
            .map(|part| format!("/{part}"))
            .collect::<String>();
        assert!(
            json.pointer(&pointer).is_some(),
            "{} leads somewhere",
            problem.path
        );
    }
    problems
        .into_iter()
        .map(|problem| {
            let mark = if problem.severity == Severity::Error {
                ""
            } else {
                "?"
            };
            format!("{} {:?}{mark}", problem.path, problem.code)
        })
        .collect()
}

fn main_is(automation: &mut Automation, message: Message) {
    automation.steps.main.as_mut().unwrap().messages = vec![message];
}

const NOTHING: [&str; 0] = [];

#[test]
fn nothing_is_wrong_with_a_good_automation() {
    for kind in AutomationType::ALL {
        assert_eq!(found_in(kind, |_| {}), NOTHING);
    }
}

#[test]
fn a_name_a_target_and_keywords_must_make_sense() {
    assert_eq!(found(|a| a.name = " ".into()), ["name EmptyText"]);
    assert_eq!(
        found(|a| a.target = Target::Media("m".into())),
        ["target TargetOnDm"]
    );
    let story = AutomationType::StoryReplyFlow;
    assert_eq!(
        found_in(story, |a| a.target = Target::Media("m".into())),
        NOTHING
    );
    assert_eq!(
        found_in(story, |a| a.target = Target::Media("".into())),
        ["target EmptyText"]
    );
    assert_eq!(
        found(|a| a.trigger.keywords.clear()),
        ["trigger.keywords NoKeywords"]
    );
    assert_eq!(
        found(|a| a.trigger.keywords[0].text = "\u{200b} ".into()),
        ["trigger.keywords.0.text EmptyKeyword"]
    );
    assert_eq!(
        found(|a| {
            let mut same = a.trigger.keywords[0].clone();
            same.text = "PRÍCE".into();
            a.trigger.keywords.push(same);
        }),
        ["trigger.keywords.1.text DuplicateKeyword?"]
    );
    assert_eq!(
        found(|a| a.trigger.mode = TriggerMode::AnyReply),
        ["trigger.keywords NoEffect?"]
    );
    assert_eq!(
        found(|a| a.trigger.include_replies = true),
        ["trigger.includeReplies NoEffect?"]
    );
}

#[test]
fn steps_must_fit_the_type() {
    let public = PublicReplyStep {
        enabled: true,
        texts: vec!["Look!".into()],
    };
    let with_public = |a: &mut Automation| a.steps.public_reply = Some(public.clone());
    assert_eq!(found(with_public), ["steps.publicReply WrongType"]);
    assert_eq!(
        found_in(AutomationType::CommentReplyFlow, with_public),
        NOTHING
    );
    let with_reaction = |a: &mut Automation| {
        a.steps.reaction = Some(ReactionStep {
            enabled: true,
            reaction: "😍".into(),
        });
    };
    assert_eq!(
        found_in(AutomationType::CommentReplyFlow, with_reaction),
        ["steps.reaction WrongType"]
    );
    assert_eq!(
        found_in(AutomationType::StoryReplyFlow, with_reaction),
        NOTHING
    );
}

#[test]
fn a_reaction_is_love_or_one_emoji() {
    for (reaction, problem) in [
        ("love", None),
        ("❤️", None),
        ("👍🏽", None),
        ("", Some("EmptyText")),
        ("like", Some("BadReaction")),
        ("x", Some("BadReaction")),
        ("❤️❤️", Some("BadReaction")),
    ] {
        let found = found_in(AutomationType::StoryReplyFlow, |a| {
            a.steps.reaction = Some(ReactionStep {
                enabled: true,
                reaction: reaction.into(),
            });
        });
        let expected: Vec<String> = problem
            .map(|code| format!("steps.reaction.reaction {code}"))
            .into_iter()
            .collect();
        assert_eq!(found, expected, "{reaction:?}");
    }
}

#[test]
fn texts_must_not_be_empty_or_over_the_limits() {
    assert_eq!(
        found(|a| a.steps.opening.as_mut().unwrap().text = "\n".into()),
        ["steps.opening.text EmptyText"]
    );
    assert_eq!(
        found(|a| a.steps.opening.as_mut().unwrap().button = "x".repeat(21)),
        ["steps.opening.button TooLong"]
    );
    assert_eq!(
        found(|a| a.steps.opening.as_mut().unwrap().button = "ü".repeat(20)),
        NOTHING,
        "titles are counted in characters"
    );
    assert_eq!(
        found(|a| a.steps.follow.as_mut().unwrap().text = "x".repeat(641)),
        ["steps.follow.text TooLong"]
    );
    assert_eq!(
        found(|a| a.steps.follow.as_mut().unwrap().retry_text = Some(String::new())),
        ["steps.follow.retryText EmptyText"]
    );
    assert_eq!(
        found(|a| a.steps.email.as_mut().unwrap().text = "ü".repeat(501)),
        ["steps.email.text TooLong"],
        "texts are counted in bytes"
    );
    assert_eq!(found(|a| main_is(a, text(&"x".repeat(1000)))), NOTHING);
    assert_eq!(
        found_in(AutomationType::CommentReplyFlow, |a| {
            a.steps.public_reply = Some(PublicReplyStep {
                enabled: true,
                texts: vec!["fine".into(), "x".repeat(301)],
            });
        }),
        ["steps.publicReply.texts.1 TooLong"]
    );
    assert_eq!(
        found_in(AutomationType::CommentReplyFlow, |a| {
            a.steps.public_reply = Some(PublicReplyStep {
                enabled: true,
                texts: Vec::new(),
            });
        }),
        ["steps.publicReply.texts NothingInList"]
    );
}

#[test]
fn a_step_that_is_off_is_not_looked_at() {
    assert_eq!(
        found(|a| {
            let step = a.steps.opening.as_mut().unwrap();
            step.enabled = false;
            step.text = String::new();
        }),
        NOTHING
    );
}

#[test]
fn variables_must_exist_be_closed_and_have_a_fallback() {
    let main = |content: &'static str| move |a: &mut Automation| main_is(a, text(content));
    let path = "steps.main.messages.0.text";
    assert_eq!(
        found(main("{{contact.age|1}}")),
        [format!("{path} UnknownVariable")]
    );
    assert_eq!(
        found(main("Hi {{contact")),
        [format!("{path} UnclosedVariable")]
    );
    assert_eq!(
        found(main("Hi {{contact.first_name}}")),
        [format!("{path} NoFallback?")]
    );
    assert_eq!(
        found(main("Hi {{contact.first_name|}}")),
        [format!("{path} NoFallback?")]
    );
    assert_eq!(found(main("From {{account.username}}")), NOTHING);
    let long = |length: usize| {
        move |a: &mut Automation| {
            main_is(
                a,
                text(&format!("{}{{{{event.text|x}}}}", "x".repeat(length))),
            );
        }
    };
    assert_eq!(found(long(900)), NOTHING);
    assert_eq!(found(long(950)), [format!("{path} MayBeCut?")]);
    assert_eq!(found(long(1000)), [format!("{path} TooLong")]);
}

#[test]
fn buttons_must_lead_somewhere() {
    let with = |action: ButtonAction| {
        move |a: &mut Automation| {
            main_is(
                a,
                Message::Buttons {
                    text: "Look".into(),
                    buttons: vec![button("Go", action)],
                },
            );
        }
    };
    let path = "steps.main.messages.0.buttons.0";
    assert_eq!(
        found(with(url("https://shop.example/a?b={{event.text}}"))),
        NOTHING
    );
    assert_eq!(found(with(url(" "))), [format!("{path}.url NoAddress")]);
    for bad in [
        "http://shop.example",
        "shop.example",
        "https://",
        "https:///a",
        "https://a b",
    ] {
        assert_eq!(
            found(with(url(bad))),
            [format!("{path}.url BadAddress")],
            "{bad}"
        );
    }
    assert_eq!(
        found(with(url("https://x.example/{{contact.age}}"))),
        [format!("{path}.url UnknownVariable")]
    );
    assert_eq!(found(with(ButtonAction::Step(StepName::Email))), NOTHING);
    for step in [StepName::PublicReply, StepName::Reaction] {
        assert_eq!(
            found(with(ButtonAction::Step(step))),
            [format!("{path}.step NoSuchStep")]
        );
    }
    assert_eq!(
        found(|a| {
            with(ButtonAction::Step(StepName::Email))(a);
            a.steps.email.as_mut().unwrap().enabled = false;
        }),
        [format!("{path}.step NoSuchStep")],
        "a step that is off"
    );
}

#[test]
fn there_must_not_be_more_than_instagram_accepts() {
    let buttons = |number: usize| -> Vec<Button> {
        (0..number)
            .map(|place| button(&format!("B{place}"), url("https://shop.example")))
            .collect()
    };
    let message = |number| Message::Buttons {
        text: "Look".into(),
        buttons: buttons(number),
    };
    let path = "steps.main.messages.0";
    assert_eq!(found(|a| main_is(a, message(3))), NOTHING);
    assert_eq!(
        found(|a| main_is(a, message(4))),
        [format!("{path}.buttons TooMany")]
    );
    assert_eq!(
        found(|a| main_is(a, message(0))),
        [format!("{path}.buttons NothingInList")]
    );
    let replies = |number: usize| Message::Text {
        text: "Choose".into(),
        quick_replies: (0..number)
            .map(|place| QuickReply {
                title: format!("R{place}"),
                step: None,
            })
            .collect(),
    };
    assert_eq!(found(|a| main_is(a, replies(13))), NOTHING);
    assert_eq!(
        found(|a| main_is(a, replies(14))),
        [format!("{path}.quickReplies TooMany")]
    );
    let card = |buttons| Card {
        title: "Hat".into(),
        subtitle: None,
        image_url: None,
        buttons,
    };
    let cards = |cards: Vec<Card>| Message::Carousel { cards };
    assert_eq!(
        found(|a| main_is(a, cards(vec![card(buttons(3)); 10]))),
        NOTHING
    );
    assert_eq!(
        found(|a| main_is(a, cards(vec![card(buttons(1)); 11]))),
        [format!("{path}.cards TooMany")]
    );
    assert_eq!(
        found(|a| main_is(a, cards(Vec::new()))),
        [format!("{path}.cards NothingInList")]
    );
    assert_eq!(
        found(|a| main_is(a, cards(vec![card(buttons(4))]))),
        [format!("{path}.cards.0.buttons TooMany")]
    );
    assert_eq!(
        found(|a| main_is(a, cards(vec![card(Vec::new())]))),
        [format!("{path}.cards.0 NothingInList")],
        "a title alone"
    );
    let long = Card {
        title: "x".repeat(81),
        subtitle: Some("x".repeat(81)),
        image_url: Some("http://shop.example/h.jpg".into()),
        buttons: Vec::new(),
    };
    assert_eq!(
        found(|a| main_is(a, cards(vec![long]))),
        [
            format!("{path}.cards.0.title TooLong"),
            format!("{path}.cards.0.subtitle TooLong"),
            format!("{path}.cards.0.imageUrl BadAddress"),
        ]
    );
}

#[test]
fn titles_that_cannot_be_told_apart_are_pointed_out() {
    let twice = Message::Buttons {
        text: "Look".into(),
        buttons: vec![
            button("Go", url("https://a.example")),
            button("GO", url("https://b.example")),
        ],
    };
    assert_eq!(
        found(|a| main_is(a, twice)),
        ["steps.main.messages.0.buttons.1.title DuplicateTitle?"]
    );
}

#[test]
fn media_needs_an_address() {
    let media = |url: &str| Message::Media {
        kind: MediaKind::Image,
        url: url.into(),
    };
    assert_eq!(
        found(|a| main_is(a, media("https://a.example/i.png"))),
        NOTHING
    );
    assert_eq!(
        found(|a| main_is(a, media(""))),
        ["steps.main.messages.0.url NoAddress"]
    );
}

#[test]
fn settings_that_cannot_work_are_refused_or_pointed_out() {
    assert_eq!(
        found(|a| a.steps.follow.as_mut().unwrap().most_asks = 0),
        ["steps.follow.mostAsks NeverAsks"]
    );
    assert_eq!(
        found(|a| a.steps.email.as_mut().unwrap().most_asks = 0),
        ["steps.email.mostAsks NeverAsks"]
    );
    assert_eq!(
        found(|a| a.steps.follow.as_mut().unwrap().verify = false),
        [
            "steps.follow.retryText NoEffect?",
            "steps.follow.skipWhenFollowing NoEffect?"
        ]
    );
    assert_eq!(
        found(|a| a.steps.follow.as_mut().unwrap().most_asks = 1),
        ["steps.follow.retryText NoEffect?"]
    );
    assert_eq!(
        found(|a| {
            let step = a.steps.email.as_mut().unwrap();
            step.retry_text = Some("Once more?".into());
            step.most_asks = 1;
        }),
        ["steps.email.retryText NoEffect?"]
    );
    assert_eq!(
        found(|a| a.steps.email.as_mut().unwrap().most_asks = 11),
        ["steps.email.mostAsks CannotBeLeft?"]
    );
    assert_eq!(
        found(|a| a.steps.follow.as_mut().unwrap().most_asks = 11),
        NOTHING,
        "who is asked to follow can set off something else"
    );
    assert_eq!(
        found(|a| a.steps.main.as_mut().unwrap().delay_seconds = 86_400),
        ["steps.main.delaySeconds TooLate"]
    );
    assert_eq!(
        found(|a| a.steps.email.as_mut().unwrap().delay_seconds = 20 * 3600),
        ["steps.email.delaySeconds TooLate?"],
        "four hours are left for an answer"
    );
    assert_eq!(
        found(|a| a.steps.email.as_mut().unwrap().delay_seconds = 12 * 3600),
        NOTHING
    );
}

#[test]
fn a_flow_must_do_something_and_not_end_in_the_middle() {
    assert_eq!(found(|a| a.steps = Steps::default()), ["steps NoSteps"]);
    assert_eq!(
        found(|a| a.steps.main.as_mut().unwrap().messages.clear()),
        ["steps.main.messages NothingInList"]
    );
    assert_eq!(
        found(|a| {
            a.steps.main = None;
            a.steps.email = None;
        }),
        ["steps.follow DeadEnd?"]
    );
    assert_eq!(
        found(|a| a.steps.main = None),
        NOTHING,
        "an address may be all that is wanted"
    );
}

proptest! {
    #[test]
    fn any_texts_can_be_validated(texts in prop::array::uniform4(".{0,40}"), keyword in ".{0,10}") {
        let mut automation = good(AutomationType::CommentReplyFlow);
        automation.trigger.keywords[0].text = keyword;
        let [opening, title, address, main] = texts;
        let step = automation.steps.opening.as_mut().unwrap();
        step.text = opening;
        step.button = title;
        main_is(&mut automation, Message::Buttons {
            text: main,
            buttons: vec![button("x", ButtonAction::Url(address))],
        });
        let _ = validate(&automation);
    }
}
