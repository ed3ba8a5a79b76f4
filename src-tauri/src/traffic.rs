//! The live desk in front of the simulator's engine, and the one window that watches it.

use crate::listening::{Listening, SECRET_NAME};
use heliograph_desk::traffic::{KnownSecret, Source, Traffic, TrafficNews};
use heliograph_engine::ports::Queue;
use heliograph_lab::simulator::Simulator;
use heliograph_model::GuardLevel;
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
    /// Looks at the engine that runs now.
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

    /// Lets the desk look at whichever engine runs behind the simulator.
    pub(crate) fn follow(&self, traffic: &Arc<Traffic>, simulator: &Arc<Simulator>) {
        let (traffic, simulator) = (Arc::clone(traffic), Arc::clone(simulator));
        let mut changes = simulator.changes();
        let mut looked_at = look_at(&traffic, &simulator);
        let task = spawn(async move {
            while changes.changed().await.is_ok() {
                // A reset, and going back, put another engine in its place.
                let now = simulator.queue();
                if !std::ptr::addr_eq(Arc::as_ptr(&now), Arc::as_ptr(&looked_at)) {
                    looked_at = look_at(&traffic, &simulator);
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

/// Looks at the engine that runs now; answers with its queue, by which it is known.
fn look_at(traffic: &Traffic, simulator: &Simulator) -> Arc<dyn Queue> {
    let behind = simulator.behind();
    let queue = Arc::clone(&behind.queue);
    let source = Source {
        queue: behind.queue,
        journal: behind.journal,
        clock: behind.clock,
        guard: GuardLevel::Offline,
    };
    traffic.follow(source, behind.happenings);
    queue
}

/// The window's own app secret, for the desk to know.
pub(crate) fn own_secret(listening: &Listening) -> KnownSecret {
    KnownSecret {
        name: SECRET_NAME.to_owned(),
        secret: listening.app_secret().into(),
        accepted: true,
    }
}
