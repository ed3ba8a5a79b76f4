//! One queue, filled and drained by Node and by us.

use crate::rig;
use crate::rig::{
    depth_becomes, done, drain, node, node_sees, node_worker, on, open, redis, take, take_one,
    text, until, webhook,
};
use heliograph_bullmq::{Keep, Takes};
use heliograph_engine::ports::Queue;
use heliograph_model::{DeliverySource, Millis, NewDelivery};
use heliograph_servers::node;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What this version's workers are called.
const OURS: &str = concat!("heliograph/", env!("CARGO_PKG_VERSION"));
/// How long one waits before looking again.
const A_MOMENT: Duration = Duration::from_millis(100);

pub(crate) fn ours(text: &str) -> NewDelivery {
    NewDelivery {
        received_at: Millis(1_795_478_400_007),
        source: DeliverySource::Listener,
        body: webhook(text).to_string().into(),
        secret: Some("shop".into()),
        accounts: vec!["17841400000000001".into()],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_node_added_is_drained_once_and_in_order() {
    const MANY: usize = 2_000;
    let redis = redis();
    let data = json!({ "webhook": webhook("{n}"), "attempt": "{n}" });
    let add = json!({ "name": "instagram-event", "data": data, "count": MANY });
    let added = node(&redis, "add", add).await;
    assert_eq!(added[0]["added"], MANY);
    let queue = open(rig::config(&redis)).await;
    assert_eq!(rig::depth(&queue).await.0, MANY as u64);

    let texts = drain(&queue, MANY).await;
    let wrong = texts
        .iter()
        .enumerate()
        .find(|(n, text)| **text != n.to_string());
    assert_eq!(wrong, None, "in the order in which they were added");
    queue.close().await;

    let completed = node_sees(&redis, "completed").await;
    let ids: HashSet<_> = completed.iter().map(|job| job["id"].to_string()).collect();
    let added: HashSet<_> = added[0]["ids"].as_array().unwrap().iter().collect();
    assert_eq!(ids, added.iter().map(ToString::to_string).collect());
    for job in &completed {
        assert_eq!(job["attemptsMade"], 1);
        assert_eq!(job["returnvalue"], Value::Null);
        assert_eq!(job["processedBy"], OURS);
        assert_eq!(
            job["data"]["attempt"],
            job["data"]["webhook"]["entry"][0]["messaging"][0]["message"]["text"]
        );
    }
    depth_becomes(&open(rig::config(&redis)).await, (0, 0, 0, 0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node_takes_what_was_pushed_here() {
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    let id = queue.push(ours("hi \u{e9}/")).await.unwrap();
    let mut worker = node_worker(&redis, json!({})).await;
    let job = worker.says("took").await.unwrap();
    worker.says("completed").await.unwrap();
    assert_eq!(job["name"], "webhook");
    assert_eq!(job["data"]["webhook"], webhook("hi \u{e9}/"));
    assert_eq!(job["data"]["deliveryId"], id.0);
    assert_eq!(job["data"]["receivedAt"], 1_795_478_400_007_i64);
    assert_eq!(job["opts"]["attempts"], 5);
    assert_eq!(
        job["opts"]["backoff"],
        json!({ "type": "exponential", "delay": 1_000 })
    );
    let job_id = job["id"].as_str().unwrap();
    assert!(
        job_id.starts_with("ig-") && !job_id.contains(':'),
        "{job_id}"
    );
    let completed = node_sees(&redis, "completed").await;
    assert_eq!(
        completed[0]["returnvalue"],
        json!({ "by": "node", "id": job_id })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_worker_and_ours_share_one_queue() {
    const MANY: usize = 3_000;
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    let mut worker = node_worker(&redis, json!({ "concurrency": 20, "quiet": true })).await;
    let finished = Arc::new(AtomicUsize::new(0));
    let also_finished = Arc::clone(&finished);
    let by_node = tokio::spawn(async move {
        let mut ids = Vec::new();
        while also_finished.load(Ordering::Relaxed) < MANY {
            let next = tokio::time::timeout(A_MOMENT, worker.says("completed"));
            if let Ok(id) = next.await {
                ids.push(id.unwrap().as_str().unwrap().to_owned());
                also_finished.fetch_add(1, Ordering::Relaxed);
            }
        }
        ids
    });
    let data = json!({ "body": webhook("{n}") });
    let half = json!({ "name": "a", "data": data, "count": MANY / 2 });
    let adding = on(&redis, half);
    let adding = tokio::spawn(async move { node::run("add", &adding).await.unwrap() });
    let pushing = async {
        for n in MANY / 2..MANY {
            queue.push(ours(&n.to_string())).await.unwrap();
        }
    };
    let draining = async {
        let mut texts = Vec::new();
        while finished.load(Ordering::Relaxed) < MANY {
            let Ok(taken) = tokio::time::timeout(A_MOMENT, queue.take(20)).await else {
                continue;
            };
            let taken = taken.unwrap();
            texts.extend(taken.iter().map(text));
            done(&queue, &taken).await;
            finished.fetch_add(taken.len(), Ordering::Relaxed);
        }
        texts
    };
    let both = futures::future::join(draining, pushing);
    let (by_us, ()) = tokio::time::timeout(rig::SOON * 3, both)
        .await
        .expect("all are worked on");
    adding.await.unwrap();
    let by_node = by_node.await.unwrap();
    depth_becomes(&queue, (0, 0, 0, 0)).await;
    queue.close().await;
    assert!(!by_us.is_empty() && !by_node.is_empty(), "both worked");
    assert_eq!(by_us.len() + by_node.len(), MANY, "each once");
    for worker in [&by_us, &by_node] {
        let distinct: HashSet<_> = worker.iter().collect();
        assert_eq!(distinct.len(), worker.len(), "none twice");
    }
    let counts = node(&redis, "inspect", json!({})).await[0]["counts"].clone();
    for state in ["waiting", "active", "failed", "delayed"] {
        assert_eq!(counts[state], 0, "{state} in {counts}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn delayed_prioritised_and_named_jobs_are_jobs_like_others() {
    let redis = redis();
    let job = |text: &str, opts: Value| json!({ "name": "x", "data": { "payload": webhook(text).to_string() }, "opts": opts });
    let jobs = [
        job("last", json!({ "priority": 20 })),
        job("later", json!({ "delay": 5_000 })),
        job("before it", json!({ "priority": 5 })),
        job("plain", json!({ "jobId": "order-17" })),
        job("twice", json!({ "jobId": "order-17" })),
    ];
    node(&redis, "add", json!({ "jobs": jobs })).await;
    let mut config = rig::config(&redis);
    config.concurrency = 1;
    let queue = open(config).await;
    assert_eq!(
        rig::depth(&queue).await,
        (3, 0, 1, 0),
        "one is delayed, one was there already"
    );
    let waits = queue.oldest_waits_for().await.unwrap().unwrap();
    assert!(waits < 30_000, "{waits}");
    let texts = drain(&queue, 4).await;
    assert_eq!(texts, ["plain", "before it", "last", "later"]);
    let ids = node(&redis, "inspect", json!({ "ids": ["order-17"] })).await;
    assert_eq!(ids[1]["state"], "completed");
    assert_eq!(queue.oldest_waits_for().await.unwrap(), None);
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_delivery_fails_with_a_reason_that_node_reads() {
    let redis = redis();
    let jobs = [
        json!({ "name": "mail", "data": { "webhook": webhook("1") } }),
        json!({ "name": "webhook", "data": { "to": "a@example.com", "token": "secret" } }),
        json!({ "name": "webhook", "data": { "webhook": webhook("2") } }),
    ];
    node(&redis, "add", json!({ "jobs": jobs })).await;
    let mut config = rig::config(&redis);
    config.takes = Takes::Names(vec!["webhook".into()]);
    let queue = open(config).await;
    let one = take_one(&queue).await;
    assert_eq!(text(&one), "2");
    done(&queue, &[one]).await;
    depth_becomes(&queue, (0, 0, 0, 2)).await;
    let failed = node_sees(&redis, "failed").await;
    let reason = |name: &str| {
        let job = failed.iter().find(|job| job["name"] == name).unwrap();
        job["failedReason"].as_str().unwrap().to_owned()
    };
    assert!(reason("mail").contains("`mail`"), "{}", reason("mail"));
    let unknown = reason("webhook");
    assert!(unknown.contains("`to`, `token`"), "{unknown}");
    assert!(!unknown.contains("example.com") && !unknown.contains("secret"));
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_bounded_and_minutes_are_counted() {
    let redis = redis();
    let mut config = rig::config(&redis);
    config.keep_completed = Keep::Last(10);
    let queue = open(config).await;
    for n in 0..50 {
        queue.push(ours(&n.to_string())).await.unwrap();
    }
    drain(&queue, 50).await;
    depth_becomes(&queue, (0, 0, 0, 0)).await;
    assert_eq!(node_sees(&redis, "completed").await.len(), 10);
    let (completed, failed) = queue.metrics(60).await.unwrap();
    assert_eq!((completed.total, failed.total), (50, 0));
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_a_queue_writes_nothing() {
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    queue.depth().await.unwrap();
    queue.failed(0, 10).await.unwrap();
    queue.metrics(5).await.unwrap();
    queue.workers().await.unwrap();
    queue.warnings().await.unwrap();
    queue.is_paused().await.unwrap();
    queue.oldest_waits_for().await.unwrap();
    let mut connection = redis.connection().unwrap();
    let keys: Vec<String> = redis_keys(&mut connection);
    assert_eq!(keys, Vec::<String>::new());
}

fn redis_keys(connection: &mut ::redis::Connection) -> Vec<String> {
    ::redis::cmd("KEYS").arg("*").query(connection).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_are_known_by_name() {
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    queue.push(ours("1")).await.unwrap();
    let taken = take(&queue, 1).await;
    let _worker = node_worker(&redis, json!({ "name": "shop-1" })).await;
    let workers = until(
        "both are seen",
        || async { queue.workers().await.unwrap() },
        |workers| workers.len() == 2,
    )
    .await;
    let by_name = |name: &str| {
        let worker = workers.iter().find(|one| one.name.as_deref() == Some(name));
        worker.unwrap_or_else(|| panic!("{name} is among {workers:?}"))
    };
    let program = by_name(OURS).program.as_deref();
    assert_eq!(
        program,
        Some(concat!("Heliograph ", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(by_name("shop-1").program, None);
    let seen = node(&redis, "inspect", json!({})).await;
    assert!(
        seen[0]["workers"].to_string().contains(OURS),
        "other applications see the version too: {seen:?}"
    );
    done(&queue, &taken).await;
    queue.close().await;
}
