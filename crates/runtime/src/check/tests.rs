//! The connection test against servers that are as they should be, and that are not.

#![allow(clippy::unwrap_used, reason = "a test")]

use super::*;
use crate::{EmbeddedPlace, GraphPlace, ProductionPlace};
use heliograph_bullmq::BullConfig;
use heliograph_engine::ports::SystemClock;
use heliograph_mongo::MongoConfig;
use heliograph_redis::{BehindSettings, RedisConfig};
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::Redis;

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn profile(redis: &str, mongo: &str, database: &str) -> Profile {
    Profile {
        name: "shop".to_owned(),
        guard: GuardLevel::Observe,
        place: Place::Production(Box::new(ProductionPlace {
            redis: RedisConfig::new(redis),
            mongo: MongoConfig::new(mongo.into(), database),
            queue: BullConfig::new(redis.into(), "hooks"),
            behind: BehindSettings::default(),
        })),
        ..Profile::default()
    }
}

fn find<'a>(checks: &'a [Check], name: &str) -> &'a Check {
    let found = checks.iter().find(|check| check.name == name);
    found.unwrap_or_else(|| panic!("{name} is missing: {checks:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_set_of_servers_is_told_what_it_lacks_and_gets_its_indexes_on_request() {
    let redis = Redis::start().unwrap();
    let mongod = Mongod::start().unwrap();
    let mut connection = redis.connection().unwrap();
    let () = ::redis::cmd("SET")
        .arg("workspace:1")
        .arg("null")
        .query(&mut connection)
        .unwrap();
    let profile = profile(&redis.url(), &mongod.url(), "doctor");
    let options = CheckOptions::default();
    let checks = check(&profile, &options, &clock()).await;
    for name in [
        "guard",
        "redis.connection",
        "redis.role",
        "redis.eviction",
        "redis.persistence",
        "mongo.connection",
        "mongo.topology",
        "queue.connection",
        "queue.clients",
        "redis.agreement",
        "mongo.refused",
        "mongo.ids",
    ] {
        assert_eq!(find(&checks, name).outcome, CheckOutcome::Ok, "{checks:#?}");
    }
    // Nobody has named the Graph API.
    let instagram = find(&checks, "instagram");
    assert_eq!(instagram.outcome, CheckOutcome::Warning, "{instagram:?}");
    let expiry = find(&checks, "redis.expiry");
    assert_eq!(expiry.outcome, CheckOutcome::Warning);
    assert!(expiry.says.contains("workspace:1"), "{expiry:?}");
    let database = find(&checks, "mongo.database");
    assert_eq!(database.outcome, CheckOutcome::Failed);
    assert!(database.says.contains("is empty"), "{database:?}");
    let indexes = find(&checks, "mongo.indexes");
    assert_eq!(indexes.outcome, CheckOutcome::Failed);
    assert!(indexes.to_do.as_ref().unwrap().contains("--create-indexes"));
    assert_eq!(worst(&checks), CheckOutcome::Failed);

    let options = CheckOptions {
        create_indexes: true,
        ..options
    };
    let checks = check(&profile, &options, &clock()).await;
    assert_eq!(
        find(&checks, "mongo.indexes").outcome,
        CheckOutcome::Ok,
        "{checks:#?}"
    );
    let checks = check(&profile, &CheckOptions::default(), &clock()).await;
    assert_eq!(
        find(&checks, "mongo.database").outcome,
        CheckOutcome::Ok,
        "{checks:#?}"
    );
    assert_eq!(worst(&checks), CheckOutcome::Warning, "{checks:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_loses_things_or_is_not_there_is_named_with_what_to_do() {
    let redis = Redis::with(&[
        "--maxmemory",
        "100mb",
        "--maxmemory-policy",
        "allkeys-lru",
        "--appendonly",
        "no",
    ])
    .unwrap();
    let () = ::redis::cmd("CONFIG")
        .arg("SET")
        .arg("requirepass")
        .arg("hunter2")
        .query(&mut redis.connection().unwrap())
        .unwrap();
    let port = redis.port();
    let nobody = "mongodb://reader:hunter3@127.0.0.1:1";
    let options = CheckOptions::default();
    let refused = profile(
        &format!("redis://:wrong@127.0.0.1:{port}"),
        nobody,
        "doctor",
    );
    let checks = check(&refused, &options, &clock()).await;
    let connection = find(&checks, "redis.connection");
    assert_eq!(connection.outcome, CheckOutcome::Failed);
    assert!(
        connection.says.contains("refused the user or the password"),
        "{connection:?}"
    );
    let connection = find(&checks, "mongo.connection");
    assert_eq!(connection.outcome, CheckOutcome::Failed);
    assert!(connection.to_do.is_some());

    let lossy = profile(
        &format!("redis://:hunter2@127.0.0.1:{port}"),
        nobody,
        "doctor",
    );
    let checks = check(&lossy, &options, &clock()).await;
    for name in ["redis.eviction", "redis.persistence"] {
        assert_eq!(
            find(&checks, name).outcome,
            CheckOutcome::Failed,
            "{checks:#?}"
        );
    }
    let shown = format!("{checks:?}");
    for secret in ["hunter2", "hunter3", "wrong@"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_of_the_queue_alone_is_looked_at_as_the_caches_is() {
    let (redis, mongod) = (Redis::start().unwrap(), Mongod::start().unwrap());
    let queue = Redis::with(&[
        "--maxmemory",
        "100mb",
        "--maxmemory-policy",
        "volatile-lru",
        "--appendonly",
        "no",
    ])
    .unwrap();
    let at = |url: &str| {
        let mut profile = profile(&redis.url(), &mongod.url(), "doctor");
        let Place::Production(place) = &mut profile.place else {
            panic!("it is on servers");
        };
        place.queue.url = url.into();
        profile
    };
    let options = CheckOptions::default();
    let checks = check(&at(&queue.url()), &options, &clock()).await;
    for name in [
        "redis.eviction",
        "redis.persistence",
        "queue.connection",
        "queue.role",
    ] {
        assert_eq!(find(&checks, name).outcome, CheckOutcome::Ok, "{checks:#?}");
    }
    for (name, says) in [
        ("queue.eviction", "volatile-lru"),
        ("queue.persistence", "loses all jobs that wait"),
    ] {
        let found = find(&checks, name);
        assert_eq!(found.outcome, CheckOutcome::Failed, "{found:?}");
        assert!(found.says.contains(says), "{found:?}");
    }

    let mut admin = queue.connection().unwrap();
    let () = ::redis::cmd("REPLICAOF")
        .arg("127.0.0.1")
        .arg(1)
        .query(&mut admin)
        .unwrap();
    let checks = check(&at(&queue.url()), &options, &clock()).await;
    let role = find(&checks, "queue.role");
    assert_eq!(role.outcome, CheckOutcome::Failed, "{checks:#?}");

    // What is wrong with the way there is told as exactly as for the cache's.
    let () = ::redis::cmd("CONFIG")
        .arg("SET")
        .arg("requirepass")
        .arg("hunter2")
        .query(&mut admin)
        .unwrap();
    let port = queue.port();
    for (url, says, to_do) in [
        ("redis://127.0.0.1:1".to_owned(), "refused", "Start Redis"),
        (
            format!("redis://:wrong@127.0.0.1:{port}"),
            "refused the user or the password",
            "Check the user and the password",
        ),
        (
            "redis://no-such-host.invalid".to_owned(),
            "is not known",
            "DNS",
        ),
        (
            format!("rediss://:hunter2@127.0.0.1:{port}"),
            "TLS",
            "--redis-ca",
        ),
    ] {
        let checks = check(&at(&url), &options, &clock()).await;
        let connection = find(&checks, "queue.connection");
        assert_eq!(connection.outcome, CheckOutcome::Failed, "{connection:?}");
        assert!(connection.says.contains(says), "{url}: {connection:?}");
        let advice = connection.to_do.as_deref().unwrap();
        assert!(advice.contains(to_do), "{url}: {connection:?}");
        assert!(!format!("{checks:?}").contains("wrong@"), "{checks:?}");
    }
}

#[tokio::test]
async fn an_embedded_profile_is_looked_at_without_making_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.sqlite");
    let at = |path: &Path| Profile {
        place: Place::Embedded(EmbeddedPlace::at(DatabasePlace::File(path.to_owned()))),
        ..Profile::default()
    };
    let options = CheckOptions::default();
    let checks = check(&at(&path), &options, &clock()).await;
    assert_eq!(find(&checks, "database").outcome, CheckOutcome::Warning);
    assert!(!path.exists());
    std::fs::write(&path, "no database").unwrap();
    let checks = check(&at(&path), &options, &clock()).await;
    assert_eq!(find(&checks, "database").outcome, CheckOutcome::Failed);

    let plain = Profile {
        instagram: InstagramPlace::Graph(GraphPlace::new(Some("http://graph.example"), None)),
        ..at(&path)
    };
    let checks = check(&plain, &options, &clock()).await;
    assert!(
        find(&checks, "instagram").says.contains("no TLS"),
        "{checks:?}"
    );
}
