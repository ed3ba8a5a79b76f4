//! The queue of the profile in front, and the windows that watch it.

use crate::front::Fronts;
use crate::telling::Telling;
use crate::watching::Watching;
use heliograph_desk::QueueDesk;
use heliograph_desk::queue::QueueNews;
use std::sync::Arc;

/// The queue's desk with the tasks around it.
#[derive(Debug, Default)]
pub(crate) struct QueueScreen {
    pub(crate) desk: Arc<QueueDesk>,
    pub(crate) watching: Watching,
}

impl QueueScreen {
    /// Tells a window how the queue stands from now on, in place of its channel before.
    pub(crate) fn watch(&self, window: &str, telling: Telling<QueueNews>) {
        let desk = Arc::clone(&self.desk);
        self.watching.windows.watch(window, async move {
            desk.watch(|news| telling.tell(news)).await;
        });
    }

    /// Lets the desk look at whichever profile is in front.
    pub(crate) fn follow(&self, fronts: &Fronts) {
        let desk = Arc::clone(&self.desk);
        self.watching.follow(fronts, move |front| match front {
            Some(front) => desk.follow(front.runtime),
            None => desk.stop(),
        });
    }

    pub(crate) fn stop(&self) {
        self.watching.stop();
        self.desk.stop();
    }
}
