//! The queue's jobs, guarded.

use super::Guard;
use async_trait::async_trait;
use heliograph_engine::ports::{
    Discarded, Job, JobFigures, JobLine, JobState, JobWorker, Jobs, KeptJob, PortResult,
};
use heliograph_model::JobId;
use std::sync::Arc;

/// Jobs that are looked at at every guard level, and moved only where it allows it.
#[derive(Debug, Clone)]
pub struct GuardedJobs {
    inner: Arc<dyn Jobs>,
    guard: Arc<Guard>,
}

impl GuardedJobs {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Jobs>, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

#[async_trait]
impl Jobs for GuardedJobs {
    async fn figures(&self) -> PortResult<JobFigures> {
        self.inner.figures().await
    }

    async fn list(&self, state: JobState, skip: usize, most: usize) -> PortResult<Vec<JobLine>> {
        self.inner.list(state, skip, most).await
    }

    async fn job(&self, id: &JobId) -> PortResult<Option<Job>> {
        self.inner.job(id).await
    }

    async fn retry(&self, ids: &[JobId]) -> PortResult<u64> {
        self.guard.allow("Retrying failed jobs")?;
        self.inner.retry(ids).await
    }

    async fn promote(&self, ids: &[JobId]) -> PortResult<u64> {
        self.guard.allow("Handing delayed jobs out")?;
        self.inner.promote(ids).await
    }

    async fn discard(&self, ids: &[JobId]) -> PortResult<Discarded> {
        self.guard.allow("Discarding failed jobs")?;
        self.inner.discard(ids).await
    }

    async fn restore(&self, jobs: &[KeptJob]) -> PortResult<u64> {
        self.guard.allow("Putting discarded jobs back")?;
        self.inner.restore(jobs).await
    }

    async fn pause(&self) -> PortResult<()> {
        self.guard.allow("Pausing the queue")?;
        self.inner.pause().await
    }

    async fn resume(&self, merging: bool) -> PortResult<()> {
        self.guard.allow("Resuming the queue")?;
        self.inner.resume(merging).await
    }

    async fn workers(&self) -> PortResult<Option<Vec<JobWorker>>> {
        self.inner.workers().await
    }
}
