//! What is in a queue, for the person who looks after it.

use super::{PortError, PortResult};
use async_trait::async_trait;
use heliograph_model::{DeliveryId, JobId, Millis};

/// The jobs of a queue: looked at without changing anything, and moved on purpose. A job is
/// what carries a delivery; in a queue that others fill too, it may carry anything.
#[async_trait]
pub trait Jobs: Send + Sync + std::fmt::Debug {
    /// How the queue stands.
    async fn figures(&self) -> PortResult<JobFigures>;

    /// Jobs in a state, at most `most` after the first `skip`: those that wait in the order
    /// in which they are handed out, the active ones by how long they have been so, the
    /// delayed ones by their time, those that ended the latest first.
    async fn list(&self, state: JobState, skip: usize, most: usize) -> PortResult<Vec<JobLine>>;

    /// One job whole; `None` when it is not there any more.
    async fn job(&self, id: &JobId) -> PortResult<Option<Job>>;

    /// The webhook in each of these jobs, in their order; `None` where there is none, where
    /// it is larger than `most_bytes`, and where the job is not there any more.
    async fn webhooks(&self, ids: &[JobId], most_bytes: usize) -> PortResult<Vec<Option<String>>>;

    /// Puts failed jobs back to be handed out, as if they had never been tried. What is not
    /// in the dead letter is passed over. Answers with how many were put back.
    async fn retry(&self, ids: &[JobId]) -> PortResult<u64>;

    /// Hands delayed jobs out at once. What is not delayed is passed over. Answers with how
    /// many that were.
    async fn promote(&self, ids: &[JobId]) -> PortResult<u64>;

    /// Removes jobs that are `from` this state, in one step with the look whether they are:
    /// what is not there any more is passed over, and what a worker has taken is never
    /// removed. Only what failed, is delayed or waits can be; of the rest, nothing is.
    async fn discard(&self, from: JobState, ids: &[JobId]) -> PortResult<Discarded>;

    /// Puts discarded jobs back where they were; those that waited in their place by
    /// arrival. What is there again, or cannot be put back, is passed over.
    async fn restore(&self, jobs: &[KeptJob]) -> PortResult<PutBack>;

    /// Hands nothing more out, to any worker. What is taken is finished; what comes, waits.
    async fn pause(&self) -> PortResult<()>;

    /// Hands out again. `merging` puts what a client of BullMQ 5 moved aside in front of
    /// what came since, and is only good when no such client runs any more; without it a
    /// queue in that state stays paused.
    async fn resume(&self, merging: bool) -> PortResult<()>;

    /// Who works on the queue; `None` where that is this process alone.
    async fn workers(&self) -> PortResult<Option<Vec<JobWorker>>> {
        Ok(None)
    }
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// To be handed out as soon as somebody takes it.
    Waiting,
    /// Handed out and not finished.
    Active,
    /// To be handed out later.
    Delayed,
    /// In the dead letter: it is not tried again by itself.
    Failed,
    /// Done, and kept to be looked at.
    Completed,
}

impl JobState {
    /// All, in the order of a job's way.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Active,
        Self::Delayed,
        Self::Failed,
        Self::Completed,
    ];
}

/// How a queue stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFigures {
    /// Due and not handed out.
    pub waiting: u64,
    /// Handed out and not finished.
    pub active: u64,
    /// To be handed out later.
    pub delayed: u64,
    /// In the dead letter.
    pub failed: u64,
    /// Done and kept; `None` where none are kept.
    pub completed: Option<u64>,
    /// Since when the job waits that has waited longest; `None` when none waits, or it is
    /// not known.
    pub oldest_waiting: Option<Millis>,
    /// Since when the job is being handled that was handed out longest ago; `None` when none
    /// is, or it is not known.
    pub oldest_active: Option<Millis>,
    /// When the next of the delayed jobs is due; a time that has passed where nobody is there
    /// to hand it out.
    pub next_due: Option<Millis>,
    /// When the oldest of the failed jobs failed,
    pub oldest_failed: Option<Millis>,
    /// and when the newest.
    pub newest_failed: Option<Millis>,
    /// Whether nothing is handed out.
    pub paused: bool,
    /// How many of those that wait a client of BullMQ 5 has put aside with a pause.
    pub parked: u64,
    /// How many came and ended since this process first looked; `None` when that is not
    /// known.
    pub counted: Option<JobsCounted>,
    /// The library of the client that opened the queue last, and its version; `None` where
    /// the queue does not tell.
    pub opened_by: Option<String>,
    /// What somebody should know of, in sentences.
    pub warnings: Vec<String>,
}

/// How many jobs came and ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobsCounted {
    /// Came, each once, however often it is tried.
    pub added: u64,
    /// Ended well.
    pub completed: u64,
    /// Ended in the dead letter.
    pub failed: u64,
}

/// A job in a list. What a queue cannot say is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLine {
    /// Which.
    pub id: JobId,
    /// What it is called.
    pub name: Option<String>,
    /// How often it was tried; one that is being tried counts from its end on.
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
    /// The delivery in it, where this engine knows it by an id.
    pub delivery_id: Option<DeliveryId>,
}

impl JobLine {
    /// A job of which nothing but its id is known.
    #[must_use]
    pub fn new(id: JobId) -> Self {
        Self {
            id,
            name: None,
            attempts: 0,
            reason: None,
            added_at: None,
            started_at: None,
            ended_at: None,
            due_at: None,
            delivery_id: None,
        }
    }
}

/// A job, whole. What a queue cannot say is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// As in a list.
    pub line: JobLine,
    /// Where it is; `None` when it is nowhere, which a queue's owner should look into.
    pub state: Option<JobState>,
    /// What it carries, as it is stored.
    pub data: String,
    /// The webhook in it, where one is recognised.
    pub body: Option<String>,
    /// How often it is tried at the most.
    pub most_attempts: Option<u32>,
    /// The stack of each try that failed, the latest first.
    pub stacks: Vec<String>,
    /// What its worker wrote about it, the latest last.
    pub logs: Vec<String>,
    /// How many lines there are besides.
    pub logs_left_out: u64,
    /// The worker that tried it last.
    pub worker: Option<String>,
    /// What it was completed with, as JSON.
    pub result: Option<String>,
}

/// What came of discarding jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discarded {
    /// How many were removed.
    pub removed: u64,
    /// Those that can be put back.
    pub kept: Vec<KeptJob>,
    /// The deliveries in them, where this engine knows them by an id.
    pub deliveries: Vec<DeliveryId>,
}

/// What came of putting discarded jobs back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PutBack {
    /// How many could be.
    pub jobs: u64,
    /// The deliveries in them, where this engine knows them by an id.
    pub deliveries: Vec<DeliveryId>,
}

/// A discarded job, as its queue wants it back.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptJob {
    /// Which.
    pub id: JobId,
    /// All of it, in the queue's own form.
    pub whole: String,
}

impl std::fmt::Debug for KeptJob {
    /// People's messages are in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptJob({}, {} bytes)", self.id, self.whole.len())
    }
}

impl KeptJob {
    /// Reads it.
    ///
    /// # Errors
    /// When it was not kept by this queue.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> PortResult<T> {
        serde_json::from_str(&self.whole).map_err(PortError::other)
    }
}

/// Somebody who works on a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobWorker {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Where it connects from.
    pub address: String,
    /// For how long it has been connected, in seconds.
    pub connected_for: u64,
    /// The program and its version, where it says so.
    pub program: Option<String>,
    /// The library that it connects with and its version, where that is known.
    pub library: Option<String>,
}
