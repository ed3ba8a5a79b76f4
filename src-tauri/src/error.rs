//! What a command answers when it cannot do what it was asked.

use heliograph_builder::BuilderError;
use heliograph_desk::cache::CacheError;
use heliograph_desk::connections::ConnectionsError;
use heliograph_desk::conversations::ConversationsError;
use heliograph_desk::queue::QueueError;
use heliograph_desk::traffic::TrafficError;
use heliograph_engine::workspaces::WorkspaceError;
use heliograph_lab::simulator::SimulatorError;
use heliograph_runtime::settings::SettingsError;
use serde::Serialize;

/// Every command's error, in words for the person at the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct CommandError {
    /// What kind of error, for programs.
    pub code: ErrorCode,
    /// What went wrong and what to do next, for people.
    pub message: String,
}

/// The kinds of errors that the window tells apart. A kind is added only when the window
/// does something else about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// What it was about does not exist, or not any more.
    NotFound,
    /// The request is not acceptable as it stands; the message says what to change.
    Invalid,
    /// Something that is needed is not there at the moment; trying again may help.
    Unavailable,
    /// Somebody or something else has it.
    Conflict,
    /// A defect of the program. The details are in the log.
    Internal,
}

impl CommandError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// For what should not happen: the details go to the log, the person gets a sentence.
    pub(crate) fn internal(what: &str, details: &dyn std::fmt::Display) -> Self {
        tracing::error!(%details, "{what}");
        Self::new(
            ErrorCode::Internal,
            format!("{what}. The log in the application's data folder says more."),
        )
    }
}

impl From<SimulatorError> for CommandError {
    fn from(error: SimulatorError) -> Self {
        let code = match &error {
            SimulatorError::NoPerson(_)
            | SimulatorError::NoMedia(_)
            | SimulatorError::NoBubble(_) => ErrorCode::NotFound,
            SimulatorError::NoAccount | SimulatorError::Impossible(_) => ErrorCode::Invalid,
            SimulatorError::MovedOn(_) => ErrorCode::Conflict,
            SimulatorError::Workspace(error) => code_of(error),
            SimulatorError::Runtime(_) | SimulatorError::Port(_) => ErrorCode::Unavailable,
        };
        tracing::warn!(?code, %error, "a command was not carried out");
        Self::new(code, error.to_string())
    }
}

impl From<BuilderError> for CommandError {
    fn from(error: BuilderError) -> Self {
        let code = match &error {
            BuilderError::Workspace(error) => code_of(error),
            BuilderError::NotFound(_) => ErrorCode::NotFound,
            BuilderError::Conflict(_) => ErrorCode::Conflict,
            BuilderError::File(_) => ErrorCode::Invalid,
            BuilderError::Shelf(_) | BuilderError::Stored(_) => ErrorCode::Unavailable,
            BuilderError::Explore(_) => ErrorCode::Internal,
        };
        tracing::warn!(?code, %error, "a command was not carried out");
        Self::new(code, error.to_string())
    }
}

impl From<WorkspaceError> for CommandError {
    fn from(error: WorkspaceError) -> Self {
        let code = code_of(&error);
        tracing::warn!(?code, %error, "a command was not carried out");
        Self::new(code, error.to_string())
    }
}

impl From<TrafficError> for CommandError {
    fn from(error: TrafficError) -> Self {
        let code = match &error {
            TrafficError::Gone(_) => ErrorCode::NotFound,
            TrafficError::Filter(_) | TrafficError::Json { .. } | TrafficError::Invalid(_) => {
                ErrorCode::Invalid
            }
            TrafficError::NothingRuns | TrafficError::Unavailable(_) => ErrorCode::Unavailable,
        };
        tracing::warn!(?code, %error, "a command was not carried out");
        Self::new(code, error.to_string())
    }
}

impl From<ConnectionsError> for CommandError {
    fn from(error: ConnectionsError) -> Self {
        let code = match &error {
            ConnectionsError::Settings(SettingsError::NoProfile { .. }) => ErrorCode::NotFound,
            ConnectionsError::Settings(
                SettingsError::Name(_) | SettingsError::Address(_) | SettingsError::NoSecret { .. },
            )
            | ConnectionsError::Taken(_)
            | ConnectionsError::Invalid(_) => ErrorCode::Invalid,
            ConnectionsError::Settings(_)
            | ConnectionsError::Secret(_)
            | ConnectionsError::Open(_)
            | ConnectionsError::Audit(_)
            | ConnectionsError::Unwritten(_) => ErrorCode::Unavailable,
            ConnectionsError::Broken(_) => ErrorCode::Internal,
        };
        tracing::warn!(?code, %error, "a command was not carried out");
        Self::new(code, error.to_string())
    }
}

impl From<CacheError> for CommandError {
    fn from(error: CacheError) -> Self {
        let code = match &error {
            CacheError::Gone(_) => ErrorCode::NotFound,
            CacheError::Invalid(_) | CacheError::Refused(_) => ErrorCode::Invalid,
            CacheError::NothingRuns | CacheError::Unavailable(_) => ErrorCode::Unavailable,
        };
        tracing::warn!(?code, %error, "a command was not carried out");
        Self::new(code, error.to_string())
    }
}

impl From<ConversationsError> for CommandError {
    fn from(error: ConversationsError) -> Self {
        let code = match &error {
            ConversationsError::NotFound(_) => ErrorCode::NotFound,
            ConversationsError::Changed(_) => ErrorCode::Conflict,
            ConversationsError::Refused(_) => ErrorCode::Invalid,
            ConversationsError::NothingRuns | ConversationsError::Unavailable(_) => {
                ErrorCode::Unavailable
            }
        };
        tracing::warn!(?code, %error, "a command was not carried out");
        Self::new(code, error.to_string())
    }
}

impl From<QueueError> for CommandError {
    fn from(error: QueueError) -> Self {
        let code = match &error {
            QueueError::Gone(_) => ErrorCode::NotFound,
            QueueError::NotAsked
            | QueueError::NothingKept
            | QueueError::Refused(_)
            | QueueError::Invalid(_) => ErrorCode::Invalid,
            QueueError::NothingRuns | QueueError::Unavailable(_) => ErrorCode::Unavailable,
        };
        tracing::warn!(?code, %error, "a command was not carried out");
        Self::new(code, error.to_string())
    }
}

fn code_of(error: &WorkspaceError) -> ErrorCode {
    match error {
        WorkspaceError::NotFound(_) => ErrorCode::NotFound,
        WorkspaceError::Invalid { .. }
        | WorkspaceError::Account(_)
        | WorkspaceError::Refused(_)
        | WorkspaceError::File(_) => ErrorCode::Invalid,
        WorkspaceError::Conflict(_) => ErrorCode::Conflict,
        WorkspaceError::Store(_) => ErrorCode::Unavailable,
    }
}
