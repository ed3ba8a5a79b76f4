//! A load generator for HTTP: raw keep-alive connections that write requests which were
//! made and signed before, so that it costs little beside what it measures.

mod closed_loop;
mod connection;
mod open_loop;
mod request;

pub use closed_loop::{ClosedLoop, closed_loop};
pub use open_loop::{OpenLoop, open_loop};
pub use request::Target;

use crate::figures::Latency;
use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use std::future::Future;

/// Up to here latencies are told apart; what took longer counts as this.
const LONGEST_MICROS: u64 = 60_000_000;

/// Latencies, in microseconds.
#[derive(Debug)]
pub struct Latencies(Histogram<u64>);

impl Latencies {
    fn new() -> Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, LONGEST_MICROS, 3)?))
    }

    fn record(&mut self, took: std::time::Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(LONGEST_MICROS);
        self.0.saturating_record(micros.max(1));
    }

    fn add(&mut self, other: &Self) -> Result<()> {
        Ok(self.0.add(&other.0)?)
    }

    fn summary(&self) -> Latency {
        Latency {
            p50: self.0.value_at_quantile(0.5),
            p90: self.0.value_at_quantile(0.9),
            p99: self.0.value_at_quantile(0.99),
            p999: self.0.value_at_quantile(0.999),
            most: self.0.max(),
        }
    }
}

/// Runs the generator on a thread of its own, as if it were another process: it shares no
/// scheduler with what it measures.
async fn apart<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("load".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let result = match runtime {
                Ok(runtime) => runtime.block_on(work),
                Err(error) => Err(error.into()),
            };
            // Where nobody waits any more, nobody wants the answer.
            let _ = answer.send(result);
        })?;
    answered.await.context("the load generator ended early")?
}
