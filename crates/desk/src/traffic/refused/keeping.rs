//! Writing down what was refused, beside everything else that is written.

use super::Ring;
use crate::traffic::written::Written;
use std::sync::Arc;
use std::time::Duration;

/// Between two writes,
const PAUSE: Duration = Duration::from_secs(1);
/// each of no more than so many bytes: whoever posts a flood writes no more than this to the
/// disk in a second, and holds up no delivery that is accepted.
const BYTES: usize = 1 << 20;

/// Writes down what is refused from now on, until the ring is closed. A profile that is only
/// observed is not written to; there it is known for as long as the window is open.
pub(in crate::traffic) async fn keep(ring: Arc<Ring>, written: Written) {
    loop {
        ring.changed.notified().await;
        while written.may_be() {
            let change = ring.take_change(BYTES);
            if change.new.is_empty() && change.gone.is_empty() {
                break;
            }
            let kept = written.journal.keep_refused(change.new, change.gone);
            if let Err(error) = kept.await {
                tracing::warn!(%error, "refused requests are not kept for the next run");
            }
            if !ring.is_closed() {
                tokio::time::sleep(PAUSE).await;
            }
        }
        if ring.is_closed() {
            return;
        }
    }
}
