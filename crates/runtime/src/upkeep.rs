//! Keeps the journal within its bounds.

use heliograph_engine::ports::{Clock, Journal};
use heliograph_model::Millis;
use std::sync::Arc;

/// How often it is looked at.
const EVERY_MS: i64 = 10 * Millis::MINUTE;

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
        clock.sleep_until(clock.now() + EVERY_MS).await;
    }
}
