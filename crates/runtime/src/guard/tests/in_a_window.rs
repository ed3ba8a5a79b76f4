//! A window on real servers: what makes it a worker, and what does not.

use crate::{InstagramPlace, Place, ProductionPlace, Profile, Runtime};
use heliograph_bullmq::BullConfig;
use heliograph_engine::conformance::samples;
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_model::{GuardLevel, Millis};
use heliograph_mongo::MongoConfig;
use heliograph_redis::{BehindSettings, RedisConfig};
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::Redis;
use std::sync::Arc;
use std::time::Duration;

/// An event-less webhook: it is finished as soon as somebody takes it.
const WEBHOOK: &str = r#"{"object":"instagram","entry":[]}"#;

async fn waiting(runtime: &Runtime) -> u64 {
    let depth = runtime.engine().depth().await.expect("it reads");
    depth.waiting + depth.active
}

async fn push(runtime: &Runtime) {
    let delivery = samples::delivery(WEBHOOK, SystemClock.now());
    runtime.queue().push(delivery).await.expect("it is live");
}

async fn drained(runtime: &Runtime) {
    let drained = async {
        while waiting(runtime).await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let patience = Duration::from_secs(20);
    let in_time = tokio::time::timeout(patience, drained).await;
    in_time.expect("the window takes the job");
}

/// Longer than a worker waits before it asks a refusing guard again.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(1_500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_takes_jobs_only_while_that_is_switched_on_and_as_often_as_it_is() {
    let redis = Redis::start().expect("redis-server starts");
    let mongod = Mongod::start().expect("mongod starts");
    let place = ProductionPlace {
        redis: RedisConfig::new(redis.url()),
        mongo: MongoConfig::new(mongod.url().into(), "window"),
        queue: BullConfig::new(redis.url().into(), "hooks"),
        behind: BehindSettings::default(),
    };
    let profile = Profile {
        name: "shop".to_owned(),
        guard: GuardLevel::Observe,
        place: Place::Production(Box::new(place)),
        instagram: InstagramPlace::Simulated { strict: false },
        ..Profile::default()
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let runtime = Runtime::open_at_hand(profile, clock, None).await;
    let runtime = runtime.expect("the servers are there");
    runtime.guard().arm(Millis::HOUR).expect("it observes");
    let mut connection = redis.connection().expect("it answers");
    let mut workers = move || {
        redis::cmd("EXISTS")
            .arg("heliograph:workers")
            .query::<bool>(&mut connection)
            .expect("it answers")
    };

    push(&runtime).await;
    a_while().await;
    assert_eq!(waiting(&runtime).await, 1, "live alone takes no job");
    assert!(!workers(), "nor does anybody hear of the window");
    for _ in 0..2 {
        runtime.let_work(true).await.expect("it is live");
        drained(&runtime).await;
        runtime.let_work(false).await.expect("at any time");
        a_while().await;
        push(&runtime).await;
        a_while().await;
        assert_eq!(waiting(&runtime).await, 1, "it is off again");
    }
    runtime.let_work(true).await.expect("it is live");
    drained(&runtime).await;
    assert!(workers(), "the others know of it while it works");
    runtime.guard().disarm();
    assert!(!runtime.guard().works_here());
    runtime.stop().await;
}
