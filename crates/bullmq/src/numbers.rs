//! The numbers of deliveries.

use heliograph_model::{DeliveryId, Millis};
use std::sync::atomic::{AtomicI64, Ordering};

/// Ids that count up from the time at which they began, so that two processes do not give
/// the same one: neither gives more than 1024 in a millisecond for as long as it runs. They
/// stay below 2^53, which JavaScript's numbers hold exactly, until the year 2248.
#[derive(Debug)]
pub(crate) struct Numbers(AtomicI64);

impl Numbers {
    pub(crate) fn from(now: Millis) -> Self {
        Self(AtomicI64::new(now.0.max(1).saturating_mul(1024)))
    }

    pub(crate) fn next(&self) -> DeliveryId {
        DeliveryId(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// An id that came in from outside, where it can be one.
pub(crate) fn plausible(id: i64) -> Option<DeliveryId> {
    (1..1 << 53).contains(&id).then_some(DeliveryId(id))
}
