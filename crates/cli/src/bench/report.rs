//! What is printed: one JSON object. Units are in the fields' names.

use heliograph_bench::figures::rounded;
use serde::Serialize;

/// The version of this document's form.
pub(crate) const SCHEMA: &str = "heliograph-bench/1";

/// One line of the design's table "What it must reach".
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) what: &'static str,
    pub(crate) must_reach: f64,
    pub(crate) reached: f64,
    pub(crate) unit: &'static str,
    pub(crate) is_met: bool,
}

impl Target {
    /// A figure that must be at least so much.
    pub(crate) fn at_least(
        what: &'static str,
        must_reach: f64,
        reached: f64,
        unit: &'static str,
    ) -> Self {
        Self {
            what,
            must_reach,
            reached: rounded(reached),
            unit,
            is_met: reached >= must_reach,
        }
    }

    /// A figure that must be below.
    pub(crate) fn below(
        what: &'static str,
        must_reach: f64,
        reached: f64,
        unit: &'static str,
    ) -> Self {
        Self {
            is_met: reached < must_reach,
            ..Self::at_least(what, must_reach, reached, unit)
        }
    }
}
