//! The story of looking at what a cache holds.

use super::passing::Passing;
use crate::ports::{Cache, Cursor, FoundKey, KeyValue, Keys, Lookup, OpenedKey, Ttl};
use bytes::Bytes;
use std::collections::BTreeMap;

const LONG: i64 = 60_000;
/// Few enough for many pages.
const PAGE: u32 = 10;

async fn put(cache: &dyn Cache, key: &str, value: &str, ttl: i64) {
    let value = Bytes::copy_from_slice(value.as_bytes());
    cache.put(key, value, ttl).await.expect("the cache answers");
}

/// All pages to the end.
async fn all(keys: &dyn Keys, pattern: &str) -> BTreeMap<String, FoundKey> {
    let mut found = BTreeMap::new();
    let mut from: Option<Cursor> = None;
    for _ in 0..100_000 {
        let page = keys.keys(pattern, from.as_ref(), PAGE);
        let page = page.await.expect("the cache answers");
        found.extend(page.keys.into_iter().map(|key| (key.key.clone(), key)));
        match page.next {
            Some(next) => from = Some(next),
            None => return found,
        }
    }
    panic!("the pages of {pattern} do not end");
}

async fn open(keys: &dyn Keys, key: &str) -> Option<OpenedKey> {
    let opened = keys.open(&[key.to_owned()]).await;
    let mut opened = opened.expect("the cache answers");
    assert_eq!(opened.len(), 1, "an answer for each key");
    opened.pop().flatten()
}

/// Walks over everything that a person at the desk relies on: `keys` looks at `cache`,
/// which nobody else writes to.
pub async fn keys_story(cache: &dyn Cache, keys: &dyn Keys, time: &dyn Passing) {
    // EMPTY
    assert_eq!(all(keys, "user_state:*").await, BTreeMap::new());
    assert_eq!(open(keys, "user_state:1:1").await, None);
    assert_eq!(keys.open(&[]).await.expect("nothing to do"), vec![]);

    // PAGES
    for n in 0..300 {
        let ttl = if n % 100 == 7 { -1 } else { LONG };
        put(cache, &format!("user_state:1:{n}"), "{}", ttl).await;
    }
    put(cache, "workspace:1", "null", LONG).await;
    let found = all(keys, "user_state:*").await;
    assert_eq!(found.len(), 300, "each of them is found");
    for (key, found) in &found {
        let forever = key.ends_with(":7") || key.ends_with(":107") || key.ends_with(":207");
        match found.ttl {
            Ttl::Forever => assert!(forever, "{key}"),
            Ttl::Millis(left) => assert!(!forever && left <= LONG && left > 0, "{key}: {left}"),
            Ttl::Absent => panic!("{key} is there"),
        }
        assert!(found.bytes.is_none_or(|bytes| bytes > 2), "{found:?}");
    }
    assert_eq!(
        all(keys, "user_state:1:*9").await.len(),
        30,
        "what is between the stars counts"
    );
    assert_eq!(all(keys, "workspace:1").await.len(), 1);
    assert!(all(keys, "work?pace:*").await.is_empty(), "only the star");

    // A VALUE
    put(cache, "automation:w1:dm_automation:all", "[1,2]", LONG).await;
    let opened = open(keys, "automation:w1:dm_automation:all").await;
    let opened = opened.expect("it was put there");
    assert_eq!(opened.found.key, "automation:w1:dm_automation:all");
    assert_eq!(opened.value, KeyValue::Bytes(Bytes::from_static(b"[1,2]")));
    assert!(matches!(opened.found.ttl, Ttl::Millis(left) if left <= LONG));
    assert!(opened.idle_ms.is_none_or(|idle| idle >= 0), "{opened:?}");
    let two = ["workspace:1".to_owned(), "workspace:2".to_owned()];
    let two = keys.open(&two).await.expect("the cache answers");
    assert!(two[0].is_some() && two[1].is_none(), "in their order");

    // LOOKING IS NO LEASE: who had one still fills.
    let Ok(Lookup::Miss(lease)) = cache.get("workspace:9").await else {
        panic!("it is not there yet");
    };
    assert_eq!(open(keys, "workspace:9").await, None);
    let names = all(keys, "*").await;
    assert!(
        names.keys().all(|key| !key.contains("lease")),
        "what is kept beside the keys is none: {names:?}"
    );
    let value = Bytes::from_static(b"null");
    let filled = cache.fill("workspace:9", lease, value, LONG).await;
    assert!(filled.expect("the cache answers"), "the lease holds");

    // WHAT GOES IS GONE
    let written = time.now();
    put(cache, "contact:1:1", "{}", 100).await;
    time.until(written + 200).await;
    assert!(!all(keys, "contact:*").await.contains_key("contact:1:1"));
    cache
        .remove(&["user_state:1:7".to_owned()])
        .await
        .expect("the cache answers");
    assert_eq!(all(keys, "user_state:*").await.len(), 299);

    // THE SERVERS
    let servers = keys.servers().await.expect("the cache answers");
    assert!(!servers.is_empty());
    assert!(servers.iter().map(|server| server.keys).sum::<u64>() >= 302);
    for server in &servers {
        assert!(
            !server.name.is_empty() && server.memory_bytes > 0,
            "{server:?}"
        );
    }
    let before: u64 = servers.iter().map(|server| server.hits).sum();
    for _ in 0..5 {
        cache.get("workspace:1").await.expect("the cache answers");
    }
    let servers = keys.servers().await.expect("the cache answers");
    let hits: u64 = servers.iter().map(|server| server.hits).sum();
    assert!(hits >= before + 5, "{before} and 5 more are {hits}");
}
