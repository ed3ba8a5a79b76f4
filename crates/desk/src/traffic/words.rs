//! Everything of an event that can be searched for.

use heliograph_model::{DecisionRecord, Effect, OutgoingMessage};

/// The words of a decision in lower case: text, payload, ids, handle, summary, the names
/// of its automation, and what is sent.
pub(crate) fn haystack(record: &DecisionRecord) -> Box<str> {
    let event = &record.event;
    let trace = &record.decision.trace;
    let mut all = String::new();
    let mut add = |part: &str| {
        if !part.is_empty() {
            all.push_str(part);
            all.push('\n');
        }
    };
    for part in [&event.text, &event.payload, &event.username]
        .into_iter()
        .flatten()
    {
        add(part);
    }
    let ids = [
        event.account_id.as_ref().map(AsRef::as_ref),
        event.contact_id.as_ref().map(AsRef::as_ref),
        event.sender_id.as_ref().map(AsRef::as_ref),
        event.event_id.as_ref().map(AsRef::as_ref),
        event.story_id.as_ref().map(AsRef::as_ref),
        event.media_id.as_ref().map(AsRef::as_ref),
        trace.automation_id.as_ref().map(AsRef::as_ref),
    ];
    for id in ids.into_iter().flatten() {
        add(id);
    }
    add(&trace.summary);
    for effect in &record.decision.effects {
        for part in texts(effect) {
            add(part);
        }
    }
    all.to_lowercase().into()
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
