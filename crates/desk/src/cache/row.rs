//! The table: each collection over the span that is looked at.

use super::point::CollectionPoint;
use super::sample::Between;
use heliograph_engine::cache::CachePolicy;
use heliograph_model::{Collection, Tier};
use serde::Serialize;

/// One collection over a span of time. Durations of reads are in microseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CacheRow {
    /// Which.
    pub collection: Collection,
    /// The share of reads that a tier before the store answered, 0 to 1; `None` where
    /// nothing was read.
    pub rate: Option<f64>,
    /// What it must reach, 0 to 1; `None` for contacts, which are read fresh.
    pub target: Option<f64>,
    /// Reads a minute, over the last minute.
    pub per_minute: f64,
    /// What came in the span.
    pub total: CollectionPoint,
    /// What this process' copies answered,
    pub near: TierFigures,
    /// the shared tier,
    pub shared: TierFigures,
    /// and the store.
    pub store: TierFigures,
    /// How long what is cached lives, in milliseconds; `None` where nothing is.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub ttl_ms: Option<i64>,
}

/// What one tier did. Durations are in microseconds, and `None` where there were no reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TierFigures {
    /// How many reads it answered.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub reads: u64,
    /// Entries that it was asked for after their time was over. Of the shared tier those are
    /// known that the process which asked had put there; the store has none.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub expired: u64,
    /// How long the reads took, on the average,
    pub mean: Option<f64>,
    /// half of them at most,
    pub p50: Option<f64>,
    /// and 99 of a hundred at most.
    pub p99: Option<f64>,
}

/// What a collection must reach, 0 to 1 (the design, "What it must reach").
pub(super) const fn target(collection: Collection) -> Option<f64> {
    match collection {
        Collection::Workspace => Some(0.95),
        Collection::Automations => Some(0.90),
        Collection::UserState => Some(0.99),
        Collection::Contact => None,
    }
}

pub(super) fn ttl(policy: &CachePolicy, collection: Collection) -> Option<i64> {
    match collection {
        Collection::Workspace => Some(policy.workspace_ms),
        Collection::Automations => Some(policy.automations_ms),
        Collection::UserState => Some(policy.user_state_ms),
        Collection::Contact => policy.contact_ms,
    }
}

/// All collections: over the span, and how much was read in the last minute.
pub(super) fn rows(
    over: &Between<'_>,
    minute: &Between<'_>,
    policy: &CachePolicy,
) -> Vec<CacheRow> {
    let row = |collection| {
        let total = over.collection(collection);
        CacheRow {
            collection,
            rate: total.rate(),
            target: target(collection),
            per_minute: per_minute(minute, collection),
            total,
            near: over.tier(collection, Tier::Near),
            shared: over.tier(collection, Tier::Shared),
            store: over.tier(collection, Tier::Store),
            ttl_ms: ttl(policy, collection),
        }
    };
    Collection::ALL.into_iter().map(row).collect()
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a rate for people; a span of so many milliseconds would take ages"
)]
fn per_minute(minute: &Between<'_>, collection: Collection) -> f64 {
    let reads = f64::from(minute.collection(collection).reads);
    match minute.millis {
        millis if millis > 0 => reads * 60_000.0 / millis as f64,
        _ => 0.0,
    }
}
