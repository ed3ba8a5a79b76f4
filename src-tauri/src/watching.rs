//! What goes on around a screen of the live desk: it looks at the profile in front, and the
//! one window that shows it is told.

use crate::front::{Front, Fronts};
use parking_lot::Mutex;
use std::future::Future;
use tauri::async_runtime::{JoinHandle, spawn};

/// The tasks around a screen.
#[derive(Debug, Default)]
pub(crate) struct Watching {
    /// Tells the window.
    window: Slot,
    /// Looks at the profile in front.
    front: Slot,
}

impl Watching {
    /// Tells the window from now on, in place of the one before.
    pub(crate) fn watch(&self, telling: impl Future<Output = ()> + Send + 'static) {
        self.window.put(Some(spawn(telling)));
    }

    pub(crate) fn unwatch(&self) {
        self.window.put(None);
    }

    /// Calls `look` with whichever profile is in front, from now on and whether or not the
    /// window shows it; `None` when none is.
    pub(crate) fn follow(&self, fronts: &Fronts, look: impl Fn(Option<Front>) + Send + 'static) {
        let mut fronts = fronts.watch();
        fronts.mark_changed();
        let task = spawn(async move {
            while fronts.changed().await.is_ok() {
                let front = fronts.borrow_and_update().clone();
                look(front);
            }
        });
        self.front.put(Some(task));
    }

    pub(crate) fn stop(&self) {
        self.unwatch();
        self.front.put(None);
    }
}

/// A task in whose place another one comes; held for a moment only, never while waiting.
#[derive(Debug, Default)]
struct Slot(Mutex<Option<JoinHandle<()>>>);

impl Slot {
    fn put(&self, task: Option<JoinHandle<()>>) {
        if let Some(before) = std::mem::replace(&mut *self.0.lock(), task) {
            before.abort();
        }
    }
}
