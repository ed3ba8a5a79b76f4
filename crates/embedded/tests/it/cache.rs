//! The memory cache beside its story: size, figures, and any interleaving.

use bytes::Bytes;
use futures::FutureExt;
use heliograph_embedded::MemoryCache;
use heliograph_engine::conformance::samples::START;
use heliograph_engine::ports::{Cache, Lease, Lookup, VirtualClock};
use proptest::prelude::*;
use std::sync::Arc;

fn open(most_bytes: usize) -> (MemoryCache, Arc<VirtualClock>) {
    let clock = Arc::new(VirtualClock::new(START));
    (MemoryCache::new(most_bytes, clock.clone()), clock)
}

#[tokio::test]
async fn it_stays_within_its_size_and_lets_the_least_used_go() {
    let (cache, _) = open(16 * 4_096);
    let value = Bytes::from(vec![7; 200]);
    cache.put("kept", value.clone(), -1).await.unwrap();
    for n in 0..2_000 {
        cache
            .put(&format!("key{n}"), value.clone(), -1)
            .await
            .unwrap();
        assert!(matches!(cache.get("kept").await.unwrap(), Lookup::Hit(_)));
    }
    let figures = cache.figures();
    assert!(figures.bytes <= 16 * 4_096, "{figures:?}");
    assert_eq!(figures.keys + figures.evictions, 2_001, "{figures:?}");
    assert!(figures.keys > 100, "{figures:?}");
    let huge = Bytes::from(vec![7; 16 * 4_096]);
    cache.put("kept", huge, -1).await.unwrap();
    assert!(
        matches!(cache.get("kept").await.unwrap(), Lookup::Miss(_)),
        "what does not fit replaces the old value by nothing"
    );
    cache.clear();
    assert_eq!((cache.figures().bytes, cache.figures().keys), (0, 0));
}

#[tokio::test]
async fn what_expires_is_counted_and_gives_its_room_back() {
    let (cache, clock) = open(1 << 20);
    cache.put("a", Bytes::from_static(b"1"), 10).await.unwrap();
    clock.advance(10);
    assert!(matches!(cache.get("a").await.unwrap(), Lookup::Miss(_)));
    let figures = cache.figures();
    assert_eq!(
        (
            figures.bytes,
            figures.keys,
            figures.expired,
            figures.evictions
        ),
        (0, 0, 1, 0)
    );
}

/// One step of somebody who reads through the cache, or of somebody who edits.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Reads; on a miss remembers the lease and what the store says now.
    Read { reader: usize, key: usize },
    /// Fills with what was remembered.
    Fill { reader: usize },
    /// Changes the store, then removes the key from the cache.
    EditAndRemove { key: usize },
    /// Changes the store, then writes the new value through.
    EditAndPut { key: usize },
    /// Time passes.
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4_usize, 0..3_usize).prop_map(|(reader, key)| Step::Read { reader, key }),
        (0..4_usize).prop_map(|reader| Step::Fill { reader }),
        (0..3_usize).prop_map(|key| Step::EditAndRemove { key }),
        (0..3_usize).prop_map(|key| Step::EditAndPut { key }),
        Just(Step::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn after_an_edit_nobody_reads_the_older_value(steps in prop::collection::vec(step(), 1..60)) {
        // Each call of the cache is atomic, so an interleaving is an order of calls.
        let played = async {
            let (cache, clock) = open(1 << 20);
            let mut store = [0_u32; 3];
            let mut loaded: [Option<(usize, Lease, u32)>; 4] = [None; 4];
            let value = |n: u32| Bytes::from(n.to_string());
            for step in steps {
                match step {
                    Step::Read { reader, key } => match cache.get(&key.to_string()).await.unwrap() {
                        Lookup::Hit(found) => prop_assert_eq!(found, value(store[key])),
                        Lookup::Miss(lease) => loaded[reader] = Some((key, lease, store[key])),
                    },
                    Step::Fill { reader } => if let Some((key, lease, n)) = loaded[reader].take() {
                        cache.fill(&key.to_string(), lease, value(n), 100).await.unwrap();
                    },
                    Step::EditAndRemove { key } => {
                        store[key] += 1;
                        cache.remove(&[key.to_string()]).await.unwrap();
                    }
                    Step::EditAndPut { key } => {
                        store[key] += 1;
                        cache.put(&key.to_string(), value(store[key]), 100).await.unwrap();
                    }
                    Step::Wait => clock.advance(60),
                }
                for (key, n) in store.iter().enumerate() {
                    if let Lookup::Hit(found) = cache.get(&key.to_string()).await.unwrap() {
                        prop_assert_eq!(found, value(*n), "key {} after {:?}", key, step);
                    }
                }
            }
            Ok(())
        };
        played.now_or_never().expect("the memory cache never waits")?;
    }
}
