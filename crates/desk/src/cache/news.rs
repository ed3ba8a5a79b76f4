//! What the screen is told: the table, the new points of the charts, the servers, what is
//! wrong.

use super::CacheDesk;
use super::alert::{CacheAlert, alerts};
use super::point::{CachePoint, CacheSpan};
use super::row::{CacheRow, rows};
use super::sweep::CacheScan;
use super::workers::{CacheSource, WorkerNow, Workers};
use super::{Looking, State};
use heliograph_engine::cache::SlowRead;
use heliograph_engine::ports::CacheServer;
use heliograph_model::{Collection, GuardLevel, Millis, Outcome, Tier};
use serde::Serialize;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The least time between two pieces of news.
const BETWEEN_NEWS: Duration = Duration::from_millis(250);
/// How many slow keys are told.
const MOST_SLOW: usize = 10;

/// How the cache is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CacheNews {
    /// Another number is another profile, whose keys and points have nothing to do with
    /// these.
    pub front: u32,
    /// The time that is looked at.
    pub span: CacheSpan,
    /// Whose figures the table, the points and the alerts are.
    pub source: CacheSource,
    /// When the profile came in front, by the clock of this machine,
    pub begun_at: Millis,
    /// and what that clock says now.
    pub at: Millis,
    /// What the engine's clock says, by which keys expire.
    pub now: Millis,
    /// What the profile allows: at *observe* nothing can be invalidated.
    pub guard: GuardLevel,
    /// The table, in the order of the collections.
    pub rows: Vec<CacheRow>,
    /// The number of the oldest point that there is, and
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub first: u64,
    /// of the first of `points`; later ones that are known already are replaced.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub from: u64,
    /// The points that are new, or have grown.
    pub points: Vec<CachePoint>,
    /// The workers elsewhere; empty where the profile names none.
    pub workers: Vec<WorkerNow>,
    /// The servers of the cache.
    pub servers: Vec<CacheServerNow>,
    /// Why they did not answer the last time; what is told of them is older then.
    pub servers_failed: Option<String>,
    /// What is under its target, and why.
    pub alerts: Vec<CacheAlert>,
    /// The slowest reads of the span by this window's own engine, the slowest first.
    pub slow: Vec<SlowKey>,
    /// A walk through the cache, where there was one.
    pub scan: Option<CacheScan>,
}

/// A server of the cache. What is counted is counted since it was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CacheServerNow {
    /// Host and port in a cluster; empty for the only one.
    pub address: String,
    /// What it is and its version.
    pub name: String,
    /// What it is to others; empty where there are none.
    pub role: String,
    /// Bytes in use.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub memory_bytes: u64,
    /// Bytes that it may use; `None` where there is no limit.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub memory_limit: Option<u64>,
    /// What happens at the limit.
    pub policy: String,
    /// Keys of all kinds.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub keys: u64,
    /// Keys that went because there was no room.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub evicted: u64,
    /// Keys that went because their time was over.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub expired: u64,
    /// Look-ups that found a key, by whomever,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub hits: u64,
    /// and those that did not.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub misses: u64,
    /// Connections; `None` where there are no such.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub clients: Option<u64>,
    /// Commands a second; `None` where nobody measures them.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub commands_per_second: Option<u64>,
    /// For how long it has run, in milliseconds.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub uptime_ms: Option<i64>,
}

impl From<&CacheServer> for CacheServerNow {
    fn from(server: &CacheServer) -> Self {
        Self {
            address: server.address.clone(),
            name: server.name.clone(),
            role: server.role.clone(),
            memory_bytes: server.memory_bytes,
            memory_limit: server.memory_limit,
            policy: server.policy.clone(),
            keys: server.keys,
            evicted: server.evicted,
            expired: server.expired,
            hits: server.hits,
            misses: server.misses,
            clients: server.clients,
            commands_per_second: server.commands_per_second,
            uptime_ms: server.uptime_ms,
        }
    }
}

/// A read that was among the slowest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SlowKey {
    /// When, by the clock of this machine.
    pub at: Millis,
    /// What was read.
    pub key: String,
    /// Its collection.
    pub collection: Collection,
    /// Who answered,
    pub tier: Tier,
    /// how,
    pub outcome: Outcome,
    /// and in how many microseconds.
    pub micros: u32,
}

/// The slowest reads of a day, in a bounded number: the slowest of each five minutes.
#[derive(Debug, Default)]
pub(super) struct Slow(Vec<SlowKey>);

impl Slow {
    /// Takes up the slowest of the last moment.
    pub(super) fn add(&mut self, at: Millis, reads: Vec<SlowRead>) {
        let day = at + -CacheSpan::Day.millis();
        self.0.retain(|slow| slow.at >= day);
        if reads.is_empty() {
            return;
        }
        let piece = CacheSpan::FiveMinutes.millis();
        let begins = Millis(at.0 - at.0.rem_euclid(piece));
        let (mut recent, earlier): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|slow| slow.at >= begins);
        recent.extend(reads.into_iter().map(|slow| SlowKey {
            at,
            key: slow.key,
            collection: slow.read.collection,
            tier: slow.read.tier,
            outcome: slow.read.outcome,
            micros: slow.read.micros,
        }));
        recent.sort_by_key(|slow| std::cmp::Reverse(slow.micros));
        recent.truncate(MOST_SLOW);
        self.0 = earlier;
        self.0.extend(recent);
    }

    /// The slowest of a span, the slowest first.
    fn of(&self, at: Millis, span: CacheSpan) -> Vec<SlowKey> {
        let begins = at + -span.millis();
        let mut slow: Vec<_> = self.0.iter().filter(|slow| slow.at >= begins).collect();
        slow.sort_by_key(|slow| std::cmp::Reverse(slow.micros));
        slow.into_iter().take(MOST_SLOW).cloned().collect()
    }
}

/// What a screen knows already.
#[derive(Debug, Default, Clone)]
struct Told {
    front: u32,
    source: CacheSource,
    /// The number of the first point that it does not know, or that may grow.
    next: u64,
}

impl CacheDesk {
    /// How the cache is, with all points of the span; `None` while nothing is in front.
    #[must_use]
    pub fn news(&self, span: CacheSpan) -> Option<CacheNews> {
        self.told(span, None, &mut Told::default())
    }

    /// Tells how the cache is, now with all points of the span and whenever something is
    /// new with the new ones, until `tell` answers that nobody listens any more. Where no
    /// source is asked for, or one that is not there, it is the one that has something to
    /// tell: this window's engine where it handles deliveries, and otherwise the workers
    /// elsewhere, where the profile names some.
    pub async fn watch<F>(
        &self,
        span: CacheSpan,
        source: Option<CacheSource>,
        mut tell: impl FnMut(CacheNews) -> F,
    ) where
        F: Future<Output = bool>,
    {
        let mut changes = self.shared.changed.subscribe();
        let _looking = Looking::at(&self.shared);
        let mut told = Told::default();
        loop {
            changes.mark_unchanged();
            let not_before = Instant::now() + BETWEEN_NEWS;
            if let Some(news) = self.told(span, source.as_ref(), &mut told)
                && !tell(news).await
            {
                return;
            }
            sleep_until(not_before).await;
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    fn told(
        &self,
        span: CacheSpan,
        wanted: Option<&CacheSource>,
        told: &mut Told,
    ) -> Option<CacheNews> {
        let runtime = self.runtime().ok()?;
        let cached = runtime.engine().cached();
        let state = self.shared.state.lock();
        let source = state.source(wanted, runtime.guard().works_here());
        let workers = state.workers.as_ref();
        let history = workers.and_then(|workers| workers.history(&source));
        let history = history.or(state.history.as_ref())?;
        if told.front != state.front || told.source != source {
            *told = Told {
                front: state.front,
                source: source.clone(),
                next: 0,
            };
        }
        let at = self.shared.clock.now();
        let over = history.over(span);
        let first = history.first(span);
        let from = told.next.max(first);
        let (points, next) = history.points(span, from);
        told.next = next;
        let is_deaf = source == CacheSource::Window && cached.is_deaf();
        Some(CacheNews {
            front: state.front,
            span,
            source,
            begun_at: history.begun_at(),
            at,
            now: runtime.clock().now(),
            guard: runtime.guard().level(),
            rows: rows(&over, &history.minute(), cached.policy()),
            first,
            from,
            points,
            workers: workers.map(|it| it.now(span)).unwrap_or_default(),
            servers: state.servers.iter().map(CacheServerNow::from).collect(),
            servers_failed: state.servers_failed.clone(),
            alerts: alerts(&over, is_deaf, cached.policy()),
            slow: state.slow.of(at, span),
            scan: state.sweep.as_ref().map(|sweep| sweep.scan.clone()),
        })
    }
}

impl State {
    /// Whose figures are shown, where these are wanted.
    fn source(&self, wanted: Option<&CacheSource>, works_here: bool) -> CacheSource {
        let is_there = |source: &CacheSource| {
            let of_worker = self.workers.as_ref().and_then(|it| it.history(source));
            *source == CacheSource::Window || of_worker.is_some()
        };
        match wanted.filter(|source| is_there(source)) {
            Some(source) => source.clone(),
            None if works_here || self.workers.as_ref().is_none_or(Workers::is_empty) => {
                CacheSource::Window
            }
            None => CacheSource::Workers,
        }
    }
}
