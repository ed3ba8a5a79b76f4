//! What the queue itself can do: workers that take jobs and do nothing with them.

use crate::drain::{Drained, drain};
use crate::ground::Ground;
use crate::system::System;
use anyhow::Result;
use bullmq::options::RedisConnectionOptions;
use bullmq::worker::WorkerEvent;
use bullmq::{Job, Worker, WorkerOptions};
use std::time::Duration;

/// As many at a time as the systems have.
const CONCURRENCY: usize = 30;

/// Drains the queue once with each system's worker that does nothing.
pub(crate) fn measure(
    ground: &mut Ground,
    systems: &[System],
    jobs: usize,
) -> Result<Vec<Drained>> {
    systems
        .iter()
        .map(|system| {
            eprintln!("ceiling: {}", system.name());
            ground.clear()?;
            ground.enqueue(0..jobs)?;
            drain(ground, *system, 1, jobs, false)
        })
        .collect()
}

/// Is that worker, on the crate that Heliograph's queue stands on.
pub(crate) fn work_without_effect(redis: &str, queue: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let options = WorkerOptions {
            connection: RedisConnectionOptions {
                url: redis.to_owned(),
                ..RedisConnectionOptions::default()
            },
            concurrency: CONCURRENCY,
            ..WorkerOptions::default()
        };
        let nothing = |_: Job, _| async { Ok(serde_json::Value::Null) };
        let worker = Worker::with_options(queue, nothing, options).await?;
        let mut jobs = 0_u64;
        while let Some(event) = worker.next_event().await {
            match event {
                WorkerEvent::Completed { .. } => jobs += 1,
                WorkerEvent::Drained if jobs > 0 => break,
                _ => {}
            }
        }
        worker.close(5_000).await?;
        println!("{}", serde_json::json!({ "jobs": jobs }));
        anyhow::Ok(())
    })?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(())
}
