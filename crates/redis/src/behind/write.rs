//! Writes to the archive what it does not have yet.

use super::{Partition, Shared, conversations, keys};
use crate::reply::{bytes_or_none, integer, items, text, text_or_none};
use heliograph_engine::ports::{ConversationChange, Mark, PortError, PortResult};
use heliograph_model::{Millis, StateChange};
use redis::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::Instant;

/// Conversations that are written at once.
const CONVERSATIONS: usize = 1_000;
/// Marks that are written at once.
const MARKS: usize = 4_000;
/// For how long a worker is the one that writes, in milliseconds; longer than any write to
/// the archive may take.
const TURN_MS: i64 = 30_000;
/// How long a flush waits for another worker that writes.
const PATIENCE: Duration = Duration::from_secs(40);
/// The wait after a failure, and for another worker's turn.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// How much the archive does not have yet, as this worker last saw it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BehindFigures {
    /// Conversations that wait.
    pub conversations: u64,
    /// Deduplication marks that wait.
    pub marks: u64,
    /// The age of the oldest that waits, in milliseconds.
    pub age_ms: i64,
    /// Conversations written since the start.
    pub written: u64,
    /// Writes that failed since the start; each was tried again.
    pub failures: u64,
}

/// The counters behind [`BehindFigures`].
#[derive(Debug)]
pub(super) struct Figures {
    /// By partition.
    depths: Vec<Depth>,
    written: AtomicU64,
    failures: AtomicU64,
}

#[derive(Debug, Default)]
struct Depth {
    conversations: AtomicU64,
    marks: AtomicU64,
    age_ms: AtomicI64,
}

impl Figures {
    pub(super) fn new(partitions: usize) -> Self {
        Self {
            depths: (0..partitions).map(|_| Depth::default()).collect(),
            written: AtomicU64::new(0),
            failures: AtomicU64::new(0),
        }
    }

    pub(super) fn now(&self) -> BehindFigures {
        let sum = |of: fn(&Depth) -> &AtomicU64| {
            self.depths
                .iter()
                .map(|depth| of(depth).load(Relaxed))
                .sum()
        };
        let ages = self.depths.iter().map(|depth| depth.age_ms.load(Relaxed));
        BehindFigures {
            conversations: sum(|depth| &depth.conversations),
            marks: sum(|depth| &depth.marks),
            age_ms: ages.max().unwrap_or(0),
            written: self.written.load(Relaxed),
            failures: self.failures.load(Relaxed),
        }
    }
}

/// How one write went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrote {
    /// Nothing waits any more.
    All,
    /// There is more.
    Some,
    /// Another worker writes this partition.
    NotMine,
}

/// Writes, again and again, until it is dropped.
pub(super) async fn run(shared: Arc<Shared>) {
    let partitions = (0..shared.partitions.len()).map(|place| {
        let shared = Arc::clone(&shared);
        async move {
            loop {
                if !(shared.settings.allowed)() {
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
                let pause = match write(&shared, place).await {
                    Ok(Wrote::Some) => Duration::ZERO,
                    Ok(Wrote::All) => shared.settings.pause,
                    Ok(Wrote::NotMine) => AFTER_FAILURE,
                    Err(error) => {
                        shared.figures.failures.fetch_add(1, Relaxed);
                        tracing::warn!(%error, "changes cannot be written behind; they stay listed in Redis and are tried again");
                        AFTER_FAILURE
                    }
                };
                tokio::time::sleep(pause).await;
            }
        }
    });
    futures::future::join_all(partitions).await;
}

/// Writes until nothing waits.
pub(super) async fn flush(shared: &Shared) -> PortResult<()> {
    let deadline = Instant::now() + PATIENCE;
    for place in 0..shared.partitions.len() {
        loop {
            match write(shared, place).await? {
                Wrote::All => break,
                Wrote::Some => {}
                Wrote::NotMine => {
                    // Somebody else is at it: it is done when nothing waits.
                    let keys = &shared.partitions[place].keys;
                    let mut commands = redis::pipe();
                    commands.llen(keys.dirty()).llen(keys.marks());
                    let left: (u64, u64) = shared.redis.commands().run_all(&commands).await?;
                    if left == (0, 0) {
                        break;
                    }
                    if Instant::now() > deadline {
                        return Err(PortError::Unavailable(
                            "another worker writes to the archive and does not come to an end"
                                .to_owned(),
                        ));
                    }
                    tokio::time::sleep(shared.settings.pause).await;
                }
            }
        }
    }
    Ok(())
}

/// What was read of a partition.
#[derive(Debug, Default)]
struct Waiting {
    conversations: u64,
    marks: u64,
    changes: Vec<ConversationChange>,
    new_marks: Vec<Mark>,
    /// The names in their order, with the versions that were read.
    versions: Vec<(String, String)>,
    number_of_marks: usize,
}

/// Writes some of what waits in a partition.
async fn write(shared: &Shared, place: usize) -> PortResult<Wrote> {
    let partition = &shared.partitions[place];
    let Some(waiting) = read(shared, partition).await? else {
        return Ok(Wrote::NotMine);
    };
    let depth = &shared.figures.depths[place];
    depth.conversations.store(waiting.conversations, Relaxed);
    depth.marks.store(waiting.marks, Relaxed);
    if waiting.versions.is_empty() && waiting.number_of_marks == 0 {
        depth.age_ms.store(0, Relaxed);
        return Ok(Wrote::All);
    }
    let oldest = waiting.new_marks.first().map(|mark| mark.at);
    let newest = waiting.new_marks.last().map(|mark| mark.at);
    shared
        .archive
        .write(&waiting.changes, &waiting.new_marks)
        .await?;
    let keys = &partition.keys;
    let mut call = shared
        .scripts
        .written
        .on(&[&keys.writer(), &keys.dirty(), &keys.marks()])
        .arg(&shared.worker)
        .arg(keys.conversations())
        .arg(shared.settings.keep_ms)
        .arg(waiting.number_of_marks);
    for (name, version) in &waiting.versions {
        call = call.arg(name).arg(version);
    }
    let mine: bool = call.run(&mut shared.redis.commands()).await?;
    if !mine {
        return Ok(Wrote::NotMine);
    }
    shared
        .figures
        .written
        .fetch_add(waiting.changes.len() as u64, Relaxed);
    depth.age_ms.store(
        newest
            .zip(oldest)
            .map_or(0, |(newest, oldest)| newest.since(oldest)),
        Relaxed,
    );
    let all = waiting.conversations <= CONVERSATIONS as u64 && waiting.marks <= MARKS as u64;
    Ok(if all { Wrote::All } else { Wrote::Some })
}

/// What waits, or `None` where another worker writes it.
async fn read(shared: &Shared, partition: &Partition) -> PortResult<Option<Waiting>> {
    let keys = &partition.keys;
    let call = shared
        .scripts
        .read
        .on(&[&keys.writer(), &keys.dirty(), &keys.marks()])
        .arg(&shared.worker)
        .arg(TURN_MS)
        .arg(CONVERSATIONS)
        .arg(MARKS)
        .arg(keys.conversations());
    let answer: Value = call.run(&mut shared.redis.commands()).await?;
    let mut answer = items(answer)?.into_iter();
    let Some(conversations) = answer.next() else {
        return Ok(None);
    };
    let mut waiting = Waiting {
        conversations: u64::try_from(integer(Some(conversations))?).unwrap_or(0),
        marks: u64::try_from(integer(answer.next())?).unwrap_or(0),
        ..Waiting::default()
    };
    for entry in items(answer.next().unwrap_or_default())? {
        waiting.number_of_marks += 1;
        let entry = text(Some(entry))?;
        if let Some((at, mark)) = entry.split_once('|') {
            waiting.new_marks.push(Mark {
                mark: mark.to_owned(),
                at: Millis(at.parse().unwrap_or(0)),
            });
        }
    }
    let names = items(answer.next().unwrap_or_default())?;
    let held = items(answer.next().unwrap_or_default())?;
    for (name, held) in names.into_iter().zip(held) {
        let name = text(Some(name))?;
        let mut held = items(held)?.into_iter();
        let version = text_or_none(held.next())?.unwrap_or_default();
        match change(&name, held) {
            Ok(Some(change)) => waiting.changes.push(change),
            Ok(None) => {}
            // One that cannot be read must not keep the others from being written.
            Err(error) => tracing::error!(%error, "a change cannot be read and is given up"),
        }
        waiting.versions.push((name, version));
    }
    Ok(Some(waiting))
}

/// What became of a conversation; `None` where it is gone.
fn change(
    name: &str,
    mut held: impl Iterator<Item = Value>,
) -> PortResult<Option<ConversationChange>> {
    let Some(at) = text_or_none(held.next())? else {
        return Ok(None);
    };
    let Some((account_id, contact_id)) = keys::named(name) else {
        return Ok(None);
    };
    let state_is_dirty = text_or_none(held.next())?.is_some();
    let state = match bytes_or_none(held.next())? {
        Some(state) if state_is_dirty => {
            match serde_json::from_slice(&state).map_err(PortError::other)? {
                Some(state) => StateChange::Set(state),
                None => StateChange::Clear,
            }
        }
        Some(_) | None => StateChange::Keep,
    };
    let contact_is_dirty = text_or_none(held.next())?.is_some();
    let contact = match text_or_none(held.next())? {
        Some(changes) if contact_is_dirty => Some(conversations::merged(&changes)?),
        Some(_) | None => None,
    };
    Ok(Some(ConversationChange {
        account_id,
        contact_id,
        state,
        contact,
        at: Millis(at.parse().unwrap_or(0)),
    }))
}
