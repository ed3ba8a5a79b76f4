//! What the engine has done since its start.

use heliograph_model::OutboxState;
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

#[derive(Debug, Default)]
pub(super) struct WorkCounters {
    pub deliveries: AtomicU64,
    pub events: AtomicU64,
    pub decisions: AtomicU64,
    pub duplicates: AtomicU64,
    pub dead: AtomicU64,
    sent: AtomicU64,
    retried: AtomicU64,
    failed: AtomicU64,
    unknown: AtomicU64,
    dropped: AtomicU64,
}

impl WorkCounters {
    pub(super) fn send_ended(&self, state: OutboxState) {
        match state {
            OutboxState::Sent => &self.sent,
            OutboxState::Retrying => &self.retried,
            OutboxState::Failed => &self.failed,
            OutboxState::Unknown => &self.unknown,
            OutboxState::Dropped => &self.dropped,
        }
        .fetch_add(1, Relaxed);
    }

    pub(super) fn figures(&self) -> Work {
        let get = |counter: &AtomicU64| counter.load(Relaxed);
        Work {
            deliveries: get(&self.deliveries),
            events: get(&self.events),
            decisions: get(&self.decisions),
            duplicates: get(&self.duplicates),
            sent: get(&self.sent),
            retried: get(&self.retried),
            failed: get(&self.failed),
            unknown: get(&self.unknown),
            dropped: get(&self.dropped),
            dead: get(&self.dead),
        }
    }
}
