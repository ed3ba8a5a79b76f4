//! `heliograph bench`: the workloads of the design's table "What it must reach", as one
//! JSON object with the machine they ran on.

mod caching;
mod deciding;
mod embedded;
mod listening;
mod matching;
mod report;
mod serving;
mod subject;

use anyhow::{Context, Result};
use clap::ValueEnum;
use heliograph_bench::machine::Machine;
use report::{SCHEMA, Target};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Runs the workloads of the performance table and prints one JSON object.
///
/// Everything happens in new files in a temporary directory and on the loopback address;
/// nothing leaves the machine. Figures of a debug build say nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArguments {
    /// Only these workloads. Default: all.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WORKLOAD")]
    only: Vec<Name>,
    /// How long each measurement that goes by time lasts.
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Deliveries of each measurement that goes by number.
    #[arg(long, default_value_t = 200_000, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1_000..))]
    deliveries: u64,
    /// Where the databases go. What is durable is as fast as this disk. Default: the
    /// directory for temporary files.
    #[arg(long, value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
}

/// A workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Embedded, end to end, durable, with simulated sends.
    Embedded,
    /// The listener before the embedded queue: rate, and latency at 1,000,000 an hour.
    Listener,
    /// Matching one text against 10, 1,000 and 100,000 keywords.
    Matching,
    /// What one decision costs.
    Decision,
    /// Memory and latency of `heliograph serve` at 1,000,000 an hour.
    Serve,
    /// Cache hit rates on the reference workload.
    Cache,
}

/// What is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    schema: &'static str,
    version: &'static str,
    machine: Machine,
    /// The lines of the design's table that were measured, with what was reached.
    targets: Vec<Target>,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedded: Option<embedded::EndToEnd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    listener: Option<listening::Listening>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matching: Option<Vec<matching::Matching>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<deciding::Deciding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serve: Option<serving::Serving>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<caching::HitRates>,
}

/// Runs the chosen workloads one after the other.
///
/// # Errors
/// When one of them cannot be run, or its outcome is not what it must be (a delivery
/// lost, an answer other than 200).
pub(crate) async fn run(arguments: BenchArguments, json: bool) -> Result<ExitCode> {
    let directory = match &arguments.directory {
        Some(parent) => tempfile::tempdir_in(parent),
        None => tempfile::tempdir(),
    }
    .context("there is no directory for the databases; name one with --directory")?;
    let place = directory.path();
    let lasting = Duration::from_secs(arguments.seconds);
    let deliveries = usize::try_from(arguments.deliveries)?;
    let is_wanted = |name: Name| {
        let wanted = arguments.only.is_empty() || arguments.only.contains(&name);
        if wanted {
            let name = name.to_possible_value();
            let name = name.as_ref().map_or("", |name| name.get_name());
            crate::output::error_line(&format!("bench: {name}"));
        }
        wanted
    };
    let mut report = Report::new(Machine::look(place)?);
    if is_wanted(Name::Matching) {
        report.matching = Some(matching::measure(lasting));
    }
    if is_wanted(Name::Decision) {
        report.decision = Some(deciding::measure(deliveries.min(20_000), lasting / 2)?);
    }
    if is_wanted(Name::Listener) {
        report.listener = Some(listening::measure(place, lasting).await?);
    }
    if is_wanted(Name::Embedded) {
        report.embedded = Some(embedded::measure(place, deliveries).await?);
    }
    if is_wanted(Name::Cache) {
        report.cache = Some(caching::measure(place, deliveries).await?);
    }
    if is_wanted(Name::Serve) {
        report.serve = Some(serving::measure(place, lasting * 3).await?);
    }
    report.compare();
    if json {
        crate::output::json(&report)?;
    } else {
        crate::output::line(&serde_json::to_string_pretty(&report)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Report {
    fn new(machine: Machine) -> Self {
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            machine,
            targets: Vec::new(),
            embedded: None,
            listener: None,
            matching: None,
            decision: None,
            serve: None,
            cache: None,
        }
    }

    /// Puts what was reached beside what must be.
    fn compare(&mut self) {
        let targets = &mut self.targets;
        if let Some(embedded) = &self.embedded {
            targets.push(Target::at_least(
                "embedded, end to end, durable, simulated sends",
                40_000.0,
                embedded.deliveries_per_second,
                "deliveries/s",
            ));
        }
        #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
        if let Some(listener) = &self.listener {
            targets.push(Target::at_least(
                "listener: verify, enqueue durably, answer",
                30_000.0,
                listener.most.accepted_per_second,
                "deliveries/s",
            ));
            targets.push(Target::below(
                "listener: p99 at 1,000,000 an hour",
                5.0,
                listener.million_an_hour.latency_micros.p99 as f64 / 1e3,
                "ms",
            ));
        }
        if let Some(most) = self.matching.as_ref().and_then(|sizes| sizes.last()) {
            targets.push(Target::below(
                "matching one text against 10,000 automations with 10 keywords each",
                5.0,
                most.nanos_per_text / 1e3,
                "µs",
            ));
        }
        #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
        if let Some(serve) = &self.serve {
            targets.push(Target::below(
                "heliograph serve: resident memory at 1,000,000 an hour",
                64.0,
                serve.peak_mib,
                "MiB",
            ));
            targets.push(Target::below(
                "heliograph serve: p99 at 1,000,000 an hour",
                5.0,
                serve.load.latency_micros.p99 as f64 / 1e3,
                "ms",
            ));
        }
        if let Some(cache) = &self.cache {
            for (what, must, reached) in [
                ("cache hits: workspace", 95.0, cache.workspace),
                ("cache hits: automations", 90.0, cache.automations),
                ("cache hits: user state", 99.0, cache.user_state),
            ] {
                targets.push(Target::at_least(what, must, reached.percent, "%"));
            }
        }
    }
}
