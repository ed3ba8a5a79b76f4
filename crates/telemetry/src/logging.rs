//! What is logged, how it looks, and where it goes.
//!
//! As text for whoever looks at a terminal, or as one JSON object a line for programs:
//! `timestamp` (UTC), `level`, `message` and the record's other fields, `target`, and the
//! spans that it stands in.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::IsTerminal;
use std::str::FromStr;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// How log records look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people, with colours on a terminal.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("it is text or json".to_owned()),
        }
    }
}

/// What is logged, and how.
#[derive(Debug, Clone, Default)]
pub struct Logging {
    /// Which records, as in `info` or `heliograph_engine=debug`.
    pub filter: String,
    /// How they look.
    pub format: LogFormat,
    /// Where spans are sent by OTLP over HTTP, as in `http://localhost:4318`.
    pub otlp: Option<String>,
}

/// Why logging does not start.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The filter cannot be read.
    #[error("{filter:?} is no filter for log records: {reason}; try info, or debug")]
    Filter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Spans cannot be sent there.
    #[error("spans cannot be sent by OTLP: {0}")]
    Otlp(String),
    /// Somebody else in this process logs already.
    #[error("logging was started before")]
    Started,
}

/// Logging, started. To be kept until the end of the process: dropping it sends the
/// spans that are still to be sent.
#[derive(Debug)]
#[must_use = "dropping it ends the sending of spans"]
pub struct Started {
    #[cfg(feature = "otlp")]
    _spans: Option<crate::otlp::Spans>,
}

impl Logging {
    /// Logs on standard error from now on, for the whole process. As JSON, panics are
    /// records as well, so that every line can be parsed.
    ///
    /// # Errors
    /// [`LoggingError`]; nothing is logged then.
    pub fn start(&self) -> Result<Started, LoggingError> {
        let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let records = self.records(std::io::stderr, colours)?;
        self.start_with(records)
    }

    #[cfg(feature = "otlp")]
    fn start_with(&self, records: Records) -> Result<Started, LoggingError> {
        let spans = self.otlp.as_deref().map(crate::otlp::Spans::to);
        let spans = spans.transpose()?;
        let layer = spans.as_ref().map(crate::otlp::Spans::layer);
        self.install(Registry::default().with(records).with(layer))?;
        Ok(Started { _spans: spans })
    }

    #[cfg(not(feature = "otlp"))]
    fn start_with(&self, records: Records) -> Result<Started, LoggingError> {
        if self.otlp.is_some() {
            return Err(LoggingError::Otlp(
                "this binary was built without it; build it with --features otlp".to_owned(),
            ));
        }
        self.install(Registry::default().with(records))?;
        Ok(Started {})
    }

    fn install(
        &self,
        subscriber: impl tracing::Subscriber + Send + Sync,
    ) -> Result<(), LoggingError> {
        tracing::subscriber::set_global_default(subscriber).map_err(|_| LoggingError::Started)?;
        match self.format {
            LogFormat::Text => {}
            LogFormat::Json => std::panic::set_hook(Box::new(|panic| {
                let at = panic.location().map(ToString::to_string);
                let message = panic.payload_as_str().unwrap_or("a panic without a text");
                tracing::error!(at, "panicked: {message}");
            })),
        }
        Ok(())
    }

    /// The layer that writes records.
    fn records<W>(&self, writer: W, colours: bool) -> Result<Records, LoggingError>
    where
        W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    {
        let filter = EnvFilter::try_new(&self.filter).map_err(|error| LoggingError::Filter {
            filter: self.filter.clone(),
            reason: error.to_string(),
        })?;
        let layer = tracing_subscriber::fmt::layer().with_writer(writer);
        Ok(match self.format {
            LogFormat::Text => layer.with_ansi(colours).with_filter(filter).boxed(),
            LogFormat::Json => layer
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .with_filter(filter)
                .boxed(),
        })
    }
}

/// The layer that writes records.
type Records = Box<dyn Layer<Registry> + Send + Sync>;

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;
    use serde_json::Value;
    use std::io;
    use std::sync::Arc;

    /// What was written.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(logging: &Logging, log: impl FnOnce()) -> String {
        let paper = Paper::default();
        let writer = paper.clone();
        let records = logging
            .records(move || writer.clone(), false)
            .expect("the filter is good");
        tracing::subscriber::with_default(Registry::default().with(records), log);
        let bytes = paper.0.lock().clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_json_record_is_one_line_with_its_time_level_message_fields_and_spans() {
        let logging = Logging {
            filter: "debug".to_owned(),
            format: LogFormat::Json,
            otlp: None,
        };
        let text = written(&logging, || {
            let span = tracing::debug_span!("event", delivery = 7, kind = "dm_text");
            let _entered = span.enter();
            tracing::warn!(error = "a\nb \"c\"", tries = 3, "cannot handle\nan event");
            tracing::trace!("not this one");
        });
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 1, "{text}");
        let record: Value = serde_json::from_str(lines[0]).expect("JSON");
        assert_eq!(record["level"], "WARN");
        assert_eq!(record["message"], "cannot handle\nan event");
        assert_eq!(record["error"], "a\nb \"c\"");
        assert_eq!(record["tries"], 3);
        assert_eq!(record["target"], module_path!());
        assert_eq!(record["spans"][0]["name"], "event");
        assert_eq!(record["spans"][0]["delivery"], 7);
        let time = record["timestamp"].as_str().expect("a time");
        assert!(time.ends_with('Z') && time.len() >= 20, "{time} is UTC");
    }

    #[test]
    fn what_is_no_filter_is_refused_with_what_to_write_instead() {
        let logging = Logging {
            filter: "info,=,x=loud".to_owned(),
            ..Logging::default()
        };
        let Err(error) = logging.records(io::sink, false) else {
            panic!("that is no filter");
        };
        assert!(error.to_string().contains("try info"), "{error}");
    }

    #[test]
    fn formats_are_read_as_they_are_printed() {
        for format in [LogFormat::Text, LogFormat::Json] {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert!("yaml".parse::<LogFormat>().is_err());
    }
}
