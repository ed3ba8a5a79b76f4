//! Who handles a contact.

use super::{Context, Partition, Shared, WriteBehind, keys};
use crate::batch::Batch;
use crate::reply::{bytes_or_none, integer, items, text_or_none};
use async_trait::async_trait;
use bytes::Bytes;
use heliograph_engine::ports::{
    Conversations, EventTime, Hold, Opened, PortError, PortResult, RecentChange,
};
use heliograph_model::{AccountId, ContactChange, ContactId, Millis};
use redis::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The first wait for a conversation that somebody else holds.
const FIRST_WAIT: Duration = Duration::from_millis(2);
/// The longest, so that it is noticed soon when it is free.
const LONGEST_WAIT: Duration = Duration::from_millis(50);
/// How far Meta's clock and ours may be apart, in milliseconds.
const CLOCKS_APART_MS: i64 = 5 * Millis::MINUTE;

/// What marks a change of what was there before,
pub(super) const KNOWN: &str = "k";
/// and of what begins with it.
pub(super) const NEW: &str = "n";

/// A conversation that is to be taken.
#[derive(Debug)]
pub(super) struct Open {
    conversation: String,
    mark: String,
    token: String,
    /// When its event happened; by that those who wait are ordered.
    at: Option<Millis>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Taken {
    /// Redis' time.
    now: i64,
    /// Since when the marks are complete, where that is known.
    since: Option<i64>,
    what: What,
}

#[derive(Debug)]
enum What {
    /// Somebody else holds it.
    Busy,
    /// The event was handled before.
    Handled,
    /// It is ours.
    Ours {
        state: Option<Bytes>,
        state_is_stored: bool,
        contact: Option<RecentChange>,
    },
}

/// The hold under which an event is handled in this process, however often it is tried: one
/// that Redis gave without being able to say so is no stranger's to the next try. Events of a
/// contact are handled one at a time here, and each has a mark of its own.
fn hold_of(mark: &str) -> Hold {
    let digest = Sha256::digest(mark.as_bytes());
    let mut number = [0; 8];
    number.copy_from_slice(&digest[..8]);
    Hold(u64::from_be_bytes(number))
}

/// Takes many conversations with one command.
pub(super) fn batch(context: Arc<Context>) -> Batch<Open, Taken> {
    Batch::new(move |requests: Vec<Open>| {
        let context = Arc::clone(&context);
        Box::pin(async move {
            let since = context.keys.since();
            let mut keys = vec![since.as_str()];
            for request in &requests {
                keys.extend([request.conversation.as_str(), &request.mark]);
            }
            let mut call = context
                .scripts
                .open
                .on(&keys)
                .arg(context.settings.hold_ms)
                .arg(context.settings.keep_ms);
            for request in &requests {
                let at = request.at.map(|at| at.0.to_string());
                call = call.arg(&request.token).arg(at.unwrap_or_default());
            }
            let answer: Value = call.run(&mut context.redis.commands()).await?;
            let mut answer = items(answer)?.into_iter();
            let now = integer(answer.next())?;
            let since = text_or_none(answer.next())?.and_then(|text| text.parse().ok());
            // One that cannot be read costs its own event, and nobody else's.
            Ok(answer
                .map(|one| {
                    let what = read(one)?;
                    Ok(Taken { now, since, what })
                })
                .collect())
        })
    })
}

fn read(one: Value) -> PortResult<What> {
    let mut one = items(one)?.into_iter();
    Ok(match integer(one.next())? {
        0 => What::Busy,
        2 => What::Handled,
        _ => {
            let state = bytes_or_none(one.next())?.map(Bytes::from);
            let is_dirty = text_or_none(one.next())?.is_some();
            let changes = text_or_none(one.next())?;
            let at = text_or_none(one.next())?;
            What::Ours {
                state,
                state_is_stored: !is_dirty,
                contact: changes.map(|changes| recent(&changes, at)).transpose()?,
            }
        }
    })
}

/// Changes of a contact, a line each, as one.
pub(super) fn merged(changes: &str) -> PortResult<ContactChange> {
    let mut merged = ContactChange::default();
    for line in changes.lines() {
        let change: ContactChange = serde_json::from_str(line).map_err(PortError::other)?;
        merged.then(change);
    }
    Ok(merged)
}

fn recent(changes: &str, at: Option<String>) -> PortResult<RecentChange> {
    Ok(RecentChange {
        change: merged(changes)?,
        at: Millis(at.and_then(|at| at.parse().ok()).unwrap_or(0)),
    })
}

#[async_trait]
impl Conversations for WriteBehind {
    async fn open(
        &self,
        account: &AccountId,
        contact: &ContactId,
        mark: &str,
        time: EventTime,
    ) -> PortResult<Opened> {
        let shared = &self.shared;
        // The time of a report says nothing of an earlier one.
        let at = time.at.filter(|_| time.is_own);
        let asks = shared.settings.shared_marks || at.is_none();
        let early = async {
            match asks {
                true => Some(shared.is_in_archive(mark).await),
                false => None,
            }
        };
        // Together: what is archived meanwhile is in Redis still.
        let (taken, early) = futures::join!(self.take(account, contact, mark, time.at), early);
        let Ours {
            mut opened,
            now,
            since,
        } = taken?;
        let Some(hold) = opened.hold else {
            return Ok(opened);
        };
        let partition = shared.partition(account.as_str(), contact.as_str());
        let seen = match early {
            Some(seen) => seen,
            None => shared.was_archived(partition, mark, at, now, since).await,
        };
        match seen {
            Ok(seen) => opened.is_processed = Some(seen),
            Err(error) => {
                self.postpone(account, contact, hold).await;
                return Err(error);
            }
        }
        Ok(opened)
    }

    async fn release(&self, account: &AccountId, contact: &ContactId, hold: Hold) {
        self.shared.give_back(account, contact, hold, 0).await;
    }

    fn more_follow(&self, hold: Hold) {
        self.shared.followed.lock().insert(hold);
    }

    async fn postpone(&self, account: &AccountId, contact: &ContactId, hold: Hold) {
        let shared = &self.shared;
        let place_ms = shared.settings.hold_ms;
        shared.give_back(account, contact, hold, place_ms).await;
    }
}

/// A conversation that was taken, unless its event was handled.
struct Ours {
    opened: Opened,
    /// Redis' time.
    now: i64,
    /// Since when the marks are complete, where that is known.
    since: Option<i64>,
}

impl WriteBehind {
    /// Takes a conversation as soon as it is this event's turn.
    async fn take(
        &self,
        account: &AccountId,
        contact: &ContactId,
        mark: &str,
        at: Option<Millis>,
    ) -> PortResult<Ours> {
        let shared = &self.shared;
        let partition = shared.partition(account.as_str(), contact.as_str());
        let hold = hold_of(mark);
        let conversation = partition.keys.conversation(&keys::name(account, contact));
        let mark_key = partition.keys.mark(mark);
        let deadline = Instant::now() + shared.settings.patience;
        let mut wait = FIRST_WAIT;
        let mut waited = false;
        let mut place = at;
        loop {
            let asked = partition
                .open
                .ask(Open {
                    conversation: conversation.clone(),
                    mark: mark_key.clone(),
                    token: shared.token(hold),
                    at: place,
                })
                .await;
            let Taken { now, since, what } = match asked {
                Ok(taken) => taken,
                // Redis did not say so, and may have given it all the same. The next try of
                // the event has it then, for the hold is the event's.
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    self.release(account, contact, hold).await;
                    return Err(error);
                }
            };
            let opened = match what {
                What::Handled => Opened {
                    waited,
                    is_processed: Some(true),
                    ..Opened::default()
                },
                What::Ours {
                    state,
                    state_is_stored,
                    contact,
                } => Opened {
                    hold: Some(hold),
                    waited,
                    is_processed: None,
                    state,
                    state_is_stored,
                    contact,
                },
                What::Busy if Instant::now() > deadline => {
                    return Err(PortError::Unavailable(format!(
                        "another worker handles contact {contact} on account {account}"
                    )));
                }
                What::Busy => {
                    waited = true;
                    place = place.or(Some(Millis(now)));
                    sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                    continue;
                }
            };
            return Ok(Ours { opened, now, since });
        }
    }
}

impl Shared {
    /// Gives a conversation back; its event keeps its place in the line for `place_ms`.
    async fn give_back(&self, account: &AccountId, contact: &ContactId, hold: Hold, place_ms: i64) {
        self.followed.lock().remove(&hold);
        let partition = self.partition(account.as_str(), contact.as_str());
        let conversation = partition.keys.conversation(&keys::name(account, contact));
        let release = self.scripts.release.on(&[&conversation]);
        let released = release.arg(self.token(hold)).arg(place_ms);
        let mut commands = self.redis.commands();
        if let Err(error) = released.run::<()>(&mut commands).await {
            tracing::warn!(%error, "a conversation could not be given back; its hold ends by itself");
        }
    }

    /// A hold as Redis has it: of this process alone.
    pub(super) fn token(&self, hold: Hold) -> String {
        format!("{}.{}", self.worker, hold.0)
    }

    /// Whether the archive knows an event of this time, where its mark may be there and not
    /// in Redis.
    async fn was_archived(
        &self,
        partition: &Partition,
        mark: &str,
        at: Option<Millis>,
        now: i64,
        since: Option<i64>,
    ) -> PortResult<bool> {
        let since = match since {
            Some(since) => since,
            None => self.complete_since(partition).await?,
        };
        // An event that happened after the horizon was committed after it, if at all, and
        // its mark is in Redis still.
        let horizon = since.max(now - self.settings.marks_ms) + CLOCKS_APART_MS;
        if at.is_some_and(|at| at.0 > horizon) {
            return Ok(false);
        }
        self.is_in_archive(mark).await
    }

    /// Whether the archive has a mark.
    pub(super) async fn is_in_archive(&self, mark: &str) -> PortResult<bool> {
        let seen = self.archive.are_processed(&[mark.to_owned()]).await?;
        Ok(seen.first().copied().unwrap_or(false))
    }

    /// Redis is new or was emptied: what was committed before is in the archive, or lost
    /// with the rest. From the archive's newest mark on, those here are complete.
    async fn complete_since(&self, partition: &Partition) -> PortResult<i64> {
        let newest = self.archive.newest_mark().await?.unwrap_or(Millis(0));
        let mut set = redis::cmd("SET");
        set.arg(partition.keys.since()).arg(newest.0).arg("NX");
        self.redis.commands().run::<()>(&set).await?;
        Ok(newest.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_changes_win_and_earlier_ones_stay() {
        let change = merged(
            "{\"email\":\"a@b.c\",\"lastMessageAt\":5}\n{\"username\":\"ana\",\"lastMessageAt\":3}",
        )
        .expect("changes");
        assert_eq!(change.email.as_deref(), Some("a@b.c"));
        assert_eq!(change.username.as_deref(), Some("ana"));
        assert_eq!(
            change.last_message_at,
            Some(Millis(5)),
            "never moves backwards"
        );
        assert!(merged("not JSON").is_err());
    }
}
