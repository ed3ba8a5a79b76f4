//! A report for people.

use crate::report::{HitRate, Latency, Report, Verdict};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Table};
use std::fmt;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seconds,
            deliveries,
            deliveries_per_second,
            events,
            decisions,
            duplicates,
            dead,
            ..
        } = self;
        writeln!(
            f,
            "{deliveries} deliveries in {seconds:.1} s, {deliveries_per_second:.0} a second: \
             {events} events, {decisions} decisions, {duplicates} duplicates, {dead} dead letters"
        )?;
        let sends: Vec<_> = self
            .sends
            .iter()
            .map(|(result, number)| format!("{number} {result}"))
            .collect();
        writeln!(f, "sends: {}", sends.join(", "))?;
        if !self.decisions_by_reason.is_empty() {
            let mut reasons: Vec<_> = self.decisions_by_reason.iter().collect();
            reasons.sort_by_key(|(_, number)| std::cmp::Reverse(**number));
            let reasons: Vec<_> = reasons
                .into_iter()
                .map(|(reason, number)| format!("{number} {reason}"))
                .collect();
            writeln!(f, "decisions: {}", reasons.join(", "))?;
        }
        writeln!(f, "{}", hit_rates(&self.hit_rates))?;
        for rate in self.below_target() {
            writeln!(
                f,
                "The hit rate of {} is below its target of {}: see heliograph_cache_reads_total in docs/metrics.md.",
                rate.collection.as_str(),
                rate.target.map_or_else(String::new, percent)
            )?;
        }
        write!(f, "{}", latencies(&self.latencies))
    }
}

fn hit_rates(rates: &[HitRate]) -> Table {
    let mut table = table([
        "cache", "hit rate", "target", "", "reads", "near", "shared", "store",
    ]);
    for rate in rates {
        let verdict = match rate.verdict {
            Some(Verdict::Reached) => "reached",
            Some(Verdict::Below) => "BELOW",
            Some(Verdict::TooFewReads) => "too few reads to tell",
            None => "read fresh",
        };
        table.add_row([
            rate.collection.as_str().to_owned(),
            if rate.reads == 0 {
                "-".to_owned()
            } else {
                percent(rate.hit_rate)
            },
            rate.target.map_or_else(String::new, percent),
            verdict.to_owned(),
            rate.reads.to_string(),
            rate.near.to_string(),
            rate.shared.to_string(),
            rate.store.to_string(),
        ]);
    }
    right(&mut table, [1, 2, 4, 5, 6, 7]);
    table
}

fn latencies(latencies: &[Latency]) -> Table {
    let mut table = table(["latency", "timed", "p50", "p95", "p99"]);
    for latency in latencies {
        let what = match latency.name.as_str() {
            "queue_wait" => "accepted to taken",
            "event" => "taken to committed",
            "accept_to_send" => "accepted to sent",
            "send" => "request to Instagram",
            other => other,
        };
        table.add_row([
            what.to_owned(),
            latency.count.to_string(),
            millis(latency.p50_ms),
            millis(latency.p95_ms),
            millis(latency.p99_ms),
        ]);
    }
    right(&mut table, [1, 2, 3, 4]);
    table
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(header);
    table
}

fn right<const N: usize>(table: &mut Table, columns: [usize; N]) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn millis(millis: Option<f64>) -> String {
    millis.map_or_else(|| "-".to_owned(), |millis| format!("{millis:.2} ms"))
}
