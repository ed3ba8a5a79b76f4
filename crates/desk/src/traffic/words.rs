//! Everything of an event that can be searched for.

use heliograph_engine::ports::searchable;
use heliograph_model::{DecisionRecord, Effect, OutgoingMessage};

/// Everything of a decision that can be searched for, as a journal's index has it, in
/// lower case.
pub(crate) fn haystack(record: &DecisionRecord) -> Box<str> {
    searchable(record).to_lowercase().into()
}

/// What an effect says.
pub(crate) fn texts(effect: &Effect) -> Vec<&str> {
    match effect {
        Effect::Send { message, .. } => match message {
            OutgoingMessage::Text {
                text,
                quick_replies,
            } => {
                let replies = quick_replies.iter().map(|reply| reply.title.as_str());
                std::iter::once(text.as_str()).chain(replies).collect()
            }
            OutgoingMessage::Buttons { text, buttons } => {
                let titles = buttons.iter().map(|button| button.title.as_str());
                std::iter::once(text.as_str()).chain(titles).collect()
            }
            OutgoingMessage::Carousel { cards } => cards
                .iter()
                .flat_map(|card| [Some(card.title.as_str()), card.subtitle.as_deref()])
                .flatten()
                .collect(),
            OutgoingMessage::Media { url, .. } => vec![url],
        },
        Effect::ReplyToComment { text, .. } => vec![text],
        Effect::React { reaction, .. } => vec![reaction],
    }
}
