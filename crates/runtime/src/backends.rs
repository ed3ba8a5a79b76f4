//! What an engine runs on, opened.

use crate::guard::GuardedIndexes;
use async_trait::async_trait;
use heliograph_engine::ports::{
    Announcements, Archive, Backlog, Bulletins, Cache, Conversations, Documents, FailedSends, Jobs,
    Journal, Keys, PortResult, Queue, Register, Store,
};
use std::sync::Arc;

/// The opened place of a profile, as ports.
#[derive(Debug)]
pub(crate) struct Backends {
    pub store: Arc<dyn Store>,
    pub documents: Arc<dyn Documents>,
    pub queue: Arc<dyn Queue>,
    /// The queue's jobs, for the person who looks after them.
    pub jobs: Arc<dyn Jobs>,
    /// The sends that failed for good, for the same person.
    pub failed_sends: Arc<dyn FailedSends>,
    pub cache: Arc<dyn Cache>,
    pub conversations: Arc<dyn Conversations>,
    pub announcements: Option<Arc<dyn Announcements>>,
    /// How workers tell others what they handle, where there are others.
    pub bulletins: Option<Arc<dyn Bulletins>>,
    /// What is written behind, where something is.
    pub backlog: Option<Arc<dyn Backlog>>,
    /// Where what a person sets by hand is written at once, where the rest is written behind.
    pub archive: Option<Arc<dyn Archive>>,
    /// The indexes of the documents, where somebody has to create them.
    pub indexes: Option<GuardedIndexes>,
    /// For looking through many states and contacts.
    pub register: Arc<dyn Register>,
    /// For looking at what is cached. It only reads, so there is nothing to guard.
    pub keys: Arc<dyn Keys>,
    /// Where there is one.
    pub journal: Option<Arc<dyn Journal>>,
    /// Where the documents are, for people, without credentials.
    pub address: String,
    /// What there is to say about how they were found, for people.
    pub notice: Option<String>,
    pub place: Arc<dyn OpenPlace>,
    /// The same for people.
    pub at_hand: AtHand,
}

/// The ports for what a person does, guarded as the engine's are, with every change in the
/// audit log where the profile has one.
#[derive(Debug, Clone)]
pub(crate) struct AtHand {
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub cache: Arc<dyn Cache>,
}

/// What stays open for as long as the engine runs.
#[async_trait]
pub(crate) trait OpenPlace: Send + Sync + std::fmt::Debug {
    /// Writes down everything that was committed.
    async fn flush(&self) -> PortResult<()> {
        Ok(())
    }

    /// Stops what goes on by itself, such as holding jobs, because it is allowed no more.
    /// What was taken is given back; the next take begins again.
    async fn rest(&self) {}

    /// Writes what is left, and closes everything. To be called when the engine stands.
    async fn close(&self);
}
