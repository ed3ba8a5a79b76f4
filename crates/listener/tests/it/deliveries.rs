//! Signed deliveries: what gets into the queue, and what does not.

use crate::support::*;
use heliograph_listener::{ListenerSettings, RefusalReason, SignatureFault, signature};
use heliograph_model::{AccountId, DeliverySource};
use secrecy::SecretString;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_signed_delivery_is_in_the_queue_byte_for_byte() {
    let up = up().await;
    let bodies: [&[u8]; 4] = [
        br#"{"object":"instagram","entry":[]}"#,
        // The escapes of Meta are part of what is signed.
        br#"{"text":"\u00e4 \u003Cb> \/ \u0025 \u0040","e":"\ud83d\ude00"}"#,
        "{\"text\":\"ä 😀\",\n\t\"spaces\" :  1 }\r\n".as_bytes(),
        b"[]",
    ];
    for body in bodies {
        up.post(body).await.is(200, "accepted");
    }
    assert_eq!(up.queue.bodies(), bodies);
    let first = up.queue.pushed.lock()[0].clone();
    assert_eq!(first.received_at, NOW);
    assert_eq!(first.source, DeliverySource::Listener);
    assert_eq!(first.secret.as_deref(), Some("app"));
    assert!(first.accounts.is_empty());
    let counters = up.listener.counters();
    assert_eq!((counters.accepted, counters.rejected()), (4, 0));
    let bytes: usize = bodies.iter().map(|body| body.len()).sum();
    assert_eq!(counters.accepted_bytes, bytes as u64);
}

#[tokio::test]
async fn a_delivery_that_was_decoded_and_written_again_has_lost_its_signature() {
    let up = up().await;
    let raw = request(
        "{\"text\":\"ä\"}".as_bytes(),
        &[("X-Hub-Signature-256", &signed(br#"{"text":"\u00e4"}"#))],
    );
    exchange(up.address(), &raw).await.is(401, "bad_signature");
    assert_eq!(up.queue.len(), 0);
}

#[tokio::test]
async fn any_of_several_secrets_passes_and_says_for_which_accounts_it_speaks() {
    let several = ListenerSettings {
        secrets: vec![
            secret("facebook", "one", &[]),
            secret(
                "instagram",
                "two",
                &["17841400000000001", "17841400000000002"],
            ),
        ],
        ..settings()
    };
    let up = up_with(several, Kept::open()).await;
    let body = b"{\"n\":1}";
    for (name, key, accounts) in [
        ("facebook", "one", vec![]),
        (
            "instagram",
            "two",
            vec!["17841400000000001", "17841400000000002"],
        ),
    ] {
        let header = signature::sign(&SecretString::from(key), body);
        let raw = request(body, &[("X-Hub-Signature-256", &header)]);
        exchange(up.address(), &raw).await.is(200, "accepted");
        let last = up.queue.pushed.lock().pop().unwrap();
        assert_eq!(last.secret.as_deref(), Some(name));
        let accounts: Vec<AccountId> = accounts.into_iter().map(AccountId::from).collect();
        assert_eq!(last.accounts, accounts);
    }
    exchange(up.address(), &request(body, &[]))
        .await
        .is(401, "bad_signature");
}

#[tokio::test]
async fn what_is_wrong_with_a_signature_is_401_and_told_to_the_observer() {
    let up = up().await;
    let body = b"{\"n\":1}";
    let with = |name: &'static str, value: String| {
        request(body, &[("X-Hub-Signature-256", ""), (name, &value)])
    };
    let header = "X-Hub-Signature-256";
    let good = signed(body);
    let twice = {
        let mut raw = request(body, &[]);
        let line = format!("\r\n{header}: {good}\r\n");
        let at = raw.windows(2).position(|two| two == b"\r\n").unwrap();
        raw.splice(at..at + 2, line.into_bytes());
        raw
    };
    let other = |key: &str| signature::sign(&SecretString::from(key), body);
    let tries = [
        (with("X-Nothing", "1".into()), SignatureFault::HeaderMissing),
        (
            with("X-Hub-Signature", "sha1=00".into()),
            SignatureFault::OnlySha1,
        ),
        (
            with(header, good.replace("sha256=", "")),
            SignatureFault::Malformed,
        ),
        (with(header, "sha256=00".into()), SignatureFault::Malformed),
        (twice, SignatureFault::Malformed),
        (
            with(header, other("somebody else's")),
            SignatureFault::Wrong,
        ),
        (with(header, other(TOKEN)), SignatureFault::VerifyToken),
        (request(b"", &[(header, &good)]), SignatureFault::BodyEmpty),
    ];
    for (raw, fault) in &tries {
        exchange(up.address(), raw).await.is(401, "bad_signature");
        let told = up.watching.0.lock().pop().unwrap();
        assert_eq!(told.signature, Some(*fault));
        assert_eq!((told.at, told.peer.ip()), (NOW, up.address().ip()));
        assert!(!fault.advice().is_empty());
    }
    let counters = up.listener.counters();
    assert_eq!(counters.signature_missing, 2);
    assert_eq!(counters.signature_malformed, 3);
    assert_eq!(counters.signature_wrong, 3);
    assert_eq!(up.queue.len(), 0);
}

#[tokio::test]
async fn without_a_secret_nothing_is_accepted() {
    let none = ListenerSettings {
        secrets: vec![],
        ..settings()
    };
    let up = up_with(none, Kept::open()).await;
    for key in ["", SECRET, TOKEN] {
        let header = signature::sign(&SecretString::from(key), b"{}");
        let raw = request(b"{}", &[("X-Hub-Signature-256", &header)]);
        exchange(up.address(), &raw).await.is(401, "bad_signature");
        let told = up.watching.0.lock().pop().unwrap();
        assert_eq!(told.signature, Some(SignatureFault::NoSecret));
    }
}

#[tokio::test]
async fn what_is_not_json_is_400_but_only_when_it_is_signed() {
    let up = up().await;
    let deep = format!("{}1{}", "[".repeat(101), "]".repeat(101));
    let tries: [(&[u8], &str); 6] = [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"entry=1", "not_json"),
        (b"{\"a\":\"\xff\"}", "not_json"),
        (b"{}{}", "not_json"),
        (deep.as_bytes(), "too_deep"),
    ];
    for (body, code) in tries {
        up.post(body).await.is(400, code);
        let unsigned = request(body, &[("X-Hub-Signature-256", &signed(b"other"))]);
        exchange(up.address(), &unsigned)
            .await
            .is(401, "bad_signature");
    }
    let counters = up.listener.counters();
    assert_eq!((counters.not_json, counters.too_deep), (5, 1));
    assert_eq!(up.queue.len(), 0);
}

#[tokio::test]
async fn only_json_in_utf_8_is_taken() {
    let up = up().await;
    let with = |value: &'static str| request(b"{}", &[("Content-Type", value)]);
    for good in ["application/json; charset=UTF-8", "Application/Json", ""] {
        exchange(up.address(), &with(good))
            .await
            .is(200, "accepted");
    }
    for bad in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
    ] {
        exchange(up.address(), &with(bad))
            .await
            .is(415, "unsupported_media_type");
    }
    let zipped = request(b"{}", &[("Content-Encoding", "gzip")]);
    exchange(up.address(), &zipped)
        .await
        .is(415, "unsupported_media_type");
    assert_eq!(up.queue.len(), 3);
    assert_eq!(up.listener.counters().unsupported_media_type, 4);
}

#[tokio::test]
async fn a_queue_that_fails_is_503_so_that_meta_posts_again() {
    let up = up().await;
    up.queue.broken.store(true, SeqCst);
    let answer = up.post(b"{}").await;
    answer.is(503, "queue_unavailable");
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert!(
        !String::from_utf8_lossy(&answer.body).contains("disk"),
        "inner causes stay inside"
    );
    up.queue.broken.store(false, SeqCst);
    up.post(b"{}").await.is(200, "accepted");
    let counters = up.listener.counters();
    assert_eq!((counters.queue_unavailable, counters.accepted), (1, 1));
    assert_eq!(
        up.watching.0.lock()[0].reason,
        RefusalReason::QueueUnavailable
    );
}

#[tokio::test]
async fn a_queue_that_hangs_is_503_too() {
    let impatient = ListenerSettings {
        push_timeout: Duration::from_millis(50),
        ..settings()
    };
    let up = up_with(impatient, Kept::with_permits(0)).await;
    up.post(b"{}").await.is(503, "queue_unavailable");
    assert_eq!(up.queue.len(), 0);
}

#[tokio::test]
async fn the_answer_waits_until_the_queue_has_it() {
    let up = up_with(settings(), Kept::with_permits(0)).await;
    let mut stream = TcpStream::connect(up.address()).await.unwrap();
    stream.write_all(&request(b"{}", &[])).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(100), read_answer(&mut stream)).await;
    assert!(early.is_err(), "no answer before the push has returned");
    assert_eq!(up.listener.counters().accepted, 0);
    up.queue.gate.add_permits(1);
    read_answer(&mut stream).await.unwrap().is(200, "accepted");
    assert_eq!(up.queue.len(), 1);
}

#[tokio::test]
async fn requests_that_come_together_are_answered_in_order() {
    let up = up().await;
    let mut raw = Vec::new();
    for n in 0..50 {
        raw.extend(request(format!("{{\"n\":{n}}}").as_bytes(), &[]));
        if n % 10 == 9 {
            raw.extend(request(b"x", &[]));
        }
    }
    let mut stream = TcpStream::connect(up.address()).await.unwrap();
    stream.write_all(&raw).await.unwrap();
    for n in 0..50 {
        read_answer(&mut stream).await.unwrap().is(200, "accepted");
        if n % 10 == 9 {
            read_answer(&mut stream).await.unwrap().is(400, "not_json");
        }
    }
    let expected: Vec<_> = (0..50)
        .map(|n| format!("{{\"n\":{n}}}").into_bytes())
        .collect();
    assert_eq!(up.queue.bodies(), expected);
}

#[tokio::test]
async fn an_answer_does_not_wait_for_the_next_request() {
    let up = up().await;
    let mut stream = TcpStream::connect(up.address()).await.unwrap();
    let next = request(b"[]", &[]);
    let mut raw = request(b"{}", &[]);
    raw.extend(&next[..20]);
    stream.write_all(&raw).await.unwrap();
    read_answer(&mut stream).await.unwrap().is(200, "accepted");
    stream.write_all(&next[20..]).await.unwrap();
    read_answer(&mut stream).await.unwrap().is(200, "accepted");
}

#[tokio::test]
async fn many_at_a_time_through_an_ordinary_client_all_arrive() {
    let up = up().await;
    let client = client();
    let url = up.listener.url();
    let posts = (0..400).map(|n| {
        let body = format!("{{\"n\":{n}}}");
        let post = client
            .post(&url)
            .header("Content-Type", "application/json")
            .header("X-Hub-Signature-256", signed(body.as_bytes()))
            .body(body);
        tokio::spawn(async move { post.send().await.unwrap().status() })
    });
    let posts: Vec<_> = posts.collect();
    for post in posts {
        assert_eq!(post.await.unwrap(), 200);
    }
    let mut bodies = up.queue.bodies();
    bodies.sort();
    bodies.dedup();
    assert_eq!(bodies.len(), 400);
}

#[tokio::test]
async fn nothing_secret_is_shown_by_debug() {
    let up = up().await;
    let shown = format!("{:?} {:?}", settings(), up.listener);
    assert!(!shown.contains(SECRET) && !shown.contains(TOKEN), "{shown}");
}

#[tokio::test]
async fn who_looks_sees_each_request_with_its_headers_and_its_body() {
    let up = up().await;
    let body = br#"{"object":"instagram","entry":[]}"#;
    up.post(body).await.is(200, "accepted");
    let forged = signature::sign(&SecretString::from("another"), body);
    let raw = request(body, &[("X-Hub-Signature-256", &forged)]);
    exchange(up.address(), &raw).await;
    let unsigned = request(body, &[("X-Hub-Signature-256", "")]);
    exchange(up.address(), &unsigned).await;
    let seen = up.watching.1.lock().clone();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen[0].id.is_some() && seen[1].id.is_none() && seen[2].id.is_none());
    let signature_of = |at: usize| {
        let mut headers = seen[at].headers.iter();
        let found = headers.find(|(name, _)| name == signature::HEADER);
        found.map(|(_, value)| value.clone())
    };
    assert_eq!(signature_of(0), Some(signed(body)));
    assert_eq!(signature_of(1), Some(forged));
    assert_eq!(signature_of(2), None);
    let kept = |at: usize| seen[at].body.as_deref();
    assert_eq!(kept(0), Some(&body[..]));
    assert_eq!(kept(1), Some(&body[..]), "a refused body can be looked at");
    assert_eq!(kept(2), None, "what is refused by its headers is not read");
}
