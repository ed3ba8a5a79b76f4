//! The conversations of the profile in front, and the windows that watch them.

use crate::front::Fronts;
use crate::telling::Telling;
use crate::watching::Watching;
use heliograph_desk::Conversations;
use heliograph_desk::conversations::PeopleNews;
use std::sync::Arc;

/// The tasks around the conversations.
#[derive(Debug, Default)]
pub(crate) struct PeopleWatching {
    pub(crate) tasks: Watching,
}

impl PeopleWatching {
    /// Tells a window what is in its sight from now on, in place of its channel before.
    pub(crate) fn watch(
        &self,
        window: &str,
        people: &Arc<Conversations>,
        telling: Telling<PeopleNews>,
    ) {
        let (people, label) = (Arc::clone(people), window.to_owned());
        self.tasks.windows.watch(window, async move {
            people.watch(&label, |news| telling.tell(news)).await;
        });
    }

    /// Lets the conversations be those of whichever profile is in front.
    pub(crate) fn follow(&self, people: &Arc<Conversations>, fronts: &Fronts) {
        let people = Arc::clone(people);
        self.tasks.follow(fronts, move |front| {
            if let Some(front) = front {
                people.follow(front.runtime);
            }
        });
    }

    pub(crate) fn stop(&self) {
        self.tasks.stop();
    }
}
