//! Why something about conversations was not done.

use heliograph_engine::ports::PortError;
use heliograph_engine::process::HandError;

/// What a person asked of the conversations and did not get; the sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConversationsError {
    /// No profile is looked at.
    #[error("Nothing is running that could be looked at. Wait until the profile is open.")]
    NothingRuns,
    /// What was named is not there.
    #[error("{0}")]
    NotFound(String),
    /// It is not as it was when it was looked at.
    #[error("{0}")]
    Changed(String),
    /// The guard level, or the automation, does not allow it.
    #[error("{0}")]
    Refused(String),
    /// A part of the machine did not do it.
    #[error("{0}")]
    Unavailable(String),
}

impl From<PortError> for ConversationsError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Refused(why) => Self::Refused(why),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<HandError> for ConversationsError {
    fn from(error: HandError) -> Self {
        match error {
            HandError::NoAccount(_) | HandError::NoAutomation | HandError::Expired => {
                Self::NotFound(error.to_string())
            }
            HandError::NoStep { .. } => Self::Refused(error.to_string()),
            HandError::MovedOn => Self::Changed(error.to_string()),
            HandError::Busy | HandError::Stopped => Self::Unavailable(error.to_string()),
            HandError::Port(error) => error.into(),
        }
    }
}

/// The module's results.
pub type Result<T> = std::result::Result<T, ConversationsError>;
