//! The queue, guarded.

use super::Guard;
use crate::audit::Change;
use async_trait::async_trait;
use heliograph_engine::ports::{Finished, PortResult, Queue, QueueDepth};
use heliograph_model::{Delivery, DeliveryId, Millis, NewDelivery};
use std::sync::Arc;

/// A queue that is filled only where the guard level allows it, and drained only where a
/// worker's work is done besides. To take is to write: what one has taken no other worker
/// gets.
#[derive(Debug, Clone)]
pub struct GuardedQueue {
    inner: Arc<dyn Queue>,
    guard: Arc<Guard>,
}

impl GuardedQueue {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Queue>, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

#[async_trait]
impl Queue for GuardedQueue {
    async fn push(&self, delivery: NewDelivery) -> PortResult<DeliveryId> {
        let change = Change::new("Putting a delivery into the queue", subject(&delivery))
            .to(String::from_utf8_lossy(&delivery.body));
        let call = self.inner.push(delivery);
        self.guard.change(change, async { None }, call).await
    }

    /// Gives up waiting when *live* ends, or handling deliveries here.
    async fn take(&self, most: usize) -> PortResult<Vec<Delivery>> {
        let call = self.inner.take(most);
        self.guard
            .while_working("Taking deliveries from the queue", call)
            .await
    }

    async fn finish(&self, finished: Vec<Finished>) -> PortResult<()> {
        self.guard.allow("Finishing deliveries")?;
        self.inner.finish(finished).await
    }

    async fn depth(&self) -> PortResult<QueueDepth> {
        self.inner.depth().await
    }

    async fn oldest_waiting(&self) -> PortResult<Option<Millis>> {
        self.inner.oldest_waiting().await
    }

    async fn is_paused(&self) -> PortResult<bool> {
        self.inner.is_paused().await
    }
}

/// How large a delivery is, and what it is about is in its body.
fn subject(delivery: &NewDelivery) -> String {
    format!("{} bytes", delivery.body.len())
}
