//! The durable queue of deliveries.

use super::PortResult;
use async_trait::async_trait;
use heliograph_model::{Delivery, DeliveryId, Millis, NewDelivery};

/// Deliveries on their way to a worker. At least once: a delivery that was taken and not
/// finished when the process ended is handed out again.
#[async_trait]
pub trait Queue: Send + Sync + std::fmt::Debug {
    /// Puts a delivery in. It is durable when this returns.
    async fn push(&self, delivery: NewDelivery) -> PortResult<DeliveryId>;

    /// Takes up to `most` deliveries that are due, in the order of their arrival, and
    /// waits until there is at least one. Dropping the future loses nothing.
    async fn take(&self, most: usize) -> PortResult<Vec<Delivery>>;

    /// Says what became of taken deliveries. Cheap to call with few: the adapter may put
    /// several calls into one write, and a crash before it is durable only means that the
    /// delivery is handed out again, which deduplication makes harmless.
    async fn finish(&self, finished: Vec<Finished>) -> PortResult<()>;

    /// How much is waiting.
    async fn depth(&self) -> PortResult<QueueDepth>;

    /// When the delivery that has waited longest arrived; `None` when none is waiting, or
    /// the queue does not know. For figures: it may be a moment old.
    async fn oldest_waiting(&self) -> PortResult<Option<Millis>> {
        Ok(None)
    }

    /// Whether somebody paused it, so that what waits is not handed out.
    async fn is_paused(&self) -> PortResult<bool> {
        Ok(false)
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finished {
    /// All its events have taken effect.
    Done(DeliveryId),
    /// It is handed out again at `at`.
    Retry {
        /// Which.
        id: DeliveryId,
        /// When.
        at: Millis,
        /// Why.
        error: String,
    },
    /// It is kept with its error and not tried again by itself.
    Dead {
        /// Which.
        id: DeliveryId,
        /// Why.
        error: String,
    },
}

/// How much is in a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// Due and not taken.
    pub waiting: u64,
    /// Taken and not finished.
    pub active: u64,
    /// To be handed out later.
    pub delayed: u64,
    /// In the dead letter.
    pub dead: u64,
}
