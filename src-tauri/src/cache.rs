//! The cache of the profile in front, and the windows that watch it.

use crate::front::Fronts;
use crate::telling::Telling;
use crate::watching::Watching;
use heliograph_desk::CacheDesk;
use heliograph_desk::cache::{CacheNews, CacheSource, CacheSpan, Histories};
use std::path::Path;
use std::sync::Arc;

/// The cache's desk with the tasks around it.
#[derive(Debug)]
pub(crate) struct CacheScreen {
    pub(crate) desk: Arc<CacheDesk>,
    pub(crate) watching: Watching,
    /// Where the histories of the profiles are kept.
    histories: Histories,
}

impl CacheScreen {
    /// A screen that keeps the histories of the profiles in the application's folder.
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            desk: Arc::default(),
            watching: Watching::default(),
            histories: Histories::of(folder),
        }
    }

    /// Tells a window how the cache is from now on, in place of its channel before.
    pub(crate) fn watch(
        &self,
        window: &str,
        span: CacheSpan,
        source: Option<CacheSource>,
        telling: Telling<CacheNews>,
    ) {
        let desk = Arc::clone(&self.desk);
        self.watching.windows.watch(window, async move {
            desk.watch(span, source, |news| telling.tell(news)).await;
        });
    }

    /// Lets the desk look at whichever profile is in front, from now on and whether or not
    /// the window shows it, so that there is a history when it does.
    pub(crate) fn follow(&self, fronts: &Fronts) {
        let (desk, histories) = (Arc::clone(&self.desk), self.histories.clone());
        self.watching.follow(fronts, move |front| match front {
            Some(front) => {
                // The simulator's counters begin anew with every reset.
                let path =
                    (!front.is_simulator).then(|| histories.file(front.runtime.guard().profile()));
                desk.follow_beside(front.runtime, &front.metrics, path.as_deref());
            }
            None => desk.stop(),
        });
    }

    pub(crate) fn stop(&self) {
        self.watching.stop();
        self.desk.stop();
    }
}
