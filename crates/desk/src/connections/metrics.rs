//! What is at an address of metrics, in words.

use crate::cache::{MetricsFound, MetricsTrouble};
use heliograph_model::Millis;
use serde::Serialize;

/// What was found at an address of metrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct MetricsTest {
    /// Whether a worker answers there.
    pub good: bool,
    /// What is there, or what is wrong.
    pub says: String,
    /// What to do; `None` where nothing need be done.
    pub to_do: Option<String>,
    /// When the worker started, by its own clock.
    pub started_at: Option<Millis>,
}

impl MetricsTest {
    pub(super) fn of(found: Result<MetricsFound, MetricsTrouble>) -> Self {
        match found {
            Ok(found) => Self {
                good: true,
                says: format!(
                    "Heliograph {} answers; its cache has counted {} reads.",
                    found.version, found.reads
                ),
                to_do: None,
                started_at: Some(found.started_at),
            },
            Err(trouble) => Self {
                good: false,
                says: trouble.says,
                to_do: Some(trouble.to_do),
                started_at: None,
            },
        }
    }
}
