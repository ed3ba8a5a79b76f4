//! The story of the dead letter of sends.

use super::samples::{START, commit, ended, outbox, record, text};
use super::soon;
use crate::ports::{Committed, FailedSends, SendAgain, SendUpdate, Store};
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
    forget(failed, &[left[0].outbox_id, left[1].outbox_id]).await;

    sent_again(store, failed).await;
    behind_what_waits(store, failed).await;
    bounded(store, failed).await;
}

/// What is sent again goes back into an outbox, once, and is then as any other send.
async fn sent_again(store: &dyn Store, failed: &dyn FailedSends) {
    let senders = failed.senders().await.expect("an answer");
    let mut records = Vec::new();
    for (n, state) in [
        (70, OutboxState::Failed),
        (71, OutboxState::Unknown),
        (72, OutboxState::Failed),
    ] {
        let update = failure(&item(store, n).await, state, START + 100 + n);
        records.push(update.record.clone());
        end(store, update).await;
    }
    let until = START + Millis::HOUR;
    let again = |record: &SendRecord| SendAgain {
        id: record.outbox_id,
        send_before: until,
    };
    let now = START + Millis::MINUTE;
    assert_eq!(send_again(failed, &[], now).await, 0);
    let stranger = SendAgain {
        id: OutboxId(4_711),
        send_before: until,
    };
    assert_eq!(send_again(failed, &[stranger], now).await, 0);

    // Of two who ask at the same time each is told of their own, and it goes out once.
    let both = [again(&records[0]), again(&records[1])];
    let more = [both[1], both[0], stranger];
    let (one, two) = tokio::join!(failed.send_again(&both, now), failed.send_again(&more, now));
    assert_eq!(one.expect("an answer") + two.expect("an answer"), 2);
    assert_eq!(list(failed).await, [records[2].clone()]);
    let ids = [records[0].outbox_id, records[1].outbox_id];
    assert_eq!(
        forget(failed, &ids).await,
        0,
        "they are on the list no more"
    );
    let mut items = handed(store, 2).await;
    items.sort_by_key(|item| item.uncertain);
    for (item, record) in items.iter().zip(&records) {
        assert!(!ids.contains(&item.id), "it has an id of its own");
        assert_eq!(item.contact_id, record.contact_id);
        assert_eq!(item.account_id, record.account_id);
        assert_eq!(item.delivery_id, record.delivery_id);
        assert_eq!(item.effect, record.effect);
        assert_eq!((item.send_before, item.due_at), (until, now));
        assert_eq!(item.attempts, 0, "it is tried from the beginning");
        assert_eq!(item.uncertain, record.state == OutboxState::Unknown);
    }

    // One fails once more, the other arrives.
    let once_more = failure(&items[0], OutboxState::Failed, now + 1);
    end(store, once_more.clone()).await;
    end(store, ended(&items[1], OutboxState::Sent, None)).await;
    assert_eq!(
        list(failed).await,
        [once_more.record.clone(), records[2].clone()]
    );
    let left = [again(&once_more.record), again(&records[2])];
    assert_eq!(send_again(failed, &left, now + 2).await, 2);
    for item in handed(store, 2).await {
        end(store, ended(&item, OutboxState::Sent, None)).await;
    }
    assert_eq!(count(failed).await, 0);
    let now = failed.senders().await.expect("an answer");
    assert_eq!(now, senders, "to put something back makes nobody a worker");
}

/// Behind what waits for the same contact, and before what comes afterwards.
async fn behind_what_waits(store: &dyn Store, failed: &dyn FailedSends) {
    let who = "680";
    let first = item_of(store, "line1", who, 501).await;
    let update = failure(&first, OutboxState::Failed, START + 200);
    end(store, update.clone()).await;
    let waits = item_of(store, "line2", who, 502).await;
    let again = SendAgain {
        id: first.id,
        send_before: START + Millis::HOUR,
    };
    assert_eq!(send_again(failed, &[again], START + 201).await, 1);
    let again = handed(store, 1).await.remove(0);
    assert!(again.id > waits.id, "{} is behind {}", again.id, waits.id);
    let later = item_of(store, "line3", who, 503).await;
    assert!(later.id > again.id, "{} is before {}", again.id, later.id);
    for item in [waits, again, later] {
        end(store, ended(&item, OutboxState::Sent, None)).await;
    }
    assert_eq!(count(failed).await, 0);
    assert_eq!(store.outbox().await.expect("an answer"), [], "all is sent");
}

/// So many sends that are handed over to this process.
async fn handed(store: &dyn Store, count: usize) -> Vec<OutboxItem> {
    let mut items = Vec::new();
    while items.len() < count {
        let some = soon("taking up what is sent again", store.handed_over()).await;
        items.extend(some.expect("an answer"));
    }
    assert_eq!(items.len(), count, "{items:?}");
    items
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
    match items.pop() {
        Some(item) => item,
        // Behind one that was handed over and may not be taken up yet.
        None => handed(store, 1).await.remove(0),
    }
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
        answered: None,
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

async fn send_again(failed: &dyn FailedSends, sends: &[SendAgain], now: Millis) -> u64 {
    failed.send_again(sends, now).await.expect("an answer")
}

async fn forget(failed: &dyn FailedSends, ids: &[OutboxId]) -> u64 {
    failed.forget(ids).await.expect("an answer")
}
