//! A contact's history as a conversation, with the states between the messages.

use super::known::Known;
use crate::traffic::{event_said, sent_texts, what_is_sent};
use heliograph_engine::ports::JournalPage;
use heliograph_engine::process::{NO_DELIVERY, set_after};
use heliograph_model::{
    Awaiting, DecisionRecord, DeliveryId, Effect, EventId, EventKind, Millis, OutboxState,
    OutgoingMessage, Reason, SendRecord,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// One thing of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "entry",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum HistoryEntry {
    /// The person said or did something, or a human at the account did.
    Said {
        /// When it was handled.
        at: Millis,
        /// What kind of event.
        kind: EventKind,
        /// What was said; empty where nothing was.
        text: String,
        /// The delivery that carried it.
        delivery_id: DeliveryId,
        /// The message's or comment's id.
        event_id: Option<EventId>,
        /// What was decided, in a sentence.
        summary: String,
        /// The automation that it concerned.
        automation: Option<String>,
    },
    /// The account sent something, or tried to.
    Sent {
        /// When it ended; of what has not ended, when it was decided.
        at: Millis,
        /// What it was, such as “the main message”.
        what: String,
        /// What it said, one text below the other.
        text: String,
        /// What stood on its buttons and quick replies.
        buttons: Vec<String>,
        /// How it ended; absent while it is on its way.
        state: Option<OutboxState>,
        /// Why it did not go.
        error: Option<String>,
        /// The delivery that led to it.
        delivery_id: DeliveryId,
    },
    /// They stand somewhere else from now on.
    Stands {
        /// When.
        at: Millis,
        /// What was awaited before; absent when nothing was.
        before: Option<Awaiting>,
        /// What is awaited now; absent when nothing is.
        after: Option<Awaiting>,
        /// The automation.
        automation: Option<String>,
        /// Somebody has set it by hand.
        by_hand: bool,
    },
    /// Somebody has set something else by hand.
    ByHand {
        /// When.
        at: Millis,
        /// What, in a sentence.
        summary: String,
    },
}

impl HistoryEntry {
    fn at(&self) -> Millis {
        match self {
            Self::Said { at, .. }
            | Self::Sent { at, .. }
            | Self::Stands { at, .. }
            | Self::ByHand { at, .. } => *at,
        }
    }
}

/// The entries of what a journal shows of a contact, the oldest first.
pub(super) fn history(page: &JournalPage, known: &Known) -> Vec<HistoryEntry> {
    let mut decisions: Vec<&DecisionRecord> = page.decisions.iter().collect();
    decisions.sort_by_key(|record| {
        // Where the clock stands still, what was set by hand comes behind the deliveries
        // that were there before it.
        let after = set_after(&record.event);
        let at = record.decision.trace.at;
        let delivery = after.unwrap_or(record.delivery_id);
        (at, delivery, after.is_some(), record.index)
    });
    let mut tries = last_tries(&page.sends);
    let mut entries = Vec::new();
    for record in decisions {
        if record.delivery_id == NO_DELIVERY {
            by_hand(record, known, &mut entries);
        } else {
            decided(record, known, &mut entries);
            sends(record, &mut tries, &mut entries);
        }
    }
    // What is left of the sends led nowhere that is shown here.
    entries.extend(tries.into_iter().map(sent));
    // Stable, so that what happened in the same instant stays in its order.
    entries.sort_by_key(HistoryEntry::at);
    entries
}

/// The last try of every send, in their order.
fn last_tries(sends: &[SendRecord]) -> Vec<&SendRecord> {
    let mut known = HashSet::new();
    let mut last: Vec<&SendRecord> = sends
        .iter()
        .rev()
        .filter(|send| known.insert(send.outbox_id))
        .collect();
    last.reverse();
    last
}

fn decided(record: &DecisionRecord, known: &Known, entries: &mut Vec<HistoryEntry>) {
    let DecisionRecord {
        event, decision, ..
    } = record;
    let trace = &decision.trace;
    // What the account itself sent is told by its send; that something was read is noise.
    if trace.reason == Reason::OwnMessage || event.kind == EventKind::Read {
        return;
    }
    entries.push(HistoryEntry::Said {
        at: trace.at,
        kind: event.kind,
        text: match event.kind {
            EventKind::Other => String::new(),
            _ => event_said(event),
        },
        delivery_id: record.delivery_id,
        event_id: event.event_id.clone(),
        summary: trace.summary.clone(),
        automation: trace.automation_id.as_ref().and_then(|id| known.name(id)),
    });
    stands(record, known, false, entries);
}

fn by_hand(record: &DecisionRecord, known: &Known, entries: &mut Vec<HistoryEntry>) {
    let trace = &record.decision.trace;
    if record.decision.contact.is_empty() {
        stands(record, known, true, entries);
    } else {
        entries.push(HistoryEntry::ByHand {
            at: trace.at,
            summary: trace.summary.clone(),
        });
    }
}

fn stands(record: &DecisionRecord, known: &Known, by_hand: bool, entries: &mut Vec<HistoryEntry>) {
    let trace = &record.decision.trace;
    if trace.state_before == trace.state_after && !by_hand {
        return;
    }
    entries.push(HistoryEntry::Stands {
        at: trace.at,
        before: trace.state_before,
        after: trace.state_after,
        automation: trace.automation_id.as_ref().and_then(|id| known.name(id)),
        by_hand,
    });
}

/// The sends of a decision: how they ended, and those that have not.
fn sends(record: &DecisionRecord, tries: &mut Vec<&SendRecord>, entries: &mut Vec<HistoryEntry>) {
    for effect in &record.decision.effects {
        let place = tries
            .iter()
            .position(|send| send.delivery_id == record.delivery_id && send.effect == *effect);
        let (text, buttons) = said(effect);
        entries.push(match place {
            Some(place) => sent(tries.remove(place)),
            None => HistoryEntry::Sent {
                at: record.decision.trace.at,
                what: what_is_sent(effect),
                text,
                buttons,
                state: None,
                error: None,
                delivery_id: record.delivery_id,
            },
        });
    }
}

fn sent(send: &SendRecord) -> HistoryEntry {
    let (text, buttons) = said(&send.effect);
    HistoryEntry::Sent {
        at: send.at,
        what: what_is_sent(&send.effect),
        text,
        buttons,
        state: Some(send.state),
        error: send.error.as_ref().map(|error| error.message.clone()),
        delivery_id: send.delivery_id,
    }
}

/// The texts of an effect, and apart from them what stands on its buttons.
fn said(effect: &Effect) -> (String, Vec<String>) {
    let Effect::Send { message, .. } = effect else {
        return (sent_texts(effect).join("\n"), Vec::new());
    };
    match message {
        OutgoingMessage::Text {
            text,
            quick_replies,
        } => {
            let titles = quick_replies.iter().map(|reply| reply.title.clone());
            (text.clone(), titles.collect())
        }
        OutgoingMessage::Buttons { text, buttons } => {
            let titles = buttons.iter().map(|button| button.title.clone());
            (text.clone(), titles.collect())
        }
        OutgoingMessage::Carousel { cards } => {
            let buttons = cards.iter().flat_map(|card| &card.buttons);
            let titles = buttons.map(|button| button.title.clone());
            (sent_texts(effect).join("\n"), titles.collect())
        }
        OutgoingMessage::Media { url, .. } => (url.clone(), Vec::new()),
    }
}
