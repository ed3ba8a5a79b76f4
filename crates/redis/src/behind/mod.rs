//! What workers on one Redis share of their conversations, and what MongoDB does not have
//! yet.
//!
//! A commit is one script in Redis: the deduplication mark, the user state, the contact's
//! changes and the outbox, under the hold of the one who decided, at once or not at all.
//! What it changed is listed, and one worker at a time writes the lists to the archive
//! (MongoDB) in bulk; an entry leaves its list after it was written. So an event costs two
//! round trips, many changes of one contact cost one write, and what a crash leaves is in
//! the list.
//!
//! - A **conversation** is one hash for a contact on an account: who holds it, the newest
//!   state and changes (kept for a while after they were written, for those who read
//!   MongoDB a moment too early), and whose its unsent messages are.
//! - Where the contact stands for the cache is written by the same script on a single
//!   server, so a worker that lost the conversation meanwhile writes nothing old over it. In
//!   a cluster it is written at once afterwards, by the time of the commit, so that what
//!   comes late is not written over what came since.
//! - What MongoDB **refuses** for what it is, such as a second document under a unique
//!   index, is set aside in a list of its own and tried again from time to time, so that
//!   it keeps nothing else from being written.
//! - **Marks** stay in Redis for some hours. An event that says it is older, and every
//!   event after Redis was emptied, is looked for in the archive too.
//! - An **outbox** belongs to a worker. Another worker's messages to the same contact are
//!   put behind the earlier ones, into the same outbox; the outbox of a worker that ended
//!   is taken over. Either is listed for the worker that sends it now until it has it.
//! - What **failed** for good is a list of records in each partition, the latest of all
//!   workers, until somebody has looked at them.

mod conversations;
mod documents;
mod failed;
mod handover;
mod keys;
mod ledger;
mod refused;
mod scripts;
mod standing;
mod write;

use crate::batch::Batch;
use crate::{Redis, RedisError};
use conversations::{Open, Taken};
use heliograph_engine::ports::{Archive, Hold, PortResult};
use heliograph_model::Millis;
use keys::Keys;
use ledger::{Committing, Finishing, Wrote};
use parking_lot::Mutex;
use scripts::Scripts;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Partitions of a new cluster.
const ON_A_CLUSTER: usize = 12;

/// Whether anything may be written now.
pub type Allowed = Arc<dyn Fn() -> bool + Send + Sync>;

/// How the write-behind works.
#[derive(Clone)]
pub struct BehindSettings {
    /// Partitions of a new Redis; one that has been used before keeps its own number.
    /// `None`: some on a cluster, whose servers share them, and one on a single server,
    /// where all that comes at the same time then goes together.
    pub partitions: Option<usize>,
    /// How long deduplication marks stay in Redis, in milliseconds. What is older is looked
    /// for in the archive.
    pub marks_ms: i64,
    /// Whether other applications on the same queue make marks in the archive too, so that
    /// every event is looked for there.
    pub shared_marks: bool,
    /// How long a hold on a conversation lasts at the most, in milliseconds.
    pub hold_ms: i64,
    /// How long to wait for a conversation that another worker holds.
    pub patience: Duration,
    /// How long what was written is kept in Redis, in milliseconds.
    pub keep_ms: i64,
    /// After how much silence a worker counts as ended, in milliseconds.
    pub silence_ms: i64,
    /// The pause between two writes to the archive when there is little to write.
    pub pause: Duration,
    /// The same when there is much: the longer it is, the more changes of one contact are
    /// one write.
    pub busy_pause: Duration,
    /// After how long what the archive refuses is tried again.
    pub refused_again: Duration,
    /// Whether what it does by itself may be done now: nothing is written behind, taken
    /// over or told to other workers while this says no, also not when it is asked to. Its
    /// ports are guarded outside.
    pub allowed: Allowed,
}

impl std::fmt::Debug for BehindSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BehindSettings")
            .field("partitions", &self.partitions)
            .field("marks_ms", &self.marks_ms)
            .field("shared_marks", &self.shared_marks)
            .finish_non_exhaustive()
    }
}

impl Default for BehindSettings {
    fn default() -> Self {
        Self {
            partitions: None,
            marks_ms: 2 * Millis::HOUR,
            shared_marks: false,
            hold_ms: 30 * Millis::SECOND,
            patience: Duration::from_secs(10),
            keep_ms: Millis::MINUTE,
            silence_ms: 10 * Millis::SECOND,
            pause: Duration::from_millis(200),
            busy_pause: Duration::from_secs(1),
            refused_again: Duration::from_secs(60),
            allowed: Arc::new(|| true),
        }
    }
}

/// The store of a production profile: the archive's documents with the ledger in Redis in
/// front, and the conversations of its workers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WriteBehind {
    shared: Arc<Shared>,
    /// Ends with the last clone.
    _tasks: Arc<Tasks>,
}

/// What the tasks share.
#[derive(Debug)]
struct Shared {
    redis: Redis,
    archive: Arc<dyn Archive>,
    settings: BehindSettings,
    scripts: Arc<Scripts>,
    /// This worker's name, of this process alone.
    worker: String,
    /// The key of all workers.
    workers: String,
    partitions: Vec<Partition>,
    /// Holds whose events are followed by later ones of the same contact in this process,
    /// until their commits. Held for a look-up only.
    followed: Mutex<HashSet<Hold>>,
    /// Held to read while something is written to the cache of a cluster.
    caching: Arc<tokio::sync::RwLock<()>>,
    /// When Redis last heard that this worker is alive, in milliseconds since `started`.
    heard_ms: AtomicI64,
    /// How often it was looked for what others handed over.
    looks: AtomicU32,
    started: std::time::Instant,
}

/// One partition.
#[derive(Debug)]
struct Partition {
    keys: Keys,
    open: Batch<Open, Taken>,
    commit: Batch<Committing, Wrote>,
    finish: Batch<Finishing, ()>,
    /// Held while this worker writes the partition: in Redis its turn is the worker's, and
    /// two writers that take the same entries off a list would take off others with them.
    writing: tokio::sync::Mutex<()>,
    /// Whether what was taken last of what others handed over was handed on; Redis keeps it
    /// until it hears so.
    handed_on: AtomicBool,
}

#[derive(Debug)]
struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl WriteBehind {
    /// Begins to work on a Redis, in front of an archive. Nothing is taken over before
    /// [`Ledger::outbox`](heliograph_engine::ports::Ledger::outbox) is asked, and nothing
    /// is written here while [`BehindSettings::allowed`] says no.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn start(
        redis: Redis,
        archive: Arc<dyn Archive>,
        settings: BehindSettings,
    ) -> Result<Self, RedisError> {
        let partitions = agree(&redis, &settings).await?;
        let worker = format!("{:016x}", fastrand::u64(..));
        let scripts = Arc::new(Scripts::new());
        let prefix = redis.config().prefix.clone();
        let partitions = (0..partitions)
            .map(|number| {
                let keys = Keys::new(&prefix, number);
                let context = Arc::new(Context {
                    redis: redis.clone(),
                    scripts: Arc::clone(&scripts),
                    keys: keys.clone(),
                    worker: worker.clone(),
                    settings: settings.clone(),
                });
                Partition {
                    open: conversations::batch(Arc::clone(&context)),
                    commit: ledger::commits(Arc::clone(&context)),
                    finish: ledger::finishes(context),
                    keys,
                    writing: tokio::sync::Mutex::default(),
                    handed_on: AtomicBool::new(false),
                }
            })
            .collect();
        let shared = Arc::new(Shared {
            workers: redis.own("workers"),
            redis,
            archive,
            settings,
            scripts,
            worker,
            partitions,
            followed: Mutex::default(),
            caching: Arc::default(),
            heard_ms: AtomicI64::new(i64::MIN),
            looks: AtomicU32::new(0),
            started: std::time::Instant::now(),
        });
        let tasks = vec![
            tokio::spawn(write::run(Arc::clone(&shared))),
            tokio::spawn(handover::stay_alive(Arc::clone(&shared))),
        ];
        Ok(Self {
            shared,
            _tasks: Arc::new(Tasks(tasks)),
        })
    }

    /// Writes everything to the archive that was committed before this call, as far as
    /// this worker may: where another one writes, waits for it.
    ///
    /// # Errors
    /// When Redis or the archive fails.
    pub async fn flush(&self) -> PortResult<()> {
        write::flush(&self.shared).await
    }

    /// Writes what is left and tells the other workers that this one ends, so that they
    /// need not wait until it counts as ended.
    ///
    /// # Errors
    /// When Redis or the archive fails; what was not written is in its list for the next
    /// worker.
    pub async fn close(&self) -> PortResult<()> {
        standing::settle(&self.shared).await;
        let flushed = self.flush().await;
        handover::retire(&self.shared).await?;
        flushed
    }
}

/// What a batch of one partition needs.
#[derive(Debug)]
struct Context {
    redis: Redis,
    scripts: Arc<Scripts>,
    keys: Keys,
    worker: String,
    settings: BehindSettings,
}

impl Shared {
    fn partition(&self, account: &str, contact: &str) -> &Partition {
        &self.partitions[keys::partition(account, contact, self.partitions.len())]
    }

    /// The place of the partition of a send, which its number tells.
    fn place_of_send(&self, id: i64) -> usize {
        usize::try_from(id).unwrap_or(0) % self.partitions.len()
    }

    /// Milliseconds since this worker started.
    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Whether the other workers surely count this one as alive: it was heard of at most
    /// half as long ago as it takes to be counted as ended.
    fn is_surely_alive(&self) -> bool {
        let heard = self.heard_ms.load(Ordering::Acquire);
        heard.saturating_add(self.settings.silence_ms / 2) > self.elapsed_ms()
    }
}

/// The number of partitions: the one that the first worker chose.
async fn agree(redis: &Redis, settings: &BehindSettings) -> Result<usize, RedisError> {
    let usual = if redis.is_cluster() { ON_A_CLUSTER } else { 1 };
    let wanted = settings.partitions.unwrap_or(usual).max(1);
    let key = redis.own("partitions");
    let commands = redis.commands();
    if (settings.allowed)() {
        let mut set = redis::cmd("SET");
        set.arg(&key).arg(wanted).arg("NX");
        commands.run::<()>(&set).await?;
    }
    let mut get = redis::cmd("GET");
    let partitions: Option<usize> = commands.run(get.arg(&key)).await?;
    Ok(partitions.unwrap_or(wanted).max(1))
}
