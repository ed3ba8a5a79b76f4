//! A sample in Prometheus' text format.
//!
//! The crate `prometheus-client` writes it. Its own counters are not used: the engine's
//! numbers are there already, so a collector hands them over when they are asked for.
//! Every label is a name of a closed set; there are no ids in here.

use crate::sample::{Answer, Sample};
use heliograph_engine::cache::ReadFigures;
use heliograph_engine::histogram::Distribution;
use heliograph_engine::ports::{BacklogDepth, QueueDepth};
use heliograph_model::{
    Collection, CollectionFigures, ErrorClass, EventKind, Millis, OutboxState, Outcome, Reason,
    Tier,
};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use std::fmt;

/// What the answer says it is.
pub(crate) const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// The bounds of the histograms in microseconds: three for each power of ten, of the ten
/// that are counted.
const SHOWN: [u64; 24] = [
    1,
    5,
    10,
    25,
    50,
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
];

/// The sample as text.
pub(crate) fn text(sample: Sample) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Collected(sample)));
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct Collected(Sample);

impl Collector for Collected {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        let sample = &self.0;
        deliveries(&mut page, sample)?;
        sends(&mut page, sample)?;
        queue(&mut page, sample)?;
        caches(&mut page, sample)?;
        backlog(&mut page, sample)?;
        requests(&mut page, sample)?;
        process(&mut page, sample)
    }
}

fn deliveries(page: &mut Page<'_>, sample: &Sample) -> fmt::Result {
    let work = &sample.work;
    page.counter(
        "heliograph_deliveries",
        "Deliveries taken from the queue.",
        [([], work.work.deliveries)],
    )?;
    page.counter(
        "heliograph_dead_letters",
        "Deliveries that went to the dead letter.",
        [([], work.work.dead)],
    )?;
    let kinds = EventKind::ALL.into_iter().zip(work.events);
    page.counter(
        "heliograph_events",
        "Events that were in the deliveries, by kind.",
        kinds.map(|(kind, number)| ([("kind", kind.as_str())], number)),
    )?;
    let reasons = Reason::ALL.into_iter().zip(work.decisions);
    page.counter(
        "heliograph_decisions",
        "Events that were decided, by the reason of the outcome.",
        reasons.map(|(reason, number)| ([("reason", reason.as_str())], number)),
    )?;
    page.histogram(
        "heliograph_queue_wait_seconds",
        "From the acceptance of a delivery until a worker took it for the first time.",
        [([], &work.queue_wait)],
    )?;
    page.histogram(
        "heliograph_event_seconds",
        "From taking a delivery until an event of it was committed.",
        [([], &work.handling)],
    )
}

fn sends(page: &mut Page<'_>, sample: &Sample) -> fmt::Result {
    let work = &sample.work;
    let results = OutboxState::ALL.into_iter().zip(work.sends);
    page.counter(
        "heliograph_sends",
        "Tries of a send, and sends that were dropped without one, by result.",
        results.map(|(state, number)| ([("result", state.as_str())], number)),
    )?;
    let classes = ErrorClass::ALL.into_iter().zip(work.send_errors);
    page.counter(
        "heliograph_send_errors",
        "Sends that did not go through, by the class of the error.",
        classes.map(|(class, number)| ([("class", class.as_str())], number)),
    )?;
    page.histogram(
        "heliograph_accept_to_send_seconds",
        "From the acceptance of a delivery until the first try of a send ended.",
        [([], &work.accept_to_send)],
    )?;
    page.histogram(
        "heliograph_send_seconds",
        "One request to Instagram.",
        [([], &work.requests)],
    )
}

fn queue(page: &mut Page<'_>, sample: &Sample) -> fmt::Result {
    page.gauge(
        "heliograph_queue_up",
        "Whether the queue answered when it was asked for its depth.",
        [([], f64::from(u8::from(sample.queue.is_some())))],
    )?;
    let Some(queue) = sample.queue else {
        return Ok(());
    };
    let QueueDepth {
        waiting,
        active,
        delayed,
        dead,
    } = queue.depth;
    let states = [
        ("waiting", waiting),
        ("active", active),
        ("delayed", delayed),
        ("dead", dead),
    ];
    page.gauge(
        "heliograph_queue_depth",
        "Deliveries in the queue, by state.",
        states.map(|(state, number)| ([("state", state)], double(number))),
    )?;
    // A queue that does not know it must not look like one in which nothing waits.
    if queue.oldest_at.is_some() || waiting == 0 {
        page.gauge(
            "heliograph_queue_oldest_age_seconds",
            "How long the oldest delivery that waits has been waiting.",
            [([], age(queue.oldest_at, sample.at))],
        )?;
    }
    Ok(())
}

fn caches(page: &mut Page<'_>, sample: &Sample) -> fmt::Result {
    let reads = sample.reads.iter().flat_map(|read| {
        let outcomes = Outcome::ALL.into_iter().zip(read.outcomes);
        outcomes
            .filter(|(outcome, number)| *number > 0 || can_end(read, *outcome))
            .map(|(outcome, number)| {
                let labels = [
                    ("collection", read.collection.as_str()),
                    ("tier", read.tier.as_str()),
                    ("outcome", outcome.as_str()),
                ];
                (labels, number)
            })
    });
    page.counter(
        "heliograph_cache_reads",
        "Cached reads, by the tier that answered in the end and how they ended.",
        reads,
    )?;
    let times = sample.reads.iter().filter(|read| {
        read.times.count() > 0 || Outcome::ALL.iter().any(|outcome| can_end(read, *outcome))
    });
    page.histogram(
        "heliograph_cache_read_seconds",
        "Time of a cached read, by the tier that answered in the end.",
        times.map(|read| {
            let labels = [
                ("collection", read.collection.as_str()),
                ("tier", read.tier.as_str()),
            ];
            (labels, &read.times)
        }),
    )?;
    // Where an entry can be found, it can be found to have expired.
    let expired = sample
        .reads
        .iter()
        .filter(|read| read.expired > 0 || can_end(read, Outcome::Hit));
    page.counter(
        "heliograph_cache_expired",
        "Entries that were read for after their time was over, by the tier that had them.",
        expired.map(|read| {
            let labels = [
                ("collection", read.collection.as_str()),
                ("tier", read.tier.as_str()),
            ];
            (labels, read.expired)
        }),
    )?;
    let by_collection = |number: fn(&CollectionFigures) -> u64| {
        Collection::ALL.map(|collection| {
            let labels = [("collection", collection.as_str())];
            (labels, number(sample.caches.of(collection)))
        })
    };
    page.counter(
        "heliograph_cache_writes",
        "Fills and write-throughs of the shared tier.",
        by_collection(|figures| figures.writes),
    )?;
    page.counter(
        "heliograph_cache_invalidations",
        "Keys that were forgotten after an edit.",
        by_collection(|figures| figures.invalidations),
    )?;
    page.counter(
        "heliograph_cache_errors",
        "Failures of the cache, in reads, writes and invalidations.",
        by_collection(|figures| figures.errors),
    )?;
    page.gauge(
        "heliograph_cache_hit_ratio",
        "The share of reads since the start that did not need the store.",
        Collection::ALL.map(|collection| {
            let labels = [("collection", collection.as_str())];
            (labels, sample.caches.of(collection).hit_rate())
        }),
    )
}

/// Whether a read can end so at its tier: those series are there from the start, so that
/// the first access does not look like a jump.
fn can_end(read: &ReadFigures, outcome: Outcome) -> bool {
    match (read.tier, outcome) {
        (Tier::Near, Outcome::Hit | Outcome::NegativeHit) => match read.collection {
            Collection::Workspace | Collection::Automations => true,
            Collection::UserState | Collection::Contact => false,
        },
        (Tier::Shared, Outcome::Hit | Outcome::NegativeHit)
        | (Tier::Store, Outcome::Miss | Outcome::Bypass | Outcome::Error) => true,
        (Tier::Shared, Outcome::Stale) => read.collection == Collection::UserState,
        (Tier::Near, Outcome::Miss | Outcome::Bypass | Outcome::Stale | Outcome::Error)
        | (Tier::Shared, Outcome::Miss | Outcome::Bypass | Outcome::Error)
        | (Tier::Store, Outcome::Hit | Outcome::NegativeHit | Outcome::Stale) => false,
    }
}

fn backlog(page: &mut Page<'_>, sample: &Sample) -> fmt::Result {
    let Some(answer) = sample.backlog else {
        return Ok(());
    };
    page.gauge(
        "heliograph_write_behind_up",
        "Whether the list of what is written behind could be read.",
        [([], f64::from(u8::from(matches!(answer, Answer::Known(_)))))],
    )?;
    let Answer::Known(BacklogDepth {
        waiting,
        oldest_at,
        refused,
    }) = answer
    else {
        return Ok(());
    };
    page.gauge(
        "heliograph_write_behind_depth",
        "Changes that are durable in Redis and not in the documents yet.",
        [([], double(waiting))],
    )?;
    page.gauge(
        "heliograph_write_behind_refused",
        "Changes that the documents refuse for what they are, set aside and tried again.",
        [([], double(refused))],
    )?;
    if oldest_at.is_some() || waiting == 0 {
        page.gauge(
            "heliograph_write_behind_oldest_age_seconds",
            "How long the oldest change has waited to be written.",
            [([], age(oldest_at, sample.at))],
        )?;
    }
    Ok(())
}

fn requests(page: &mut Page<'_>, sample: &Sample) -> fmt::Result {
    let Some(requests) = &sample.requests else {
        return Ok(());
    };
    page.counter(
        "heliograph_webhook_requests",
        "Requests to the listener, by what became of them.",
        requests
            .results
            .iter()
            .map(|(result, number)| ([("result", *result)], *number)),
    )?;
    page.counter(
        "heliograph_webhook_accepted_bytes",
        "Bytes of the deliveries that were accepted.",
        [([], requests.accepted_bytes)],
    )?;
    page.counter(
        "heliograph_webhook_connections",
        "Connections to the listener.",
        [([], requests.connections)],
    )
}

fn process(page: &mut Page<'_>, sample: &Sample) -> fmt::Result {
    page.gauge(
        "heliograph_build_info",
        "The version that runs; the value is always 1.",
        [([("version", env!("CARGO_PKG_VERSION"))], 1.0)],
    )?;
    page.gauge(
        "heliograph_worker_info",
        "What this process is called, another name after each start; the value is always 1.",
        [([("id", sample.worker.as_str())], 1.0)],
    )?;
    page.gauge(
        "process_start_time_seconds",
        "When the process began to work, in seconds since 1970.",
        [([], millis(sample.work.started_at.0))],
    )?;
    let facts = sample.process;
    if let Some(bytes) = facts.resident_bytes {
        page.gauge(
            "process_resident_memory_bytes",
            "Memory that is resident.",
            [([], double(bytes))],
        )?;
    }
    if let Some(seconds) = facts.cpu_seconds {
        page.counter_of_seconds(
            "process_cpu_seconds",
            "CPU time of all threads, in user and system mode.",
            seconds,
        )?;
    }
    if let Some(files) = facts.open_files {
        page.gauge(
            "process_open_fds",
            "Open files and sockets.",
            [([], double(files))],
        )?;
    }
    Ok(())
}

/// How old, in seconds; nothing that waits is of no age.
fn age(oldest_at: Option<Millis>, now: Millis) -> f64 {
    oldest_at.map_or(0.0, |at| millis(now.since(at).max(0)))
}

#[allow(clippy::cast_precision_loss, reason = "Prometheus' values are doubles")]
fn millis(millis: i64) -> f64 {
    millis as f64 / 1e3
}

#[allow(clippy::cast_precision_loss, reason = "Prometheus' values are doubles")]
fn micros(micros: u64) -> f64 {
    micros as f64 / 1e6
}

#[allow(clippy::cast_precision_loss, reason = "Prometheus' values are doubles")]
fn double(number: u64) -> f64 {
    number as f64
}

/// The labels of one series.
type Labels<'a, const N: usize> = [(&'static str, &'a str); N];

/// The page that is written, one metric after the other.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    /// The suffix `_total` is added to the name.
    fn counter<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = (Labels<'l, N>, u64)>,
    ) -> fmt::Result {
        let mut metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Counter)?;
        for (labels, value) in series {
            metric
                .encode_family(&labels)?
                .encode_counter::<NoLabelSet, _, u64>(&value, None)?;
        }
        Ok(())
    }

    /// The suffix `_total` is added to the name.
    fn counter_of_seconds(&mut self, name: &str, help: &str, seconds: f64) -> fmt::Result {
        self.0
            .encode_descriptor(name, help, None, MetricType::Counter)?
            .encode_counter::<NoLabelSet, _, f64>(&seconds, None)
    }

    fn gauge<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = (Labels<'l, N>, f64)>,
    ) -> fmt::Result {
        let mut metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (labels, value) in series {
            metric.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }

    fn histogram<'l, 'd, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = (Labels<'l, N>, &'d Distribution)>,
    ) -> fmt::Result {
        let mut metric = self
            .0
            .encode_descriptor(name, help, None, MetricType::Histogram)?;
        for (labels, distribution) in series {
            let count = distribution.count();
            let mut below = 0;
            let mut buckets = [(f64::INFINITY, 0); SHOWN.len() + 1];
            for (bucket, bound) in buckets.iter_mut().zip(SHOWN) {
                let at_most = distribution.at_most(bound);
                *bucket = (micros(bound), at_most - below);
                below = at_most;
            }
            buckets[SHOWN.len()].1 = count - below;
            let sum = micros(distribution.sum_micros());
            metric
                .encode_family(&labels)?
                .encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
