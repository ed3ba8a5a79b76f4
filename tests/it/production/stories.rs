//! The conformance stories of what Redis and MongoDB are together.

use heliograph_engine::conformance::{
    Worker, conversations_story, failed_sends_story, store_story,
};
use heliograph_redis::{Redis, RedisCache, WriteBehind};
use heliograph_tests::production::{Servers, write_behind};

#[tokio::test(flavor = "multi_thread")]
async fn the_store_keeps_its_promises_on_redis_and_mongodb() {
    let servers = Servers::start().unwrap();
    let (store, _) = write_behind(&servers.place()).await.unwrap();
    store_story(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_keeps_its_promises_on_a_redis_cluster() {
    let servers = Servers::with_cluster().unwrap();
    let (store, _) = write_behind(&servers.place()).await.unwrap();
    store_story(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_sends_are_kept_on_redis_and_seen_by_every_worker() {
    let servers = Servers::start().unwrap();
    keep_failed(&servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_sends_are_kept_on_a_redis_cluster_and_seen_by_every_worker() {
    let servers = Servers::with_cluster().unwrap();
    keep_failed(&servers).await;
}

/// One worker sends, another one looks and forgets.
async fn keep_failed(servers: &Servers) {
    let place = servers.place();
    let (one, _) = write_behind(&place).await.unwrap();
    let (two, _) = write_behind(&place).await.unwrap();
    failed_sends_story(&one, &two).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_share_conversations() {
    let servers = Servers::start().unwrap();
    share(&servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_share_conversations_on_a_redis_cluster() {
    let servers = Servers::with_cluster().unwrap();
    share(&servers).await;
}

async fn share(servers: &Servers) {
    let place = servers.place();
    let (one, _) = write_behind(&place).await.unwrap();
    let (two, _) = write_behind(&place).await.unwrap();
    let redis = Redis::connect(&place.redis).await.unwrap();
    let cache = RedisCache::new(&redis);
    conversations_story(worker(&one, &cache), worker(&two, &cache)).await;
}

fn worker<'a>(behind: &'a WriteBehind, cache: &'a RedisCache) -> Worker<'a> {
    Worker {
        conversations: behind,
        store: behind,
        cache,
    }
}
