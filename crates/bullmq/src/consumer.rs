//! A thread that holds jobs.
//!
//! BullMQ's worker gets a runtime with one thread of its own. There its tasks run in the
//! order in which they were woken, so jobs reach the engine in the order in which Redis
//! gave them; and locks are renewed in time however busy the engine's threads are.

use crate::config::BullConfig;
use crate::error::{BullError, BullResult};
use crate::hand_over::HandOver;
use crate::intake::Intake;
use bullmq::options::RedisConnectionOptions;
use bullmq::worker::WorkerEvent;
use bullmq::{Job, MetricsOptions, Worker, WorkerOptions};
use heliograph_engine::ports::Finished;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How long Redis is given to take back what is held when the queue is closed.
const GRACE_MS: u64 = 5_000;
/// How often a worker that closes is told to look up.
const RING_EVERY: Duration = Duration::from_millis(20);
/// How long to wait before Redis is tried again.
const PAUSE: Duration = Duration::from_millis(500);
/// For how long a minute's count is kept.
const METRICS_FOR_MINUTES: usize = 24 * 60;

/// The engine's side of the thread. Dropping it ends the thread, which gives back what is
/// held.
#[derive(Debug)]
pub(crate) struct Consumer {
    ends: mpsc::UnboundedSender<Vec<Finished>>,
    ended: oneshot::Receiver<()>,
}

impl Consumer {
    pub(crate) fn start(
        config: &BullConfig,
        connection: RedisConnectionOptions,
        concurrency: usize,
        intake: Arc<Intake>,
        hand_over: Arc<HandOver>,
    ) -> BullResult<Self> {
        let (ends, told) = mpsc::unbounded_channel();
        let (tell_ended, ended) = oneshot::channel();
        let queue = config.queue.clone();
        let options = options(config, connection, concurrency);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(BullError::Thread)?;
        std::thread::Builder::new()
            .name("bullmq".into())
            .spawn(move || {
                runtime.block_on(run(&queue, options, intake, told, &hand_over));
                // Whatever still waits for Redis must not keep the process.
                runtime.shutdown_background();
                let _ = tell_ended.send(());
            })
            .map_err(BullError::Thread)?;
        Ok(Self { ends, ended })
    }

    /// Passes on what became of deliveries.
    pub(crate) fn finish(&self, finished: Vec<Finished>) {
        // The thread ends before its owner only when the process does.
        let _ = self.ends.send(finished);
    }

    /// Ends the thread once everything that was said before has been written.
    pub(crate) async fn close(self) {
        drop(self.ends);
        let _ = self.ended.await;
    }
}

fn options(
    config: &BullConfig,
    connection: RedisConnectionOptions,
    concurrency: usize,
) -> WorkerOptions {
    WorkerOptions::new()
        .connection(connection)
        .prefix(&config.prefix)
        .name(&config.worker)
        .concurrency(concurrency)
        .lock_duration(config.lock_duration)
        .stalled_interval(config.lock_duration)
        .max_stalled_count(config.stalls_allowed)
        .run_retry_delay(PAUSE)
        .metrics(MetricsOptions {
            max_data_points: METRICS_FOR_MINUTES,
        })
}

async fn run(
    queue: &str,
    options: WorkerOptions,
    intake: Arc<Intake>,
    mut told: mpsc::UnboundedReceiver<Vec<Finished>>,
    hand_over: &HandOver,
) {
    let bell = Arc::clone(&intake);
    let Some(worker) = start(queue, options, intake, &told).await else {
        return;
    };
    let worker = Arc::new(worker);
    let listening = tokio::spawn(listen(Arc::clone(&worker)));
    while let Some(finished) = told.recv().await {
        hand_over.finish(finished);
    }
    // Nobody says anything any more. What was said is being written; the rest goes back,
    // once the worker has been told that it must not fetch it again.
    tokio::select! {
        biased;
        closed = worker.close(GRACE_MS) => if let Err(error) = closed {
            tracing::warn!(%error, "the queue's worker did not close");
        },
        () = wake(&bell, || hand_over.close()) => {}
    }
    // Where nothing was held, the worker may have ended first.
    hand_over.close();
    // The worker may have waited for the sign that there is work, and taken it away.
    bell.ring().await;
    listening.abort();
}

/// Rings until nobody listens: the worker may be waiting for work, and whoever waits for
/// longer, in this process or another, is woken first. Jobs are given back after the first
/// time: the worker looks once more when it wakes, and would take one of them away between
/// two that are put in front.
async fn wake(bell: &Intake, give_back: impl FnOnce()) {
    bell.ring().await;
    tokio::time::sleep(RING_EVERY).await;
    give_back();
    loop {
        bell.ring().await;
        tokio::time::sleep(RING_EVERY).await;
    }
}

/// Starts the worker, as soon as Redis is there; `None` when nobody wants it any more.
async fn start(
    queue: &str,
    options: WorkerOptions,
    intake: Arc<Intake>,
    told: &mpsc::UnboundedReceiver<Vec<Finished>>,
) -> Option<Worker> {
    loop {
        if told.is_closed() {
            return None;
        }
        let intake = Arc::clone(&intake);
        let handle = move |job: Job, _cancelled| {
            let intake = Arc::clone(&intake);
            async move { intake.handle(job).await }
        };
        match Worker::with_options(queue, handle, options.clone()).await {
            Ok(worker) => return Some(worker),
            Err(error) => {
                tracing::warn!(%error, queue, "the queue cannot be worked on yet");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Reads what the worker tells: it keeps all of it until somebody does.
async fn listen(worker: Arc<Worker>) {
    while let Some(event) = worker.next_event().await {
        match event {
            WorkerEvent::Stalled { job_id } => {
                tracing::warn!(
                    job = job_id,
                    "a job lost its worker and is handed out again"
                );
            }
            WorkerEvent::Failed { job_id, error } => {
                tracing::warn!(job = job_id, reason = error, "a job failed");
            }
            WorkerEvent::Error(error) => tracing::warn!(error, "the queue's worker"),
            WorkerEvent::Closed => return,
            WorkerEvent::Completed { .. }
            | WorkerEvent::Active { .. }
            | WorkerEvent::Progress { .. }
            | WorkerEvent::Drained
            | WorkerEvent::Ready
            | WorkerEvent::Paused
            | WorkerEvent::Resumed => {}
        }
    }
}
