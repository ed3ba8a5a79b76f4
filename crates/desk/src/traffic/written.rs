//! Where it is written down how deliveries came, and what was refused.

use crate::seen::SeenJournal;
use heliograph_engine::ports::Journal;
use heliograph_model::GuardLevel;
use heliograph_runtime::Runtime;
use heliograph_runtime::guard::Guard;
use std::sync::Arc;

/// The journal of a profile, or of what is seen of one that keeps none.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub journal: Arc<dyn Journal>,
    /// The guard before a profile's own journal. What is seen is no profile's.
    guard: Option<Arc<Guard>>,
    /// Whether there may be something in it from before.
    pub is_kept: bool,
}

impl Written {
    /// Where it is written down of a profile.
    pub(super) fn of(runtime: &Runtime, seen: Option<&Arc<SeenJournal>>) -> Option<Self> {
        if let Some(journal) = runtime.journal() {
            return Some(Self {
                journal: Arc::clone(journal),
                guard: Some(Arc::clone(runtime.guard())),
                is_kept: true,
            });
        }
        seen.map(|seen| Self {
            journal: Arc::clone(seen) as _,
            guard: None,
            is_kept: seen.is_kept(),
        })
    }

    /// Whether it may be written to now: a profile that is only observed may not.
    pub(super) fn may_be(&self) -> bool {
        let guard = self.guard.as_ref();
        guard.is_none_or(|guard| guard.level() != GuardLevel::Observe)
    }
}
