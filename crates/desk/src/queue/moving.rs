//! Moving jobs: again, at once, away, and back.

use super::QueueDesk;
use super::error::{QueueError, Result};
use super::failed::{PAGE, kind};
use super::number::number;
use super::rows::JobsIn;
use heliograph_engine::ports::{self, JobLine, JobState};
use heliograph_model::JobId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most that are moved with one wish.
const MOST: usize = 100_000;
/// The most bytes of discarded jobs that are kept to be put back.
const KEPT_BYTES: usize = 64 << 20;
/// Why some jobs are not removed.
const NOT_REMOVED: &str = "Only jobs that failed, are delayed or wait can be removed. An \
     active one is in a worker's hands, and a completed one is done.";

/// Which jobs of those in a state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "which", rename_all = "snake_case")]
pub enum JobChoice {
    /// These.
    Some {
        /// Which.
        ids: Vec<JobId>,
    },
    /// Those of the same name and the same kind of reason as this one, itself included.
    Like {
        /// Which.
        id: JobId,
    },
    /// Those that failed for a reason of this kind.
    Reason {
        /// With its numbers and ids folded.
        reason: String,
    },
    /// All of them.
    All,
}

/// How many jobs were moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct JobsMoved {
    /// How many were.
    pub moved: u32,
    /// Of how many that were chosen; the others were not there any more.
    pub of: u32,
}

/// What came of discarding jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct JobsDiscarded {
    /// How many were removed.
    pub removed: u32,
    /// Of how many that were chosen; the others were not there any more.
    pub of: u32,
    /// How many of these can be put back.
    pub kept: u32,
}

impl QueueDesk {
    /// Puts failed jobs back to be handed out, as if they had never been tried.
    ///
    /// # Errors
    /// When the guard level does not allow it, or the queue cannot do it.
    pub async fn retry(&self, choice: &JobChoice) -> Result<JobsMoved> {
        let jobs = self.jobs()?;
        let ids = chosen(&*jobs, JobState::Failed, choice).await?;
        let mut moved = 0;
        for some in ids.chunks(PAGE) {
            moved += jobs.retry(some).await?;
            self.moved();
        }
        Ok(JobsMoved {
            moved: number(moved),
            of: number(ids.len() as u64),
        })
    }

    /// Hands delayed jobs out at once.
    ///
    /// # Errors
    /// As [`Self::retry`].
    pub async fn promote(&self, choice: &JobChoice) -> Result<JobsMoved> {
        let jobs = self.jobs()?;
        let ids = chosen(&*jobs, JobState::Delayed, choice).await?;
        let mut moved = 0;
        for some in ids.chunks(PAGE) {
            moved += jobs.promote(some).await?;
            self.moved();
        }
        Ok(JobsMoved {
            moved: number(moved),
            of: number(ids.len() as u64),
        })
    }

    /// Which jobs in a state a choice is now: at most a hundred thousand, in the order in
    /// which they are listed. With their ids, what is asked about is what is moved, and
    /// nothing that came since.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn choose(&self, from: JobsIn, choice: &JobChoice) -> Result<Vec<JobId>> {
        chosen(&*self.jobs()?, from.into(), choice).await
    }

    /// Removes jobs that failed, are delayed or wait. What was removed is kept until
    /// something else is discarded, to be put back with [`Self::restore`].
    ///
    /// # Errors
    /// When they are in another state, and as [`Self::retry`].
    pub async fn discard(&self, from: JobsIn, choice: &JobChoice) -> Result<JobsDiscarded> {
        if matches!(from, JobsIn::Active | JobsIn::Completed) {
            return Err(QueueError::Invalid(NOT_REMOVED.to_owned()));
        }
        let runtime = self.runtime()?;
        let jobs = runtime.jobs();
        let ids = chosen(&*jobs, from.into(), choice).await?;
        let happenings = runtime.engine().happenings();
        let (mut removed, mut kept, mut bytes) = (0, Vec::new(), 0);
        for some in ids.chunks(PAGE) {
            match jobs.discard(from.into(), some).await {
                Ok(discarded) => {
                    removed += discarded.removed;
                    happenings.removed(discarded.deliveries);
                    for job in discarded.kept {
                        bytes += job.whole.len();
                        if bytes <= KEPT_BYTES {
                            kept.push(job);
                        }
                    }
                }
                Err(error) if removed == 0 => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(%error, "not every job could be discarded");
                    break;
                }
            }
        }
        let count = kept.len();
        if removed > 0 {
            self.state.lock().kept = kept;
        }
        self.moved();
        Ok(JobsDiscarded {
            removed: number(removed),
            of: number(ids.len() as u64),
            kept: number(count as u64),
        })
    }

    /// Puts back what was discarded last.
    ///
    /// # Errors
    /// When there is nothing, and as [`Self::retry`].
    pub async fn restore(&self) -> Result<JobsMoved> {
        let runtime = self.runtime()?;
        let jobs = runtime.jobs();
        let kept = std::mem::take(&mut self.state.lock().kept);
        if kept.is_empty() {
            return Err(QueueError::NothingKept);
        }
        let back = match jobs.restore(&kept).await {
            Ok(back) => back,
            Err(error) => {
                self.state.lock().kept = kept;
                return Err(error.into());
            }
        };
        runtime.engine().happenings().put_back(back.deliveries);
        self.moved();
        Ok(JobsMoved {
            moved: number(back.jobs),
            of: number(kept.len() as u64),
        })
    }

    /// Hands nothing more out, to any worker, until it is resumed.
    ///
    /// # Errors
    /// As [`Self::retry`].
    pub async fn pause(&self) -> Result<()> {
        self.jobs()?.pause().await?;
        self.moved();
        Ok(())
    }

    /// Hands out again. `merging` puts what a client of BullMQ 5 put aside in front of what
    /// came since.
    ///
    /// # Errors
    /// When a client of BullMQ 5 paused the queue and nobody said that it is to be merged,
    /// and as [`Self::retry`].
    pub async fn resume(&self, merging: bool) -> Result<()> {
        self.jobs()?.resume(merging).await?;
        self.moved();
        Ok(())
    }
}

impl QueueDesk {
    /// Has the queue looked at, and what failed read again, at once.
    fn moved(&self) {
        self.state.lock().failed = Arc::default();
        self.told_changed();
    }
}

/// The ids of those that were chosen, before any of them is moved.
async fn chosen(jobs: &dyn ports::Jobs, state: JobState, choice: &JobChoice) -> Result<Vec<JobId>> {
    match choice {
        JobChoice::Some { ids } => Ok(ids.clone()),
        JobChoice::Like { id } => {
            let job = jobs.job(id).await?;
            let line = job.ok_or_else(|| QueueError::Gone(id.clone()))?.line;
            let is_like_it = |own: &JobLine| own.name == line.name && kind(own) == kind(&line);
            all(jobs, state, is_like_it).await
        }
        JobChoice::Reason { reason } => all(jobs, state, |line| kind(line) == *reason).await,
        JobChoice::All => all(jobs, state, |_| true).await,
    }
}

/// The ids of all in a state that are wanted.
async fn all(
    jobs: &dyn ports::Jobs,
    state: JobState,
    is_wanted: impl Fn(&JobLine) -> bool,
) -> Result<Vec<JobId>> {
    let mut ids = Vec::new();
    let mut skip = 0;
    while skip < MOST {
        let page = jobs.list(state, skip, PAGE).await?;
        if page.is_empty() {
            break;
        }
        skip += page.len();
        let wanted = page.into_iter().filter(&is_wanted);
        ids.extend(wanted.map(|line| line.id));
    }
    Ok(ids)
}
