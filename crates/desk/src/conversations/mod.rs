//! Conversations: who stands where for how long, one contact's whole history, and setting
//! by hand what went wrong.
//!
//! The list is read from the profile's register, a page at a time. It follows what the
//! engine tells; where other workers write too, it is also read anew every few seconds.
//! Whatever is changed goes through [`Runtime::by_hand`](heliograph_runtime::Runtime::by_hand).

mod bulk;
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
mod pick;
mod standing;
mod strays;

pub use bulk::{BulkChange, BulkNews, BulkOutcome, BulkResult, BulkState};
pub use csv::{PeopleFile, contacts_as_csv};
pub use error::{ConversationsError, Result};
pub use hand::{ChangeKind, PersonChange};
pub use history::HistoryEntry;
pub use holdings::{HeldDifference, HeldVerdict, HeldWhat, Holding};
pub use look::{
    Funnel, KnownAccount, KnownAutomation, OnlyCached, Origin, PeopleKind, PeopleList, PeopleLook,
    PeopleNews, PeopleOrder, PersonRow, StandsAt,
};
pub use open::{OpenedContact, ToldBy};
pub use pick::{MOST_PICKED, Picked};
pub use strays::{StraysNews, StraysState};

use crate::seen::{SeenBook, SeenJournal};
use bulk::{Bulk, Taken};
use heliograph_model::{AccountId, ContactId, EventId};
use heliograph_runtime::Runtime;
use known::{Known, Remembered};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use strays::Strays;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// The conversations of the profile in front.
#[derive(Debug)]
pub struct Conversations {
    shared: Arc<Shared>,
    /// What was seen of profiles that keep no journal.
    book: Arc<SeenBook>,
    following: Mutex<Option<AbortHandle>>,
    /// Looking through the cache.
    walking: Mutex<Option<AbortHandle>>,
}

/// What the desk and its tasks share. Every lock is held for a moment only, never while
/// waiting.
#[derive(Debug)]
struct Shared {
    runtime: RwLock<Option<Arc<Runtime>>>,
    /// What each window looks at, by the window's name.
    sights: Mutex<HashMap<String, Sight>>,
    known: Mutex<Remembered>,
    /// What was seen of a profile that keeps no journal.
    seen: RwLock<Option<Arc<SeenJournal>>>,
    /// What conversations began with, as far as it was looked for.
    origins: Mutex<HashMap<EventId, Origin>>,
    /// How many contacts there were when they were counted last.
    counted: Mutex<Option<people::Counted>>,
    /// The last walk through the cache.
    strays: Mutex<Option<Strays>>,
    /// What was done last for many, and what the last release or clear took away.
    bulk: Mutex<Option<Bulk>>,
    taken: Mutex<Taken>,
    /// Numbers what is begun.
    numbers: AtomicU32,
    changed: watch::Sender<()>,
}

/// What one window looks at.
#[derive(Debug, Default)]
struct Sight {
    look: PeopleLook,
    opened: Option<(AccountId, ContactId)>,
    /// Counts up when the contact that is open may be otherwise than before.
    beat: u32,
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
        Self::keeping(Arc::default())
    }

    /// The same, with what is seen of profiles that keep no journal in this book.
    #[must_use]
    pub fn keeping(book: Arc<SeenBook>) -> Self {
        Self {
            book,
            shared: Arc::new(Shared {
                runtime: RwLock::default(),
                sights: Mutex::default(),
                known: Mutex::default(),
                seen: RwLock::default(),
                origins: Mutex::default(),
                counted: Mutex::default(),
                strays: Mutex::default(),
                bulk: Mutex::default(),
                taken: Mutex::default(),
                numbers: AtomicU32::new(0),
                changed: watch::Sender::new(()),
            }),
            following: Mutex::default(),
            walking: Mutex::default(),
        }
    }
}

impl Shared {
    fn runtime(&self) -> Result<Arc<Runtime>> {
        let runtime = self.runtime.read().clone();
        runtime.ok_or(ConversationsError::NothingRuns)
    }

    /// Whether this profile is looked at, and no other has come in its place.
    fn is_in_front(&self, runtime: &Arc<Runtime>) -> bool {
        let front = self.runtime.read();
        front
            .as_ref()
            .is_some_and(|front| Arc::ptr_eq(front, runtime))
    }

    async fn known(&self, runtime: &Runtime) -> Result<Arc<Known>> {
        if let Some(known) = self.known.lock().fresh() {
            return Ok(known);
        }
        let known = Arc::new(Known::read(runtime).await?);
        self.known.lock().keep(&known);
        Ok(known)
    }

    /// A number that nothing else of this has.
    fn next_number(&self) -> u32 {
        self.numbers.fetch_add(1, Relaxed) + 1
    }

    /// Something about each contact that is open may be otherwise.
    fn beats(&self) {
        for sight in self.sights.lock().values_mut() {
            sight.beats();
        }
    }

    /// Changes what a window looks at.
    fn sight<T>(&self, window: &str, change: impl FnOnce(&mut Sight) -> T) -> T {
        let mut sights = self.sights.lock();
        if let Some(sight) = sights.get_mut(window) {
            return change(sight);
        }
        change(sights.entry(window.to_owned()).or_default())
    }
}

impl Sight {
    fn beats(&mut self) {
        self.beat = self.beat.wrapping_add(1);
    }
}

impl Drop for Conversations {
    fn drop(&mut self) {
        for task in [&self.following, &self.walking] {
            if let Some(task) = task.lock().take() {
                task.abort();
            }
        }
        self.shared.forget_bulk();
    }
}
