//! The traffic of the profile in front, and the one window that watches it.

use crate::front::Fronts;
use crate::listening::{Listening, SECRET_NAME};
use heliograph_desk::traffic::{KnownSecret, Traffic, TrafficNews};
use parking_lot::Mutex;
use std::sync::Arc;
use tauri::async_runtime::{JoinHandle, spawn};
use tauri::ipc::Channel;
use tokio::sync::watch;

/// The tasks around the desk.
#[derive(Debug)]
pub(crate) struct Watching {
    /// Tells the window; held for a moment only, never while waiting.
    window: Mutex<Option<JoinHandle<()>>>,
    /// Looks at the profile in front.
    engine: Mutex<Option<JoinHandle<()>>>,
    /// Whether the window has the traffic in front.
    in_front: watch::Sender<bool>,
}

impl Default for Watching {
    fn default() -> Self {
        Self {
            window: Mutex::default(),
            engine: Mutex::default(),
            in_front: watch::Sender::new(false),
        }
    }
}

impl Watching {
    /// Tells `channel` what is in sight from now on, in place of the one before.
    pub(crate) fn watch(&self, traffic: &Arc<Traffic>, channel: Channel<TrafficNews>) {
        let traffic = Arc::clone(traffic);
        let task = spawn(async move {
            // A page that is gone takes nothing any more.
            traffic.watch(|news| channel.send(news).is_ok()).await;
        });
        replace(&self.window, Some(task));
        self.in_front.send_replace(true);
    }

    pub(crate) fn unwatch(&self) {
        replace(&self.window, None);
        self.in_front.send_replace(false);
    }

    /// Whether the window has the traffic in front, and when that changes.
    pub(crate) fn in_front(&self) -> watch::Receiver<bool> {
        self.in_front.subscribe()
    }

    /// Lets the desk look at whichever profile is in front.
    pub(crate) fn follow(&self, traffic: &Arc<Traffic>, fronts: &Fronts) {
        let traffic = Arc::clone(traffic);
        let mut fronts = fronts.watch();
        fronts.mark_changed();
        let task = spawn(async move {
            while fronts.changed().await.is_ok() {
                let front = fronts.borrow_and_update().clone();
                if let Some(front) = front {
                    traffic.follow(front.runtime);
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

/// The window's own app secret, for the desk to know.
pub(crate) fn own_secret(listening: &Listening) -> KnownSecret {
    KnownSecret {
        name: SECRET_NAME.to_owned(),
        secret: listening.app_secret().into(),
        accepted: true,
    }
}
