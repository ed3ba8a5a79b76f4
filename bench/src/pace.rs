//! Webhooks at a given pace: how long it takes from accepting one to having sent the answer.

use crate::accepting::where_it_listens;
use crate::ground::{Ground, Shape};
use crate::process::{self, Process};
use crate::system::{Route, last_object};
use anyhow::{Context, Result, ensure};
use heliograph_bench::figures::{Rate, rounded};
use heliograph_bench::load::{OpenLoop, open_loop};
use serde::Serialize;
use serde_json::Value;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// 1,000,000 an hour.
const PER_SECOND: f64 = 1_000_000.0 / 3_600.0;
/// How much the burst is more.
const BURST: f64 = 10.0;
/// And how long it lasts.
const BURST_LASTS: Duration = Duration::from_secs(20);
/// What 99 of 100 messages may take from accepting to having sent (the design).
const MOST_P99_MS: f64 = 50.0;
/// Connections that Meta may use.
const CONNECTIONS: usize = 64;
/// How long the rest may take once everything was accepted.
const PATIENCE: Duration = Duration::from_secs(120);

/// Both paces, one behind the other.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Paced {
    pub(crate) steady: Phase,
    pub(crate) burst: Phase,
}

impl Paced {
    /// # Errors
    /// Where the steady pace takes longer from accepting to having sent than the design
    /// allows.
    pub(crate) fn demand(&self) -> Result<()> {
        let p99 = self.steady.latency("accept_to_send", "p99Ms");
        ensure!(
            p99 < MOST_P99_MS,
            "accept to send takes {p99:.1} ms (p99), and may take {MOST_P99_MS}"
        );
        Ok(())
    }
}

/// One pace.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Phase {
    pub(crate) per_second: f64,
    /// What the one who posts saw: from the post to the answer.
    pub(crate) accepted: Rate,
    /// From the last answer to an empty queue.
    pub(crate) rest_seconds: f64,
    /// By `heliograph serve` itself: `accept_to_send` among others, in milliseconds.
    pub(crate) latencies: Vec<Value>,
    pub(crate) sends: Value,
    pub(crate) peak_mib: f64,
}

impl Phase {
    /// A percentile of a latency, in milliseconds.
    pub(crate) fn latency(&self, name: &str, percentile: &str) -> f64 {
        let found = self.latencies.iter().find(|one| one["name"] == name);
        found
            .and_then(|one| one[percentile].as_f64())
            .unwrap_or_default()
    }
}

/// Measures the steady pace for so long, and then the burst.
///
/// # Errors
/// When a webhook is refused, or not handled in time.
pub(crate) fn measure(ground: &mut Ground, shape: &Shape, lasting: Duration) -> Result<Paced> {
    let steady = webhooks(PER_SECOND, lasting);
    let jobs = steady + webhooks(PER_SECOND * BURST, BURST_LASTS);
    ground.prepare(&Shape { jobs, ..*shape })?;
    ground.clear()?;
    Ok(Paced {
        steady: phase(ground, 0..steady, PER_SECOND)?,
        burst: phase(ground, steady..jobs, PER_SECOND * BURST)?,
    })
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of webhooks"
)]
fn webhooks(per_second: f64, lasting: Duration) -> usize {
    (per_second * lasting.as_secs_f64()) as usize
}

fn phase(ground: &Ground, which: Range<usize>, per_second: f64) -> Result<Phase> {
    let mut command = ground
        .programs
        .accepting(Route::Heliograph, &ground.at, ground.tokens()?);
    let server = Process::start(&mut command, ground.folder(), "paced")?;
    let target = where_it_listens(&server)?;
    let deliveries = &ground.workload()?.deliveries[which];
    let requests: Vec<_> = deliveries
        .iter()
        .map(|delivery| target.request(&delivery.body))
        .collect();
    eprintln!(
        "pace: {} webhooks at {per_second:.0} a second",
        requests.len()
    );
    let load = OpenLoop {
        address: target.address,
        requests: Arc::new(requests),
        per_second,
        connections: CONNECTIONS,
    };
    let accepted = ground.runtime.block_on(open_loop(load))?;
    let since = Instant::now();
    process::wait_until(
        "the rest was handled",
        PATIENCE,
        Duration::from_millis(5),
        || ground.is_idle(),
    )?;
    let rest_seconds = rounded(since.elapsed().as_secs_f64());
    let peak_mib = rounded(server.peak_mib().unwrap_or_default());
    let said = server.stop()?;
    ensure!(
        accepted.refused == 0,
        "{} webhooks were refused",
        accepted.refused
    );
    let report = &last_object(&said)?["report"];
    let handled = report["deliveries"].as_u64().unwrap_or_default();
    let given_up = ["failed", "unknown", "dropped"].map(|end| report["sends"][end].as_u64());
    ensure!(
        handled == accepted.accepted && given_up == [Some(0); 3],
        "{} webhooks were accepted and {handled} handled; sends: {}",
        accepted.accepted,
        report["sends"]
    );
    Ok(Phase {
        per_second: rounded(per_second),
        accepted,
        rest_seconds,
        latencies: report["latencies"].as_array().context("latencies")?.clone(),
        sends: report["sends"].clone(),
        peak_mib,
    })
}
