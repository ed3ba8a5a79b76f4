//! What a server tells of itself: metrics for Prometheus, logs for programs, and the
//! figures of a run for people.
//!
//! The engine counts and times in plain numbers ([`heliograph_engine::process::Measured`]);
//! here they are only read. So nothing on the way of an event knows of a metric's name, a
//! label or a recorder, and a scrape costs what it prints.

mod exposition;
mod logging;
#[cfg(feature = "otlp")]
mod otlp;
mod process;
mod report;
mod sample;
#[cfg(test)]
mod samples;
mod serve;
mod source;
mod table;

pub use logging::{LogFormat, Logging, LoggingError, Started};
pub use process::ProcessFacts;
pub use report::{HitRate, Latency, Report, Verdict};
pub use sample::Sample;
pub use serve::{RunningMetrics, serve};
pub use source::{ReadRequests, Requests, Source};
