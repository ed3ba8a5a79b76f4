//! How long what is kept.

use heliograph_model::{Collection, Millis};

/// Times to live, in milliseconds, by the table "Caching" of the design.
#[derive(Debug, Clone, PartialEq)]
pub struct CachePolicy {
    /// Workspace and account of an Instagram id.
    pub workspace_ms: i64,
    /// The automations of one type and target.
    pub automations_ms: i64,
    /// User states, and that there is none.
    pub user_state_ms: i64,
    /// Contacts; `None` reads them fresh. Never more than 30 seconds.
    pub contact_ms: Option<i64>,
    /// How long an unknown Instagram id is remembered to be unknown.
    pub unknown_workspace_ms: i64,
    /// By which share times to live are shortened at random, so that what was filled
    /// together does not expire together; 0 to 1.
    pub jitter: f64,
    /// How many entries a process keeps compiled for itself; 0 switches that off.
    pub near_entries: usize,
}

impl Default for CachePolicy {
    fn default() -> Self {
        Self {
            workspace_ms: Millis::HOUR,
            automations_ms: Millis::HOUR,
            user_state_ms: Millis::DAY,
            contact_ms: None,
            unknown_workspace_ms: Millis::MINUTE,
            jitter: 0.1,
            near_entries: 10_000,
        }
    }
}

impl CachePolicy {
    /// The most that a contact may be cached for.
    pub const CONTACT_MOST_MS: i64 = 30 * Millis::SECOND;

    /// The time to live for a fill of `collection`, shortened by a random part.
    #[must_use]
    pub fn ttl(&self, collection: Collection, known: bool) -> i64 {
        let full = match collection {
            Collection::Workspace if known => self.workspace_ms,
            Collection::Workspace => self.unknown_workspace_ms,
            Collection::Automations => self.automations_ms,
            Collection::UserState => self.user_state_ms,
            Collection::Contact => self.contact_ms.unwrap_or(0).min(Self::CONTACT_MOST_MS),
        };
        self.jittered(full)
    }

    /// `full` shortened by a random part of at most `jitter`.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "times to live are far below the precision of a double"
    )]
    fn jittered(&self, full: i64) -> i64 {
        let cut = full as f64 * self.jitter.clamp(0.0, 1.0) * fastrand::f64();
        (full - cut as i64).max(1)
    }
}
