//! How long the queue's oldest delivery has waited.

use heliograph_embedded::{Database, Settings};
use heliograph_engine::ports::{Finished, Queue, VirtualClock};
use heliograph_model::{DeliverySource, Millis, NewDelivery};
use std::sync::Arc;

fn arrived(at: i64) -> NewDelivery {
    NewDelivery {
        received_at: Millis(at),
        source: DeliverySource::Listener,
        body: bytes::Bytes::from_static(b"{}"),
        secret: None,
        accounts: Vec::new(),
    }
}

#[tokio::test]
async fn the_oldest_delivery_is_known_in_memory_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("queue.sqlite");
    let clock = Arc::new(VirtualClock::new(Millis(1_000)));
    let settings = Settings::new(Arc::clone(&clock) as _);
    let (database, _) = Database::open(&file, &settings).unwrap();
    assert_eq!(database.oldest_waiting().await.unwrap(), None);
    for at in [1_000, 2_000, 3_000] {
        database.push(arrived(at)).await.unwrap();
    }
    let oldest = database.oldest_waiting().await.unwrap();
    assert_eq!(oldest, Some(Millis(1_000)));
    let taken = database.take(1).await.unwrap();
    let oldest = database.oldest_waiting().await.unwrap();
    assert_eq!(oldest, Some(Millis(2_000)), "what is taken waits no more");
    database
        .finish(vec![Finished::Done(taken[0].id)])
        .await
        .unwrap();
    database.close();
    drop(database);

    // Now the line is in the table alone.
    let (database, _) = Database::open(&file, &settings).unwrap();
    let oldest = database.oldest_waiting().await.unwrap();
    assert!(
        oldest == Some(Millis(2_000)) || oldest == Some(Millis(1_000)),
        "an end that was not yet durable may be forgotten: {oldest:?}"
    );
    while database.depth().await.unwrap().waiting > 0 {
        database.take(10).await.unwrap();
    }
    assert_eq!(database.oldest_waiting().await.unwrap(), None);
}
