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
        let endpoint = endpoint(url)?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(&endpoint)
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

/// The URL of the traces. One with credentials in it is refused, and never repeated: it
/// would stand in the records about a collector that cannot be reached.
fn endpoint(url: &str) -> Result<String, LoggingError> {
    let refuse = |why: &str| Err(LoggingError::Otlp(why.to_owned()));
    let Some(("http" | "https", rest)) = url.split_once("://") else {
        return refuse("a collector's URL begins with http:// or https://");
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() {
        return refuse("the URL names no host; write it like http://localhost:4318");
    }
    if host.contains('@') {
        return refuse(
            "credentials do not belong into the URL; \
             give them with OTEL_EXPORTER_OTLP_HEADERS, as authorization=Basic%20…",
        );
    }
    Ok(match rest.trim_end_matches('/').contains('/') {
        true => url.to_owned(),
        false => format!("{}{PATH}", url.trim_end_matches('/')),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_alone_gets_the_path_of_the_specification() {
        for address in ["http://localhost:4318", "http://localhost:4318/"] {
            let endpoint = endpoint(address).expect("an address");
            assert_eq!(endpoint, "http://localhost:4318/v1/traces");
        }
        let whole = "https://collector.example/team/v1/traces";
        assert_eq!(endpoint(whole).expect("a URL"), whole);
    }

    #[test]
    fn what_is_no_url_or_holds_credentials_is_refused_and_not_repeated() {
        for bad in [
            "localhost:4318",
            "http://",
            "ftp://hidden",
            "http://user:hidden@localhost:4318",
        ] {
            let Err(error) = Spans::to(bad) else {
                panic!("{bad} is taken");
            };
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
    }
}
