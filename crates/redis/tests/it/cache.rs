//! The cache on real servers: its story, beside a Node application, in races, by pattern.

use bytes::Bytes;
use heliograph_engine::conformance::{RealTime, cache_story};
use heliograph_engine::ports::{Cache, Lease, Lookup, PortError, Ttl};
use heliograph_redis::{Redis, RedisCache, RedisConfig};
use heliograph_servers::redis::{Redis as Server, RedisCluster};
use redis::cmd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

const LONG: i64 = 60_000;
const PATIENCE: Duration = Duration::from_secs(30);

async fn cache_at(config: RedisConfig) -> RedisCache {
    RedisCache::new(&Redis::connect(&config).await.unwrap())
}

async fn cache_on(server: &Server) -> RedisCache {
    cache_at(RedisConfig::new(server.url())).await
}

fn ask<T: redis::FromRedisValue>(server: &Server, command: &[&str]) -> T {
    let mut command = command.iter();
    let mut call = cmd(command.next().unwrap());
    for argument in command {
        call.arg(*argument);
    }
    call.query(&mut server.connection().unwrap()).unwrap()
}

async fn miss(cache: &RedisCache, key: &str) -> Lease {
    match cache.get(key).await.unwrap() {
        Lookup::Miss(lease) => lease,
        Lookup::Hit(value) => panic!("{key} is {value:?}"),
    }
}

fn text(value: &str) -> Bytes {
    Bytes::copy_from_slice(value.as_bytes())
}

#[tokio::test]
async fn a_server_is_a_cache() {
    let server = Server::start().unwrap();
    cache_story(&cache_on(&server).await, &RealTime).await;
}

#[tokio::test]
async fn a_cluster_is_a_cache() {
    let cluster = RedisCluster::start().unwrap();
    let cache = cache_at(RedisConfig::new(cluster.urls().join(","))).await;
    cache_story(&cache, &RealTime).await;

    // Keys in many slots at once.
    let keys: Vec<_> = (0..200).map(|n| format!("user_state:1:{n}")).collect();
    for key in &keys {
        cache.put(key, text("{}"), LONG).await.unwrap();
    }
    assert_eq!(cache.remove(&keys[..100]).await.unwrap(), 100);
    assert_eq!(cache.remove_matching("user_state:1:*").await.unwrap(), 100);
    for key in &keys {
        assert_eq!(cache.ttl(key).await.unwrap(), Ttl::Absent, "{key}");
    }
}

#[tokio::test]
async fn a_node_application_and_we_read_each_other() {
    let server = Server::start().unwrap();
    let cache = cache_on(&server).await;
    let json = r#"{"accountId":"1784","state":"awaiting_email","more":[1,2]}"#;
    // As ioredis does: redis.set(key, JSON.stringify(value), 'PX', 60000).
    let () = ask(&server, &["SET", "user_state:1784:9", json, "PX", "60000"]);
    assert_eq!(
        cache.get("user_state:1784:9").await.unwrap(),
        Lookup::Hit(text(json))
    );
    let () = ask(&server, &["SETEX", "workspace:1784", "60", "null"]);
    assert_eq!(
        cache.peek("workspace:1784").await.unwrap(),
        Some(text("null"))
    );

    cache
        .put("user_state:1784:8", text(json), LONG)
        .await
        .unwrap();
    let lease = miss(&cache, "user_state:1784:7").await;
    assert!(
        cache
            .fill("user_state:1784:7", lease, text(json), LONG)
            .await
            .unwrap()
    );
    for key in ["user_state:1784:8", "user_state:1784:7"] {
        let (found, left): (String, i64) =
            (ask(&server, &["GET", key]), ask(&server, &["PTTL", key]));
        assert_eq!(found, json);
        assert!((1..=LONG).contains(&left), "{left}");
    }

    // What Node writes while we load is not overwritten, although it voids no lease.
    let lease = miss(&cache, "user_state:1784:6").await;
    let () = ask(&server, &["SET", "user_state:1784:6", "newer"]);
    let filled = cache
        .fill("user_state:1784:6", lease, text("old"), LONG)
        .await;
    assert!(!filled.unwrap());
    assert_eq!(
        cache.get("user_state:1784:6").await.unwrap(),
        Lookup::Hit(text("newer"))
    );
}

#[tokio::test]
async fn hits_and_looks_leave_nothing_behind() {
    let server = Server::start().unwrap();
    let cache = cache_on(&server).await;
    cache.put("k", text("x"), LONG).await.unwrap();
    for _ in 0..3 {
        assert_eq!(cache.get("k").await.unwrap(), Lookup::Hit(text("x")));
        assert_eq!(cache.peek("absent").await.unwrap(), None);
    }
    assert_eq!(ask::<Vec<String>>(&server, &["KEYS", "*"]), ["k"]);
    let commands: String = ask(&server, &["INFO", "commandstats"]);
    assert!(!commands.contains("cmdstat_eval"), "a hit is a plain GET");

    // A lease does not stay either.
    miss(&cache, "absent").await;
    let lease = "{absent}:lease";
    let left: i64 = ask(&server, &["PTTL", lease]);
    assert!((1..=10_000).contains(&left), "{left}");
}

#[tokio::test]
async fn a_namespace_keeps_a_dry_run_apart() {
    let server = Server::start().unwrap();
    let mut config = RedisConfig::new(server.url());
    config.namespace = "dry[run]*:".to_owned();
    let cache = cache_at(config).await;
    let () = ask(&server, &["SET", "workspace:1", "live"]);
    miss(&cache, "workspace:1").await;
    cache.put("workspace:1", text("dry"), -1).await.unwrap();
    let report = cache.keys_without_expiry(9).await.unwrap();
    let workspaces = report.iter().find(|r| r.pattern == "workspace:*").unwrap();
    assert_eq!(workspaces.examples, ["workspace:1"]);
    assert_eq!(cache.remove_matching("*").await.unwrap(), 1);
    assert_eq!(ask::<Vec<String>>(&server, &["KEYS", "*"]), ["workspace:1"]);
}

/// Reads as the engine does: what is missing is loaded from the store, which takes a while.
async fn read_through(cache: &RedisCache, key: &str, store: &AtomicU64) {
    let Lookup::Miss(lease) = cache.get(key).await.unwrap() else {
        return;
    };
    let loaded = store.load(SeqCst);
    tokio::time::sleep(Duration::from_micros(fastrand::u64(..2_000))).await;
    let value = text(&loaded.to_string());
    cache.fill(key, lease, value, LONG).await.unwrap();
}

#[tokio::test]
async fn of_many_who_race_with_edits_none_puts_an_old_value_back() {
    let server = Server::start().unwrap();
    let (reader, editor) = (cache_on(&server).await, cache_on(&server).await);
    let (store, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let key = "automation:1:dm:all";
    let edit = async {
        let mut fills = 0;
        for edit in 1..=200_u64 {
            // Others are loading what was before when the edit comes.
            editor.remove(&[key.to_owned()]).await.unwrap();
            tokio::time::sleep(Duration::from_micros(fastrand::u64(..3_000))).await;
            store.store(edit, SeqCst);
            let value = text(&edit.to_string());
            match edit % 4 {
                0 => editor.put(key, value.clone(), 1).await.unwrap(),
                1 => editor.put(key, value.clone(), LONG).await.unwrap(),
                2 => drop(editor.remove(&[key.to_owned()]).await.unwrap()),
                _ => drop(editor.remove_matching("automation:1:*").await.unwrap()),
            }
            // What is seen from now on is this edit, or nothing yet.
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_micros(fastrand::u64(..1_500))).await;
                if let Some(found) = editor.peek(key).await.unwrap() {
                    assert_eq!(found, value, "after edit {edit}");
                    fills += u64::from(edit % 4 != 1);
                }
            }
        }
        is_over.store(true, SeqCst);
        assert!(fills > 30, "the readers did fill: {fills}");
    };
    let read = || read_until(&reader, key, &store, &is_over);
    tokio::join!(edit, read(), read(), read());
}

async fn read_until(cache: &RedisCache, key: &str, store: &AtomicU64, is_over: &AtomicBool) {
    while !is_over.load(SeqCst) {
        read_through(cache, key, store).await;
    }
}

#[tokio::test]
async fn nothing_but_the_cache_is_removed_by_any_pattern() {
    let server = Server::start().unwrap();
    let cache = cache_on(&server).await;
    let others = [
        "bull:instagram-webhooks:1",
        "heliograph:{1}:behind",
        "session:9",
    ];
    for other in others {
        let () = ask(&server, &["SET", other, "x"]);
    }
    cache.put("workspace:1", text("x"), LONG).await.unwrap();
    cache.put("user_state:1:2", text("x"), LONG).await.unwrap();
    let lease = miss(&cache, "automation:1:dm:all").await;
    assert_eq!(cache.remove_matching("*").await.unwrap(), 2);
    let filled = cache
        .fill("automation:1:dm:all", lease, text("old"), LONG)
        .await;
    assert!(!filled.unwrap());
    let mut left: Vec<String> = ask(&server, &["KEYS", "*"]);
    left.sort();
    assert_eq!(left, others);
}

#[tokio::test]
async fn removing_by_pattern_never_uses_keys() {
    let server = Server::start().unwrap();
    let cache = cache_on(&server).await;
    for n in 0..5_000 {
        let key = format!("automation:ws-{}:dm:{n}", n % 2);
        cache.put(&key, text("[]"), LONG).await.unwrap();
    }
    assert_eq!(
        cache.remove_matching("automation:ws-1:*").await.unwrap(),
        2_500
    );
    assert_eq!(ask::<u64>(&server, &["DBSIZE"]), 2_500);
    cache.keys_without_expiry(1).await.unwrap();
    let commands: String = ask(&server, &["INFO", "commandstats"]);
    assert!(commands.contains("cmdstat_scan:"), "{commands}");
    assert!(!commands.contains("cmdstat_keys:"), "{commands}");
}

#[tokio::test]
async fn keys_without_expiry_are_reported_and_then_expire() {
    let mut cluster = RedisCluster::start().unwrap();
    let cache = cache_at(RedisConfig::new(cluster.urls().remove(0))).await;
    for n in 0..40 {
        let ttl = if n % 4 == 0 { -1 } else { LONG };
        let key = format!("user_state:1:{n}");
        cache.put(&key, text("{}"), ttl).await.unwrap();
    }
    cache.put("elsewhere", text("{}"), -1).await.unwrap();
    let report = cache.keys_without_expiry(3).await.unwrap();
    let states = report.iter().find(|r| r.pattern == "user_state:*").unwrap();
    assert_eq!((states.keys, states.without_expiry), (40, 10), "{report:?}");
    assert_eq!(states.examples.len(), 3);
    assert!(
        states
            .examples
            .iter()
            .all(|key| key.starts_with("user_state:1:"))
    );
    assert_eq!(cache.ttl("user_state:1:0").await.unwrap(), Ttl::Forever);

    let given = cache.expire_keys_without_expiry("user_state:*", LONG).await;
    assert_eq!(given.unwrap(), 10);
    assert!(matches!(
        cache.ttl("user_state:1:0").await.unwrap(),
        Ttl::Millis(_)
    ));
    assert_eq!(cache.ttl("elsewhere").await.unwrap(), Ttl::Forever);
    let report = cache.keys_without_expiry(3).await.unwrap();
    assert!(report.iter().all(|r| r.without_expiry == 0), "{report:?}");
    for node in cluster.nodes() {
        let commands: String = ask(node, &["INFO", "commandstats"]);
        assert!(!commands.contains("cmdstat_keys:"), "{commands}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable_and_comes_back() {
    let mut server = Server::start().unwrap();
    let mut config = RedisConfig::new(server.url());
    config.response_timeout = Duration::from_millis(300);
    let cache = cache_at(config).await;
    cache.put("k", text("x"), LONG).await.unwrap();

    server.process().signal("STOP").unwrap();
    for _ in 0..3 {
        is_unavailable(&cache).await;
    }
    server.process().signal("CONT").unwrap();
    until_hit(&cache, "k").await;

    server.kill();
    is_unavailable(&cache).await;
    server.restart().unwrap();
    // Its append-only file has kept the key; what it forgot are the scripts.
    until_hit(&cache, "k").await;
    let lease = miss(&cache, "other").await;
    assert!(cache.fill("other", lease, text("y"), LONG).await.unwrap());
}

async fn is_unavailable(cache: &RedisCache) {
    let began = Instant::now();
    let errors = [
        cache.get("k").await.err(),
        cache.put("k", text("x"), LONG).await.err(),
        cache.remove(&["k2".to_owned()]).await.err(),
    ];
    assert!(began.elapsed() < Duration::from_secs(5));
    for error in errors {
        assert!(
            matches!(error, Some(PortError::Unavailable(_))),
            "{error:?}"
        );
    }
}

async fn until_hit(cache: &RedisCache, key: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match cache.get(key).await {
            Ok(Lookup::Hit(_)) => return,
            Ok(Lookup::Miss(_)) => panic!("{key} was lost"),
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
