//! One point of the charts.

use heliograph_model::Millis;
use serde::Serialize;

/// How much time is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum CacheSpan {
    /// Five minutes, a point for each second.
    #[default]
    FiveMinutes,
    /// An hour, a point for each ten seconds.
    Hour,
    /// A day, a point for each five minutes.
    Day,
}

impl CacheSpan {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FiveMinutes, Self::Hour, Self::Day];

    /// How long it is, in milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        match self {
            Self::FiveMinutes => 5 * Millis::MINUTE,
            Self::Hour => Millis::HOUR,
            Self::Day => Millis::DAY,
        }
    }

    /// How long a point is, in milliseconds.
    #[must_use]
    pub const fn step(self) -> i64 {
        match self {
            Self::FiveMinutes => Millis::SECOND,
            Self::Hour => 10 * Millis::SECOND,
            Self::Day => 5 * Millis::MINUTE,
        }
    }
}

/// What came in a piece of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CachePoint {
    /// When it ended, by the clock of this machine.
    pub at: Millis,
    /// How long it was, in milliseconds.
    pub millis: u32,
    /// Workspaces and accounts.
    pub workspace: CollectionPoint,
    /// Automations.
    pub automations: CollectionPoint,
    /// User states.
    pub user_state: CollectionPoint,
    /// Contacts.
    pub contact: CollectionPoint,
    /// The servers together; `None` before their first answer.
    pub server: Option<ServerPoint>,
}

/// What came of one collection in a piece of time. Durations are in microseconds, and
/// `None` where nothing was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CollectionPoint {
    /// Reads in all.
    pub reads: u32,
    /// Answered by this process' copies.
    pub near_hits: u32,
    /// Answered by the shared tier.
    pub shared_hits: u32,
    /// Of both, those that knew the thing not to exist.
    pub negative_hits: u32,
    /// Loaded from the store.
    pub misses: u32,
    /// Read past the cache.
    pub bypasses: u32,
    /// There, and no longer good.
    pub stale: u32,
    /// A tier failed.
    pub errors: u32,
    /// Fills and write-throughs.
    pub writes: u32,
    /// Invalidated by this process.
    pub invalidations: u32,
    /// Announced as invalid by anybody, this process included.
    pub heard: u32,
    /// How long a read took, on the average,
    pub mean: Option<f64>,
    /// half of them at most,
    pub p50: Option<f64>,
    /// and 99 of a hundred at most.
    pub p99: Option<f64>,
    /// What a read took that the store had to answer, on the average.
    pub miss_mean: Option<f64>,
}

impl CollectionPoint {
    /// The share of reads that a tier before the store answered, 0 to 1; `None` where
    /// nothing was read.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let hits = f64::from(self.near_hits) + f64::from(self.shared_hits);
        (self.reads > 0).then(|| hits / f64::from(self.reads))
    }
}

/// What the servers of the cache said, together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ServerPoint {
    /// Bytes in use at the end.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub memory_bytes: u64,
    /// Commands a second at the end; `None` where nobody measures them.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub commands_per_second: Option<u64>,
    /// Connections at the end; `None` where there are no such.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub clients: Option<u64>,
    /// Keys of all kinds at the end.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub keys: u64,
    /// Keys that went because there was no room.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub evicted: u64,
    /// Keys that went because their time was over.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub expired: u64,
    /// Look-ups that found a key, by whomever,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub hits: u64,
    /// and those that did not.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub misses: u64,
}
