//! Messages as they are sent: variables filled in, buttons with their payloads, and
//! nothing longer than Instagram accepts.

use super::draft::Draft;
use crate::template::{self, Values, Variable};
use heliograph_model::{
    Automation, Button, ButtonAction, ButtonPayload, Card, Message, OutgoingAction, OutgoingButton,
    OutgoingCard, OutgoingMessage, OutgoingQuickReply, StepName, limits,
};

/// A text with one button that answers `step`.
pub(super) fn question(
    draft: &mut Draft<'_>,
    automation: &Automation,
    text: &str,
    button: &str,
    step: StepName,
) -> OutgoingMessage {
    writing(draft, |pen| OutgoingMessage::Buttons {
        text: pen.chars(text, limits::BUTTON_TEXT_CHARS),
        buttons: vec![OutgoingButton {
            title: pen.chars(button, limits::BUTTON_TITLE_CHARS),
            action: OutgoingAction::Payload(payload(automation, step, false)),
        }],
    })
}

/// A plain text.
pub(super) fn text(draft: &mut Draft<'_>, text: &str) -> OutgoingMessage {
    writing(draft, |pen| OutgoingMessage::Text {
        text: pen.bytes(text, limits::TEXT_BYTES),
        quick_replies: Vec::new(),
    })
}

/// A public reply to a comment.
pub(super) fn public_reply(draft: &mut Draft<'_>, text: &str) -> String {
    writing(draft, |pen| pen.chars(text, limits::PUBLIC_REPLY_CHARS))
}

/// A button's title as the person sees it.
pub(super) fn title(draft: &Draft<'_>, title: &str) -> String {
    let title = template::render(title, &draft.values());
    template::cut_to_chars(title, limits::BUTTON_TITLE_CHARS)
}

/// A message of the main step.
pub(super) fn message(
    draft: &mut Draft<'_>,
    automation: &Automation,
    message: &Message,
) -> OutgoingMessage {
    writing(draft, |pen| match message {
        Message::Text {
            text,
            quick_replies,
        } => OutgoingMessage::Text {
            text: pen.bytes(text, limits::TEXT_BYTES),
            quick_replies: quick_replies
                .iter()
                .map(|reply| {
                    let title = pen.chars(&reply.title, limits::QUICK_REPLY_TITLE_CHARS);
                    OutgoingQuickReply {
                        payload: reply
                            .step
                            .map_or_else(|| title.clone(), |step| payload(automation, step, true)),
                        title,
                    }
                })
                .collect(),
        },
        Message::Buttons { text, buttons } => OutgoingMessage::Buttons {
            text: pen.chars(text, limits::BUTTON_TEXT_CHARS),
            buttons: pen.buttons(automation, buttons),
        },
        Message::Carousel { cards } => OutgoingMessage::Carousel {
            cards: cards
                .iter()
                .map(|card| pen.card(automation, card))
                .collect(),
        },
        Message::Media { kind, url } => OutgoingMessage::Media {
            kind: *kind,
            url: pen.url(url),
        },
    })
}

fn payload(automation: &Automation, step: StepName, leads: bool) -> String {
    ButtonPayload {
        automation_id: automation.id.clone(),
        automation_type: automation.kind,
        target: automation.target.clone(),
        step,
        leads,
    }
    .encode()
}

/// Writes with the values of a draft, and afterwards tells the draft what was found.
fn writing<T>(draft: &mut Draft<'_>, write: impl FnOnce(&mut Pen<'_>) -> T) -> T {
    let mut pen = Pen {
        values: draft.values(),
        unknown: Vec::new(),
        cut: false,
        blank: false,
    };
    let written = write(&mut pen);
    let Pen {
        unknown,
        cut,
        blank,
        ..
    } = pen;
    if cut {
        draft
            .notes
            .push("A text was cut, because Instagram does not accept longer ones.".into());
    }
    if blank {
        draft
            .notes
            .push("A text was blank once its variables were filled in, so “…” is sent.".into());
    }
    // A name that was never looked up is worth one look; one that the profile withholds
    // is not asked for again.
    let never_read = draft
        .cx
        .contact
        .is_none_or(|contact| contact.name.is_none() && contact.follows.is_none());
    if !unknown.is_empty() && never_read && draft.may_read_profile() {
        draft.wants_profile = true;
    }
    written
}

struct Pen<'v> {
    values: Values<'v>,
    /// Variables that the profile could have told.
    unknown: Vec<Variable>,
    cut: bool,
    blank: bool,
}

impl Pen<'_> {
    fn bytes(&mut self, text: &str, most: usize) -> String {
        self.fitted(text, |text| template::cut_to_bytes(text, most))
    }

    fn chars(&mut self, text: &str, most: usize) -> String {
        self.fitted(text, |text| template::cut_to_chars(text, most))
    }

    fn fitted(&mut self, text: &str, cut: impl FnOnce(String) -> String) -> String {
        self.look(text);
        let full = template::render(text, &self.values);
        if full.trim().is_empty() {
            self.blank = true;
            return "…".into();
        }
        let length = full.len();
        let fitted = cut(full);
        self.cut |= fitted.len() != length;
        fitted
    }

    fn url(&mut self, url: &str) -> String {
        self.look(url);
        template::render_url(url, &self.values)
    }

    fn look(&mut self, text: &str) {
        if !text.contains("{{") {
            return;
        }
        for used in template::variables(text).unwrap_or_default() {
            let told_by_profile = matches!(
                used.variable,
                Variable::ContactFirstName | Variable::ContactUsername
            );
            if told_by_profile && self.values.get(used.variable).is_none() {
                self.unknown.push(used.variable);
            }
        }
    }

    fn buttons(&mut self, automation: &Automation, buttons: &[Button]) -> Vec<OutgoingButton> {
        buttons
            .iter()
            .map(|button| OutgoingButton {
                title: self.chars(&button.title, limits::BUTTON_TITLE_CHARS),
                action: match &button.action {
                    ButtonAction::Url(url) => OutgoingAction::Url(self.url(url)),
                    ButtonAction::Step(step) => {
                        OutgoingAction::Payload(payload(automation, *step, true))
                    }
                },
            })
            .collect()
    }

    fn card(&mut self, automation: &Automation, card: &Card) -> OutgoingCard {
        OutgoingCard {
            title: self.chars(&card.title, limits::CARD_TEXT_CHARS),
            subtitle: card
                .subtitle
                .as_ref()
                .map(|text| self.chars(text, limits::CARD_TEXT_CHARS)),
            image_url: card.image_url.as_ref().map(|url| self.url(url)),
            buttons: self.buttons(automation, &card.buttons),
        }
    }
}
