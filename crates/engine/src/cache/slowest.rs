//! The slowest reads, by key, for whoever asks what is slow.

use heliograph_model::Read;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// How many are kept.
const MOST: usize = 10;
/// What is quicker is not slow, in microseconds.
const SLOW_FROM: u32 = 500;

/// A read that was among the slowest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowRead {
    /// What was read.
    pub key: String,
    /// By whom it was answered, and in what time.
    pub read: Read,
}

/// Keeps the slowest reads since they were taken last. Nearly every read costs it one
/// comparison.
#[derive(Debug)]
pub(crate) struct Slowest {
    /// A read has to be slower to be kept.
    floor: AtomicU32,
    /// Held for an insertion only.
    reads: Mutex<Vec<SlowRead>>,
}

impl Default for Slowest {
    fn default() -> Self {
        Self {
            floor: AtomicU32::new(SLOW_FROM),
            reads: Mutex::default(),
        }
    }
}

impl Slowest {
    pub(crate) fn observe(&self, key: &str, read: &Read) {
        if read.micros <= self.floor.load(Relaxed) {
            return;
        }
        let mut reads = self.reads.lock();
        reads.push(SlowRead {
            key: key.to_owned(),
            read: *read,
        });
        reads.sort_by_key(|slow| std::cmp::Reverse(slow.read.micros));
        reads.truncate(MOST);
        if let Some(last) = reads.get(MOST - 1) {
            self.floor.store(last.read.micros, Relaxed);
        }
    }

    /// The slowest since the last call, the slowest first.
    pub(crate) fn take(&self) -> Vec<SlowRead> {
        let mut reads = self.reads.lock();
        self.floor.store(SLOW_FROM, Relaxed);
        std::mem::take(&mut *reads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{Collection, Outcome, Tier};

    #[test]
    fn the_slowest_are_kept_until_they_are_taken() {
        let slowest = Slowest::default();
        let read = |micros| Read {
            collection: Collection::UserState,
            tier: Tier::Store,
            outcome: Outcome::Miss,
            micros,
        };
        for micros in 1..=2_000 {
            slowest.observe(&format!("user_state:1:{micros}"), &read(micros));
        }
        let taken = slowest.take();
        let micros: Vec<_> = taken.iter().map(|slow| slow.read.micros).collect();
        assert_eq!(micros, (1_991..=2_000).rev().collect::<Vec<_>>());
        assert_eq!(taken[0].key, "user_state:1:2000");
        slowest.observe("quick", &read(SLOW_FROM));
        assert_eq!(slowest.take(), []);
        slowest.observe("slow", &read(SLOW_FROM + 1));
        assert_eq!(slowest.take().len(), 1, "the floor is back where it was");
    }
}
