//! Why something at the desk was not done.

use super::filter::FilterError;
use heliograph_engine::ports::PortError;

/// What a person at the desk asked for and did not get; the sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TrafficError {
    /// No engine is looked at.
    #[error("Nothing is running that could be looked at. Wait until the workspace is open.")]
    NothingRuns,
    /// What was named is not there any more.
    #[error(
        "{0} is not there any more: the journal keeps only so much, and a reset begins a new one."
    )]
    Gone(String),
    /// A filter that cannot be read.
    #[error("{0}")]
    Filter(#[from] FilterError),
    /// What was to be sent is not JSON.
    #[error("Line {line}, column {column}: {message}")]
    Json {
        /// From 1.
        line: u32,
        /// From 1, in characters.
        column: u32,
        /// What is wrong there.
        message: String,
    },
    /// Something about the request has to be changed.
    #[error("{0}")]
    Invalid(String),
    /// A part of the machine did not do it.
    #[error("{0}")]
    Unavailable(String),
}

impl From<PortError> for TrafficError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Refused(why) => Self::Invalid(why),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// The crate's results.
pub type Result<T> = std::result::Result<T, TrafficError>;
