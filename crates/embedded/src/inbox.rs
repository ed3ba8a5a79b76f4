//! What waits for the writer.

use crate::counters::Counters;
use crate::error::Failure;
use crate::people::{Document, Key};
use crate::rows::{CommitRows, SendRows};
use heliograph_engine::ports::PortResult;
use heliograph_model::{DeliveryId, NewDelivery, OutboxId};
use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Tells the caller of a task how the transaction ended that its task ran in.
pub(crate) type After = Box<dyn FnOnce(Result<(), &Failure>) + Send>;

/// A rarer write. It runs in a savepoint, and what it says is told after the commit.
pub(crate) type Task = Box<dyn FnOnce(&Connection, &mut Counters) -> After + Send>;

/// One write. The callers made the JSON already, so the writer only binds bytes.
pub(crate) enum Request {
    /// A delivery for the queue.
    Push(NewDelivery, oneshot::Sender<PortResult<DeliveryId>>),
    /// What a decision changes.
    Commit(Box<CommitRows>, oneshot::Sender<PortResult<Option<i64>>>),
    /// A contact that is stored by itself.
    PutContact((Key, Document), oneshot::Sender<PortResult<()>>),
    /// Sends that start.
    BeginSends(Vec<OutboxId>, oneshot::Sender<PortResult<()>>),
    /// Sends that ended.
    EndSends(Vec<SendRows>, oneshot::Sender<PortResult<()>>),
    /// Anything rarer, in a savepoint of its own.
    Task(Option<Task>),
}

/// The mailbox of the writer's thread.
#[derive(Default)]
pub(crate) struct Inbox {
    /// Held for a push onto a vector or a swap of two, never longer.
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    /// Deliveries that are finished. Nobody waits for these to be written, so they ride
    /// along with the next transaction.
    done: Vec<i64>,
    /// The last delivery that was handed out for the first time; rides along too.
    taken_up_to: i64,
    closed: bool,
}

impl State {
    /// Whether there is something that rides along.
    fn rides(&self, taken_up_to: i64) -> bool {
        !self.done.is_empty() || self.taken_up_to > taken_up_to
    }
}

/// What the writer got.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    /// There is something to write.
    Work,
    /// Nothing came for a while.
    Idle,
    /// Nothing will come any more, and everything was taken.
    Closed,
}

/// How long finished deliveries wait for a transaction that they can ride along with.
const LINGER: Duration = Duration::from_millis(20);

impl Inbox {
    /// Puts a request in; gives it back when the database is closed.
    pub(crate) fn send(&self, request: Request) -> Result<(), Request> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(request);
        }
        state.requests.push(request);
        if state.requests.len() == 1 {
            self.bell.notify_one();
        }
        Ok(())
    }

    /// Notes finished deliveries.
    pub(crate) fn done(&self, ids: impl IntoIterator<Item = i64>) {
        let mut state = self.state.lock();
        let first = state.done.is_empty();
        state.done.extend(ids);
        if first && state.requests.is_empty() {
            self.bell.notify_one();
        }
    }

    /// Notes how far the queue was handed out.
    pub(crate) fn taken_up_to(&self, id: i64) {
        let mut state = self.state.lock();
        state.taken_up_to = state.taken_up_to.max(id);
    }

    /// Refuses what comes from now on; what is in is still written.
    pub(crate) fn close(&self) {
        self.state.lock().closed = true;
        self.bell.notify_one();
    }

    /// Waits for a while, or until somebody asks for something.
    pub(crate) fn rest(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.state.lock();
        while state.requests.is_empty() && !state.closed {
            if self.bell.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
    }

    /// Whether nothing can come in any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.state.lock().closed
    }

    /// How many requests wait.
    pub(crate) fn waiting(&self) -> usize {
        self.state.lock().requests.len()
    }

    /// Waits until there is something, for at most `idle`, and takes up to `most`.
    pub(crate) fn drain(
        &self,
        batch: &mut Vec<Request>,
        done: &mut Vec<i64>,
        taken_up_to: &mut i64,
        most: usize,
        idle: Duration,
    ) -> Drained {
        let until = Instant::now() + idle;
        let mut state = self.state.lock();
        while state.requests.is_empty() && !state.rides(*taken_up_to) {
            if state.closed {
                return Drained::Closed;
            }
            if self.bell.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        if state.requests.is_empty() && state.rides(*taken_up_to) && !state.closed {
            let until = Instant::now() + LINGER;
            while state.requests.is_empty() && !state.closed {
                if self.bell.wait_until(&mut state, until).timed_out() {
                    break;
                }
            }
        }
        if state.requests.len() <= most {
            std::mem::swap(batch, &mut state.requests);
        } else {
            batch.extend(state.requests.drain(..most));
        }
        let rides = state.rides(*taken_up_to);
        done.append(&mut state.done);
        *taken_up_to = state.taken_up_to.max(*taken_up_to);
        if batch.is_empty() && done.is_empty() && !rides {
            Drained::Idle
        } else {
            Drained::Work
        }
    }
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox")
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}
