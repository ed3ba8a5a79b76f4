//! The story of a queue.

use super::samples::{START, delivery};
use super::{at_once, soon};
use crate::ports::{Finished, Queue, QueueDepth, VirtualClock};
use heliograph_model::{Delivery, DeliveryId, DeliverySource, Millis, NewDelivery};
use std::collections::HashSet;

async fn push(queue: &dyn Queue, body: &str) -> DeliveryId {
    queue
        .push(delivery(body, START))
        .await
        .expect("the queue takes it")
}

async fn take(queue: &dyn Queue, most: usize) -> Vec<Delivery> {
    soon("taking a delivery", queue.take(most))
        .await
        .expect("the queue answers")
}

async fn finish(queue: &dyn Queue, finished: Vec<Finished>) {
    queue.finish(finished).await.expect("the queue answers");
}

async fn depth(queue: &dyn Queue) -> (u64, u64, u64, u64) {
    let QueueDepth {
        waiting,
        active,
        delayed,
        dead,
    } = queue.depth().await.expect("the queue answers");
    (waiting, active, delayed, dead)
}

fn ids(deliveries: &[Delivery]) -> Vec<DeliveryId> {
    deliveries.iter().map(|delivery| delivery.id).collect()
}

async fn is_empty_now(queue: &dyn Queue, why: &str) {
    let taken = at_once(queue.take(10)).await;
    assert!(taken.is_none(), "{why}, and yet there was {taken:?}");
}

/// Walks over everything that the engine relies on in a queue. The depths are
/// (waiting, active, delayed, dead).
pub async fn queue_story(queue: &dyn Queue, clock: &VirtualClock) {
    assert_eq!(depth(queue).await, (0, 0, 0, 0), "the story begins empty");
    is_empty_now(queue, "nothing was pushed").await;

    // What was pushed comes back as it was, in the order of arrival.
    let pushed = NewDelivery {
        received_at: START + 7,
        source: DeliverySource::Replay,
        body: bytes::Bytes::from_static(b"{\"text\":\"\xff not UTF-8\"}"),
        secret: Some("shop".into()),
        accounts: vec!["17841400000000001".into(), "17841400000000002".into()],
    };
    let first = queue
        .push(pushed.clone())
        .await
        .expect("the queue takes it");
    let second = push(queue, "second").await;
    let third = push(queue, "third").await;
    assert!(first < second && second < third, "ids count up");
    assert_eq!(depth(queue).await, (3, 0, 0, 0));
    let taken = take(queue, 2).await;
    assert_eq!(ids(&taken), [first, second], "the oldest first");
    assert_eq!(taken[0].delivery, pushed, "byte for byte");
    assert_eq!(taken[0].attempt, 1);
    assert_eq!(depth(queue).await, (1, 2, 0, 0));
    finish(queue, vec![Finished::Done(first), Finished::Done(second)]).await;
    assert_eq!(depth(queue).await, (1, 0, 0, 0));

    // A taker waits; dropping it while it waits loses nothing.
    assert_eq!(ids(&take(queue, 10).await), [third]);
    is_empty_now(queue, "all is taken").await;
    let (taken, fourth) = tokio::join!(take(queue, 10), push(queue, "fourth"));
    assert_eq!(ids(&taken), [fourth], "a push wakes the one who waits");
    finish(queue, vec![Finished::Done(third), Finished::Done(fourth)]).await;

    // Again later: not before its time, counted, and before what arrived after it.
    let again = push(queue, "again").await;
    take(queue, 1).await;
    let at = START + 60_000;
    finish(
        queue,
        vec![Finished::Retry {
            id: again,
            at,
            error: "the store was away".into(),
        }],
    )
    .await;
    assert_eq!(depth(queue).await, (0, 0, 1, 0));
    clock.advance_to(at - 1);
    is_empty_now(queue, "its time has not come").await;
    let later = push(queue, "later").await;
    clock.advance_to(at);
    assert_eq!(depth(queue).await, (2, 0, 0, 0), "due is waiting");
    let taken = take(queue, 10).await;
    assert_eq!(ids(&taken), [again, later], "in the order of arrival");
    assert_eq!((taken[0].attempt, taken[1].attempt), (2, 1));
    assert_eq!(taken[0].delivery.body, "again");

    // One who waits for a delayed one is woken by the clock.
    finish(
        queue,
        vec![
            Finished::Retry {
                id: again,
                at: at + 1_000,
                error: "still".into(),
            },
            Finished::Done(later),
        ],
    )
    .await;
    let (taken, ()) = tokio::join!(take(queue, 10), async {
        tokio::task::yield_now().await;
        clock.advance(1_000);
    });
    assert_eq!(ids(&taken), [again]);
    assert_eq!(taken[0].attempt, 3);

    // The dead letter is counted and not handed out.
    finish(
        queue,
        vec![Finished::Dead {
            id: again,
            error: "unreadable".into(),
        }],
    )
    .await;
    assert_eq!(depth(queue).await, (0, 0, 0, 1));
    clock.advance(Millis::DAY);
    is_empty_now(queue, "the dead stay where they are").await;

    // Saying it twice, or of something unknown, changes nothing.
    finish(
        queue,
        vec![
            Finished::Done(again),
            Finished::Done(DeliveryId(i64::MAX / 2)),
        ],
    )
    .await;
    assert_eq!(depth(queue).await, (0, 0, 0, 1));

    crowd(queue).await;
}

/// Many who push and take at the same time: each delivery is handed out once, and none
/// is lost.
async fn crowd(queue: &dyn Queue) {
    const PUSHERS: usize = 8;
    const EACH: usize = 50;
    let mut got = HashSet::new();
    let push_all = futures::future::join_all((0..PUSHERS).map(|pusher| async move {
        let mut ids = Vec::new();
        for n in 0..EACH {
            ids.push(push(queue, &format!("{pusher}/{n}")).await);
        }
        ids
    }));
    let take_all = async {
        while got.len() < PUSHERS * EACH {
            let taken = take(queue, 7).await;
            let mut done = Vec::new();
            for delivery in taken {
                assert!(got.insert(delivery.id), "{} came twice", delivery.id);
                done.push(Finished::Done(delivery.id));
            }
            finish(queue, done).await;
        }
    };
    let (pushed, ()) = tokio::join!(push_all, take_all);
    let pushed: HashSet<_> = pushed.into_iter().flatten().collect();
    assert_eq!(pushed, got, "what was pushed was handed out");
    assert_eq!(depth(queue).await, (0, 0, 0, 1));
}
