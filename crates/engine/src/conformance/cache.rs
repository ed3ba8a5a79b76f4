//! The story of a cache.

use crate::ports::{Cache, Lease, Lookup, Ttl, VirtualClock};
use bytes::Bytes;

fn value(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

async fn miss(cache: &dyn Cache, key: &str) -> Lease {
    match cache.get(key).await.expect("the cache answers") {
        Lookup::Miss(lease) => lease,
        Lookup::Hit(value) => panic!("{key} should not be there and is {value:?}"),
    }
}

async fn hit(cache: &dyn Cache, key: &str) -> Bytes {
    match cache.get(key).await.expect("the cache answers") {
        Lookup::Hit(value) => value,
        Lookup::Miss(_) => panic!("{key} should be there"),
    }
}

async fn fill(cache: &dyn Cache, key: &str, lease: Lease, text: &str, ttl: i64) -> bool {
    cache
        .fill(key, lease, value(text), ttl)
        .await
        .expect("the cache answers")
}

async fn put(cache: &dyn Cache, key: &str, text: &str, ttl: i64) {
    cache
        .put(key, value(text), ttl)
        .await
        .expect("the cache answers");
}

async fn remove(cache: &dyn Cache, keys: &[&str]) -> u64 {
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    cache.remove(&keys).await.expect("the cache answers")
}

async fn ttl(cache: &dyn Cache, key: &str) -> Ttl {
    cache.ttl(key).await.expect("the cache answers")
}

/// Walks over everything that the engine relies on in a cache.
pub async fn cache_story(cache: &dyn Cache, clock: &VirtualClock) {
    // A miss gives the right to fill once.
    assert_eq!(ttl(cache, "k").await, Ttl::Absent, "an unknown key is -2");
    let lease = miss(cache, "k").await;
    assert!(
        fill(cache, "k", lease, "1", 1_000).await,
        "nobody came between"
    );
    assert_eq!(hit(cache, "k").await, "1");
    assert!(
        !fill(cache, "k", lease, "again", 1_000).await,
        "a lease is good for one fill"
    );
    assert_eq!(
        hit(cache, "k").await,
        "1",
        "the second fill changed nothing"
    );

    // Time passes.
    clock.advance(400);
    match ttl(cache, "k").await {
        Ttl::Millis(left) => assert_eq!(left, 600, "400 of 1,000 ms have passed"),
        other => panic!("the key lives for a time and not {other:?}"),
    }
    clock.advance(599);
    assert_eq!(hit(cache, "k").await, "1", "one millisecond is left");
    clock.advance(1);
    assert_eq!(ttl(cache, "k").await, Ttl::Absent, "its time is over");
    miss(cache, "k").await;

    // Reading does not renew, writing does.
    put(cache, "k", "2", 1_000).await;
    clock.advance(900);
    put(cache, "k", "3", 1_000).await;
    clock.advance(900);
    assert_eq!(
        hit(cache, "k").await,
        "3",
        "the write began a new time to live"
    );
    clock.advance(100);
    miss(cache, "k").await;

    // For ever, and not at all.
    put(cache, "forever", "x", -1).await;
    assert_eq!(ttl(cache, "forever").await, Ttl::Forever, "that is -1");
    clock.advance(100 * 365 * 24 * 60 * 60 * 1_000);
    assert_eq!(hit(cache, "forever").await, "x");
    put(cache, "forever", "x", 0).await;
    miss(cache, "forever").await;

    // A fill that raced an edit does not put the old value back, whichever way the edit
    // tells the cache.
    let lease = miss(cache, "raced").await;
    put(cache, "raced", "new", 1_000).await;
    assert!(
        !fill(cache, "raced", lease, "old", 1_000).await,
        "a write voids it"
    );
    assert_eq!(hit(cache, "raced").await, "new");
    assert_eq!(remove(cache, &["raced"]).await, 1, "it was there");
    let lease = miss(cache, "raced").await;
    assert_eq!(remove(cache, &["raced"]).await, 0, "it was not there");
    assert!(
        !fill(cache, "raced", lease, "old", 1_000).await,
        "a removal voids it, although there was nothing to remove"
    );
    miss(cache, "raced").await;

    // Two who missed: the first fill wins, and a lease from before an edit stays void
    // also when the new value has gone again.
    let first = miss(cache, "two").await;
    let second = miss(cache, "two").await;
    assert!(fill(cache, "two", second, "loaded", 1_000).await);
    fill(cache, "two", first, "loaded", 1_000).await;
    assert_eq!(hit(cache, "two").await, "loaded");
    remove(cache, &["two"]).await;
    assert!(!fill(cache, "two", first, "old", 1_000).await);
    assert!(!fill(cache, "two", second, "old", 1_000).await);
    let lease = miss(cache, "two").await;
    put(cache, "two", "new", 10).await;
    clock.advance(10);
    miss(cache, "two").await;
    assert!(
        !fill(cache, "two", lease, "old", 1_000).await,
        "the edit is over, and the lease is older"
    );

    // Several at once, and bytes as they are.
    put(cache, "a", "", 1_000).await;
    put(cache, "b", "\u{0}\u{ff}ü😀", 1_000).await;
    assert_eq!(hit(cache, "a").await, "", "an empty value is a value");
    assert_eq!(hit(cache, "b").await, "\u{0}\u{ff}ü😀");
    assert_eq!(remove(cache, &["a", "missing", "b"]).await, 2);
    assert_eq!(remove(cache, &[]).await, 0);
    miss(cache, "a").await;

    // By pattern.
    put(cache, "shelf:1:all", "x", 1_000).await;
    put(cache, "shelf:2:all", "x", 1_000).await;
    put(cache, "shelf:2", "x", 1_000).await;
    put(cache, "bookshelf:2:all", "x", 1_000).await;
    let lease = miss(cache, "shelf:3:all").await;
    let removed = cache.remove_matching("shelf:*:all").await;
    assert_eq!(removed.expect("the cache answers"), 2);
    miss(cache, "shelf:1:all").await;
    assert_eq!(hit(cache, "shelf:2").await, "x");
    assert_eq!(hit(cache, "bookshelf:2:all").await, "x");
    let removed = cache.remove_matching("shelf:2").await;
    assert_eq!(removed.expect("the cache answers"), 1, "without a star");
    // What matches and is being loaded may come in again: it was not there to be removed.
    fill(cache, "shelf:3:all", lease, "y", 1_000).await;
}
