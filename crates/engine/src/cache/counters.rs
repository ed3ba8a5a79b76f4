//! Counts every access by collection, tier and outcome, with its latency.

use crate::histogram::{Distribution, Histogram};
use heliograph_model::{CacheFigures, Collection, CollectionFigures, Outcome, Read, Tier};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The reads of one collection that one tier answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFigures {
    /// What was read.
    pub collection: Collection,
    /// Who answered in the end.
    pub tier: Tier,
    /// How they ended, in the order of [`Outcome::ALL`].
    pub outcomes: [u64; Outcome::ALL.len()],
    /// Entries that this tier was asked for after their time was over. They are no outcome:
    /// the read goes on to the next tier. Of the shared tier those are known that this
    /// process had put there.
    pub expired: u64,
    /// How long they took, from the first tier that was asked to the answer.
    pub times: Distribution,
}

impl ReadFigures {
    /// Counts them into the figures of their collection. Failures are among the errors there.
    pub fn count_in(&self, figures: &mut CollectionFigures) {
        figures.read_micros += self.times.sum_micros();
        for (outcome, number) in Outcome::ALL.into_iter().zip(self.outcomes) {
            count_in(figures, self.tier, outcome, number);
        }
    }
}

fn count_in(figures: &mut CollectionFigures, tier: Tier, outcome: Outcome, number: u64) {
    figures.reads += number;
    *match (outcome, tier) {
        (Outcome::Bypass, _) => &mut figures.bypasses,
        // What a tier holds that is no longer good is an answer as well: the store was not
        // asked.
        (Outcome::Hit | Outcome::NegativeHit | Outcome::Stale, Tier::Near) => {
            &mut figures.near_hits
        }
        (Outcome::Hit | Outcome::NegativeHit | Outcome::Stale, Tier::Shared) => {
            &mut figures.shared_hits
        }
        (Outcome::Hit | Outcome::NegativeHit | Outcome::Stale, Tier::Store)
        | (Outcome::Miss | Outcome::Error, _) => &mut figures.misses,
    } += number;
    match outcome {
        Outcome::NegativeHit => figures.negative_hits += number,
        Outcome::Stale => figures.stale += number,
        Outcome::Error => figures.errors += number,
        Outcome::Hit | Outcome::Miss | Outcome::Bypass => {}
    }
}

/// The reads that one tier answered.
#[derive(Debug, Default)]
struct Reads {
    outcomes: [AtomicU64; Outcome::ALL.len()],
    expired: AtomicU64,
    times: Histogram,
}

impl Reads {
    fn of(&self, outcome: Outcome) -> u64 {
        self.outcomes[outcome as usize].load(Relaxed)
    }
}

/// The counters of one collection.
#[derive(Debug, Default)]
struct Counts {
    tiers: [Reads; Tier::ALL.len()],
    errors: AtomicU64,
    writes: AtomicU64,
    invalidations: AtomicU64,
    heard: AtomicU64,
}

/// The counters of all collections since the start.
#[derive(Debug, Default)]
pub(crate) struct CacheCounters {
    counts: [Counts; Collection::ALL.len()],
}

impl CacheCounters {
    fn of(&self, collection: Collection) -> &Counts {
        &self.counts[collection as usize]
    }

    /// Counts a finished read by the tier that answered it in the end.
    pub(crate) fn read(&self, read: &Read) {
        let reads = &self.of(read.collection).tiers[read.tier as usize];
        reads.outcomes[read.outcome as usize].fetch_add(1, Relaxed);
        reads.times.observe_micros(u64::from(read.micros));
    }

    /// Counts an entry that a tier was asked for after its time was over.
    pub(crate) fn expired(&self, collection: Collection, tier: Tier) {
        let reads = &self.of(collection).tiers[tier as usize];
        reads.expired.fetch_add(1, Relaxed);
    }

    /// Counts a fill or a write-through.
    pub(crate) fn write(&self, collection: Collection) {
        self.of(collection).writes.fetch_add(1, Relaxed);
    }

    /// Counts an invalidation.
    pub(crate) fn invalidation(&self, collection: Collection) {
        self.invalidations(collection, 1);
    }

    /// Counts so many keys that were invalidated together.
    pub(crate) fn invalidations(&self, collection: Collection, number: u64) {
        self.of(collection).invalidations.fetch_add(number, Relaxed);
    }

    /// Counts an invalidation that was announced, by whomever.
    pub(crate) fn heard(&self, collection: Collection) {
        self.of(collection).heard.fetch_add(1, Relaxed);
    }

    /// The announced invalidations since the start, in the order of [`Collection::ALL`].
    pub(crate) fn all_heard(&self) -> [u64; Collection::ALL.len()] {
        Collection::ALL.map(|collection| self.of(collection).heard.load(Relaxed))
    }

    /// Counts a failure of a tier outside a read.
    pub(crate) fn error(&self, collection: Collection) {
        self.of(collection).errors.fetch_add(1, Relaxed);
    }

    /// The reads by collection, tier and outcome.
    pub(crate) fn reads(&self) -> Vec<ReadFigures> {
        let of = |collection| {
            let tiers = &self.of(collection).tiers;
            Tier::ALL.map(|tier| {
                let reads = &tiers[tier as usize];
                ReadFigures {
                    collection,
                    tier,
                    outcomes: Outcome::ALL.map(|outcome| reads.of(outcome)),
                    expired: reads.expired.load(Relaxed),
                    times: reads.times.read(),
                }
            })
        };
        Collection::ALL.into_iter().flat_map(of).collect()
    }

    /// The figures now.
    pub(crate) fn figures(&self) -> CacheFigures {
        CacheFigures {
            workspace: self.collection(Collection::Workspace),
            automations: self.collection(Collection::Automations),
            user_state: self.collection(Collection::UserState),
            contact: self.collection(Collection::Contact),
        }
    }

    fn collection(&self, collection: Collection) -> CollectionFigures {
        let counts = self.of(collection);
        let mut figures = CollectionFigures {
            errors: counts.errors.load(Relaxed),
            writes: counts.writes.load(Relaxed),
            invalidations: counts.invalidations.load(Relaxed),
            ..CollectionFigures::default()
        };
        for tier in Tier::ALL {
            let reads = &counts.tiers[tier as usize];
            figures.read_micros += reads.times.sum_micros();
            for outcome in Outcome::ALL {
                count_in(&mut figures, tier, outcome, reads.of(outcome));
            }
        }
        figures
    }
}
