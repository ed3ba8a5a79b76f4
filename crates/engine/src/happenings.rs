//! Tells whoever watches what happens, live.

use heliograph_model::{DeliveryId, Happening};
use std::sync::Arc;
use tokio::sync::broadcast;

/// How many happenings a watcher may be behind before it misses some.
const BUFFER: usize = 16_384;

/// The live view of the engine. Costs next to nothing while nobody watches.
#[derive(Debug, Clone)]
pub struct Happenings {
    sender: broadcast::Sender<Arc<Happening>>,
}

impl Default for Happenings {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(BUFFER),
        }
    }
}

impl Happenings {
    /// Everything that happens from now on. A watcher that is too slow is told how many
    /// it missed; the journal has them.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Arc<Happening>> {
        self.sender.subscribe()
    }

    /// Whether anybody watches.
    pub(crate) fn is_watched(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    /// Tells that a person removed these from the queue.
    pub fn removed(&self, ids: Vec<DeliveryId>) {
        if !ids.is_empty() {
            self.tell(|| Happening::Removed { ids });
        }
    }

    /// Tells that a person put these back into the queue.
    pub fn put_back(&self, ids: Vec<DeliveryId>) {
        if !ids.is_empty() {
            self.tell(|| Happening::PutBack { ids });
        }
    }

    /// Tells; `happening` is only made when somebody watches.
    pub(crate) fn tell(&self, happening: impl FnOnce() -> Happening) {
        if self.is_watched() {
            // Fails only when the last watcher has left in between.
            let _ = self.sender.send(Arc::new(happening()));
        }
    }
}
