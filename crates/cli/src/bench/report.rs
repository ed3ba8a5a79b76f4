//! What is printed: one JSON object. Units are in the fields' names.

use serde::Serialize;

/// The version of this document's form.
pub(crate) const SCHEMA: &str = "heliograph-bench/1";

/// Latencies in microseconds, from the intended start to the answer.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Latency {
    pub(crate) p50: u64,
    pub(crate) p90: u64,
    pub(crate) p99: u64,
    pub(crate) p999: u64,
    #[serde(rename = "max")]
    pub(crate) most: u64,
}

/// How fast requests were answered.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rate {
    /// Requests answered with 200.
    pub(crate) accepted: u64,
    /// Requests answered otherwise.
    pub(crate) refused: u64,
    pub(crate) seconds: f64,
    pub(crate) accepted_per_second: f64,
    pub(crate) latency_micros: Latency,
}

impl Rate {
    pub(crate) fn new(accepted: u64, refused: u64, seconds: f64, latency_micros: Latency) -> Self {
        Self {
            accepted,
            refused,
            seconds: rounded(seconds),
            accepted_per_second: per_second(accepted, seconds),
            latency_micros,
        }
    }
}

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

/// So many a second.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(crate) fn per_second(count: u64, seconds: f64) -> f64 {
    rounded(count as f64 / seconds.max(1e-9))
}

/// Four digits after the point are more than any of this is worth.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
