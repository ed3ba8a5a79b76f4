//! The figures of a run.

use crate::sample::Sample;
use crate::source::Source;
use heliograph_engine::histogram::Distribution;
use heliograph_model::{CacheFigures, Collection, EventKind, OutboxState, Reason};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Below so many reads a hit rate says nothing: the first read of anything is a miss.
const ENOUGH_READS: u64 = 1_000;

/// What a run did, how its caches did, and how long things took. As JSON it is a stable
/// schema: fields may be added, none changes its meaning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How long the run took, in seconds.
    pub seconds: f64,
    /// Deliveries taken from the queue.
    pub deliveries: u64,
    /// The same for each second.
    pub deliveries_per_second: f64,
    /// Events that were in them.
    pub events: u64,
    /// Decisions committed.
    pub decisions: u64,
    /// Events that had been handled before.
    pub duplicates: u64,
    /// Deliveries that went to the dead letter.
    pub dead: u64,
    /// Events by kind, where there were some.
    pub events_by_kind: BTreeMap<String, u64>,
    /// Decisions by reason, where there were some.
    pub decisions_by_reason: BTreeMap<String, u64>,
    /// Sends by result; all of them are always there.
    pub sends: BTreeMap<String, u64>,
    /// The hit rates by collection.
    pub hit_rates: Vec<HitRate>,
    /// How long things took.
    pub latencies: Vec<Latency>,
    /// Memory that was resident at the end, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resident_bytes: Option<u64>,
}

/// How often a collection's reads did not need the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HitRate {
    /// What was read.
    pub collection: Collection,
    /// Reads in all.
    pub reads: u64,
    /// Answered by the near tier.
    pub near: u64,
    /// Answered by the shared tier.
    pub shared: u64,
    /// Answered by the store.
    pub store: u64,
    /// The share of both tiers, 0 to 1; 1 when nothing was read.
    pub hit_rate: f64,
    /// What it must reach (the design, "What it must reach"); absent where the
    /// collection is read fresh on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// Whether it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

/// Whether a hit rate reaches its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It does.
    Reached,
    /// It does not.
    Below,
    /// There were too few reads to tell.
    TooFewReads,
}

/// How long one thing took, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Latency {
    /// What: `queue_wait`, `event`, `accept_to_send` or `send`, as in the metrics.
    pub name: String,
    /// How often it was timed.
    pub count: u64,
    /// Half took no longer.
    pub p50_ms: Option<f64>,
    /// 95 of 100 took no longer.
    pub p95_ms: Option<f64>,
    /// 99 of 100 took no longer.
    pub p99_ms: Option<f64>,
}

impl Report {
    /// The figures of what has been done up to now, since the start. No backend is
    /// asked for anything, so it is right also after the end.
    #[must_use]
    pub fn now(source: &Source) -> Self {
        Self::of(&Sample::counted(source))
    }

    /// The figures of what has been done up to `sample`, since the start.
    #[must_use]
    pub fn of(sample: &Sample) -> Self {
        let work = &sample.work;
        let seconds = seconds_between(sample);
        Self {
            seconds,
            deliveries: work.work.deliveries,
            deliveries_per_second: rate(work.work.deliveries, seconds),
            events: work.work.events,
            decisions: work.work.decisions,
            duplicates: work.work.duplicates,
            dead: work.work.dead,
            events_by_kind: some(EventKind::ALL.map(EventKind::as_str), work.events),
            decisions_by_reason: some(Reason::ALL.map(Reason::as_str), work.decisions),
            sends: all(OutboxState::ALL.map(OutboxState::as_str), work.sends).collect(),
            hit_rates: hit_rates(&sample.caches),
            latencies: vec![
                latency("queue_wait", &work.queue_wait),
                latency("event", &work.handling),
                latency("accept_to_send", &work.accept_to_send),
                latency("send", &work.requests),
            ],
            resident_bytes: sample.process.resident_bytes,
        }
    }

    /// The collections whose hit rate is below its target.
    pub fn below_target(&self) -> impl Iterator<Item = &HitRate> {
        self.hit_rates
            .iter()
            .filter(|rate| rate.verdict == Some(Verdict::Below))
    }
}

/// What each collection's hit rate must reach.
pub(crate) fn target(collection: Collection) -> Option<f64> {
    match collection {
        Collection::Workspace => Some(0.95),
        Collection::Automations => Some(0.90),
        Collection::UserState => Some(0.99),
        Collection::Contact => None,
    }
}

fn hit_rates(caches: &CacheFigures) -> Vec<HitRate> {
    let of = |collection| {
        let figures = caches.of(collection);
        let hit_rate = figures.hit_rate();
        let target = target(collection);
        HitRate {
            collection,
            reads: figures.reads,
            near: figures.near_hits,
            shared: figures.shared_hits,
            store: figures.misses + figures.bypasses,
            hit_rate,
            target,
            verdict: target.map(|target| match hit_rate >= target {
                _ if figures.reads < ENOUGH_READS => Verdict::TooFewReads,
                true => Verdict::Reached,
                false => Verdict::Below,
            }),
        }
    };
    Collection::ALL.map(of).into()
}

fn latency(name: &str, times: &Distribution) -> Latency {
    let millis = |quantile| times.quantile(quantile).map(|micros| micros / 1e3);
    Latency {
        name: name.to_owned(),
        count: times.count(),
        p50_ms: millis(0.5),
        p95_ms: millis(0.95),
        p99_ms: millis(0.99),
    }
}

fn all<const N: usize>(
    names: [&'static str; N],
    numbers: [u64; N],
) -> impl Iterator<Item = (String, u64)> {
    names.map(str::to_owned).into_iter().zip(numbers)
}

/// Those that are not nought.
fn some<const N: usize>(names: [&'static str; N], numbers: [u64; N]) -> BTreeMap<String, u64> {
    all(names, numbers)
        .filter(|(_, number)| *number > 0)
        .collect()
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn seconds_between(sample: &Sample) -> f64 {
    sample.at.since(sample.work.started_at).max(0) as f64 / 1e3
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn rate(number: u64, seconds: f64) -> f64 {
    if seconds > 0.0 {
        number as f64 / seconds
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests;
