//! One after the other for each key, side by side for different keys.
//!
//! Events of one contact are handled in order and never at the same time, and so are the
//! sends to one contact; different contacts run in parallel. Both stand on this: the
//! first item of a key starts a task, which ends when the key's items are done.

use super::activity::Activity;
use ahash::{AHashMap, RandomState};
use futures::FutureExt;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::future::Future;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

const SHARDS: usize = 64;

/// Waiting items by key; a key that is present has a task at work.
#[derive(Debug)]
pub(super) struct Serial<K, T> {
    /// Each held for a push or a pop only.
    shards: Vec<Mutex<AHashMap<K, VecDeque<T>>>>,
    hasher: RandomState,
    activity: Arc<Activity>,
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

    /// Whether such an item waits behind the one of the key that is being handled.
    pub(super) fn has_waiting(&self, key: &K, such: impl Fn(&T) -> bool) -> bool {
        let shard = self.shard(key).lock();
        shard
            .get(key)
            .is_some_and(|waiting| waiting.iter().any(such))
    }

    /// Does something to each item that waits behind the one of the key that is being handled.
    pub(super) fn for_waiting(&self, key: &K, each: impl FnMut(&mut T)) {
        let mut shard = self.shard(key).lock();
        if let Some(waiting) = shard.get_mut(key) {
            waiting.iter_mut().for_each(each);
        }
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
        let task = self.activity.task();
        let serial = Arc::clone(self);
        tokio::spawn(async move {
            let _task = task;
            let mut next = Some(item);
            while let Some(item) = next {
                if serial.activity.is_stopped() {
                    // What was not begun is not begun any more. It is dropped outside the
                    // lock, for an item may do something when it goes.
                    let left = serial.shard(&key).lock().remove(&key);
                    drop((item, left));
                    return;
                }
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
    use heliograph_model::Millis;
    use std::sync::atomic::{AtomicUsize, Ordering};
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
        while serial.activity.running(Millis(0)) > 0 {
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

    #[tokio::test]
    async fn after_a_stop_nothing_new_begins() {
        let activity = Arc::new(Activity::default());
        let serial = Arc::new(Serial::new(Arc::clone(&activity)));
        let seen = Arc::new(AtomicUsize::new(0));
        let (bell, rung) = tokio::sync::oneshot::channel::<()>();
        let mut rung = Some(rung);
        for _ in 0..3 {
            let (seen, rung) = (Arc::clone(&seen), Mutex::new(rung.take()));
            serial.push((), (), move |()| {
                let (seen, rung) = (Arc::clone(&seen), rung.lock().take());
                async move {
                    seen.fetch_add(1, Ordering::SeqCst);
                    if let Some(rung) = rung {
                        let _ = rung.await;
                    }
                }
            });
        }
        while seen.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        activity.stop();
        bell.send(()).expect("the first is still at it");
        while activity.running(Millis(0)) > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(seen.load(Ordering::SeqCst), 1);
        assert!(!serial.is_busy(&()));
    }
}
