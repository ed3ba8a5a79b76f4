//! The queue: how much waits, what failed and why, and moving jobs on purpose.
//!
//! The queue is looked at once a second, and only while somebody watches ([`QueueDesk::watch`]).
//! The failed jobs are read with each look at which their number has changed, and grouped
//! by reason, because that is why one comes here. So are the sends that failed for good.

mod error;
mod failed;
mod figures;
mod history;
mod moving;
mod number;
mod reason;
mod rows;
mod sends;
mod webhook;
mod writing;

pub use error::QueueError;
pub use failed::{FailedReasons, ReasonGroup};
pub use figures::{QueueFigures, QueueNews, QueueWorkerRow};
pub use history::QueuePoint;
pub use moving::{JobChoice, JobsDiscarded, JobsMoved};
pub use reason::folded;
pub use rows::{JobPage, JobRow, JobsIn, OpenedJob};
pub use sends::{
    AgainDoubt, AgainDoubts, AgainLeftOut, AgainRow, FailedSendsNews, NotAgain, SendAgainQuestion,
    SendChoice, SendGroup, SendPage, SendRow,
};
pub use webhook::JobWebhook;
pub use writing::JobsFile;

use error::Result;
use failed::Failed;
use heliograph_engine::ports::{self, KeptJob};
use heliograph_model::{JobId, OutboxId};
use heliograph_runtime::Runtime;
use history::History;
use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// Between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// The most rows in a page.
const MOST_ROWS: usize = 500;

/// The queue of the profile in front.
#[derive(Debug, Default)]
pub struct QueueDesk {
    /// Held for a moment only, never while waiting.
    state: Mutex<State>,
    /// Counts what was changed here, so that it is looked at once.
    changed: watch::Sender<u64>,
    /// The last look, held while one is under way: one look serves every window.
    last: tokio::sync::Mutex<Option<Looked>>,
}

/// What a look at the queue saw.
#[derive(Debug)]
struct Looked {
    /// When it ended.
    at: Instant,
    /// How many changes it has seen.
    changes: u64,
    news: QueueNews,
}

#[derive(Debug, Default)]
struct State {
    runtime: Option<Arc<Runtime>>,
    history: History,
    /// How often it was looked at.
    looks: u32,
    failed: Arc<Failed>,
    sends: Arc<sends::Kept>,
    names: Arc<sends::Names>,
    /// Who works on the queue, as they were seen last.
    workers: Option<Vec<QueueWorkerRow>>,
    /// What was discarded last, to be put back.
    kept: Vec<KeptJob>,
    /// The failed sends of which somebody was told what sending them again would do.
    asked: HashSet<OutboxId>,
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
        self.told_changed();
    }

    /// Looks at nothing any more.
    pub fn stop(&self) {
        *self.state.lock() = State::default();
    }

    /// Tells how the queue stands, now and once a second, until `tell` answers that nobody
    /// listens any more. However many watch, the queue is looked at once a second.
    pub async fn watch<F>(&self, mut tell: impl FnMut(QueueNews) -> F)
    where
        F: Future<Output = bool>,
    {
        let mut changed = self.changed.subscribe();
        loop {
            let changes = *changed.borrow_and_update();
            if let Ok(runtime) = self.runtime()
                && !tell(self.looked(&runtime, changes).await).await
            {
                return;
            }
            // A queue that cannot be reached answers late enough by itself.
            let _ = timeout(BETWEEN_LOOKS, changed.changed()).await;
        }
    }

    /// What a look saw that has seen so many changes and is not old.
    async fn looked(&self, runtime: &Arc<Runtime>, changes: u64) -> QueueNews {
        let mut last = self.last.lock().await;
        if let Some(last) = last.as_ref()
            && last.changes >= changes
            && last.at.elapsed() < BETWEEN_LOOKS
        {
            return last.news.clone();
        }
        let changes = *self.changed.borrow();
        let news = self.look(runtime).await;
        *last = Some(Looked {
            at: Instant::now(),
            changes,
            news: news.clone(),
        });
        news
    }

    fn told_changed(&self) {
        self.changed.send_modify(|changes| *changes += 1);
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
        let jobs = self.jobs()?;
        let mut page = if let (JobsIn::Failed, Some(reason)) = (state, reason) {
            let failed = Arc::clone(&self.state.lock().failed);
            failed.page(reason, skip, most)
        } else {
            let lines = jobs.list(state.into(), skip, most).await?;
            let figures = jobs.figures().await?;
            JobPage::new(state, &figures, skip, lines)
        };
        let ids: Vec<JobId> = page.rows.iter().map(|row| row.id.clone()).collect();
        let webhooks = webhook::about(&*jobs, &ids).await?;
        for (row, webhook) in page.rows.iter_mut().zip(webhooks) {
            row.webhook = webhook;
        }
        Ok(page)
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
