//! Embedded, end to end: from a push to everything sent and finished, durably.

use super::subject::{Subject, delivery};
use anyhow::{Result, ensure};
use heliograph_bench::figures::{per_second, rounded};
use heliograph_bench::machine::processor_time;
use heliograph_bench::workload::{Plan, Workload};
use heliograph_engine::ports::{Clock, SystemClock};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Pushes under way at a time: what so many connections would have.
const LANES: usize = 1_024;

/// From a push to everything sent and finished.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EndToEnd {
    pub(crate) deliveries: u64,
    pub(crate) decisions: u64,
    /// Sends that the simulated Instagram accepted.
    pub(crate) sent: u64,
    /// Sends that were given up or not attempted: none, if all is well.
    pub(crate) failed: u64,
    /// What it refused, by Instagram's code and subcode.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Deliveries in the dead letter: none, if all is well.
    pub(crate) dead: u64,
    /// Until the last one was durable in the queue, with the engine at work already.
    pub(crate) push_seconds: f64,
    /// Until the last one was decided, sent and finished.
    pub(crate) seconds: f64,
    pub(crate) deliveries_per_second: f64,
    pub(crate) sends_per_second: f64,
    /// Processor time of the whole process, in microseconds for each delivery.
    pub(crate) processor_micros_per_delivery: f64,
}

/// Runs the reference workload through as fast as it goes.
pub(crate) async fn measure(directory: &Path, deliveries: usize) -> Result<EndToEnd> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let plan = Plan::reference(deliveries);
    let workload = Workload::until(&plan, clock.now());
    let subject = Subject::start(directory, "end-to-end", Arc::clone(&clock), &workload).await?;
    let lanes = workload.in_lanes(LANES);
    let (since, used) = (Instant::now(), processor_time());
    let pushing: Vec<_> = lanes
        .into_iter()
        .map(|lane| {
            let (queue, clock) = (Arc::clone(&subject.queue), Arc::clone(&clock));
            tokio::spawn(async move {
                for planned in lane {
                    queue.push(delivery(planned.body, clock.now())).await?;
                }
                anyhow::Ok(())
            })
        })
        .collect();
    for lane in pushing {
        lane.await??;
    }
    let push_seconds = since.elapsed().as_secs_f64();
    subject.engine.settle().await?;
    let seconds = since.elapsed().as_secs_f64();
    let used = processor_time().saturating_sub(used);
    let work = subject.engine.work();
    let refused = subject.instagram.counters().refused.into_iter();
    let refused = refused
        .map(|((code, subcode), count)| match subcode {
            Some(subcode) => (format!("{code}/{subcode}"), count),
            None => (code.to_string(), count),
        })
        .collect();
    subject.stop().await;
    let all = workload.deliveries.len() as u64;
    ensure!(
        work.deliveries == all,
        "{} of {all} deliveries were handled",
        work.deliveries
    );
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let processor = used.as_secs_f64() * 1e6 / all.max(1) as f64;
    Ok(EndToEnd {
        deliveries: all,
        decisions: work.decisions,
        sent: work.sent,
        failed: work.failed + work.unknown + work.dropped,
        refused,
        dead: work.dead,
        push_seconds: rounded(push_seconds),
        seconds: rounded(seconds),
        deliveries_per_second: per_second(all, seconds),
        sends_per_second: per_second(work.sent, seconds),
        processor_micros_per_delivery: rounded(processor),
    })
}
