//! The traffic of the profile in front, and the one window that watches it.

use crate::front::Fronts;
use crate::listening::{Listening, SECRET_NAME};
use crate::watching;
use heliograph_desk::traffic::{KnownSecret, Traffic, TrafficNews};
use std::sync::Arc;
use tauri::ipc::Channel;
use tokio::sync::watch;

/// The tasks around the desk.
#[derive(Debug)]
pub(crate) struct Watching {
    tasks: watching::Watching,
    /// Whether the window has the traffic in front.
    in_front: watch::Sender<bool>,
}

impl Default for Watching {
    fn default() -> Self {
        Self {
            tasks: watching::Watching::default(),
            in_front: watch::Sender::new(false),
        }
    }
}

impl Watching {
    /// Tells `channel` what is in sight from now on, in place of the one before.
    pub(crate) fn watch(&self, traffic: &Arc<Traffic>, channel: Channel<TrafficNews>) {
        let traffic = Arc::clone(traffic);
        self.tasks.watch(async move {
            // A page that is gone takes nothing any more.
            traffic.watch(|news| channel.send(news).is_ok()).await;
        });
        self.in_front.send_replace(true);
    }

    pub(crate) fn unwatch(&self) {
        self.tasks.unwatch();
        self.in_front.send_replace(false);
    }

    /// Whether the window has the traffic in front, and when that changes.
    pub(crate) fn in_front(&self) -> watch::Receiver<bool> {
        self.in_front.subscribe()
    }

    /// Lets the desk look at whichever profile is in front.
    pub(crate) fn follow(&self, traffic: &Arc<Traffic>, fronts: &Fronts) {
        let traffic = Arc::clone(traffic);
        self.tasks.follow(fronts, move |front| {
            if let Some(front) = front {
                traffic.follow(front.runtime);
            }
        });
    }

    pub(crate) fn stop(&self) {
        self.unwatch();
        self.tasks.stop();
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
