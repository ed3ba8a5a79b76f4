//! A Redis, queues on it, and Node beside them.

use heliograph_bullmq::{BullConfig, BullQueue};
use heliograph_engine::ports::{Finished, Queue, SystemClock};
use heliograph_model::Delivery;
use heliograph_servers::node::{self, Peer};
use heliograph_servers::redis::Redis;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long anything may take to come true.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// The name of the queue of every test; each test has a Redis of its own.
pub(crate) const QUEUE: &str = "webhooks";

pub(crate) fn redis() -> Redis {
    Redis::start().unwrap()
}

pub(crate) fn config(redis: &Redis) -> BullConfig {
    BullConfig::new(SecretString::from(redis.url()), QUEUE)
}

pub(crate) async fn open(config: BullConfig) -> BullQueue {
    BullQueue::connect(config, Arc::new(SystemClock))
        .await
        .unwrap()
}

/// What a Node program gets: where the queue is, and more.
pub(crate) fn on(redis: &Redis, mut more: Value) -> Value {
    more["redis"] = redis.url().into();
    more["queue"] = QUEUE.into();
    more
}

/// Runs a Node program on the queue to its end.
pub(crate) async fn node(redis: &Redis, program: &str, more: Value) -> Vec<Value> {
    node::run(program, &on(redis, more)).await.unwrap()
}

/// Starts a Node worker and waits until it works.
pub(crate) async fn node_worker(redis: &Redis, more: Value) -> Peer {
    let mut peer = Peer::start("work", &on(redis, more)).unwrap();
    peer.says("ready").await.unwrap();
    peer
}

/// The jobs of a state as Node sees them.
pub(crate) async fn node_sees(redis: &Redis, state: &str) -> Vec<Value> {
    let lines = node(redis, "inspect", json!({ "states": [state] })).await;
    let jobs = lines.into_iter().skip(1);
    jobs.map(|mut line| line["job"].take()).collect()
}

/// A webhook with one message whose text is numbered by whoever adds it.
pub(crate) fn webhook(text: &str) -> Value {
    json!({
        "object": "instagram",
        "entry": [{
            "id": "17841400000000001",
            "time": 1_795_478_400_000_i64,
            "messaging": [{
                "sender": { "id": "501" },
                "recipient": { "id": "17841400000000001" },
                "timestamp": 1_795_478_400_000_i64,
                "message": { "mid": format!("mid-{text}"), "text": text },
            }],
        }],
    })
}

/// The text of the message in a delivery.
pub(crate) fn text(delivery: &Delivery) -> String {
    let body: Value = serde_json::from_slice(&delivery.delivery.body).unwrap();
    let text = &body["entry"][0]["messaging"][0]["message"]["text"];
    text.as_str().unwrap().to_owned()
}

pub(crate) async fn take(queue: &BullQueue, most: usize) -> Vec<Delivery> {
    tokio::time::timeout(SOON, queue.take(most))
        .await
        .expect("a delivery comes")
        .unwrap()
}

pub(crate) async fn take_one(queue: &BullQueue) -> Delivery {
    take(queue, 1).await.remove(0)
}

pub(crate) async fn done(queue: &BullQueue, deliveries: &[Delivery]) {
    let ends = deliveries.iter().map(|one| Finished::Done(one.id));
    queue.finish(ends.collect()).await.unwrap();
}

/// Takes and finishes this many, and sees that no more come; the texts in the order of
/// arrival.
pub(crate) async fn drain(queue: &BullQueue, many: usize) -> Vec<String> {
    let mut texts = Vec::new();
    while texts.len() < many {
        let taken = take(queue, 100).await;
        texts.extend(taken.iter().map(text));
        done(queue, &taken).await;
    }
    let more = tokio::time::timeout(Duration::from_millis(300), queue.take(1)).await;
    assert!(more.is_err(), "{many} were all, and yet there was {more:?}");
    texts
}

/// Asks until the answer is what is expected.
pub(crate) async fn until<T, F>(what: &str, ask: impl Fn() -> F, good: impl Fn(&T) -> bool) -> T
where
    T: std::fmt::Debug,
    F: Future<Output = T>,
{
    let deadline = Instant::now() + SOON;
    loop {
        let answer = ask().await;
        if good(&answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what}; at last: {answer:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// (waiting, active, delayed, dead)
pub(crate) async fn depth(queue: &BullQueue) -> (u64, u64, u64, u64) {
    let depth = queue.depth().await.unwrap();
    (depth.waiting, depth.active, depth.delayed, depth.dead)
}

pub(crate) async fn depth_becomes(queue: &BullQueue, expected: (u64, u64, u64, u64)) {
    let what = format!("the depths become {expected:?}");
    until(&what, || depth(queue), |depth| *depth == expected).await;
}
