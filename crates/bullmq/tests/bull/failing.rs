//! Tries that end badly, and the failed set.

use crate::rig::{
    self, depth_becomes, done, drain, node, node_sees, node_worker, open, redis, take_one, text,
    until, webhook,
};
use heliograph_bullmq::{Backoff, BullError};
use heliograph_engine::conformance::samples::{START, delivery};
use heliograph_engine::ports::{Clock, Finished, Queue, SystemClock};
use serde_json::json;
use std::time::{Duration, Instant};

fn retry(id: heliograph_model::DeliveryId, after: i64) -> Finished {
    Finished::Retry {
        id,
        at: SystemClock.now() + after,
        error: "the store was away".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn node_says_how_often_and_how_far_apart_it_is_tried() {
    let redis = redis();
    let opts = json!({ "attempts": 3, "backoff": { "type": "fixed", "delay": 1_500 } });
    let add = json!({ "name": "x", "data": { "webhook": webhook("1") }, "opts": opts });
    node(&redis, "add", add).await;
    let queue = open(rig::config(&redis)).await;
    let mut last = Instant::now();
    for attempt in 1..=3 {
        let one = take_one(&queue).await;
        assert_eq!(one.attempt, attempt);
        if attempt > 1 {
            let waited = last.elapsed();
            assert!(waited >= Duration::from_millis(1_490), "{waited:?}");
        }
        last = Instant::now();
        queue.finish(vec![retry(one.id, 0)]).await.unwrap();
        if attempt == 1 {
            depth_becomes(&queue, (0, 0, 1, 0)).await;
            // As a Node worker would have left it; Node itself is too slow to look now.
            let mut connection = redis.connection().unwrap();
            let mut fields = ::redis::cmd("HMGET");
            fields.arg("bull:webhooks:1").arg("atm").arg("failedReason");
            let fields: (u32, String) = fields.query(&mut connection).unwrap();
            assert_eq!(fields, (1, "the store was away".to_owned()));
        }
    }
    depth_becomes(&queue, (0, 0, 0, 1)).await;
    let failed = node_sees(&redis, "failed").await;
    assert_eq!(failed[0]["attemptsMade"], 3);
    assert_eq!(failed[0]["failedReason"], "the store was away");
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_without_options_is_tried_as_often_as_the_engine_says() {
    let redis = redis();
    let add = json!({ "name": "x", "data": { "webhook": webhook("1") } });
    node(&redis, "add", add).await;
    let queue = open(rig::config(&redis)).await;
    for attempt in 1..=7 {
        let one = take_one(&queue).await;
        assert_eq!(one.attempt, attempt);
        queue.finish(vec![retry(one.id, 10)]).await.unwrap();
    }
    let one = take_one(&queue).await;
    done(&queue, &[one]).await;
    depth_becomes(&queue, (0, 0, 0, 0)).await;
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node_retries_ours_as_often_as_we_say() {
    let redis = redis();
    let mut config = rig::config(&redis);
    config.attempts = 3;
    config.backoff = Backoff::Fixed(Duration::from_millis(50));
    let queue = open(config).await;
    queue.push(delivery("{}", START)).await.unwrap();
    let work = json!({ "work": "fail", "fail": "no such luck", "quiet": true });
    let mut worker = node_worker(&redis, work).await;
    for _ in 0..3 {
        assert_eq!(worker.says("reason").await.unwrap(), "no such luck");
    }
    depth_becomes(&queue, (0, 0, 0, 1)).await;
    let failed = queue.failed(0, 10).await.unwrap();
    assert_eq!(failed[0].reason, "no such luck");
    assert_eq!(failed[0].attempts, 3);
    assert_eq!(failed[0].body.as_deref(), Some(&b"{}"[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_failed_set_is_looked_at_retried_and_emptied() {
    let redis = redis();
    let opts = json!({ "attempts": 5 });
    let add =
        json!({ "name": "x", "data": { "webhook": webhook("{n}") }, "opts": opts, "count": 4 });
    node(&redis, "add", add).await;
    let mut config = rig::config(&redis);
    config.concurrency = 1;
    let queue = open(config).await;
    for _ in 0..4 {
        let one = take_one(&queue).await;
        let error = format!("number {} is unreadable", text(&one));
        let dead = Finished::Dead { id: one.id, error };
        queue.finish(vec![dead]).await.unwrap();
    }
    depth_becomes(&queue, (0, 0, 0, 4)).await;
    let seen = node_sees(&redis, "failed").await;
    assert!(
        seen.iter().all(|job| job["attemptsMade"] == 1),
        "at once: {seen:?}"
    );

    let page = queue.failed(1, 2).await.unwrap();
    let reasons: Vec<_> = page.iter().map(|job| job.reason.as_str()).collect();
    assert_eq!(
        reasons,
        ["number 2 is unreadable", "number 1 is unreadable"]
    );
    assert!(page[0].failed_at.unwrap() >= page[0].added_at);
    assert_eq!(queue.failed(4, 2).await.unwrap(), []);

    queue.discard(&page[0].id).await.unwrap();
    let gone = queue.discard(&page[0].id).await.unwrap_err();
    assert!(matches!(gone, BullError::NotFailed(_)), "{gone}");
    queue.retry(&page[1].id).await.unwrap();
    let one = take_one(&queue).await;
    assert_eq!((text(&one).as_str(), one.attempt), ("1", 1));
    let active = queue.retry(&page[1].id).await.unwrap_err();
    assert!(matches!(active, BullError::NotFailed(_)), "{active}");
    done(&queue, &[one]).await;

    queue.retry_all().await.unwrap();
    let mut rest = drain(&queue, 2).await;
    rest.sort();
    assert_eq!(rest, ["0", "3"]);
    depth_becomes(&queue, (0, 0, 0, 0)).await;
    until(
        "failures are counted",
        || async { queue.metrics(5).await.unwrap() },
        |(_, failed)| failed.total == 4,
    )
    .await;
    queue.close().await;
}
