//! What goes on around a screen of the live desk: it looks at the profile in front, and
//! each window that shows it is told.

use crate::front::{Front, Fronts};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::future::Future;
use tauri::async_runtime::{JoinHandle, spawn};

/// The tasks around a screen.
#[derive(Debug, Default)]
pub(crate) struct Watching {
    /// Tell the windows.
    pub(crate) windows: Watchers,
    /// Looks at the profile in front; held for a moment only, never while waiting.
    front: Mutex<Option<JoinHandle<()>>>,
}

impl Watching {
    /// Calls `look` with whichever profile is in front, from now on and whether or not a
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
        self.replace(Some(task));
    }

    pub(crate) fn stop(&self) {
        self.windows.stop();
        self.replace(None);
    }

    fn replace(&self, task: Option<JoinHandle<()>>) {
        if let Some(before) = std::mem::replace(&mut *self.front.lock(), task) {
            before.abort();
        }
    }
}

/// What tells the windows, one task for each, by the window's label.
#[derive(Debug, Default)]
pub(crate) struct Watchers(
    /// Held for a moment only, never while waiting.
    Mutex<HashMap<String, JoinHandle<()>>>,
);

impl Watchers {
    /// Tells a window from now on, in place of the task that told it before.
    pub(crate) fn watch(&self, window: &str, telling: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.0.lock();
        if let Some(before) = tasks.remove(window) {
            before.abort();
        }
        tasks.insert(window.to_owned(), spawn(telling));
    }

    /// Tells a window nothing any more.
    pub(crate) fn unwatch(&self, window: &str) {
        if let Some(task) = self.0.lock().remove(window) {
            task.abort();
        }
    }

    /// Tells no window anything any more.
    pub(crate) fn stop(&self) {
        for (_, task) in self.0.lock().drain() {
            task.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    /// A task that ends only when it is ended, and who can see that.
    fn telling(seen: &Arc<()>) -> impl Future<Output = ()> + Send + 'static {
        let held = Arc::clone(seen);
        async move {
            std::future::pending::<()>().await;
            drop(held);
        }
    }

    async fn has_ended(task: &Arc<()>) -> bool {
        for _ in 0..200 {
            if Arc::strong_count(task) == 1 {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        false
    }

    #[tokio::test]
    async fn each_window_has_a_watcher_of_its_own_and_one_at_the_most() {
        let watchers = Watchers::default();
        let [first, second, third] = [(); 3].map(|()| Arc::new(()));
        watchers.watch("main", telling(&first));
        watchers.watch("window-2", telling(&second));
        watchers.watch("main", telling(&third));
        assert!(has_ended(&first).await, "another page is in its place");
        assert_eq!(
            (Arc::strong_count(&second), Arc::strong_count(&third)),
            (2, 2)
        );

        watchers.unwatch("main");
        assert!(has_ended(&third).await);
        assert_eq!(Arc::strong_count(&second), 2, "the other window goes on");
        watchers.stop();
        assert!(has_ended(&second).await);
    }
}
