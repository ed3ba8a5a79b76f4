//! Redis going away and coming back.

use crate::rig::{self, depth_becomes, done, open, redis, take, take_one, until};
use heliograph_engine::conformance::samples::{START, delivery};
use heliograph_engine::ports::{Finished, PortError, Queue};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_redis_is_restarted() {
    let mut redis = redis();
    let mut config = rig::config(&redis);
    config.lock_duration = Duration::from_secs(2);
    let queue = open(config).await;
    for n in 0..3 {
        queue.push(delivery(&n.to_string(), START)).await.unwrap();
    }
    let mut taken = take(&queue, 1).await;
    while taken.len() < 2 {
        taken.extend(take(&queue, 1).await);
    }
    // What redis-server has not written to its file yet is not part of this test.
    tokio::time::sleep(Duration::from_millis(1_500)).await;

    redis.kill();
    // Said while it is away: it may or may not be written, and then comes again.
    queue
        .finish(vec![Finished::Done(taken[0].id)])
        .await
        .unwrap();
    let refused = queue.push(delivery("lost", START)).await.unwrap_err();
    assert!(matches!(refused, PortError::Unavailable(_)), "{refused:?}");
    assert!(refused.is_transient());
    redis.restart().unwrap();

    let pushed = until(
        "pushing works again",
        || queue.push(delivery("after", START)),
        Result::is_ok,
    )
    .await;
    pushed.unwrap();
    done(&queue, &taken[1..]).await;
    let mut bodies = std::collections::BTreeSet::new();
    while !["2", "after"].iter().all(|body| bodies.contains(*body)) {
        let one = take_one(&queue).await;
        bodies.insert(String::from_utf8_lossy(&one.delivery.body).into_owned());
        done(&queue, &[one]).await;
    }
    // Whatever comes again of what was taken before is finished, and then there is none.
    let drain = async {
        loop {
            let again = queue.take(10).await.unwrap();
            done(&queue, &again).await;
        }
    };
    tokio::select! {
        () = drain => {}
        () = depth_becomes(&queue, (0, 0, 0, 0)) => {}
    }
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_stands_still_is_unavailable_and_no_more() {
    let redis = redis();
    let queue = open(rig::config(&redis)).await;
    queue.push(delivery("1", START)).await.unwrap();
    redis.process().signal("STOP").unwrap();
    let refused = queue.push(delivery("2", START)).await.unwrap_err();
    assert!(matches!(refused, PortError::Unavailable(_)), "{refused:?}");
    redis.process().signal("CONT").unwrap();
    let one = take_one(&queue).await;
    assert_eq!(one.delivery.body, "1");
    done(&queue, &[one]).await;
    queue.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_wrong_is_no_outage_and_is_not_told() {
    let redis = heliograph_servers::redis::Redis::start().unwrap();
    let mut connection = redis.connection().unwrap();
    ::redis::cmd("CONFIG")
        .arg("SET")
        .arg("requirepass")
        .arg("right")
        .query::<()>(&mut connection)
        .unwrap();
    let url = redis.url().replace("redis://", "redis://:wrong-one@");
    let config = heliograph_bullmq::BullConfig::new(url.into(), rig::QUEUE);
    let clock = std::sync::Arc::new(heliograph_engine::ports::SystemClock);
    let error = heliograph_bullmq::BullQueue::connect(config, clock)
        .await
        .unwrap_err();
    assert!(
        matches!(error, heliograph_bullmq::BullError::Refused(_)),
        "{error:?}"
    );
    assert!(
        !format!("{error} {error:?}").contains("wrong-one"),
        "{error:?}"
    );
}
