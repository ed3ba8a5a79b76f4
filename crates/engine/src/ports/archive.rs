//! Documents that are written behind.

use super::{Documents, PortResult};
use async_trait::async_trait;
use heliograph_model::{AccountId, ContactChange, ContactId, Millis, StateChange};

/// Documents that take the changes of many conversations in one write.
#[async_trait]
pub trait Archive: Documents {
    /// Writes all of it, durably, in any order. Every part may be written again without
    /// harm, so after an error the whole may be given once more.
    async fn write(&self, changes: &[ConversationChange], marks: &[Mark]) -> PortResult<()>;

    /// Which of these deduplication marks are there, in their order.
    async fn are_processed(&self, marks: &[String]) -> PortResult<Vec<bool>>;

    /// When the latest mark was made; `None` where there is none at all.
    async fn newest_mark(&self) -> PortResult<Option<Millis>>;
}

/// What became of one contact on one account since it was last written.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationChange {
    /// The account.
    pub account_id: AccountId,
    /// The contact.
    pub contact_id: ContactId,
    /// What becomes of the user state.
    pub state: StateChange,
    /// Whether there was no user state when the first of it was committed. A hint, as
    /// [`Self::is_new`].
    pub state_is_new: bool,
    /// What becomes of the contact; `None` leaves it. A contact that is not there yet is
    /// created.
    pub contact: Option<ContactChange>,
    /// Whether the contact was not there yet when the first of it was committed. It may be
    /// there all the same, and one that was may be gone.
    pub is_new: bool,
    /// When the first of it was committed: a contact that is not there yet was created then.
    pub since: Millis,
    /// When the latest of it was committed.
    pub at: Millis,
}

/// That an event was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The deduplication mark, as [`crate::route::mark`] makes it.
    pub mark: String,
    /// When.
    pub at: Millis,
}
