//! The conversations of the profile in front, and the one window that watches them.

use crate::front::Fronts;
use heliograph_desk::Conversations;
use heliograph_desk::conversations::PeopleNews;
use parking_lot::Mutex;
use std::sync::Arc;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::ipc::Channel;

/// The tasks around the conversations; each lock is held for a moment only.
#[derive(Debug, Default)]
pub(crate) struct PeopleWatching {
    /// Tells the window.
    window: Mutex<Option<JoinHandle<()>>>,
    /// Looks at the profile in front.
    engine: Mutex<Option<JoinHandle<()>>>,
}

impl PeopleWatching {
    /// Tells `channel` what is in sight from now on, in place of the one before.
    pub(crate) fn watch(&self, people: &Arc<Conversations>, channel: Channel<PeopleNews>) {
        let people = Arc::clone(people);
        let task = spawn(async move {
            // A page that is gone takes nothing any more.
            people.watch(|news| channel.send(news).is_ok()).await;
        });
        replace(&self.window, Some(task));
    }

    pub(crate) fn unwatch(&self) {
        replace(&self.window, None);
    }

    /// Lets the conversations be those of whichever profile is in front.
    pub(crate) fn follow(&self, people: &Arc<Conversations>, fronts: &Fronts) {
        let people = Arc::clone(people);
        let mut fronts = fronts.watch();
        fronts.mark_changed();
        let task = spawn(async move {
            while fronts.changed().await.is_ok() {
                let front = fronts.borrow_and_update().clone();
                if let Some(front) = front {
                    people.follow(front.runtime);
                }
            }
        });
        replace(&self.engine, Some(task));
    }

    pub(crate) fn stop(&self) {
        self.unwatch();
        replace(&self.engine, None);
    }
}

fn replace(place: &Mutex<Option<JoinHandle<()>>>, task: Option<JoinHandle<()>>) {
    if let Some(before) = std::mem::replace(&mut *place.lock(), task) {
        before.abort();
    }
}
