//! The engine's story of a queue.

use crate::rig;
use heliograph_bullmq::{BodyForm, BullConfig};
use heliograph_engine::conformance::{RealTime, jobs_story, queue_story};
use heliograph_servers::node;
use heliograph_servers::redis::RedisCluster;
use secrecy::SecretString;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn bullmq_is_a_queue() {
    let redis = rig::redis();
    let queue = rig::open(rig::config(&redis)).await;
    queue_story(&queue, &RealTime).await;
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bullmq_has_jobs() {
    let redis = rig::redis();
    let mut config = rig::config(&redis);
    config.concurrency = 1;
    let queue = rig::open(config).await;
    jobs_story(&queue, &queue, &RealTime).await;
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bullmq_is_a_queue_with_bodies_as_text_and_few_at_a_time() {
    let redis = rig::redis();
    let mut config = rig::config(&redis);
    config.body = BodyForm::Text;
    config.concurrency = 3;
    let queue = rig::open(config).await;
    queue_story(&queue, &RealTime).await;
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bullmq_is_a_queue_on_a_cluster() {
    let cluster = RedisCluster::start().unwrap();
    let mut config = BullConfig::new(SecretString::from(cluster.urls().join(",")), rig::QUEUE);
    config.cluster = true;
    config.prefix = "{bull}".into();
    let queue = rig::open(config).await;
    jobs_story(&queue, &queue, &RealTime).await;
    queue_story(&queue, &RealTime).await;
    let workers = queue.workers().await.unwrap();
    assert_eq!(workers.len(), 1, "it finds itself: {workers:?}");

    // Node on the same cluster.
    let data = json!({ "webhook": rig::webhook("{n}") });
    let on = json!({ "redis": cluster.urls(), "prefix": "{bull}", "queue": rig::QUEUE });
    let mut add = on.clone();
    add["name"] = "x".into();
    add["data"] = data;
    add["count"] = 200.into();
    node::run("add", &add).await.unwrap();
    rig::drain(&queue, 200).await;
    queue.close().await;
    let seen = node::run("inspect", &on).await.unwrap();
    assert_eq!(seen[0]["counts"]["active"], 0);
    assert_eq!(seen[0]["counts"]["failed"], 1, "the story left one");
}
