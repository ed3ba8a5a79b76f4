//! Pausing and resuming, with Node of version 6 and of version 5.

use crate::rig::{self, depth, depth_becomes, drain, node, open, redis, webhook};
use heliograph_bullmq::{BullError, BullQueue, QueueWarning};
use heliograph_engine::conformance::samples::{START, delivery};
use heliograph_engine::ports::Queue;
use heliograph_servers::redis::Redis;
use serde_json::json;
use std::time::Duration;

const QUIET: Duration = Duration::from_millis(500);

async fn add(redis: &Redis, library: &str, text: &str) {
    let data = json!({ "webhook": webhook(text) });
    let add = json!({ "library": library, "name": "x", "data": data });
    node(redis, "add", add).await;
}

async fn nothing_comes(queue: &BullQueue) {
    let taken = tokio::time::timeout(QUIET, queue.take(1)).await;
    assert!(taken.is_err(), "it is paused, and yet there was {taken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn node_pauses_and_we_resume() {
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    nothing_comes(&queue).await;
    node(&redis, "pause", json!({})).await;
    assert!(queue.is_paused().await.unwrap());
    add(&redis, "bullmq", "1").await;
    nothing_comes(&queue).await;
    assert_eq!(depth(&queue).await, (1, 0, 0, 0));
    assert_eq!(queue.warnings().await.unwrap(), []);
    queue.resume().await.unwrap();
    assert_eq!(drain(&queue, 1).await, ["1"]);
    let seen = node(&redis, "inspect", json!({})).await;
    assert_eq!(seen[0]["paused"], false);
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn we_pause_and_node_resumes() {
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    nothing_comes(&queue).await;
    queue.pause().await.unwrap();
    assert_eq!(node(&redis, "inspect", json!({})).await[0]["paused"], true);
    queue.push(delivery("held", START)).await.unwrap();
    nothing_comes(&queue).await;
    node(&redis, "resume", json!({})).await;
    let taken = rig::take_one(&queue).await;
    assert_eq!(taken.delivery.body, "held");
    rig::done(&queue, &[taken]).await;
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_version_5_paused_is_not_resumed_and_nothing_is_lost() {
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    add(&redis, "bullmq5", "1").await;
    node(&redis, "pause", json!({ "library": "bullmq5" })).await;
    add(&redis, "bullmq5", "2").await;
    queue
        .push(delivery(&webhook("3").to_string(), START))
        .await
        .unwrap();
    assert_eq!(
        depth(&queue).await,
        (3, 0, 0, 0),
        "those put aside are counted"
    );

    let refused = queue.resume().await.unwrap_err();
    let BullError::PausedByVersion5 {
        parked,
        waiting,
        ref version,
        ..
    } = refused
    else {
        panic!("{refused}");
    };
    assert_eq!((parked, waiting), (2, 1));
    assert!(version.as_deref().unwrap().starts_with("bullmq:5."));
    let said = refused.to_string();
    assert!(
        said.contains("`paused`") && said.contains("merging"),
        "{said}"
    );
    assert!(queue.is_paused().await.unwrap(), "it is as it was");
    assert_eq!(depth(&queue).await, (3, 0, 0, 0), "it is as it was");
    let warnings = queue.warnings().await.unwrap();
    assert!(
        matches!(
            &warnings[..],
            [
                QueueWarning::Version5 { .. },
                QueueWarning::Parked {
                    parked: 2,
                    waiting: 1
                }
            ]
        ),
        "{warnings:?}"
    );

    // A version 6 client does not change what there is to lose.
    node(&redis, "inspect", json!({})).await;
    let warnings = queue.warnings().await.unwrap();
    assert!(
        matches!(&warnings[..], [QueueWarning::Parked { .. }]),
        "{warnings:?}"
    );
    queue.resume().await.unwrap_err();

    queue.resume_and_merge().await.unwrap();
    let texts = drain(&queue, 3).await;
    assert_eq!(texts, ["1", "2", "3"], "nothing is lost, the oldest first");
    assert_eq!(queue.warnings().await.unwrap(), []);
    queue.resume().await.unwrap();
    queue.close().await;
}

/// What the refusal is about; it would be pointless if BullMQ 5 ever mended it.
#[tokio::test(flavor = "multi_thread")]
async fn version_5_really_loses_jobs() {
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    add(&redis, "bullmq5", "1").await;
    node(&redis, "pause", json!({ "library": "bullmq5" })).await;
    queue
        .push(delivery(&webhook("2").to_string(), START))
        .await
        .unwrap();
    assert_eq!(depth(&queue).await.0, 2);
    node(&redis, "resume", json!({ "library": "bullmq5" })).await;
    assert_eq!(depth(&queue).await.0, 1, "one list replaced the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_jobs_than_one_call_moves_are_merged() {
    const PARKED: u64 = 15_000;
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    let data = json!({ "webhook": webhook("{n}") });
    let many = json!({ "library": "bullmq5", "name": "x", "data": data, "count": PARKED });
    node(&redis, "add", many).await;
    node(&redis, "pause", json!({ "library": "bullmq5" })).await;
    queue
        .push(delivery(&webhook("new").to_string(), START))
        .await
        .unwrap();
    queue.resume_and_merge().await.unwrap();
    depth_becomes(&queue, (PARKED + 1, 0, 0, 0)).await;
    assert_eq!(
        queue.warnings().await.unwrap().len(),
        1,
        "version 5, nothing parked"
    );
}
