//! The engine's figures, for those who read them from outside.

use super::counters::{WorkCounters, WorkFigures};
use crate::cache::{CacheCounters, ReadFigures};
use heliograph_model::CacheFigures;
use std::sync::Arc;

/// What an engine counts and times. A handle: it may be read while the engine runs, and
/// after it has stopped. The default one is of an engine that never starts.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    pub(super) work: Arc<WorkCounters>,
    pub(super) caches: Arc<CacheCounters>,
}

impl Measured {
    /// What has been done.
    #[must_use]
    pub fn work(&self) -> WorkFigures {
        self.work.figures()
    }

    /// How the caches have done.
    #[must_use]
    pub fn caches(&self) -> CacheFigures {
        self.caches.figures()
    }

    /// The reads by collection, tier and outcome.
    #[must_use]
    pub fn reads(&self) -> Vec<ReadFigures> {
        self.caches.reads()
    }
}
