//! Where a person can be.

use heliograph_model::{
    AutomationId, Awaiting, Contact, OutgoingAction, OutgoingMessage, UserState,
};

/// Where a person is: what is awaited of them, what is known, and what they can tap.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// What is awaited.
    pub(super) state: Option<UserState>,
    /// What is stored about them.
    pub(super) contact: Option<Contact>,
    /// Whether they follow the account.
    pub(super) follows: bool,
    /// The buttons that they have received. They stay; the newest of one payload counts.
    pub(super) buttons: Vec<Tappable>,
    /// The quick replies below the newest message.
    pub(super) replies: Vec<Tappable>,
}

/// Something that can be tapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tappable {
    pub(super) title: String,
    pub(super) payload: String,
    /// A part of the message that it stands below.
    pub(super) message: String,
    /// Its path in the automation.
    pub(super) path: String,
}

/// What makes two places the same: nothing else changes what an answer leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    awaiting: Option<(AutomationId, Awaiting, u32)>,
    knows_email: bool,
    has_written: bool,
    follows: bool,
    buttons: Vec<String>,
    replies: Vec<String>,
}

impl Place {
    pub(super) fn key(&self) -> Key {
        let payloads = |list: &[Tappable]| {
            let mut payloads: Vec<_> = list.iter().map(|it| it.payload.clone()).collect();
            payloads.sort_unstable();
            payloads
        };
        let contact = self.contact.as_ref();
        Key {
            awaiting: self
                .state
                .as_ref()
                .map(|state| (state.automation_id.clone(), state.state, state.asked)),
            knows_email: contact.is_some_and(|contact| contact.email.is_some()),
            has_written: contact.is_some_and(|contact| contact.last_message_at.is_some()),
            follows: self.follows,
            buttons: payloads(&self.buttons),
            replies: payloads(&self.replies),
        }
    }

    /// What is awaited, and how often that was asked.
    pub(super) fn awaits(&self) -> Option<(Awaiting, u32)> {
        self.state.as_ref().map(|state| (state.state, state.asked))
    }

    /// Takes in a message of the automation that stands at `path`.
    pub(super) fn receive(&mut self, message: &OutgoingMessage, path: &str) {
        self.replies.clear();
        for new in tappables(message, path) {
            match new {
                Received::Button(button) => {
                    self.buttons.retain(|known| known.payload != button.payload);
                    self.buttons.push(button);
                }
                Received::Reply(reply) => self.replies.push(reply),
            }
        }
    }
}

/// What came with a message.
pub(super) enum Received {
    Button(Tappable),
    Reply(Tappable),
}

/// What can be tapped on a message that stands at `path` in its automation. A button that
/// opens an address leads out of the conversation and is left out.
pub(super) fn tappables(message: &OutgoingMessage, path: &str) -> Vec<Received> {
    let button = |button: &heliograph_model::OutgoingButton, text: &str, path: String| match &button
        .action
    {
        OutgoingAction::Payload(payload) => Some(Received::Button(Tappable {
            title: button.title.clone(),
            payload: payload.clone(),
            message: text.to_owned(),
            path,
        })),
        OutgoingAction::Url(_) => None,
    };
    match message {
        OutgoingMessage::Text {
            text,
            quick_replies,
        } => (0..)
            .zip(quick_replies)
            .map(|(place, reply): (u32, _)| {
                Received::Reply(Tappable {
                    title: reply.title.clone(),
                    payload: reply.payload.clone(),
                    message: text.clone(),
                    path: format!("{path}.quickReplies.{place}"),
                })
            })
            .collect(),
        OutgoingMessage::Buttons { text, buttons } => (0..)
            .zip(buttons)
            .filter_map(|(place, it): (u32, _)| {
                // The question of a step has one button, which is a field of the step.
                let path = if path.starts_with("steps.main.") {
                    format!("{path}.buttons.{place}")
                } else {
                    format!("{path}.button")
                };
                button(it, text, path)
            })
            .collect(),
        OutgoingMessage::Carousel { cards } => (0..)
            .zip(cards)
            .flat_map(|(number, card): (u32, _)| {
                (0..).zip(&card.buttons).map(move |(place, it): (u32, _)| {
                    let path = format!("{path}.cards.{number}.buttons.{place}");
                    (it, card.title.as_str(), path)
                })
            })
            .filter_map(|(it, title, path)| button(it, title, path))
            .collect(),
        OutgoingMessage::Media { .. } => Vec::new(),
    }
}
