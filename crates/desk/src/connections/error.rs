//! Why something about the profiles was not done.

use heliograph_runtime::RuntimeError;
use heliograph_runtime::secrets::SecretError;
use heliograph_runtime::settings::SettingsError;

/// What was asked for and not done; the sentence says what to do. No message holds a
/// secret.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionsError {
    /// The file with the profiles, or one of them.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A secret cannot be had or kept.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A profile cannot be opened.
    #[error(transparent)]
    Open(#[from] RuntimeError),
    /// The name belongs to another profile.
    #[error("There is a profile “{0}” already. Choose another name.")]
    Taken(String),
    /// Something about the request has to be changed.
    #[error("{0}")]
    Invalid(String),
    /// The audit log cannot be read or exported.
    #[error(
        "The audit log cannot be read: {0}. Check who owns the files in the application's data folder."
    )]
    Audit(String),
    /// The audit log cannot be written, so nothing was done.
    #[error(
        "Nothing was changed, because the audit log cannot be written: {0}. Make room on the disk, or let this user write in the application's data folder."
    )]
    Unwritten(String),
    /// A part of the program ended where it should not.
    #[error("This was not done to its end: {0}")]
    Broken(String),
}

impl ConnectionsError {
    #[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(super) fn audit(error: std::io::Error) -> Self {
        Self::Audit(error.to_string())
    }
}

/// The module's results.
pub type Result<T> = std::result::Result<T, ConnectionsError>;
