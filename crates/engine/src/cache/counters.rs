//! Counts every access by collection, tier and outcome.

use heliograph_model::{CacheFigures, Collection, CollectionFigures, Outcome, Read, Tier};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counters of one collection.
#[derive(Debug, Default)]
struct Counts {
    reads: AtomicU64,
    near_hits: AtomicU64,
    shared_hits: AtomicU64,
    negative_hits: AtomicU64,
    misses: AtomicU64,
    bypasses: AtomicU64,
    stale: AtomicU64,
    errors: AtomicU64,
    writes: AtomicU64,
    invalidations: AtomicU64,
    read_micros: AtomicU64,
}

/// The counters of all collections since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    counts: [Counts; Collection::ALL.len()],
}

impl Counters {
    fn of(&self, collection: Collection) -> &Counts {
        &self.counts[match collection {
            Collection::Workspace => 0,
            Collection::Automations => 1,
            Collection::UserState => 2,
            Collection::Contact => 3,
        }]
    }

    /// Counts a finished read by the tier that answered it in the end.
    pub(crate) fn read(&self, read: &Read) {
        let counts = self.of(read.collection);
        counts.reads.fetch_add(1, Relaxed);
        counts
            .read_micros
            .fetch_add(u64::from(read.micros), Relaxed);
        match read.outcome {
            Outcome::Hit | Outcome::NegativeHit => match read.tier {
                Tier::Near => &counts.near_hits,
                Tier::Shared => &counts.shared_hits,
                Tier::Store => &counts.misses,
            },
            Outcome::Miss | Outcome::Stale | Outcome::Error => &counts.misses,
            Outcome::Bypass => &counts.bypasses,
        }
        .fetch_add(1, Relaxed);
        match read.outcome {
            Outcome::NegativeHit => counts.negative_hits.fetch_add(1, Relaxed),
            Outcome::Error => counts.errors.fetch_add(1, Relaxed),
            Outcome::Hit | Outcome::Miss | Outcome::Stale | Outcome::Bypass => 0,
        };
    }

    /// Counts a value that was there and no longer good.
    pub(crate) fn stale(&self, collection: Collection) {
        self.of(collection).stale.fetch_add(1, Relaxed);
    }

    /// Counts a fill or a write-through.
    pub(crate) fn write(&self, collection: Collection) {
        self.of(collection).writes.fetch_add(1, Relaxed);
    }

    /// Counts an invalidation.
    pub(crate) fn invalidation(&self, collection: Collection) {
        self.of(collection).invalidations.fetch_add(1, Relaxed);
    }

    /// Counts a failure of a tier outside a read.
    pub(crate) fn error(&self, collection: Collection) {
        self.of(collection).errors.fetch_add(1, Relaxed);
    }

    /// The figures now.
    pub(crate) fn figures(&self) -> CacheFigures {
        let of = |collection| {
            let counts = self.of(collection);
            let get = |counter: &AtomicU64| counter.load(Relaxed);
            CollectionFigures {
                reads: get(&counts.reads),
                near_hits: get(&counts.near_hits),
                shared_hits: get(&counts.shared_hits),
                negative_hits: get(&counts.negative_hits),
                misses: get(&counts.misses),
                bypasses: get(&counts.bypasses),
                stale: get(&counts.stale),
                errors: get(&counts.errors),
                writes: get(&counts.writes),
                invalidations: get(&counts.invalidations),
                read_micros: get(&counts.read_micros),
            }
        };
        CacheFigures {
            workspace: of(Collection::Workspace),
            automations: of(Collection::Automations),
            user_state: of(Collection::UserState),
            contact: of(Collection::Contact),
        }
    }
}
