//! Writes to the archive what it does not have yet.

use super::{Partition, Shared, WriteBehind, conversations, keys};
use crate::reply::{bytes_or_none, integer, items, text, text_or_none};
use async_trait::async_trait;
use heliograph_engine::ports::{
    Backlog, BacklogDepth, ConversationChange, Mark, PortError, PortResult,
};
use heliograph_model::{Millis, StateChange};
use redis::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Conversations that are written at once.
const CONVERSATIONS: usize = 1_000;
/// Marks that are written at once.
const MARKS: usize = 4_000;
/// More conversations than these since the last pause are much to write.
const MUCH: usize = 200;
/// For how long a worker is the one that writes, in milliseconds; longer than any write to
/// the archive may take.
const TURN_MS: i64 = 30_000;
/// How long a flush waits for another worker that writes.
const PATIENCE: Duration = Duration::from_secs(40);
/// The wait after a failure, and for another worker's turn.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

#[async_trait]
impl Backlog for WriteBehind {
    async fn backlog(&self) -> PortResult<BacklogDepth> {
        let mut depth = BacklogDepth::default();
        for partition in &self.shared.partitions {
            let keys = &partition.keys;
            let mut commands = redis::pipe();
            commands
                .llen(keys.dirty())
                .llen(keys.marks())
                .lindex(keys.marks(), 0);
            let (conversations, marks, oldest): (u64, u64, Option<String>) =
                self.shared.redis.commands().run_all(&commands).await?;
            depth.waiting += conversations + marks;
            let oldest = oldest.as_deref().and_then(mark).map(|mark| mark.at);
            depth.oldest_at = match (depth.oldest_at, oldest) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        Ok(depth)
    }
}

/// A mark as the list has it.
fn mark(entry: &str) -> Option<Mark> {
    let (at, mark) = entry.split_once('|')?;
    Some(Mark {
        mark: mark.to_owned(),
        at: Millis(at.parse().ok()?),
    })
}

/// How one write went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrote {
    /// So many conversations, and nothing waits any more.
    All(usize),
    /// So many, and there is more.
    Some(usize),
    /// Another worker writes this partition.
    NotMine,
}

/// Writes, again and again, until it is dropped.
pub(super) async fn run(shared: Arc<Shared>) {
    let partitions = (0..shared.partitions.len()).map(|place| {
        let shared = Arc::clone(&shared);
        async move {
            let mut since_pause = 0;
            loop {
                if !(shared.settings.allowed)() {
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
                let pause = match write(&shared, place).await {
                    Ok(Wrote::Some(conversations)) => {
                        since_pause += conversations;
                        Duration::ZERO
                    }
                    Ok(Wrote::All(conversations)) => {
                        match std::mem::take(&mut since_pause) + conversations {
                            much if much > MUCH => shared.settings.busy_pause,
                            _ => shared.settings.pause,
                        }
                    }
                    Ok(Wrote::NotMine) => AFTER_FAILURE,
                    Err(error) => {
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

/// Writes until nothing waits; nothing where nothing may be written.
pub(super) async fn flush(shared: &Shared) -> PortResult<()> {
    if !(shared.settings.allowed)() {
        return Ok(());
    }
    let deadline = Instant::now() + PATIENCE;
    for place in 0..shared.partitions.len() {
        loop {
            match write(shared, place).await? {
                Wrote::All(_) => break,
                Wrote::Some(_) => {}
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
    let _writing = partition.writing.lock().await;
    let Some(waiting) = read(shared, partition).await? else {
        return Ok(Wrote::NotMine);
    };
    if waiting.versions.is_empty() && waiting.number_of_marks == 0 {
        return Ok(Wrote::All(0));
    }
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
    let all = waiting.conversations <= CONVERSATIONS as u64 && waiting.marks <= MARKS as u64;
    let conversations = waiting.versions.len();
    Ok(match all {
        true => Wrote::All(conversations),
        false => Wrote::Some(conversations),
    })
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
        waiting.new_marks.extend(mark(&entry));
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
    let since = text_or_none(held.next())?;
    let Some((since, at)) = since.zip(text_or_none(held.next())?) else {
        return Ok(None);
    };
    let millis = |text: &str| Millis(text.parse().unwrap_or(0));
    let Some((account_id, contact_id)) = keys::named(name) else {
        return Ok(None);
    };
    let state_is_dirty = text_or_none(held.next())?;
    let state = match bytes_or_none(held.next())? {
        Some(state) if state_is_dirty.is_some() => {
            match serde_json::from_slice(&state).map_err(PortError::other)? {
                Some(state) => StateChange::Set(state),
                None => StateChange::Clear,
            }
        }
        Some(_) | None => StateChange::Keep,
    };
    let contact_is_dirty = text_or_none(held.next())?;
    let contact = match text_or_none(held.next())? {
        Some(changes) if contact_is_dirty.is_some() => Some(conversations::merged(&changes)?),
        Some(_) | None => None,
    };
    Ok(Some(ConversationChange {
        account_id,
        contact_id,
        state,
        contact,
        state_is_new: state_is_dirty.as_deref() == Some(conversations::NEW),
        is_new: contact_is_dirty.as_deref() == Some(conversations::NEW),
        since: millis(&since),
        at: millis(&at),
    }))
}
