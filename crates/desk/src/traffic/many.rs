//! Many deliveries again, one after the other, with a way to stop.

use super::replay::{Replayed, Sending};
use super::{Result, Traffic, TrafficError};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How far many deliveries are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SendingProgress {
    /// So many were sent,
    pub done: u32,
    /// of so many.
    pub of: u32,
}

/// What came of many deliveries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SentAll {
    /// What came of each that was sent, in their order.
    pub replayed: Vec<Replayed>,
    /// Why it ended.
    pub ended: SendingEnd,
}

/// Why sending many deliveries ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SendingEnd {
    /// All were sent.
    Finished,
    /// Somebody stopped it.
    Stopped,
    /// Another profile, or another run of the Simulator, came in front. Its deliveries are
    /// others of the same numbers.
    AnotherFront,
}

/// What each window is sending, by the window's name.
#[derive(Debug, Default)]
pub(super) struct UnderWay(
    /// Held for a moment only, never while waiting.
    Mutex<HashMap<String, Arc<AtomicBool>>>,
);

/// A window's sending, until this is dropped.
struct Turn<'a> {
    window: &'a str,
    under_way: &'a UnderWay,
    stopped: Arc<AtomicBool>,
}

impl UnderWay {
    fn begin<'a>(&'a self, window: &'a str) -> Result<Turn<'a>> {
        let mut all = self.0.lock();
        if all.contains_key(window) {
            let busy = "This window is sending deliveries already. Wait for them, or cancel them.";
            return Err(TrafficError::Invalid(busy.to_owned()));
        }
        let stopped = Arc::<AtomicBool>::default();
        all.insert(window.to_owned(), Arc::clone(&stopped));
        Ok(Turn {
            window,
            under_way: self,
            stopped,
        })
    }

    pub(super) fn stop(&self, window: &str) {
        if let Some(stopped) = self.0.lock().get(window) {
            stopped.store(true, Ordering::Relaxed);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.under_way.0.lock().remove(self.window);
    }
}

impl Traffic {
    /// Sends several for a window, one after the other, and tells how far it is. One that
    /// does not go says why in its place. It ends before the next one when it is stopped,
    /// or another profile comes in front.
    ///
    /// # Errors
    /// When nothing runs, or the window is sending already.
    pub async fn send_all(
        &self,
        window: &str,
        sendings: Vec<Sending>,
        mut tell: impl FnMut(SendingProgress) + Send,
    ) -> Result<SentAll> {
        let runtime = self.runtime()?;
        let turn = self.under_way.begin(window)?;
        let of = u32::try_from(sendings.len()).unwrap_or(u32::MAX);
        let mut replayed = Vec::with_capacity(sendings.len());
        let mut ended = SendingEnd::Finished;
        tell(SendingProgress { done: 0, of });
        for (done, sending) in (1..).zip(sendings) {
            if turn.stopped.load(Ordering::Relaxed) {
                ended = SendingEnd::Stopped;
                break;
            }
            let is_in_front = self.runtime().is_ok_and(|now| Arc::ptr_eq(&now, &runtime));
            if !is_in_front {
                ended = SendingEnd::AnotherFront;
                break;
            }
            let original = sending.delivery_id;
            let sent = self.send_before(&runtime, sending).await;
            replayed.push(sent.unwrap_or_else(|error| Replayed {
                error: Some(error.to_string()),
                ..Replayed::of(original)
            }));
            tell(SendingProgress { done, of });
        }
        Ok(SentAll { replayed, ended })
    }

    /// Stops what a window is sending, after the one that is under way.
    pub fn stop_sending(&self, window: &str) {
        self.under_way.stop(window);
    }
}
