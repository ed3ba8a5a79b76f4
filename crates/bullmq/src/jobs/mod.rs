//! The queue's jobs, for the person who looks after it.
//!
//! Looking writes nothing, not even this process' version in the metadata. What is counted
//! is what lies in Redis, as every client of BullMQ sees it: jobs that a worker holds in
//! advance are active.

mod ages;
mod counting;
mod discarding;
mod listing;
mod whole;

pub(crate) use counting::Counting;

use crate::connection::ask_all;
use crate::error::{BullError, BullResult};
use crate::inspect::{QueueWarning, library};
use crate::queue::BullQueue;
use async_trait::async_trait;
use futures::StreamExt;
use heliograph_engine::ports::{
    Discarded, Job, JobFigures, JobLine, JobState, JobWorker, Jobs, KeptJob, PortResult, PutBack,
};
use heliograph_model::JobId;

/// How many jobs are moved at a time.
const AT_A_TIME: usize = 16;

#[async_trait]
impl Jobs for BullQueue {
    async fn figures(&self) -> PortResult<JobFigures> {
        Ok(self.job_figures().await?)
    }

    async fn list(&self, state: JobState, skip: usize, most: usize) -> PortResult<Vec<JobLine>> {
        Ok(self.job_lines(state, skip, most).await?)
    }

    async fn job(&self, id: &JobId) -> PortResult<Option<Job>> {
        Ok(self.whole_job(id).await?)
    }

    async fn webhooks(&self, ids: &[JobId], most_bytes: usize) -> PortResult<Vec<Option<String>>> {
        Ok(self.webhooks_in(ids, most_bytes).await?)
    }

    async fn retry(&self, ids: &[JobId]) -> PortResult<u64> {
        let each = ids.iter().cloned();
        let each = each.map(|id| async move { BullQueue::retry(self, id.as_str()).await });
        Ok(moved(each).await?)
    }

    async fn promote(&self, ids: &[JobId]) -> PortResult<u64> {
        let each = ids.iter().cloned();
        let each = each.map(|id| async move { self.promote_job(id.as_str()).await });
        Ok(moved(each).await?)
    }

    async fn discard(&self, from: JobState, ids: &[JobId]) -> PortResult<Discarded> {
        Ok(self.discard_jobs(from, ids).await?)
    }

    async fn restore(&self, jobs: &[KeptJob]) -> PortResult<PutBack> {
        let mut back = PutBack::default();
        for job in jobs {
            if let Some(put_back) = self.restore_job(job).await? {
                back.jobs += 1;
                back.deliveries.extend(put_back.delivery_id);
            }
        }
        Ok(back)
    }

    async fn pause(&self) -> PortResult<()> {
        Ok(BullQueue::pause(self).await?)
    }

    async fn resume(&self, merging: bool) -> PortResult<()> {
        if merging {
            self.resume_and_merge().await?;
        } else {
            BullQueue::resume(self).await?;
        }
        Ok(())
    }

    async fn workers(&self) -> PortResult<Option<Vec<JobWorker>>> {
        let workers = BullQueue::workers(self).await?;
        let workers = workers.into_iter().map(|worker| JobWorker {
            name: worker.name,
            address: worker.address,
            connected_for: worker.connected_for,
            program: worker.program,
            library: worker.library,
        });
        Ok(Some(workers.collect()))
    }
}

impl BullQueue {
    async fn job_figures(&self) -> BullResult<JobFigures> {
        let mut counts = redis::pipe();
        for list in [self.keys.wait(), self.keys.paused(), self.keys.active()] {
            counts.cmd("LLEN").arg(list);
        }
        for set in [
            self.keys.prioritized(),
            self.keys.delayed(),
            self.keys.failed(),
            self.keys.completed(),
        ] {
            counts.cmd("ZCARD").arg(set);
        }
        let (wait, parked, active, prioritized, delayed, failed, completed): (
            u64,
            u64,
            u64,
            u64,
            u64,
            u64,
            u64,
        ) = ask_all(&self.connection, &counts).await?;
        let waits = self.oldest_waits_for().await?;
        let ages = self.ages().await?;
        let pause = self.pause_state().await?;
        let warnings = QueueWarning::of(&pause);
        Ok(JobFigures {
            waiting: wait + parked + prioritized,
            active,
            delayed,
            failed,
            completed: Some(completed),
            oldest_waiting: waits.map(|millis| self.clock.now() - millis),
            oldest_active: ages.oldest_active,
            next_due: ages.next_due,
            oldest_failed: ages.oldest_failed,
            newest_failed: ages.newest_failed,
            paused: pause.paused,
            parked,
            counted: self.counted_jobs().await?,
            opened_by: pause.version.as_deref().map(library),
            warnings: warnings.iter().map(QueueWarning::to_string).collect(),
        })
    }
}

/// How many of these went through; those whose job is not where it should be are passed
/// over. What fails ends it, unless something was moved already.
async fn moved(
    each: impl Iterator<Item = impl Future<Output = BullResult<()>>>,
) -> BullResult<u64> {
    let mut results = futures::stream::iter(each).buffer_unordered(AT_A_TIME);
    let mut moved = 0;
    while let Some(result) = results.next().await {
        match result {
            Ok(()) => moved += 1,
            Err(BullError::NotFailed(_) | BullError::NotDelayed(_)) => {}
            Err(error) if moved == 0 => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "not every job could be moved");
                return Ok(moved);
            }
        }
    }
    Ok(moved)
}
