//! This process' own compiled copies.
//!
//! A near copy is only as good as its invalidation. Every invalidation counts up an
//! epoch under the same lock that guards the copies, and a copy goes in only when the
//! epoch is still the one from before its value was read: a read that raced an edit is
//! used for the event that asked and forgotten. When invalidations from elsewhere cannot
//! be heard, [`Near::bypass`] empties the tier and keeps it empty.

use super::CacheCounters;
use ahash::RandomState;
use hashlink::LruCache;
use heliograph_model::{Collection, Millis, Tier};
use parking_lot::Mutex;
use std::sync::Arc;

/// Compiled copies by key, least recently used out first.
#[derive(Debug)]
pub(crate) struct Near<T> {
    /// Held for a look-up or an insertion, never across an await.
    inner: Mutex<Inner<T>>,
    collection: Collection,
    counters: Arc<CacheCounters>,
}

#[derive(Debug)]
struct Inner<T> {
    copies: LruCache<String, Copy<T>, RandomState>,
    epoch: u64,
    bypassed: bool,
    /// It has no entries, so nothing is kept whatever else is said.
    off: bool,
}

#[derive(Debug)]
struct Copy<T> {
    value: T,
    expires_at: Millis,
}

/// The epoch that a read started in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Epoch(u64);

impl<T: Clone> Near<T> {
    pub(crate) fn new(
        entries: usize,
        collection: Collection,
        counters: Arc<CacheCounters>,
    ) -> Self {
        let copies = LruCache::with_hasher(entries.max(1), RandomState::new());
        Self {
            inner: Mutex::new(Inner {
                copies,
                epoch: 0,
                bypassed: false,
                off: entries == 0,
            }),
            collection,
            counters,
        }
    }

    /// The copy, and the epoch for filling it when there is none. A copy whose time is over
    /// goes, and is counted.
    pub(crate) fn get(&self, key: &str, now: Millis) -> Result<T, Epoch> {
        let mut inner = self.inner.lock();
        let is_over = match inner.copies.get(key) {
            Some(copy) if copy.expires_at > now => return Ok(copy.value.clone()),
            found => found.is_some(),
        };
        if is_over {
            inner.copies.remove(key);
            self.counters.expired(self.collection, Tier::Near);
        }
        Err(Epoch(inner.epoch))
    }

    /// Keeps a copy, unless something was invalidated since `epoch`.
    pub(crate) fn fill(&self, key: String, value: T, expires_at: Millis, epoch: &Epoch) {
        let mut inner = self.inner.lock();
        if inner.epoch == epoch.0 && !inner.bypassed && !inner.off {
            inner.copies.insert(key, Copy { value, expires_at });
        }
    }

    /// Forgets a copy, and keeps reads under way from bringing it back.
    pub(crate) fn invalidate(&self, key: &str) {
        let mut inner = self.inner.lock();
        inner.epoch += 1;
        inner.copies.remove(key);
    }

    /// Forgets everything, and keeps reads under way from bringing any of it back.
    pub(crate) fn clear(&self) {
        let mut inner = self.inner.lock();
        inner.epoch += 1;
        inner.copies.clear();
    }

    /// Forgets everything; while `on`, keeps nothing new.
    pub(crate) fn bypass(&self, on: bool) {
        let mut inner = self.inner.lock();
        inner.epoch += 1;
        inner.copies.clear();
        inner.bypassed = on;
    }

    /// Whether nothing new is kept.
    pub(crate) fn is_bypassed(&self) -> bool {
        self.inner.lock().bypassed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near<T: Clone>() -> Near<T> {
        Near::new(10, Collection::Workspace, Arc::default())
    }

    #[test]
    fn a_copy_whose_time_is_over_has_expired_once() {
        let near = near();
        let expired = || {
            let reads = near.counters.reads();
            reads.iter().map(|reads| reads.expired).sum::<u64>()
        };
        let epoch = near.get("a", Millis(0)).expect_err("nothing is there yet");
        near.fill("a".into(), 1, Millis(100), &epoch);
        assert_eq!((near.get("a", Millis(99)), expired()), (Ok(1), 0));
        for _ in 0..2 {
            near.get("a", Millis(100)).expect_err("its time is over");
            assert_eq!(expired(), 1, "whoever asks again asks for nothing");
        }
        near.fill("a".into(), 2, Millis(200), &epoch);
        near.invalidate("a");
        near.get("a", Millis(300)).expect_err("it was forgotten");
        assert_eq!(expired(), 1, "what was invalidated has not expired");
        let here = &near.counters.reads()[Tier::Near as usize];
        assert_eq!(
            (here.collection, here.tier),
            (Collection::Workspace, Tier::Near)
        );
        assert_eq!(here.expired, 1);
    }

    #[test]
    fn a_copy_read_before_an_edit_is_not_kept_after_it() {
        let near = near();
        let epoch = near.get("a", Millis(0)).expect_err("nothing is there yet");
        near.invalidate("a");
        near.fill("a".into(), "old", Millis(100), &epoch);
        let epoch = near
            .get("a", Millis(0))
            .expect_err("the old value must not come back");
        near.fill("a".into(), "new", Millis(100), &epoch);
        assert_eq!(near.get("a", Millis(0)), Ok("new"));
        assert!(near.get("a", Millis(100)).is_err(), "it has expired");
    }

    #[test]
    fn a_bypassed_tier_is_empty_and_stays_empty() {
        let near = near();
        let epoch = near.get("a", Millis(0)).expect_err("nothing is there yet");
        near.fill("a".into(), 1, Millis(100), &epoch);
        near.bypass(true);
        let epoch = near.get("a", Millis(0)).expect_err("emptied");
        near.fill("a".into(), 1, Millis(100), &epoch);
        let epoch = near.get("a", Millis(0)).expect_err("bypassed");
        near.bypass(false);
        near.fill("a".into(), 1, Millis(100), &epoch);
        assert!(
            near.get("a", Millis(0)).is_err(),
            "read before the tier was back"
        );
    }
}
