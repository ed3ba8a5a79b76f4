//! When what this process put into the shared tier ends its time there.
//!
//! A shared tier says that a key is not there, and not why. Whoever put it there knows how
//! long it was to live: a key that is missed after that has expired; one that is missed
//! before was evicted, or removed by somebody who said nothing. What only others put there
//! is not known here.

use ahash::RandomState;
use hashlink::LruCache;
use heliograph_model::{Collection, Millis};
use parking_lot::Mutex;

/// So many keys of a collection are known, those that were put in last: some 2 MB.
const MOST: usize = 1 << 15;

/// The endings that are known.
#[derive(Debug)]
pub(crate) struct Endings {
    /// By the hash of the key, in the order of the collections. Held for a look-up or an
    /// insertion, never across an await.
    known: [Mutex<LruCache<u64, Millis, RandomState>>; Collection::ALL.len()],
    hasher: RandomState,
}

/// When a key ends its time in the shared tier.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    pub(super) collection: Collection,
    key: u64,
    at: Millis,
}

impl Default for Endings {
    fn default() -> Self {
        let none = |_| Mutex::new(LruCache::with_hasher(MOST, RandomState::new()));
        Self {
            known: Collection::ALL.map(none),
            hasher: RandomState::new(),
        }
    }
}

impl Endings {
    /// The ending of a key that is about to be put in, to be kept once it went in. `at` is
    /// counted from before it is sent, so that the shared tier never ends it earlier.
    pub(crate) fn of(&self, collection: Collection, key: &str, at: Millis) -> Ending {
        Ending {
            collection,
            key: self.hasher.hash_one(key),
            at,
        }
    }

    /// It went in.
    pub(crate) fn keep(&self, ending: Ending) {
        let mut known = self.known[ending.collection as usize].lock();
        known.insert(ending.key, ending.at);
    }

    /// A key was removed, or nobody knows what is there.
    pub(crate) fn forget(&self, collection: Collection, key: &str) {
        self.take(collection, key);
    }

    /// Keys of a collection were removed, nobody says which.
    pub(crate) fn forget_all(&self, collection: Collection) {
        self.known[collection as usize].lock().clear();
    }

    /// Whether a key that is missed had been put in and has ended its time since. That is
    /// told once.
    pub(crate) fn is_over(&self, collection: Collection, key: &str, now: Millis) -> bool {
        self.take(collection, key).is_some_and(|at| at <= now)
    }

    fn take(&self, collection: Collection, key: &str) -> Option<Millis> {
        let key = self.hasher.hash_one(key);
        self.known[collection as usize].lock().remove(&key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Collection::{Automations, UserState};

    fn keep(endings: &Endings, collection: Collection, key: &str, at: i64) {
        endings.keep(endings.of(collection, key, Millis(at)));
    }

    #[test]
    fn a_key_that_is_missed_after_its_time_has_expired_once() {
        let endings = Endings::default();
        assert!(!endings.is_over(UserState, "a", Millis(500)), "never there");
        keep(&endings, UserState, "a", 100);
        assert!(endings.is_over(UserState, "a", Millis(100)));
        assert!(!endings.is_over(UserState, "a", Millis(101)), "told once");
        keep(&endings, UserState, "a", 100);
        keep(&endings, UserState, "a", 300);
        assert!(
            !endings.is_over(UserState, "a", Millis(200)),
            "written again, and gone before its time: evicted"
        );
        assert!(
            !endings.is_over(UserState, "a", Millis(400)),
            "gone by then"
        );
    }

    #[test]
    fn what_was_removed_has_not_expired() {
        let endings = Endings::default();
        for key in ["a", "b"] {
            keep(&endings, Automations, key, 100);
            keep(&endings, UserState, key, 100);
        }
        endings.forget(Automations, "a");
        assert!(!endings.is_over(Automations, "a", Millis(200)));
        endings.forget_all(Automations);
        assert!(!endings.is_over(Automations, "b", Millis(200)));
        assert!(endings.is_over(UserState, "a", Millis(200)));
        assert!(endings.is_over(UserState, "b", Millis(200)));
    }

    #[test]
    fn the_keys_that_were_put_in_last_are_known_and_no_more_than_fit() {
        let endings = Endings::default();
        keep(&endings, Automations, "other", 100);
        for number in 0..=MOST {
            keep(&endings, UserState, &number.to_string(), 100);
        }
        assert!(!endings.is_over(UserState, "0", Millis(200)), "let go");
        assert!(endings.is_over(UserState, "1", Millis(200)));
        assert!(endings.is_over(UserState, &MOST.to_string(), Millis(200)));
        assert!(
            endings.is_over(Automations, "other", Millis(200)),
            "each collection has room of its own"
        );
    }
}
