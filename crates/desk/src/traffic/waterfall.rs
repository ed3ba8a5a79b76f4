//! Where the time of a delivery went, by the machine's clock.

use super::note::Note;
use super::open::{SentRequest, what_is_sent};
use heliograph_model::DecisionRecord;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// A stretch of time on the way of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TimeSpan {
    /// What it is.
    pub kind: SpanKind,
    /// In words.
    pub label: String,
    /// The event that it belongs to, from 0; absent where it belongs to all.
    pub index: Option<u32>,
    /// When it began, in microseconds since the delivery did.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub from: u64,
    /// How long it took, in microseconds.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub micros: u64,
}

/// What a stretch of time was spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// Read, verified, and made durable.
    Listener,
    /// Waiting for a worker.
    Queue,
    /// Routed, decided and committed.
    Decide,
    /// A document was read. These are shown one behind the other; some go side by side.
    Read,
    /// Sent through Instagram.
    Send,
}

/// The stretches in the order of their beginnings; none where nobody has seen them.
pub(super) fn waterfall(
    note: &Note,
    decisions: &[DecisionRecord],
    sends: &[SentRequest],
) -> Vec<TimeSpan> {
    let (Some(begun), Some(taken)) = (note.begun(), note.taken) else {
        return Vec::new();
    };
    let since = |at: Instant| micros(begun, at);
    // Whole microseconds since the beginning, as they are noted.
    let between = |from: Instant, to: Instant| since(to).saturating_sub(since(from));
    let mut spans = Vec::new();
    if let Some(request) = &note.request {
        spans.push(TimeSpan {
            kind: SpanKind::Listener,
            label: "Listener: read, verified, durable".to_owned(),
            index: None,
            from: 0,
            micros: since(request.durable),
        });
        // A worker may have it before the listener is told that it is durable.
        let waits = request.durable.min(taken);
        spans.push(TimeSpan {
            kind: SpanKind::Queue,
            label: "Queue: waiting for a worker".to_owned(),
            index: None,
            from: since(waits),
            micros: between(waits, taken),
        });
    }
    let several = note.decided.len() > 1;
    for (index, decided) in &note.decided {
        let which = if several {
            format!(" (event {})", index + 1)
        } else {
            String::new()
        };
        spans.push(TimeSpan {
            kind: SpanKind::Decide,
            label: format!("Engine: routed, decided, committed{which}"),
            index: Some(*index),
            from: since(taken),
            micros: between(taken, *decided),
        });
        let mut at = since(taken);
        let record = decisions.iter().find(|one| one.index == *index);
        for read in record.iter().flat_map(|one| &one.decision.trace.reads) {
            spans.push(TimeSpan {
                kind: SpanKind::Read,
                label: format!(
                    "{}: {} from {}",
                    read.collection.as_str().replace('_', " "),
                    read.outcome.as_str().replace('_', " "),
                    read.tier.as_str()
                ),
                index: Some(*index),
                from: at,
                micros: u64::from(read.micros),
            });
            at += u64::from(read.micros);
        }
    }
    for ended in &note.sends {
        let Some(at) = ended.at else { continue };
        let own = |sent: &&SentRequest| {
            (sent.record.outbox_id, sent.record.attempt) == (ended.outbox, ended.attempt)
        };
        let sent = sends.iter().find(own);
        // It began when what stands before it in its lane had ended.
        let before = note
            .sends
            .iter()
            .filter(|one| one.row == ended.row)
            .filter_map(|one| one.at)
            .filter(|other| *other < at)
            .max();
        let decided = note
            .decided
            .iter()
            .map(|(_, at)| *at)
            .filter(|other| *other <= at)
            .max();
        let from = before.or(decided).unwrap_or(taken);
        spans.push(TimeSpan {
            kind: SpanKind::Send,
            label: sent.map_or_else(
                || "Instagram: send".to_owned(),
                |sent| {
                    let try_ = match sent.record.attempt {
                        0 | 1 => String::new(),
                        attempt => format!(", try {attempt}"),
                    };
                    format!("Instagram: {}{try_}", what_is_sent(&sent.record.effect))
                },
            ),
            index: None,
            from: since(from),
            micros: between(from, at),
        });
    }
    spans
}

fn micros(from: Instant, to: Instant) -> u64 {
    let took = to.saturating_duration_since(from).as_micros();
    u64::try_from(took).unwrap_or(u64::MAX)
}
