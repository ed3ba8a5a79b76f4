//! The stories that every adapter walks.

use heliograph_embedded::{Database, MemoryCache};
use heliograph_engine::conformance::{
    cache_story, failed_sends_story, jobs_story, journal_story, keys_story, queue_story,
    samples::START, store_story,
};
use heliograph_engine::ports::VirtualClock;
use std::sync::Arc;

fn open() -> (Database, Arc<VirtualClock>) {
    let clock = Arc::new(VirtualClock::new(START));
    (Database::temporary(clock.clone()).unwrap(), clock)
}

#[tokio::test]
async fn the_database_is_a_store() {
    let (database, _) = open();
    store_story(&database).await;
}

#[tokio::test]
async fn the_database_is_a_queue() {
    let (database, clock) = open();
    queue_story(&database, clock.as_ref()).await;
}

#[tokio::test]
async fn the_database_has_jobs() {
    let (database, clock) = open();
    jobs_story(&database, &database, clock.as_ref()).await;
}

#[tokio::test]
async fn the_database_keeps_failed_sends() {
    let (database, _) = open();
    failed_sends_story(&database, &database).await;
}

#[tokio::test]
async fn the_database_is_a_journal() {
    let (database, _) = open();
    journal_story(&database, &database, &database).await;
}

#[tokio::test]
async fn the_memory_cache_is_a_cache() {
    let clock = Arc::new(VirtualClock::new(START));
    let cache = MemoryCache::new(1 << 20, clock.clone());
    cache_story(&cache, clock.as_ref()).await;
}

#[tokio::test]
async fn the_memory_cache_shows_its_keys() {
    let clock = Arc::new(VirtualClock::new(START));
    let cache = MemoryCache::new(1 << 20, clock.clone());
    keys_story(&cache, &cache, clock.as_ref()).await;
}
