//! Jobs in a list, and one of them opened.

use super::number::number;
use super::webhook::JobWebhook;
use heliograph_engine::ports::{Job, JobFigures, JobLine, JobState};
use heliograph_model::{DeliveryId, JobId, Millis};
use serde::{Deserialize, Serialize};

/// Where jobs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum JobsIn {
    /// To be handed out as soon as somebody takes it.
    Waiting,
    /// Handed out and not finished.
    Active,
    /// To be handed out later.
    Delayed,
    /// In the dead letter.
    Failed,
    /// Done, and kept to be looked at.
    Completed,
}

impl From<JobsIn> for JobState {
    fn from(state: JobsIn) -> Self {
        match state {
            JobsIn::Waiting => Self::Waiting,
            JobsIn::Active => Self::Active,
            JobsIn::Delayed => Self::Delayed,
            JobsIn::Failed => Self::Failed,
            JobsIn::Completed => Self::Completed,
        }
    }
}

impl From<JobState> for JobsIn {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Waiting => Self::Waiting,
            JobState::Active => Self::Active,
            JobState::Delayed => Self::Delayed,
            JobState::Failed => Self::Failed,
            JobState::Completed => Self::Completed,
        }
    }
}

/// A job in a list. What the queue cannot say is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct JobRow {
    /// Which.
    pub id: JobId,
    /// What it is called.
    pub name: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed.
    pub reason: Option<String>,
    /// When it was added.
    pub added_at: Option<Millis>,
    /// When the last try began.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub ended_at: Option<Millis>,
    /// Before which it is not handed out.
    pub due_at: Option<Millis>,
    /// The delivery in it, where it is known by an id.
    pub delivery_id: Option<DeliveryId>,
    /// What the webhook in it is about; `None` where there is none, or it is very large.
    pub webhook: Option<JobWebhook>,
}

impl From<JobLine> for JobRow {
    fn from(line: JobLine) -> Self {
        Self {
            id: line.id,
            name: line.name,
            attempts: line.attempts,
            reason: line.reason,
            added_at: line.added_at,
            started_at: line.started_at,
            ended_at: line.ended_at,
            due_at: line.due_at,
            delivery_id: line.delivery_id,
            webhook: None,
        }
    }
}

/// Some of the jobs in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct JobPage {
    /// Which state.
    pub state: JobsIn,
    /// How many come before.
    pub skip: u32,
    /// How many there are in all.
    pub total: u32,
    /// These.
    pub rows: Vec<JobRow>,
}

impl JobPage {
    pub(super) fn new(
        state: JobsIn,
        figures: &JobFigures,
        skip: usize,
        lines: Vec<JobLine>,
    ) -> Self {
        let total = match state {
            JobsIn::Waiting => figures.waiting,
            JobsIn::Active => figures.active,
            JobsIn::Delayed => figures.delayed,
            JobsIn::Failed => figures.failed,
            JobsIn::Completed => figures.completed.unwrap_or(0),
        };
        Self {
            state,
            skip: number(skip as u64),
            total: number(total.max((skip + lines.len()) as u64)),
            rows: lines.into_iter().map(Into::into).collect(),
        }
    }
}

/// A job, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OpenedJob {
    /// As in a list.
    pub row: JobRow,
    /// Where it is; `None` when it is nowhere.
    pub state: Option<JobsIn>,
    /// What it carries, as it is stored.
    pub data: String,
    /// The webhook in it, where that is not all of it.
    pub body: Option<String>,
    /// How often it is tried at the most.
    pub most_attempts: Option<u32>,
    /// The stack of each try that failed, the latest first.
    pub stacks: Vec<String>,
    /// What its worker wrote about it, the latest last.
    pub logs: Vec<String>,
    /// How many lines there are besides.
    pub logs_left_out: u32,
    /// The worker that tried it last.
    pub worker: Option<String>,
    /// What it was completed with, as JSON.
    pub result: Option<String>,
}

impl From<Job> for OpenedJob {
    fn from(job: Job) -> Self {
        Self {
            row: job.line.into(),
            state: job.state.map(Into::into),
            body: job.body.filter(|body| *body != job.data),
            data: job.data,
            most_attempts: job.most_attempts,
            stacks: job.stacks,
            logs: job.logs,
            logs_left_out: number(job.logs_left_out),
            worker: job.worker,
            result: job.result,
        }
    }
}
