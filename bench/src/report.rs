//! What is printed: one JSON object, and tables for people.

use crate::accepting::Accepted;
use crate::drain::{Drained, Micros};
use crate::hits::Hits;
use crate::pace::Paced;
use crate::rounds::{self, Rounds};
use crate::scaling::Scaling;
use crate::system::System;
use comfy_table::{Table, presets::ASCII_MARKDOWN};
use heliograph_bench::machine::Machine;
use serde::Serialize;
use std::fmt;

/// The version of this document's form.
const SCHEMA: &str = "heliograph-bench-production/1";

/// 100,000,000 webhooks an hour.
const PER_SECOND_AT_100_MILLION: f64 = 100_000_000.0 / 3_600.0;

/// Everything that was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    schema: &'static str,
    machine: Machine,
    /// Workers that do nothing with their jobs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ceiling: Option<Vec<Drained>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) drain: Option<Rounds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accepting: Option<Vec<Accepted>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pace: Option<Paced>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hits: Option<Hits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scaling: Option<Scaling>,
}

impl Report {
    pub(crate) fn new(machine: Machine) -> Self {
        Self {
            schema: SCHEMA,
            machine,
            ceiling: None,
            drain: None,
            accepting: None,
            pace: None,
            hits: None,
            scaling: None,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ceiling) = &self.ceiling {
            write!(f, "\nWhat the queue itself can do\n{}\n", drains(ceiling))?;
        }
        if let Some(rounds) = &self.drain {
            write!(f, "\nFrom a full queue to everything saved\n")?;
            writeln!(f, "{}", drains(&rounds.drains))?;
            writeln!(f, "Left behind by each: {:?}", rounds.left)?;
            if let Some(times) = rounds.times_node {
                writeln!(f, "Heliograph drains {times:.2} times as fast as Node.")?;
            }
            write!(f, "\n100,000,000 webhooks an hour need so many cores\n")?;
            writeln!(f, "{}", cores(rounds))?;
        }
        if let Some(accepting) = &self.accepting {
            write!(f, "\nAccepting\n{}\n", accepted(accepting))?;
        }
        if let Some(pace) = &self.pace {
            write!(f, "\nAt a pace, one `heliograph serve`\n{}\n", paced(pace))?;
        }
        if let Some(hits) = &self.hits {
            write!(
                f,
                "\nHit rates, over {} webhooks\n{}\n",
                hits.jobs,
                rates(hits)
            )?;
        }
        if let Some(scaling) = &self.scaling {
            write!(f, "\nWorkers on one queue\n{}\n", drains(&scaling.workers))?;
            write!(f, "\nAutomations of a workspace\n{}\n", growth(scaling))?;
        }
        Ok(())
    }
}

fn table<const N: usize>(head: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(head);
    table
}

fn drains(drains: &[Drained]) -> Table {
    let mut table = table([
        "system",
        "workers",
        "jobs",
        "jobs/s",
        "worker µs",
        "Redis µs",
        "mongod µs",
        "Graph µs",
        "MiB",
        "differences",
        "bound by",
    ]);
    for drained in drains {
        let mut row = vec![
            drained.system.name().to_owned(),
            drained.workers.to_string(),
            drained.jobs.to_string(),
            format!("{:.0}", drained.jobs_per_second),
        ];
        row.extend(costs(drained.micros_per_job));
        row.push(format!("{:.0}", drained.worker_peak_mib));
        row.push(drained.differences.to_string());
        row.push(drained.bound_by.clone());
        table.add_row(row);
    }
    table
}

fn costs(micros: Micros) -> [String; 4] {
    [micros.worker, micros.redis, micros.mongod, micros.graph].map(|cost| format!("{cost:.1}"))
}

fn accepted(accepting: &[Accepted]) -> Table {
    let mut table = table([
        "system",
        "requests/s",
        "p50 µs",
        "p99 µs",
        "server µs",
        "Redis µs",
        "load µs",
    ]);
    for accepted in accepting {
        let (rate, micros) = (&accepted.rate, accepted.micros_per_request);
        table.add_row([
            accepted.route.name().to_owned(),
            format!("{:.0}", rate.accepted_per_second),
            rate.latency_micros.p50.to_string(),
            rate.latency_micros.p99.to_string(),
            format!("{:.1}", micros.worker),
            format!("{:.1}", micros.redis),
            format!("{:.1}", micros.graph),
        ]);
    }
    table
}

fn paced(pace: &Paced) -> Table {
    let mut table = table([
        "webhooks/s",
        "accepted",
        "answered p99 ms",
        "accept to send p50 ms",
        "p99 ms",
        "queue empty after s",
        "MiB",
    ]);
    for phase in [&pace.steady, &pace.burst] {
        #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
        let answered = phase.accepted.latency_micros.p99 as f64 / 1_000.0;
        table.add_row([
            format!("{:.0}", phase.per_second),
            phase.accepted.accepted.to_string(),
            format!("{answered:.1}"),
            format!("{:.1}", phase.latency("accept_to_send", "p50Ms")),
            format!("{:.1}", phase.latency("accept_to_send", "p99Ms")),
            format!("{:.1}", phase.rest_seconds),
            format!("{:.0}", phase.peak_mib),
        ]);
    }
    table
}

fn rates(hits: &Hits) -> Table {
    let mut table = table([
        "collection",
        "reads",
        "near",
        "shared",
        "store",
        "hit rate %",
    ]);
    for rate in &hits.rates {
        let number = |name: &str| rate[name].to_string();
        let percent = rate["hitRate"].as_f64().unwrap_or_default() * 100.0;
        table.add_row([
            rate["collection"].as_str().unwrap_or_default().to_owned(),
            number("reads"),
            number("near"),
            number("shared"),
            number("store"),
            format!("{percent:.2}"),
        ]);
    }
    table
}

fn growth(scaling: &Scaling) -> Table {
    let mut table = table([
        "automations",
        "system",
        "jobs",
        "jobs/s",
        "worker µs",
        "Redis µs",
        "mongod µs",
        "Graph µs",
        "MiB",
    ]);
    for one in &scaling.automations {
        let drained = &one.drained;
        let mut row = vec![
            one.automations.to_string(),
            drained.system.name().to_owned(),
            drained.jobs.to_string(),
            format!("{:.0}", drained.jobs_per_second),
        ];
        row.extend(costs(drained.micros_per_job));
        row.push(format!("{:.0}", drained.worker_peak_mib));
        table.add_row(row);
    }
    table
}

/// From the median cost of a job: how many cores of this machine's kind each part would
/// keep busy.
fn cores(rounds: &Rounds) -> Table {
    let mut table = table(["system", "workers", "Redis", "mongod"]);
    for system in [System::Node, System::Heliograph] {
        if rounds.jobs_per_second.contains_key(&system) {
            let micros = rounds::micros(&rounds.drains, system);
            let cores = |cost: f64| format!("{:.1}", cost * PER_SECOND_AT_100_MILLION / 1e6);
            table.add_row([
                system.name().to_owned(),
                cores(micros.worker),
                cores(micros.redis),
                cores(micros.mongod),
            ]);
        }
    }
    table
}
