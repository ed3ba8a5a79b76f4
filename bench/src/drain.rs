//! One drain: from a full queue until every worker has ended by itself.
//!
//! A worker that was told `--until-empty` ends when the queue is empty and everything is
//! flushed, and a process that has ended flushes nothing more. So its end stops the
//! clock.

use crate::ground::{Ground, Servers, length};
use crate::process::{self, Cores, Process, Stat};
use crate::system::{System, last_object};
use anyhow::{Result, bail, ensure};
use heliograph_bench::figures::{per_second, rounded};
use redis::Commands;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How often it is looked whether the first job was taken.
const LOOK_AT_START: Duration = Duration::from_millis(1);
/// How often it is looked whether all have ended.
const LOOK: Duration = Duration::from_millis(4);
/// From so many percent of all cores on what others do is what the figure says.
const OTHERS_DISTURB: f64 = 10.0;
/// A thread that is busy for so much of the time is what everything waits for.
const ONE_THREAD: f64 = 0.9;
/// A drain that takes longer has hung.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// One drain.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Drained {
    pub(crate) system: System,
    pub(crate) workers: u32,
    pub(crate) jobs: usize,
    /// From the first job that was taken to the end of the last worker.
    pub(crate) seconds: f64,
    pub(crate) jobs_per_second: f64,
    pub(crate) micros_per_job: Micros,
    /// Of all cores together, what these processes took.
    pub(crate) cores_busy_percent: f64,
    /// Of all cores together, what everything else on the machine took. Figures with much
    /// of it are too low.
    pub(crate) others_busy_percent: f64,
    pub(crate) bound_by: String,
    /// Resident memory of one worker, the most that was seen (`VmHWM`).
    pub(crate) worker_peak_mib: f64,
    /// In how many documents and conversations it left something else behind than the
    /// first drain of these jobs.
    pub(crate) differences: usize,
    /// Requests to the stand-in, by what they wanted.
    pub(crate) requests: BTreeMap<&'static str, u64>,
    /// What the workers said of themselves.
    pub(crate) figures: Vec<Value>,
}

/// Processor time for each job, by process, in microseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Micros {
    pub(crate) worker: f64,
    pub(crate) redis: f64,
    pub(crate) mongod: f64,
    /// The stand-in, and the little that the benchmark does besides.
    pub(crate) graph: f64,
}

impl Micros {
    pub(crate) fn all(self) -> f64 {
        self.worker + self.redis + self.mongod + self.graph
    }
}

/// Starts workers on a queue that was filled, and watches them until they have ended.
/// `work`: whether they do anything with their jobs.
pub(crate) fn drain(
    ground: &Ground,
    system: System,
    workers: u32,
    jobs: usize,
    work: bool,
) -> Result<Drained> {
    let mut redis = ground.redis()?;
    let processes = ground.workers(system, workers, work)?;
    process::wait_until(
        "the first job was taken",
        Duration::from_secs(60),
        LOOK_AT_START,
        || Ok(length(&mut redis, "wait")? < jobs || have_ended(&processes)?),
    )?;
    let since = Instant::now();
    let cores_before = Cores::look()?;
    let before = ground.processor()?;
    let worker_before = processor_of(&processes)?;
    let mut peak_mib = 0.0_f64;
    process::wait_until("the queue was drained", PATIENCE, LOOK, || {
        let peaks = processes.iter().filter_map(Process::peak_mib);
        peak_mib = peaks.fold(peak_mib, f64::max);
        have_ended(&processes)
    })?;
    let seconds = since.elapsed().as_secs_f64();
    let all_busy = Cores::look()?.busy_since(cores_before) * 100.0;
    let after = ground.processor()?;
    let worker = processor_of(&processes)?.saturating_sub(worker_before);
    let figures = processes
        .into_iter()
        .map(|process| process.end().and_then(|said| last_object(&said)))
        .collect::<Result<Vec<_>>>()?;
    nothing_is_left(&mut redis)?;
    let micros_per_job = per_job(worker, &before, &after, jobs);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    let (jobs_in_micros, cores) = (jobs as f64 / (seconds * 1e6), cores as f64);
    let busy = |micros: f64| micros * jobs_in_micros;
    let cores_busy_percent = rounded(busy(micros_per_job.all()) / cores * 100.0);
    let others_busy_percent = rounded((all_busy - cores_busy_percent).max(0.0));
    let load = Load {
        worker: busy(micros_per_job.worker) / f64::from(workers),
        redis: busy(micros_per_job.redis),
        cores_percent: cores_busy_percent,
        others_percent: others_busy_percent,
    };
    Ok(Drained {
        system,
        workers,
        jobs,
        seconds: rounded(seconds),
        jobs_per_second: per_second(jobs as u64, seconds),
        bound_by: load.bound_by(system),
        micros_per_job,
        cores_busy_percent,
        others_busy_percent,
        worker_peak_mib: rounded(peak_mib),
        differences: 0,
        requests: ground.graph.counts(),
        figures,
    })
}

/// How busy it was.
struct Load {
    /// Of one core, one worker.
    worker: f64,
    /// Of one core.
    redis: f64,
    /// Of all cores, everything that is measured.
    cores_percent: f64,
    /// Of all cores, everything else.
    others_percent: f64,
}

impl Load {
    /// What keeps it from being faster.
    fn bound_by(&self, system: System) -> String {
        let (cores, others) = (self.cores_percent, self.others_percent);
        let what = if others > OTHERS_DISTURB {
            "other processes on this machine".to_owned()
        } else if system == System::Node && self.worker > ONE_THREAD {
            let percent = self.worker * 100.0;
            format!("the worker's one thread, busy {percent:.0} %")
        } else if self.redis > ONE_THREAD {
            format!("Redis' one thread, busy {:.0} %", self.redis * 100.0)
        } else if cores > 85.0 {
            "the processor".to_owned()
        } else {
            "waiting for durable writes and answers".to_owned()
        };
        format!("{what}; cores busy {cores:.0} %, with others {others:.0} %")
    }
}

fn have_ended(processes: &[Process]) -> Result<bool> {
    for process in processes {
        if !process.stat()?.has_ended {
            return Ok(false);
        }
    }
    Ok(true)
}

fn processor_of(processes: &[Process]) -> Result<Duration> {
    processes.iter().try_fold(Duration::ZERO, |sum, process| {
        let Stat { processor, .. } = process.stat()?;
        Ok(sum + processor)
    })
}

pub(crate) fn per_job(worker: Duration, before: &Servers, after: &Servers, jobs: usize) -> Micros {
    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    let each = |took: Duration| rounded(took.as_secs_f64() * 1e6 / jobs.max(1) as f64);
    Micros {
        worker: each(worker),
        redis: each(after.redis.saturating_sub(before.redis)),
        mongod: each(after.mongod.saturating_sub(before.mongod)),
        graph: each(after.graph.saturating_sub(before.graph)),
    }
}

/// Every job is done: none waits, none is under way, none failed.
fn nothing_is_left(redis: &mut redis::Connection) -> Result<()> {
    for list in ["wait", "active"] {
        let left = length(redis, list)?;
        ensure!(left == 0, "{left} jobs are left in `{list}`");
    }
    for set in ["delayed", "failed"] {
        let key = format!("bull:{}:{set}", crate::system::QUEUE);
        let left: usize = redis::cmd("ZCARD").arg(key).query(redis)?;
        if left > 0 {
            bail!("{left} jobs are left in `{set}`");
        }
    }
    // Where Heliograph's workers keep what is not sent, not in MongoDB, or given up.
    for kept in ["outbox:*", "handed:*", "dirty", "marks", "failed"] {
        let names = redis.scan_match::<_, String>(format!("*}}:{kept}"))?;
        let left = names.collect::<Result<Vec<_>, _>>()?;
        ensure!(
            left.is_empty(),
            "the workers ended and left something in Redis: {left:?}"
        );
    }
    Ok(())
}
