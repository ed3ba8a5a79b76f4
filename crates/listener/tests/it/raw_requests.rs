//! Whatever is sent, the listener stays up, and a 200 to a POST means a push.

use crate::support::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A change to a request that is in order.
#[derive(Debug, Clone)]
enum Change {
    Replace(usize, u8),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    CutAt(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..8),
        Just(b"\r\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"Content-Length: 0\r\n".to_vec()),
        Just(b"Transfer-Encoding: chunked\r\n".to_vec()),
        Just(b"POST /api/webhooks/instagram HTTP/1.1\r\n\r\n".to_vec()),
    ];
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        (any::<usize>(), piece).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (any::<usize>(), 1_usize..20).prop_map(|(at, length)| Change::Remove(at, length)),
        any::<usize>().prop_map(Change::CutAt),
    ]
}

fn apply(raw: &mut Vec<u8>, change: &Change) {
    let place = |at: usize| at % (raw.len() + 1);
    match change {
        Change::Replace(at, byte) => {
            let at = place(*at);
            if let Some(old) = raw.get_mut(at) {
                *old = *byte;
            }
        }
        Change::Insert(at, piece) => {
            let at = place(*at);
            raw.splice(at..at, piece.iter().copied());
        }
        Change::Remove(at, length) => {
            let from = place(*at);
            let to = (from + length).min(raw.len());
            raw.drain(from..to);
        }
        Change::CutAt(at) => {
            let at = place(*at);
            raw.truncate(at);
        }
    }
}

/// Sends, closes its half, and counts the answers with 200.
async fn accepted(address: std::net::SocketAddr, raw: &[u8]) -> usize {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(raw).await;
    let _ = stream.shutdown().await;
    let mut answers = Vec::new();
    let _ = within(stream.read_to_end(&mut answers)).await;
    let ok = b"HTTP/1.1 200 ";
    answers.windows(ok.len()).filter(|part| part == ok).count()
}

#[test]
fn no_bytes_make_it_panic_or_answer_200_without_a_push() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut quick = settings();
    quick.body_timeout = Duration::from_millis(300);
    let up = runtime.block_on(up_with(quick, Kept::open()));
    let body = proptest::string::string_regex("(\\{\"[a-z]{0,9}\":\"[ -~]{0,40}\"\\}|[ -~]{0,30})");
    let strategy = (
        body.unwrap(),
        proptest::collection::vec(change(), 0..4),
        any::<bool>(),
    );
    let accepted_in_all = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config {
        cases: 400,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&strategy, |(body, changes, twice)| {
        let mut raw = request(body.as_bytes(), &[]);
        if twice {
            raw.extend(request(b"{}", &[]));
        }
        for change in &changes {
            apply(&mut raw, change);
        }
        let before = up.queue.len();
        let answered = runtime.block_on(accepted(up.address(), &raw));
        accepted_in_all.set(accepted_in_all.get() + answered);
        let pushed = up.queue.pushed.lock()[before..].to_vec();
        prop_assert!(
            answered <= pushed.len(),
            "{answered} answers, {} pushes",
            pushed.len()
        );
        for delivery in pushed {
            // Nothing gets in that was not signed: only bodies that were signed above.
            let known = *delivery.body == *body.as_bytes() || *delivery.body == *b"{}";
            prop_assert!(known, "{:?}", delivery.body);
        }
        Ok(())
    });
    result.unwrap();
    let in_order = accepted_in_all.get();
    assert!(in_order > 40, "hardly any request was in order: {in_order}");
    let last = runtime.block_on(up.post(b"{}"));
    last.is(200, "accepted");
}
