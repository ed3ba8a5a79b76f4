//! The queue: how much waits, what failed and why, and moving jobs on purpose.
//!
//! The queue is looked at once a second, and only while somebody watches ([`QueueDesk::watch`]).
//! The failed jobs are read with each look at which their number has changed, and grouped
//! by reason, because that is why one comes here.

mod error;
mod failed;
mod figures;
mod history;
mod moving;
mod reason;
mod rows;
mod writing;

pub use error::QueueError;
pub use failed::{FailedReasons, ReasonGroup};
pub use figures::{QueueFigures, QueueNews, QueueWorkerRow};
pub use history::QueuePoint;
pub use moving::{JobChoice, JobsDiscarded, JobsMoved};
pub use reason::folded;
pub use rows::{JobPage, JobRow, JobsIn, OpenedJob};
pub use writing::JobsFile;

use error::Result;
use failed::Failed;
use heliograph_engine::ports::{self, KeptJob};
use heliograph_model::JobId;
use heliograph_runtime::Runtime;
use history::History;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// The most rows in a page.
const MOST_ROWS: usize = 500;

/// The queue of the profile in front.
#[derive(Debug, Default)]
pub struct QueueDesk {
    /// Held for a moment only, never while waiting.
    state: Mutex<State>,
    /// Rings when something was changed here, so that it is looked at once.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    runtime: Option<Arc<Runtime>>,
    history: History,
    /// How often it was looked at.
    looks: u32,
    failed: Arc<Failed>,
    /// Who works on the queue, as they were seen last.
    workers: Option<Vec<QueueWorkerRow>>,
    /// What was discarded last, to be put back.
    kept: Vec<KeptJob>,
}

impl QueueDesk {
    /// A desk that looks at nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at this profile from now on, instead of at the one before.
    pub fn follow(&self, runtime: Arc<Runtime>) {
        *self.state.lock() = State {
            runtime: Some(runtime),
            ..State::default()
        };
        self.changed.notify_one();
    }

    /// Looks at nothing any more.
    pub fn stop(&self) {
        *self.state.lock() = State::default();
    }

    /// Tells how the queue stands, now and once a second, until `tell` answers that nobody
    /// listens any more.
    pub async fn watch(&self, mut tell: impl FnMut(QueueNews) -> bool) {
        let mut number = 0;
        loop {
            let changed = self.changed.notified();
            number += 1;
            if let Ok(runtime) = self.runtime()
                && !tell(self.look(&runtime, number).await)
            {
                return;
            }
            // A queue that cannot be reached answers late enough by itself.
            let _ = tokio::time::timeout(BETWEEN_LOOKS, changed).await;
        }
    }

    /// Jobs in a state, a page at a time; of those that failed, on request those of one
    /// reason.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn page(
        &self,
        state: JobsIn,
        reason: Option<&str>,
        skip: u32,
        most: u32,
    ) -> Result<JobPage> {
        let (skip, most) = (skip as usize, (most as usize).min(MOST_ROWS));
        if let (JobsIn::Failed, Some(reason)) = (state, reason) {
            let failed = Arc::clone(&self.state.lock().failed);
            return Ok(failed.page(reason, skip, most));
        }
        let jobs = self.jobs()?;
        let lines = jobs.list(state.into(), skip, most).await?;
        let figures = jobs.figures().await?;
        Ok(JobPage::new(state, &figures, skip, lines))
    }

    /// One job whole.
    ///
    /// # Errors
    /// When it is not there any more, or the queue cannot be read.
    pub async fn open(&self, id: &JobId) -> Result<OpenedJob> {
        let job = self.jobs()?.job(id).await?;
        let job = job.ok_or_else(|| QueueError::Gone(id.clone()))?;
        Ok(OpenedJob::from(job))
    }

    fn runtime(&self) -> Result<Arc<Runtime>> {
        let runtime = self.state.lock().runtime.clone();
        runtime.ok_or(QueueError::NothingRuns)
    }

    fn jobs(&self) -> Result<Arc<dyn ports::Jobs>> {
        Ok(self.runtime()?.jobs())
    }
}
