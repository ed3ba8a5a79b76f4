//! Time, so that a rule never asks the machine for it.

use async_trait::async_trait;
use heliograph_model::Millis;
use parking_lot::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// What time it is, and waiting.
#[async_trait]
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now.
    fn now(&self) -> Millis;

    /// Returns at `at` or later. Safe to drop.
    async fn sleep_until(&self, at: Millis);

    /// Whether it shows what the machine's clock shows. Otherwise its times say nothing about
    /// when something was for people.
    fn is_of_the_machine(&self) -> bool {
        true
    }

    /// Whether somebody who sleeps on this clock should be awake by now and is not yet.
    /// A clock that runs by itself wakes everybody in time.
    fn has_overdue(&self) -> bool {
        false
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine what time it is"
    )]
    fn now(&self) -> Millis {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    async fn sleep_until(&self, at: Millis) {
        loop {
            let left = at.since(self.now());
            if left <= 0 {
                return;
            }
            // The machine's clock may be set while we sleep, so look again now and then.
            let nap = Duration::from_millis(left.unsigned_abs()).min(Duration::from_secs(60));
            tokio::time::sleep(nap).await;
        }
    }
}

/// A clock that stands still until somebody moves it: the simulator's, and the tests'.
#[derive(Debug)]
pub struct VirtualClock {
    now: watch::Sender<Millis>,
    /// When each waiting sleeper wants to wake; the simulator shows what is due.
    due: Mutex<Vec<Millis>>,
}

impl VirtualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Millis) -> Self {
        Self {
            now: watch::Sender::new(start),
            due: Mutex::new(Vec::new()),
        }
    }

    /// Moves on by `millis`; everybody whose time has come wakes.
    pub fn advance(&self, millis: i64) {
        self.now.send_modify(|now| *now = *now + millis.max(0));
    }

    /// Moves on to `at`; a time that has passed already changes nothing.
    pub fn advance_to(&self, at: Millis) {
        self.now.send_modify(|now| *now = (*now).max(at));
    }

    /// The earliest time that a sleeper waits for.
    #[must_use]
    pub fn next_due(&self) -> Option<Millis> {
        self.due.lock().iter().copied().min()
    }
}

/// Takes a sleeper off the list also when its future is dropped.
struct Sleeper<'a> {
    clock: &'a VirtualClock,
    at: Millis,
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut due = self.clock.due.lock();
        if let Some(place) = due.iter().position(|at| *at == self.at) {
            due.swap_remove(place);
        }
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn is_of_the_machine(&self) -> bool {
        false
    }

    fn now(&self) -> Millis {
        *self.now.borrow()
    }

    async fn sleep_until(&self, at: Millis) {
        let mut now = self.now.subscribe();
        self.due.lock().push(at);
        let _sleeper = Sleeper { clock: self, at };
        // The sender lives in `self`, so the channel cannot close while we wait.
        let _ = now.wait_for(|now| *now >= at).await;
    }

    fn has_overdue(&self) -> bool {
        self.next_due().is_some_and(|due| due <= self.now())
    }
}
