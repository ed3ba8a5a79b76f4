//! Why something could not be done in the library.

use heliograph_engine::workspaces::WorkspaceError;
use heliograph_lab::WorkspaceFileError;

/// Why something could not be done in the library.
#[derive(Debug, thiserror::Error)]
pub enum BuilderError {
    /// The store of the profile refused it; the sentence says why.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// There is no such thing.
    #[error("there is no {0}; it may have been deleted meanwhile")]
    NotFound(String),
    /// Somebody else changed it first.
    #[error("{0}")]
    Conflict(String),
    /// A file holds no automations.
    #[error("{0}")]
    File(#[from] WorkspaceFileError),
    /// The file with the drafts failed.
    #[error(
        "the drafts cannot be kept: {0}. Is there room on the disk, and may this user write there?"
    )]
    Shelf(#[from] rusqlite::Error),
    /// Exploring ended before its time.
    #[error("exploring broke off: {0}. This is a defect; the log says more")]
    Explore(#[from] tokio::task::JoinError),
    /// A draft cannot be read.
    #[error("a stored automation cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
}

/// What a change answers.
pub type Result<T> = std::result::Result<T, BuilderError>;
