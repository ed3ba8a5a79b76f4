//! Where the figures come from.

use heliograph_engine::ports::{Backlog, Clock, Queue};
use heliograph_engine::process::Measured;
use std::fmt;
use std::sync::Arc;

/// What became of the requests to the webhook's listener.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requests {
    /// How many ended how: names of a closed set, as `accepted` or `signature_wrong`.
    pub results: Vec<(&'static str, u64)>,
    /// The bytes of the accepted deliveries.
    pub accepted_bytes: u64,
    /// Connections that were accepted.
    pub connections: u64,
}

/// Reads what became of the requests so far.
pub type ReadRequests = Arc<dyn Fn() -> Requests + Send + Sync>;

/// Where the figures of a running server are read. All parts are handles: reading them
/// holds nothing up.
#[derive(Clone)]
pub struct Source {
    /// What this process is called, at random: no other has the same name, also not the same
    /// server started again.
    pub worker: String,
    /// What the engine counts and times.
    pub measured: Measured,
    /// How much is waiting, and since when.
    pub queue: Arc<dyn Queue>,
    /// Tells how old something is.
    pub clock: Arc<dyn Clock>,
    /// What is written behind, where the profile does that.
    pub backlog: Option<Arc<dyn Backlog>>,
    /// The requests to the listener, where there is one.
    pub requests: Option<ReadRequests>,
}

impl Source {
    /// The figures of an engine on its queue, without a backlog and
    /// without a listener, which are set where there are some.
    #[must_use]
    pub fn new(measured: Measured, queue: Arc<dyn Queue>, clock: Arc<dyn Clock>) -> Self {
        Self {
            worker: format!("{:016x}", fastrand::u64(..)),
            measured,
            queue,
            clock,
            backlog: None,
            requests: None,
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("worker", &self.worker)
            .field("has_backlog", &self.backlog.is_some())
            .field("has_listener", &self.requests.is_some())
            .finish_non_exhaustive()
    }
}
