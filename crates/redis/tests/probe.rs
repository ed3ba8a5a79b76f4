//! What the connection test sees of real servers, and TLS.

#![allow(clippy::unwrap_used, reason = "a test")]

use heliograph_engine::ports::{Announcements, Heard, Stale};
use heliograph_redis::{Channels, Redis, RedisAnnouncements, RedisConfig, RedisError};
use heliograph_servers::process::{data_folder, free_port};
use heliograph_servers::redis::{Redis as Server, RedisCluster};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use redis::cmd;
use std::path::Path;

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

/// An authority of our own and a certificate for the loopback address, as PEM files.
fn certificates(folder: &Path) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let server = CertificateParams::new(names).unwrap();
    let server_pem = server.signed_by(&key, &issuer).unwrap().pem();
    for (name, pem) in [
        ("ca.pem", authority_pem),
        ("server.pem", server_pem),
        ("server.key", key.serialize_pem()),
    ] {
        std::fs::write(folder.join(name), pem).unwrap();
    }
}

#[tokio::test]
async fn over_tls_with_an_authority_of_ones_own() {
    let folder = data_folder("redis-tls").unwrap();
    certificates(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let port = free_port().unwrap();
    let server = Server::with(&[
        "--tls-port",
        &port.to_string(),
        "--tls-cert-file",
        &path("server.pem"),
        "--tls-key-file",
        &path("server.key"),
        "--tls-ca-cert-file",
        &path("ca.pem"),
        "--tls-auth-clients",
        "no",
    ])
    .unwrap();
    let url = format!("rediss://127.0.0.1:{port}/2");
    let mut config = RedisConfig::new(url.as_str());
    config.ca_file = Some(folder.path().join("ca.pem"));
    let redis = Redis::connect(&config).await.unwrap();
    let mut set = cmd("SET");
    set.arg("k").arg("over TLS");
    redis.commands().run::<()>(&set).await.unwrap();
    let plain = connect(&format!("{}/2", server.url())).await;
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
    config.ca_file = Some(folder.path().join("none.pem"));
    let error = Redis::connect(&config).await.unwrap_err();
    assert!(
        matches!(error, RedisError::Certificates { .. }),
        "{error:?}"
    );
}
