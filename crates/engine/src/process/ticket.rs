//! A delivery is finished when all its events are.

use crate::ports::Finished;
use heliograph_model::{DeliveryId, Millis};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// A delivery under way.
#[derive(Debug)]
struct Progress {
    id: DeliveryId,
    /// Events that have no end yet.
    open: AtomicUsize,
    /// The first failure among its events, if there was one.
    failure: Mutex<Option<Failure>>,
    finished: mpsc::UnboundedSender<(Finished, OwnedSemaphorePermit)>,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
}

/// Why an event could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// When the delivery is handed out again; `None`: never by itself.
    pub retry_at: Option<Millis>,
    /// For people.
    pub error: String,
}

/// One event's share in its delivery. Dropping it without [`Ticket::done`] or
/// [`Ticket::failed`] means that handling the event panicked.
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
    ) -> Vec<Self> {
        let progress = Arc::new(Progress {
            id,
            open: AtomicUsize::new(events.max(1)),
            failure: Mutex::new(None),
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

    /// The event could not be handled.
    pub(super) fn failed(mut self, failure: Failure) {
        self.settled = true;
        self.progress.failure.lock().get_or_insert(failure);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.settled {
            let error = "handling the event ended in a panic; see the log".to_owned();
            self.progress.failure.lock().get_or_insert(Failure {
                retry_at: None,
                error,
            });
        }
        self.progress.close();
    }
}

impl Progress {
    fn close(&self) {
        if self.open.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        let id = self.id;
        let finished = match self.failure.lock().take() {
            None => Finished::Done(id),
            Some(Failure {
                retry_at: Some(at),
                error,
            }) => Finished::Retry { id, at, error },
            Some(Failure {
                retry_at: None,
                error,
            }) => Finished::Dead { id, error },
        };
        if let Some(permit) = self.permit.lock().take() {
            // Nobody listens only when the engine is gone; the queue then hands the
            // delivery out again.
            let _ = self.finished.send((finished, permit));
        }
    }
}
