//! The story of a queue.

use super::passing::Passing;
use super::samples::{START, delivery};
use super::{SOON, at_once, soon};
use crate::ports::{Finished, Queue, QueueDepth};
use heliograph_model::{Delivery, DeliveryId, DeliverySource, Millis, NewDelivery};
use std::collections::HashSet;
use std::time::Duration;

/// How long nothing must come, where one look is not enough.
const NOTHING_FOR: Duration = Duration::from_millis(100);

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

/// Takes this many, in one call where the queue is exact. They come in the order of their
/// arrival, save that one that was handed out before may come behind others.
async fn take_all(queue: &dyn Queue, time: &dyn Passing, many: usize) -> Vec<Delivery> {
    let mut taken = take(queue, many).await;
    while taken.len() < many && !time.is_exact() {
        taken.extend(take(queue, many - taken.len()).await);
    }
    if !time.is_exact() {
        let first = |delivery: &Delivery| delivery.attempt == 1;
        assert!(
            taken
                .iter()
                .filter(|delivery| first(delivery))
                .is_sorted_by_key(|delivery| delivery.id),
            "in the order of arrival: {:?}",
            ids(&taken)
        );
        taken.sort_by_key(|delivery| delivery.id);
    }
    taken
}

async fn finish(queue: &dyn Queue, finished: Vec<Finished>) {
    queue.finish(finished).await.expect("the queue answers");
}

/// Sees that the depths are, or soon become, (waiting, active, delayed, dead).
async fn depth_is(
    queue: &dyn Queue,
    time: &dyn Passing,
    expected: (u64, u64, u64, u64),
    why: &str,
) {
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        let QueueDepth {
            waiting,
            active,
            delayed,
            dead,
        } = queue.depth().await.expect("the queue answers");
        let depth = (waiting, active, delayed, dead);
        if depth == expected {
            return;
        }
        assert!(
            !time.is_exact() && tokio::time::Instant::now() < deadline,
            "{why}: (waiting, active, delayed, dead) is {depth:?}, not {expected:?}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn ids(deliveries: &[Delivery]) -> Vec<DeliveryId> {
    deliveries.iter().map(|delivery| delivery.id).collect()
}

async fn is_empty_now(queue: &dyn Queue, time: &dyn Passing, why: &str) {
    let taken = if time.is_exact() {
        at_once(queue.take(10)).await
    } else {
        tokio::time::timeout(NOTHING_FOR, queue.take(10)).await.ok()
    };
    assert!(taken.is_none(), "{why}, and yet there was {taken:?}");
}

/// Walks over everything that the engine relies on in a queue, in the time it lives in.
pub async fn queue_story(queue: &dyn Queue, time: &dyn Passing) {
    depth_is(queue, time, (0, 0, 0, 0), "the story begins empty").await;
    is_empty_now(queue, time, "nothing was pushed").await;

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
    // Spaced, escaped and ordered as no serialiser would do it.
    let spaced = r#"{ "object":"instagram", "entry":[ {"time":1,"id":"\u0031","big":12345678901234567890123} ] }"#;
    let second = push(queue, spaced).await;
    let third = push(queue, "third").await;
    assert!(first < second && second < third, "ids count up");
    depth_is(queue, time, (3, 0, 0, 0), "three were pushed").await;
    let taken = take_all(queue, time, 2).await;
    assert_eq!(ids(&taken), [first, second], "the oldest first");
    assert_eq!(taken[0].delivery, pushed, "byte for byte");
    assert_eq!(taken[1].delivery.body, spaced, "byte for byte");
    assert_eq!(taken[0].attempt, 1);
    depth_is(queue, time, (1, 2, 0, 0), "two were taken").await;
    finish(queue, vec![Finished::Done(first), Finished::Done(second)]).await;
    depth_is(queue, time, (1, 0, 0, 0), "two are done").await;

    // A taker waits; dropping it while it waits loses nothing.
    assert_eq!(ids(&take(queue, 10).await), [third]);
    is_empty_now(queue, time, "all is taken").await;
    let (taken, fourth) = tokio::join!(take(queue, 10), push(queue, "fourth"));
    assert_eq!(ids(&taken), [fourth], "a push wakes the one who waits");
    finish(queue, vec![Finished::Done(third), Finished::Done(fourth)]).await;

    again_and_dead(queue, time).await;
    crowd(queue, time).await;
}

/// Handed out again later, and never again.
async fn again_and_dead(queue: &dyn Queue, time: &dyn Passing) {
    // Again later: not before its time, counted, and before what arrived after it.
    let again = push(queue, "again").await;
    take(queue, 1).await;
    let at = time.now() + time.wait();
    let retry = |at: Millis, error: &str| Finished::Retry {
        id: again,
        at,
        error: error.into(),
    };
    finish(queue, vec![retry(at, "the store was away")]).await;
    depth_is(queue, time, (0, 0, 1, 0), "one comes back later").await;
    time.until(at - time.margin()).await;
    is_empty_now(queue, time, "its time has not come").await;
    let later = push(queue, "later").await;
    time.until(at).await;
    depth_is(queue, time, (2, 0, 0, 0), "due is waiting").await;
    let taken = take_all(queue, time, 2).await;
    assert_eq!(ids(&taken), [again, later], "in the order of arrival");
    assert_eq!((taken[0].attempt, taken[1].attempt), (2, 1));
    assert_eq!(taken[0].delivery.body, "again");

    // One who waits for a delayed one is woken by the clock.
    let at = time.now() + time.wait();
    finish(queue, vec![retry(at, "still"), Finished::Done(later)]).await;
    let (taken, ()) = tokio::join!(take(queue, 10), async {
        tokio::task::yield_now().await;
        time.until(at).await;
    });
    assert!(time.now() >= at, "not before its time");
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
    depth_is(queue, time, (0, 0, 0, 1), "one is dead").await;
    let long = if time.is_exact() {
        Millis::DAY
    } else {
        time.wait()
    };
    time.until(time.now() + long).await;
    is_empty_now(queue, time, "the dead stay where they are").await;

    // Saying it twice, or of something unknown, changes nothing.
    finish(
        queue,
        vec![
            Finished::Done(again),
            Finished::Done(DeliveryId(i64::MAX / 2)),
            retry(time.now(), "again"),
        ],
    )
    .await;
    is_empty_now(queue, time, "it was finished before").await;
    depth_is(queue, time, (0, 0, 0, 1), "it was finished before").await;
}

/// Many who push and take at the same time: each delivery is handed out once, and none
/// is lost.
async fn crowd(queue: &dyn Queue, time: &dyn Passing) {
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
    depth_is(queue, time, (0, 0, 0, 1), "the crowd is done").await;
}
