//! From the queue to the effects: the engine at work.
//!
//! At least once, with deduplication, so that each event takes effect once. Events of one
//! contact on one account are handled in order and never at the same time; different
//! contacts run in parallel. A crash at any instant loses nothing and repeats nothing but
//! the sends that were in flight, which are marked.

mod activity;
mod again;
mod by_hand;
mod counters;
mod event;
mod measured;
mod outbox;
mod outcome;
mod refusal;
mod retry;
mod serial;
mod ticket;
mod worker;

pub use again::accepted_until;
pub use by_hand::{ByHand, HandChange, HandError, NO_DELIVERY, set_after};
pub use counters::{Work, WorkFigures};
pub use measured::Measured;
pub use retry::RetrySchedule;

use crate::cache::{CachePolicy, Cached};
use crate::happenings::Happenings;
use crate::ports::{
    Announcements, Cache, Clock, Conversations, Documents, Instagram, PortResult, Queue,
    QueueDepth, Store,
};
use crate::workspaces::Workspaces;
use activity::Activity;
use counters::WorkCounters;
use heliograph_model::{CacheFigures, Event, Millis};
use outbox::Outbox;
use serial::Serial;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use worker::{Lane, Turn};

/// What an engine runs on.
#[derive(Debug, Clone)]
pub struct EngineParts {
    /// Documents, deduplication and outbox.
    pub store: Arc<dyn Store>,
    /// Where an event reads its documents. They may lack what was committed a moment ago,
    /// as long as [`EngineParts::conversations`] tells of it; otherwise the store itself.
    pub documents: Arc<dyn Documents>,
    /// Deliveries.
    pub queue: Arc<dyn Queue>,
    /// The shared cache.
    pub cache: Arc<dyn Cache>,
    /// Who handles which contact; [`crate::ports::OneProcess`] where there is one alone.
    pub conversations: Arc<dyn Conversations>,
    /// The other workers, where there are some.
    pub announcements: Option<Arc<dyn Announcements>>,
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
    /// When a send is tried again; the last wait again and again, until Instagram would not
    /// take it any more.
    pub retry_sends: RetrySchedule,
    /// When a send is tried again whose account has no valid token.
    pub retry_token: RetrySchedule,
    /// When an event is tried again in its lane, while the store cannot be reached; the
    /// last wait again and again, for as long as it takes.
    pub retry_store: RetrySchedule,
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
            under_way: 1_024,
            sends_at_once: 512,
            retry_sends: RetrySchedule::sends(),
            retry_token: RetrySchedule::token(),
            retry_store: RetrySchedule::store(),
            retry_profile: RetrySchedule::new(vec![200, 1_000]),
            observe: None,
            recorded_as_now: false,
        }
    }
}

impl EngineSettings {
    /// The same without anything random in when things are tried again, so that what is
    /// played twice on a virtual clock happens twice in the same way.
    #[must_use]
    pub fn reproducible(mut self) -> Self {
        for schedule in [
            &mut self.retry_sends,
            &mut self.retry_token,
            &mut self.retry_store,
            &mut self.retry_profile,
        ] {
            *schedule = schedule.clone().exactly();
        }
        self
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
    conversations: Arc<dyn Conversations>,
    instagram: Arc<dyn Instagram>,
    clock: Arc<dyn Clock>,
    cached: Arc<Cached>,
    outbox: Arc<Outbox>,
    happenings: Happenings,
    counters: Arc<WorkCounters>,
    settings: Arc<EngineSettings>,
    activity: Arc<Activity>,
    /// The place in the journal of what is set by hand next.
    by_hand: AtomicU32,
    /// The newest delivery that was taken.
    newest: AtomicI64,
}

/// A running engine. Dropping it keeps anything new from beginning; nothing that was
/// accepted is lost by that, for the queue and the outbox are durable.
#[derive(Debug)]
pub struct Engine {
    core: Arc<Core>,
    queue: Arc<dyn Queue>,
    lanes: Arc<Serial<Lane, Turn>>,
    workspaces: Arc<Workspaces>,
    under_way: Arc<Semaphore>,
    taking: JoinHandle<()>,
    finishing: JoinHandle<()>,
    /// What other workers tell and hand over.
    beside: JoinHandle<()>,
}

impl Engine {
    /// Starts working on the queue, after taking up what the outbox still holds.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub async fn start(parts: EngineParts, settings: EngineSettings) -> PortResult<Self> {
        let settings = Arc::new(settings);
        let happenings = Happenings::default();
        let counters = Arc::new(WorkCounters::since(parts.clock.now()));
        let activity = Arc::new(Activity::default());
        let mut cached = Cached::new(
            Arc::clone(&parts.documents),
            Arc::clone(&parts.cache),
            Arc::clone(&parts.clock),
            settings.cache.clone(),
        );
        if let Some(announcements) = &parts.announcements {
            cached = cached.announced(Arc::clone(announcements));
        }
        let cached = Arc::new(cached);
        let outbox = Arc::new(Outbox::new(
            &parts,
            Arc::clone(&settings),
            happenings.clone(),
            Arc::clone(&counters),
            Arc::clone(&activity),
        ));
        let workspaces = Arc::new(Workspaces::new(
            Arc::clone(&parts.store) as _,
            Arc::clone(&cached),
            Arc::clone(&parts.clock),
            happenings.clone(),
        ));
        // The next start goes on behind this one's, for it is later.
        let by_hand = u32::try_from(parts.clock.now().0 / 1_000 % 1_000_000).unwrap_or(0);
        let core = Arc::new(Core {
            store: parts.store,
            conversations: parts.conversations,
            instagram: parts.instagram,
            clock: parts.clock,
            cached,
            outbox,
            happenings,
            counters,
            activity: Arc::clone(&activity),
            settings: Arc::clone(&settings),
            by_hand: AtomicU32::new(by_hand),
            newest: AtomicI64::new(0),
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
        let lanes = Arc::new(Serial::new(activity));
        let taking = tokio::spawn(worker::take(
            Arc::clone(&core),
            Arc::clone(&queue),
            Arc::clone(&lanes),
            Arc::clone(&under_way),
            sender,
        ));
        let finishing = tokio::spawn(worker::finish(
            Arc::clone(&core),
            Arc::clone(&queue),
            receiver,
        ));
        let beside = tokio::spawn(worker::beside(Arc::clone(&core)));
        Ok(Self {
            core,
            queue,
            lanes,
            workspaces,
            under_way,
            taking,
            finishing,
            beside,
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
        self.core.counters.work()
    }

    /// Everything that is counted and timed, to be read from outside.
    #[must_use]
    pub fn measured(&self) -> Measured {
        Measured {
            work: Arc::clone(&self.core.counters),
            caches: self.core.cached.counters(),
        }
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
        while !self.is_settled().await? {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    async fn is_settled(&self) -> PortResult<bool> {
        let activity = &self.core.activity;
        let clock = &self.core.clock;
        let running = || activity.running(clock.now()) > 0 || clock.has_overdue();
        if running() {
            return Ok(false);
        }
        let depth = self.queue.depth().await?;
        // Only a delivery with events that wait for a later time may stay active: not one
        // that was taken a moment ago, nor one whose end the queue has not been told.
        // What waits in a queue that is paused is not for now.
        let nothing_waits = depth.waiting == 0 || self.queue.is_paused().await?;
        Ok(nothing_waits && depth.active <= activity.open() && !running())
    }

    /// Takes nothing new and waits, at most `patience`, until what is under way has
    /// ended. What has not ended by then, and what waits for a later time, is taken up by
    /// the next start.
    pub async fn stop(&self, patience: Duration) {
        self.taking.abort();
        self.beside.abort();
        let all = u32::try_from(self.core.settings.under_way).unwrap_or(u32::MAX);
        let activity = Arc::clone(&self.core.activity);
        let drained = async {
            // Every permit back means every delivery finished and told to the queue.
            let _ = self.under_way.acquire_many(all).await;
            while activity.running(self.core.clock.now()) > 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        if tokio::time::timeout(patience, drained).await.is_err() {
            tracing::warn!("stopped with work under way; the next start takes it up");
        }
        activity.stop();
        self.finishing.abort();
        // Both were aborted.
        while !(self.taking.is_finished() && self.finishing.is_finished()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let at_rest = async {
            while activity.running(Millis(i64::MAX - 1)) > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        // Nothing waits any more, so only a request that is out can take longer; it is
        // written down as one that may have arrived.
        let _ = tokio::time::timeout(Duration::from_secs(1), at_rest).await;
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.core.activity.stop();
        self.taking.abort();
        self.finishing.abort();
        self.beside.abort();
    }
}
