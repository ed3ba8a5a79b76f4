//! Why something cannot be done in the simulator.

use heliograph_engine::ports::PortError;
use heliograph_engine::workspaces::WorkspaceError;
use heliograph_runtime::RuntimeError;

/// Why something cannot be done in the simulator.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The workspace has no account that people could write to.
    #[error("the workspace has no account that people could write to; add one to `accounts`")]
    NoAccount,
    /// There is no such person.
    #[error("there is no person with the id {0} in the simulator; add one first")]
    NoPerson(String),
    /// There is no such post, story or live video.
    #[error("there is no post or story with the id {0} in the simulator; choose one of the list")]
    NoMedia(String),
    /// There is no such message, or it is not of the kind that is needed.
    #[error("{0}")]
    NoBubble(String),
    /// It cannot be done as things are; the message says why.
    #[error("{0}")]
    Impossible(String),
    /// Somebody does not stand any more where they stood; the message says what to do.
    #[error("{0}")]
    MovedOn(String),
    /// The profile does not become a running engine.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// The workspace, or a change of it, is refused.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The embedded store or queue failed.
    #[error("the embedded database failed: {0}")]
    Port(#[from] PortError),
}

/// What the simulator answers.
pub type Result<T> = std::result::Result<T, SimulatorError>;
