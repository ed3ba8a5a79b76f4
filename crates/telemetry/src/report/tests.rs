//! What a report says.

use super::*;
use crate::samples::{SECONDS, idle};
use heliograph_engine::histogram::Histogram;
use heliograph_model::CollectionFigures;

fn read(reads: u64, hits: u64) -> CollectionFigures {
    CollectionFigures {
        reads,
        near_hits: hits / 2,
        shared_hits: hits - hits / 2,
        misses: reads - hits,
        ..CollectionFigures::default()
    }
}

fn busy() -> Sample {
    let mut sample = idle();
    sample.work.work.deliveries = 400_000;
    sample.work.work.sent = 7;
    sample.work.sends[OutboxState::Sent as usize] = 7;
    sample.work.decisions[Reason::Started as usize] = 5;
    sample.work.decisions[Reason::NoMatch as usize] = 9;
    sample.caches.workspace = read(1_000, 950);
    sample.caches.automations = read(1_000, 899);
    sample.caches.user_state = read(999, 0);
    sample.caches.contact = CollectionFigures {
        reads: 5_000,
        bypasses: 5_000,
        ..CollectionFigures::default()
    };
    let times = Histogram::default();
    for millis in 1..=100 {
        times.observe_millis(millis);
    }
    sample.work.accept_to_send = times.read();
    sample
}

#[test]
fn a_hit_rate_is_judged_when_there_were_enough_reads() {
    let report = Report::of(&busy());
    let verdicts: Vec<_> = report.hit_rates.iter().map(|rate| rate.verdict).collect();
    assert_eq!(
        verdicts,
        [
            Some(Verdict::Reached),
            Some(Verdict::Below),
            Some(Verdict::TooFewReads),
            None
        ]
    );
    let below: Vec<_> = report.below_target().map(|rate| rate.collection).collect();
    assert_eq!(below, [Collection::Automations]);
}

#[test]
fn rates_and_quantiles_are_told() {
    let report = Report::of(&busy());
    assert!((report.seconds - SECONDS as f64).abs() < 1e-9);
    assert!((report.deliveries_per_second - 10_000.0).abs() < 1e-9);
    let latency = &report.latencies[2];
    assert_eq!(
        (latency.name.as_str(), latency.count),
        ("accept_to_send", 100)
    );
    let p50 = latency.p50_ms.expect("it was timed");
    let p99 = latency.p99_ms.expect("it was timed");
    assert!((40.0..=50.0).contains(&p50), "{p50}");
    assert!((80.0..=100.0).contains(&p99), "{p99}");
    assert_eq!(report.latencies[0].p99_ms, None, "nothing waited");
}

#[test]
fn the_table_says_what_is_below_its_target() {
    let text = Report::of(&busy()).to_string();
    for said in [
        "400000 deliveries in 40.0 s, 10000 a second",
        "7 sent",
        "decisions: 9 no_match, 5 started",
        "The hit rate of automations is below its target of 90.0 %",
        "too few reads to tell",
        "accepted to sent",
    ] {
        assert!(text.contains(said), "“{said}” in\n{text}");
    }
    assert!(!text.contains("workspace is below"), "{text}");
}

#[test]
fn a_report_comes_back_from_json_as_it_was() {
    let report = Report::of(&busy());
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["deliveriesPerSecond"], 10_000.0);
    assert_eq!(json["decisionsByReason"]["started"], 5);
    assert_eq!(json["sends"]["failed"], 0, "also what is nought");
    assert_eq!(json["hitRates"][1]["collection"], "automations");
    assert_eq!(json["hitRates"][1]["verdict"], "below");
    assert_eq!(json["latencies"][2]["name"], "accept_to_send");
    let back: Report = serde_json::from_value(json).expect("a report");
    assert_eq!(back, report);
}

#[test]
fn a_run_of_no_time_has_no_rate() {
    let mut sample = idle();
    sample.at = sample.work.started_at;
    let report = Report::of(&sample);
    assert!(report.deliveries_per_second.abs() < 1e-9);
    assert!(report.to_string().contains("0 deliveries in 0.0 s"));
}
