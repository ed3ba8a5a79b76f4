//! The virtual clock, running by itself.

use super::done::Done;
use super::{Result, Simulator};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::time::Instant;

/// How often it is moved.
const STEP: Duration = Duration::from_millis(200);

/// The most of real time that one step makes up for, when the machine was busy.
const MOST: Duration = Duration::from_secs(1);

/// The fastest that it runs.
const FASTEST: u32 = 3_600;

/// A clock that runs. Whoever moves it looks whether it is still this one, for a step
/// that has begun is not to be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Running {
    speed: u32,
    number: u64,
}

/// Tells one run of a clock from the next.
static RUNS: AtomicU64 = AtomicU64::new(0);

impl Simulator {
    /// Lets the virtual clock run so many times faster than the world; 0 lets it stand
    /// still. Everything that falls due on the way happens at its time.
    pub fn run(self: &Arc<Self>, speed: u32) {
        if speed == 0 {
            return self.stand_still();
        }
        let running = Running {
            speed: speed.min(FASTEST),
            number: RUNS.fetch_add(1, Ordering::Relaxed),
        };
        *self.running.lock() = Some(running);
        tokio::spawn(tick(Arc::downgrade(self), running));
        self.changed();
    }

    /// Lets the virtual clock stand still.
    pub fn stand_still(&self) {
        if self.running.lock().take().is_some() {
            self.changed();
        }
    }

    /// How many times faster than the world the clock runs; 0: it stands still.
    #[must_use]
    pub fn speed(&self) -> u32 {
        self.running
            .lock()
            .as_ref()
            .map_or(0, |running| running.speed)
    }

    /// Moves the clock while it is this one that runs; whether it was.
    async fn tick(&self, running: Running, millis: i64) -> Result<bool> {
        let turn = self.turn().await;
        if *self.running.lock() != Some(running) {
            return Ok(false);
        }
        let by_itself = true;
        self.perform(&turn, Done::Passed { millis, by_itself })
            .await?;
        Ok(true)
    }
}

async fn tick(simulator: Weak<Simulator>, running: Running) {
    let mut last = Instant::now();
    loop {
        tokio::time::sleep(STEP).await;
        let Some(simulator) = simulator.upgrade() else {
            return;
        };
        let elapsed = last.elapsed().min(MOST);
        last = Instant::now();
        let millis = i64::try_from(elapsed.as_millis()).unwrap_or(0) * i64::from(running.speed);
        match simulator.tick(running, millis).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "the clock stands still");
                simulator.stand_still();
                return;
            }
        }
    }
}
