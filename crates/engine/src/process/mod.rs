//! From the queue to the effects: the engine at work.
//!
//! At least once, with deduplication, so that each event takes effect once. Events of one
//! contact on one account are handled in order and never at the same time; different
//! contacts run in parallel. A crash at any instant loses nothing and repeats nothing but
//! the sends that were in flight, which are marked.

mod counters;
mod event;
mod happenings;
mod outbox;
mod refusal;
mod retry;
mod serial;
mod ticket;
mod worker;

pub use counters::Work;
pub use happenings::Happenings;
pub use retry::RetrySchedule;

use crate::cache::{CachePolicy, Cached};
use crate::ports::{Cache, Clock, Instagram, PortResult, Queue, QueueDepth, Store};
use crate::workspaces::Workspaces;
use counters::WorkCounters;
use heliograph_model::{CacheFigures, Event};
use outbox::Outbox;
use serial::{Activity, Serial};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

/// What an engine runs on.
#[derive(Debug, Clone)]
pub struct EngineParts {
    /// Documents, deduplication and outbox.
    pub store: Arc<dyn Store>,
    /// Deliveries.
    pub queue: Arc<dyn Queue>,
    /// The shared cache.
    pub cache: Arc<dyn Cache>,
    /// Where sends go.
    pub instagram: Arc<dyn Instagram>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Is shown every routed event before it is handled; returns at once.
pub type Observe = Arc<dyn Fn(&Event) + Send + Sync>;

/// How an engine works.
#[derive(Clone)]
pub struct EngineSettings {
    /// Times to live.
    pub cache: CachePolicy,
    /// Deliveries that are handled at the same time.
    pub under_way: usize,
    /// Requests to Instagram that are out at the same time.
    pub sends_at_once: usize,
    /// When a send is tried again.
    pub retry_sends: RetrySchedule,
    /// When a send is tried again whose account has no valid token.
    pub retry_token: RetrySchedule,
    /// When an event is tried again in its lane, while the store cannot be reached.
    pub retry_store: RetrySchedule,
    /// When a delivery is handed out again after that; past the end it is dead.
    pub retry_deliveries: RetrySchedule,
    /// When a profile is read again.
    pub retry_profile: RetrySchedule,
    /// Is shown every routed event; the simulated Instagram learns of people this way.
    pub observe: Option<Observe>,
    /// Whether an event that is older than Meta would ever deliver it (a fixture, a
    /// recording that is posted by hand) counts as having happened when it arrived. For
    /// the simulated Instagram; the real one would refuse the answer.
    pub recorded_as_now: bool,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            cache: CachePolicy::default(),
            under_way: 4_096,
            sends_at_once: 512,
            retry_sends: RetrySchedule::sends(),
            retry_token: RetrySchedule::token(),
            retry_store: RetrySchedule::store(),
            retry_deliveries: RetrySchedule::deliveries(),
            retry_profile: RetrySchedule(vec![200, 1_000]),
            observe: None,
            recorded_as_now: false,
        }
    }
}

impl std::fmt::Debug for EngineSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineSettings")
            .field("cache", &self.cache)
            .field("under_way", &self.under_way)
            .field("sends_at_once", &self.sends_at_once)
            .finish_non_exhaustive()
    }
}

/// What every event's handling needs.
#[derive(Debug)]
struct Core {
    store: Arc<dyn Store>,
    instagram: Arc<dyn Instagram>,
    clock: Arc<dyn Clock>,
    cached: Arc<Cached>,
    outbox: Arc<Outbox>,
    happenings: Happenings,
    counters: Arc<WorkCounters>,
    settings: Arc<EngineSettings>,
    activity: Arc<Activity>,
    /// Deliveries that have reached their lanes and that the queue does not yet know to
    /// be finished.
    open: AtomicU64,
}

/// A running engine. Dropping it stops it at once; nothing that was accepted is lost by
/// that, for the queue and the outbox are durable.
#[derive(Debug)]
pub struct Engine {
    core: Arc<Core>,
    queue: Arc<dyn Queue>,
    workspaces: Arc<Workspaces>,
    under_way: Arc<Semaphore>,
    taking: JoinHandle<()>,
    finishing: JoinHandle<()>,
}

impl Engine {
    /// Starts working on the queue, after taking up what the outbox still holds.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub async fn start(parts: EngineParts, settings: EngineSettings) -> PortResult<Self> {
        let settings = Arc::new(settings);
        let happenings = Happenings::default();
        let counters = Arc::new(WorkCounters::default());
        let activity = Arc::new(Activity::default());
        let cached = Arc::new(Cached::new(
            Arc::clone(&parts.store),
            Arc::clone(&parts.cache),
            Arc::clone(&parts.clock),
            settings.cache.clone(),
        ));
        let outbox = Arc::new(Outbox::new(
            &parts,
            Arc::clone(&settings),
            happenings.clone(),
            Arc::clone(&counters),
            Arc::clone(&activity),
        ));
        let workspaces = Arc::new(Workspaces::new(
            Arc::clone(&parts.store),
            Arc::clone(&cached),
            Arc::clone(&parts.clock),
            happenings.clone(),
        ));
        let core = Arc::new(Core {
            store: parts.store,
            instagram: parts.instagram,
            clock: parts.clock,
            cached,
            outbox,
            happenings,
            counters,
            activity: Arc::clone(&activity),
            settings: Arc::clone(&settings),
            open: AtomicU64::new(0),
        });
        let resumed = core.resume_sends().await?;
        if resumed > 0 {
            tracing::info!(
                sends = resumed,
                "taking up sends that an earlier process left"
            );
        }
        let queue = parts.queue;
        let under_way = Arc::new(Semaphore::new(settings.under_way));
        let (sender, receiver) = mpsc::unbounded_channel();
        let taking = tokio::spawn(worker::take(
            Arc::clone(&core),
            Arc::clone(&queue),
            Arc::new(Serial::new(activity)),
            Arc::clone(&under_way),
            sender,
        ));
        let finishing = tokio::spawn(worker::finish(
            Arc::clone(&core),
            Arc::clone(&queue),
            receiver,
        ));
        Ok(Self {
            core,
            queue,
            workspaces,
            under_way,
            taking,
            finishing,
        })
    }

    /// Where automations and accounts are edited.
    #[must_use]
    pub fn workspaces(&self) -> &Arc<Workspaces> {
        &self.workspaces
    }

    /// The cached reads.
    #[must_use]
    pub fn cached(&self) -> &Arc<Cached> {
        &self.core.cached
    }

    /// What happens, live.
    #[must_use]
    pub fn happenings(&self) -> &Happenings {
        &self.core.happenings
    }

    /// What has been done since the start.
    #[must_use]
    pub fn work(&self) -> Work {
        self.core.counters.figures()
    }

    /// How the caches have done since the start.
    #[must_use]
    pub fn cache_figures(&self) -> CacheFigures {
        self.core.cached.figures()
    }

    /// How much is waiting.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn depth(&self) -> PortResult<QueueDepth> {
        self.queue.depth().await
    }

    /// Returns when there is nothing left to do at the present time: what waits for a
    /// later time (a delayed send, a retry) does not count. For the simulator and tests,
    /// whose clock stands still.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn settle(&self) -> PortResult<()> {
        // Twice in a row: a sleeper that wakes is for an instant neither asleep nor at work.
        let mut settled = 0;
        while settled < 2 {
            settled = if self.is_settled().await? {
                settled + 1
            } else {
                0
            };
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    async fn is_settled(&self) -> PortResult<bool> {
        let activity = &self.core.activity;
        if activity.running() > 0 || self.core.clock.has_overdue() {
            return Ok(false);
        }
        let depth = self.queue.depth().await?;
        let open = self.core.open.load(Ordering::SeqCst);
        // What was taken must have reached its lanes, and may rest there only while one
        // of them waits for a time to come.
        let rests = depth.active == open && (open == 0 || activity.parked() > 0);
        Ok(depth.waiting == 0 && rests && activity.running() == 0)
    }

    /// Takes nothing new and waits, at most `patience`, until what is under way has
    /// ended. What has not ended by then is taken up by the next start.
    pub async fn stop(self, patience: Duration) {
        self.taking.abort();
        let all = u32::try_from(self.core.settings.under_way).unwrap_or(u32::MAX);
        let drained = async {
            // Every permit back means every delivery finished and told to the queue.
            let _ = self.under_way.acquire_many(all).await;
            while self.core.activity.running() > 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        if tokio::time::timeout(patience, drained).await.is_err() {
            tracing::warn!("stopped with work under way; the next start takes it up");
        }
        self.finishing.abort();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.taking.abort();
        self.finishing.abort();
    }
}
