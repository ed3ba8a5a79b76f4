//! What workers tell of what they handle, guarded.

use super::Guard;
use async_trait::async_trait;
use heliograph_engine::ports::{Bulletins, HeardBulletin, PortResult};
use heliograph_model::{Bulletin, GuardLevel};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Bulletins that are told only where the guard level allows it, and always heard: to
/// listen only subscribes.
#[derive(Debug, Clone)]
pub struct GuardedBulletins {
    inner: Arc<dyn Bulletins>,
    guard: Arc<Guard>,
}

impl GuardedBulletins {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Bulletins>, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

#[async_trait]
impl Bulletins for GuardedBulletins {
    /// At *observe* nothing may be told, so nobody need be asked for.
    async fn is_watched(&self) -> PortResult<bool> {
        match self.guard.level() {
            GuardLevel::Observe => Ok(false),
            GuardLevel::Offline | GuardLevel::DryRun | GuardLevel::Live => {
                self.inner.is_watched().await
            }
        }
    }

    async fn publish(&self, bulletin: &Bulletin) -> PortResult<()> {
        self.guard.allow("Telling what is handled here")?;
        self.inner.publish(bulletin).await
    }

    fn listen(&self) -> mpsc::Receiver<HeardBulletin> {
        self.inner.listen()
    }
}
