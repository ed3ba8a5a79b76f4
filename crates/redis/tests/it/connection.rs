//! Connections to real servers: alone, as a cluster, over TLS, gone and back.

use heliograph_redis::{Redis, RedisConfig, RedisError, Script};
use heliograph_servers::redis::{Redis as Server, RedisCluster};
use redis::cmd;
use std::time::{Duration, Instant};

/// How long something may take that takes no time on an idle machine.
const PATIENCE: Duration = Duration::from_secs(30);

async fn connect(url: &str) -> Redis {
    Redis::connect(&RedisConfig::new(url)).await.unwrap()
}

async fn refusal(url: &str) -> RedisError {
    Redis::connect(&RedisConfig::new(url)).await.unwrap_err()
}

async fn ping(redis: &Redis) -> Result<String, RedisError> {
    redis.commands().run(&cmd("PING")).await
}

#[tokio::test]
async fn a_server_alone() {
    let server = Server::start().unwrap();
    let redis = connect(&format!("{}/3", server.url())).await;
    assert!(!redis.is_cluster());
    let mut commands = redis.commands();
    let () = commands
        .run(cmd("SET").arg("key").arg("in 3"))
        .await
        .unwrap();
    let (found, missing): (String, Option<String>) = commands
        .run_all(redis::pipe().get("key").get("other"))
        .await
        .unwrap();
    assert_eq!((found.as_str(), missing), ("in 3", None));
    let elsewhere: Option<String> = redis::cmd("GET")
        .arg("key")
        .query(&mut server.connection().unwrap())
        .unwrap();
    assert_eq!(elsewhere, None, "the address names database 3");

    // A script is sent once, and again after the server has forgotten it.
    let script = Script::new("return {KEYS[1], ARGV[1], ARGV[2]}");
    for _ in 0..2 {
        let said: Vec<String> = script
            .on(&["key"])
            .arg("a")
            .arg(7)
            .run(&mut commands)
            .await
            .unwrap();
        assert_eq!(said, ["key", "a", "7"]);
        let () = commands.run(cmd("SCRIPT").arg("FLUSH")).await.unwrap();
    }
}

#[tokio::test]
async fn a_cluster_is_found_out_and_scripts_go_to_their_keys() {
    let cluster = RedisCluster::start().unwrap();
    let redis = connect(&cluster.urls()[1]).await;
    assert!(redis.is_cluster());
    let mut commands = redis.commands();
    let script =
        Script::new("redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])");
    for n in 0..30 {
        let key = format!("key{n}");
        let said: String = script.on(&[&key]).arg(n).run(&mut commands).await.unwrap();
        assert_eq!(said, n.to_string());
    }
    // Blocking on one's own connection leaves the shared one free.
    let own = redis.dedicated().await.unwrap();
    let waits = tokio::spawn(async move {
        own.run::<(String, String)>(cmd("BLPOP").arg("list").arg(0))
            .await
    });
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(ping(&redis).await.unwrap(), "PONG");
    let _: i64 = commands
        .run(cmd("RPUSH").arg("list").arg("x"))
        .await
        .unwrap();
    assert_eq!(waits.await.unwrap().unwrap().1, "x");
}

#[tokio::test]
async fn what_is_wrong_is_told() {
    let server = Server::start().unwrap();
    let mut admin = server.connection().unwrap();
    let error = refusal(&format!("{}/99", server.url())).await;
    assert!(
        matches!(error, RedisError::Database { number: 99, .. }),
        "{error:?}"
    );
    let error = refusal(&server.url().replace("redis:", "rediss:")).await;
    assert!(matches!(error, RedisError::Tls { .. }), "{error:?}");
    let () = cmd("CONFIG")
        .arg(&["SET", "requirepass", "letmein"])
        .query(&mut admin)
        .unwrap();
    let with = |password: &str| server.url().replace("//", &format!("//{password}@"));
    for url in [server.url(), with(":wrong"), with("nobody:letmein")] {
        let error = refusal(&url).await;
        assert!(
            matches!(error, RedisError::Authentication { .. }),
            "{error:?}"
        );
        assert!(!error.to_string().contains("letmein"), "{error}");
    }
    assert_eq!(
        ping(&connect(&with(":letmein")).await).await.unwrap(),
        "PONG"
    );

    let error = refusal("redis://127.0.0.1:1").await;
    assert!(matches!(error, RedisError::Refused { .. }), "{error:?}");
    let error = refusal("redis://no-such-host.invalid").await;
    assert!(matches!(error, RedisError::Dns { .. }), "{error:?}");
    let error = refusal("http://127.0.0.1").await;
    assert!(matches!(error, RedisError::Address(_)), "{error:?}");
}

#[tokio::test]
async fn it_comes_back_by_itself() {
    let mut server = Server::start().unwrap();
    let redis = connect(&server.url()).await;
    assert_eq!(ping(&redis).await.unwrap(), "PONG");

    // Stopped: nobody waits longer than was said.
    server.process().signal("STOP").unwrap();
    let began = Instant::now();
    let error = ping(&redis).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(5), "{error}");
    server.process().signal("CONT").unwrap();
    until_it_answers(&redis).await;

    // Gone.
    server.kill();
    let mut errors = 0;
    for _ in 0..5 {
        let began = Instant::now();
        if let Err(error) = ping(&redis).await {
            assert!(error.is_transient(), "{error:?}");
            errors += 1;
        }
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "it waits too long"
        );
    }
    assert_eq!(errors, 5);
    server.restart().unwrap();
    until_it_answers(&redis).await;
}

async fn until_it_answers(redis: &Redis) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = ping(redis).await {
        assert!(error.is_transient(), "{error:?}");
        assert!(Instant::now() < deadline, "it does not come back: {error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_full_or_a_read_only_server_is_unavailable() {
    let server = Server::start().unwrap();
    let redis = connect(&server.url()).await;
    let mut admin = server.connection().unwrap();
    let set = |admin: &mut redis::Connection, name: &str, value: &str| {
        let () = cmd("CONFIG")
            .arg(&["SET", name, value])
            .query(admin)
            .unwrap();
    };
    let script = Script::new("return redis.call('SET', KEYS[1], 'x')");
    let mut commands = redis.commands();
    set(&mut admin, "maxmemory", "1");
    let error = commands
        .run::<()>(cmd("SET").arg("key").arg("x"))
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    let error = script
        .on(&["key"])
        .run::<()>(&mut commands)
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    let error = commands
        .run_all::<()>(redis::pipe().atomic().get("key").set("key", "x"))
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    set(&mut admin, "maxmemory", "0");
    let () = cmd("REPLICAOF")
        .arg("127.0.0.1")
        .arg(1)
        .query(&mut admin)
        .unwrap();
    let error = script
        .on(&["key"])
        .run::<()>(&mut commands)
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}
