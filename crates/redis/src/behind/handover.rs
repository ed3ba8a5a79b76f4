//! Sends that go from one worker to another: those of a worker that ended, and those that
//! belong behind earlier ones to the same contact.

use super::{Partition, Shared, ledger};
use crate::reply::{integer, items, text};
use heliograph_engine::ports::PortResult;
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
/// What the name of a [`Lot`] begins with, and no worker's does.
const LOT: &str = "lot-";

/// What is in this worker's own outbox, after taking over those of workers that ended. What
/// was taken over is handed over by [`next`] as well: whoever wants only some of this misses
/// nothing.
pub(super) async fn own(shared: &Shared) -> PortResult<Vec<OutboxItem>> {
    if (shared.settings.allowed)() {
        take_over(shared).await?;
    }
    let mut found = Vec::new();
    for (place, partition) in shared.partitions.iter().enumerate() {
        let mut all = redis::cmd("HGETALL");
        all.arg(partition.keys.outbox(&shared.worker));
        let pairs: Vec<(i64, String)> = shared.redis.commands().run(&all).await?;
        let read = |(number, text): (i64, String)| readable(shared, place, number, &text);
        found.extend(pairs.into_iter().filter_map(read));
    }
    found.sort_by_key(|item| item.id);
    Ok(found)
}

/// Waits until there is something to take over.
pub(super) async fn next(shared: &Shared) -> PortResult<Vec<OutboxItem>> {
    loop {
        tokio::time::sleep(LOOK).await;
        if !(shared.settings.allowed)() {
            continue;
        }
        // Counted over all calls: where something is handed over again and again, each is short.
        let looks = shared.looks.fetch_add(1, Ordering::Relaxed);
        let taken_over = match looks % LOOKS {
            0 => take_over(shared).await,
            _ => Ok(()),
        };
        let (mut found, mut places) = (Vec::new(), Vec::new());
        for place in 0..shared.partitions.len() {
            if let Some(items) = take(shared, place).await? {
                found.extend(items);
                places.push(place);
            }
        }
        // Only now: what a failure cuts off is taken again.
        for place in places {
            let handed_on = &shared.partitions[place].handed_on;
            handed_on.store(true, Ordering::Release);
        }
        if !found.is_empty() {
            found.sort_by_key(|item| item.id);
            return Ok(found);
        }
        taken_over?;
    }
}

/// Takes what was handed over to this worker in a partition; `None` where that is nothing.
async fn take(shared: &Shared, place: usize) -> PortResult<Option<Vec<OutboxItem>>> {
    let partition = &shared.partitions[place];
    let list = partition.keys.handed_to(&shared.worker);
    let outbox = partition.keys.outbox(&shared.worker);
    let taken = partition.keys.taken_by(&shared.worker);
    // Said once. Where that is not heard, what was handed on comes again, and whoever has it
    // knows.
    let handed_on = partition.handed_on.swap(false, Ordering::AcqRel);
    let call = shared.scripts.handed.on(&[&list, &outbox, &taken]);
    let call = call.arg(SOME).arg(u8::from(handed_on));
    let pairs: Value = call.run(&mut shared.redis.commands()).await?;
    let mut pairs = items(pairs)?.into_iter().peekable();
    if pairs.peek().is_none() {
        return Ok(None);
    }
    let mut found = Vec::new();
    while let Some(number) = pairs.next() {
        let (number, text) = (integer(Some(number))?, text(pairs.next())?);
        found.extend(readable(shared, place, number, &text));
    }
    Ok(Some(found))
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

/// Says that this worker is alive, and hears which ones have ended, each with when it was
/// heard last, as Redis says it.
async fn alive(shared: &Shared) -> PortResult<Vec<(String, String)>> {
    // Before the question: what Redis heard after it is all the better.
    let at = shared.elapsed_ms();
    let call = shared.scripts.alive.on(&[&shared.workers]);
    let call = call.arg(&shared.worker).arg(shared.settings.silence_ms);
    let answer: Vec<String> = call.run(&mut shared.redis.commands()).await?;
    shared.heard_ms.fetch_max(at, Ordering::AcqRel);
    let ended = answer.chunks_exact(2);
    Ok(ended
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect())
}

/// How many workers are alive.
pub(super) async fn working(shared: &Shared) -> PortResult<u64> {
    let call = shared.scripts.working.on(&[&shared.workers]);
    let call = call.arg(shared.settings.silence_ms).arg(LOT);
    Ok(call.run(&mut shared.redis.commands()).await?)
}

/// An outbox of its own for what is put back to be sent. It stands among the workers while
/// it is filled, without being counted as one, and then as one that has ended, so that
/// whoever works takes it over. So it does not matter whether this process sends anything,
/// and a crash in between is as one of a worker.
#[derive(Debug)]
pub(super) struct Lot<'s> {
    shared: &'s Shared,
    /// New, because an outbox that was taken over may be taken off the workers at any time.
    pub(super) name: String,
    /// Whether it stands among the workers, as far as is known.
    stands: bool,
}

impl<'s> Lot<'s> {
    pub(super) fn new(shared: &'s Shared) -> Self {
        Self {
            shared,
            name: format!("{LOT}{:016x}", fastrand::u64(..)),
            stands: false,
        }
    }

    /// Says that it is being filled. To be said again before each piece.
    pub(super) async fn fills(&mut self) -> PortResult<()> {
        self.stands = true;
        let call = self.shared.scripts.alive.on(&[&self.shared.workers]);
        let call = call.arg(&self.name).arg(self.shared.settings.silence_ms);
        let _ended: Vec<String> = call.run(&mut self.shared.redis.commands()).await?;
        Ok(())
    }

    /// Leaves it to whoever works, where anything may be in it. Where that cannot be said, it
    /// counts as ended after a while.
    pub(super) async fn leave(self) -> PortResult<()> {
        if !self.stands {
            return Ok(());
        }
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

/// Takes over what workers that ended have left: it is in this worker's outbox then, and
/// among what is handed over to it.
async fn take_over(shared: &Shared) -> PortResult<()> {
    for (ended, heard) in alive(shared).await? {
        if ended == shared.worker {
            continue;
        }
        let mut moved = 0;
        for partition in &shared.partitions {
            moved += adopt(shared, partition, &ended).await?;
            let lists = [
                partition.keys.handed_to(&ended),
                partition.keys.taken_by(&ended),
            ];
            let mut remove = redis::cmd("DEL");
            remove.arg(&lists);
            shared.redis.commands().run::<()>(&remove).await?;
        }
        let call = shared.scripts.gone.on(&[&shared.workers]);
        let call = call.arg(&ended).arg(heard);
        call.run::<()>(&mut shared.redis.commands()).await?;
        if moved > 0 {
            tracing::info!(
                sends = moved,
                "taking over sends that a worker left, or that are sent again"
            );
        }
    }
    Ok(())
}

/// Moves what one that ended has left in a partition into this worker's outbox; answers how
/// many sends those were.
async fn adopt(shared: &Shared, partition: &Partition, ended: &str) -> PortResult<u64> {
    // Also where it left no send.
    let mut moved = adopt_some(shared, partition, ended, &[]).await?;
    loop {
        let mut names = redis::cmd("HKEYS");
        names.arg(partition.keys.outbox(ended));
        let mut numbers: Vec<i64> = shared.redis.commands().run(&names).await?;
        if numbers.is_empty() {
            return Ok(moved);
        }
        // The earlier ones first, so that the order of a contact holds wherever this is cut
        // off.
        numbers.sort_unstable();
        for some in numbers.chunks(SOME) {
            moved += adopt_some(shared, partition, ended, some).await?;
        }
    }
}

async fn adopt_some(
    shared: &Shared,
    partition: &Partition,
    ended: &str,
    numbers: &[i64],
) -> PortResult<u64> {
    let keys = &partition.keys;
    let theirs = keys.outbox(ended);
    let ours = keys.outbox(&shared.worker);
    let (writer, list) = (keys.writer(), keys.handed_to(&shared.worker));
    let call = shared.scripts.adopt.on(&[&theirs, &ours, &writer, &list]);
    let call = call.arg(&shared.worker).arg(keys.conversations());
    let call = call.arg(ended).arg(numbers);
    Ok(call.run(&mut shared.redis.commands()).await?)
}

/// A send as an outbox has it.
fn readable(shared: &Shared, place: usize, number: i64, text: &str) -> Option<OutboxItem> {
    let id = shared.id_of_send(number, place);
    ledger::item(text, id)
        // It stays in the outbox, where a version that reads it finds it.
        .inspect_err(|error| tracing::error!(%error, send = id, "a send cannot be read"))
        .ok()
}
