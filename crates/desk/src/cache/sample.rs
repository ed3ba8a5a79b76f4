//! What an engine's cache had counted at one time, and what came between two times.

use super::point::{CollectionPoint, ServerPoint};
use super::row::TierFigures;
use heliograph_engine::cache::ReadFigures;
use heliograph_engine::histogram::Distribution;
use heliograph_engine::ports::CacheServer;
use heliograph_engine::process::Engine;
use heliograph_model::{CacheFigures, Collection, CollectionFigures, Outcome, Tier};
use serde::{Deserialize, Serialize};

/// Everything that is counted, since the engine was started.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub figures: CacheFigures,
    /// In the order of the collections, and for each in the order of the tiers.
    pub reads: Vec<ReadFigures>,
    /// Announced invalidations, in the order of the collections.
    pub heard: [u64; Collection::ALL.len()],
    /// All servers together, as they were asked last; `None` before their first answer.
    pub server: Option<ServerCounts>,
}

/// What the servers of the cache had counted, together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerCounts {
    pub memory_bytes: u64,
    pub commands_per_second: Option<u64>,
    pub clients: Option<u64>,
    pub keys: u64,
    pub evicted: u64,
    pub expired: u64,
    pub hits: u64,
    pub misses: u64,
}

impl Sample {
    /// What is counted now.
    pub(super) fn of(engine: &Engine, server: Option<ServerCounts>) -> Self {
        let cached = engine.cached();
        Self {
            figures: cached.figures(),
            reads: cached.reads(),
            heard: cached.heard(),
            server,
        }
    }

    fn collection(&self, collection: Collection) -> &CollectionFigures {
        match collection {
            Collection::Workspace => &self.figures.workspace,
            Collection::Automations => &self.figures.automations,
            Collection::UserState => &self.figures.user_state,
            Collection::Contact => &self.figures.contact,
        }
    }

    fn tier(&self, collection: Collection, tier: Tier) -> Option<&ReadFigures> {
        self.reads
            .iter()
            .find(|reads| reads.collection == collection && reads.tier == tier)
    }
}

impl ServerCounts {
    /// The servers together.
    pub(super) fn of(servers: &[CacheServer]) -> Self {
        let sum = |of: fn(&CacheServer) -> u64| servers.iter().map(of).sum();
        let known = |of: fn(&CacheServer) -> Option<u64>| {
            let known: Vec<u64> = servers.iter().filter_map(of).collect();
            (!known.is_empty()).then(|| known.iter().sum())
        };
        Self {
            memory_bytes: sum(|server| server.memory_bytes),
            commands_per_second: known(|server| server.commands_per_second),
            clients: known(|server| server.clients),
            keys: sum(|server| server.keys),
            evicted: sum(|server| server.evicted),
            expired: sum(|server| server.expired),
            hits: sum(|server| server.hits),
            misses: sum(|server| server.misses),
        }
    }
}

impl ServerCounts {
    /// What they counted since `before`, and how they are now.
    pub(super) fn since(&self, before: &Self) -> Self {
        Self {
            evicted: self.evicted.saturating_sub(before.evicted),
            expired: self.expired.saturating_sub(before.expired),
            hits: self.hits.saturating_sub(before.hits),
            misses: self.misses.saturating_sub(before.misses),
            ..*self
        }
    }

    /// Both counted together, and how they are with the later one.
    pub(super) fn then(&self, later: &Self) -> Self {
        Self {
            evicted: self.evicted + later.evicted,
            expired: self.expired + later.expired,
            hits: self.hits + later.hits,
            misses: self.misses + later.misses,
            ..*later
        }
    }

    /// Whether something is less than it was: a server was started again, or is another.
    pub(super) fn fell(&self, before: &Self) -> bool {
        self.evicted < before.evicted
            || self.expired < before.expired
            || self.hits < before.hits
            || self.misses < before.misses
    }
}

/// What came between two times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Between<'a> {
    pub before: &'a Sample,
    pub after: &'a Sample,
    /// How long that was.
    pub millis: i64,
}

impl Between<'_> {
    pub(super) fn collection(&self, collection: Collection) -> CollectionPoint {
        let before = self.before.collection(collection);
        let after = self.after.collection(collection);
        let came = |of: fn(&CollectionFigures) -> u64| few(of(after).saturating_sub(of(before)));
        let heard = collection as usize;
        let heard = self.after.heard[heard].saturating_sub(self.before.heard[heard]);
        let times = self.times(collection);
        CollectionPoint {
            reads: came(|figures| figures.reads),
            near_hits: came(|figures| figures.near_hits),
            shared_hits: came(|figures| figures.shared_hits),
            negative_hits: came(|figures| figures.negative_hits),
            misses: came(|figures| figures.misses),
            bypasses: came(|figures| figures.bypasses),
            stale: came(|figures| figures.stale),
            errors: came(|figures| figures.errors),
            writes: came(|figures| figures.writes),
            invalidations: came(|figures| figures.invalidations),
            heard: few(heard),
            mean: times.as_ref().and_then(mean),
            p50: times.as_ref().and_then(|times| times.quantile(0.5)),
            p99: times.as_ref().and_then(|times| times.quantile(0.99)),
            miss_mean: self.tier(collection, Tier::Store).mean,
        }
    }

    /// All reads of a collection, whoever answered them.
    fn times(&self, collection: Collection) -> Option<Distribution> {
        Tier::ALL
            .into_iter()
            .filter_map(|tier| self.times_of(collection, tier))
            .reduce(|all, times| all.with(&times))
    }

    fn times_of(&self, collection: Collection, tier: Tier) -> Option<Distribution> {
        let before = self.before.tier(collection, tier)?;
        let after = self.after.tier(collection, tier)?;
        Some(after.times.since(&before.times))
    }

    pub(super) fn tier(&self, collection: Collection, tier: Tier) -> TierFigures {
        let Some(times) = self.times_of(collection, tier) else {
            return TierFigures::default();
        };
        TierFigures {
            reads: times.count(),
            expired: self.expired(collection, tier),
            mean: mean(&times),
            p50: times.quantile(0.5),
            p99: times.quantile(0.99),
        }
    }

    /// Entries that a tier was asked for after their time was over.
    pub(super) fn expired(&self, collection: Collection, tier: Tier) -> u64 {
        let count = |sample: &Sample| {
            let reads = sample.tier(collection, tier);
            reads.map_or(0, |reads| reads.expired)
        };
        count(self.after).saturating_sub(count(self.before))
    }

    /// Reads of a collection that ended so, at whichever tier.
    pub(super) fn ended(&self, collection: Collection, outcome: Outcome) -> u64 {
        let count = |sample: &Sample| {
            let tiers = Tier::ALL.map(|tier| sample.tier(collection, tier));
            let tiers = tiers.into_iter().flatten();
            tiers.map(|reads| reads.outcomes[outcome as usize]).sum()
        };
        let (before, after): (u64, u64) = (count(self.before), count(self.after));
        after.saturating_sub(before)
    }

    /// What the servers counted, where they were asked at both times.
    pub(super) fn server(&self) -> Option<ServerPoint> {
        let after = self.after.server?;
        let before = self.before.server.unwrap_or(after);
        Some(ServerPoint {
            memory_bytes: after.memory_bytes,
            commands_per_second: after.commands_per_second,
            clients: after.clients,
            keys: after.keys,
            evicted: after.evicted.saturating_sub(before.evicted),
            expired: after.expired.saturating_sub(before.expired),
            hits: after.hits.saturating_sub(before.hits),
            misses: after.misses.saturating_sub(before.misses),
        })
    }
}

/// A number of a day at the most, which fits.
fn few(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a mean for people; a sum that a double cannot hold would take centuries"
)]
fn mean(times: &Distribution) -> Option<f64> {
    let count = times.count();
    (count > 0).then(|| times.sum_micros() as f64 / count as f64)
}
