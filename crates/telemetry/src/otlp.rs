//! Spans, sent by OTLP over HTTP: one for each event that is handled and one for each
//! request to Instagram, with the delivery's number on both.
//!
//! What OpenTelemetry's environment variables say is followed where we say nothing
//! ourselves: `OTEL_TRACES_SAMPLER` and its argument, `OTEL_SERVICE_NAME`,
//! `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_EXPORTER_OTLP_HEADERS`.

use crate::logging::LoggingError;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

/// Where a collector takes spans, by the OTLP specification.
const PATH: &str = "/v1/traces";
/// What the service is called where `OTEL_SERVICE_NAME` does not say.
const SERVICE: &str = "heliograph";

/// The sending of spans. Dropping it sends what is left, and waits for that.
#[derive(Debug)]
pub(crate) struct Spans {
    provider: SdkTracerProvider,
}

impl Spans {
    /// Sends to a collector at `url`: its address, as `http://localhost:4318`, or the
    /// whole URL of its traces.
    pub(crate) fn to(url: &str) -> Result<Self, LoggingError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(endpoint(url))
            .build()
            .map_err(|error| LoggingError::Otlp(error.to_string()))?;
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name(SERVICE);
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        Ok(Self { provider })
    }

    /// The layer that makes them of ours, and of nobody else's.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let ours = Targets::new().with_target("heliograph", LevelFilter::DEBUG);
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_filter(ours)
    }
}

impl Drop for Spans {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
}

/// The URL of the traces.
fn endpoint(url: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    match host.trim_end_matches('/').contains('/') {
        true => url.to_owned(),
        false => format!("{}{PATH}", url.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_alone_gets_the_path_of_the_specification() {
        for address in ["http://localhost:4318", "http://localhost:4318/"] {
            assert_eq!(endpoint(address), "http://localhost:4318/v1/traces");
        }
        let whole = "https://collector.example/team/v1/traces";
        assert_eq!(endpoint(whole), whole);
    }
}
