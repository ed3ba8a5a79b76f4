//! The queue: whether it can be reached, and who else uses it.

use super::Check;
use heliograph_bullmq::{BullConfig, BullError, BullQueue, QueueWarning};
use heliograph_engine::ports::{Clock, Queue};
use heliograph_redis::RedisCache;
use secrecy::ExposeSecret;
use std::sync::Arc;

const CONNECTION: &str = "queue.connection";

/// Looks at the queue. `cache` tells whether a Redis that both share is a cluster.
pub(super) async fn check(
    config: &BullConfig,
    cache: Option<&RedisCache>,
    clock: &Arc<dyn Clock>,
) -> Vec<Check> {
    let mut config = config.clone();
    if let Some(redis) = cache.map(RedisCache::redis)
        && redis.config().url.expose_secret() == config.url.expose_secret()
    {
        config.cluster = redis.is_cluster();
    }
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
