//! What is accepted and on its way to where it belongs.

use super::PortResult;
use async_trait::async_trait;
use heliograph_model::Millis;

/// A durable list of changes that are written behind: what is in it survives the
/// process, and is not in the documents yet.
#[async_trait]
pub trait Backlog: Send + Sync + std::fmt::Debug {
    /// How much is in it now. For figures: it may be a moment old.
    async fn backlog(&self) -> PortResult<BacklogDepth>;
}

/// How much is in a backlog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BacklogDepth {
    /// Changes that are not in the documents yet.
    pub waiting: u64,
    /// When the oldest of them was committed; `None` when there is none, or nobody knows.
    pub oldest_at: Option<Millis>,
    /// What the documents refuse for what it is: set aside, kept, and tried again from time
    /// to time. Not among those that wait.
    pub refused: u64,
}
