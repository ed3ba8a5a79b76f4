//! The story of a cache.

use super::passing::Passing;
use crate::ports::{Cache, Lease, Lookup, Ttl};
use bytes::Bytes;
use heliograph_model::Millis;

/// How much later than it was asked a backend in real time may think that it is: its clock
/// is read in whole milliseconds, and at another moment than ours.
const CLOCK: i64 = 20;

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

async fn peek(cache: &dyn Cache, key: &str) -> Option<Bytes> {
    cache.peek(key).await.expect("the cache answers")
}

async fn fill(cache: &dyn Cache, key: &str, lease: Lease, text: &str, ttl: i64) -> bool {
    cache
        .fill(key, lease, value(text), ttl)
        .await
        .expect("the cache answers")
}

async fn add(cache: &dyn Cache, key: &str, text: &str, ttl: i64) -> bool {
    cache
        .add(key, value(text), ttl)
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

/// Lets a key's time end that was written in between the two times.
async fn until_over(time: &dyn Passing, written_before: Millis, ttl: i64) {
    let late = if time.is_exact() { 0 } else { CLOCK };
    time.until(written_before + ttl + late).await;
}

/// Sees that a key that was written at `at` or later, to live for `ttl`, is still there:
/// if its time is over by the time that the answer has come, nothing was seen.
async fn is_still(cache: &dyn Cache, time: &dyn Passing, key: &str, text: &str, over: Millis) {
    let found = peek(cache, key).await;
    if time.now() < over {
        assert_eq!(found, Some(value(text)), "the time of {key} is not over");
    }
}

/// Walks over everything that the engine relies on in a cache, in the time it lives in.
pub async fn cache_story(cache: &dyn Cache, time: &dyn Passing) {
    leases_and_time(cache, time).await;
    races(cache, time).await;
    added(cache).await;
    several(cache).await;
    patterns(cache).await;
}

/// What is added without a lease goes in where there is nothing.
async fn added(cache: &dyn Cache) {
    assert_eq!(peek(cache, "added").await, None);
    assert!(add(cache, "added", "1", LONG).await);
    assert!(!add(cache, "added", "2", LONG).await, "there is one");
    assert_eq!(peek(cache, "added").await, Some(value("1")));
    put(cache, "added", "3", LONG).await;
    assert!(!add(cache, "added", "4", LONG).await, "there is one");
    let lease = {
        remove(cache, &["added"]).await;
        miss(cache, "added").await
    };
    assert!(add(cache, "added", "5", LONG).await);
    assert!(
        !fill(cache, "added", lease, "old", LONG).await,
        "a lease from before it puts nothing over it"
    );
    assert_eq!(peek(cache, "added").await, Some(value("5")));
    assert!(matches!(ttl(cache, "added").await, Ttl::Millis(left) if left > 0));
    assert!(add(cache, "added for ever", "1", -1).await);
    assert_eq!(ttl(cache, "added for ever").await, Ttl::Forever);
}

async fn leases_and_time(cache: &dyn Cache, time: &dyn Passing) {
    // A miss gives the right to fill once.
    let life = time.wait();
    assert_eq!(ttl(cache, "k").await, Ttl::Absent, "an unknown key is -2");
    assert_eq!(peek(cache, "k").await, None, "looking finds nothing");
    let lease = miss(cache, "k").await;
    let before = time.now();
    assert!(
        fill(cache, "k", lease, "1", life).await,
        "nobody came between"
    );
    let after = time.now();
    is_still(cache, time, "k", "1", before + life).await;
    assert!(
        !fill(cache, "k", lease, "again", life).await,
        "a lease is good for one fill"
    );
    is_still(cache, time, "k", "1", before + life).await;

    // Time passes: two fifths of it.
    time.until(before + life * 2 / 5).await;
    let earliest = time.now();
    let left = ttl(cache, "k").await;
    let latest = time.now();
    let late = if time.is_exact() { 0 } else { CLOCK };
    if latest + late < before + life {
        let Ttl::Millis(left) = left else {
            panic!("the key lives for a time and not {left:?}");
        };
        let least = life - latest.since(before) - late;
        let most = life - earliest.since(after) + late;
        assert!(
            (least..=most).contains(&left),
            "{left} ms are left, and should be {least} to {most}"
        );
    }
    time.until(before + life - time.margin()).await;
    is_still(cache, time, "k", "1", before + life).await;
    until_over(time, after, life).await;
    assert_eq!(ttl(cache, "k").await, Ttl::Absent, "its time is over");
    miss(cache, "k").await;

    // Reading does not renew, writing does.
    let first = time.now();
    put(cache, "k", "2", life).await;
    time.until(first + life * 3 / 5).await;
    let second = time.now();
    put(cache, "k", "3", life).await;
    let written = time.now();
    time.until(second + life * 3 / 5).await;
    is_still(cache, time, "k", "3", second + life).await;
    until_over(time, written, life).await;
    miss(cache, "k").await;

    // For ever, and not at all.
    put(cache, "forever", "x", -1).await;
    assert_eq!(ttl(cache, "forever").await, Ttl::Forever, "that is -1");
    let long = if time.is_exact() {
        100 * 365 * Millis::DAY
    } else {
        life
    };
    time.until(time.now() + long).await;
    assert_eq!(hit(cache, "forever").await, "x");
    put(cache, "forever", "x", 0).await;
    miss(cache, "forever").await;
    let lease = miss(cache, "filled forever").await;
    assert!(fill(cache, "filled forever", lease, "x", -1).await);
    assert_eq!(ttl(cache, "filled forever").await, Ttl::Forever);
    let lease = miss(cache, "never").await;
    fill(cache, "never", lease, "x", 0).await;
    miss(cache, "never").await;
}

/// A time to live that no test takes.
const LONG: i64 = 60_000;

/// A fill that raced an edit does not put the old value back, whichever way the edit tells
/// the cache.
async fn races(cache: &dyn Cache, time: &dyn Passing) {
    let lease = miss(cache, "raced").await;
    put(cache, "raced", "new", LONG).await;
    assert!(
        !fill(cache, "raced", lease, "old", LONG).await,
        "a write voids it"
    );
    assert_eq!(hit(cache, "raced").await, "new");
    assert_eq!(remove(cache, &["raced"]).await, 1, "it was there");
    let lease = miss(cache, "raced").await;
    assert_eq!(remove(cache, &["raced"]).await, 0, "it was not there");
    assert!(
        !fill(cache, "raced", lease, "old", LONG).await,
        "a removal voids it, although there was nothing to remove"
    );
    let lease = miss(cache, "raced").await;
    put(cache, "raced", "new", 0).await;
    assert!(
        !fill(cache, "raced", lease, "old", LONG).await,
        "so does a write that does not stay"
    );
    miss(cache, "raced").await;

    // Two who missed: the first fill wins, and a lease from before an edit stays void
    // also when the new value has gone again.
    let first = miss(cache, "two").await;
    let second = miss(cache, "two").await;
    assert!(fill(cache, "two", second, "loaded", LONG).await);
    fill(cache, "two", first, "loaded", LONG).await;
    assert_eq!(hit(cache, "two").await, "loaded");
    remove(cache, &["two"]).await;
    assert!(!fill(cache, "two", first, "old", LONG).await);
    assert!(!fill(cache, "two", second, "old", LONG).await);
    let lease = miss(cache, "two").await;
    put(cache, "two", "new", 10).await;
    until_over(time, time.now(), 10).await;
    miss(cache, "two").await;
    assert!(
        !fill(cache, "two", lease, "old", LONG).await,
        "the edit is over, and the lease is older"
    );
}

/// Several at once, and bytes as they are.
async fn several(cache: &dyn Cache) {
    put(cache, "a", "", LONG).await;
    put(cache, "b", "\u{0}\u{ff}ü😀", LONG).await;
    assert_eq!(hit(cache, "a").await, "", "an empty value is a value");
    assert_eq!(hit(cache, "b").await, "\u{0}\u{ff}ü😀");
    assert_eq!(peek(cache, "b").await, Some(value("\u{0}\u{ff}ü😀")));
    assert_eq!(remove(cache, &["a", "missing", "b"]).await, 2);
    assert_eq!(remove(cache, &[]).await, 0);
    miss(cache, "a").await;
}

/// By pattern, of which the engine's own names are examples: a cache that shares its
/// server with other things may know no others.
async fn patterns(cache: &dyn Cache) {
    put(cache, "automation:1:dm:all", "x", LONG).await;
    put(cache, "automation:2:dm:all", "x", LONG).await;
    put(cache, "automation:2:dm", "x", LONG).await;
    put(cache, "user_state:automation:2:dm:all", "x", LONG).await;
    let lease = miss(cache, "automation:3:dm:all").await;
    let other = miss(cache, "workspace:3").await;
    let removed = cache.remove_matching("automation:*:all").await;
    assert_eq!(removed.expect("the cache answers"), 2);
    assert!(
        !fill(cache, "automation:3:dm:all", lease, "old", LONG).await,
        "what is being loaded was edited as well"
    );
    miss(cache, "automation:1:dm:all").await;
    assert_eq!(hit(cache, "automation:2:dm").await, "x");
    assert_eq!(hit(cache, "user_state:automation:2:dm:all").await, "x");
    // A cache may void more leases than it must.
    fill(cache, "workspace:3", other, "x", LONG).await;
    let removed = cache.remove_matching("automation:2:dm").await;
    assert_eq!(removed.expect("the cache answers"), 1, "without a star");
    put(cache, "workspace:?", "x", LONG).await;
    put(cache, "workspace:1", "x", LONG).await;
    let removed = cache.remove_matching("workspace:?").await;
    assert_eq!(removed.expect("the cache answers"), 1, "only * is special");
    assert_eq!(hit(cache, "workspace:1").await, "x");
}
