//! The dead letter of sends, for the person who looks after it.

use super::PortResult;
use async_trait::async_trait;
use heliograph_model::{OutboxId, SendRecord};

/// The sends that ended as failed, or of which nobody knows whether they arrived: the latest
/// of all workers, kept until somebody has looked at them. How many there are is bounded by
/// whoever keeps them. Nothing in an event's way asks this, and none of them is sent again
/// by itself.
#[async_trait]
pub trait FailedSends: Send + Sync + std::fmt::Debug {
    /// How many are kept.
    async fn count(&self) -> PortResult<u64>;

    /// At most `most` after the first `skip`, the latest first.
    async fn list(&self, skip: usize, most: usize) -> PortResult<Vec<SendRecord>>;

    /// Takes these off the list, and nothing that came since. What is not there any more is
    /// passed over, so that of two who do it at the same time each is told only of what they
    /// took off themselves. Answers with how many those were. What a journal says of them
    /// stays.
    async fn forget(&self, ids: &[OutboxId]) -> PortResult<u64>;
}
