//! What is known of a delivery beyond its rows.

use super::noted::LONGEST_HEADERS;
use super::row::{RowResult, RowSource};
use heliograph_model::{DecisionRecord, DeliveryId, DeliverySource, Millis, OutboxId};
use std::sync::Arc;
use std::time::Instant;

/// The request that brought a delivery.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Who sent it.
    pub peer: String,
    /// The name of the app secret that signed it.
    pub secret: String,
    /// Lines of `name: value`.
    pub headers: Box<str>,
    /// When its head had come.
    pub began: Instant,
    /// When the queue had it.
    pub durable: Instant,
}

/// A try to send that ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    pub outbox: OutboxId,
    pub attempt: u32,
    /// The row that it belongs to,
    pub row: u64,
    /// and the event, where it is known.
    pub index: Option<u32>,
    /// When it ended; absent when only the journal told of it.
    pub at: Option<Instant>,
}

/// What is known of a delivery beyond its rows.
#[derive(Debug, Default)]
pub(super) struct Note {
    pub rows: Vec<u64>,
    /// The journal told of it and nobody has seen it.
    pub from_journal: bool,
    pub events: u32,
    /// How it came in, once an engine has said it.
    pub source: Option<RowSource>,
    pub request: Option<Request>,
    /// The worker elsewhere that took it, where one told of it.
    pub worker: Option<Arc<str>>,
    /// When an engine took it from the queue.
    pub taken: Option<Instant>,
    /// When each event was decided.
    pub decided: Vec<(u32, Instant)>,
    pub sends: Vec<Ended>,
    /// Why it could not be handled, where it could not.
    pub dead: Option<Box<str>>,
    /// Somebody removed it from the queue by hand.
    pub is_removed: bool,
    /// Decisions on events that were handled before, which no journal keeps.
    pub repeats: Vec<DecisionRecord>,
    /// When it arrived, as its rows show it.
    pub at: Option<Millis>,
    /// Whoever put it into the queue had checked its signature.
    pub is_signed: bool,
    /// The body as it is searched, as far as it is looked through.
    pub body: Box<str>,
    /// When something happened to it last.
    pub changed: Option<Instant>,
}

impl Note {
    /// How it came in, as far as its queue says it.
    pub(super) fn came(&self, source: DeliverySource) -> RowSource {
        RowSource::of(source, self.worker.is_some(), self.request.is_some())
    }

    /// When it began: with its request, else when an engine took it.
    pub(super) fn begun(&self) -> Option<Instant> {
        let request = self.request.as_ref().map(|request| request.began);
        request.or(self.taken)
    }

    /// How those of its events stand that are not decided.
    pub(super) fn undecided(&self) -> RowResult {
        match (&self.dead, self.is_removed) {
            (_, true) => RowResult::Removed,
            (Some(_), false) => RowResult::Dead,
            (None, false) => RowResult::Waiting,
        }
    }

    /// Whether every event of it is decided.
    pub(super) fn is_decided(&self) -> bool {
        self.taken.is_some() && self.decided.len() >= self.events as usize
    }
}

/// What is hidden of a header that could carry a credential.
const HIDDEN: [&str; 4] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
];

/// Headers as lines; credentials of others are not kept.
pub(super) fn lines<'a>(
    headers: impl Iterator<Item = (&'a str, std::borrow::Cow<'a, str>)>,
) -> Box<str> {
    let mut lines = String::new();
    for (name, value) in headers {
        let value = if HIDDEN.contains(&name) {
            "(not kept)"
        } else {
            &value
        };
        lines.push_str(name);
        lines.push_str(": ");
        lines.push_str(value);
        lines.push('\n');
    }
    lines.into()
}

/// Whole lines of headers, as many as are kept.
pub(super) fn shortened(lines: Box<str>) -> Box<str> {
    if lines.len() <= LONGEST_HEADERS {
        return lines;
    }
    let mut end = LONGEST_HEADERS;
    while !lines.is_char_boundary(end) {
        end -= 1;
    }
    let whole = lines[..end].rfind('\n').map_or(0, |at| at + 1);
    lines[..whole].into()
}

/// A delivery as a person names it.
pub(super) fn named(id: DeliveryId) -> String {
    format!("delivery {}", id.0)
}
