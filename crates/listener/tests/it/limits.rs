//! Bodies that are too long, requests that are too slow, connections that are too many.

use crate::support::*;
use heliograph_listener::ListenerSettings;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LIMIT: usize = 4 * 1024 * 1024;

fn of_length(bytes: usize) -> Vec<u8> {
    let mut body = vec![b' '; bytes];
    body[..2].copy_from_slice(b"{}");
    body
}

fn chunked(body: &[u8], chunk: usize) -> Vec<u8> {
    let signature = signed(body);
    let mut raw = request(
        b"",
        &[
            ("Content-Length", ""),
            ("Transfer-Encoding", "chunked"),
            ("X-Hub-Signature-256", &signature),
        ],
    );
    for part in body.chunks(chunk) {
        raw.extend(format!("{:x}\r\n", part.len()).bytes());
        raw.extend(part);
        raw.extend(b"\r\n");
    }
    raw.extend(b"0\r\n\r\n");
    raw
}

#[tokio::test]
async fn exactly_4_mib_pass_and_one_byte_more_does_not() {
    let up = up().await;
    let (fits, over) = (of_length(LIMIT), of_length(LIMIT + 1));
    up.post(&fits).await.is(200, "accepted");
    up.post(&over).await.is(413, "too_large");
    exchange(up.address(), &chunked(&fits, 60_000))
        .await
        .is(200, "accepted");
    exchange(up.address(), &chunked(&over, 60_000))
        .await
        .is(413, "too_large");
    let bodies = up.queue.bodies();
    assert_eq!(bodies.len(), 2);
    assert!(bodies.iter().all(|body| *body == fits));
    assert_eq!(up.listener.counters().too_large, 2);
}

#[tokio::test]
async fn an_ordinary_client_gets_to_see_the_413() {
    let up = up().await;
    let client = client();
    for _ in 0..5 {
        let body = of_length(LIMIT + 1);
        let answer = client
            .post(up.listener.url())
            .header("Content-Type", "application/json")
            .header("X-Hub-Signature-256", signed(&body))
            .body(body)
            .send();
        assert_eq!(within(answer).await.unwrap().status(), 413);
    }
}

#[tokio::test]
async fn who_asks_for_leave_is_told_before_sending_too_much() {
    let up = up().await;
    let length = (LIMIT + 1).to_string();
    let raw = request(
        b"",
        &[("Content-Length", &length), ("Expect", "100-continue")],
    );
    let answer = exchange(up.address(), &raw).await;
    answer.is(413, "too_large");
    assert_eq!(answer.header("connection"), Some("close"));
    // And who asks for leave with a body that fits gets it.
    let body = b"{}";
    let raw = request(body, &[("Expect", "100-continue")]);
    let (head, body) = raw.split_at(raw.len() - body.len());
    let mut stream = TcpStream::connect(up.address()).await.unwrap();
    stream.write_all(head).await.unwrap();
    assert_eq!(read_answer(&mut stream).await.unwrap().status, 100);
    stream.write_all(body).await.unwrap();
    read_answer(&mut stream).await.unwrap().is(200, "accepted");
}

#[tokio::test]
async fn somebody_who_sends_without_end_is_cut_off() {
    let up = up().await;
    let mut stream = TcpStream::connect(up.address()).await.unwrap();
    let head = request(
        b"",
        &[("Content-Length", ""), ("Transfer-Encoding", "chunked")],
    );
    stream.write_all(&head).await.unwrap();
    let chunk = [&b"10000\r\n"[..], &[b' '; 0x10000], b"\r\n"].concat();
    let mut sent = 0;
    while sent < 40 * LIMIT && within(stream.write_all(&chunk)).await.is_ok() {
        sent += chunk.len();
    }
    assert!(
        sent < 40 * LIMIT,
        "the connection must be closed long before"
    );
    assert_eq!(up.listener.counters().too_large, 1);
}

#[tokio::test]
async fn a_content_length_that_lies_gives_no_200() {
    let quick = ListenerSettings {
        body_timeout: Duration::from_millis(700),
        ..settings()
    };
    let up = up_with(quick, Kept::open()).await;
    // Too long: the rest never comes.
    let raw = request(b"{}", &[("Content-Length", "3")]);
    let answer = exchange(up.address(), &raw).await;
    answer.is(408, "too_slow");
    assert_eq!(answer.header("connection"), Some("close"));
    // Too short: what was signed is not what arrives, and what is left is no request.
    let raw = request(b"{ }", &[("Content-Length", "2")]);
    exchange(up.address(), &raw).await.is(401, "bad_signature");
    // Two that differ, and one beside chunks (which count then), are ways to smuggle.
    let two = request(b"{}", &[("Content-Length", "2\r\nContent-Length: 3")]);
    let answer = try_exchange(up.address(), &two).await;
    assert!(answer.is_none_or(|answer| answer.status == 400));
    let both = request(b"0\r\n\r\n", &[("Transfer-Encoding", "chunked")]);
    let answer = try_exchange(up.address(), &both).await;
    assert!(answer.is_none_or(|answer| answer.status != 200));
    assert_eq!(up.queue.len(), 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_gives_no_push() {
    let up = up().await;
    let mut stream = TcpStream::connect(up.address()).await.unwrap();
    let raw = request(b"{\"a\":1}", &[]);
    stream.write_all(&raw[..raw.len() - 1]).await.unwrap();
    stream.shutdown().await.unwrap();
    let answer = read_answer(&mut stream).await;
    assert!(answer.is_none_or(|answer| answer.status == 400));
    until("the refusal is counted", || {
        up.listener.counters().broken_body == 1
    })
    .await;
    assert_eq!(up.queue.len(), 0);
}

#[tokio::test]
async fn who_sends_all_and_closes_its_half_still_gets_the_answer() {
    let up = up().await;
    let mut stream = TcpStream::connect(up.address()).await.unwrap();
    stream.write_all(&request(b"{}", &[])).await.unwrap();
    stream.shutdown().await.unwrap();
    read_answer(&mut stream).await.unwrap().is(200, "accepted");
}

#[tokio::test]
async fn a_head_that_drips_in_is_closed_after_the_timeout() {
    let quick = ListenerSettings {
        header_timeout: Duration::from_millis(150),
        ..settings()
    };
    let up = up_with(quick, Kept::open()).await;
    let mut stream = TcpStream::connect(up.address()).await.unwrap();
    let since = Instant::now();
    let mut drips = request(b"{}", &[]).into_iter();
    let mut byte = [0];
    loop {
        let closed = tokio::time::timeout(Duration::from_millis(10), stream.read(&mut byte)).await;
        if let Ok(read) = closed {
            assert_eq!(read.unwrap_or(0), 0, "closed without an answer");
            break;
        }
        if let Some(drip) = drips.next() {
            let _ = stream.write_all(&[drip]).await;
        }
        assert!(since.elapsed() < Duration::from_secs(20), "never closed");
    }
    until("it is counted", || {
        up.listener.counters().head_too_slow == 1
    })
    .await;
    assert_eq!(up.queue.len(), 0);
}

#[tokio::test]
async fn a_body_that_drips_in_is_408() {
    let quick = ListenerSettings {
        body_timeout: Duration::from_millis(150),
        ..settings()
    };
    let up = up_with(quick, Kept::open()).await;
    let stream = TcpStream::connect(up.address()).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let body = vec![b' '; 1_000];
    let raw = request(&body, &[]);
    let (head, body) = raw.split_at(raw.len() - body.len());
    writing.write_all(head).await.unwrap();
    let body = body.to_vec();
    tokio::spawn(async move {
        for byte in body {
            if writing.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let mut answer = Vec::new();
    let _ = within(reading.read_to_end(&mut answer)).await;
    assert!(
        answer.starts_with(b"HTTP/1.1 408 "),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    assert_eq!(up.listener.counters().too_slow, 1);
    assert_eq!(up.queue.len(), 0);
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let up = up().await;
    let long = "x".repeat(64 * 1024);
    let raw = request(b"{}", &[("X-Long", &long)]);
    // The answer may be lost in the reset that the unread rest of the head brings.
    let answer = try_exchange(up.address(), &raw).await;
    assert!(answer.is_none_or(|answer| answer.status == 431));
    until("it is counted", || up.listener.counters().not_http == 1).await;
}

#[tokio::test]
async fn all_connections_together_hold_only_so_much() {
    let tight = ListenerSettings {
        most_buffered_bytes: LIMIT + LIMIT / 2,
        ..settings()
    };
    let up = up_with(tight, Kept::with_permits(0)).await;
    let body = of_length(LIMIT);
    let address = up.address();
    let first = tokio::spawn({
        let raw = request(&body, &[]);
        async move { exchange(address, &raw).await }
    });
    // The first one is held up in the queue with its whole body.
    let queue = up.queue.clone();
    until("the first waits in the queue", || queue.waiters() == 1).await;
    let second = up.post(&body).await;
    second.is(503, "busy");
    assert!(second.header("retry-after").is_some());
    up.queue.gate.add_permits(2);
    first.await.unwrap().is(200, "accepted");
    up.post(&body).await.is(200, "accepted");
}

#[tokio::test]
async fn further_connections_wait_for_a_place() {
    let narrow = ListenerSettings {
        most_connections: 2,
        ..settings()
    };
    let up = up_with(narrow, Kept::open()).await;
    let first = TcpStream::connect(up.address()).await.unwrap();
    let _second = TcpStream::connect(up.address()).await.unwrap();
    until("both are accepted", || {
        up.listener.counters().connections == 2
    })
    .await;
    let mut third = TcpStream::connect(up.address()).await.unwrap();
    third.write_all(&request(b"{}", &[])).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(100), read_answer(&mut third)).await;
    assert!(early.is_err(), "there is no place for a third one yet");
    drop(first);
    read_answer(&mut third).await.unwrap().is(200, "accepted");
}
