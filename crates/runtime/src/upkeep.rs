//! Keeps the journal within its bounds.

use heliograph_engine::ports::{Clock, Journal};
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked at, by the machine's time: no rule depends on it, and on a
/// virtual clock it would be one more thing that is due all the time.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// Removes from the journal what is too old or too much, again and again.
pub(crate) async fn run(
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    keep_ms: i64,
    most_bytes: u64,
) {
    loop {
        match journal.retain(clock.now() - keep_ms, most_bytes).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "old deliveries left the journal"),
            Err(error) => tracing::warn!(%error, "the journal cannot be tidied"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
