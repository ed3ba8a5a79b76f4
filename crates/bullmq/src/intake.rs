//! What is done with a job while this process holds it.

use crate::config::{BullConfig, Takes};
use crate::connection::{ask, within};
use crate::error::BullResult;
use crate::hand_over::{HandOver, Outcome};
use crate::numbers::Numbers;
use crate::{job_data, shapes};
use bullmq::redis_connection::RedisConnection;
use bullmq::types::BackoffStrategy;
use bullmq::{Error, Job, QueueKeys};
use heliograph_engine::ports::Clock;
use heliograph_model::{DeliveryId, DeliverySource, Millis, NewDelivery};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

/// Counts a try that ended badly, as BullMQ does when a worker throws, if the job is still
/// there: a hash without a job would never be removed.
const COUNT: &str = "if redis.call('EXISTS', KEYS[1]) == 1 then \
     redis.call('HINCRBY', KEYS[1], 'atm', 1) \
     redis.call('HSET', KEYS[1], 'failedReason', ARGV[1]) end";

/// How often putting a job back is tried while Redis is away. After that its lock runs out
/// and it is found by whoever looks for stalled jobs.
const TRIES: u32 = 5;
/// How long to wait between these.
const PAUSE: Duration = Duration::from_millis(500);

/// Turns the jobs of one worker into deliveries, and what became of these into what becomes
/// of the jobs.
pub(crate) struct Intake {
    takes: Takes,
    data_path: Option<String>,
    connection: RedisConnection,
    keys: QueueKeys,
    numbers: Arc<Numbers>,
    hand_over: Arc<HandOver>,
    clock: Arc<dyn Clock>,
    /// How many fetches of the worker were seen.
    fetched: AtomicU64,
}

impl Intake {
    pub(crate) fn new(
        config: &BullConfig,
        connection: RedisConnection,
        numbers: Arc<Numbers>,
        hand_over: Arc<HandOver>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            takes: config.takes.clone(),
            data_path: config.data_path.clone(),
            connection,
            keys: QueueKeys::new(&config.queue, Some(&config.prefix)),
            numbers,
            hand_over,
            clock,
            fetched: AtomicU64::new(0),
        }
    }

    /// Holds a job until it is said what becomes of it. What it returns is what the crate
    /// does with the job: completed, failed at once, or left where it was put meanwhile.
    pub(crate) async fn handle(&self, job: Job) -> Result<Value, Error> {
        self.line_up(&job).await;
        let (brought, delivery) = self.delivery(&job).map_err(Error::Unrecoverable)?;
        let attempt = job.attempts_started().max(1);
        let outcome = self
            .hand_over
            .offer(brought, &self.numbers, attempt, delivery);
        let outcome = match outcome {
            Some(outcome) => outcome.await.ok(),
            None => None,
        };
        match outcome {
            Some(Outcome::Done) => Ok(Value::Null),
            Some(Outcome::Dead { error }) => Err(Error::Unrecoverable(error)),
            Some(Outcome::Retry { at, error }) => self.again(&job, at, error).await,
            None => {
                give_back(&job).await;
                Err(Error::Delayed)
            }
        }
    }

    /// Keeps jobs in the order in which Redis gave them. A job that came with the answer to
    /// the end of another goes on in the task of that one; a job that was fetched by itself
    /// gets a new task, which runs one round later, behind those that came after it. So the
    /// former wait for one round too. They are told apart by their lock's token, which
    /// counts the fetches.
    async fn line_up(&self, job: &Job) {
        let fetch = job
            .token()
            .and_then(|token| token.rsplit(':').next())
            .and_then(|count| count.parse::<u64>().ok());
        let Some(fetch) = fetch else { return };
        if self.fetched.fetch_max(fetch + 1, Ordering::Relaxed) <= fetch {
            return;
        }
        let mut waited = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    /// The delivery in a job, and the id that it brought.
    fn delivery(&self, job: &Job) -> Result<(Option<DeliveryId>, NewDelivery), String> {
        if !self.takes.includes(job.name()) {
            return Err(format!(
                "Jobs named `{}` are not among those that this worker takes as deliveries",
                job.name()
            ));
        }
        if let Some((id, delivery)) = job_data::own(job.data())? {
            return Ok((Some(id), delivery));
        }
        let found = shapes::find(job.data(), self.data_path.as_deref())?;
        let added_at = Millis(i64::try_from(job.timestamp()).unwrap_or(i64::MAX));
        let delivery = NewDelivery {
            received_at: found.received_at.unwrap_or(added_at),
            source: DeliverySource::Listener,
            body: found.body,
            secret: None,
            accounts: Vec::new(),
        };
        Ok((None, delivery))
    }

    /// Puts a job back until `at`, or longer where its backoff says so, and counts the try;
    /// one that has no try left, by what was said when it was added, fails.
    async fn again(&self, job: &Job, at: Millis, error: String) -> Result<Value, Error> {
        let made = job.attempts_made().saturating_add(1);
        // BullMQ's default of one try says nothing of ours: the engine knows what passes.
        let allowed = job.opts().attempts.filter(|attempts| *attempts > 1);
        if allowed.is_some_and(|allowed| made >= allowed) {
            return Err(Error::Unrecoverable(error));
        }
        let at = at.max(self.clock.now() + backoff(job, made));
        let mut counted = false;
        for _ in 0..TRIES {
            match self.put_back(job, at, &error, &mut counted).await {
                Ok(()) => return Err(Error::Delayed),
                Err(problem) => {
                    tracing::warn!(job = job.id(), %problem, "a job could not be put back yet");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        // Without its lock being renewed it is handed out again as a stalled one.
        Err(Error::Delayed)
    }

    /// Wakes a worker that waits for work. One that finds none goes on to wait.
    pub(crate) async fn ring(&self) {
        let mut sign = redis::cmd("ZADD");
        sign.arg(self.keys.marker()).arg(0).arg("0");
        if let Err(problem) = ask::<i64>(&self.connection, &sign).await {
            tracing::debug!(%problem, "other workers will look by themselves");
        }
    }

    async fn put_back(
        &self,
        job: &Job,
        at: Millis,
        error: &str,
        counted: &mut bool,
    ) -> BullResult<()> {
        if !*counted {
            let script = redis::Script::new(COUNT);
            let mut connection = self.connection.connection();
            let mut count = script.key(self.keys.job_key(job.id()));
            within(count.arg(error).invoke_async::<()>(&mut connection)).await?;
            *counted = true;
        }
        within(job.move_to_delayed(at.0.max(0).unsigned_abs())).await
    }
}

/// Puts a job back in front, for the next one who takes.
async fn give_back(job: &Job) {
    if let Err(problem) = within(job.move_to_wait(None)).await {
        tracing::warn!(job = job.id(), %problem, "a job could not be given back and will stall");
    }
}

/// How long a job wants to wait after so many tries, in milliseconds.
fn backoff(job: &Job, made: u32) -> i64 {
    let wait = match &job.opts().backoff {
        Some(BackoffStrategy::Fixed(wait)) => *wait,
        Some(BackoffStrategy::Exponential(wait)) => {
            wait.saturating_mul(2_u64.saturating_pow(made.saturating_sub(1)))
        }
        // What a strategy of a Node application's own says is known there only.
        Some(BackoffStrategy::Custom(_)) | None => 0,
    };
    i64::try_from(wait).unwrap_or(Millis::DAY).min(Millis::DAY)
}
