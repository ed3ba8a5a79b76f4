//! How the cache does: accesses by collection, tier and outcome.

use crate::names::names;
use serde::{Deserialize, Serialize};

/// What is cached (the design, "Caching").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// The workspace and account behind an Instagram id.
    Workspace,
    /// The automations of one type and target.
    Automations,
    /// Where contacts stand.
    UserState,
    /// Contacts; read fresh unless switched on.
    Contact,
}

names! {
    Collection {
        Workspace => "workspace",
        Automations => "automations",
        UserState => "user_state",
        Contact => "contact",
    }
}

/// Who answered a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// This process' own compiled copy.
    Near,
    /// The cache port: Redis, or memory in the embedded profile.
    Shared,
    /// The store.
    Store,
}

names! {
    Tier {
        Near => "near",
        Shared => "shared",
        Store => "store",
    }
}

/// How a read ended at a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was there.
    Hit,
    /// It was not there.
    Miss,
    /// It was known not to exist.
    NegativeHit,
    /// The tier was not asked.
    Bypass,
    /// It was there and no longer good.
    Stale,
    /// The tier failed.
    Error,
}

names! {
    Outcome {
        Hit => "hit",
        Miss => "miss",
        NegativeHit => "negative_hit",
        Bypass => "bypass",
        Stale => "stale",
        Error => "error",
    }
}

/// Counters of one collection since the start. A read is counted once at each tier that
/// it asked; `hits` of `reads` is the hit rate, of whichever tier before the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CollectionFigures {
    /// Reads in all.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub reads: u64,
    /// Answered by the near tier.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub near_hits: u64,
    /// Answered by the shared tier.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub shared_hits: u64,
    /// Of the hits of both tiers, those that knew the thing not to exist.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub negative_hits: u64,
    /// Neither tier had it and the store was asked.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub misses: u64,
    /// The cache was not asked.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub bypasses: u64,
    /// There but expired or overtaken by an edit.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub stale: u64,
    /// A tier failed, and the next one was asked.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub errors: u64,
    /// Fills and write-throughs.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub writes: u64,
    /// Invalidations.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub invalidations: u64,
    /// Time spent in reads, in microseconds.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub read_micros: u64,
}

impl CollectionFigures {
    /// Hits of both tiers.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.near_hits + self.shared_hits
    }

    /// The share of reads that did not need the store, 0 to 1; 1 when nothing was read.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    pub fn hit_rate(&self) -> f64 {
        if self.reads == 0 {
            1.0
        } else {
            self.hits() as f64 / self.reads as f64
        }
    }
}

/// Counters of all collections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CacheFigures {
    /// Accounts and workspaces.
    pub workspace: CollectionFigures,
    /// Automations.
    pub automations: CollectionFigures,
    /// User states.
    pub user_state: CollectionFigures,
    /// Contacts.
    pub contact: CollectionFigures,
}

impl CacheFigures {
    /// The figures of one collection.
    #[must_use]
    pub fn of(&self, collection: Collection) -> &CollectionFigures {
        match collection {
            Collection::Workspace => &self.workspace,
            Collection::Automations => &self.automations,
            Collection::UserState => &self.user_state,
            Collection::Contact => &self.contact,
        }
    }
}
