//! The page that Prometheus gets: that it can be read, and says what was counted.

use super::*;
use crate::process::ProcessFacts;
use crate::samples::idle;
use crate::source::Requests;
use heliograph_engine::histogram::{BOUNDS, Histogram};
use heliograph_engine::ports::BacklogDepth;
use prometheus_parse::{Scrape, Value};
use std::collections::HashSet;

/// A server with a different number everywhere.
fn busy() -> Sample {
    let mut sample = idle();
    sample.work.work.deliveries = 11;
    sample.work.work.dead = 2;
    for (place, number) in sample.work.events.iter_mut().enumerate() {
        *number = 100 + place as u64;
    }
    for (place, number) in sample.work.decisions.iter_mut().enumerate() {
        *number = 200 + place as u64;
    }
    for (place, number) in sample.work.sends.iter_mut().enumerate() {
        *number = 300 + place as u64;
    }
    for (place, number) in sample.work.send_errors.iter_mut().enumerate() {
        *number = 400 + place as u64;
    }
    let times = Histogram::default();
    for micros in [1, 700, 1_000, 1_001, 48_000, 50_000, 50_001, 200_000_000] {
        times.observe_micros(micros);
    }
    sample.work.accept_to_send = times.read();
    for (place, read) in sample.reads.iter_mut().enumerate() {
        read.outcomes[Outcome::Hit as usize] = 500 + place as u64;
        read.expired = 600 + place as u64;
        read.times = times.read();
    }
    sample.caches.workspace.reads = 4;
    sample.caches.workspace.near_hits = 3;
    sample.caches.user_state.writes = 9;
    sample.queue = Some(crate::sample::QueueWaiting {
        depth: QueueDepth {
            waiting: 5,
            active: 6,
            delayed: 7,
            dead: 8,
        },
        oldest_at: Some(sample.at - 1_500),
    });
    sample.backlog = Some(Answer::Known(BacklogDepth {
        waiting: 12,
        oldest_at: Some(sample.at - 250),
        refused: 3,
    }));
    sample.requests = Some(Requests {
        results: vec![("accepted", 21), ("signature_wrong", 22)],
        accepted_bytes: 23,
        connections: 24,
    });
    sample.process = ProcessFacts {
        resident_bytes: Some(46 << 20),
        cpu_seconds: Some(1.25),
        open_files: Some(25),
    };
    sample
}

fn page(sample: Sample) -> String {
    text(sample).expect("it can be written")
}

fn parsed(text: &str) -> Scrape {
    let lines = text.lines().map(|line| Ok(line.to_owned()));
    Scrape::parse(lines).expect("Prometheus' text format")
}

fn value(scrape: &Scrape, name: &str, labels: &[(&str, &str)]) -> f64 {
    let mut found = scrape.samples.iter().filter(|sample| {
        sample.metric == name
            && sample.labels.len() == labels.len()
            && labels
                .iter()
                .all(|(label, value)| sample.labels.get(label) == Some(value))
    });
    let one = found.next().unwrap_or_else(|| panic!("{name}{labels:?}"));
    assert!(found.next().is_none(), "{name}{labels:?} stands there once");
    match one.value {
        Value::Counter(value) | Value::Gauge(value) => value,
        ref other => panic!("{name} is {other:?}"),
    }
}

#[test]
#[allow(clippy::float_cmp, reason = "small whole numbers and their quarters")]
fn every_number_stands_where_it_belongs() {
    let text = page(busy());
    let scrape = parsed(&text);
    let is = |name: &str, labels: &[(&str, &str)], number: f64| {
        assert_eq!(value(&scrape, name, labels), number, "{name}{labels:?}");
    };
    is("heliograph_deliveries_total", &[], 11.0);
    is("heliograph_dead_letters_total", &[], 2.0);
    is("heliograph_events_total", &[("kind", "dm_text")], 100.0);
    is("heliograph_events_total", &[("kind", "other")], 118.0);
    is(
        "heliograph_decisions_total",
        &[("reason", "started")],
        200.0,
    );
    is(
        "heliograph_decisions_total",
        &[("reason", "foreign_account")],
        224.0,
    );
    is("heliograph_sends_total", &[("result", "sent")], 300.0);
    is("heliograph_sends_total", &[("result", "dropped")], 304.0);
    is("heliograph_send_errors_total", &[("class", "token")], 401.0);
    is("heliograph_queue_up", &[], 1.0);
    is("heliograph_queue_depth", &[("state", "waiting")], 5.0);
    is("heliograph_queue_depth", &[("state", "dead")], 8.0);
    is("heliograph_queue_oldest_age_seconds", &[], 1.5);
    is(
        "heliograph_cache_reads_total",
        &[
            ("collection", "user_state"),
            ("tier", "shared"),
            ("outcome", "hit"),
        ],
        507.0,
    );
    is(
        "heliograph_cache_expired_total",
        &[("collection", "automations"), ("tier", "near")],
        603.0,
    );
    is(
        "heliograph_cache_expired_total",
        &[("collection", "user_state"), ("tier", "shared")],
        607.0,
    );
    is(
        "heliograph_cache_writes_total",
        &[("collection", "user_state")],
        9.0,
    );
    is(
        "heliograph_cache_hit_ratio",
        &[("collection", "workspace")],
        0.75,
    );
    is("heliograph_write_behind_up", &[], 1.0);
    is("heliograph_write_behind_depth", &[], 12.0);
    is("heliograph_write_behind_refused", &[], 3.0);
    is("heliograph_write_behind_oldest_age_seconds", &[], 0.25);
    is(
        "heliograph_webhook_requests_total",
        &[("result", "signature_wrong")],
        22.0,
    );
    is("heliograph_webhook_accepted_bytes_total", &[], 23.0);
    is("heliograph_webhook_connections_total", &[], 24.0);
    is(
        "heliograph_build_info",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1.0,
    );
    is("heliograph_worker_info", &[("id", "0123456789abcdef")], 1.0);
    is("process_start_time_seconds", &[], 1_795_500_000.0);
    is("process_resident_memory_bytes", &[], f64::from(46 << 20));
    is("process_cpu_seconds_total", &[], 1.25);
    is("process_open_fds", &[], 25.0);
}

#[test]
#[allow(clippy::float_cmp, reason = "bounds are compared with themselves")]
fn a_histogram_counts_up_to_all_of_them() {
    let scrape = parsed(&page(busy()));
    let name = "heliograph_accept_to_send_seconds";
    let histogram = scrape.samples.iter().find(|sample| sample.metric == name);
    let Some(Value::Histogram(buckets)) = histogram.map(|sample| &sample.value) else {
        panic!("{name} is a histogram: {histogram:?}");
    };
    assert_eq!(buckets.len(), SHOWN.len() + 1);
    let below = |bound: f64| {
        let mut buckets = buckets.iter();
        let bucket = buckets.find(|bucket| bucket.less_than == bound);
        bucket.expect("a bound").count
    };
    assert_eq!(below(0.000_001), 1.0);
    assert_eq!(below(0.001), 3.0, "a bound belongs to its bucket");
    assert_eq!(below(0.05), 6.0);
    assert_eq!(below(100.0), 7.0);
    assert_eq!(below(f64::INFINITY), 8.0);
    let text = page(busy());
    assert!(
        text.contains("heliograph_accept_to_send_seconds_count 8\n"),
        "{text}"
    );
    assert!(
        text.contains("heliograph_accept_to_send_seconds_sum 200.15"),
        "{text}"
    );
}

#[test]
fn the_bounds_that_are_shown_are_counted_exactly() {
    for bound in SHOWN {
        assert!(BOUNDS.contains(&bound), "{bound} µs");
    }
}

/// The rules of the text format that a lenient parser does not insist on: each metric
/// once, with its help and its type before its series; series once; names that
/// Prometheus takes; counters that end in `_total`, histograms that are whole.
fn check(text: &str) {
    assert!(text.ends_with('\n'), "the last line ends");
    let mut metrics = HashSet::new();
    let mut series = HashSet::new();
    let mut current: Option<(String, String)> = None;
    let mut help = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, words) = rest.split_once(' ').expect("a help text");
            assert!(words.ends_with('.'), "a sentence: {line}");
            assert!(metrics.insert(name.to_owned()), "{name} comes twice");
            help = Some(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type");
            assert_eq!(
                help.take().as_deref(),
                Some(name),
                "help comes before the type"
            );
            assert!(
                name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
                "{name}"
            );
            let ours = name.starts_with("heliograph_") || name.starts_with("process_");
            assert!(ours, "{name} says whose it is");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            if kind == "histogram" {
                assert!(name.ends_with("_seconds"), "{name} has a unit");
            }
            current = Some((name.to_owned(), kind.to_owned()));
        } else {
            let (key, number) = line.rsplit_once(' ').expect("a value");
            number.parse::<f64>().expect("a number");
            assert!(series.insert(key.to_owned()), "{key} comes twice");
            let (name, kind) = current.as_ref().expect("a type before the series");
            let written = key.split('{').next().expect("a name");
            let suffix = written.strip_prefix(name.as_str()).expect("its own series");
            let fits = match kind.as_str() {
                "histogram" => ["_bucket", "_sum", "_count"].contains(&suffix),
                _ => suffix.is_empty(),
            };
            assert!(fits, "{key} below {name}");
        }
    }
    assert!(help.is_none(), "the last metric has a type");
    assert!(metrics.len() > 10, "there are metrics");
}

#[test]
fn the_page_keeps_the_rules_of_its_format() {
    check(&page(busy()));
    check(&page(idle()));
}

#[test]
fn what_is_not_known_is_left_out_and_does_not_look_like_nought() {
    let mut sample = busy();
    sample.queue = None;
    sample.backlog = Some(Answer::Unknown);
    sample.requests = None;
    sample.process = ProcessFacts::default();
    let text = page(sample);
    check(&text);
    assert!(text.contains("heliograph_queue_up 0"), "{text}");
    assert!(text.contains("heliograph_write_behind_up 0"), "{text}");
    for name in [
        "heliograph_queue_depth",
        "heliograph_queue_oldest",
        "heliograph_write_behind_depth",
        "heliograph_webhook",
        "process_resident",
    ] {
        assert!(!text.contains(name), "{name} in\n{text}");
    }

    // A queue with something in it that cannot tell its age.
    let mut sample = idle();
    if let Some(queue) = &mut sample.queue {
        queue.depth.waiting = 3;
    }
    let text = page(sample);
    assert!(!text.contains("oldest_age"), "{text}");
}

#[test]
fn an_idle_server_shows_every_series_that_can_come() {
    let text = page(idle());
    let series = |name: &str| {
        let name = format!("{name}{{");
        text.lines().filter(|line| line.starts_with(&name)).count()
    };
    assert_eq!(series("heliograph_events_total"), EventKind::ALL.len());
    assert_eq!(series("heliograph_decisions_total"), Reason::ALL.len());
    assert_eq!(series("heliograph_sends_total"), OutboxState::ALL.len());
    // Near for two collections, shared and store for four, and stale states.
    assert_eq!(
        series("heliograph_cache_reads_total"),
        2 * 2 + 4 * 2 + 4 * 3 + 1
    );
    assert_eq!(series("heliograph_cache_read_seconds_count"), 2 + 4 + 4);
    assert_eq!(series("heliograph_cache_expired_total"), 2 + 4);
    assert!(
        text.contains("heliograph_queue_oldest_age_seconds 0"),
        "{text}"
    );
    assert!(!text.contains("write_behind"), "nothing is written behind");
    // Three KiB for each hundred series, and no ids: it does not grow with the traffic.
    assert!(text.len() < 60_000, "{} bytes", text.len());
}
