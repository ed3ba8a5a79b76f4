//! What a worker has counted of its cache and its sends: taken from one page, added up over restarts.

use super::super::sample::{Sample, ServerCounts};
use heliograph_engine::cache::ReadFigures;
use heliograph_engine::histogram::Distribution;
use heliograph_model::{CacheFigures, Collection, CollectionFigures, ErrorClass, Outcome, Tier};

/// Counters of a cache, and of the sends beside it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cache) struct Counted {
    /// In the order of the collections, and for each in the order of the tiers.
    pub reads: Vec<ReadFigures>,
    /// In the order of the collections; those of reads are among them.
    pub errors: [u64; Collection::ALL.len()],
    /// In the order of the collections.
    pub writes: [u64; Collection::ALL.len()],
    /// In the order of the collections.
    pub invalidations: [u64; Collection::ALL.len()],
    /// Sends that did not go through, in the order of the classes of errors.
    pub send_errors: [u64; ErrorClass::ALL.len()],
}

impl Counted {
    /// Nothing yet.
    pub(in crate::cache) fn none() -> Self {
        let none = |collection, tier| ReadFigures {
            collection,
            tier,
            outcomes: [0; Outcome::ALL.len()],
            expired: 0,
            times: Distribution::of_buckets(&[], 0, 0),
        };
        Self {
            reads: Collection::ALL
                .into_iter()
                .flat_map(|collection| Tier::ALL.map(|tier| none(collection, tier)))
                .collect(),
            errors: [0; Collection::ALL.len()],
            writes: [0; Collection::ALL.len()],
            invalidations: [0; Collection::ALL.len()],
            send_errors: [0; ErrorClass::ALL.len()],
        }
    }

    /// What the sample of an engine has counted.
    pub(in crate::cache) fn of(sample: &Sample) -> Self {
        let each = |of: fn(&CollectionFigures) -> u64| {
            Collection::ALL.map(|collection| of(sample.figures.of(collection)))
        };
        Self {
            reads: sample.reads.clone(),
            errors: each(|figures| figures.errors),
            writes: each(|figures| figures.writes),
            invalidations: each(|figures| figures.invalidations),
            // The engine tells them by itself.
            send_errors: [0; ErrorClass::ALL.len()],
        }
    }

    #[cfg(test)]
    pub(in crate::cache) fn read(&self, collection: Collection, tier: Tier) -> &ReadFigures {
        &self.reads[collection as usize * Tier::ALL.len() + tier as usize]
    }

    pub(in crate::cache) fn read_mut(
        &mut self,
        collection: Collection,
        tier: Tier,
    ) -> &mut ReadFigures {
        &mut self.reads[collection as usize * Tier::ALL.len() + tier as usize]
    }

    /// Adds what another has counted.
    pub(in crate::cache) fn add(&mut self, more: &Self) {
        for (read, more) in self.reads.iter_mut().zip(&more.reads) {
            sum(&mut read.outcomes, &more.outcomes);
            read.expired += more.expired;
            read.times = read.times.with(&more.times);
        }
        sum(&mut self.errors, &more.errors);
        sum(&mut self.writes, &more.writes);
        sum(&mut self.invalidations, &more.invalidations);
        sum(&mut self.send_errors, &more.send_errors);
    }

    /// What came since `before`, which is an earlier page of the same process.
    pub(in crate::cache) fn since(&self, before: &Self) -> Self {
        let mut since = self.clone();
        for (read, before) in since.reads.iter_mut().zip(&before.reads) {
            take(&mut read.outcomes, &before.outcomes);
            read.expired = read.expired.saturating_sub(before.expired);
            read.times = read.times.since(&before.times);
        }
        take(&mut since.errors, &before.errors);
        take(&mut since.writes, &before.writes);
        take(&mut since.invalidations, &before.invalidations);
        take(&mut since.send_errors, &before.send_errors);
        since
    }

    /// Whether something is less than it was, which no counter of one process ever is.
    pub(in crate::cache) fn fell(&self, before: &Self) -> bool {
        let fell = |now: &[u64], before: &[u64]| now.iter().zip(before).any(|(now, it)| now < it);
        let reads = self.reads.iter().zip(&before.reads);
        reads.into_iter().any(|(now, before)| {
            now.expired < before.expired || fell(&now.outcomes, &before.outcomes)
        }) || fell(&self.errors, &before.errors)
            || fell(&self.writes, &before.writes)
            || fell(&self.invalidations, &before.invalidations)
            || fell(&self.send_errors, &before.send_errors)
    }

    /// The figures of each collection.
    pub(in crate::cache) fn figures(&self) -> CacheFigures {
        let of = |collection: Collection| {
            let mut figures = CollectionFigures::default();
            for read in &self.reads {
                if read.collection == collection {
                    read.count_in(&mut figures);
                }
            }
            let at = collection as usize;
            figures.errors = self.errors[at];
            figures.writes = self.writes[at];
            figures.invalidations = self.invalidations[at];
            figures
        };
        CacheFigures {
            workspace: of(Collection::Workspace),
            automations: of(Collection::Automations),
            user_state: of(Collection::UserState),
            contact: of(Collection::Contact),
        }
    }

    /// As the charts take it, beside what the servers of the cache count.
    pub(in crate::cache) fn sample(&self, server: Option<ServerCounts>) -> Sample {
        Sample {
            figures: self.figures(),
            reads: self.reads.clone(),
            // Its page does not tell what it heard.
            heard: [0; Collection::ALL.len()],
            server,
        }
    }
}

fn sum(all: &mut [u64], more: &[u64]) {
    for (all, more) in all.iter_mut().zip(more) {
        *all += more;
    }
}

fn take(all: &mut [u64], less: &[u64]) {
    for (all, less) in all.iter_mut().zip(less) {
        *all = all.saturating_sub(*less);
    }
}
