//! What the line at the foot of a window tells of the profile in front.

use crate::front::Fronts;
use crate::watching::Watching;
use heliograph_desk::CacheDesk;
use heliograph_desk::status::{FrontFigures, Status};
use std::sync::Arc;
use tokio::sync::watch;

/// The figures of the profile in front, with the task that follows it.
#[derive(Debug, Default)]
pub(crate) struct StatusLine {
    status: Arc<Status>,
    watching: Watching,
}

impl StatusLine {
    /// Looks at whichever profile is in front from now on. Of the simulator's there is
    /// nothing to tell here: it tells its figures itself.
    pub(crate) fn follow(&self, fronts: &Fronts, cache: &Arc<CacheDesk>) {
        let (status, cache) = (Arc::clone(&self.status), Arc::clone(cache));
        self.watching.follow(fronts, move |front| match front {
            Some(front) if !front.is_simulator => {
                status.follow(front.runtime, Arc::clone(&cache));
            }
            Some(_) | None => status.stop(),
        });
    }

    /// The figures, and when they are others.
    pub(crate) fn figures(&self) -> watch::Receiver<Option<FrontFigures>> {
        self.status.figures()
    }

    pub(crate) fn stop(&self) {
        self.watching.stop();
        self.status.stop();
    }
}
