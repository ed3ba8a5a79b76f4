//! Which running profile the live screens look at, and the listener stands before.

use heliograph_runtime::Runtime;
use std::sync::Arc;
use tokio::sync::watch;

/// A running profile that is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    pub(crate) runtime: Arc<Runtime>,
    /// Whether it is the simulator's, which is another one after a reset.
    pub(crate) is_simulator: bool,
    /// Where the metrics of its workers are.
    pub(crate) metrics: Arc<[String]>,
}

impl Front {
    /// The simulator's profile, which has no workers elsewhere.
    pub(crate) fn simulator(runtime: Arc<Runtime>) -> Self {
        Self {
            runtime,
            is_simulator: true,
            metrics: Arc::default(),
        }
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.runtime, &other.runtime)
    }
}

/// The place in front, empty until the first profile is open.
#[derive(Debug)]
pub(crate) struct Fronts(watch::Sender<Option<Front>>);

impl Default for Fronts {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Fronts {
    /// Puts a profile in front. Nothing changes where it is there already.
    pub(crate) fn put(&self, front: Front) {
        self.0.send_if_modified(|now| {
            let is_other = !now.as_ref().is_some_and(|now| now.is(&front));
            if is_other {
                *now = Some(front);
            }
            is_other
        });
    }

    /// What is in front now, and when another one comes there.
    pub(crate) fn watch(&self) -> watch::Receiver<Option<Front>> {
        self.0.subscribe()
    }

    /// Puts the simulator's new engine in front, where its old one was.
    pub(crate) fn renew(&self, runtime: Arc<Runtime>) {
        let front = Front::simulator(runtime);
        self.0.send_if_modified(|now| {
            let stands = now
                .as_ref()
                .is_some_and(|now| now.is_simulator && !now.is(&front));
            if stands {
                *now = Some(front);
            }
            stands
        });
    }

    /// Nothing is in front any more.
    pub(crate) fn clear(&self) {
        self.0.send_replace(None);
    }
}
