//! Figures as benchmarks print them. Units are in the fields' names.

use serde::Serialize;

/// Latencies in microseconds, from the intended start to the answer.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Latency {
    /// The median.
    pub p50: u64,
    /// Nine of ten took no longer.
    pub p90: u64,
    /// 99 of 100 took no longer.
    pub p99: u64,
    /// 999 of 1,000 took no longer.
    pub p999: u64,
    /// The longest.
    #[serde(rename = "max")]
    pub most: u64,
}

/// How fast requests were answered.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rate {
    /// Requests answered with 200.
    pub accepted: u64,
    /// Requests answered otherwise.
    pub refused: u64,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Requests answered with 200, for each second.
    pub accepted_per_second: f64,
    /// How long the answers took.
    pub latency_micros: Latency,
}

impl Rate {
    /// The rate of so many requests in so many seconds.
    #[must_use]
    pub fn new(accepted: u64, refused: u64, seconds: f64, latency_micros: Latency) -> Self {
        Self {
            accepted,
            refused,
            seconds: rounded(seconds),
            accepted_per_second: per_second(accepted, seconds),
            latency_micros,
        }
    }
}

/// So many a second.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
#[must_use]
pub fn per_second(count: u64, seconds: f64) -> f64 {
    rounded(count as f64 / seconds.max(1e-9))
}

/// Four digits after the point are more than any of this is worth.
#[must_use]
pub fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
