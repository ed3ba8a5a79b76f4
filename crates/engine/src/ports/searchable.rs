//! What a search of events looks at: the same for a journal's index and for whoever filters
//! what is on the screen, so that nothing is found by one and not by the other.

use heliograph_model::{DecisionRecord, Effect, Event, OutgoingMessage, Recipient};

/// The longest part of what routing did not know that is searched, in bytes. All of it is
/// in the body.
const RAW: usize = 4_096;

/// Everything of a decision that can be searched for, a line for each part: what was said
/// and pressed, reacted with, attached and clicked on the way here; ids, the handle, the
/// reason in words, the automation's id and name, an address that was given, and what is
/// sent to whom.
#[must_use]
pub fn searchable(record: &DecisionRecord) -> String {
    let decision = &record.decision;
    let trace = &decision.trace;
    let mut all = Parts::default();
    all.event(&record.event);
    all.add(&trace.summary);
    if let Some(id) = &trace.automation_id {
        all.add(id.as_str());
        let name = trace.looked_at.iter().find(|one| one.automation_id == *id);
        all.maybe(name.map(|looked| looked.name.as_str()));
    }
    all.maybe(decision.contact.email.as_deref());
    for effect in &decision.effects {
        all.effect(effect);
    }
    all.0
}

#[derive(Default)]
struct Parts(String);

impl Parts {
    fn add(&mut self, part: &str) {
        if !part.is_empty() {
            self.0.push_str(part);
            self.0.push('\n');
        }
    }

    fn maybe(&mut self, part: Option<&str>) {
        self.add(part.unwrap_or_default());
    }

    fn event(&mut self, event: &Event) {
        self.maybe(event.text.as_deref());
        self.maybe(event.payload.as_deref());
        self.maybe(event.username.as_deref());
        if let Some(reaction) = &event.reaction {
            self.maybe(reaction.emoji.as_deref());
            self.maybe(reaction.reaction.as_deref());
            self.add(&reaction.action);
        }
        // As they stand behind each other where they are shown.
        let kinds: Vec<&str> = event.attachments.iter().map(|one| &*one.kind).collect();
        self.add(&kinds.join(", "));
        for attached in &event.attachments {
            self.maybe(attached.title.as_deref());
            self.maybe(attached.media_id.as_ref().map(AsRef::as_ref));
            self.maybe(attached.url.as_deref());
        }
        if let Some(from) = &event.referral {
            for part in [
                &from.reference,
                &from.source,
                &from.kind,
                &from.ad_id,
                &from.product_id,
            ] {
                self.maybe(part.as_deref());
            }
        }
        let ids = [
            event.account_id.as_ref().map(AsRef::as_ref),
            event.contact_id.as_ref().map(AsRef::as_ref),
            event.sender_id.as_ref().map(AsRef::as_ref),
            event.event_id.as_ref().map(AsRef::as_ref),
            event.reply_to.as_ref().map(AsRef::as_ref),
            event.story_id.as_ref().map(AsRef::as_ref),
            event.media_id.as_ref().map(AsRef::as_ref),
            event.original_media_id.as_ref().map(AsRef::as_ref),
            event.parent_id.as_ref().map(AsRef::as_ref),
        ];
        for id in ids {
            self.maybe(id);
        }
        if let Some(raw) = &event.raw {
            let end = (0..=RAW.min(raw.len()))
                .rev()
                .find(|at| raw.is_char_boundary(*at));
            self.maybe(raw.get(..end.unwrap_or(0)));
        }
    }

    fn effect(&mut self, effect: &Effect) {
        self.add(effect.automation_id().as_str());
        match effect {
            Effect::Send { to, message, .. } => {
                self.add(match to {
                    Recipient::Contact(id) => id.as_str(),
                    Recipient::Comment(id) => id.as_str(),
                });
                self.message(message);
            }
            Effect::ReplyToComment {
                comment_id, text, ..
            } => {
                self.add(comment_id.as_str());
                self.add(text);
            }
            Effect::React {
                message_id,
                reaction,
                ..
            } => {
                self.add(message_id.as_str());
                self.add(reaction);
            }
        }
    }

    fn message(&mut self, message: &OutgoingMessage) {
        match message {
            OutgoingMessage::Text {
                text,
                quick_replies,
            } => {
                self.add(text);
                for reply in quick_replies {
                    self.add(&reply.title);
                }
            }
            OutgoingMessage::Buttons { text, buttons } => {
                self.add(text);
                for button in buttons {
                    self.add(&button.title);
                }
            }
            OutgoingMessage::Carousel { cards } => {
                for card in cards {
                    self.add(&card.title);
                    self.maybe(card.subtitle.as_deref());
                    for button in &card.buttons {
                        self.add(&button.title);
                    }
                }
            }
            OutgoingMessage::Media { url, .. } => self.add(url),
        }
    }
}
