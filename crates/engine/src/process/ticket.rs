//! A delivery is finished when all its events are.

use super::activity::Activity;
use crate::ports::Finished;
use heliograph_model::DeliveryId;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// A delivery under way.
#[derive(Debug)]
struct Progress {
    id: DeliveryId,
    /// Events that have no end yet.
    open: AtomicUsize,
    /// Why the first event that cannot be handled cannot be, if there is one.
    failure: Mutex<Option<String>>,
    /// An event was given up because the engine ends: the next start has it again.
    abandoned: AtomicBool,
    activity: Arc<Activity>,
    finished: mpsc::UnboundedSender<(Finished, OwnedSemaphorePermit)>,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
}

/// One event's share in its delivery. Dropping it without [`Ticket::done`] or
/// [`Ticket::failed`] means that handling the event panicked, or that the engine ends.
#[derive(Debug)]
pub(super) struct Ticket {
    progress: Arc<Progress>,
    settled: bool,
}

impl Ticket {
    /// One ticket for each of `events` events; none of an empty delivery, which is
    /// finished at once.
    pub(super) fn issue(
        id: DeliveryId,
        events: usize,
        permit: OwnedSemaphorePermit,
        finished: mpsc::UnboundedSender<(Finished, OwnedSemaphorePermit)>,
        activity: &Arc<Activity>,
    ) -> Vec<Self> {
        activity.opened();
        let progress = Arc::new(Progress {
            id,
            open: AtomicUsize::new(events.max(1)),
            failure: Mutex::new(None),
            abandoned: AtomicBool::new(false),
            activity: Arc::clone(activity),
            finished,
            permit: Mutex::new(Some(permit)),
        });
        if events == 0 {
            progress.close();
        }
        (0..events)
            .map(|_| Self {
                progress: Arc::clone(&progress),
                settled: false,
            })
            .collect()
    }

    /// The delivery it belongs to.
    pub(super) fn delivery_id(&self) -> DeliveryId {
        self.progress.id
    }

    /// The event has taken effect.
    pub(super) fn done(mut self) {
        self.settled = true;
    }

    /// The event cannot be handled, now or ever.
    pub(super) fn failed(mut self, error: String) {
        self.settled = true;
        self.progress.failure.lock().get_or_insert(error);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.settled {
            // It has said how it ended.
        } else if std::thread::panicking() {
            let error = "handling the event ended in a panic; see the log".to_owned();
            self.progress.failure.lock().get_or_insert(error);
        } else {
            self.progress.abandoned.store(true, Ordering::Release);
        }
        self.progress.close();
    }
}

impl Progress {
    fn close(&self) {
        if self.open.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        self.activity.closed();
        if self.abandoned.load(Ordering::Acquire) {
            return;
        }
        let id = self.id;
        let finished = match self.failure.lock().take() {
            None => Finished::Done(id),
            Some(error) => Finished::Dead { id, error },
        };
        if let Some(permit) = self.permit.lock().take() {
            // Nobody listens only when the engine is gone; the queue then hands the
            // delivery out again.
            let _ = self.finished.send((finished, permit));
        }
    }
}
