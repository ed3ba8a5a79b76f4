//! Says in the log what somebody should know of the clients that share the queue.

use heliograph_bullmq::{BullQueue, QueueWarning};
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked at, by the machine's time. The queue keeps only who opened it last,
/// so a client of another version may have hidden one of version 5 in between.
const EVERY: Duration = Duration::from_secs(60);

/// Looks again and again, and says each thing once until it is over.
pub(crate) async fn watch(queue: Arc<BullQueue>) {
    let mut told = Vec::new();
    loop {
        // When Redis is away, whoever takes jobs says so.
        if let Ok(warnings) = queue.warnings().await {
            let kinds: Vec<_> = warnings.iter().map(kind).collect();
            for (warning, kind) in warnings.iter().zip(&kinds) {
                if !told.contains(kind) {
                    tracing::warn!("{warning}");
                }
            }
            told = kinds;
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// What is the same the next time, although numbers in it have changed.
fn kind(warning: &QueueWarning) -> Option<String> {
    match warning {
        QueueWarning::Version5 { version } => Some(version.clone()),
        QueueWarning::Parked { .. } => None,
    }
}
