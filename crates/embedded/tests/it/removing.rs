//! Deliveries removed from the queue by hand, wherever they stand: in memory, in the table
//! only, waiting for a time, or already taken.

use futures::{StreamExt, TryStreamExt};
use heliograph_embedded::{Database, Settings};
use heliograph_engine::conformance::samples::{START, delivery};
use heliograph_engine::ports::{Finished, JobState, Jobs, Journal, Queue, VirtualClock};
use heliograph_model::{DeliveryId, JobId};
use std::path::Path;
use std::sync::Arc;

/// More than the head of the line holds.
const MANY: i64 = 2_500;

fn open(path: &Path) -> Database {
    let settings = Settings::new(Arc::new(VirtualClock::new(START)));
    Database::open(path, &settings).unwrap().0
}

fn jobs(database: &Database) -> &dyn Jobs {
    database
}

fn ids(numbers: &[i64]) -> Vec<JobId> {
    numbers
        .iter()
        .map(|id| JobId::from(id.to_string()))
        .collect()
}

/// Pushes 1 to [`MANY`], which are their ids too.
async fn fill(database: &Database) {
    let pushes = (1..=MANY).map(|n| database.push(delivery(&n.to_string(), START)));
    let pushed = futures::stream::iter(pushes).buffered(256).try_collect();
    let pushed: Vec<DeliveryId> = pushed.await.unwrap();
    assert_eq!(pushed.last(), Some(&DeliveryId(MANY)));
}

/// Takes and finishes all that wait; their ids in the order in which they came.
async fn drain(database: &Database, many: u64) -> Vec<i64> {
    let mut taken = Vec::new();
    while (taken.len() as u64) < many {
        let some = database.take(500).await.unwrap();
        let ends = some.iter().map(|one| Finished::Done(one.id)).collect();
        taken.extend(some.iter().map(|one| one.id.0));
        database.finish(ends).await.unwrap();
    }
    taken
}

#[tokio::test]
async fn what_is_removed_is_never_handed_out_wherever_it_stood() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.db");
    let database = open(&path);
    fill(&database).await;
    // 1 is in somebody's hands, 2 in the dead letter, 3 waits for a time.
    let taken = database.take(3).await.unwrap();
    assert_eq!(taken.len(), 3);
    let error = "no".to_owned();
    let (id, at) = (DeliveryId(2), START + 60_000);
    let dead = Finished::Dead {
        id,
        error: error.clone(),
    };
    let later = Finished::Retry {
        id: DeliveryId(3),
        at,
        error,
    };
    database.finish(vec![dead, later]).await.unwrap();

    // 4 is in memory, 2,400 in the table only.
    let wanted = ids(&[1, 2, 3, 4, 2_400, MANY, MANY + 1]);
    let removed = jobs(&database)
        .discard(JobState::Waiting, &wanted)
        .await
        .unwrap();
    assert_eq!(removed.removed, 3);
    let gone: Vec<_> = removed.kept.iter().map(|kept| kept.id.clone()).collect();
    assert_eq!(gone, ids(&[4, 2_400, MANY]));
    let figures = jobs(&database).figures().await.unwrap();
    assert_eq!(
        (
            figures.waiting,
            figures.active,
            figures.delayed,
            figures.failed
        ),
        (MANY as u64 - 6, 1, 1, 1)
    );
    let removed_later = jobs(&database)
        .discard(JobState::Delayed, &wanted)
        .await
        .unwrap();
    assert_eq!(removed_later.removed, 1);
    database
        .finish(vec![Finished::Done(DeliveryId(1))])
        .await
        .unwrap();

    // It stays so after a restart.
    drop(database);
    let database = open(&path);
    let figures = jobs(&database).figures().await.unwrap();
    assert_eq!(
        (figures.waiting, figures.delayed, figures.failed),
        (MANY as u64 - 6, 0, 1)
    );
    // Nothing is in memory yet: 2 is in the dead letter, which the line does not know.
    let none = jobs(&database)
        .discard(JobState::Waiting, &ids(&[2]))
        .await
        .unwrap();
    assert_eq!(none.removed, 0);
    let five = jobs(&database)
        .discard(JobState::Waiting, &ids(&[5]))
        .await
        .unwrap();
    assert_eq!(five.removed, 1);

    let mut kept = removed.kept;
    kept.extend(five.kept);
    // The journal knows it, and what is put back is forgotten as such.
    let known = async |before| -> Vec<i64> {
        let ids = database.removed(before, 10).await.unwrap();
        ids.into_iter().map(|id| id.0).collect()
    };
    assert_eq!(known(None).await, [MANY, 2_400, 5, 4, 3]);
    assert_eq!(known(Some(DeliveryId(5))).await, [4, 3]);
    let back = jobs(&database).restore(&kept[1..]).await.unwrap();
    assert_eq!(back.jobs, 3);
    assert_eq!(known(None).await, [4, 3]);
    for (id, removed_at) in [(3, Some(START)), (5, None)] {
        let record = database.delivery(DeliveryId(id)).await.unwrap();
        assert_eq!(record.unwrap().removed_at, removed_at, "{id}");
    }
    let figures = jobs(&database).figures().await.unwrap();
    assert_eq!(figures.waiting, MANY as u64 - 4);
    let handed_out = drain(&database, figures.waiting).await;
    let expected: Vec<i64> = (5..=MANY).collect();
    assert_eq!(handed_out, expected, "each once, in the order of arrival");
    let figures = jobs(&database).figures().await.unwrap();
    assert_eq!((figures.waiting, figures.active), (0, 0));
}

/// The queue is emptied by a worker while a person removes from it.
#[tokio::test(flavor = "multi_thread")]
async fn each_is_either_handed_out_or_removed_never_both() {
    let folder = tempfile::tempdir().unwrap();
    let database = Arc::new(open(&folder.path().join("queue.db")));
    fill(&database).await;
    let worker = tokio::spawn({
        let database = Arc::clone(&database);
        async move {
            let mut taken = Vec::new();
            loop {
                let some = database.take(7);
                let some = tokio::time::timeout(std::time::Duration::from_millis(500), some).await;
                let Ok(some) = some else { return taken };
                let some = some.unwrap();
                let ends = some.iter().map(|one| Finished::Done(one.id)).collect();
                taken.extend(some.iter().map(|one| one.id.0));
                database.finish(ends).await.unwrap();
                // Slow enough for a person to be in time for some.
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        }
    });
    let mut removed = Vec::new();
    for n in (1..=MANY).rev().collect::<Vec<_>>().chunks(50) {
        let some = jobs(&database)
            .discard(JobState::Waiting, &ids(n))
            .await
            .unwrap();
        let kept = some.kept.iter();
        removed.extend(kept.map(|kept| kept.id.as_str().parse::<i64>().unwrap()));
    }
    let mut all = worker.await.unwrap();
    assert!(!removed.is_empty() && !all.is_empty(), "both had some");
    all.extend(removed);
    all.sort_unstable();
    assert_eq!(all, (1..=MANY).collect::<Vec<_>>());
    let figures = jobs(&database).figures().await.unwrap();
    assert_eq!((figures.waiting, figures.active), (0, 0));
}
