//! Writes to the archive what it does not have yet.

use super::{Partition, Shared, WriteBehind, conversations, keys, refused};
use crate::reply::{bytes_or_none, integer, items, text, text_or_none};
use async_trait::async_trait;
use heliograph_engine::ports::{
    Backlog, BacklogDepth, ConversationChange, Mark, PortError, PortResult, Refusals,
};
use heliograph_model::{Millis, StateChange};
use redis::Value;
use std::collections::HashMap;
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
                .lindex(keys.marks(), 0)
                .zcard(keys.refused())
                .zcard(keys.refused_marks());
            let (conversations, marks, oldest, refused, refused_marks): (
                u64,
                u64,
                Option<String>,
                u64,
                u64,
            ) = self.shared.redis.commands().run_all(&commands).await?;
            depth.waiting += conversations + marks;
            depth.refused += refused + refused_marks;
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

/// The same of a mark.
fn entry(mark: &Mark) -> String {
    format!("{}|{}", mark.at.0, mark.mark)
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
            let mut retried = Instant::now();
            loop {
                if !(shared.settings.allowed)() {
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
                if retried.elapsed() >= shared.settings.refused_again {
                    retried = Instant::now();
                    if let Err(error) = refused::retry(&shared, &shared.partitions[place]).await {
                        tracing::warn!(%error, "what MongoDB refused is tried again later");
                    }
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
    /// The conversation of each change, by its place among the names.
    names_of_changes: Vec<usize>,
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
    let refusals = shared
        .archive
        .write(&waiting.changes, &waiting.new_marks)
        .await?;
    let Some(without_room) = written(shared, partition, &waiting, &refusals).await? else {
        return Ok(Wrote::NotMine);
    };
    if without_room > 0 {
        return Err(PortError::Unavailable(format!(
            "MongoDB refuses more than {} documents, and {without_room} more wait for it. Look at \
             the unique indexes and the validation rules of its collections",
            refused::MOST
        )));
    }
    let all = waiting.conversations <= CONVERSATIONS as u64 && waiting.marks <= MARKS as u64;
    let conversations = waiting.versions.len();
    Ok(match all {
        true => Wrote::All(conversations),
        false => Wrote::Some(conversations),
    })
}

/// Takes off the lists what was written, and sets aside what was refused. Gives how much of
/// that found no room, or `None` where another worker writes now.
async fn written(
    shared: &Shared,
    partition: &Partition,
    waiting: &Waiting,
    refusals: &Refusals,
) -> PortResult<Option<u64>> {
    // By the place of its name, the changes of each that was refused.
    let mut refused_changes = HashMap::new();
    for refusal in &refusals.changes {
        let change = waiting.changes.get(refusal.place);
        let name = waiting.names_of_changes.get(refusal.place);
        if let Some((change, name)) = change.zip(name) {
            refused_changes.insert(*name, &change.contact);
        }
    }
    let first = refused_changes.keys().min();
    let first = first.and_then(|name| waiting.versions.get(*name));
    refused::tell(refusals, first.map(|(name, _)| name.as_str()));

    let keys = &partition.keys;
    let conversations: Vec<String> = waiting
        .versions
        .iter()
        .map(|(name, _)| keys.conversation(name))
        .collect();
    let own = [
        keys.writer(),
        keys.dirty(),
        keys.marks(),
        keys.refused(),
        keys.refused_marks(),
    ];
    let all: Vec<&str> = own
        .iter()
        .chain(&conversations)
        .map(String::as_str)
        .collect();
    let marks: Vec<String> = refusals
        .marks
        .iter()
        .filter_map(|refusal| waiting.new_marks.get(refusal.place))
        .map(entry)
        .collect();
    let mut call = shared
        .scripts
        .written
        .on(&all)
        .arg(&shared.worker)
        .arg(shared.settings.keep_ms)
        .arg(waiting.number_of_marks)
        .arg(refused::MOST)
        .arg(marks.len())
        .arg(marks);
    for (place, (name, version)) in waiting.versions.iter().enumerate() {
        let refused = refused_changes.get(&place);
        let changes = match refused {
            Some(Some(changes)) => serde_json::to_string(changes).map_err(PortError::other)?,
            Some(None) | None => String::new(),
        };
        let is_refused = u8::from(refused.is_some());
        call = call.arg(name).arg(version).arg(is_refused).arg(changes);
    }
    let without_room: i64 = call.run(&mut shared.redis.commands()).await?;
    Ok(u64::try_from(without_room).ok())
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
            Ok(Some(change)) => {
                waiting.changes.push(change);
                waiting.names_of_changes.push(waiting.versions.len());
            }
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
