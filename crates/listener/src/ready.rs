//! Whether deliveries can be accepted now.

use heliograph_engine::ports::Queue;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// An answer is good for so long: the port is open to the internet, and asking a queue
/// for its depth is not free.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// A queue that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Remembers for a moment whether the queue answered.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    /// Held while the queue is asked, so that a crowd asks once.
    last: Mutex<Option<(Instant, bool)>>,
}

impl Readiness {
    /// Whether the queue answers.
    pub(crate) async fn of(&self, queue: &dyn Queue) -> bool {
        let mut last = self.last.lock().await;
        if let Some((at, answered)) = *last
            && at.elapsed() < GOOD_FOR
        {
            return answered;
        }
        let answered = match timeout(PATIENCE, queue.depth()).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the queue does not answer");
                false
            }
            Err(_) => {
                tracing::warn!("the queue does not answer in time");
                false
            }
        };
        *last = Some((Instant::now(), answered));
        answered
    }
}
