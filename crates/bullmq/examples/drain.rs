//! How fast jobs that Node added go through take and finish with nothing in between: the
//! ceiling of this queue, and where the time goes.
//!
//! `cargo run --release -p heliograph-bullmq --example drain -- [JOBS] [CONCURRENCY[xTHREADS]…]`

#![allow(clippy::print_stdout, reason = "figures on a terminal")]

use anyhow::{Context, Result};
use heliograph_bullmq::{BullConfig, BullQueue};
use heliograph_engine::ports::{Finished, Queue, SystemClock};
use heliograph_servers::node;
use heliograph_servers::redis::Redis;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

const QUEUE: &str = "drain";
/// What `/proc` counts in.
const TICKS_PER_SECOND: f64 = 100.0;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let jobs: u64 = args.next().map_or(Ok(40_000), |jobs| jobs.parse())?;
    let mut shapes: Vec<String> = args.collect();
    if shapes.is_empty() {
        shapes = ["64", "256", "512"].map(str::to_owned).to_vec();
    }
    println!(
        "{jobs} jobs of {} bytes, added by Node",
        webhook().to_string().len()
    );
    for shape in shapes {
        let (concurrency, threads) = shape.split_once('x').unwrap_or((&shape, "1"));
        drain(jobs, concurrency.parse()?, threads.parse()?).await?;
    }
    Ok(())
}

async fn drain(jobs: u64, concurrency: usize, threads: usize) -> Result<()> {
    let redis = Redis::start()?;
    let add = json!({
        "redis": redis.url(), "queue": QUEUE, "name": "webhook", "count": jobs,
        "data": { "webhook": webhook() }, "opts": { "removeOnComplete": 1_000 },
    });
    let added = node::run("add", &add).await?;
    let mut config = BullConfig::new(SecretString::from(redis.url()), QUEUE);
    config.concurrency = concurrency;
    config.threads = threads;
    let queue = BullQueue::connect(config, Arc::new(SystemClock)).await?;

    let (redis_before, ours_before) = (cpu(redis.process().pid())?, threads_cpu()?);
    let start = Instant::now();
    let (mut taken, mut calls) = (0, 0);
    while taken < jobs {
        let batch = queue.take(1_024).await?;
        taken += batch.len() as u64;
        calls += 1;
        let ends = batch.iter().map(|one| Finished::Done(one.id)).collect();
        queue.finish(ends).await?;
    }
    while queue.depth().await?.active > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let took = start.elapsed().as_secs_f64();
    let share = |ticks: f64| ticks / TICKS_PER_SECOND / took;
    let redis_cpu = share(cpu(redis.process().pid())? - redis_before);
    let ours = threads_cpu()?;
    let bullmq = share(ours.0 - ours_before.0);
    let others = share(ours.1 - ours_before.1);
    println!(
        "{concurrency:>4} at a time, {threads} thread(s): {:>7.0} jobs/s, {:>5.1} in one take; \
         cores busy: redis-server {redis_cpu:.2}, BullMQ {bullmq:.2}, engine side {others:.2} \
         (Node added {:.0}/s)",
        jobs as f64 / took,
        jobs as f64 / f64::from(calls),
        jobs as f64 * 1_000.0
            / added[0]["ms"]
                .as_f64()
                .context("it says how long it took")?,
    );
    queue.close().await;
    Ok(())
}

fn webhook() -> Value {
    json!({
        "object": "instagram",
        "entry": [{
            "id": "17841400000000001",
            "time": 1_795_478_400_000_i64,
            "messaging": [{
                "sender": { "id": "50{n}" },
                "recipient": { "id": "17841400000000001" },
                "timestamp": 1_795_478_400_000_i64,
                "message": {
                    "mid": "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3ODQxNDAwMDAwMDAwMDAx{n}",
                    "text": "hello, how much is the blue one?",
                },
            }],
        }],
    })
}

/// The processor time that a process has had, in ticks.
fn cpu(pid: u32) -> Result<f64> {
    ticks(&format!("/proc/{pid}/stat"))
}

/// That of our threads: those that work on the queue, and all others.
fn threads_cpu() -> Result<(f64, f64)> {
    let (mut bullmq, mut others) = (0.0, 0.0);
    for thread in std::fs::read_dir("/proc/self/task")? {
        let folder = thread?.path();
        let Ok(name) = std::fs::read_to_string(folder.join("comm")) else {
            continue;
        };
        let ticks = ticks(&folder.join("stat").display().to_string())?;
        if name.trim() == "bullmq" {
            bullmq += ticks;
        } else {
            others += ticks;
        }
    }
    Ok((bullmq, others))
}

fn ticks(file: &str) -> Result<f64> {
    let stat = std::fs::read_to_string(file)?;
    let after_name = stat.rsplit(')').next().context("the name is in brackets")?;
    let mut fields = after_name.split_whitespace().skip(11);
    let mut next = || {
        fields
            .next()
            .context("a field")?
            .parse::<f64>()
            .context("a number")
    };
    Ok(next()? + next()?)
}
