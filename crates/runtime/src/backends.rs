//! What an engine runs on, opened.

use async_trait::async_trait;
use heliograph_engine::ports::{
    Announcements, Backlog, Cache, Conversations, Documents, Jobs, Journal, PortResult, Queue,
    Store,
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
    pub cache: Arc<dyn Cache>,
    pub conversations: Arc<dyn Conversations>,
    pub announcements: Option<Arc<dyn Announcements>>,
    /// What is written behind, where something is.
    pub backlog: Option<Arc<dyn Backlog>>,
    /// Where there is one.
    pub journal: Option<Arc<dyn Journal>>,
    /// Where the documents are, for people, without credentials.
    pub address: String,
    /// What there is to say about how they were found, for people.
    pub notice: Option<String>,
    pub place: Arc<dyn OpenPlace>,
}

/// What stays open for as long as the engine runs.
#[async_trait]
pub(crate) trait OpenPlace: Send + Sync + std::fmt::Debug {
    /// Writes down everything that was committed.
    async fn flush(&self) -> PortResult<()> {
        Ok(())
    }

    /// Stops what goes on by itself, such as holding jobs, because writing is allowed no
    /// more. What was taken is given back.
    async fn rest(&self) {}

    /// Writes what is left, and closes everything. To be called when the engine stands.
    async fn close(&self);
}
