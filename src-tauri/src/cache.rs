//! The cache of the profile in front, and the windows that watch it.

use crate::front::Fronts;
use crate::telling::Telling;
use crate::watching::Watching;
use heliograph_desk::CacheDesk;
use heliograph_desk::cache::{CacheNews, CacheSource, CacheSpan};
use std::sync::Arc;

/// The cache's desk with the tasks around it.
#[derive(Debug, Default)]
pub(crate) struct CacheScreen {
    pub(crate) desk: Arc<CacheDesk>,
    pub(crate) watching: Watching,
}

impl CacheScreen {
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
        let desk = Arc::clone(&self.desk);
        self.watching.follow(fronts, move |front| match front {
            Some(front) => desk.follow_beside(front.runtime, &front.metrics),
            None => desk.stop(),
        });
    }

    pub(crate) fn stop(&self) {
        self.watching.stop();
        self.desk.stop();
    }
}
