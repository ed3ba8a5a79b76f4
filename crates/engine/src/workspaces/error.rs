//! Why a change was refused.

use crate::ports::PortError;
use heliograph_model::Problem;

/// Why a change was refused.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// There is no such thing.
    #[error("there is no automation “{0}”; it may have been deleted meanwhile")]
    NotFound(String),
    /// It would not work, or Instagram would refuse it.
    #[error("“{name}” cannot be saved: {}", list(problems))]
    Invalid {
        /// The automation's name.
        name: String,
        /// Everything that is wrong, each with what to do.
        problems: Vec<Problem>,
    },
    /// An account cannot be saved as it is; the sentence says what to change.
    #[error("{0}")]
    Account(String),
    /// Somebody else changed it first, or has it.
    #[error("{0}")]
    Conflict(String),
    /// The profile's guard level does not allow it.
    #[error("{0}")]
    Refused(String),
    /// A file is not a workspace of this format.
    #[error("{0}")]
    File(String),
    /// The store failed.
    #[error("{0}")]
    Store(#[source] PortError),
}

/// What a change answers.
pub type Result<T> = std::result::Result<T, WorkspaceError>;

impl From<PortError> for WorkspaceError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Conflict(_) => Self::Conflict(error.to_string()),
            PortError::Refused(_) => Self::Refused(error.to_string()),
            PortError::Unavailable(_) | PortError::Other(_) => Self::Store(error),
        }
    }
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect();
    lines.join("; ")
}
