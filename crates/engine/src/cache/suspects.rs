//! Keys that the shared tier may have wrong.

use ahash::AHashMap;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Keys whose write-through or removal failed. A suspect key is not read from the shared
/// tier until it could be removed there.
#[derive(Debug, Default)]
pub(crate) struct Suspects {
    /// Held for a look-up only.
    marked: Mutex<Marked>,
    /// Whether any key is marked, to be looked at without the lock.
    any: AtomicBool,
}

#[derive(Debug, Default)]
struct Marked {
    by_key: AHashMap<String, Mark>,
    counted: u64,
}

/// Tells one failure from the next: a removal that came before the latest failure does
/// not put that one right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(u64);

impl Suspects {
    /// A write or a removal of `key` failed.
    pub(crate) fn mark(&self, key: String) {
        let mut marked = self.marked.lock();
        marked.counted += 1;
        let mark = Mark(marked.counted);
        marked.by_key.insert(key, mark);
        self.any.store(true, Ordering::Release);
    }

    /// The mark of a suspect key.
    pub(crate) fn get(&self, key: &str) -> Option<Mark> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        self.marked.lock().by_key.get(key).copied()
    }

    /// The key could be removed after `mark` was seen. Whether it is suspect still, for
    /// something failed again meanwhile.
    pub(crate) fn clear(&self, key: &str, mark: Mark) -> bool {
        let mut marked = self.marked.lock();
        let still = marked.by_key.get(key).is_some_and(|now| *now != mark);
        if !still {
            marked.by_key.remove(key);
            self.any.store(!marked.by_key.is_empty(), Ordering::Release);
        }
        still
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removal_does_not_put_right_what_failed_after_it() {
        let suspects = Suspects::default();
        assert_eq!(suspects.get("a"), None);
        suspects.mark("a".into());
        let first = suspects.get("a").expect("it is marked");
        suspects.mark("a".into());
        assert!(suspects.clear("a", first), "something failed meanwhile");
        let second = suspects.get("a").expect("it is marked still");
        assert!(!suspects.clear("a", second));
        assert_eq!(suspects.get("a"), None);
    }
}
