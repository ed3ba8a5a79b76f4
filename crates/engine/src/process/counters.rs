//! What the engine has done since its start, counted and timed.
//!
//! Everything here is a plain number that is added to: no lock, no look-up and no text
//! on the way of an event.

use crate::histogram::{Distribution, Histogram};
use heliograph_model::{ErrorClass, Event, EventKind, Millis, OutboxState, Reason, SendError};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What the engine has done since its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Work {
    /// Deliveries taken from the queue.
    pub deliveries: u64,
    /// Events that were in them.
    pub events: u64,
    /// Decisions committed.
    pub decisions: u64,
    /// Events that had been handled before.
    pub duplicates: u64,
    /// Sends that Instagram took.
    pub sent: u64,
    /// Tries that are repeated later.
    pub retried: u64,
    /// Sends given up.
    pub failed: u64,
    /// Sends of which nobody knows whether they arrived.
    pub unknown: u64,
    /// Sends not attempted: too late, or the contact had unsubscribed.
    pub dropped: u64,
    /// Deliveries that went to the dead letter.
    pub dead: u64,
}

/// [`Work`] with its parts, and how long they took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkFigures {
    /// When the engine started.
    pub started_at: Millis,
    /// The sums.
    pub work: Work,
    /// Events, in the order of [`EventKind::ALL`].
    pub events: [u64; EventKind::ALL.len()],
    /// Events that were decided, in the order of [`Reason::ALL`].
    pub decisions: [u64; Reason::ALL.len()],
    /// Ends of tries, in the order of [`OutboxState::ALL`].
    pub sends: [u64; OutboxState::ALL.len()],
    /// Tries that failed, in the order of [`ErrorClass::ALL`].
    pub send_errors: [u64; ErrorClass::ALL.len()],
    /// From the acceptance of a delivery until a worker took it for the first time.
    pub queue_wait: Distribution,
    /// From there until an event of it was committed, waiting for its contact's earlier
    /// events included.
    pub handling: Distribution,
    /// From the acceptance until the first try of a send ended; without those that are
    /// delayed on purpose, and those of an earlier process.
    pub accept_to_send: Distribution,
    /// One request to Instagram.
    pub requests: Distribution,
}

#[derive(Debug, Default)]
pub(super) struct WorkCounters {
    started_at: Millis,
    deliveries: AtomicU64,
    events: [AtomicU64; EventKind::ALL.len()],
    decisions: [AtomicU64; Reason::ALL.len()],
    sends: [AtomicU64; OutboxState::ALL.len()],
    send_errors: [AtomicU64; ErrorClass::ALL.len()],
    pub dead: AtomicU64,
    pub queue_wait: Histogram,
    pub handling: Histogram,
    pub accept_to_send: Histogram,
    pub requests: Histogram,
}

impl WorkCounters {
    /// Counters of an engine that starts now.
    pub(super) fn since(started_at: Millis) -> Self {
        Self {
            started_at,
            ..Self::default()
        }
    }

    /// A delivery was taken, with these events in it.
    pub(super) fn taken(&self, events: &[Event]) {
        self.deliveries.fetch_add(1, Relaxed);
        for event in events {
            self.events[event.kind as usize].fetch_add(1, Relaxed);
        }
    }

    /// A decision was committed, or found to be a duplicate.
    pub(super) fn decided(&self, reason: Reason) {
        self.decisions[reason as usize].fetch_add(1, Relaxed);
    }

    /// A try has ended, or there was none.
    pub(super) fn send_ended(&self, state: OutboxState, error: Option<&SendError>) {
        self.sends[state as usize].fetch_add(1, Relaxed);
        if let Some(error) = error {
            self.send_errors[error.class as usize].fetch_add(1, Relaxed);
        }
    }

    pub(super) fn work(&self) -> Work {
        self.figures().work
    }

    pub(super) fn figures(&self) -> WorkFigures {
        let events = read(&self.events);
        let decisions = read(&self.decisions);
        let sends = read(&self.sends);
        let duplicates = decisions[Reason::Duplicate as usize];
        let of = |state: OutboxState| sends[state as usize];
        WorkFigures {
            started_at: self.started_at,
            work: Work {
                deliveries: self.deliveries.load(Relaxed),
                events: events.iter().sum(),
                decisions: decisions.iter().sum::<u64>() - duplicates,
                duplicates,
                sent: of(OutboxState::Sent),
                retried: of(OutboxState::Retrying),
                failed: of(OutboxState::Failed),
                unknown: of(OutboxState::Unknown),
                dropped: of(OutboxState::Dropped),
                dead: self.dead.load(Relaxed),
            },
            events,
            decisions,
            sends,
            send_errors: read(&self.send_errors),
            queue_wait: self.queue_wait.read(),
            handling: self.handling.read(),
            accept_to_send: self.accept_to_send.read(),
            requests: self.requests.read(),
        }
    }
}

/// The numbers as they stand.
fn read<const N: usize>(counters: &[AtomicU64; N]) -> [u64; N] {
    std::array::from_fn(|place| counters[place].load(Relaxed))
}
