//! The engine's queue on BullMQ.

use crate::config::BullConfig;
use crate::connection::{probe, within};
use crate::consumer::Consumer;
use crate::error::{BullError, BullResult};
use crate::hand_over::HandOver;
use crate::intake::Intake;
use crate::job_data;
use crate::jobs::Counting;
use crate::numbers::Numbers;
use async_trait::async_trait;
use bullmq::options::{QueueOptions, RedisConnectionOptions};
use bullmq::redis_connection::RedisConnection;
use bullmq::{JobOptions, QueueKeys};
use heliograph_engine::ports::{Clock, Finished, PortError, PortResult, Queue, QueueDepth};
use heliograph_model::{Delivery, DeliveryId, Millis, NewDelivery};
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// A queue of BullMQ: of one Redis, or of a cluster.
///
/// Looking at it writes nothing. The first delivery that is pushed, and the first change
/// that is asked for, enter this process' version in the queue's metadata, as every client
/// does. The first [`Queue::take`] starts to hold jobs: as many as the configuration allows
/// are held at a time, with locks that are renewed, and count as waiting until they are
/// taken. Jobs that were not finished are given back when the queue is closed or dropped,
/// and are found as stalled when the process ends without that.
pub struct BullQueue {
    pub(crate) config: BullConfig,
    /// How the threads connect that hold jobs.
    options: RedisConnectionOptions,
    pub(crate) connection: RedisConnection,
    pub(crate) keys: QueueKeys,
    pub(crate) clock: Arc<dyn Clock>,
    /// Another one after each rest. Held for a look only.
    hand_over: Mutex<Arc<HandOver>>,
    /// How far the queue's events were read. Held for a look and never across an await.
    pub(crate) counting: Mutex<Counting>,
    numbers: Arc<Numbers>,
    /// The crate's own queue, which announces itself in the metadata when it is made.
    writing: OnceCell<bullmq::Queue>,
    /// Held for a look and never across an await.
    stage: Mutex<Stage>,
}

/// How far this process is with working on the queue.
#[derive(Debug)]
enum Stage {
    /// Nobody has asked for a delivery yet.
    Idle,
    /// Jobs are held. What became of them is told to the first.
    Running(Vec<Consumer>),
    /// What was held is being given back.
    Resting,
    /// It was closed.
    Closed,
}

impl std::fmt::Debug for BullQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BullQueue")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl BullQueue {
    /// Connects.
    ///
    /// # Errors
    /// When Redis cannot be reached or refuses, or the configuration is not good.
    pub async fn connect(config: BullConfig, clock: Arc<dyn Clock>) -> BullResult<Self> {
        let options = config.connection()?;
        if options.effective_url().starts_with("rediss:") || options.is_cluster() {
            // Whoever came first has chosen the same one.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        probe(&options).await?;
        let connection = within(RedisConnection::new_managed_only(&options)).await?;
        Ok(Self {
            keys: QueueKeys::new(&config.queue, Some(&config.prefix)),
            hand_over: Mutex::default(),
            counting: Mutex::default(),
            numbers: Arc::new(Numbers::from(clock.now())),
            writing: OnceCell::new(),
            stage: Mutex::new(Stage::Idle),
            config,
            options,
            connection,
            clock,
        })
    }

    /// Stops to take, waits until everything that was said to be finished is written, and
    /// gives back what was not.
    pub async fn close(&self) {
        let stage = std::mem::replace(&mut *self.stage.lock(), Stage::Closed);
        self.hand_over_ends(&stage);
        if let Stage::Running(consumers) = stage {
            futures::future::join_all(consumers.into_iter().map(Consumer::close)).await;
        }
    }

    /// Gives back what is held and was not finished, and holds no more jobs until somebody
    /// takes again.
    pub async fn rest(&self) {
        let consumers = {
            let mut stage = self.stage.lock();
            match std::mem::replace(&mut *stage, Stage::Resting) {
                Stage::Running(consumers) => consumers,
                other => {
                    *stage = other;
                    return;
                }
            }
        };
        futures::future::join_all(consumers.into_iter().map(Consumer::close)).await;
        let mut stage = self.stage.lock();
        if matches!(*stage, Stage::Resting) {
            *self.hand_over.lock() = Arc::default();
            *stage = Stage::Idle;
        }
    }

    /// Between the threads and the engine, as it is now.
    pub(crate) fn hand_over(&self) -> Arc<HandOver> {
        Arc::clone(&self.hand_over.lock())
    }

    fn hand_over_ends(&self, stage: &Stage) {
        // With threads, the hand-over is closed by them, after what they were told.
        if !matches!(stage, Stage::Running(_)) {
            self.hand_over().close();
        }
    }

    /// The crate's queue, for what changes something.
    pub(crate) async fn writing(&self) -> BullResult<&bullmq::Queue> {
        self.writing
            .get_or_try_init(|| async {
                let options = QueueOptions::new().prefix(&self.config.prefix);
                let connection = self.connection.clone();
                let queue = bullmq::Queue::with_connection(&self.config.queue, connection, options);
                within(queue).await
            })
            .await
    }

    /// Starts to hold jobs, unless that was done.
    fn start(&self) -> BullResult<()> {
        let mut stage = self.stage.lock();
        match *stage {
            Stage::Running(_) => return Ok(()),
            Stage::Closed | Stage::Resting => return Err(BullError::Closed),
            Stage::Idle => {}
        }
        let threads = self.config.threads.max(1);
        let each = self.config.concurrency.div_ceil(threads).max(1);
        let consumers = (0..threads)
            .map(|_| {
                let intake = Intake::new(
                    &self.config,
                    self.connection.clone(),
                    Arc::clone(&self.numbers),
                    self.hand_over(),
                    Arc::clone(&self.clock),
                );
                let hand_over = self.hand_over();
                let connection = self.options.clone();
                Consumer::start(&self.config, connection, each, Arc::new(intake), hand_over)
            })
            .collect::<BullResult<_>>()?;
        *stage = Stage::Running(consumers);
        Ok(())
    }

    async fn add(&self, delivery: &NewDelivery) -> BullResult<DeliveryId> {
        let id = self.numbers.next();
        let data = job_data::of(delivery, id, self.config.body);
        let mut options = JobOptions::new()
            // Never a number, never a colon: BullMQ refuses both.
            .job_id(format!("ig-{}-{:016x}", id.0, fastrand::u64(..)))
            .attempts(self.config.attempts)
            .remove_on_complete(self.config.keep_completed.policy())
            .remove_on_fail(self.config.keep_failed.policy());
        if let Some(backoff) = self.config.backoff.strategy() {
            options = options.backoff(backoff);
        }
        let job = self.writing().await?.add(&self.config.job_name, data);
        within(job.options(options).into_future()).await?;
        Ok(id)
    }
}

#[async_trait]
impl Queue for BullQueue {
    async fn push(&self, delivery: NewDelivery) -> PortResult<DeliveryId> {
        Ok(self.add(&delivery).await?)
    }

    async fn take(&self, most: usize) -> PortResult<Vec<Delivery>> {
        self.start()?;
        self.hand_over()
            .take(most)
            .await
            .ok_or_else(|| PortError::from(BullError::Closed))
    }

    async fn finish(&self, finished: Vec<Finished>) -> PortResult<()> {
        if let Stage::Running(consumers) = &*self.stage.lock()
            && let Some(first) = consumers.first()
        {
            first.finish(finished);
        }
        Ok(())
    }

    async fn depth(&self) -> PortResult<QueueDepth> {
        Ok(self.counted().await?)
    }

    async fn is_paused(&self) -> PortResult<bool> {
        Ok(BullQueue::is_paused(self).await?)
    }

    async fn oldest_waiting(&self) -> PortResult<Option<Millis>> {
        let waits = self.oldest_waits_for().await?;
        Ok(waits.map(|millis| self.clock.now() - millis))
    }
}
