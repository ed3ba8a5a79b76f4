//! Documents that are written behind.

use super::{Documents, PortResult};
use async_trait::async_trait;
use heliograph_model::{AccountId, ContactChange, ContactId, Millis, StateChange};

/// Documents that take the changes of many conversations in one write.
#[async_trait]
pub trait Archive: Documents {
    /// Writes all of it, durably, in any order. Every part may be written again without
    /// harm, so after an error the whole may be given once more.
    ///
    /// What is refused for what it is, and would be again, is in the answer and keeps
    /// nothing else from being written. A part of it may have been written.
    async fn write(&self, changes: &[ConversationChange], marks: &[Mark]) -> PortResult<Refusals>;

    /// Removes the user state that was entered at exactly this time, whatever time it is now;
    /// one that was entered at another time stays.
    async fn remove_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        entered: Millis,
    ) -> PortResult<()>;

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

/// What of one write was refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals {
    /// Of the changes, each once, in their order.
    pub changes: Vec<Refusal>,
    /// Of the marks.
    pub marks: Vec<Refusal>,
}

impl Refusals {
    /// Whether everything was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.marks.is_empty()
    }
}

/// That something was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its place among what was to be written.
    pub place: usize,
    /// Why, for people: without anything of its content.
    pub why: String,
}

/// That an event was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The deduplication mark, as [`crate::route::mark`] makes it.
    pub mark: String,
    /// When.
    pub at: Millis,
}
