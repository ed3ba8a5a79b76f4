//! The line at the foot of a window: what the profile in front has done, and whose figures
//! these are.
//!
//! A window that only observes does nothing itself. Then the line tells what the workers
//! elsewhere say of themselves, where the profile names their metrics, and of the queue,
//! which is the profile's own, in any case.

use crate::CacheDesk;
use heliograph_engine::ports::QueueDepth;
use heliograph_model::{CacheFigures, GuardLevel};
use heliograph_runtime::Runtime;
use parking_lot::Mutex;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How often the counters are looked at.
const BETWEEN: Duration = Duration::from_secs(1);
/// How often the queue is asked.
const BETWEEN_DEPTHS: Duration = Duration::from_secs(3);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the profile in front has done.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FrontFigures {
    /// The profile.
    pub profile: String,
    /// Whose figures these are.
    pub whose: Whose,
    /// Deliveries taken from the queue,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub deliveries: u64,
    /// events in them,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub events: u64,
    /// messages that Instagram took,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub sent: u64,
    /// and those that ended otherwise.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub failed: u64,
    /// Whether it is at *dry run*: what is told as sent would have been sent, and was not.
    pub is_dry_run: bool,
    /// Deliveries that wait in the queue; `None` while it does not answer.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub queue_waiting: Option<u64>,
    /// Deliveries in the dead letter.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub queue_dead: Option<u64>,
    /// Cache accesses by collection.
    pub cache: CacheFigures,
}

/// Whose figures are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Whose {
    /// This window's engine's, since the profile was connected.
    Window,
    /// Those of the workers elsewhere, since each was started.
    Workers {
        /// How many of them answer,
        answering: u32,
        /// and how many the profile names.
        named: u32,
    },
    /// Nobody's: this window handles nothing, and the profile names no metrics of workers.
    Nobody,
}

/// The figures of the profile in front, looked at once a second.
#[derive(Debug)]
pub struct Status {
    figures: watch::Sender<Option<FrontFigures>>,
    looking: Mutex<Option<AbortHandle>>,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            figures: watch::Sender::new(None),
            looking: Mutex::default(),
        }
    }
}

impl Status {
    /// Looks at this profile from now on. `cache` looks at the same one, and knows the
    /// workers elsewhere.
    pub fn follow(self: &Arc<Self>, runtime: Arc<Runtime>, cache: Arc<CacheDesk>) {
        self.stop();
        let status = Arc::clone(self);
        let looking = tokio::spawn(async move { status.keep_looking(&runtime, &cache).await });
        *self.looking.lock() = Some(looking.abort_handle());
    }

    /// Looks at nothing from now on.
    pub fn stop(&self) {
        if let Some(looking) = self.looking.lock().take() {
            looking.abort();
        }
        self.figures.send_replace(None);
    }

    /// The figures, and when they are others; `None` while nothing is looked at.
    #[must_use]
    pub fn figures(&self) -> watch::Receiver<Option<FrontFigures>> {
        self.figures.subscribe()
    }

    async fn keep_looking(&self, runtime: &Runtime, cache: &CacheDesk) {
        let mut ticks = interval(BETWEEN);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let queue = runtime.queue();
        let (mut depth, mut asked): (Option<QueueDepth>, Option<Instant>) = (None, None);
        loop {
            ticks.tick().await;
            if asked.is_none_or(|at| at.elapsed() >= BETWEEN_DEPTHS) {
                let answer = timeout(PATIENCE, queue.depth()).await;
                depth = answer.ok().and_then(Result::ok);
                asked = Some(Instant::now());
            }
            let figures = Some(figures(runtime, cache, depth));
            self.figures.send_if_modified(|told| {
                let is_news = *told != figures;
                *told = figures;
                is_news
            });
        }
    }
}

impl Drop for Status {
    fn drop(&mut self) {
        self.stop();
    }
}

fn figures(runtime: &Runtime, cache: &CacheDesk, depth: Option<QueueDepth>) -> FrontFigures {
    let few = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let work = runtime.engine().work();
    let mut figures = FrontFigures {
        profile: runtime.guard().profile().to_owned(),
        whose: Whose::Window,
        deliveries: work.deliveries,
        events: work.events,
        sent: work.sent,
        failed: work.failed + work.unknown + work.dropped,
        is_dry_run: runtime.guard().level() == GuardLevel::DryRun,
        queue_waiting: depth.map(|depth| depth.waiting + depth.delayed),
        queue_dead: depth.map(|depth| depth.dead),
        cache: runtime.engine().cache_figures(),
    };
    if runtime.guard().works_here() {
        return figures;
    }
    figures.whose = Whose::Nobody;
    if let Some(workers) = cache.workers_figures() {
        figures.whose = Whose::Workers {
            answering: few(workers.answering),
            named: few(workers.named),
        };
        figures.deliveries = workers.deliveries;
        figures.events = workers.events;
        figures.sent = workers.sent;
        figures.failed = workers.failed;
        figures.cache = workers.cache;
    }
    figures
}
