//! Cache: how often it answers, how its servers are, what is in it, and whether that says
//! the same as the documents.
//!
//! The engine counts every read. Here its counters are looked at once a second for as
//! long as a profile is in front ([`CacheDesk::follow`]), so that there is a history when
//! somebody opens the screen; what came in a piece of time is the difference of two looks.
//! Keys are listed, opened and walked over through the port [`Keys`], which only reads;
//! what is to go is invalidated by the engine's own cache, as an edit would do it.
//! [`workers`] asks the workers elsewhere how their caches do, from their metrics.
//!
//! [`Keys`]: heliograph_engine::ports::Keys

mod alert;
mod browse;
mod error;
mod history;
mod json;
mod kept;
mod news;
mod point;
mod row;
mod sample;
mod sweep;
#[cfg(test)]
mod tests;
mod workers;

pub use alert::{AlertReason, CacheAlert};
pub use browse::{
    Invalidated, KeyAgreement, KeyDifference, KeyList, KeyRow, KeySearch, MOST_AT_ONCE, Obeyed,
    OpenedKey,
};
pub use error::{CacheError, Result};
pub use json::JsonLine;
pub use kept::Histories;
pub(crate) use kept::file_stem;
pub use news::{CacheNews, CacheServerNow, SlowKey};
pub use point::{CachePoint, CacheSpan, CollectionPoint, ServerPoint};
pub use row::{CacheRow, TierFigures};
pub use sweep::{CacheScan, ScanCount, ScanFinding, ScanProblem, ScanState};
pub use workers::{
    CacheSource, MOST_WORKERS, MetricsFound, MetricsTrouble, WorkerNow, WorkerRate, WorkerTrouble,
    WorkersFigures, metrics_address, test_metrics,
};

use heliograph_engine::ports::{CacheServer, Clock, SystemClock};
use heliograph_model::{ErrorClass, GuardLevel};
use heliograph_runtime::Runtime;
use history::History;
use kept::{Kept, Past, Writing};
use news::Slow;
use parking_lot::{Mutex, RwLock};
use sample::{Sample, ServerCounts};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use sweep::Sweep;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use workers::Workers;

/// How often the counters are looked at.
const BETWEEN_SAMPLES: Duration = Duration::from_secs(1);
/// How often the servers are asked.
const BETWEEN_SERVERS: Duration = Duration::from_secs(2);
/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The cache of the profile in front.
#[derive(Debug)]
pub struct CacheDesk {
    shared: Arc<Shared>,
    tasks: Mutex<Tasks>,
}

/// What goes on by itself.
#[derive(Debug, Default)]
struct Tasks {
    sample: Option<AbortHandle>,
    servers: Option<AbortHandle>,
    workers: Option<AbortHandle>,
    sweep: Option<AbortHandle>,
}

/// What the desk and its tasks share.
#[derive(Debug)]
struct Shared {
    /// The profile that is looked at.
    runtime: RwLock<Option<Arc<Runtime>>>,
    /// Held for a moment only, never while waiting.
    state: Mutex<State>,
    changed: watch::Sender<()>,
    /// How many look at it now: workers elsewhere are asked more often then.
    lookers: watch::Sender<usize>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts the profiles that came in front.
    front: u32,
    history: Option<History>,
    servers: Vec<CacheServer>,
    /// Why they did not answer the last time.
    servers_failed: Option<String>,
    slow: Slow,
    workers: Option<Workers>,
    /// Where the histories are kept over restarts, where they are.
    kept: Option<Kept>,
    /// Counts the walks.
    scans: u32,
    sweep: Option<Sweep>,
}

impl Default for CacheDesk {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

impl CacheDesk {
    /// A desk that looks at nothing yet. The clock is that of the charts.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            shared: Arc::new(Shared {
                runtime: RwLock::default(),
                state: Mutex::default(),
                changed: watch::Sender::new(()),
                lookers: watch::Sender::new(0),
                clock,
            }),
            tasks: Mutex::default(),
        }
    }

    /// Looks at this profile from now on; what was seen of the one before is forgotten.
    pub fn follow(&self, runtime: Arc<Runtime>) {
        self.follow_beside(runtime, &[], None);
    }

    /// As [`Self::follow`], and looks at the workers elsewhere whose metrics are at these
    /// addresses. At *offline* nobody is asked: nothing leaves the machine. With a path the
    /// minutes of a day are kept in that file, and the history goes on where it ended.
    pub fn follow_beside(&self, runtime: Arc<Runtime>, metrics: &[String], path: Option<&Path>) {
        self.stop();
        let first = Sample::of(runtime.engine(), None);
        let at = self.shared.clock.now();
        let (mut kept, past) = match path.map(|path| Kept::open(path, at)) {
            Some((kept, past)) => (Some(kept), past),
            None => (None, Past::default()),
        };
        let are_asked = runtime.guard().level() != GuardLevel::Offline && !metrics.is_empty();
        if let Some(kept) = kept.as_mut().filter(|_| !are_asked) {
            kept.rest(&past.workers);
        }
        let workers = are_asked.then(|| Workers::begin_after(past.workers, at, metrics));
        let addresses = workers.as_ref().map(Workers::addresses);
        {
            let mut state = self.shared.state.lock();
            let (front, scans) = (state.front.wrapping_add(1), state.scans);
            *state = State {
                front,
                scans,
                history: Some(match &kept {
                    Some(_) => History::kept(past.window, at, first),
                    None => History::begin(at, first),
                }),
                workers,
                kept,
                ..State::default()
            };
        }
        *self.shared.runtime.write() = Some(Arc::clone(&runtime));
        let mut tasks = self.tasks.lock();
        let look = keep_looking(Arc::clone(&self.shared), Arc::clone(&runtime));
        tasks.sample = Some(tokio::spawn(look).abort_handle());
        let ask = keep_asking(Arc::clone(&self.shared), runtime);
        tasks.servers = Some(tokio::spawn(ask).abort_handle());
        tasks.workers = addresses.map(|addresses| {
            let ask = keep_asking_workers(Arc::clone(&self.shared), addresses);
            tokio::spawn(ask).abort_handle()
        });
        drop(tasks);
        self.told_changed();
    }

    /// Looks at nothing from now on.
    pub fn stop(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock());
        for task in [tasks.sample, tasks.servers, tasks.workers, tasks.sweep]
            .into_iter()
            .flatten()
        {
            task.abort();
        }
        // What came since the last time.
        let writing = self.shared.state.lock().writing();
        if let Some(writing) = writing {
            writing.run();
        }
        self.shared.state.lock().kept = None;
        *self.shared.runtime.write() = None;
    }

    fn runtime(&self) -> Result<Arc<Runtime>> {
        let runtime = self.shared.runtime.read().clone();
        runtime.ok_or(CacheError::NothingRuns)
    }

    /// What the workers elsewhere have done since their start; `None` where the profile in
    /// front names none.
    #[must_use]
    pub fn workers_figures(&self) -> Option<WorkersFigures> {
        self.shared.state.lock().workers.as_ref()?.figures()
    }

    /// How many sends of the workers elsewhere did not go through for such a reason since
    /// they are looked at; `None` where the profile in front names none.
    #[must_use]
    pub fn errors_elsewhere(&self, class: ErrorClass) -> Option<u64> {
        let state = self.shared.state.lock();
        Some(state.workers.as_ref()?.send_errors(class))
    }

    fn told_changed(&self) {
        self.shared.changed.send_replace(());
    }
}

impl Drop for CacheDesk {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn keep_looking(shared: Arc<Shared>, runtime: Arc<Runtime>) {
    let mut ticks = interval(BETWEEN_SAMPLES);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        shared.look(&runtime);
        let writing = {
            let mut state = shared.state.lock();
            let is_due = state.kept.as_ref().is_some_and(Kept::is_due);
            is_due.then(|| state.writing()).flatten()
        };
        if let Some(writing) = writing {
            // It is not waited for; one that takes long is overtaken by none.
            tokio::task::spawn_blocking(|| writing.run());
        }
    }
}

async fn keep_asking(shared: Arc<Shared>, runtime: Arc<Runtime>) {
    let mut ticks = interval(BETWEEN_SERVERS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let answer = match timeout(PATIENCE, runtime.keys().servers()).await {
            Ok(Ok(servers)) => Ok(servers),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("The cache does not answer.".to_owned()),
        };
        let mut state = shared.state.lock();
        match answer {
            Ok(servers) => {
                state.servers = servers;
                state.servers_failed = None;
            }
            Err(why) => state.servers_failed = Some(why),
        }
    }
}

/// Asks the workers elsewhere: often while somebody looks, and at once when somebody begins
/// to, otherwise as often as the history needs it.
async fn keep_asking_workers(shared: Arc<Shared>, addresses: Vec<String>) {
    let client = workers::asking();
    let mut lookers = shared.lookers.subscribe();
    loop {
        let began = Instant::now();
        let answers = workers::ask_all(&client, &addresses).await;
        let at = shared.clock.now();
        {
            let mut state = shared.state.lock();
            let server = (!state.servers.is_empty()).then(|| ServerCounts::of(&state.servers));
            if let Some(workers) = &mut state.workers {
                workers.take(at, answers, server);
            }
        }
        shared.changed.send_replace(());
        loop {
            let is_seen = *lookers.borrow_and_update() > 0;
            let between = if is_seen {
                workers::BETWEEN
            } else {
                workers::BETWEEN_UNSEEN
            };
            tokio::select! {
                () = sleep_until(began + between) => break,
                // The sender lives in `shared`, so this is always a change.
                _ = lookers.changed() => {}
            }
        }
    }
}

/// Somebody looks, for as long as it lives.
#[derive(Debug)]
struct Looking(Arc<Shared>);

impl Looking {
    fn at(shared: &Arc<Shared>) -> Self {
        shared.lookers.send_modify(|lookers| *lookers += 1);
        Self(Arc::clone(shared))
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.0.lookers.send_modify(|lookers| *lookers -= 1);
    }
}

impl State {
    /// What there is to be written now, where it is kept.
    fn writing(&mut self) -> Option<Writing> {
        let kept = self.kept.as_mut()?;
        let workers = self.workers.as_ref().map(Workers::together);
        Some(kept.write(self.history.as_ref()?, workers))
    }
}

impl Shared {
    /// Looks at the counters once.
    fn look(&self, runtime: &Runtime) {
        let at = self.clock.now();
        let slowest = runtime.engine().cached().take_slowest();
        let mut state = self.state.lock();
        let server = (!state.servers.is_empty()).then(|| ServerCounts::of(&state.servers));
        let sample = Sample::of(runtime.engine(), server);
        state.slow.add(at, slowest);
        if let Some(history) = &mut state.history {
            history.record(at, sample);
        }
        drop(state);
        self.changed.send_replace(());
    }
}
