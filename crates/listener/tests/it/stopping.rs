//! Stopping: what was answered with 200 is in the queue, and nothing hangs.

use crate::support::*;
use heliograph_engine::ports::VirtualClock;
use heliograph_listener::{Listener, ListenerSettings};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

#[tokio::test]
async fn a_stop_lets_requests_under_way_finish_and_takes_no_more() {
    let up = up_with(settings(), Kept::with_permits(0)).await;
    let address = up.address();
    let mut busy = Vec::new();
    for n in 0..20 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let raw = request(format!("{{\"n\":{n}}}").as_bytes(), &[]);
        stream.write_all(&raw).await.unwrap();
        busy.push(stream);
    }
    let mut idle = TcpStream::connect(address).await.unwrap();
    let queue = up.queue.clone();
    until("all wait in the queue", || queue.waiters() == 20).await;
    let stopping = tokio::spawn(up.listener.stop());
    // An idle connection is closed at once, and a new one finds nobody.
    assert_eq!(within(idle.read(&mut [0])).await.unwrap_or(0), 0);
    let late = TcpStream::connect(address).await;
    assert!(late.is_err(), "nobody listens any more");
    assert!(
        !stopping.is_finished(),
        "twenty requests are still under way"
    );
    queue.gate.add_permits(20);
    for mut stream in busy {
        let answer = read_answer(&mut stream).await.unwrap();
        answer.is(200, "accepted");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    assert_eq!(within(stopping).await.unwrap().cut_off, 0);
    assert_eq!(queue.len(), 20);
}

#[tokio::test]
async fn every_200_is_in_the_queue_when_it_is_stopped_under_load() {
    let up = up().await;
    let address = up.address();
    let senders: Vec<_> = (0..16)
        .map(|sender| {
            tokio::spawn(async move {
                let mut accepted = Vec::new();
                let Ok(mut stream) = TcpStream::connect(address).await else {
                    return accepted;
                };
                for n in 0.. {
                    let body = format!("{{\"n\":{n},\"sender\":{sender}}}").into_bytes();
                    let raw = request(&body, &[]);
                    if stream.write_all(&raw).await.is_err() {
                        break;
                    }
                    match read_answer(&mut stream).await {
                        Some(answer) if answer.status == 200 => accepted.push(body),
                        _ => break,
                    }
                }
                accepted
            })
        })
        .collect();
    let queue = up.queue.clone();
    until("some have arrived", || queue.len() > 500).await;
    within(up.listener.stop()).await;
    let in_queue: std::collections::HashSet<_> = queue.bodies().into_iter().collect();
    let mut accepted = 0;
    for sender in senders {
        for body in within(sender).await.unwrap() {
            assert!(in_queue.contains(&body), "answered with 200 and lost");
            accepted += 1;
        }
    }
    assert!(accepted > 400, "{accepted}");
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off_without_a_200() {
    let quick = ListenerSettings {
        drain_timeout: Duration::from_millis(100),
        ..settings()
    };
    let up = up_with(quick, Kept::with_permits(0)).await;
    let mut stream = TcpStream::connect(up.address()).await.unwrap();
    stream.write_all(&request(b"{}", &[])).await.unwrap();
    let queue = up.queue.clone();
    until("it waits in the queue", || queue.waiters() == 1).await;
    let since = Instant::now();
    assert_eq!(up.listener.stop().await.cut_off, 1);
    assert!(since.elapsed() < Duration::from_secs(5));
    assert!(
        read_answer(&mut stream).await.is_none(),
        "closed, not answered"
    );
    assert_eq!(queue.len(), 0);
}

#[tokio::test]
async fn it_stops_when_its_shutdown_future_completes_or_when_it_is_dropped() {
    let (stop, stopped) = oneshot::channel::<()>();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let clock = Arc::new(VirtualClock::new(NOW));
    let running = Listener::start(tcp, Kept::open(), clock, settings(), async {
        let _ = stopped.await;
    })
    .unwrap();
    let address = running.address();
    exchange(address, &request(b"{}", &[]))
        .await
        .is(200, "accepted");
    let finished = tokio::spawn(running.finished());
    stop.send(()).unwrap();
    assert_eq!(within(finished).await.unwrap().cut_off, 0);
    assert!(TcpStream::connect(address).await.is_err());

    let up = up().await;
    let address = up.address();
    drop(up);
    let since = Instant::now();
    while TcpStream::connect(address).await.is_ok() {
        assert!(since.elapsed() < Duration::from_secs(10), "never stopped");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
