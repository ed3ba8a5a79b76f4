//! Looking after jobs that Node adds, fails and completes.

use crate::rig::{self, node, node_sees, node_worker, open, redis, until, webhook};
use heliograph_bullmq::BullQueue;
use heliograph_engine::conformance::samples::{START, delivery};
use heliograph_engine::ports::{JobLine, JobState, Jobs, PortError, Queue};
use heliograph_model::JobId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn jobs(queue: &BullQueue) -> &dyn Jobs {
    queue
}

async fn list(queue: &BullQueue, state: JobState) -> Vec<JobLine> {
    jobs(queue).list(state, 0, 100).await.unwrap()
}

fn ids(lines: &[JobLine]) -> Vec<JobId> {
    lines.iter().map(|line| line.id.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_worker_failed_is_seen_whole_retried_and_completed() {
    let redis = redis();
    let add = json!({
        "name": "webhook", "data": { "webhook": webhook("1"), "note": "kept" },
        "opts": { "attempts": 1 },
    });
    let queue = open(rig::config(&redis)).await;
    assert_eq!(
        jobs(&queue)
            .figures()
            .await
            .unwrap()
            .counted
            .unwrap()
            .completed,
        0
    );
    node(&redis, "add", add).await;
    let work = json!({
        "work": "fail", "fail": "no such luck", "times": 1, "quiet": true, "name": "shop-1",
    });
    let mut worker = node_worker(&redis, work).await;
    assert_eq!(worker.says("reason").await.unwrap(), "no such luck");

    let failed = list(&queue, JobState::Failed).await;
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].reason.as_deref(), Some("no such luck"));
    assert_eq!(failed[0].attempts, 1);
    let job = jobs(&queue).job(&failed[0].id).await.unwrap().unwrap();
    assert_eq!(job.state, Some(JobState::Failed));
    assert!(job.stacks[0].contains("Error: no such luck"), "{job:?}");
    assert!(job.stacks[0].contains("work.mjs"), "{job:?}");
    assert_eq!(job.worker.as_deref(), Some("shop-1"));
    assert_eq!(job.most_attempts, Some(1));
    assert!(job.data.contains("\"note\":\"kept\""));
    let body: Value = serde_json::from_str(&job.body.unwrap()).unwrap();
    assert_eq!(body, webhook("1"));
    assert!(job.line.added_at <= job.line.started_at);
    assert!(job.line.started_at <= job.line.ended_at);
    let workers = jobs(&queue).workers().await.unwrap().unwrap();
    assert_eq!(workers.len(), 1);
    assert_eq!(workers[0].name.as_deref(), Some("shop-1"));
    assert_eq!(workers[0].program, None, "no worker of ours");

    assert_eq!(jobs(&queue).retry(&ids(&failed)).await.unwrap(), 1);
    assert_eq!(
        worker.says("completed").await.unwrap(),
        failed[0].id.as_str()
    );
    let opened_by = jobs(&queue).figures().await.unwrap().opened_by.unwrap();
    assert!(opened_by.starts_with("BullMQ 6."), "{opened_by}");
    let figures = until(
        "it is completed",
        || async { jobs(&queue).figures().await.unwrap() },
        |now| now.completed == Some(1),
    )
    .await;
    let counted = figures.counted.unwrap();
    assert_eq!(
        (counted.added, counted.completed, counted.failed),
        (1, 1, 1),
        "that it came once and both ends are counted"
    );
    let completed = list(&queue, JobState::Completed).await;
    assert_eq!(ids(&completed), ids(&failed));
    let job = jobs(&queue).job(&completed[0].id).await.unwrap().unwrap();
    assert!(job.result.unwrap().contains("\"by\":\"node\""));
    assert_eq!(job.line.reason, None, "the old reason is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_discarded_comes_back_as_node_knew_it() {
    let redis = redis();
    let add = json!({ "name": "x", "data": { "webhook": webhook("{n}") }, "count": 3 });
    node(&redis, "add", add).await;
    let work = json!({ "work": "fail", "fail": "no", "quiet": true });
    let mut worker = node_worker(&redis, work).await;
    for _ in 0..3 {
        worker.says("reason").await.unwrap();
    }
    drop(worker);
    let queue = open(rig::config(&redis)).await;
    let before = node_sees(&redis, "failed").await;
    let failed = ids(&list(&queue, JobState::Failed).await);
    let discarded = jobs(&queue)
        .discard(JobState::Failed, &failed)
        .await
        .unwrap();
    assert_eq!((discarded.removed, discarded.kept.len()), (3, 3));
    assert_eq!(node_sees(&redis, "failed").await, Vec::<Value>::new());
    assert_eq!(jobs(&queue).restore(&discarded.kept).await.unwrap().jobs, 3);
    assert_eq!(node_sees(&redis, "failed").await, before);
    assert_eq!(jobs(&queue).restore(&discarded.kept).await.unwrap().jobs, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_in_the_order_of_its_turn() {
    let redis = redis();
    let job = |name: &str, opts: Value| json!({ "name": name, "data": {}, "opts": opts });
    let all = json!([
        job("urgent", json!({ "priority": 2 })),
        job("first", json!({})),
        job("second", json!({})),
        job("pushed in front", json!({ "lifo": true })),
        job("in an hour", json!({ "delay": 3_600_000 })),
        job("in a minute", json!({ "delay": 60_000 })),
    ]);
    node(&redis, "add", json!({ "jobs": all })).await;
    let queue = open(rig::config(&redis)).await;
    let names = |lines: Vec<JobLine>| -> Vec<String> {
        lines.into_iter().filter_map(|line| line.name).collect()
    };
    let waiting = ["pushed in front", "first", "second", "urgent"];
    assert_eq!(names(list(&queue, JobState::Waiting).await), waiting);
    for at in 0..4 {
        let page = jobs(&queue).list(JobState::Waiting, at, 2).await.unwrap();
        assert_eq!(names(page), waiting[at..(at + 2).min(4)]);
    }
    let delayed = list(&queue, JobState::Delayed).await;
    let minute = delayed[0]
        .due_at
        .unwrap()
        .since(delayed[0].added_at.unwrap());
    assert!((59_000..=61_000).contains(&minute), "{minute}");
    assert_eq!(names(delayed), ["in a minute", "in an hour"]);
    let figures = jobs(&queue).figures().await.unwrap();
    assert_eq!((figures.waiting, figures.delayed), (4, 2));
}

/// Every read, and then what Redis holds.
#[tokio::test(flavor = "multi_thread")]
async fn looking_writes_nothing() {
    let redis = redis();
    let add = json!({ "name": "x", "data": { "webhook": webhook("1") } });
    node(&redis, "add", add).await;
    // The order of a hash's fields is Redis' own and changes by itself.
    let dump = || {
        let mut connection = redis.connection().unwrap();
        let keys: Vec<String> = ::redis::cmd("KEYS")
            .arg("*")
            .query(&mut connection)
            .unwrap();
        let each = keys.into_iter().map(|key| {
            let hash = ::redis::cmd("HGETALL").arg(&key).to_owned();
            let held = match hash.query::<BTreeMap<String, String>>(&mut connection) {
                Ok(fields) => format!("{fields:?}"),
                Err(_) => {
                    let whole = ::redis::cmd("DUMP").arg(&key).to_owned();
                    format!("{:?}", whole.query::<Vec<u8>>(&mut connection).unwrap())
                }
            };
            (key, held)
        });
        each.collect::<BTreeMap<_, _>>()
    };
    let before = dump();
    let queue = open(rig::config(&redis)).await;
    for _ in 0..2 {
        jobs(&queue).figures().await.unwrap();
    }
    for state in JobState::ALL {
        list(&queue, state).await;
    }
    jobs(&queue).job(&"1".into()).await.unwrap().unwrap();
    jobs(&queue).workers().await.unwrap();
    queue.is_paused().await.unwrap();
    assert_eq!(dump(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_version_5_paused_is_resumed_only_with_merging() {
    let redis = redis();
    let add = |text: &str| {
        let data = json!({ "webhook": webhook(text) });
        json!({ "library": "bullmq5", "name": "x", "data": data })
    };
    node(&redis, "add", add("1")).await;
    node(&redis, "pause", json!({ "library": "bullmq5" })).await;
    let queue = open(rig::config(&redis)).await;
    queue
        .push(delivery(&webhook("2").to_string(), START))
        .await
        .unwrap();
    let figures = jobs(&queue).figures().await.unwrap();
    assert!(figures.paused);
    assert_eq!((figures.waiting, figures.parked), (2, 1));
    assert!(figures.warnings.iter().any(|say| say.contains("BullMQ 5")));
    assert_eq!(list(&queue, JobState::Waiting).await.len(), 2);
    let refused = jobs(&queue).resume(false).await.unwrap_err();
    assert!(matches!(refused, PortError::Other(_)), "{refused}");
    assert!(refused.to_string().contains("merging"), "{refused}");
    jobs(&queue).resume(true).await.unwrap();
    let figures = jobs(&queue).figures().await.unwrap();
    assert_eq!(
        (figures.paused, figures.waiting, figures.parked),
        (false, 2, 0)
    );
}

/// How a queue lies in Redis, as Node sees it.
async fn states(redis: &heliograph_servers::redis::Redis) -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    for state in ["waiting", "prioritized", "delayed", "paused"] {
        all.push(node_sees(redis, state).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_removed_and_comes_back_where_it_was() {
    let redis = redis();
    let job = |name: &str, opts: Value| json!({ "name": name, "data": {}, "opts": opts });
    let all = json!([
        job("first", json!({})),
        job("second", json!({})),
        job(
            "third",
            json!({ "deduplication": { "id": "one-of-a-kind" } })
        ),
        job("urgent", json!({ "priority": 2 })),
        job("urgent too", json!({ "priority": 2 })),
        job("in an hour", json!({ "delay": 3_600_000 })),
        job("in a minute", json!({ "delay": 60_000 })),
    ]);
    node(&redis, "add", json!({ "jobs": all })).await;
    // A client of version 5 adds to the same lists.
    let five = json!({ "library": "bullmq5", "name": "of version 5", "data": {} });
    node(&redis, "add", five).await;
    let queue = open(rig::config(&redis)).await;
    let before = states(&redis).await;
    let waiting = ids(&list(&queue, JobState::Waiting).await);
    let delayed = ids(&list(&queue, JobState::Delayed).await);
    assert_eq!((waiting.len(), delayed.len()), (6, 2));
    let other = jobs(&queue)
        .discard(JobState::Waiting, &delayed)
        .await
        .unwrap();
    assert_eq!(other.removed, 0, "what is delayed does not wait");

    let mut gone = jobs(&queue)
        .discard(JobState::Waiting, &waiting[1..])
        .await
        .unwrap();
    let later = jobs(&queue)
        .discard(JobState::Delayed, &delayed)
        .await
        .unwrap();
    assert_eq!((gone.removed, later.removed), (5, 2));
    gone.kept.extend(later.kept);
    let left = states(&redis).await;
    assert_eq!(left.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0, 0, 0]);
    let keys = |pattern: &str| -> Vec<String> {
        let mut keys = ::redis::cmd("KEYS");
        keys.arg(pattern)
            .query(&mut redis.connection().unwrap())
            .unwrap()
    };
    assert_eq!(keys("*:de:*"), Vec::<String>::new(), "as BullMQ removes it");

    gone.kept.reverse();
    assert_eq!(jobs(&queue).restore(&gone.kept).await.unwrap().jobs, 7);
    assert_eq!(
        states(&redis).await,
        before,
        "in their places, with all that is in them"
    );
    assert_eq!(jobs(&queue).restore(&gone.kept).await.unwrap().jobs, 0);

    // A worker that begins now does the rest, in order.
    let again = jobs(&queue)
        .discard(JobState::Waiting, &waiting[1..2])
        .await
        .unwrap();
    assert_eq!(again.removed, 1);
    let mut worker = node_worker(&redis, json!({ "quiet": true })).await;
    for id in [0, 2, 3, 4, 5] {
        let done = worker.says("completed").await.unwrap();
        assert_eq!(done, waiting[id].as_str());
    }
    // And one that waits for work is woken by what comes back.
    assert_eq!(jobs(&queue).restore(&again.kept).await.unwrap().jobs, 1);
    assert_eq!(worker.says("completed").await.unwrap(), waiting[1].as_str());
}

/// A worker takes jobs as fast as it can while a person removes them.
#[tokio::test(flavor = "multi_thread")]
async fn beside_a_node_worker_each_job_is_either_done_or_removed() {
    const MANY: usize = 2_000;
    let redis = redis();
    let add = json!({ "name": "x", "data": {}, "count": MANY });
    node(&redis, "add", add).await;
    let queue = open(rig::config(&redis)).await;
    let waiting = jobs(&queue).list(JobState::Waiting, 0, MANY).await.unwrap();
    let mut worker = node_worker(&redis, json!({ "quiet": true, "concurrency": 20 })).await;
    worker.says("completed").await.unwrap();
    let mut last = ids(&waiting);
    last.reverse();
    let removed = jobs(&queue)
        .discard(JobState::Waiting, &last)
        .await
        .unwrap();
    let figures = until(
        "the worker is through",
        || async { jobs(&queue).figures().await.unwrap() },
        |now| (now.waiting, now.active) == (0, 0),
    )
    .await;
    let done = figures.completed.unwrap();
    assert!(
        removed.removed > 0 && done > 0,
        "{} and {done}",
        removed.removed
    );
    assert_eq!(removed.removed + done, MANY as u64);
    assert_eq!((figures.failed, figures.delayed), (0, 0));
    assert_eq!(removed.kept.len() as u64, removed.removed);
    let completed = list_all(&queue, JobState::Completed, MANY).await;
    for kept in &removed.kept {
        assert!(!completed.contains(&kept.id), "{} was done too", kept.id);
    }
}

async fn list_all(queue: &BullQueue, state: JobState, most: usize) -> Vec<JobId> {
    ids(&jobs(queue).list(state, 0, most).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_version_5_put_aside_is_removed_and_put_back_there() {
    let redis = redis();
    let add = |text: &str| {
        let data = json!({ "webhook": webhook(text) });
        json!({ "library": "bullmq5", "name": "x", "data": data })
    };
    node(&redis, "add", add("1")).await;
    node(&redis, "add", add("2")).await;
    node(&redis, "pause", json!({ "library": "bullmq5" })).await;
    let queue = open(rig::config(&redis)).await;
    assert_eq!(jobs(&queue).figures().await.unwrap().parked, 2);
    let waiting = ids(&list(&queue, JobState::Waiting).await);
    let gone = jobs(&queue)
        .discard(JobState::Waiting, &waiting[..1])
        .await
        .unwrap();
    assert_eq!(gone.removed, 1);
    assert_eq!(jobs(&queue).figures().await.unwrap().parked, 1);
    assert_eq!(jobs(&queue).restore(&gone.kept).await.unwrap().jobs, 1);
    assert_eq!(jobs(&queue).figures().await.unwrap().parked, 2);
    assert_eq!(ids(&list(&queue, JobState::Waiting).await), waiting);
    node(&redis, "resume", json!({ "library": "bullmq5" })).await;
    let mut worker = node_worker(&redis, json!({ "library": "bullmq5", "quiet": true })).await;
    for id in &waiting {
        assert_eq!(worker.says("completed").await.unwrap(), id.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_keeps_others_like_it_away_again() {
    let redis = redis();
    let job = |name: &str, deduplication: Value| json!({ "name": name, "data": {}, "opts": { "deduplication": deduplication } });
    let for_good = json!({ "id": "for good" });
    let hour = json!({ "id": "an hour", "ttl": 3_600_000 });
    let moment = json!({ "id": "a moment", "ttl": 3_000 });
    let again = json!([
        job("one", for_good),
        job("two", hour),
        job("three", moment),
        job("four", json!({ "id": "taken" })),
    ]);
    let add = json!({ "jobs": again });
    node(&redis, "add", add.clone()).await;
    let queue = open(rig::config(&redis)).await;
    let waiting = ids(&list(&queue, JobState::Waiting).await);
    assert_eq!(waiting.len(), 4);
    let gone = jobs(&queue)
        .discard(JobState::Waiting, &waiting)
        .await
        .unwrap();
    assert_eq!(gone.kept.len(), 4);
    node(&redis, "add", json!({ "jobs": [add["jobs"][3]] })).await;
    tokio::time::sleep(std::time::Duration::from_millis(3_100)).await;
    assert_eq!(jobs(&queue).restore(&gone.kept).await.unwrap().jobs, 4);
    let held = |id: &str| -> (Option<String>, i64) {
        let mut both = ::redis::pipe();
        let key = format!("bull:{}:de:{id}", rig::config(&redis).queue);
        both.cmd("GET").arg(&key).cmd("PTTL").arg(&key);
        both.query(&mut redis.connection().unwrap()).unwrap()
    };
    let own = |at: usize| Some(waiting[at].to_string());
    assert_eq!(held("for good"), (own(0), -1));
    let (named, left) = held("an hour");
    assert_eq!(named, own(1));
    assert!((1..3_597_000).contains(&left), "the time goes on: {left}");
    assert_eq!(held("a moment").0, None, "its time is over");
    let (named, _) = held("taken");
    assert!(named.is_some() && named != own(3), "another job has it");

    // Those of the first two ids are kept away, and that of the third is added.
    let before = jobs(&queue).figures().await.unwrap().waiting;
    node(&redis, "add", add).await;
    let figures = jobs(&queue).figures().await.unwrap();
    assert_eq!((before, figures.waiting), (5, 6));
}
