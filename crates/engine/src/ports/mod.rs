//! What the engine needs of the world: small traits that speak the vocabulary.
//!
//! A port says what is done, not with what: there is no connection, no transaction and
//! no SQL in a signature. Each adapter passes one conformance story that is generic over
//! the port. Handles are shared as `Arc<dyn Port>`: a boxed future costs tens of
//! nanoseconds where the cheapest adapter call costs a microsecond.

mod announcements;
mod archive;
mod backlog;
mod bulletins;
mod cache;
mod clock;
mod conversations;
mod failed_sends;
mod instagram;
mod jobs;
mod journal;
mod keys;
mod queue;
mod register;
mod searchable;
mod searchable_body;
mod seen_log;
mod store;
mod subscriptions;

pub use announcements::{Announcements, Asked, Heard, Stale};
pub use archive::{Archive, ConversationChange, Mark, Refusal, Refusals};
pub use backlog::{Backlog, BacklogDepth};
pub use bulletins::{Bulletins, HeardBulletin};
pub use cache::{Cache, CacheWrite, Lease, Lookup, Ttl};
pub use clock::{Clock, SystemClock, VirtualClock};
pub use conversations::{Conversations, EventTime, Hold, OneProcess, Opened, RecentChange};
pub use failed_sends::{FailedSends, SendAgain, Senders};
pub use instagram::{Instagram, Profile, SendRequest};
pub use jobs::{
    Discarded, Job, JobFigures, JobLine, JobState, JobWorker, Jobs, JobsCounted, KeptJob, PutBack,
};
pub use journal::{Journal, JournalFilter, JournalPage, NoteRecord, RefusedRecord};
pub use keys::{CacheServer, Cursor, FoundKey, KeyPage, KeyValue, Keys, OpenedKey};
pub use queue::{Finished, Queue, QueueDepth};
pub use register::{
    ContactFilter, ContactKind, Page, Register, StateCounts, StateFilter, StateOrder,
};
pub use searchable::searchable;
pub use searchable_body::searchable_body;
pub use seen_log::{Seen, SeenLog};
pub use store::{Commit, Committed, Documents, Ledger, NewOutboxItem, SendUpdate, Store};
pub use subscriptions::{AppAccess, AppSubscription, Subscriptions};

/// Why a port could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Somebody else changed the document first.
    #[error("{0} was changed by somebody else meanwhile; load it again")]
    Conflict(String),
    /// The backend cannot be reached or cannot take more now; the same call may go
    /// through later.
    #[error("{0}")]
    Unavailable(String),
    /// The profile's guard level does not allow it. The text says what was refused, by
    /// whom, and what to do; asking again helps once somebody has changed the level.
    #[error("{0}")]
    Refused(String),
    /// Anything else; asking again would not help.
    #[error("{0}")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl PortError {
    /// Wraps an adapter's own error.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }

    /// Whether the same call may go through later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether the guard level stands in the way. What is under way waits then: the
    /// level may be raised again, and nothing that was accepted is given up for it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// What a port answers.
pub type PortResult<T> = Result<T, PortError>;
