//! What runs behind the simulated people, for those who look at it as at any profile.

use super::{Figures, Result, Simulator};
use heliograph_runtime::Runtime;
use std::sync::Arc;

impl Simulator {
    /// The profile that runs behind it now. After a reset, or going back, it is another
    /// one, with a journal of its own.
    #[must_use]
    pub fn runtime(&self) -> Arc<Runtime> {
        Arc::clone(self.stage().runtime())
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
