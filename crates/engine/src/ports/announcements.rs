//! Invalidations that reach every worker.

use super::PortResult;
use async_trait::async_trait;

/// Tells all workers which cached keys are no longer good, and hears what others tell.
#[async_trait]
pub trait Announcements: Send + Sync + std::fmt::Debug {
    /// Tells every worker, this one included. Answers with how many listened, this one
    /// among them; `None` where nobody knows that: on a cluster, where each server counts its
    /// own, and while this process hears nothing itself.
    async fn announce(&self, stale: &Stale) -> PortResult<Option<u64>>;

    /// Asks every worker to say so when it has obeyed all that this process has announced
    /// before; `None` where nobody can be asked.
    async fn ask(&self) -> PortResult<Option<Asked>> {
        Ok(None)
    }

    /// Says that everything before this was obeyed here, to whoever asked it.
    async fn obeyed(&self, _ask: &str) -> PortResult<()> {
        Ok(())
    }

    /// The names of the others who have said so by now.
    async fn who_obeyed(&self, _ask: &str) -> PortResult<Vec<String>> {
        Ok(Vec::new())
    }

    /// What this process is called from now on, to whoever asks.
    fn call(&self, _name: &str) {}

    /// The next thing heard. The first is [`Heard::Listening`] or [`Heard::Deaf`]; dropping
    /// the future loses nothing.
    async fn hear(&self) -> Heard;
}

/// The workers were asked whether they obeyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What they answer to.
    pub ask: String,
    /// How many others were asked; `None` where nobody knows that, as for
    /// [`Announcements::announce`].
    pub others: Option<u64>,
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
    /// Somebody asks to be told when everything that was heard before is obeyed
    /// ([`Announcements::obeyed`]).
    Asked(String),
    /// Nothing can be heard from now on: copies of one's own are not to be relied on.
    Deaf,
    /// Everything that is told from now on is heard.
    Listening,
}
