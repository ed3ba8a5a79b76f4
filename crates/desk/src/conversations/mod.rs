//! Conversations: who stands where for how long, one contact's whole history, and setting
//! by hand what went wrong.
//!
//! The list is read from the profile's register, a page at a time. It follows what the
//! engine tells; where other workers write too, it is also read anew every few seconds.
//! Whatever is changed goes through [`Runtime::by_hand`](heliograph_runtime::Runtime::by_hand).

mod csv;
mod error;
mod follow;
mod hand;
mod history;
mod holdings;
mod known;
mod look;
mod open;
mod people;
mod seen;

pub use csv::{ContactsFile, written as contacts_as_csv};
pub use error::{ConversationsError, Result};
pub use hand::{ChangeKind, PersonChange};
pub use history::HistoryEntry;
pub use holdings::{HeldDifference, HeldVerdict, HeldWhat, Holding};
pub use look::{
    Funnel, KnownAccount, KnownAutomation, Origin, PeopleKind, PeopleList, PeopleLook, PeopleNews,
    PeopleOrder, PersonRow, StandsAt,
};
pub use open::{OpenedContact, ToldBy};

use heliograph_model::{AccountId, ContactId, EventId};
use heliograph_runtime::Runtime;
use known::{Known, Remembered};
use parking_lot::{Mutex, RwLock};
use seen::Seen;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// The conversations of the profile in front.
#[derive(Debug)]
pub struct Conversations {
    shared: Arc<Shared>,
    following: Mutex<Option<AbortHandle>>,
}

/// What the desk and its tasks share. Every lock is held for a moment only, never while
/// waiting.
#[derive(Debug)]
struct Shared {
    runtime: RwLock<Option<Arc<Runtime>>>,
    look: Mutex<PeopleLook>,
    opened: Mutex<Option<(AccountId, ContactId)>>,
    known: Mutex<Remembered>,
    seen: Mutex<Seen>,
    /// What conversations began with, as far as it was looked for.
    origins: Mutex<HashMap<EventId, Origin>>,
    /// How many contacts there were when they were counted last.
    counted: Mutex<Option<people::Counted>>,
    /// Counts up when the contact that is open may be otherwise than before.
    beat: AtomicU32,
    changed: watch::Sender<()>,
}

impl Default for Conversations {
    fn default() -> Self {
        Self::new()
    }
}

impl Conversations {
    /// Conversations of nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                runtime: RwLock::default(),
                look: Mutex::default(),
                opened: Mutex::default(),
                known: Mutex::default(),
                seen: Mutex::default(),
                origins: Mutex::default(),
                counted: Mutex::default(),
                beat: AtomicU32::new(0),
                changed: watch::Sender::new(()),
            }),
            following: Mutex::default(),
        }
    }
}

impl Shared {
    fn runtime(&self) -> Result<Arc<Runtime>> {
        let runtime = self.runtime.read().clone();
        runtime.ok_or(ConversationsError::NothingRuns)
    }

    async fn known(&self, runtime: &Runtime) -> Result<Arc<Known>> {
        if let Some(known) = self.known.lock().fresh() {
            return Ok(known);
        }
        let known = Arc::new(Known::read(runtime).await?);
        self.known.lock().keep(&known);
        Ok(known)
    }

    /// Something about the contact that is open may be otherwise.
    fn beats(&self) {
        self.beat.fetch_add(1, Relaxed);
    }
}

impl Drop for Conversations {
    fn drop(&mut self) {
        if let Some(following) = self.following.lock().take() {
            following.abort();
        }
    }
}
