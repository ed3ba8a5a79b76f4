//! One after the other for each key, side by side for different keys.
//!
//! Events of one contact are handled in order and never at the same time, and so are the
//! sends to one contact; different contacts run in parallel. Both stand on this: the
//! first item of a key starts a task, which ends when the key's items are done.

use ahash::{AHashMap, RandomState};
use futures::FutureExt;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::future::Future;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const SHARDS: usize = 64;

/// Waiting items by key; a key that is present has a task at work.
#[derive(Debug)]
pub(super) struct Serial<K, T> {
    /// Each held for a push or a pop only.
    shards: Vec<Mutex<AHashMap<K, VecDeque<T>>>>,
    hasher: RandomState,
    activity: Arc<Activity>,
}

/// How many tasks are at work, and how many of those wait for a time to come.
#[derive(Debug, Default)]
pub(super) struct Activity {
    at_work: AtomicUsize,
    parked: AtomicUsize,
}

impl Activity {
    /// Tasks that could go on right now.
    pub(super) fn running(&self) -> usize {
        self.at_work
            .load(Ordering::SeqCst)
            .saturating_sub(self.parked.load(Ordering::SeqCst))
    }

    /// Tasks that wait for a time to come.
    pub(super) fn parked(&self) -> usize {
        self.parked.load(Ordering::SeqCst)
    }

    /// Waits in `sleep` and counts as parked meanwhile, also when dropped.
    pub(super) async fn park(&self, sleep: impl Future<Output = ()>) {
        struct Parked<'a>(&'a AtomicUsize);
        impl Drop for Parked<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        self.parked.fetch_add(1, Ordering::SeqCst);
        let _parked = Parked(&self.parked);
        sleep.await;
    }
}

/// Counts a task as at work, and as gone when it ends, however it ends.
struct AtWork(Arc<Activity>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.at_work.fetch_sub(1, Ordering::SeqCst);
    }
}

impl<K, T> Serial<K, T>
where
    K: Eq + Hash + Clone + Send + 'static,
    T: Send + 'static,
{
    pub(super) fn new(activity: Arc<Activity>) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            activity,
        }
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "any bits of a hash will do"
    )]
    fn shard(&self, key: &K) -> &Mutex<AHashMap<K, VecDeque<T>>> {
        &self.shards[self.hasher.hash_one(key) as usize % SHARDS]
    }

    /// Whether the key has items that are waiting or being handled.
    pub(super) fn is_busy(&self, key: &K) -> bool {
        self.shard(key).lock().contains_key(key)
    }

    /// Adds an item; `handle` is run for the items of a key one after the other.
    pub(super) fn push<F, Fut>(self: &Arc<Self>, key: K, item: T, handle: F)
    where
        F: Fn(T) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send,
    {
        {
            let mut shard = self.shard(&key).lock();
            if let Some(waiting) = shard.get_mut(&key) {
                waiting.push_back(item);
                return;
            }
            shard.insert(key.clone(), VecDeque::new());
        }
        self.activity.at_work.fetch_add(1, Ordering::SeqCst);
        let at_work = AtWork(Arc::clone(&self.activity));
        let serial = Arc::clone(self);
        tokio::spawn(async move {
            let _at_work = at_work;
            let mut next = Some(item);
            while let Some(item) = next {
                // A panic costs its own item, not those behind it; the panic hook has told
                // of it, and whoever waits for the item hears from the item's drop.
                let _ = AssertUnwindSafe(handle(item)).catch_unwind().await;
                let mut shard = serial.shard(&key).lock();
                next = shard.get_mut(&key).and_then(VecDeque::pop_front);
                if next.is_none() {
                    shard.remove(&key);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn items_of_one_key_keep_their_order_and_never_overlap() {
        let serial = Arc::new(Serial::new(Arc::new(Activity::default())));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let inside = Arc::new(AtomicUsize::new(0));
        for number in 0..500_usize {
            let (seen, inside) = (Arc::clone(&seen), Arc::clone(&inside));
            serial.push(number % 5, number, move |number| {
                let (seen, inside) = (Arc::clone(&seen), Arc::clone(&inside));
                async move {
                    let bit = 1 << (number % 5 * 4);
                    assert_eq!(inside.fetch_add(bit, Ordering::SeqCst) & (bit * 15), 0);
                    tokio::task::yield_now().await;
                    inside.fetch_sub(bit, Ordering::SeqCst);
                    seen.lock().push(number);
                }
            });
        }
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        while serial.activity.running() > 0 {
            assert!(tokio::time::Instant::now() < deadline, "the tasks must end");
            tokio::task::yield_now().await;
        }
        let seen = seen.lock();
        assert_eq!(seen.len(), 500);
        for key in 0..5 {
            let of_key: Vec<_> = seen.iter().filter(|number| *number % 5 == key).collect();
            assert!(of_key.is_sorted(), "key {key} must keep its order");
        }
    }
}
