//! The queue: whether it can be reached, and who else uses it.

use super::{Check, redis};
use crate::ProductionPlace;
use heliograph_bullmq::{BullConfig, BullError, BullQueue, QueueWarning};
use heliograph_engine::ports::{Clock, Queue};
use heliograph_redis::RedisCache;
use std::sync::Arc;

const CONNECTION: &str = "queue.connection";

/// Looks at the queue, and at its Redis where that was not looked at: `cache` is the one
/// that was.
pub(super) async fn check(
    place: &ProductionPlace,
    cache: Option<&RedisCache>,
    clock: &Arc<dyn Clock>,
) -> Vec<Check> {
    let mut config = place.queue.clone();
    let mut checks = Vec::new();
    match cache {
        Some(cache) if place.shares_redis() => config.cluster = cache.redis().is_cluster(),
        Some(_) | None => match redis::reach(&place.redis_of_queue(), &redis::QUEUE).await {
            Ok((_, probe)) => {
                config.cluster = probe.is_cluster;
                checks = redis::fitness(&probe, &redis::QUEUE);
            }
            Err(failed) => return vec![failed],
        },
    }
    checks.extend(look(config, clock).await);
    checks
}

async fn look(config: BullConfig, clock: &Arc<dyn Clock>) -> Vec<Check> {
    let name = config.queue.clone();
    let queue = match BullQueue::connect(config, Arc::clone(clock)).await {
        Ok(queue) => queue,
        Err(error) => return vec![failed(&error)],
    };
    let depth = match queue.depth().await {
        Ok(depth) => depth,
        Err(error) => {
            return vec![Check::failed(
                CONNECTION,
                error.to_string(),
                "Look into the log of the queue's Redis.",
            )];
        }
    };
    let mut checks = vec![Check::ok(
        CONNECTION,
        format!(
            "The queue {name} has {} jobs that wait, {} active, {} delayed.",
            depth.waiting, depth.active, depth.delayed
        ),
    )];
    checks.push(if depth.dead == 0 {
        Check::ok("queue.failed", "No job is in the failed set.")
    } else {
        Check::warning(
            "queue.failed",
            format!("{} jobs are in the failed set.", depth.dead),
            "Look at why they failed, and retry or remove them.",
        )
    });
    checks.push(clients(&queue).await);
    queue.close().await;
    checks
}

async fn clients(queue: &BullQueue) -> Check {
    const NAME: &str = "queue.clients";
    let warnings = match queue.warnings().await {
        Ok(warnings) => warnings,
        Err(error) => {
            return Check::warning(
                NAME,
                format!("It cannot be seen who uses the queue: {error}"),
                "Look into the log of the queue's Redis.",
            );
        }
    };
    let says: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    let is_parked = warnings
        .iter()
        .any(|warning| matches!(warning, QueueWarning::Parked { .. }));
    if is_parked {
        Check::failed(
            NAME,
            says.join(" "),
            "Stop the clients of BullMQ 5 before anybody resumes the queue.",
        )
    } else if says.is_empty() {
        Check::ok(NAME, "No client of BullMQ 5 was seen.")
    } else {
        Check::warning(
            NAME,
            says.join(" "),
            "Upgrade the Node application to BullMQ 6.",
        )
    }
}

fn failed(error: &BullError) -> Check {
    let to_do = match error {
        BullError::Away(_) | BullError::Slow(_) => {
            "Check host, port and TLS of the queue's Redis, and that it runs."
        }
        BullError::Certificates { .. } => "Name a PEM file that can be read.",
        BullError::Refused(_) => "Check the user and the password of the queue's Redis.",
        BullError::Bull(_) => {
            "Check the queue's name and prefix; in a cluster the prefix needs a hash tag, such as {bull}."
        }
        BullError::Closed
        | BullError::Thread(_)
        | BullError::NotFailed(_)
        | BullError::NotDelayed(_)
        | BullError::NotThere(_)
        | BullError::OfScheduler(_)
        | BullError::PausedByVersion5 { .. } => "Run the doctor again.",
    };
    Check::failed(CONNECTION, error.to_string(), to_do)
}
