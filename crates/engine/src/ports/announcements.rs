//! Invalidations that reach every worker.

use super::PortResult;
use async_trait::async_trait;

/// Tells all workers which cached keys are no longer good, and hears what others tell.
#[async_trait]
pub trait Announcements: Send + Sync + std::fmt::Debug {
    /// Tells every worker, this one included. Answers with how many listened; `None` where
    /// nobody knows that, as on a cluster, where each server counts its own.
    async fn announce(&self, stale: &Stale) -> PortResult<Option<u64>>;

    /// The next thing heard. The first is [`Heard::Listening`] or [`Heard::Deaf`]; dropping
    /// the future loses nothing.
    async fn hear(&self) -> Heard;
}

/// What is no longer good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stale {
    /// One key of the cache.
    Key(String),
    /// Every key that matches, with `*` for any characters.
    Matching(String),
}

/// What a worker hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Somebody told that this is no longer good.
    Stale(Stale),
    /// Nothing can be heard from now on: copies of one's own are not to be relied on.
    Deaf,
    /// Everything that is told from now on is heard.
    Listening,
}
