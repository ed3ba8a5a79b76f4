//! What the connection test sees of real servers, and TLS.

use heliograph_engine::ports::{Announcements, Heard, Stale};
use heliograph_redis::{Channels, Redis, RedisAnnouncements, RedisConfig, RedisError};
use heliograph_servers::redis::{Redis as Server, RedisCluster};
use heliograph_servers::tls::TlsRedis;
use redis::cmd;

async fn connect(url: &str) -> Redis {
    Redis::connect(&RedisConfig::new(url)).await.unwrap()
}

#[tokio::test]
async fn a_good_server_has_no_findings() {
    let server = Server::start().unwrap();
    let probe = connect(&server.url()).await.probe().await.unwrap();
    assert!(probe.version.split('.').count() >= 2, "{probe:?}");
    assert!(!probe.is_cluster);
    assert!(probe.round_trip_micros > 0);
    let [found] = probe.servers.as_slice() else {
        panic!("{probe:?}");
    };
    assert_eq!(found.persists(), Some(true));
    assert_eq!(found.snapshots.as_deref(), Some(""));
    assert_eq!(found.memory_limit, None);
    assert!(!found.evicts() && !found.is_replica);
    assert!(
        found.memory_used > 100_000 && found.clients >= 1,
        "{found:?}"
    );
    assert_eq!(probe.findings(), [""; 0]);
}

#[tokio::test]
async fn what_evicts_or_does_not_persist_is_told() {
    let server = Server::with(&[
        "--maxmemory",
        "10mb",
        "--maxmemory-policy",
        "allkeys-lru",
        "--appendonly",
        "no",
    ])
    .unwrap();
    let redis = connect(&server.url()).await;
    let probe = redis.probe().await.unwrap();
    let found = &probe.servers[0];
    assert!(found.evicts());
    assert_eq!(found.memory_limit, Some(10 << 20));
    assert_eq!(found.persists(), Some(false));
    let findings = probe.findings().join("\n");
    assert!(findings.contains("allkeys-lru"), "{findings}");
    assert!(findings.contains("does not persist"), "{findings}");

    // A user who may not ask for the configuration.
    let mut admin = server.connection().unwrap();
    let () = cmd("ACL")
        .arg(&[
            "SETUSER", "app", "on", ">pw", "~*", "&*", "+@all", "-config",
        ])
        .query(&mut admin)
        .unwrap();
    let url = server.url().replace("//", "//app:pw@");
    let probe = connect(&url).await.probe().await.unwrap();
    assert!(probe.servers[0].evicts());
    assert_eq!(probe.servers[0].persists(), None);
    let findings = probe.findings().join("\n");
    assert!(findings.contains("CONFIG is forbidden"), "{findings}");

    let () = cmd("REPLICAOF")
        .arg("127.0.0.1")
        .arg(1)
        .query(&mut admin)
        .unwrap();
    let probe = redis.probe().await.unwrap();
    assert!(probe.servers[0].is_replica);
    assert!(probe.findings()[0].contains("replica"), "{probe:?}");
}

#[tokio::test]
async fn a_cluster_is_looked_at_node_by_node() {
    let mut cluster = RedisCluster::start().unwrap();
    let () = cmd("CONFIG")
        .arg(&["SET", "appendonly", "no"])
        .query(&mut cluster.nodes()[1].connection().unwrap())
        .unwrap();
    let probe = connect(&cluster.urls()[0]).await.probe().await.unwrap();
    assert!(probe.is_cluster);
    assert_eq!(probe.servers.len(), 3);
    let port = cluster.nodes()[1].port();
    let [finding] = probe.findings().try_into().unwrap();
    assert!(finding.contains(&format!(":{port} ")), "{finding}");
}

#[tokio::test]
async fn over_tls_with_an_authority_of_ones_own() {
    let server = TlsRedis::start().unwrap();
    let url = format!("{}/2", server.url());
    let mut config = RedisConfig::new(url.as_str());
    config.ca_file = Some(server.ca_file());
    let redis = Redis::connect(&config).await.unwrap();
    let mut set = cmd("SET");
    set.arg("k").arg("over TLS");
    redis.commands().run::<()>(&set).await.unwrap();
    let plain = connect(&format!("{}/2", server.plain().url())).await;
    let found: String = plain.commands().run(cmd("GET").arg("k")).await.unwrap();
    assert_eq!(found, "over TLS");
    let worker = RedisAnnouncements::start(&redis, Channels::of(&redis));
    assert_eq!(worker.hear().await, Heard::Listening);
    let stale = Stale::Key("k".into());
    worker.announce(&stale).await.unwrap();
    assert_eq!(worker.hear().await, Heard::Stale(stale));

    // Nobody has told this one of our authority.
    let error = Redis::connect(&RedisConfig::new(url.as_str()))
        .await
        .unwrap_err();
    assert!(matches!(error, RedisError::Tls { .. }), "{error:?}");
    // Speaking plainly to it, or of a file that is none.
    let error = Redis::connect(&RedisConfig::new(url.replace("rediss", "redis")))
        .await
        .unwrap_err();
    assert!(matches!(error, RedisError::NotRedis { .. }), "{error:?}");
    config.ca_file = Some(server.ca_file().with_file_name("none.pem"));
    let error = Redis::connect(&config).await.unwrap_err();
    assert!(
        matches!(error, RedisError::Certificates { .. }),
        "{error:?}"
    );
}
