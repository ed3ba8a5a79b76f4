//! Why something with the queue was not done.

use heliograph_engine::ports::PortError;
use heliograph_model::JobId;

/// What a person asked of the queue and did not get; the sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// No profile is looked at.
    #[error("Nothing is running that could be looked at. Wait until the workspace is open.")]
    NothingRuns,
    /// The sends are not those that were asked about.
    #[error(
        "Another profile is in front now, and these sends are not the ones that you were shown. Nothing was sent. Open the question again."
    )]
    NotAsked,
    /// The job is not there any more.
    #[error("Job {0} is not in the queue any more: it is done, or somebody removed it.")]
    Gone(JobId),
    /// Nothing was discarded that could be put back.
    #[error(
        "There is nothing to put back: only what was discarded last, and only until another profile comes in front."
    )]
    NothingKept,
    /// The profile does not allow it.
    #[error("{0}")]
    Refused(String),
    /// The queue did not do it.
    #[error("{0}")]
    Unavailable(String),
    /// The queue says that it must not be done as it stands.
    #[error("{0}")]
    Invalid(String),
}

impl From<PortError> for QueueError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Refused(why) => Self::Refused(why),
            PortError::Unavailable(why) => Self::Unavailable(why),
            PortError::Conflict(why) => Self::Invalid(why),
            PortError::Other(error) => Self::Invalid(sentence(&error.to_string())),
        }
    }
}

/// An error's text as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}

/// The module's results.
pub(super) type Result<T> = std::result::Result<T, QueueError>;
