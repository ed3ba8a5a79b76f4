//! How things look in a transcript and in a failure.

use crate::scenario::expected::{CardSpec, MessageSpec, TextSpec};
use heliograph_instagram::simulated::{Sent, SentKind};
use heliograph_model::{
    Awaiting, OutboxState, OutgoingAction, OutgoingButton, OutgoingMessage, Reason,
};

/// A reason as a scenario writes it.
pub(super) fn reason(reason: Reason) -> String {
    named(&reason)
}

/// A state of a send in words.
pub(super) fn send_state(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Sent => "sent",
        OutboxState::Retrying => "not sent yet, tried again later",
        OutboxState::Failed => "not sent",
        OutboxState::Unknown => "nobody knows whether it was sent",
        OutboxState::Dropped => "not attempted",
    }
}

/// What is awaited, as a scenario writes it.
pub(super) fn awaiting(awaiting: Option<Awaiting>) -> String {
    awaiting.map_or_else(|| "none".to_owned(), |it| it.as_str().replace('_', " "))
}

fn named(value: &impl serde::Serialize) -> String {
    // A unit variant always becomes a text.
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(|text| text.replace('_', " ")))
        .unwrap_or_default()
}

/// Something that was sent, for the transcript.
pub(super) fn sent(sent: &Sent) -> String {
    if let Some(text) = sent.public_text() {
        return format!("(below the comment) {text}");
    }
    if let Some((reaction, _)) = sent.reaction() {
        return format!("(reacts with {reaction})");
    }
    let lines = match sent.message() {
        Some(message) => message_lines(&message).join("\n"),
        None if sent.kind == SentKind::Indicator => "(typing)".to_owned(),
        None => "(something else)".to_owned(),
    };
    if sent.is_private_reply() {
        format!("(private reply) {lines}")
    } else {
        lines
    }
}

/// A message line by line, as a transcript shows it.
fn message_lines(message: &OutgoingMessage) -> Vec<String> {
    let mut lines = Vec::new();
    match message {
        OutgoingMessage::Text {
            text,
            quick_replies,
        } => {
            lines.push(text.clone());
            if !quick_replies.is_empty() {
                let titles: Vec<_> = quick_replies.iter().map(|r| r.title.as_str()).collect();
                lines.push(format!("({})", titles.join(") (")));
            }
        }
        OutgoingMessage::Buttons { text, buttons } => {
            lines.push(text.clone());
            lines.push(button_line(buttons));
        }
        OutgoingMessage::Carousel { cards } => {
            for card in cards {
                let subtitle = card.subtitle.as_deref().unwrap_or_default();
                let buttons = button_line(&card.buttons);
                lines.push(format!("| {} — {subtitle} {buttons}", card.title));
            }
        }
        OutgoingMessage::Media { kind, url } => {
            lines.push(format!("({}) {url}", kind.as_str()));
        }
    }
    lines
}

fn button_line(buttons: &[OutgoingButton]) -> String {
    let shown: Vec<_> = buttons
        .iter()
        .map(|button| match &button.action {
            OutgoingAction::Url(url) => format!("[{} → {url}]", button.title),
            OutgoingAction::Payload(_) => format!("[{}]", button.title),
        })
        .collect();
    shown.join(" ")
}

/// What a message has that expectations look at.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub text: Option<String>,
    pub buttons: Vec<String>,
    pub quick_replies: Vec<String>,
    pub cards: Vec<(String, String, Vec<String>)>,
    pub media: Option<(heliograph_model::MediaKind, String)>,
    pub private_reply: bool,
}

impl Shape {
    pub(super) fn of(sent: &Sent) -> Self {
        let mut shape = Self {
            private_reply: sent.is_private_reply(),
            ..Self::default()
        };
        let titles = |buttons: &[OutgoingButton]| {
            buttons
                .iter()
                .map(|button| button.title.clone())
                .collect::<Vec<_>>()
        };
        match sent.message() {
            Some(OutgoingMessage::Text {
                text,
                quick_replies,
            }) => {
                shape.text = Some(text);
                shape.quick_replies = quick_replies.into_iter().map(|r| r.title).collect();
            }
            Some(OutgoingMessage::Buttons { text, buttons }) => {
                shape.text = Some(text);
                shape.buttons = titles(&buttons);
            }
            Some(OutgoingMessage::Carousel { cards }) => {
                shape.cards = cards
                    .into_iter()
                    .map(|card| {
                        let buttons = titles(&card.buttons);
                        (card.title, card.subtitle.unwrap_or_default(), buttons)
                    })
                    .collect();
            }
            Some(OutgoingMessage::Media { kind, url }) => shape.media = Some((kind, url)),
            None => {}
        }
        shape
    }

    /// Whether there is nothing but a text.
    pub(super) fn is_only_text(&self) -> bool {
        self.text.is_some()
            && self.buttons.is_empty()
            && self.quick_replies.is_empty()
            && self.cards.is_empty()
            && self.media.is_none()
            && !self.private_reply
    }

    /// Every text that can be read on it.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let cards = self.cards.iter().map(|(title, ..)| title.as_str());
        self.text.as_deref().into_iter().chain(cards)
    }

    /// Whether the message is as it should be.
    pub(super) fn fits(&self, spec: &MessageSpec) -> bool {
        fn is<T: PartialEq>(wanted: Option<&T>, got: &T) -> bool {
            wanted.is_none_or(|wanted| wanted == got)
        }
        let text = spec
            .text
            .as_ref()
            .is_none_or(|wanted| self.text.as_ref().is_some_and(|text| wanted.fits(text)));
        let cards = spec.cards.as_ref().is_none_or(|wanted| {
            wanted.len() == self.cards.len()
                && wanted.iter().zip(&self.cards).all(|(wanted, got)| {
                    wanted.title == got.0
                        && is(wanted.subtitle.as_ref(), &got.1)
                        && is(wanted.buttons.as_ref(), &got.2)
                })
        });
        let media = self.media.as_ref();
        text && cards
            && is(spec.buttons.as_ref(), &self.buttons)
            && is(spec.quick_replies.as_ref(), &self.quick_replies)
            && spec
                .media
                .is_none_or(|kind| media.is_some_and(|m| m.0 == kind))
            && spec
                .url
                .as_ref()
                .is_none_or(|url| media.is_some_and(|m| m.1 == *url))
            && is(spec.private_reply.as_ref(), &self.private_reply)
    }

    /// The message for a failure, with the fields that `spec` looks at, or all that it
    /// has when nothing is compared with it.
    pub(super) fn lines(&self, spec: Option<&MessageSpec>) -> Vec<String> {
        let wants = |of: fn(&MessageSpec) -> bool| spec.is_none_or(of);
        let mut lines = Vec::new();
        if let Some(text) = &self.text {
            lines.push(match spec.and_then(|spec| spec.text.as_ref()) {
                // What is expected of the text is met: say it in the same words.
                Some(wanted) if wanted.fits(text) => text_line(wanted),
                Some(_) | None => format!("text: {text}"),
            });
        }
        if wants(|s| s.buttons.is_some()) && (spec.is_some() || !self.buttons.is_empty()) {
            lines.push(format!("buttons: [{}]", self.buttons.join(", ")));
        }
        if wants(|s| s.quick_replies.is_some())
            && (spec.is_some() || !self.quick_replies.is_empty())
        {
            lines.push(format!(
                "quick replies: [{}]",
                self.quick_replies.join(", ")
            ));
        }
        for (title, subtitle, buttons) in &self.cards {
            lines.push(format!(
                "card: {title} / {subtitle} / [{}]",
                buttons.join(", ")
            ));
        }
        if let Some((kind, url)) = &self.media {
            lines.push(format!("media: {} {url}", kind.as_str()));
        }
        if spec.is_some_and(|spec| spec.private_reply.is_some()) {
            lines.push(format!("private reply: {}", yes(self.private_reply)));
        }
        lines
    }
}

/// What is expected of a message, line by line.
pub(super) fn spec_lines(spec: &MessageSpec, got: Option<&Shape>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(text) = &spec.text {
        lines.push(text_line(text));
    }
    if let Some(buttons) = &spec.buttons {
        lines.push(format!("buttons: [{}]", buttons.join(", ")));
    }
    if let Some(replies) = &spec.quick_replies {
        lines.push(format!("quick replies: [{}]", replies.join(", ")));
    }
    for (place, card) in spec.cards.iter().flatten().enumerate() {
        lines.push(card_line(card, got.and_then(|got| got.cards.get(place))));
    }
    if let Some(kind) = spec.media {
        let url = spec.url.clone().or_else(|| {
            let (got_kind, url) = got?.media.as_ref()?;
            (*got_kind == kind).then(|| url.clone())
        });
        lines.push(format!(
            "media: {} {}",
            kind.as_str(),
            url.unwrap_or_default()
        ));
    }
    if let Some(private) = spec.private_reply {
        lines.push(format!("private reply: {}", yes(private)));
    }
    lines
}

/// What is not said of a card is taken from the one that is there.
fn card_line(card: &CardSpec, got: Option<&(String, String, Vec<String>)>) -> String {
    let subtitle = card
        .subtitle
        .clone()
        .or_else(|| got.map(|got| got.1.clone()));
    let buttons = card
        .buttons
        .clone()
        .or_else(|| got.map(|got| got.2.clone()));
    format!(
        "card: {} / {} / [{}]",
        card.title,
        subtitle.unwrap_or_default(),
        buttons.unwrap_or_default().join(", ")
    )
}

pub(super) fn text_line(text: &TextSpec) -> String {
    match text {
        TextSpec::Is(text) => format!("text: {}", text.trim()),
        TextSpec::Contains(part) => format!("text contains: {}", part.trim()),
    }
}

pub(super) fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
