//! Who handles a contact, where several workers share a queue.

use super::PortResult;
use async_trait::async_trait;
use bytes::Bytes;
use heliograph_model::{AccountId, ContactChange, ContactId, Millis};

/// Keeps two workers from handling one contact at the same time, and tells the one who
/// handles it what others have committed and the store may not show yet.
#[async_trait]
pub trait Conversations: Send + Sync + std::fmt::Debug {
    /// Waits until no other worker handles this contact on this account, and takes the
    /// conversation until the commit, [`Self::release`], or a time that no handling takes.
    /// `mark` is the deduplication mark of the event that is to be handled. Whoever asks
    /// again for the same event has what an earlier call of its own may have taken without
    /// saying so.
    ///
    /// # Errors
    /// [`super::PortError::Unavailable`] when another worker holds it for long; to be
    /// asked again.
    async fn open(
        &self,
        account: &AccountId,
        contact: &ContactId,
        mark: &str,
        time: EventTime,
    ) -> PortResult<Opened>;

    /// Gives a conversation back without a commit. What cannot be given back ends by
    /// itself.
    async fn release(&self, account: &AccountId, contact: &ContactId, hold: Hold);

    /// Says before a commit that this process has taken later events of the contact too.
    /// They come next, before those of other workers that happened after them.
    fn more_follow(&self, _hold: Hold) {}

    /// Gives a conversation back without a commit, because its event could not be handled
    /// now and will be tried again: later events of the contact wait for it, at other
    /// workers too, for about as long as a hold lasts.
    async fn postpone(&self, account: &AccountId, contact: &ContactId, hold: Hold) {
        self.release(account, contact, hold).await;
    }
}

/// When an event happened, as far as it says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventTime {
    /// By that those who wait for a conversation are ordered; `None` for now.
    pub at: Option<Millis>,
    /// Whether every report of the event has this time. Then one that is newer than the marks
    /// at hand are complete is known by them; any other is looked for where all marks are.
    pub is_own: bool,
}

/// The right to handle a conversation. A commit that carries one changes nothing once
/// another worker has taken over, however late it arrives (a fencing token).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hold(pub u64);

/// A conversation, taken.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opened {
    /// `None` where there is one process only, which keeps its contacts apart itself.
    pub hold: Option<Hold>,
    /// Whether somebody else had it first: what was read meanwhile may be old.
    pub waited: bool,
    /// Whether the event is known to be committed; `None` where only the commit can tell.
    pub is_processed: Option<bool>,
    /// The user state as JSON, where it was committed and the store may not show it yet:
    /// `null` for a state that was cleared.
    pub state: Option<Bytes>,
    /// Whether the store shows that state by now. It is newer than a cached one all the
    /// same, but where none is cached the store is asked.
    pub state_is_stored: bool,
    /// What was committed of the contact and the store may not show yet.
    pub contact: Option<RecentChange>,
}

/// A change of a contact, with the time of the latest commit in it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecentChange {
    /// What changed.
    pub change: ContactChange,
    /// When: a contact that was updated then or later has it already.
    pub at: Millis,
}

/// One process alone: its lanes keep a contact's events apart, and its store shows every
/// commit.
#[derive(Debug, Clone, Copy, Default)]
pub struct OneProcess;

#[async_trait]
impl Conversations for OneProcess {
    async fn open(
        &self,
        _: &AccountId,
        _: &ContactId,
        _: &str,
        _: EventTime,
    ) -> PortResult<Opened> {
        Ok(Opened::default())
    }

    async fn release(&self, _: &AccountId, _: &ContactId, _: Hold) {}
}
