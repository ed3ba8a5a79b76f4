//! Writing down what was refused, beside everything else that is written.

use super::Ring;
use heliograph_engine::ports::Journal;
use heliograph_model::GuardLevel;
use heliograph_runtime::guard::Guard;
use std::sync::Arc;
use std::time::Duration;

/// Between two writes,
const PAUSE: Duration = Duration::from_secs(1);
/// each of no more than so many bytes: whoever posts a flood writes no more than this to the
/// disk in a second, and holds up no delivery that is accepted.
const BYTES: usize = 1 << 20;

/// Writes down what is refused from now on, until the ring is closed. A profile that is only
/// observed is not written to; there it is known for as long as the window is open.
pub(crate) async fn keep(ring: Arc<Ring>, journal: Arc<dyn Journal>, guard: Arc<Guard>) {
    loop {
        ring.changed.notified().await;
        while guard.level() != GuardLevel::Observe {
            let change = ring.take_change(BYTES);
            if change.new.is_empty() && change.gone.is_empty() {
                break;
            }
            if let Err(error) = journal.keep_refused(change.new, change.gone).await {
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
