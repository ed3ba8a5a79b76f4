//! The dead letter of sends, for the person who looks after it.

use super::PortResult;
use async_trait::async_trait;
use heliograph_model::{Millis, OutboxId, OutboxItem, OutboxState, SendRecord};

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

    /// Puts these back into an outbox, due at `now`, in the order of their ids, behind what
    /// waits for the same contact and before what is committed for it once they are taken up.
    /// Each leaves the list in the same write, so that it is sent again once, whoever else
    /// asks for it at the same time. What is not there any more is passed over.
    ///
    /// Durable when it returns, and not sent yet: who has earlier sends of the contact, or
    /// else whoever works, takes it up when it looks for that the next time
    /// ([`Ledger::handed_over`](super::Ledger::handed_over)), within about a second, or when
    /// it begins to work. Answers with how many were put back, also where something failed
    /// after that: the others are listed still. An error says that none is known to be put
    /// back.
    async fn send_again(&self, sends: &[SendAgain], now: Millis) -> PortResult<u64>;

    /// Who would take up now what is put back.
    async fn senders(&self) -> PortResult<Senders>;
}

/// A failed send that is to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendAgain {
    /// Which.
    pub id: OutboxId,
    /// Until when Instagram accepts it now.
    pub send_before: Millis,
}

impl SendAgain {
    /// What goes into the outbox for its record, under a new id: tried from the beginning,
    /// and marked where an earlier try may have arrived.
    #[must_use]
    pub fn item(&self, record: SendRecord, id: OutboxId, now: Millis) -> OutboxItem {
        OutboxItem {
            id,
            delivery_id: record.delivery_id,
            account_id: record.account_id,
            contact_id: record.contact_id,
            effect: record.effect,
            send_before: self.send_before,
            due_at: now,
            attempts: 0,
            uncertain: record.uncertain || record.state == OutboxState::Unknown,
        }
    }
}

/// Who sends what an outbox holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Senders {
    /// This process, as long as it works, and no other.
    ThisProcess,
    /// So many workers that share the outboxes.
    Workers(u64),
}
