//! How the queue stands, as a window shows it.

use super::QueueDesk;
use super::error::QueueError;
use super::failed::{Failed, FailedReasons};
use super::history::{QueuePoint, Rates};
use super::number::number;
use super::sends::FailedSendsNews;
use heliograph_engine::ports::{Clock, JobFigures, JobWorker, PortError, SystemClock};
use heliograph_model::{GuardLevel, Millis};
use heliograph_runtime::Runtime;
use serde::Serialize;
use std::sync::Arc;

/// In every so many looks the workers are looked at too: a server lists all of its clients
/// for that.
const WORKERS_EVERY: u32 = 5;

/// How the queue stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct QueueNews {
    /// Counts up with every look; another profile begins at 1.
    pub number: u32,
    /// What the profile allows now.
    pub level: GuardLevel,
    /// The last look that the queue answered; `None` until there is one.
    pub figures: Option<QueueFigures>,
    /// The looks of the last five minutes.
    pub history: Vec<QueuePoint>,
    /// Why jobs failed.
    pub reasons: FailedReasons,
    /// The sends that failed for good.
    pub sends: FailedSendsNews,
    /// Who works on the queue; `None` where that is this window alone.
    pub workers: Option<Vec<QueueWorkerRow>>,
    /// How many discarded jobs can be put back.
    pub kept: u32,
    /// Why the queue cannot be looked at, and what to do.
    pub trouble: Option<String>,
}

/// How much is in the queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct QueueFigures {
    /// Due and not handed out.
    pub waiting: u32,
    /// Handed out and not finished.
    pub active: u32,
    /// To be handed out later.
    pub delayed: u32,
    /// In the dead letter.
    pub failed: u32,
    /// Done and kept; `None` where none are kept.
    pub completed: Option<u32>,
    /// For how long the oldest job waits, in milliseconds.
    pub oldest_waits: Option<f64>,
    /// For how long the active job is being handled that was handed out first, in
    /// milliseconds.
    pub oldest_active: Option<f64>,
    /// In how many milliseconds the next delayed job is due; less than 0 where it is overdue.
    pub next_due: Option<f64>,
    /// How long ago the newest of the failed jobs failed, in milliseconds,
    pub newest_failed: Option<f64>,
    /// and how long ago the oldest.
    pub oldest_failed: Option<f64>,
    /// Whether nothing is handed out.
    pub paused: bool,
    /// How many of those that wait a client of BullMQ 5 has put aside.
    pub parked: u32,
    /// How many come a minute, over the last one.
    pub added_a_minute: Option<f64>,
    /// How many are done a minute, over the last one.
    pub done_a_minute: Option<f64>,
    /// How many fail a minute, over the last one.
    pub failed_a_minute: Option<f64>,
    /// The library of the client that opened the queue last, and its version, where the
    /// queue tells.
    pub opened_by: Option<String>,
    /// What somebody should know of, in sentences.
    pub warnings: Vec<String>,
}

/// Somebody who works on the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct QueueWorkerRow {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Where it connects from.
    pub address: String,
    /// For how long it has been connected, in seconds.
    pub connected_for: u32,
    /// The program and its version, where its name says so: a worker of ours.
    pub program: Option<String>,
    /// The library that it connects with and its version, where Redis knows them.
    pub library: Option<String>,
}

impl From<JobWorker> for QueueWorkerRow {
    fn from(worker: JobWorker) -> Self {
        Self {
            name: worker.name,
            address: worker.address,
            connected_for: number(worker.connected_for),
            program: worker.program,
            library: worker.library,
        }
    }
}

impl QueueDesk {
    /// Looks at the queue.
    pub(super) async fn look(&self, runtime: &Arc<Runtime>) -> QueueNews {
        let jobs = runtime.jobs();
        let (before, sends, looks) = {
            let mut state = self.state.lock();
            state.looks = state.looks.wrapping_add(1);
            let sends = Arc::clone(&state.sends);
            (Arc::clone(&state.failed), sends, state.looks)
        };
        let sends = sends.looked(&*runtime.failed_sends()).await;
        let looked: Result<_, PortError> = async {
            let figures = jobs.figures().await?;
            let failed = if before.is_of(&figures) {
                before
            } else {
                Arc::new(Failed::read(&*jobs, &figures).await?)
            };
            let workers = if looks % WORKERS_EVERY == 1 {
                Some(jobs.workers().await?)
            } else {
                None
            };
            Ok((figures, failed, workers))
        }
        .await;
        let mut state = self.state.lock();
        let is_in_front = state
            .runtime
            .as_ref()
            .is_some_and(|front| Arc::ptr_eq(front, runtime));
        let (figures, workers, trouble) = match looked {
            Ok((figures, failed, workers)) => {
                if is_in_front {
                    state.history.look(SystemClock.now(), &figures);
                    state.failed = failed;
                    if let Some(workers) = workers {
                        let rows = |all: Vec<_>| all.into_iter().map(Into::into).collect();
                        state.workers = workers.map(rows);
                    }
                }
                let shown = shown(&figures, runtime, state.history.a_minute());
                (Some(shown), state.workers.clone(), None)
            }
            Err(error) => {
                let trouble = QueueError::from(error).to_string();
                (None, None, Some(trouble))
            }
        };
        let sends = match sends {
            Ok(sends) => {
                let news = sends.news(None);
                if is_in_front {
                    state.sends = sends;
                }
                news
            }
            Err(error) => state.sends.news(Some(error.into())),
        };
        QueueNews {
            number: looks,
            level: runtime.guard().level(),
            figures,
            history: state.history.points(),
            reasons: state.failed.reasons(),
            sends,
            workers,
            kept: number(state.kept.len() as u64),
            trouble,
        }
    }
}

fn shown(figures: &JobFigures, runtime: &Runtime, a_minute: Option<Rates>) -> QueueFigures {
    let now = runtime.clock().now();
    let ago = |since: Option<Millis>| since.map(|since| now.since(since).max(0) as f64);
    QueueFigures {
        waiting: number(figures.waiting),
        active: number(figures.active),
        delayed: number(figures.delayed),
        failed: number(figures.failed),
        completed: figures.completed.map(number),
        oldest_waits: ago(figures.oldest_waiting),
        oldest_active: ago(figures.oldest_active),
        next_due: figures.next_due.map(|at| at.since(now) as f64),
        newest_failed: ago(figures.newest_failed),
        oldest_failed: ago(figures.oldest_failed),
        paused: figures.paused,
        parked: number(figures.parked),
        added_a_minute: a_minute.map(|rates| rates.added),
        done_a_minute: a_minute.map(|rates| rates.done),
        failed_a_minute: a_minute.map(|rates| rates.failed),
        opened_by: figures.opened_by.clone(),
        warnings: figures.warnings.clone(),
    }
}
