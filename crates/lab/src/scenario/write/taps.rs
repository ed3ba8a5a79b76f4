//! Which button or message is meant, in the words of a scenario: plain where the newest
//! one is, and with what tells it apart otherwise.

use super::yaml::{inside, value};
use crate::simulator::{Author, Bubble, Content, Surface};
use heliograph_model::{OutgoingAction, OutgoingButton, OutgoingMessage};

/// So much of a text tells a message apart.
const PART: usize = 60;

/// A tap on a button; `None` when nobody sent such a button.
pub(super) fn button(bubbles: &[Bubble], title: &str, payload: &str) -> Option<String> {
    let mut newest = true;
    for message in received(bubbles).rev() {
        for (card, button) in buttons(message) {
            if button.title != title {
                continue;
            }
            let meant = matches!(&button.action, OutgoingAction::Payload(own) if own == payload);
            if meant && newest {
                return Some(value(title));
            }
            newest = false;
            if meant {
                let of = part(message);
                let on = card.map_or_else(String::new, |card| {
                    format!(", on the card: {}", inside(card))
                });
                let title = inside(title);
                return Some(format!(
                    "{{ button: {title}, of the message: {}{on} }}",
                    inside(&of)
                ));
            }
        }
    }
    None
}

/// A tap on a quick reply; `None` when nobody sent such a one.
pub(super) fn quick_reply(bubbles: &[Bubble], title: &str, payload: &str) -> Option<String> {
    let mut newest = true;
    for message in received(bubbles).rev() {
        let OutgoingMessage::Text { quick_replies, .. } = message else {
            continue;
        };
        for reply in quick_replies.iter().filter(|reply| reply.title == title) {
            if reply.payload == payload {
                return Some(if newest {
                    value(title)
                } else {
                    let (title, of) = (inside(title), inside(&part(message)));
                    format!("{{ quick reply: {title}, of the message: {of} }}")
                });
            }
            newest = false;
        }
    }
    None
}

/// Which message of the account; `Some(None)`: the last one.
pub(super) fn of_account(bubbles: &[Bubble], id: &str) -> Option<Option<String>> {
    let meant = bubbles.iter().find(|bubble| bubble.id == id)?;
    let last = bubbles.iter().rev().find(|it| message(it).is_some())?;
    if last.id == id {
        return Some(None);
    }
    Some(Some(part(message(meant)?)))
}

/// Which message of the person; `Some(None)`: the last one.
pub(super) fn of_person(bubbles: &[Bubble], id: &str) -> Option<Option<String>> {
    which(bubbles, id, |bubble| {
        matches!(bubble.surface, Surface::Dm | Surface::StoryReply)
    })
}

/// Which comment of the person; `Some(None)`: the last one.
pub(super) fn comment(bubbles: &[Bubble], id: &str) -> Option<Option<String>> {
    which(bubbles, id, |bubble| {
        matches!(bubble.surface, Surface::Comment | Surface::LiveComment)
    })
}

fn which(bubbles: &[Bubble], id: &str, fits: impl Fn(&Bubble) -> bool) -> Option<Option<String>> {
    let own = |bubble: &&Bubble| {
        bubble.from == Author::Person
            && fits(bubble)
            && matches!(
                bubble.content,
                Content::Text { .. } | Content::Attachment { .. }
            )
    };
    let meant = bubbles.iter().find(|bubble| bubble.id == id)?;
    if bubbles.iter().rev().find(own)?.id == id {
        return Some(None);
    }
    match &meant.content {
        Content::Text { text } => Some(Some(cut(text))),
        Content::Attachment { kind } => Some(Some(kind.clone())),
        _ => None,
    }
}

fn received(bubbles: &[Bubble]) -> impl DoubleEndedIterator<Item = &OutgoingMessage> {
    bubbles.iter().filter_map(message)
}

/// The message that the person has, where the bubble is one.
fn message(bubble: &Bubble) -> Option<&OutgoingMessage> {
    match &bubble.content {
        Content::Message { message } if bubble.arrived => Some(message),
        _ => None,
    }
}

fn buttons(message: &OutgoingMessage) -> Vec<(Option<&str>, &OutgoingButton)> {
    match message {
        OutgoingMessage::Buttons { buttons, .. } => {
            buttons.iter().map(|button| (None, button)).collect()
        }
        OutgoingMessage::Carousel { cards } => cards
            .iter()
            .flat_map(|card| {
                let on = move |button| (Some(card.title.as_str()), button);
                card.buttons.iter().map(on)
            })
            .collect(),
        OutgoingMessage::Text { .. } | OutgoingMessage::Media { .. } => Vec::new(),
    }
}

fn part(message: &OutgoingMessage) -> String {
    match message {
        OutgoingMessage::Text { text, .. } | OutgoingMessage::Buttons { text, .. } => cut(text),
        OutgoingMessage::Carousel { cards } => cards
            .first()
            .map(|card| cut(&card.title))
            .unwrap_or_default(),
        OutgoingMessage::Media { .. } => String::new(),
    }
}

fn cut(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars()
        .take(PART)
        .collect::<String>()
        .trim()
        .to_owned()
}
