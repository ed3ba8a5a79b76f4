//! The verification challenge, the health routes, and what else is on this port.

use crate::support::*;
use heliograph_listener::{ListenerSettings, SettingsError};
use std::sync::atomic::Ordering::SeqCst;

async fn get(up: &Up, target: &str) -> Answer {
    let raw = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
    exchange(up.address(), raw.as_bytes()).await
}

const RIGHT: &str = "hub.verify_token=a+verify%20token+%26%20more";

#[tokio::test]
async fn the_challenge_comes_back_byte_for_byte_as_plain_text() {
    let up = up().await;
    for (sent, echoed) in [
        ("1158201444", "1158201444"),
        ("007", "007"),
        ("1e3", "1e3"),
        ("%3Cscript%3E%2B%20+x", "<script>+  x"),
        ("", ""),
    ] {
        let target =
            format!("/api/webhooks/instagram?hub.mode=subscribe&{RIGHT}&hub.challenge={sent}");
        let answer = get(&up, &target).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body, echoed.as_bytes());
        assert!(
            answer
                .header("content-type")
                .unwrap()
                .starts_with("text/plain")
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
    let odd = format!("/api/webhooks/instagram?hub.challenge=%FF%00&{RIGHT}&hub%2Emode=subscribe");
    assert_eq!(get(&up, &odd).await.body, [0xff, 0x00]);
    assert_eq!(up.listener.counters().verified, 6);
}

#[tokio::test]
async fn a_wrong_token_or_mode_is_403_and_a_missing_parameter_400() {
    let up = up().await;
    let all = |mode: &str, token: &str| {
        format!("/api/webhooks/instagram?hub.mode={mode}&hub.verify_token={token}&hub.challenge=1")
    };
    let right = &RIGHT["hub.verify_token=".len()..];
    for target in [
        all("subscribe", "wrong"),
        all("subscribe", ""),
        all("subscribe", &format!("{right}x")),
        all("subscribe", &right[..right.len() - 1]),
        all("unsubscribe", right),
        all("SUBSCRIBE", right),
        all("", right),
        // The first of its name counts.
        format!("{}&{RIGHT}", all("subscribe", "wrong")),
    ] {
        get(&up, &target).await.is(403, "challenge_refused");
    }
    for target in [
        "/api/webhooks/instagram".to_owned(),
        format!("/api/webhooks/instagram?hub.mode=subscribe&{RIGHT}"),
        format!("/api/webhooks/instagram?hub.challenge=1&{RIGHT}"),
        "/api/webhooks/instagram?hub.mode=subscribe&hub.challenge=1".into(),
        // What PHP makes of the names is not what Meta sends.
        all("subscribe", right).replace("hub.", "hub_"),
    ] {
        get(&up, &target).await.is(400, "challenge_incomplete");
    }
    let counters = up.listener.counters();
    assert_eq!(
        (counters.challenge_refused, counters.challenge_incomplete),
        (8, 5)
    );
    assert_eq!((counters.verified, counters.rejected()), (0, 13));
}

#[tokio::test]
async fn there_is_no_verify_token_that_works_where_none_is_set() {
    let none = ListenerSettings {
        verify_token: None,
        ..settings()
    };
    let up = up_with(none, Kept::open()).await;
    for token in ["", "undefined", "null", "verify_token"] {
        let target = format!(
            "/api/webhooks/instagram?hub.mode=subscribe&hub.challenge=1&hub.verify_token={token}"
        );
        get(&up, &target).await.is(403, "challenge_refused");
    }
}

#[tokio::test]
async fn nothing_but_the_webhook_route_and_the_health_routes_is_here() {
    let up = up().await;
    for path in [
        "/",
        "/api/webhooks/instagram/",
        "/api/webhooks/Instagram",
        "//api/webhooks/instagram",
        "/api/webhooks/instagram/../instagram",
        "/metrics",
        "/healthz/",
    ] {
        get(&up, path).await.is(404, "not_found");
        let post = request(b"{}", &[]);
        let post = String::from_utf8(post).unwrap();
        let post = post.replace("/api/webhooks/instagram", path);
        exchange(up.address(), post.as_bytes())
            .await
            .is(404, "not_found");
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        for (path, allowed) in [
            ("/api/webhooks/instagram", "GET, POST"),
            ("/healthz", "GET, HEAD"),
            ("/readyz", "GET, HEAD"),
        ] {
            let raw = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            let answer = exchange(up.address(), raw.as_bytes()).await;
            answer.is(405, "method_not_allowed");
            assert_eq!(answer.header("allow"), Some(allowed));
        }
    }
    assert_eq!(up.queue.len(), 0);
    assert_eq!(up.listener.counters().not_found, 14);
    assert_eq!(up.listener.counters().method_not_allowed, 18);
}

#[tokio::test]
async fn healthz_says_that_it_runs_and_readyz_that_the_queue_answers() {
    let healthy = up().await;
    get(&healthy, "/healthz").await.is(200, "alive");
    get(&healthy, "/readyz").await.is(200, "ready");

    let broken = Kept::open();
    broken.broken.store(true, SeqCst);
    let broken = up_with(settings(), broken).await;
    get(&broken, "/healthz").await.is(200, "alive");
    let answer = get(&broken, "/readyz").await;
    answer.is(503, "not_ready");
    assert_eq!(answer.header("retry-after"), Some("5"));

    broken.queue.broken.store(false, SeqCst);
    let since = std::time::Instant::now();
    while get(&broken, "/readyz").await.status != 200 {
        assert!(since.elapsed().as_secs() < 10, "it is ready again soon");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn settings_that_would_be_unsafe_are_refused() {
    let refused = |change: fn(&mut ListenerSettings)| {
        let mut settings = settings();
        change(&mut settings);
        settings.check().unwrap_err()
    };
    assert_eq!(
        refused(|s| s.verify_token = Some("  ".into())),
        SettingsError::BlankVerifyToken
    );
    assert_eq!(
        refused(|s| s.secrets.push(secret("second", "", &[]))),
        SettingsError::BlankSecret("second".into())
    );
    assert_eq!(
        refused(|s| s.secrets.push(secret("app", "other", &[]))),
        SettingsError::SameName("app".into())
    );
    for path in ["", "webhook", "/a?b", "/a b", "/healthz", "/readyz", "/ä"] {
        let bad = ListenerSettings {
            path: path.into(),
            ..settings()
        };
        assert_eq!(bad.check(), Err(SettingsError::Path(path.into())));
    }
    assert_eq!(
        refused(|s| s.most_connections = 0),
        SettingsError::Zero("most_connections")
    );
    assert_eq!(settings().check(), Ok(()));
}
