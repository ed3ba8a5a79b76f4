//! Workers that die while they hold jobs.

use crate::rig::{
    self, depth_becomes, done, node, node_sees, node_worker, open, redis, take_one, text, until,
    webhook,
};
use heliograph_bullmq::BullConfig;
use heliograph_engine::ports::Queue;
use heliograph_servers::redis::Redis;
use secrecy::SecretString;
use serde_json::json;
use std::process::Command;
use std::time::Duration;

const REDIS: &str = "HELIOGRAPH_TEST_REDIS";
const LOCK: Duration = Duration::from_millis(1_000);

fn brief(redis: &Redis) -> BullConfig {
    let mut config = rig::config(redis);
    config.lock_duration = LOCK;
    config.stalls_allowed = 1;
    config
}

async fn add_one(redis: &Redis) {
    let add = json!({ "name": "x", "data": { "webhook": webhook("1") } });
    node(redis, "add", add).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_node_worker_held_comes_here() {
    let redis = redis();
    add_one(&redis).await;
    let hold = json!({ "work": "hold", "lockDuration": 1_000, "stalledInterval": 500 });
    let mut worker = node_worker(&redis, hold).await;
    worker.says("took").await.unwrap();
    worker.kill().await.unwrap();
    let queue = open(brief(&redis)).await;
    let one = take_one(&queue).await;
    assert_eq!((text(&one).as_str(), one.attempt), ("1", 2));
    done(&queue, &[one]).await;
    depth_becomes(&queue, (0, 0, 0, 0)).await;
    let completed = node_sees(&redis, "completed").await;
    assert_eq!(completed[0]["stalledCounter"], 1);
    queue.close().await;
}

/// Run by the test below in a process of its own, which it kills.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_holds_a_job() {
    let Ok(url) = std::env::var(REDIS) else {
        return;
    };
    let mut config = BullConfig::new(SecretString::from(url), rig::QUEUE);
    config.lock_duration = LOCK;
    let queue = open(config).await;
    let one = take_one(&queue).await;
    assert_eq!(text(&one), "1");
    // The lock is renewed for as long as this process lives.
    tokio::time::sleep(LOCK * 3).await;
    std::process::abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_held_when_we_died_comes_to_node() {
    let redis = redis();
    add_one(&redis).await;
    let url = redis.url();
    let ours = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "stalling::the_process_that_holds_a_job"])
            .env(REDIS, url)
            .output()
            .unwrap()
    });
    // It waits for the job that ours will hold, and looks for stalled ones.
    tokio::time::sleep(LOCK).await;
    let wait = json!({ "lockDuration": 1_000, "stalledInterval": 500 });
    let mut worker = node_worker(&redis, wait).await;
    let job = worker.says("took").await.unwrap();
    assert_eq!(job["attemptsStarted"], 2);
    assert!(
        ours.is_finished() || ours.await.is_ok(),
        "it was dead by then"
    );
    worker.says("completed").await.unwrap();
    let completed = node_sees(&redis, "completed").await;
    assert_eq!(completed[0]["stalledCounter"], 1);
}

async fn both_are_held(redis: &Redis) {
    let active = || async {
        let mut connection = redis.connection().unwrap();
        let mut active = ::redis::cmd("LLEN");
        active.arg("bull:webhooks:active");
        active.query::<u64>(&mut connection).unwrap()
    };
    until("both are fetched", active, |active| *active == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_hold_when_we_close_is_given_back_at_once() {
    let redis = redis();
    let add = json!({ "name": "x", "data": { "webhook": webhook("{n}") }, "count": 3 });
    node(&redis, "add", add).await;
    // Thirty seconds of lock: nothing here is found by stalling.
    let queue = open(rig::config(&redis)).await;
    let one = take_one(&queue).await;
    depth_becomes(&queue, (2, 1, 0, 0)).await;
    done(&queue, &[one]).await;
    let _unfinished = take_one(&queue).await;
    both_are_held(&redis).await;
    queue.close().await;
    assert!(queue.take(1).await.is_err(), "it is closed");
    depth_becomes(&queue, (2, 0, 0, 0)).await;

    // Dropping it does the same, a moment later.
    let queue = open(rig::config(&redis)).await;
    let one = take_one(&queue).await;
    assert_eq!(
        (text(&one).as_str(), one.attempt),
        ("1", 2),
        "it is the next one again"
    );
    both_are_held(&redis).await;
    drop(queue);
    let look = open(rig::config(&redis)).await;
    depth_becomes(&look, (2, 0, 0, 0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_loses_its_worker_too_often_fails_and_can_be_retried() {
    let redis = redis();
    add_one(&redis).await;
    let hold = json!({
        "work": "hold", "lockDuration": 500, "stalledInterval": 300, "maxStalledCount": 1,
    });
    for _ in 0..2 {
        let mut worker = node_worker(&redis, hold.clone()).await;
        worker.says("took").await.unwrap();
        worker.kill().await.unwrap();
    }
    let queue = open(brief(&redis)).await;
    let waiting = tokio::time::timeout(Duration::from_secs(5), queue.take(1)).await;
    assert!(
        waiting.is_err(),
        "it is not handed out any more: {waiting:?}"
    );
    depth_becomes(&queue, (0, 0, 0, 1)).await;
    let failed = queue.failed(0, 10).await.unwrap();
    assert!(failed[0].reason.contains("stalled"), "{}", failed[0].reason);
    queue.retry(&failed[0].id).await.unwrap();
    let one = take_one(&queue).await;
    assert_eq!(one.attempt, 1);
    done(&queue, &[one]).await;
    depth_becomes(&queue, (0, 0, 0, 0)).await;
    queue.close().await;
}
