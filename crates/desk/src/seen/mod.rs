//! What the desk has seen of a profile that keeps no journal, from the moment the profile
//! came in front: a journal in memory, and of a profile that is kept also in a file of this
//! application, with what was seen of it before.
//!
//! It hears for itself what the engine and the workers elsewhere tell. Whoever reads it
//! finds everything that was told before, for it takes that in first; and where there is a
//! file, it is written first.

mod book;
mod files;
mod keeping;
mod memory;
mod waiting;

pub use book::SeenBook;
pub(crate) use files::SeenFiles;
pub(crate) use memory::HandledBy;

use async_trait::async_trait;
use heliograph_engine::ports::{
    Clock, Journal, JournalFilter, JournalPage, NoteRecord, PortResult, RefusedRecord, SeenLog,
    SystemClock,
};
use heliograph_listener::Accepted;
use heliograph_model::{DeliveryId, DeliveryRecord, DeliverySource, Happening, Millis, RefusedId};
use heliograph_runtime::Runtime;
use heliograph_runtime::elsewhere::{Elsewhere, FromElsewhere};
use keeping::Kept;
use memory::Memory;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use waiting::{Heard, Waiting};

/// A journal of what was seen.
#[derive(Debug)]
pub(crate) struct SeenJournal {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Held for a moment only, never while waiting.
    state: Mutex<State>,
    /// Whether it is kept in a file.
    kept: watch::Sender<Kept>,
    /// One write at a time, so that everything is written in its order.
    turn: tokio::sync::Mutex<()>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct State {
    /// None any more once it is closed.
    ears: Option<Ears>,
    memory: Memory,
    /// What is not written yet.
    waiting: Waiting,
    /// Writes it.
    keeping: Option<AbortHandle>,
    /// When this run began to see,
    begun: Millis,
    /// and since when there is something to be seen here.
    since: Millis,
}

/// What is listened to.
#[derive(Debug)]
struct Ears {
    here: Receiver<Arc<Happening>>,
    elsewhere: Option<Receiver<Arc<FromElsewhere>>>,
}

impl SeenJournal {
    /// One that hears what is told of a profile from now on.
    fn of(runtime: &Runtime) -> Self {
        let here = runtime.engine().happenings().watch();
        let elsewhere = runtime.elsewhere().map(Elsewhere::watch);
        Self::hearing(here, elsewhere)
    }

    fn hearing(
        here: Receiver<Arc<Happening>>,
        elsewhere: Option<Receiver<Arc<FromElsewhere>>>,
    ) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let begun = clock.now();
        let state = State {
            ears: Some(Ears { here, elsewhere }),
            memory: Memory::default(),
            waiting: Waiting::default(),
            keeping: None,
            begun,
            since: begun,
        };
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                kept: watch::Sender::new(Kept::Not),
                turn: tokio::sync::Mutex::default(),
                clock,
            }),
        }
    }

    /// Takes in what was told since the last time.
    pub(crate) fn catch_up(&self) {
        self.shared.caught_up(|_| ());
    }

    /// The listener before this profile accepted a body.
    pub(crate) fn accepted(&self, accepted: &Accepted<'_>, body: &[u8]) {
        let record = DeliveryRecord {
            id: accepted.id,
            received_at: accepted.received_at,
            source: DeliverySource::Listener,
            secret: Some(accepted.secret.to_owned()),
            body: String::from_utf8_lossy(body).into_owned(),
            removed_at: None,
        };
        let mut state = self.shared.state.lock();
        state.memory.accepted(&record);
        state.waiting.push(Heard::Accepted(record));
    }

    /// Who handled a delivery; `None` where it was not seen in this run.
    pub(crate) fn handled_by(&self, id: DeliveryId) -> Option<HandledBy> {
        self.shared.state.lock().memory.handled_by(id)
    }

    /// Since when there is something to be seen here.
    pub(crate) fn since(&self) -> Millis {
        self.shared.state.lock().since
    }

    /// Whether it is in a file, or about to be.
    pub(crate) fn is_kept(&self) -> bool {
        !matches!(*self.shared.kept.borrow(), Kept::Not)
    }

    /// The file with everything in it that was told before; `None`: there is none.
    async fn file(&self) -> Option<Arc<dyn SeenLog>> {
        self.shared.opened().await;
        self.shared.written().await
    }

    /// Answers with what is in memory.
    fn in_memory<T>(&self, answer: impl FnOnce(&Memory) -> T) -> T {
        self.shared.caught_up(|state| answer(&state.memory))
    }
}

impl Shared {
    /// Takes in what was told since the last time, and goes on from there.
    fn caught_up<T>(&self, then: impl FnOnce(&mut State) -> T) -> T {
        let now = self.clock.now();
        let mut state = self.state.lock();
        state.catch_up(now);
        then(&mut state)
    }
}

impl State {
    fn catch_up(&mut self, now: Millis) {
        let Some(ears) = &mut self.ears else {
            return;
        };
        while let Some(happening) = heard(&mut ears.here) {
            self.memory.happened(&happening, now);
            self.waiting.push(Heard::Happened(happening, now));
        }
        let Some(elsewhere) = &mut ears.elsewhere else {
            return;
        };
        while let Some(from) = heard(elsewhere) {
            for told in &from.told {
                self.memory.told(&from.worker, told);
            }
            self.waiting.push(Heard::Told(from));
        }
    }
}

/// The next that was told; what was missed meanwhile is counted by whoever lists it.
fn heard<T: Clone>(ear: &mut Receiver<T>) -> Option<T> {
    loop {
        match ear.try_recv() {
            Ok(told) => return Some(told),
            Err(TryRecvError::Lagged(_)) => {}
            Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
        }
    }
}

#[async_trait]
impl Journal for SeenJournal {
    async fn delivery(&self, id: DeliveryId) -> PortResult<Option<DeliveryRecord>> {
        if let Some(file) = self.file().await
            && let Some(record) = file.delivery(id).await?
        {
            return Ok(Some(record));
        }
        Ok(self.in_memory(|memory| memory.delivery(id)))
    }

    async fn of_delivery(&self, id: DeliveryId) -> PortResult<JournalPage> {
        if let Some(file) = self.file().await {
            let page = file.of_delivery(id).await?;
            if page != JournalPage::default() {
                return Ok(page);
            }
        }
        Ok(self.in_memory(|memory| memory.of_delivery(id)))
    }

    async fn search(&self, filter: &JournalFilter) -> PortResult<JournalPage> {
        if let Some(file) = self.file().await {
            return file.search(filter).await;
        }
        Ok(self.in_memory(|memory| memory.search(filter)))
    }

    async fn removed(&self, before: Option<DeliveryId>, most: u32) -> PortResult<Vec<DeliveryId>> {
        if let Some(file) = self.file().await {
            return file.removed(before, most).await;
        }
        Ok(self.in_memory(|memory| memory.removed(before, most)))
    }

    async fn retain(&self, older_than: Millis, most_bytes: u64) -> PortResult<u64> {
        if let Some(file) = self.file().await {
            return file.retain(older_than, most_bytes).await;
        }
        Ok(self
            .shared
            .caught_up(|state| state.memory.retain(older_than)))
    }

    async fn notes(&self, of: &[DeliveryId]) -> PortResult<Vec<NoteRecord>> {
        match self.file().await {
            Some(file) => file.notes(of).await,
            None => Ok(Vec::new()),
        }
    }

    async fn keep_notes(&self, notes: Vec<NoteRecord>) -> PortResult<()> {
        match self.file().await {
            Some(file) => file.keep_notes(notes).await,
            None => Ok(()),
        }
    }

    async fn refused(&self) -> PortResult<Vec<RefusedRecord>> {
        match self.file().await {
            Some(file) => file.refused().await,
            None => Ok(Vec::new()),
        }
    }

    async fn keep_refused(&self, new: Vec<RefusedRecord>, gone: Vec<RefusedId>) -> PortResult<()> {
        match self.file().await {
            Some(file) => file.keep_refused(new, gone).await,
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
