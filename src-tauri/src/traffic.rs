//! The traffic of the profile in front, and the windows that watch it.

use crate::front::Fronts;
use crate::listening::{Listening, SECRET_NAME};
use crate::telling::Telling;
use crate::watching;
use heliograph_desk::traffic::{KnownSecret, Traffic, TrafficNews};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::watch;

/// The tasks around the desk.
#[derive(Debug)]
pub(crate) struct Watching {
    tasks: watching::Watching,
    /// The windows that have the traffic in front.
    in_front: watch::Sender<HashSet<String>>,
}

impl Default for Watching {
    fn default() -> Self {
        Self {
            tasks: watching::Watching::default(),
            in_front: watch::Sender::new(HashSet::new()),
        }
    }
}

impl Watching {
    /// Tells a window what is in its sight from now on, in place of its channel before.
    pub(crate) fn watch(
        &self,
        window: &str,
        traffic: &Arc<Traffic>,
        telling: Telling<TrafficNews>,
    ) {
        let (traffic, label) = (Arc::clone(traffic), window.to_owned());
        self.tasks.windows.watch(window, async move {
            traffic.watch(&label, |news| telling.tell(news)).await;
        });
        self.in_front
            .send_if_modified(|windows| windows.insert(window.to_owned()));
    }

    pub(crate) fn unwatch(&self, window: &str) {
        self.tasks.windows.unwatch(window);
        self.in_front
            .send_if_modified(|windows| windows.remove(window));
    }

    /// The windows that have the traffic in front, and when these are others.
    pub(crate) fn in_front(&self) -> watch::Receiver<HashSet<String>> {
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
