//! Logs, metrics and the figures at the end: the options, and what they start.

use crate::failure::Usage;
use crate::output;
use anyhow::Context;
use heliograph_listener::RunningListener;
use heliograph_runtime::Runtime;
use heliograph_telemetry::{
    LogFormat, Logging, LoggingError, Report, Requests, RunningMetrics, Source, Started,
};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// What is logged on standard error, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct LogOptions {
    /// How much to log on standard error, as in `info` or `heliograph_engine=debug`.
    #[arg(
        long,
        global = true,
        env = "HELIOGRAPH_LOG",
        default_value = "warn",
        value_name = "FILTER"
    )]
    log: String,
    /// How log records look: `text` for people, `json` for programs, one object a line.
    #[arg(
        long,
        global = true,
        env = "HELIOGRAPH_LOG_FORMAT",
        default_value_t,
        value_name = "FORMAT"
    )]
    log_format: LogFormat,
    /// Send spans by OTLP over HTTP to a collector, as in `http://localhost:4318`. Off
    /// where not given.
    #[arg(
        long,
        global = true,
        env = "HELIOGRAPH_OTLP",
        hide_env_values = true,
        value_name = "URL"
    )]
    otlp: Option<String>,
}

impl LogOptions {
    /// Logs from now on. What is returned is kept until the end of the process.
    ///
    /// # Errors
    /// [`Usage`] for a filter or a URL that is none.
    pub(crate) fn start(self) -> anyhow::Result<Started> {
        let logging = Logging {
            filter: self.log,
            format: self.log_format,
            otlp: self.otlp,
        };
        logging.start().map_err(|error| match error {
            LoggingError::Filter { .. } | LoggingError::Otlp(_) => Usage(error.to_string()).into(),
            LoggingError::Started => error.into(),
        })
    }
}

/// Where the metrics are served.
#[derive(Debug, clap::Args)]
pub(crate) struct MetricsOptions {
    /// Serve metrics for Prometheus at `/metrics` on a port of their own, as in
    /// `127.0.0.1:9464`. Port 0 takes a free one. Off where not given.
    #[arg(long, env = "HELIOGRAPH_METRICS", value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
}

impl MetricsOptions {
    /// Serves the metrics of a worker, where that was asked for.
    ///
    /// # Errors
    /// [`Usage`] when the address is taken.
    pub(crate) async fn start(&self, runtime: &Runtime) -> anyhow::Result<Option<RunningMetrics>> {
        self.serve(source(runtime)).await
    }

    /// Serves the metrics of a listener and its worker, where that was asked for.
    ///
    /// # Errors
    /// [`Usage`] when the address is taken.
    pub(crate) async fn start_with(
        &self,
        runtime: &Runtime,
        listener: &RunningListener,
    ) -> anyhow::Result<Option<RunningMetrics>> {
        let mut source = source(runtime);
        let counters = listener.counting();
        source.requests = Some(Arc::new(move || {
            let counters = counters();
            // Two of them do not say how a request ended.
            let mut results = counters.each();
            results.retain(|(name, _)| !matches!(*name, "accepted_bytes" | "connections"));
            Requests {
                results,
                accepted_bytes: counters.accepted_bytes,
                connections: counters.connections,
            }
        }));
        self.serve(source).await
    }

    async fn serve(&self, source: Source) -> anyhow::Result<Option<RunningMetrics>> {
        let Some(address) = self.metrics else {
            return Ok(None);
        };
        let tcp = TcpListener::bind(address).await.map_err(|error| {
            Usage(format!(
                "the metrics cannot be served on {address}: {error}. Choose another address with --metrics, or stop what uses it."
            ))
        })?;
        let metrics = heliograph_telemetry::serve(tcp, source, std::future::pending());
        Ok(Some(metrics.context("the metrics are not served")?))
    }
}

/// Where the figures of a running profile are read.
pub(crate) fn source(runtime: &Runtime) -> Source {
    let measured = runtime.engine().measured();
    let mut source = Source::new(measured, runtime.queue(), Arc::clone(runtime.clock()));
    source.backlog = runtime.backlog().cloned();
    source
}

/// Prints the figures of a run. As JSON they are one document with the field `report`,
/// so that it can be told from what happened before.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn print(report: &Report, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&serde_json::json!({ "report": report }));
    }
    output::line("")?;
    output::line(&report.to_string())
}
