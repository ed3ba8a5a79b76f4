//! Why something at the cache's desk was not done.

use heliograph_engine::ports::PortError;

/// What a person at the desk asked for and did not get; the sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// No engine is looked at.
    #[error("Nothing is running that could be looked at. Wait until the workspace is open.")]
    NothingRuns,
    /// What was named is not there any more.
    #[error("{0} is not in the cache any more: its time was over, or somebody removed it.")]
    Gone(String),
    /// Something about the request has to be changed.
    #[error("{0}")]
    Invalid(String),
    /// The guard level does not allow it.
    #[error("{0}")]
    Refused(String),
    /// The cache or the store did not do it.
    #[error("{0}")]
    Unavailable(String),
}

impl From<PortError> for CacheError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Refused(why) => Self::Refused(why),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// The screen's results.
pub type Result<T> = std::result::Result<T, CacheError>;
