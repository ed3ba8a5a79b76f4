//! The story of a queue's jobs.

use super::passing::Passing;
use super::samples::{START, delivery};
use super::{SOON, soon};
use crate::ports::{Finished, JobFigures, JobLine, JobState, Jobs, PutBack, Queue};
use heliograph_model::{Delivery, DeliveryId, JobId};
use std::time::Duration;

async fn figures(jobs: &dyn Jobs) -> JobFigures {
    jobs.figures().await.expect("the queue answers")
}

async fn list(jobs: &dyn Jobs, state: JobState) -> Vec<JobLine> {
    jobs.list(state, 0, 100).await.expect("the queue answers")
}

fn ids(lines: &[JobLine]) -> Vec<JobId> {
    lines.iter().map(|line| line.id.clone()).collect()
}

/// Asks until the figures are as expected, which is at once where the queue is exact.
async fn becomes(
    jobs: &dyn Jobs,
    time: &dyn Passing,
    why: &str,
    good: impl Fn(&JobFigures) -> bool,
) -> JobFigures {
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        let now = figures(jobs).await;
        if good(&now) {
            return now;
        }
        assert!(
            !time.is_exact() && tokio::time::Instant::now() < deadline,
            "{why}: {now:?}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn take(queue: &dyn Queue) -> Delivery {
    soon("taking a delivery", queue.take(1))
        .await
        .expect("the queue answers")
        .remove(0)
}

async fn finish(queue: &dyn Queue, finished: Finished) {
    queue
        .finish(vec![finished])
        .await
        .expect("the queue answers");
}

/// Walks over everything that somebody who looks after a queue relies on. `jobs` are those
/// of `queue`, which begins empty.
pub async fn jobs_story(queue: &dyn Queue, jobs: &dyn Jobs, time: &dyn Passing) {
    let empty = figures(jobs).await;
    assert_eq!(
        (empty.waiting, empty.active, empty.delayed, empty.failed),
        (0, 0, 0, 0),
        "the story begins empty"
    );
    assert_eq!(empty.oldest_waiting, None);
    assert_eq!((empty.oldest_active, empty.next_due), (None, None));
    assert_eq!((empty.oldest_failed, empty.newest_failed), (None, None));
    assert!(!empty.paused);
    assert_eq!(jobs.job(&"9999".into()).await.expect("it answers"), None);

    // What waits is listed in the order in which it is handed out, a page at a time.
    for body in ["first", "second", "third"] {
        queue
            .push(delivery(body, START))
            .await
            .expect("the queue takes it");
    }
    let now = figures(jobs).await;
    assert_eq!((now.waiting, now.active), (3, 0));
    assert!(now.oldest_waiting.is_some(), "something waits");
    assert_eq!(now.oldest_active, None, "nobody has taken any");
    if let (Some(before), Some(now)) = (empty.counted, now.counted) {
        assert_eq!(now.added - before.added, 3, "what comes is counted");
    }
    let waiting = list(jobs, JobState::Waiting).await;
    assert_eq!(waiting.len(), 3);
    let middle = jobs.list(JobState::Waiting, 1, 1).await.expect("it lists");
    assert_eq!(middle, waiting[1..2], "a page of one");
    for (line, body) in waiting.iter().zip(["first", "second", "third"]) {
        let job = jobs.job(&line.id).await.expect("it answers");
        let job = job.expect("it is there");
        assert_eq!(job.state, Some(JobState::Waiting));
        assert_eq!(job.body.as_deref(), Some(body), "as it was pushed");
        assert!(job.data.contains(body));
        assert_eq!((job.line.attempts, &job.line.id), (0, &line.id));
    }
    let mut asked = ids(&waiting);
    asked.insert(1, "9999".into());
    let webhooks = jobs.webhooks(&asked, 1_000).await.expect("it answers");
    let text = |body: &str| Some(body.to_owned());
    let wanted = [text("first"), None, text("second"), text("third")];
    assert_eq!(webhooks, wanted, "in the order in which they are asked for");
    let webhooks = jobs.webhooks(&asked, 4).await.expect("it answers");
    assert_eq!(webhooks, vec![None; 4], "what is larger is left out");
    assert_eq!(jobs.webhooks(&[], 1_000).await.expect("it answers"), []);

    // A pause stops what is handed out, and nothing else.
    assert!(!queue.is_paused().await.expect("it answers"));
    jobs.pause().await.expect("it pauses");
    assert!(figures(jobs).await.paused);
    assert!(queue.is_paused().await.expect("it answers"));
    let nothing = tokio::time::timeout(Duration::from_millis(200), queue.take(1)).await;
    assert!(
        nothing.is_err(),
        "it is paused, and yet there was {nothing:?}"
    );
    assert_eq!(figures(jobs).await.waiting, 3);
    jobs.resume(false).await.expect("it resumes");
    assert!(!figures(jobs).await.paused);

    let failed = fail_all(queue, jobs, time).await;
    put_back(queue, jobs, time, &failed).await;
    promote(queue, jobs, time).await;
    remove_waiting(queue, jobs, time).await;
    remove_delayed(queue, jobs, time).await;
    let rest = ids(&list(jobs, JobState::Failed).await);
    let discarded = jobs
        .discard(JobState::Failed, &rest)
        .await
        .expect("it discards");
    assert_eq!((rest.len(), discarded.removed), (1, 1), "one was left");
    jobs.workers().await.expect("it answers");
}

/// Takes all three, and lets them fail. Answers with the lines, the latest first.
async fn fail_all(queue: &dyn Queue, jobs: &dyn Jobs, time: &dyn Passing) -> Vec<JobLine> {
    for reason in ["no account 1", "no account 2", "unreadable"] {
        let taken = take(queue).await;
        // The one before may be listed a moment too long, and the next ones be held already.
        let active = list(jobs, JobState::Active).await;
        let tried = active.iter().find(|line| line.attempts == 0);
        let began = tried.expect("its first try has not ended").started_at;
        assert!(began.is_some_and(|at| at <= time.now()), "{began:?}");
        let oldest = figures(jobs).await.oldest_active;
        assert!(oldest.is_some_and(|at| at <= time.now()), "{oldest:?}");
        finish(
            queue,
            Finished::Dead {
                id: taken.id,
                error: reason.into(),
            },
        )
        .await;
        // One after the other, so that they have an order.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let now = becomes(jobs, time, "three failed", |now| {
        now.failed == 3 && now.active == 0
    })
    .await;
    assert_eq!(now.waiting, 0);
    if let Some(counted) = now.counted {
        assert_eq!(
            (counted.added, counted.completed, counted.failed),
            (3, 0, 3),
            "they are counted"
        );
    }
    let failed = list(jobs, JobState::Failed).await;
    let reasons: Vec<_> = failed.iter().map(|line| line.reason.as_deref()).collect();
    assert_eq!(
        reasons,
        [
            Some("unreadable"),
            Some("no account 2"),
            Some("no account 1")
        ],
        "the latest first"
    );
    assert!(failed.iter().all(|line| line.attempts == 1), "{failed:?}");
    assert!(failed.iter().all(|line| line.ended_at.is_some()));
    assert_eq!(
        (now.oldest_failed, now.newest_failed),
        (failed[2].ended_at, failed[0].ended_at)
    );
    let job = jobs.job(&failed[0].id).await.expect("it answers");
    let job = job.expect("it is there");
    assert_eq!(job.state, Some(JobState::Failed));
    assert_eq!(job.body.as_deref(), Some("third"));
    failed
}

/// Retries one, discards two, takes one of these back.
async fn put_back(queue: &dyn Queue, jobs: &dyn Jobs, time: &dyn Passing, failed: &[JobLine]) {
    let [third, second, first] = &ids(failed)[..] else {
        panic!("three failed");
    };
    let unknown = JobId::from("9999");
    let retried = jobs.retry(&[first.clone(), unknown.clone()]).await;
    assert_eq!(
        retried.expect("it retries"),
        1,
        "what is not there is passed over"
    );
    let again = take(queue).await;
    assert_eq!(again.delivery.body, "first");
    assert_eq!(again.attempt, 1, "as if it had never been tried");
    let twice = jobs.retry(std::slice::from_ref(first)).await;
    assert_eq!(twice.expect("it answers"), 0, "it is active");
    finish(queue, Finished::Done(again.id)).await;
    let now = becomes(jobs, time, "one is done", |now| {
        now.active == 0 && now.counted.is_none_or(|counted| counted.completed == 1)
    })
    .await;
    assert_eq!((now.waiting, now.failed), (0, 2));

    let discarded = jobs
        .discard(JobState::Failed, &[second.clone(), third.clone(), unknown])
        .await;
    let discarded = discarded.expect("it discards");
    assert_eq!(discarded.removed, 2);
    assert_eq!(figures(jobs).await.failed, 0);
    assert_eq!(jobs.job(second).await.expect("it answers"), None);
    let none = jobs
        .discard(JobState::Failed, std::slice::from_ref(second))
        .await;
    assert_eq!(none.expect("it answers").removed, 0);

    assert_eq!(discarded.kept.len(), 2, "both can be put back");
    let restored = jobs.restore(&discarded.kept).await;
    assert_eq!(restored.expect("it restores").jobs, 2);
    assert_eq!(
        list(jobs, JobState::Failed).await,
        failed[..2],
        "as they were, in their order"
    );
    let again = jobs.restore(&discarded.kept).await;
    assert_eq!(again.expect("it answers").jobs, 0, "they are there");
    assert_eq!(figures(jobs).await.failed, 2);
    let retried = jobs.retry(std::slice::from_ref(third)).await;
    assert_eq!(retried.expect("it retries"), 1, "what came back is whole");
    let again = take(queue).await;
    assert_eq!(again.delivery.body, "third");
    finish(queue, Finished::Done(again.id)).await;
}

/// What is delayed is handed out at once when somebody wants it.
async fn promote(queue: &dyn Queue, jobs: &dyn Jobs, time: &dyn Passing) {
    queue
        .push(delivery("later", START))
        .await
        .expect("the queue takes it");
    let taken = take(queue).await;
    let at = time.now() + 3_600_000;
    finish(
        queue,
        Finished::Retry {
            id: taken.id,
            at,
            error: "the store was away".into(),
        },
    )
    .await;
    let now = becomes(jobs, time, "one is delayed", |now| now.delayed == 1).await;
    let delayed = list(jobs, JobState::Delayed).await;
    assert_eq!(delayed.len(), 1);
    assert_eq!(now.next_due, delayed[0].due_at);
    assert_eq!(delayed[0].attempts, 1);
    let due = delayed[0].due_at.expect("it has a time");
    assert!((due.since(at)).abs() <= 1_000, "{due:?} is not {at:?}");
    let job = jobs.job(&delayed[0].id).await.expect("it answers");
    assert_eq!(job.expect("it is there").state, Some(JobState::Delayed));
    let promoted = jobs.promote(&ids(&delayed)).await;
    assert_eq!(promoted.expect("it promotes"), 1);
    let again = take(queue).await;
    assert_eq!(again.delivery.body, "later");
    assert_eq!(again.attempt, 2);
    let twice = jobs.promote(&ids(&delayed)).await;
    assert_eq!(twice.expect("it answers"), 0, "it is active");
    finish(queue, Finished::Done(again.id)).await;
    becomes(jobs, time, "all is done", |now| {
        (now.waiting, now.active, now.delayed) == (0, 0, 0)
    })
    .await;
}

/// What waits is removed before anybody takes it, and put back in its place.
async fn remove_waiting(queue: &dyn Queue, jobs: &dyn Jobs, time: &dyn Passing) {
    // A queue that holds jobs in advance would have them before they can be removed.
    jobs.pause().await.expect("it pauses");
    let mut deliveries = Vec::new();
    for body in ["one", "two", "three", "four"] {
        let pushed = queue.push(delivery(body, START)).await;
        deliveries.push(pushed.expect("the queue takes it"));
        // So that they have an order by time.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let waiting = list(jobs, JobState::Waiting).await;
    let [_, two, three, _] = &ids(&waiting)[..] else {
        panic!("four wait: {waiting:?}");
    };
    for other in [JobState::Failed, JobState::Delayed, JobState::Active] {
        let none = jobs.discard(other, std::slice::from_ref(two)).await;
        let none = none.expect("it answers");
        assert_eq!(
            (none.removed, none.kept.len()),
            (0, 0),
            "it is not {other:?}"
        );
    }
    let wanted = [three.clone(), two.clone(), "9999".into()];
    let removed = jobs.discard(JobState::Waiting, &wanted).await;
    let removed = removed.expect("it removes");
    assert_eq!((removed.removed, removed.kept.len()), (2, 2));
    let two_and_three = |mut ids: Vec<DeliveryId>| {
        ids.sort_unstable();
        assert_eq!(
            ids,
            deliveries[1..3],
            "it tells which deliveries they carry"
        );
    };
    two_and_three(removed.deliveries.clone());
    assert_eq!(jobs.job(two).await.expect("it answers"), None);
    assert_eq!(figures(jobs).await.waiting, 2);
    let again = jobs.discard(JobState::Waiting, &wanted).await;
    assert_eq!(again.expect("it answers").removed, 0, "they are gone");

    let back = jobs.restore(&removed.kept).await.expect("it restores");
    assert_eq!(back.jobs, 2);
    two_and_three(back.deliveries);
    let again = jobs.restore(&removed.kept).await;
    assert_eq!(
        again.expect("it answers"),
        PutBack::default(),
        "they are there"
    );
    assert_eq!(figures(jobs).await.waiting, 4);
    assert_eq!(
        list(jobs, JobState::Waiting).await,
        waiting,
        "in their places"
    );
    let last = jobs.discard(JobState::Waiting, std::slice::from_ref(two));
    assert_eq!(last.await.expect("it removes").removed, 1);
    jobs.resume(false).await.expect("it resumes");
    for body in ["one", "three", "four"] {
        let taken = take(queue).await;
        assert_eq!(
            taken.delivery.body, body,
            "what was removed is not handed out"
        );
        assert_eq!(taken.attempt, 1);
        let active = list(jobs, JobState::Active).await;
        let active = active.last().expect("one is active");
        let held = jobs.discard(JobState::Waiting, std::slice::from_ref(&active.id));
        assert_eq!(held.await.expect("it answers").removed, 0, "it was taken");
        finish(queue, Finished::Done(taken.id)).await;
    }
    becomes(jobs, time, "all is done", |now| {
        (now.waiting, now.active) == (0, 0)
    })
    .await;
}

/// What is to be handed out later is removed, and put back with its time and its tries.
async fn remove_delayed(queue: &dyn Queue, jobs: &dyn Jobs, time: &dyn Passing) {
    queue
        .push(delivery("much later", START))
        .await
        .expect("the queue takes it");
    let taken = take(queue).await;
    let at = time.now() + 3_600_000;
    let error = "the store was away".into();
    finish(
        queue,
        Finished::Retry {
            id: taken.id,
            at,
            error,
        },
    )
    .await;
    becomes(jobs, time, "one is delayed", |now| now.delayed == 1).await;
    let delayed = list(jobs, JobState::Delayed).await;
    let removed = jobs.discard(JobState::Delayed, &ids(&delayed)).await;
    let removed = removed.expect("it removes");
    assert_eq!((removed.removed, removed.kept.len()), (1, 1));
    assert_eq!(figures(jobs).await.delayed, 0);
    let back = jobs.restore(&removed.kept).await.expect("it restores");
    assert_eq!((back.jobs, back.deliveries), (1, vec![taken.id]));
    assert_eq!(list(jobs, JobState::Delayed).await, delayed, "as it was");
    assert_eq!(jobs.promote(&ids(&delayed)).await.expect("it promotes"), 1);
    let again = take(queue).await;
    assert_eq!(again.delivery.body, "much later");
    assert_eq!(again.attempt, 2);
    finish(queue, Finished::Done(again.id)).await;
    becomes(jobs, time, "all is done", |now| {
        (now.waiting, now.active, now.delayed) == (0, 0, 0)
    })
    .await;
}
