//! Sends that go from one worker to another: those of a worker that ended, and those that
//! belong behind earlier ones to the same contact.

use super::{Shared, ledger};
use crate::reply::{integer, items, text};
use heliograph_engine::ports::{PortError, PortResult};
use heliograph_model::OutboxItem;
use redis::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often this worker says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How often it looks for what others handed over.
const LOOK: Duration = Duration::from_millis(100);
/// Looks between two searches for workers that have ended.
const LOOKS: u32 = 10;
/// How many sends are moved with one command.
const SOME: usize = 200;

/// What is in this worker's own outbox, after taking over those of workers that ended.
pub(super) async fn own(shared: &Shared) -> PortResult<Vec<OutboxItem>> {
    if (shared.settings.allowed)() {
        take_over(shared).await?;
    }
    let mut found = Vec::new();
    for (place, partition) in shared.partitions.iter().enumerate() {
        let mut all = redis::cmd("HGETALL");
        all.arg(partition.keys.outbox(&shared.worker));
        let pairs: Vec<(i64, String)> = shared.redis.commands().run(&all).await?;
        for (number, text) in pairs {
            found.push(ledger::item(&text, shared.id_of_send(number, place))?);
        }
    }
    found.sort_by_key(|item| item.id);
    Ok(found)
}

/// Waits until there is something to take over.
pub(super) async fn next(shared: &Shared) -> PortResult<Vec<OutboxItem>> {
    let mut looks = 0;
    loop {
        tokio::time::sleep(LOOK).await;
        if !(shared.settings.allowed)() {
            continue;
        }
        looks += 1;
        let mut found = Vec::new();
        if looks % LOOKS == 0 {
            found = take_over(shared).await?;
        }
        for (place, partition) in shared.partitions.iter().enumerate() {
            let handed = partition.keys.handed_to(&shared.worker);
            let outbox = partition.keys.outbox(&shared.worker);
            let call = shared.scripts.handed.on(&[&handed, &outbox]).arg(SOME);
            let moved: Value = call.run(&mut shared.redis.commands()).await?;
            found.extend(numbered(shared, place, moved)?);
        }
        if !found.is_empty() {
            found.sort_by_key(|item| item.id);
            return Ok(found);
        }
    }
}

/// Says that this worker is alive, again and again.
pub(super) async fn stay_alive(shared: Arc<Shared>) {
    loop {
        if !(shared.settings.allowed)() {
            tokio::time::sleep(HEARTBEAT).await;
            continue;
        }
        match alive(&shared).await {
            Ok(_) => tokio::time::sleep(HEARTBEAT).await,
            Err(error) => {
                tracing::warn!(%error, "the other workers cannot be told that this one is alive");
                tokio::time::sleep(HEARTBEAT / 4).await;
            }
        }
    }
}

/// Says that this worker is alive, and hears which ones have ended.
async fn alive(shared: &Shared) -> PortResult<Vec<String>> {
    // Before the question: what Redis heard after it is all the better.
    let at = shared.elapsed_ms();
    let call = shared.scripts.alive.on(&[&shared.workers]);
    let call = call.arg(&shared.worker).arg(shared.settings.silence_ms);
    let ended = call.run(&mut shared.redis.commands()).await?;
    shared.heard_ms.fetch_max(at, Ordering::AcqRel);
    Ok(ended)
}

/// How many workers are alive.
pub(super) async fn working(shared: &Shared) -> PortResult<u64> {
    let call = shared.scripts.working.on(&[&shared.workers]);
    let call = call.arg(shared.settings.silence_ms);
    Ok(call.run(&mut shared.redis.commands()).await?)
}

/// An outbox of its own for what is put back to be sent. It stands among the workers while
/// it is filled, and then as one that has ended, so that whoever works takes it over. So it
/// does not matter whether this process sends anything, and a crash in between is as one of
/// a worker.
#[derive(Debug)]
pub(super) struct Lot<'s> {
    shared: &'s Shared,
    /// New, because an outbox that was taken over may be taken off the workers at any time.
    pub(super) name: String,
}

impl<'s> Lot<'s> {
    pub(super) fn new(shared: &'s Shared) -> Self {
        Self {
            shared,
            name: format!("{:016x}", fastrand::u64(..)),
        }
    }

    /// Says that it is being filled. To be said again before each piece.
    pub(super) async fn fills(&self) -> PortResult<()> {
        let call = self.shared.scripts.alive.on(&[&self.shared.workers]);
        let call = call.arg(&self.name).arg(self.shared.settings.silence_ms);
        let _ended: Vec<String> = call.run(&mut self.shared.redis.commands()).await?;
        Ok(())
    }

    /// Leaves it to whoever works.
    pub(super) async fn leave(self) -> PortResult<()> {
        let mut add = redis::cmd("ZADD");
        add.arg(&self.shared.workers).arg(0).arg(&self.name);
        Ok(self.shared.redis.commands().run(&add).await?)
    }
}

/// Tells the others that this worker ends, and that what is in its outbox is theirs; not
/// where nothing may be written, for then they have not heard of it either.
pub(super) async fn retire(shared: &Shared) -> PortResult<()> {
    if !(shared.settings.allowed)() {
        return Ok(());
    }
    let mut add = redis::cmd("ZADD");
    add.arg(&shared.workers).arg(0).arg(&shared.worker);
    Ok(shared.redis.commands().run(&add).await?)
}

/// Takes over what workers that ended have left.
async fn take_over(shared: &Shared) -> PortResult<Vec<OutboxItem>> {
    let mut found = Vec::new();
    for ended in alive(shared).await? {
        if ended == shared.worker {
            continue;
        }
        for (place, partition) in shared.partitions.iter().enumerate() {
            let theirs = partition.keys.outbox(&ended);
            let ours = partition.keys.outbox(&shared.worker);
            let writer = partition.keys.writer();
            loop {
                let call = shared.scripts.adopt.on(&[&theirs, &ours, &writer]);
                let call = call
                    .arg(&shared.worker)
                    .arg(partition.keys.conversations())
                    .arg(SOME)
                    .arg(&ended);
                let moved: Value = call.run(&mut shared.redis.commands()).await?;
                let moved = numbered(shared, place, moved)?;
                if moved.is_empty() {
                    break;
                }
                found.extend(moved);
            }
            let mut remove = redis::cmd("DEL");
            remove.arg(partition.keys.handed_to(&ended));
            shared.redis.commands().run::<()>(&remove).await?;
        }
        let mut remove = redis::cmd("ZREM");
        remove.arg(&shared.workers).arg(&ended);
        shared.redis.commands().run::<()>(&remove).await?;
        if !found.is_empty() {
            tracing::info!(
                sends = found.len(),
                "taking over sends that a worker left, or that are sent again"
            );
        }
    }
    found.sort_by_key(|item| item.id);
    Ok(found)
}

fn numbered(shared: &Shared, place: usize, moved: Value) -> PortResult<Vec<OutboxItem>> {
    let mut moved = items(moved)?.into_iter();
    let mut found = Vec::new();
    while let Some(number) = moved.next() {
        let id = shared.id_of_send(integer(Some(number))?, place);
        match ledger::item(&text(moved.next())?, id) {
            Ok(item) => found.push(item),
            // It stays in the outbox, where a version that reads it finds it.
            Err(error @ PortError::Other(_)) => {
                tracing::error!(%error, send = id, "a send cannot be read");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
