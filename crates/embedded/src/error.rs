//! What goes wrong with SQLite, in words that say what to do next.

use heliograph_engine::ports::PortError;
use rusqlite::ErrorCode;
use std::path::PathBuf;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer build wrote the file.
    #[error(
        "{path} was written by a newer Heliograph (file version {found}, this one reads up to \
         {known}). Update Heliograph, or open another file"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i32,
        /// The newest version that this build knows.
        known: i32,
    },
    /// It is a SQLite database of another application.
    #[error(
        "{path} is a database of another application. It was left as it is; choose another file"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It is a folder, a device or the like.
    #[error("{path} is no file. It was left as it is; name a file for the database")]
    NoFile {
        /// What was named.
        path: PathBuf,
    },
    /// Another process works on the file.
    #[error(
        "{path} is in use by another Heliograph{}. Close it there, or open another file",
        .process.map_or_else(String::new, |id| format!(" (process {id})"))
    )]
    InUse {
        /// The file.
        path: PathBuf,
        /// The other process, where it says so.
        process: Option<u32>,
    },
    /// The folder or the file cannot be used.
    #[error(
        "{path} cannot be opened: {source}. Check that the folder exists and may be written to"
    )]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// SQLite refused for another reason.
    #[error("{path} cannot be opened: {source}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The SQLite in this build has a bug that loses data (the WAL reset, before 3.53).
    #[error("this build carries SQLite {0}, which can lose data; it must be 3.53 or newer")]
    OldSqlite(String),
}

/// What went wrong with one transaction; everybody who was in it is told the same.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    transient: bool,
    message: String,
}

impl Failure {
    pub(crate) fn to_port(&self) -> PortError {
        if self.transient {
            PortError::Unavailable(self.message.clone())
        } else {
            PortError::other(self.message.clone())
        }
    }
}

impl From<&rusqlite::Error> for Failure {
    fn from(error: &rusqlite::Error) -> Self {
        let (transient, message) = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => (
                true,
                "The disk that holds the database is full. Make space; nothing was \
                 acknowledged, and work goes on by itself once there is some."
                    .to_owned(),
            ),
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => (
                true,
                format!("The database's file cannot be read or written ({error}). Check the disk."),
            ),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => (
                true,
                "The database's file is read-only. Allow this user to write to it.".to_owned(),
            ),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
                true,
                "Another program keeps the database's file locked. Close the file there."
                    .to_owned(),
            ),
            Some(ErrorCode::OutOfMemory) => (true, "There is not enough memory.".to_owned()),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (
                false,
                format!(
                    "The database's file is damaged ({error}). Restart Heliograph: it sets the \
                     damaged file aside and starts a new one."
                ),
            ),
            _ => (false, format!("The database answered: {error}")),
        };
        Self { transient, message }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::from(&error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self {
            transient: false,
            message: format!("A stored document cannot be read: {error}"),
        }
    }
}

impl From<Failure> for PortError {
    fn from(failure: Failure) -> Self {
        failure.to_port()
    }
}

/// A document as JSON text.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Result<String, PortError> {
    serde_json::to_string(value).map_err(PortError::other)
}
