//! Profiles as they are saved: in one JSON file that the window and the command line
//! share, without secrets.

mod address;
mod atomic;
mod env_file;
mod file;
mod open;
mod profile;

pub use address::Address;
pub(crate) use atomic::write_atomically;
pub use env_file::{
    EnvConnection, EnvFinding, EnvProblem, EnvReading, connection_of_env, read_env,
};
pub use file::{ProfilesFile, SavedProfiles, profiles_path};
pub use heliograph_mongo::Collections;
pub use open::OpenSettings;
pub use profile::{
    CacheSettings, EmbeddedSettings, GraphSettings, InstagramSettings, MongoSettings,
    PlaceSettings, ProfileSettings, QueueSettings, RedisSettings, ServerSettings,
};

use crate::secrets::SecretError;
use std::path::PathBuf;

/// Why settings cannot be used. No message holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read or written.
    #[error("The file {} with the profiles cannot be used: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// There is no folder for it.
    #[error("There is no HOME to keep the profiles in; set XDG_CONFIG_HOME")]
    NoHome,
    /// There is no profile of that name.
    #[error("There is no profile “{name}”; there are: {there}")]
    NoProfile {
        /// What was asked for.
        name: String,
        /// What there is.
        there: String,
    },
    /// A name that cannot be used.
    #[error("“{0}” cannot be a profile's name: use letters, digits, spaces, - and _")]
    Name(String),
    /// A connection string from which the secrets cannot be taken out.
    #[error("{0}")]
    Address(String),
    /// A secret that was kept is not there any more.
    #[error("The profile's secret {name} is not in {place}. Enter it again, or set {variable}")]
    NoSecret {
        /// Which.
        name: &'static str,
        /// Where it was looked for.
        place: String,
        /// The variable that it may stand in.
        variable: String,
    },
    /// A secret cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// What settings answer.
pub type Result<T> = std::result::Result<T, SettingsError>;
