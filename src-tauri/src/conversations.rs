//! The conversations of the profile in front, and the one window that watches them.

use crate::front::Fronts;
use crate::watching::Watching;
use heliograph_desk::Conversations;
use heliograph_desk::conversations::PeopleNews;
use std::sync::Arc;
use tauri::ipc::Channel;

/// The tasks around the conversations.
#[derive(Debug, Default)]
pub(crate) struct PeopleWatching {
    tasks: Watching,
}

impl PeopleWatching {
    /// Tells `channel` what is in sight from now on, in place of the one before.
    pub(crate) fn watch(&self, people: &Arc<Conversations>, channel: Channel<PeopleNews>) {
        let people = Arc::clone(people);
        self.tasks.watch(async move {
            // A page that is gone takes nothing any more.
            people.watch(|news| channel.send(news).is_ok()).await;
        });
    }

    pub(crate) fn unwatch(&self) {
        self.tasks.unwatch();
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
