//! Before the embedded queue: what was answered with 200 is on the disk.

use crate::support::*;
use heliograph_embedded::{Database, Settings};
use heliograph_engine::ports::{Queue, SystemClock};
use heliograph_listener::Listener;
use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_with_200_is_handed_out_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("queue.sqlite");
    let clock = Arc::new(SystemClock);
    let (database, _) = Database::open(&path, &Settings::new(clock.clone())).unwrap();
    let database = Arc::new(database);
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let queue: Arc<dyn Queue> = database.clone();
    let listener = Listener::start(tcp, queue, clock.clone(), settings(), pending()).unwrap();
    let address = listener.address();
    let senders = (0..16).map(|sender| {
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let mut accepted = Vec::new();
            for n in 0..25 {
                let body = format!("{{\"n\":{n},\"sender\":{sender},\"t\":\"\\u00e4\"}}");
                stream
                    .write_all(&request(body.as_bytes(), &[]))
                    .await
                    .unwrap();
                read_answer(&mut stream).await.unwrap().is(200, "accepted");
                accepted.push(body.into_bytes());
            }
            accepted
        })
    });
    let senders: Vec<_> = senders.collect();
    let mut accepted = BTreeSet::new();
    for sender in senders {
        accepted.extend(within(sender).await.unwrap());
    }
    listener.stop().await;
    database.close();
    drop(database);

    let (again, _) = Database::open(&path, &Settings::new(clock)).unwrap();
    let mut handed_out = BTreeSet::new();
    while handed_out.len() < accepted.len() {
        for delivery in within(again.take(1_000)).await.unwrap() {
            let body = delivery.delivery.body.to_vec();
            assert!(handed_out.insert(body), "handed out twice");
        }
    }
    assert_eq!(handed_out, accepted);
    again.close();
}
