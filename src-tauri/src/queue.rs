//! The queue of the profile in front, and the one window that watches it.

use crate::front::Fronts;
use heliograph_desk::QueueDesk;
use heliograph_desk::queue::QueueNews;
use parking_lot::Mutex;
use std::sync::Arc;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::ipc::Channel;

/// The queue's desk with the tasks around it.
#[derive(Debug, Default)]
pub(crate) struct QueueScreen {
    pub(crate) desk: Arc<QueueDesk>,
    /// Tells the window; held for a moment only, never while waiting.
    window: Mutex<Option<JoinHandle<()>>>,
    /// Looks at the profile in front.
    front: Mutex<Option<JoinHandle<()>>>,
}

impl QueueScreen {
    /// Tells `channel` how the queue stands from now on, in place of the one before.
    pub(crate) fn watch(&self, channel: Channel<QueueNews>) {
        let desk = Arc::clone(&self.desk);
        let task = spawn(async move {
            // A page that is gone takes nothing any more.
            desk.watch(|news| channel.send(news).is_ok()).await;
        });
        replace(&self.window, Some(task));
    }

    pub(crate) fn unwatch(&self) {
        replace(&self.window, None);
    }

    /// Lets the desk look at whichever profile is in front.
    pub(crate) fn follow(&self, fronts: &Fronts) {
        let desk = Arc::clone(&self.desk);
        let mut fronts = fronts.watch();
        fronts.mark_changed();
        let task = spawn(async move {
            while fronts.changed().await.is_ok() {
                match fronts.borrow_and_update().clone() {
                    Some(front) => desk.follow(front.runtime),
                    None => desk.stop(),
                }
            }
        });
        replace(&self.front, Some(task));
    }

    pub(crate) fn stop(&self) {
        self.unwatch();
        replace(&self.front, None);
        self.desk.stop();
    }
}

fn replace(place: &Mutex<Option<JoinHandle<()>>>, task: Option<JoinHandle<()>>) {
    if let Some(before) = std::mem::replace(&mut *place.lock(), task) {
        before.abort();
    }
}
