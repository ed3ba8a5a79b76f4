//! Looking at keys on real servers: the story, a cluster, and what other applications keep.

use bytes::Bytes;
use heliograph_engine::conformance::{RealTime, keys_story};
use heliograph_engine::ports::{Cache, KeyValue, Keys, Ttl};
use heliograph_redis::{Redis, RedisCache, RedisConfig};
use heliograph_servers::redis::{Redis as Server, RedisCluster};
use redis::cmd;
use std::collections::BTreeSet;

async fn cache_at(config: RedisConfig) -> RedisCache {
    RedisCache::new(&Redis::connect(&config).await.unwrap())
}

fn ask<T: redis::FromRedisValue>(server: &Server, command: &[&str]) -> T {
    let mut call = cmd(command[0]);
    for argument in &command[1..] {
        call.arg(*argument);
    }
    call.query(&mut server.connection().unwrap()).unwrap()
}

#[tokio::test]
async fn a_server_shows_its_keys() {
    let server = Server::start().unwrap();
    let cache = cache_at(RedisConfig::new(server.url())).await;
    keys_story(&cache, &cache, &RealTime).await;
}

#[tokio::test]
async fn a_cluster_shows_the_keys_of_every_primary() {
    let cluster = RedisCluster::start().unwrap();
    let cache = cache_at(RedisConfig::new(cluster.urls().join(","))).await;
    keys_story(&cache, &cache, &RealTime).await;
    let servers = cache.servers().await.unwrap();
    assert_eq!(servers.len(), 3, "{servers:?}");
    assert!(
        servers.iter().all(|server| server.keys > 0),
        "the keys are on all of them: {servers:?}"
    );
    // Keys of many slots are opened at once.
    let keys: Vec<_> = (10..60).map(|n| format!("user_state:1:{n}")).collect();
    let opened = cache.open(&keys).await.unwrap();
    for (key, opened) in keys.iter().zip(opened) {
        assert_eq!(opened.unwrap().found.key, *key);
    }
}

#[tokio::test]
async fn what_is_not_cached_is_not_shown_and_what_is_no_text_says_so() {
    let server = Server::start().unwrap();
    let mut config = RedisConfig::new(server.url());
    config.namespace = "shop[1]:".to_owned();
    let cache = cache_at(config).await;
    let () = ask(&server, &["SET", "shop[1]:bull:jobs:1", "{}"]);
    let () = ask(&server, &["SET", "user_state:1:1", "{}"]);
    let _: u64 = ask(&server, &["HSET", "shop[1]:user_state:1:2", "state", "x"]);
    let value = Bytes::from_static(b"{}");
    cache.put("user_state:1:3", value, 60_000).await.unwrap();
    // A key with a hash tag of its own, and the lease beside it.
    cache.get("user_state:{1}:4").await.unwrap();

    let page = cache.keys("*", None, 1_000).await.unwrap();
    let names: BTreeSet<_> = page.keys.iter().map(|key| key.key.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["user_state:1:2", "user_state:1:3"]));

    let opened = cache.open(&["user_state:1:2".to_owned()]).await.unwrap();
    let opened = opened[0].as_ref().unwrap();
    assert_eq!(opened.value, KeyValue::Other("hash".to_owned()));
    assert_eq!(opened.found.ttl, Ttl::Forever);
    assert!(opened.found.bytes.unwrap() > 0);
}

#[tokio::test]
async fn keys_are_opened_also_where_the_least_frequently_used_go_first() {
    let options = ["--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lfu"];
    let server = Server::with(&options).unwrap();
    let cache = cache_at(RedisConfig::new(server.url())).await;
    let value = Bytes::from_static(b"null");
    cache.put("workspace:1", value, 60_000).await.unwrap();
    let opened = cache.open(&["workspace:1".to_owned()]).await.unwrap();
    let opened = opened[0].as_ref().unwrap();
    assert_eq!(opened.idle_ms, None, "the server does not know");
    assert_eq!(opened.value, KeyValue::Bytes(Bytes::from_static(b"null")));
    let servers = cache.servers().await.unwrap();
    assert_eq!(servers[0].policy, "allkeys-lfu");
    assert_eq!(servers[0].memory_limit, Some(50 * 1024 * 1024));
    assert_eq!(servers[0].role, "master");
    assert!(servers[0].clients.unwrap() > 0 && servers[0].uptime_ms.is_some());
}
