//! What runs behind the simulated people, for those who look at it as at any profile.

use super::{Figures, Result, Simulator};
use heliograph_engine::ports::{Clock, Journal, Queue};
use heliograph_model::Happening;
use std::sync::Arc;
use tokio::sync::broadcast;

/// The engine that runs behind the simulator now. After a reset, or going back, it is
/// another one, with a journal of its own.
#[derive(Debug)]
pub struct Behind {
    /// What happens from now on.
    pub happenings: broadcast::Receiver<Arc<Happening>>,
    /// Where deliveries are pushed.
    pub queue: Arc<dyn Queue>,
    /// What has happened, where the place keeps a journal.
    pub journal: Option<Arc<dyn Journal>>,
    /// The virtual clock.
    pub clock: Arc<dyn Clock>,
}

impl Simulator {
    /// What runs behind it now.
    #[must_use]
    pub fn behind(&self) -> Behind {
        let stage = self.stage();
        let runtime = stage.runtime();
        Behind {
            happenings: runtime.engine().happenings().watch(),
            queue: runtime.queue(),
            journal: runtime.journal().cloned(),
            clock: Arc::clone(runtime.clock()),
        }
    }

    /// The engine's counters alone, where the rest is not looked at.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn figures(&self) -> Result<Figures> {
        let stage = self.stage();
        // What happens is taken in as it does, so that nothing of it is missed.
        drop(stage.seen());
        stage.figures().await
    }
}
