//! The failed set: the dead letter that Node applications see too.

use crate::connection::{ask, ask_all, within};
use crate::error::{BullError, BullResult};
use crate::queue::BullQueue;
use crate::{job_data, shapes};
use bullmq::{Job, JobState, RetryOptions};
use bytes::Bytes;
use heliograph_model::Millis;
use std::collections::HashMap;

/// How many jobs one script call of [`BullQueue::retry_all`] moves.
const BATCH: u32 = 1_000;

/// A job that failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedJob {
    /// Its id in BullMQ.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why it failed.
    pub reason: String,
    /// How often it was handed out.
    pub attempts: u32,
    /// When it was added.
    pub added_at: Millis,
    /// When it failed.
    pub failed_at: Option<Millis>,
    /// The webhook in it, where one is recognised.
    pub body: Option<Bytes>,
}

impl BullQueue {
    /// Failed jobs, the latest first: at most `most` after the first `skip`.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn failed(&self, skip: usize, most: usize) -> BullResult<Vec<FailedJob>> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let mut page = redis::cmd("ZREVRANGE");
        page.arg(self.keys.failed()).arg(skip).arg(skip + most - 1);
        let ids: Vec<String> = ask(&self.connection, &page).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut jobs = redis::pipe();
        for id in &ids {
            jobs.cmd("HGETALL").arg(self.keys.job_key(id));
        }
        let jobs: Vec<HashMap<String, String>> = ask_all(&self.connection, &jobs).await?;
        Ok(ids
            .iter()
            .zip(&jobs)
            .filter(|(_, fields)| !fields.is_empty())
            .filter_map(|(id, fields)| Job::from_redis_hash(id, fields).ok())
            .map(|job| self.shown(&job))
            .collect())
    }

    fn shown(&self, job: &Job) -> FailedJob {
        let own = job_data::own(job.data()).ok().flatten();
        let body = own.map(|(_, delivery)| delivery.body).or_else(|| {
            let found = shapes::find(job.data(), self.config.data_path.as_deref());
            found.ok().map(|found| found.body)
        });
        FailedJob {
            id: job.id().to_owned(),
            name: job.name().to_owned(),
            reason: job.failed_reason().to_owned(),
            attempts: job.attempts_started(),
            added_at: millis(job.timestamp()),
            failed_at: job.finished_on().map(millis),
            body,
        }
    }

    /// Puts a failed job back to be handed out, as if it had never been tried.
    ///
    /// # Errors
    /// [`BullError::NotFailed`] when it is not in the failed set, or when Redis cannot be
    /// reached.
    pub async fn retry(&self, id: &str) -> BullResult<()> {
        self.must_have_failed(id).await?;
        let queue = self.writing().await?;
        let not_failed = || BullError::NotFailed(id.to_owned());
        let mut job = within(queue.get_job(id)).await?.ok_or_else(not_failed)?;
        let anew = RetryOptions {
            reset_attempts_made: true,
            reset_attempts_started: true,
        };
        within(job.retry("failed", Some(anew))).await
    }

    /// Puts every failed job back to be handed out.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn retry_all(&self) -> BullResult<()> {
        within(self.writing().await?.retry_jobs("failed", BATCH, None)).await
    }

    /// Removes a failed job for good.
    ///
    /// # Errors
    /// [`BullError::NotFailed`] when it is not in the failed set, or when Redis cannot be
    /// reached.
    pub async fn discard(&self, id: &str) -> BullResult<()> {
        self.must_have_failed(id).await?;
        if within(self.writing().await?.remove(id)).await? {
            Ok(())
        } else {
            Err(BullError::NotFailed(id.to_owned()))
        }
    }

    async fn must_have_failed(&self, id: &str) -> BullResult<()> {
        match within(self.writing().await?.get_job_state(id)).await? {
            JobState::Failed => Ok(()),
            JobState::Waiting
            | JobState::Active
            | JobState::Delayed
            | JobState::Prioritized
            | JobState::Completed
            | JobState::WaitingChildren
            | JobState::Unknown => Err(BullError::NotFailed(id.to_owned())),
        }
    }
}

fn millis(at: u64) -> Millis {
    Millis(i64::try_from(at).unwrap_or(i64::MAX))
}
