//! Why a tunnel was not started.

/// What is wrong; the sentence says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TunnelError {
    /// A setting has to be changed first.
    #[error("{0}")]
    Invalid(String),
    /// The program is not on this machine.
    #[error("{program} is not installed on this machine: it is nowhere on the PATH. {advice}")]
    NotInstalled {
        /// Such as `cloudflared`.
        program: String,
        /// How to get it.
        advice: String,
    },
    /// The settings could not be written down.
    #[error("The tunnel's settings could not be kept: {0}. Make room on the disk, and try again.")]
    NotKept(String),
}

impl TunnelError {
    pub(crate) fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }
}

/// The crate's results.
pub type Result<T> = std::result::Result<T, TunnelError>;
