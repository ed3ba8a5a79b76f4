//! The queue as this process sees it: what waits, what was handed out, what comes later.
//!
//! The table `queue` is what survives; this is the order in which it is handed out. Only
//! the head of the line is held in memory, with the bodies, because a delivery is usually
//! taken at once; what arrives while the head is full is read from the table in its turn.

mod withdrawn;

pub(crate) use withdrawn::{Place, Withdrawn};

use heliograph_engine::ports::{JobsCounted, QueueDepth};
use heliograph_model::{Millis, NewDelivery};
use parking_lot::Mutex;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use tokio::sync::Notify;

/// The head of the line holds at most so many deliveries,
const MOST: usize = 2048;
/// and at most so many bytes of bodies.
const MOST_BYTES: usize = 8 << 20;

/// The line of deliveries.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// Held while deliveries are moved, and for one short read when the head is empty.
    pub(crate) state: Mutex<State>,
    /// Rings when there may be something to take.
    pub(crate) bell: Notify,
}

/// A time that has come, whatever the clock says. 0 is what a row has that never waited.
pub(crate) const AT_ONCE: i64 = 1;

/// Where deliveries stand: by id, with how often they were handed out.
#[derive(Debug)]
pub(crate) struct Standing {
    /// To be handed out, in order; what waits beyond is in the table only.
    pub(crate) waiting: Vec<(i64, u32)>,
    /// Rows with a greater id wait in the table.
    pub(crate) beyond: i64,
    /// Handed out, by how long that is ago.
    pub(crate) active: Vec<(i64, Handed)>,
    /// To be handed out later, by time.
    pub(crate) delayed: Vec<(i64, i64, u32)>,
}

/// A delivery that was handed out and is not finished.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handed {
    /// How often it was handed out.
    pub(crate) attempts: u32,
    /// When last.
    pub(crate) at: Millis,
}

/// A delivery in the line. Without a body it is read from the table when it is taken.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    /// How often it has been handed out already.
    pub(crate) attempts: u32,
    pub(crate) delivery: Option<NewDelivery>,
}

/// The delivery that has waited longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Oldest {
    /// It arrived then.
    ArrivedAt(Millis),
    /// It is the first that waits in the table from this row on.
    FromRow(i64),
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// In the order of arrival.
    head: VecDeque<Entry>,
    head_bytes: usize,
    /// Rows with a greater id are in the table only.
    loaded_up_to: i64,
    /// The newest row.
    last: i64,
    /// Due and not taken. A row may be taken a moment before the writer has counted it.
    waiting: i64,
    /// Handed out and not finished.
    active: HashMap<i64, Handed, ahash::RandomState>,
    /// To be handed out later, by time and id, with how often they were.
    delayed: BTreeSet<(i64, i64, u32)>,
    dead: i64,
    /// Nothing is handed out. It lasts as long as the process: a pause that is forgotten
    /// must not outlive what it was for.
    paused: bool,
    /// How many arrived and ended since the start.
    counted: JobsCounted,
    /// The last delivery that was handed out for the first time.
    taken_up_to: i64,
    /// Rows that are being removed and that nobody has read yet.
    leaving: HashSet<i64>,
}

impl Line {
    /// The line as the table says it at the start.
    pub(crate) fn restore(
        &self,
        waiting: i64,
        last: i64,
        taken_up_to: i64,
        delayed: impl IntoIterator<Item = (i64, i64, u32)>,
        dead: i64,
    ) {
        let mut state = self.state.lock();
        state.waiting = waiting;
        state.last = last;
        state.taken_up_to = taken_up_to;
        state.delayed = delayed.into_iter().collect();
        state.dead = dead;
    }

    /// Deliveries that are in the table now, in order.
    pub(crate) fn pushed<'a>(&self, deliveries: impl Iterator<Item = (i64, &'a NewDelivery)>) {
        let mut any = false;
        let mut state = self.state.lock();
        for (id, delivery) in deliveries {
            any = true;
            state.waiting += 1;
            state.counted.added += 1;
            let behind = state.last > state.loaded_up_to;
            state.last = state.last.max(id);
            // A reader may have come across the row before its writer got here.
            if behind || id <= state.loaded_up_to || state.is_full() {
                continue;
            }
            state.append(Entry {
                id,
                attempts: 0,
                delivery: Some(delivery.clone()),
            });
        }
        drop(state);
        if any {
            self.bell.notify_one();
        }
    }

    /// A delivery that is in the table with a time before which it is not handed out.
    pub(crate) fn delayed(&self, id: i64, at: Millis) {
        let mut state = self.state.lock();
        if let Some(Handed { attempts, .. }) = state.active.remove(&id) {
            state.delayed.insert((at.0, id, attempts));
        }
        drop(state);
        self.bell.notify_one();
    }

    /// A delivery that is in the dead letter now.
    pub(crate) fn dead(&self, id: i64) {
        let mut state = self.state.lock();
        if state.active.remove(&id).is_some() {
            state.dead += 1;
            state.counted.failed += 1;
        }
    }

    /// Deliveries that are finished; returns those that had been handed out.
    pub(crate) fn done(&self, ids: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let mut state = self.state.lock();
        let done: Vec<_> = ids
            .into_iter()
            .filter(|id| state.active.remove(id).is_some())
            .collect();
        state.counted.completed += done.len() as u64;
        done
    }

    /// Deliveries that left the dead letter to be handed out as if for the first time.
    pub(crate) fn revived(&self, ids: &[i64]) {
        let mut state = self.state.lock();
        state.dead -= ids.len() as i64;
        state.delayed.extend(ids.iter().map(|id| (AT_ONCE, *id, 0)));
        drop(state);
        self.bell.notify_one();
    }

    /// Delayed deliveries that are due at once.
    pub(crate) fn promoted(&self, ids: &[i64]) {
        let mut state = self.state.lock();
        let delayed = std::mem::take(&mut state.delayed);
        state.delayed = delayed
            .into_iter()
            .map(|(at, id, attempts)| {
                let at = if ids.contains(&id) { AT_ONCE } else { at };
                (at, id, attempts)
            })
            .collect();
        drop(state);
        self.bell.notify_one();
    }

    /// So many left the dead letter for good, or came back to it where that is negative.
    pub(crate) fn discarded(&self, count: i64) {
        self.state.lock().dead -= count;
    }

    /// Hands nothing out any more, or hands out again.
    pub(crate) fn pause(&self, paused: bool) {
        self.state.lock().paused = paused;
        // One who waits for a time looks again.
        self.bell.notify_one();
    }

    /// Whether nothing is handed out.
    pub(crate) fn is_paused(&self) -> bool {
        self.state.lock().is_paused()
    }

    /// When the next delayed one comes due; while it is paused, none does.
    pub(crate) fn next_due(&self) -> Option<Millis> {
        let state = self.state.lock();
        if state.paused { None } else { state.next_due() }
    }

    /// How many arrived and ended since the start.
    pub(crate) fn counted(&self) -> JobsCounted {
        self.state.lock().counted
    }

    /// When the delivery was handed out that is being handled for the longest time.
    pub(crate) fn oldest_active(&self) -> Option<Millis> {
        let state = self.state.lock();
        state.active.values().map(|handed| handed.at).min()
    }

    /// When the next delayed one comes due that is not due yet.
    pub(crate) fn due_after(&self, now: Millis) -> Option<Millis> {
        let state = self.state.lock();
        let mut later = state.delayed.range((now.0 + 1, i64::MIN, 0)..);
        later.next().map(|(at, ..)| Millis(*at))
    }

    /// Where the deliveries stand that are not only in the table.
    pub(crate) fn standing(&self, now: Millis) -> Standing {
        let state = self.state.lock();
        let (due, later): (Vec<_>, Vec<_>) = state
            .delayed
            .iter()
            .copied()
            .partition(|(at, ..)| *at <= now.0);
        let mut waiting: Vec<_> = state
            .head
            .iter()
            .map(|entry| (entry.id, entry.attempts))
            .chain(due.into_iter().map(|(_, id, attempts)| (id, attempts)))
            .collect();
        waiting.sort_unstable();
        let active = state.active.iter().map(|(id, handed)| (*id, *handed));
        let mut active: Vec<_> = active.collect();
        active.sort_unstable_by_key(|(id, handed)| (handed.at, *id));
        Standing {
            waiting,
            beyond: state.loaded_up_to,
            active,
            delayed: later,
        }
    }

    /// How often an active delivery has been handed out.
    pub(crate) fn attempts(&self, id: i64) -> Option<u32> {
        let state = self.state.lock();
        state.active.get(&id).map(|handed| handed.attempts)
    }

    pub(crate) fn depth(&self, now: Millis) -> QueueDepth {
        let state = self.state.lock();
        let due = state
            .delayed
            .iter()
            .take_while(|(at, ..)| *at <= now.0)
            .count();
        QueueDepth {
            waiting: u64::try_from(state.waiting).unwrap_or(0) + due as u64,
            active: state.active.len() as u64,
            delayed: (state.delayed.len() - due) as u64,
            dead: u64::try_from(state.dead).unwrap_or(0),
        }
    }
}

impl State {
    /// Which delivery has waited longest, of those that never had to wait for a time.
    pub(crate) fn oldest(&self) -> Option<Oldest> {
        match self.head.front() {
            Some(entry) => Some(match &entry.delivery {
                Some(delivery) => Oldest::ArrivedAt(delivery.received_at),
                None => Oldest::FromRow(entry.id),
            }),
            None if self.last > self.loaded_up_to => Some(Oldest::FromRow(self.loaded_up_to + 1)),
            None => None,
        }
    }

    /// Moves what has come due into the head, in its place by arrival. After a restart
    /// that place may be among rows that are not in the head yet; then its turn comes
    /// with theirs.
    pub(crate) fn wake(&mut self, now: Millis) {
        let due: Vec<_> = self
            .delayed
            .iter()
            .take_while(|(at, ..)| *at <= now.0)
            .filter(|(_, id, _)| *id <= self.loaded_up_to || self.last <= self.loaded_up_to)
            .copied()
            .collect();
        for (at, id, attempts) in due {
            self.delayed.remove(&(at, id, attempts));
            self.waiting += 1;
            self.put_in(Entry {
                id,
                attempts,
                delivery: None,
            });
        }
    }

    /// Whether nothing is handed out.
    pub(crate) fn is_paused(&self) -> bool {
        self.paused
    }

    /// When the next delayed one comes due.
    fn next_due(&self) -> Option<Millis> {
        self.delayed.first().map(|(at, ..)| Millis(*at))
    }

    /// Whether the head is empty and the table has more.
    pub(crate) fn is_behind(&self) -> bool {
        self.head.is_empty() && self.last > self.loaded_up_to
    }

    /// Rows beyond this id are not in memory.
    pub(crate) fn loaded_up_to(&self) -> i64 {
        self.loaded_up_to
    }

    /// Whether the head has taken in as much as it may.
    pub(crate) fn is_full(&self) -> bool {
        self.head.len() >= MOST || self.head_bytes >= MOST_BYTES
    }

    /// Nothing beyond this is in the table.
    pub(crate) fn loaded_all(&mut self) {
        self.loaded_up_to = self.loaded_up_to.max(self.last);
    }

    /// Puts a row behind the head.
    pub(crate) fn append(&mut self, mut entry: Entry) {
        self.loaded_up_to = entry.id;
        if self.leaving.contains(&entry.id) {
            return;
        }
        // What was handed out before a crash was not counted in its row, so that taking
        // costs no write: it is counted here.
        if entry.attempts == 0 && entry.id <= self.taken_up_to {
            entry.attempts = 1;
        }
        self.head_bytes += body_len(&entry);
        self.head.push_back(entry);
    }

    /// Takes the next ones.
    pub(crate) fn take(&mut self, most: usize, now: Millis) -> Vec<Entry> {
        let count = most.min(self.head.len());
        let entries: Vec<_> = self.head.drain(..count).collect();
        for entry in &entries {
            self.head_bytes -= body_len(entry);
            self.waiting -= 1;
            let attempts = entry.attempts + 1;
            self.active.insert(entry.id, Handed { attempts, at: now });
            self.taken_up_to = self.taken_up_to.max(entry.id);
        }
        entries
    }

    /// Puts back what could not be handed out.
    pub(crate) fn put_back(&mut self, entries: Vec<Entry>) {
        for entry in entries.into_iter().rev() {
            self.active.remove(&entry.id);
            self.waiting += 1;
            self.head_bytes += body_len(&entry);
            self.head.push_front(entry);
        }
    }

    /// Forgets a delivery that is not in the journal any more.
    pub(crate) fn forget(&mut self, id: i64) {
        self.active.remove(&id);
    }

    /// Whether more can be taken right away.
    pub(crate) fn has_more(&self) -> bool {
        !self.head.is_empty() || self.last > self.loaded_up_to
    }

    /// How far the queue was handed out.
    pub(crate) fn taken_up_to(&self) -> i64 {
        self.taken_up_to
    }
}

fn body_len(entry: &Entry) -> usize {
    entry
        .delivery
        .as_ref()
        .map_or(0, |delivery| delivery.body.len())
}
