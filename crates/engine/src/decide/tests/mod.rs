//! The rules of the design's "What the automations do", each as a conversation.

#![allow(clippy::unwrap_used, reason = "a test")]

mod clicks;
mod comments;
mod conversation;
mod emails;
mod follows;
mod gates;
mod messages;
mod properties;
mod world;

use heliograph_model::*;
pub(super) use world::World;

/// The opening message's button.
const YES: &str = "Yes, please";
/// The follow step's button.
const I_FOLLOW: &str = "I follow";

fn keyword(text: &str) -> Trigger {
    Trigger {
        mode: TriggerMode::SpecificKeywords,
        keywords: vec![Keyword {
            text: text.into(),
            kind: KeywordMatch::WholeWord,
        }],
        include_replies: false,
    }
}

fn opening() -> OpeningStep {
    OpeningStep {
        enabled: true,
        text: "Shall I send the list?".into(),
        button: YES.into(),
        delay_seconds: 0,
    }
}

fn follow() -> FollowStep {
    FollowStep {
        enabled: true,
        text: "Do you follow us?".into(),
        button: I_FOLLOW.into(),
        verify: true,
        skip_when_following: false,
        retry_text: Some("Not yet, it seems.".into()),
        most_asks: 3,
        when_exhausted: WhenExhausted::End,
        delay_seconds: 0,
    }
}

fn email() -> EmailStep {
    EmailStep {
        enabled: true,
        text: "Where shall I send it?".into(),
        retry_text: Some("That is no address.".into()),
        skip_when_known: false,
        most_asks: 3,
        when_exhausted: WhenExhausted::End,
        delay_seconds: 0,
    }
}

fn main_text(text: &str) -> MainStep {
    MainStep {
        enabled: true,
        messages: vec![Message::Text {
            text: text.into(),
            quick_replies: Vec::new(),
        }],
        delay_seconds: 0,
    }
}

/// An automation with all four steps of the conversation, on the keyword `price`.
fn full(kind: AutomationType) -> Automation {
    Automation {
        id: "full".into(),
        workspace_id: "w".into(),
        kind,
        name: "Price list".into(),
        is_active: true,
        priority: 0,
        target: Target::All,
        trigger: keyword("price"),
        steps: Steps {
            public_reply: None,
            reaction: None,
            opening: Some(opening()),
            follow: Some(follow()),
            email: Some(email()),
            main: Some(main_text("Here is the list.")),
        },
        version: 1,
        created_at: Millis(0),
        updated_at: Millis(0),
    }
}

/// An automation that only says something, on a keyword.
fn says(id: &str, word: &str, text: &str) -> Automation {
    Automation {
        id: id.into(),
        name: id.into(),
        trigger: keyword(word),
        steps: Steps {
            main: Some(main_text(text)),
            ..Steps::default()
        },
        ..full(AutomationType::DmAutomation)
    }
}

/// What is sent, as a person would see it: the texts, and the titles of buttons in
/// brackets.
fn seen(decision: &Decision) -> Vec<String> {
    decision.effects.iter().map(shown).collect()
}

fn shown(effect: &Effect) -> String {
    let buttons = |titles: Vec<&str>| {
        titles
            .iter()
            .map(|title| format!(" [{title}]"))
            .collect::<String>()
    };
    match effect {
        Effect::ReplyToComment { text, .. } => format!("publicly: {text}"),
        Effect::React { reaction, .. } => format!("reacts: {reaction}"),
        Effect::Send { message, .. } => match message {
            OutgoingMessage::Text {
                text,
                quick_replies,
            } => {
                let titles = quick_replies.iter().map(|reply| &*reply.title).collect();
                format!("{text}{}", buttons(titles))
            }
            OutgoingMessage::Buttons {
                text,
                buttons: list,
            } => {
                format!(
                    "{text}{}",
                    buttons(list.iter().map(|button| &*button.title).collect())
                )
            }
            OutgoingMessage::Carousel { cards } => {
                let titles: Vec<&str> = cards.iter().map(|card| &*card.title).collect();
                format!("cards: {}", titles.join(", "))
            }
            OutgoingMessage::Media { url, .. } => format!("media: {url}"),
        },
    }
}

/// The payload of the first button that was sent.
fn payload(decision: &Decision) -> String {
    decision
        .effects
        .iter()
        .find_map(|effect| match effect {
            Effect::Send {
                message: OutgoingMessage::Buttons { buttons, .. },
                ..
            } => buttons.iter().find_map(|button| match &button.action {
                OutgoingAction::Payload(payload) => Some(payload.clone()),
                OutgoingAction::Url(_) => None,
            }),
            _ => None,
        })
        .unwrap()
}
