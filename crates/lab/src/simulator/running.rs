//! The virtual clock, running by itself.

use super::done::Done;
use super::stage::Stage;
use super::{Result, Simulator};
use heliograph_model::Millis;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How often it is moved.
const STEP: Duration = Duration::from_millis(200);

/// The most of real time that one step makes up for, when the machine was busy.
const MOST: Duration = Duration::from_secs(1);

/// A clock that stands still keeps nothing waiting that is due within so many milliseconds.
const MOMENT: i64 = 100;

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

    /// From now on a clock that stands still goes on by itself for as long as something is
    /// due in a moment, at the world's pace. Instagram takes only so many messages a second
    /// of an account, and a second that never ends would hold up all others.
    pub fn keep_up(self: &Arc<Self>) {
        tokio::spawn(keep_up(Arc::downgrade(self), self.changes()));
    }

    /// Lets one step pass where something is due in a moment; whether there may be more.
    fn step(&self) -> bool {
        // While somebody does something, time is theirs.
        let Ok(_turn) = self.turn.try_lock() else {
            return true;
        };
        let stage = self.stage();
        let is_due = |due: Millis| (1..=MOMENT).contains(&due.since(stage.now()));
        // What was gone back behind is only done again when somebody wants that.
        let goes_on = self.speed() == 0 && self.rewound.lock().undone.is_empty();
        if !goes_on || !stage.clock().next_due().is_some_and(is_due) {
            return false;
        }
        stage.go_on(STEP);
        self.changed();
        true
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

async fn keep_up(simulator: Weak<Simulator>, mut changes: watch::Receiver<u64>) {
    while changes.changed().await.is_ok() {
        loop {
            tokio::time::sleep(STEP).await;
            let Some(simulator) = simulator.upgrade() else {
                return;
            };
            if !simulator.step() {
                break;
            }
        }
    }
}

impl Stage {
    /// Time goes on, whatever is under way.
    fn go_on(&self, step: Duration) {
        let millis = i64::try_from(step.as_millis()).unwrap_or(0);
        let by_itself = true;
        let mut seen = self.seen();
        // What cannot be done again need not be kept for it.
        if seen.log.is_whole() {
            let now = self.now();
            seen.log.begin(Done::Passed { millis, by_itself }, now);
        }
        drop(seen);
        self.clock().advance(millis);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Author, Simulator, SimulatorSettings};
    use heliograph_model::Millis;
    use std::sync::Arc;
    use std::time::Duration;

    const START: Millis = Millis(1_790_000_000_000);

    /// More than Instagram takes of an account in one second.
    const MANY: usize = 120;

    /// How many answers arrived, once so many did or nothing more came for a while.
    async fn answered(simulator: &Simulator) -> usize {
        let mut before = 0;
        for _ in 0..400 {
            let view = simulator.view().await.expect("it is open");
            let bubbles = view.people.iter().flat_map(|one| &one.conversation);
            before = bubbles
                .filter(|bubble| bubble.from == Author::Account && bubble.arrived)
                .count();
            if before >= MANY {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        before
    }

    #[tokio::test]
    async fn a_clock_that_stands_still_holds_up_no_answer_for_the_pace() {
        let simulator = Simulator::open(SimulatorSettings::demo(START)).await;
        let simulator = Arc::new(simulator.expect("it opens"));
        simulator.keep_up();
        let view = simulator.view().await.expect("it is open");
        let maya = view.people[0].id.clone();
        for _ in 0..MANY {
            let (person, text) = (maya.clone(), "menu".to_owned());
            let said = simulator.act(Action::Say { person, text }).await;
            said.expect("Maya can write");
        }
        assert!(answered(&simulator).await >= MANY);
        let view = simulator.view().await.expect("it is open");
        let passed = view.now.since(START);
        assert!((1..10_000).contains(&passed), "{passed} ms went by");
        // And then it stands still.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let later = simulator.view().await.expect("it is open").now;
        assert_eq!(later, view.now);
    }
}
