//! Bulletins: workers tell what they handle, live, to whoever watches elsewhere.

use super::PortResult;
use async_trait::async_trait;
use heliograph_model::Bulletin;
use tokio::sync::mpsc;

/// Tells what this worker handles to whoever watches elsewhere, and hears what others
/// tell. Nothing is kept: whoever does not listen misses it.
#[async_trait]
pub trait Bulletins: Send + Sync + std::fmt::Debug {
    /// Whether anybody listens now, as far as the servers say that can be asked.
    async fn is_watched(&self) -> PortResult<bool>;

    /// Tells whoever listens.
    async fn publish(&self, bulletin: &Bulletin) -> PortResult<()>;

    /// Listens from now on, until what is returned is dropped. Bulletins of this process
    /// are heard too. Who does not receive what was heard misses some of what was told, and
    /// never that it cannot be heard or is heard again.
    fn listen(&self) -> mpsc::Receiver<HeardBulletin>;
}

/// What is heard.
#[derive(Debug, Clone, PartialEq)]
pub enum HeardBulletin {
    /// Everything that is told from now on is heard.
    Listening,
    /// Nothing can be heard from now on, and why; it is tried again until it can.
    Deaf(String),
    /// A worker told this; so many bytes it was.
    Told(Box<Bulletin>, u32),
}
