//! Everything that is told, read at one time.

use crate::process::ProcessFacts;
use crate::source::{Requests, Source};
use heliograph_engine::cache::ReadFigures;
use heliograph_engine::ports::{BacklogDepth, PortResult, QueueDepth};
use heliograph_engine::process::WorkFigures;
use heliograph_model::{CacheFigures, Millis};
use std::time::Duration;

/// How long a port may take for a depth. Prometheus waits ten seconds for a scrape, and
/// the counters must arrive also while a backend does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The figures at one time.
#[derive(Debug, Clone)]
pub struct Sample {
    /// What the process is called.
    pub worker: String,
    /// When.
    pub at: Millis,
    /// What the engine has done.
    pub work: WorkFigures,
    /// How the caches have done.
    pub caches: CacheFigures,
    /// The reads by collection, tier and outcome.
    pub reads: Vec<ReadFigures>,
    /// What waits in the queue; `None` when the queue does not answer.
    pub queue: Option<QueueWaiting>,
    /// What is written behind; `None` where nothing is.
    pub backlog: Option<Answer<BacklogDepth>>,
    /// What became of the requests to the listener, where there is one.
    pub requests: Option<Requests>,
    /// What the operating system knows.
    pub process: ProcessFacts,
}

/// What waits in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueWaiting {
    /// How much.
    pub depth: QueueDepth,
    /// When the oldest that waits arrived, where the queue knows.
    pub oldest_at: Option<Millis>,
}

/// What a port said when it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<T> {
    /// It said this.
    Known(T),
    /// It did not answer, or not in time.
    Unknown,
}

impl Sample {
    /// Reads everything now.
    pub async fn of(source: &Source) -> Self {
        let queue = in_time("the queue", async {
            let depth = source.queue.depth();
            let (depth, oldest_at) = tokio::try_join!(depth, source.queue.oldest_waiting())?;
            Ok(QueueWaiting { depth, oldest_at })
        });
        let backlog = async {
            let backlog = source.backlog.as_ref()?;
            let depth = in_time("what is written behind", backlog.backlog()).await;
            Some(depth.map_or(Answer::Unknown, Answer::Known))
        };
        let (queue, backlog) = tokio::join!(queue, backlog);
        Self {
            queue,
            backlog,
            ..Self::counted(source)
        }
    }

    /// What is counted, without asking a backend for anything: the depths are unknown.
    #[must_use]
    pub fn counted(source: &Source) -> Self {
        Self {
            worker: source.worker.clone(),
            at: source.clock.now(),
            work: source.measured.work(),
            caches: source.measured.caches(),
            reads: source.measured.reads(),
            queue: None,
            backlog: source.backlog.as_ref().map(|_| Answer::Unknown),
            requests: source.requests.as_ref().map(|read| read()),
            process: ProcessFacts::read(),
        }
    }
}

/// What a port answers, if it does so in time.
async fn in_time<T>(what: &str, answer: impl Future<Output = PortResult<T>>) -> Option<T> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the metrics are without the depth of {what}");
            None
        }
        Err(_) => {
            tracing::warn!("the metrics are without the depth of {what}: no answer in time");
            None
        }
    }
}
