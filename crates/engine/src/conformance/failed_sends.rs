//! The story of the dead letter of sends.

use super::samples::{START, commit, ended, outbox, record, text};
use crate::ports::{Committed, FailedSends, SendUpdate, Store};
use heliograph_model::{
    DeliveryId, ErrorClass, Millis, OutboxId, OutboxItem, OutboxState, SendError, SendRecord,
};

/// How many the story has fail.
const FAILS: i64 = 6;
/// More than any backend keeps.
const CROWD: i64 = 1_200;

/// Walks over everything that somebody who looks after failed sends relies on. `failed` are
/// those of `store`, which begins empty.
pub async fn failed_sends_story(store: &dyn Store, failed: &dyn FailedSends) {
    assert_eq!(count(failed).await, 0, "the story begins empty");
    assert_eq!(list(failed).await, []);
    assert_eq!(forget(failed, &[OutboxId(4_711)]).await, 0);

    // What was sent, what is tried again and what came too late is none of it.
    for (n, state) in [OutboxState::Sent, OutboxState::Dropped]
        .into_iter()
        .enumerate()
    {
        let item = item(store, 90 + i64::try_from(n).expect("small")).await;
        end(store, ended(&item, state, None)).await;
    }
    let item = item(store, 99).await;
    let again = ended(&item, OutboxState::Retrying, Some(START + 5_000));
    end(store, again.clone()).await;
    assert_eq!(count(failed).await, 0);

    // Failed at last: it is kept as it ended, once.
    let last = failure(&item, OutboxState::Failed, START);
    end(store, last.clone()).await;
    end(store, last.clone()).await;
    assert_eq!(list(failed).await, std::slice::from_ref(&last.record));
    assert_eq!(forget(failed, &[item.id, item.id]).await, 1);
    assert_eq!(forget(failed, &[item.id]).await, 0, "it is gone");
    assert_eq!(count(failed).await, 0);

    // Of several people, the latest first, a page at a time.
    let mut records = fail(store, FAILS).await;
    records.reverse();
    assert_eq!(count(failed).await, 6);
    assert_eq!(list(failed).await, records);
    let page = failed.list(2, 3).await.expect("an answer");
    assert_eq!(page, records[2..5], "a page of three");
    assert_eq!(failed.list(6, 3).await.expect("an answer"), []);
    assert_eq!(failed.list(0, 0).await.expect("an answer"), []);

    // Of two who forget the same at the same time, each is told of their own.
    let ids: Vec<OutboxId> = records[1..5]
        .iter()
        .map(|record| record.outbox_id)
        .collect();
    let (one, two) = tokio::join!(failed.forget(&ids[..3]), failed.forget(&ids[1..]));
    assert_eq!(one.expect("an answer") + two.expect("an answer"), 4);
    let left = list(failed).await;
    assert_eq!(left, [records[0].clone(), records[5].clone()]);
    assert_eq!(forget(failed, &[]).await, 0);

    bounded(store, failed).await;
}

/// There is an end to what is kept, and the latest stay.
async fn bounded(store: &dyn Store, failed: &dyn FailedSends) {
    let before = count(failed).await;
    let mut updates = Vec::new();
    for n in 0..CROWD {
        // All of one person, so that they are in one place wherever they are spread.
        let item = item_of(store, &format!("crowd{n}"), "650", 1_000 + n).await;
        updates.push(failure(&item, OutboxState::Failed, START + 1_000 + n));
    }
    let last = updates.last().expect("there are many").record.clone();
    store.end_sends(updates).await.expect("written");
    let kept = count(failed).await;
    let came = CROWD.unsigned_abs();
    assert!(kept < came, "{kept} of {came} and {before} are kept");
    let latest = failed.list(0, 10).await.expect("an answer");
    assert_eq!(latest[0], last, "the latest stay");
    assert_eq!(latest.len(), 10);
    let all: Vec<_> = list(failed).await;
    assert_eq!(all.len() as u64, kept);
    let ids: Vec<_> = all.iter().map(|record| record.outbox_id).collect();
    assert_eq!(forget(failed, &ids).await, kept);
    assert_eq!(count(failed).await, 0);
}

/// Has so many sends of different people fail, one after the other.
async fn fail(store: &dyn Store, count: i64) -> Vec<SendRecord> {
    let mut records = Vec::new();
    for n in 0..count {
        let state = if n % 2 == 0 {
            OutboxState::Failed
        } else {
            OutboxState::Unknown
        };
        let update = failure(&item(store, n).await, state, START + 10 + n);
        records.push(update.record.clone());
        end(store, update).await;
    }
    records
}

/// Something to be sent to somebody of their own.
async fn item(store: &dyn Store, number: i64) -> OutboxItem {
    let who = format!("60{number}");
    item_of(store, &format!("failed{number}"), &who, number + 1).await
}

async fn item_of(store: &dyn Store, mark: &str, who: &str, delivery: i64) -> OutboxItem {
    let delivery = DeliveryId(delivery);
    let mut commit = commit(mark, record(delivery, 0, who, "hi"));
    commit.outbox = vec![outbox(delivery, who, text(who, "Here it is"))];
    let Committed::Applied(mut items) = store.commit(commit).await.expect("written") else {
        panic!("the event came for the first time");
    };
    items.pop().expect("it is this process' to send")
}

fn failure(item: &OutboxItem, state: OutboxState, at: Millis) -> SendUpdate {
    let mut update = ended(item, state, None);
    update.record.at = at;
    update.record.error = Some(SendError {
        class: ErrorClass::Permanent,
        code: Some(100),
        subcode: Some(2_018_001),
        message: "No matching user found — “ü”".to_owned(),
        retry_after_ms: None,
    });
    update
}

async fn end(store: &dyn Store, update: SendUpdate) {
    store
        .begin_sends(&[update.record.outbox_id])
        .await
        .or_else(|error| match error {
            // It has ended already.
            crate::ports::PortError::Conflict(_) => Ok(()),
            error => Err(error),
        })
        .expect("written");
    store.end_sends(vec![update]).await.expect("written");
}

async fn count(failed: &dyn FailedSends) -> u64 {
    failed.count().await.expect("an answer")
}

async fn list(failed: &dyn FailedSends) -> Vec<SendRecord> {
    failed.list(0, 100_000).await.expect("an answer")
}

async fn forget(failed: &dyn FailedSends, ids: &[OutboxId]) -> u64 {
    failed.forget(ids).await.expect("an answer")
}
