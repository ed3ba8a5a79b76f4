//! What was decided, and what of it is still to be sent.

use super::{Context, WriteBehind, conversations, handover, keys, standing};
use crate::batch::Batch;
use crate::cache::LONGEST_TTL;
use crate::reply::{integer, items};
use async_trait::async_trait;
use heliograph_engine::ports::{
    CacheWrite, Commit, Committed, Ledger, NewOutboxItem, PortError, PortResult, SendUpdate,
};
use heliograph_model::{
    AccountId, Contact, Millis, OutboxId, OutboxItem, OutboxState, StateChange,
};
use redis::Value;
use serde::Serialize;
use std::sync::Arc;

/// How many sends that failed for good are kept in each partition, for people to look at.
const FAILURES: i64 = 1_000;

/// For how long a worker goes first that has committed and has later events of the same
/// contact, in milliseconds: time for the next of them to stand in line, however busy it is.
const GOES_FIRST_MS: i64 = 2_000;

/// A head begins with this where no try is under way,
const WAITING: char = '0';
/// and with this where one may be, which whoever takes it over makes an uncertain one.
const BEGUN: char = '1';

/// One commit, as the script takes it.
#[derive(Debug)]
pub(super) struct Committing {
    conversation: String,
    mark: String,
    arguments: Vec<String>,
    cached: Option<CacheWrite>,
}

/// How it ended.
#[derive(Debug)]
pub(super) enum Wrote {
    /// It is written, at this time in a cluster; its sends are counted from here on.
    New {
        first: i64,
        mine: bool,
        at: Option<i64>,
    },
    /// The event was handled before.
    Handled,
    /// Somebody else holds the conversation now.
    Overtaken,
}

/// The end of one try to send.
#[derive(Debug)]
pub(super) struct Finishing {
    conversation: String,
    id: i64,
    /// The head that it gets where it is tried again; empty to take it out.
    head: String,
    /// The record of a failure; empty for none.
    failure: String,
    counted: bool,
    /// The numbers of those that wait behind it and are not begun any more.
    waiting: String,
}

/// Commits many decisions with one command.
pub(super) fn commits(context: Arc<Context>) -> Batch<Committing, Wrote> {
    Batch::new(move |requests: Vec<Committing>| {
        let context = Arc::clone(&context);
        Box::pin(async move {
            let own = [
                context.keys.dirty(),
                context.keys.marks(),
                context.keys.sequence(),
                context.keys.outbox(&context.worker),
            ];
            let mut keys: Vec<&str> = own.iter().map(String::as_str).collect();
            for request in &requests {
                keys.extend([request.conversation.as_str(), &request.mark]);
            }
            let cached = requests
                .iter()
                .filter_map(|request| request.cached.as_ref());
            keys.extend(cached.map(|write| write.key.as_str()));
            let mut call = context
                .scripts
                .commit
                .on(&keys)
                .arg(&context.worker)
                .arg(context.settings.marks_ms)
                .arg(context.keys.outboxes())
                .arg(context.keys.handed())
                .arg(u8::from(context.redis.is_cluster()));
            for request in &requests {
                call = call.arg(&request.arguments);
                call = match &request.cached {
                    Some(write) => call
                        .arg(write.ttl_ms)
                        .arg(u8::from(write.only_new))
                        .arg(&write.value[..]),
                    None => call.arg("").arg("").arg(""),
                };
            }
            let answer: Value = call.run(&mut context.redis.commands()).await?;
            Ok(items(answer)?.into_iter().map(wrote).collect())
        })
    })
}

fn wrote(one: Value) -> PortResult<Wrote> {
    let mut one = items(one)?.into_iter();
    Ok(match integer(one.next())? {
        0 => Wrote::New {
            first: integer(one.next())?,
            mine: integer(one.next())? == 1,
            at: one.next().map(|at| integer(Some(at))).transpose()?,
        },
        1 => Wrote::Handled,
        _ => Wrote::Overtaken,
    })
}

/// Writes down with one command how many tries ended.
pub(super) fn finishes(context: Arc<Context>) -> Batch<Finishing, ()> {
    Batch::new(move |requests: Vec<Finishing>| {
        let context = Arc::clone(&context);
        Box::pin(async move {
            let own = [context.keys.outbox(&context.worker), context.keys.failed()];
            let mut keys: Vec<&str> = own.iter().map(String::as_str).collect();
            keys.extend(requests.iter().map(|request| request.conversation.as_str()));
            let mut call = context
                .scripts
                .finish
                .on(&keys)
                .arg(context.settings.keep_ms)
                .arg(FAILURES);
            for request in &requests {
                call = call
                    .arg(request.id)
                    .arg(&request.head)
                    .arg(&request.failure)
                    .arg(u8::from(request.counted))
                    .arg(&request.waiting);
            }
            call.run::<()>(&mut context.redis.commands()).await?;
            Ok(requests.iter().map(|_| Ok(())).collect())
        })
    })
}

#[async_trait]
impl Ledger for WriteBehind {
    async fn is_processed(&self, mark: &str) -> PortResult<bool> {
        let shared = &self.shared;
        // A mark does not say in which partition it is.
        for partition in &shared.partitions {
            let mut exists = redis::cmd("EXISTS");
            exists.arg(partition.keys.mark(mark));
            if shared.redis.commands().run(&exists).await? {
                return Ok(true);
            }
        }
        let seen = shared.archive.are_processed(&[mark.to_owned()]).await?;
        Ok(seen.first().copied().unwrap_or(false))
    }

    async fn commit(&self, commit: Commit) -> PortResult<Committed> {
        let shared = &self.shared;
        // What nobody opened a conversation for, as a comment that does not say who wrote it,
        // has not been looked for yet.
        let is_unseen = commit.hold.is_none() && !commit.outbox.is_empty();
        if is_unseen && shared.is_in_archive(&commit.mark).await? {
            return Ok(Committed::Duplicate);
        }
        let whose = commit.account_id.as_ref().zip(commit.contact_id.as_ref());
        let (partition, name) = match whose {
            Some((account, contact)) => (
                shared.partition(account.as_str(), contact.as_str()),
                keys::name(account, contact),
            ),
            // Nobody's conversation: the same event always comes to the same partition.
            None => {
                let account = commit.account_id.as_ref().map_or("", AccountId::as_str);
                (shared.partition(account, &commit.mark), String::new())
            }
        };
        let token = commit.hold.map(|hold| shared.token(hold));
        let more = commit
            .hold
            .is_some_and(|hold| shared.followed.lock().remove(&hold));
        let first_ms = if more { GOES_FIRST_MS } else { 0 };
        let state = match &commit.state {
            StateChange::Keep => String::new(),
            StateChange::Set(state) => json(state)?,
            StateChange::Clear => "null".to_owned(),
        };
        let change = match &commit.contact {
            Some(_) => json(&commit.record.decision.contact)?,
            None => String::new(),
        };
        let is_new = |contact: &Contact| contact.created_at == commit.now;
        let known = |is_new| match is_new {
            true => conversations::NEW.to_owned(),
            false => conversations::KNOWN.to_owned(),
        };
        let had_state = commit.record.decision.trace.state_before.is_some();
        let mut arguments = vec![
            token.unwrap_or_default(),
            first_ms.to_string(),
            format!("{}|{}", commit.now.0, commit.mark),
            name.clone(),
            state,
            known(!had_state),
            change,
            known(commit.contact.as_ref().is_some_and(is_new)),
            commit.now.0.to_string(),
            commit.outbox.len().to_string(),
        ];
        for item in &commit.outbox {
            let flag = match commit.begins && item.due_at <= commit.now {
                true => BEGUN,
                false => WAITING,
            };
            let head = head(flag, false, 0, item.due_at);
            arguments.push(format!("{head}{}", json(&numbered(item.clone(), 0))?));
        }
        let cached = commit.cached.map(|write| CacheWrite {
            key: shared.redis.cached(&write.key),
            ttl_ms: write.ttl_ms.min(LONGEST_TTL),
            ..write
        });
        let (cached, cached_after) = match shared.redis.is_cluster() {
            true => (None, cached),
            false => (cached, None),
        };
        let request = Committing {
            conversation: partition.keys.conversation(&name),
            mark: partition.keys.mark(&commit.mark),
            arguments,
            cached,
        };
        let wrote = partition.commit.ask(request).await?;
        if let Wrote::New { at: Some(at), .. } = wrote
            && let Some(write) = cached_after
        {
            standing::begin(shared, write, at).await;
        }
        Ok(match wrote {
            Wrote::Handled => Committed::Duplicate,
            Wrote::Overtaken => Committed::Overtaken,
            Wrote::New { mine: false, .. } => Committed::Applied(Vec::new()),
            Wrote::New {
                first, mine: true, ..
            } => {
                let place = shared.place_of(partition);
                let ids = (first..).map(|number| shared.id_of_send(number, place));
                let items = commit.outbox.into_iter().zip(ids);
                Committed::Applied(items.map(|(item, id)| numbered(item, id)).collect())
            }
        })
    }

    async fn outbox(&self) -> PortResult<Vec<OutboxItem>> {
        handover::own(&self.shared).await
    }

    async fn handed_over(&self) -> PortResult<Vec<OutboxItem>> {
        handover::next(&self.shared).await
    }

    fn begins_with_commit(&self) -> bool {
        self.shared.is_surely_alive()
    }

    /// In a cluster, where the cached state is in another slot than the conversation, at once
    /// afterwards.
    fn caches_with_commit(&self) -> bool {
        true
    }

    async fn begin_sends(&self, ids: &[OutboxId]) -> PortResult<()> {
        let shared = &self.shared;
        let mut taken_over = 0;
        for id in ids {
            let place = shared.place_of_send(id.0);
            let outbox = shared.partitions[place].keys.outbox(&shared.worker);
            let call = shared.scripts.begin.on(&[&outbox]);
            let call = call.arg(shared.number_of_send(id.0));
            let begun: Vec<u8> = call.run(&mut shared.redis.commands()).await?;
            taken_over += usize::from(begun != [1]);
        }
        if taken_over > 0 {
            return Err(PortError::Conflict(format!("{taken_over} sends")));
        }
        Ok(())
    }

    async fn end_sends(&self, updates: Vec<SendUpdate>) -> PortResult<()> {
        let ends = updates.into_iter().map(|update| async move {
            let shared = &self.shared;
            let partition = &shared.partitions[shared.place_of_send(update.record.outbox_id.0)];
            let request = shared.finishing(update)?;
            partition.finish.ask(request).await
        });
        futures::future::try_join_all(ends).await?;
        Ok(())
    }
}

impl super::Shared {
    fn place_of(&self, partition: &super::Partition) -> usize {
        self.partitions
            .iter()
            .position(|one| std::ptr::eq(one, partition))
            .unwrap_or(0)
    }

    /// The id of a send: its number in its partition and the partition in one.
    pub(super) fn id_of_send(&self, number: i64, place: usize) -> i64 {
        let partitions = i64::try_from(self.partitions.len()).unwrap_or(1);
        number * partitions + i64::try_from(place).unwrap_or(0)
    }

    fn number_of_send(&self, id: i64) -> i64 {
        id / i64::try_from(self.partitions.len()).unwrap_or(1)
    }

    fn finishing(&self, update: SendUpdate) -> PortResult<Finishing> {
        let SendUpdate {
            record,
            retry_at,
            waiting,
        } = update;
        let place = self.place_of_send(record.outbox_id.0);
        let name = record
            .contact_id
            .as_ref()
            .map(|contact| keys::name(&record.account_id, contact));
        let failure = match record.state {
            OutboxState::Failed | OutboxState::Unknown => json(&record)?,
            OutboxState::Sent | OutboxState::Retrying | OutboxState::Dropped => String::new(),
        };
        let id = self.number_of_send(record.outbox_id.0);
        let counted = name.is_some();
        let conversation = self.partitions[place]
            .keys
            .conversation(&name.unwrap_or_default());
        let head = retry_at.map_or_else(String::new, |at| {
            head(WAITING, record.uncertain, record.attempt, at)
        });
        // To the same contact, so in the same partition.
        let waiting: Vec<_> = waiting
            .iter()
            .map(|id| self.number_of_send(id.0).to_string())
            .collect();
        Ok(Finishing {
            conversation,
            id,
            head,
            failure,
            counted,
            waiting: waiting.join(","),
        })
    }
}

/// An item as it was committed.
fn numbered(item: NewOutboxItem, id: i64) -> OutboxItem {
    OutboxItem {
        id: OutboxId(id),
        delivery_id: item.delivery_id,
        account_id: item.account_id,
        contact_id: item.contact_id,
        effect: item.effect,
        send_before: item.send_before,
        due_at: item.due_at,
        attempts: 0,
        uncertain: false,
    }
}

/// What changes of an item while it is in the outbox stands before its JSON, in
/// [`HEAD`] characters: whether a try may be under way, whether an earlier one may have
/// arrived, how many there were, and when the next one is due.
fn head(flag: char, uncertain: bool, attempts: u32, due_at: Millis) -> String {
    let uncertain = u8::from(uncertain);
    format!("{flag}{uncertain}{attempts:08}{:016}", due_at.0.max(0))
}

/// An item that waits, as an outbox has it.
pub(super) fn waiting(item: &OutboxItem) -> PortResult<String> {
    let head = head(WAITING, item.uncertain, item.attempts, item.due_at);
    Ok(head + &json(item)?)
}

/// The length of a head; the scripts `adopt` and `finish` know it too.
const HEAD: usize = 26;

/// An item as the outbox has it.
pub(super) fn item(text: &str, id: i64) -> PortResult<OutboxItem> {
    let odd = || PortError::other("what is in the outbox was not written by this version");
    let (head, rest) = text.split_at_checked(HEAD).ok_or_else(odd)?;
    let number = |from: usize, to: usize| head[from..to].parse::<i64>().map_err(|_| odd());
    let mut item: OutboxItem = serde_json::from_str(rest).map_err(PortError::other)?;
    item.id = OutboxId(id);
    item.uncertain = number(1, 2)? == 1;
    item.attempts = u32::try_from(number(2, 10)?).map_err(|_| odd())?;
    item.due_at = Millis(number(10, HEAD)?);
    Ok(item)
}

fn json<T: Serialize>(value: &T) -> PortResult<String> {
    serde_json::to_string(value).map_err(PortError::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{DeliveryId, Effect};

    #[test]
    fn an_item_comes_back_as_its_head_says() {
        let effect = Effect::ReplyToComment {
            comment_id: "c1".into(),
            text: "ü".into(),
            automation_id: "a1".into(),
        };
        let new = NewOutboxItem {
            delivery_id: DeliveryId(1),
            account_id: "1".into(),
            contact_id: Some("2".into()),
            effect,
            send_before: Millis(90),
            due_at: Millis(5),
        };
        let body = json(&numbered(new, 0)).expect("JSON");
        let read = |head: String| item(&format!("{head}{body}"), 7).expect("an item");
        let waiting = read(head(WAITING, false, 3, Millis(42)));
        assert_eq!(waiting.id, OutboxId(7));
        assert_eq!((waiting.attempts, waiting.due_at), (3, Millis(42)));
        assert!(!waiting.uncertain);
        let begun = read(head(BEGUN, false, 0, Millis(0)));
        assert!(!begun.uncertain, "its own process knows about it");
        assert!(read(head(WAITING, true, 0, Millis(0))).uncertain);
        assert!(item("short", 7).is_err());
    }
}
