//! A journal of what somebody has seen.

use super::{Journal, PortResult};
use async_trait::async_trait;
use heliograph_model::{DecisionRecord, DeliveryId, DeliveryRecord, Millis, SendRecord};

/// A journal of deliveries that were handled elsewhere, as somebody saw it. Whoever saw it
/// writes it; no queue and no store do.
///
/// Deliveries have the numbers that they have there. Where a [`Journal`] is in the order of
/// these, this one is in the order in which they were seen: the numbers of two workers need
/// not be in the order of time.
#[async_trait]
pub trait SeenLog: Journal {
    /// Writes down what was seen, in order and in one step. A delivery that is not known
    /// yet begins with the first thing that was seen of it.
    async fn keep(&self, seen: Vec<Seen>) -> PortResult<()>;
    /// When the oldest delivery that is kept was received; `None`: there is none.
    async fn oldest(&self) -> PortResult<Option<Millis>>;
    /// Removes the deliveries that were seen first, until at most `most` are left. Returns
    /// how many went.
    async fn retain_latest(&self, most: u64) -> PortResult<u64>;
}

/// Something that was seen.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// A delivery, or more of one that is known: an empty body and no secret say nothing.
    Delivery(DeliveryRecord),
    /// An event was decided,
    Decided {
        /// in this way;
        record: DecisionRecord,
        /// it was seen then.
        at: Millis,
    },
    /// A try to send ended,
    Sent {
        /// in this way;
        record: SendRecord,
        /// it was seen then.
        at: Millis,
    },
    /// A delivery could not be handled.
    Dead {
        /// Which.
        id: DeliveryId,
        /// When it was seen.
        at: Millis,
    },
    /// Something was set by hand, which no delivery led to.
    ByHand(DecisionRecord),
    /// Somebody removed these from the queue; `None`: and put them back.
    Removed {
        /// Which.
        ids: Vec<DeliveryId>,
        /// When.
        at: Option<Millis>,
    },
}
