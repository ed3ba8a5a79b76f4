//! The queue's jobs, guarded.

use super::Guard;
use crate::audit::Change;
use async_trait::async_trait;
use heliograph_engine::ports::{
    Discarded, Job, JobFigures, JobLine, JobState, JobWorker, Jobs, KeptJob, PortResult, PutBack,
};
use heliograph_model::JobId;
use serde_json::{Value, json};
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

    /// What a job holds, where it is one.
    async fn shown(&self, ids: &[JobId]) -> Option<String> {
        let [id] = ids else { return None };
        Some(self.held(id).await?.to_string())
    }

    /// All ids, and what the first of these jobs hold: nobody can look at them afterwards.
    async fn all_shown(&self, ids: &[JobId]) -> Option<String> {
        if ids.len() == 1 {
            return self.shown(ids).await;
        }
        let mut held = Vec::new();
        for id in ids.iter().take(NAMED) {
            held.extend(self.held(id).await);
        }
        let all: Vec<_> = ids.iter().map(JobId::as_str).collect();
        Some(json!({ "ids": all, "first": held }).to_string())
    }

    async fn held(&self, id: &JobId) -> Option<Value> {
        let job = self.inner.job(id).await.ok().flatten()?;
        let data: Value = serde_json::from_str(&job.data).unwrap_or(Value::String(job.data));
        Some(json!({
            "id": job.line.id,
            "state": job.state.map(|state| format!("{state:?}").to_lowercase()),
            "attempts": job.line.attempts,
            "reason": job.line.reason,
            "data": data,
        }))
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

    async fn webhooks(&self, ids: &[JobId], most_bytes: usize) -> PortResult<Vec<Option<String>>> {
        self.inner.webhooks(ids, most_bytes).await
    }

    async fn retry(&self, ids: &[JobId]) -> PortResult<u64> {
        let change = Change::new("Retrying failed jobs", these(ids));
        let call = self.inner.retry(ids);
        self.guard.change(change, self.shown(ids), call).await
    }

    async fn promote(&self, ids: &[JobId]) -> PortResult<u64> {
        let change = Change::new("Handing delayed jobs out", these(ids));
        let call = self.inner.promote(ids);
        self.guard.change(change, self.shown(ids), call).await
    }

    async fn discard(&self, from: JobState, ids: &[JobId]) -> PortResult<Discarded> {
        let change = Change::new(discarding(from), these(ids));
        let call = self.inner.discard(from, ids);
        self.guard.change(change, self.all_shown(ids), call).await
    }

    async fn restore(&self, jobs: &[KeptJob]) -> PortResult<PutBack> {
        let change = Change::new(
            "Putting discarded jobs back",
            format!("{} jobs", jobs.len()),
        );
        let call = self.inner.restore(jobs);
        self.guard.change(change, async { None }, call).await
    }

    async fn pause(&self) -> PortResult<()> {
        let change = Change::new("Pausing the queue", "");
        let call = self.inner.pause();
        self.guard.change(change, async { None }, call).await
    }

    async fn resume(&self, merging: bool) -> PortResult<()> {
        let change = Change::new("Resuming the queue", "");
        let call = self.inner.resume(merging);
        self.guard.change(change, async { None }, call).await
    }

    async fn workers(&self) -> PortResult<Option<Vec<JobWorker>>> {
        self.inner.workers().await
    }
}

/// What is done to jobs of a state when they are removed.
fn discarding(from: JobState) -> &'static str {
    match from {
        JobState::Failed => "Discarding failed jobs",
        JobState::Delayed => "Removing delayed jobs",
        JobState::Waiting => "Removing waiting jobs",
        JobState::Active | JobState::Completed => "Removing jobs",
    }
}

/// So many are named; the rest is counted.
const NAMED: usize = 20;

fn these(ids: &[JobId]) -> String {
    let named: Vec<_> = ids.iter().take(NAMED).map(JobId::as_str).collect();
    match ids.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
