//! Where a profile's secrets are: passwords of connection strings, access tokens, app
//! secrets. Never in the settings file, a log, the journal or an export.

#[cfg(feature = "keyring")]
mod at_hand;
mod environment;
mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod this_run;

pub use self::file::SecretFile;
#[cfg(feature = "keyring")]
pub use self::keyring::Keyring;
#[cfg(feature = "keyring")]
pub use at_hand::KeyringAtHand;
pub use environment::{Environment, variable};
pub use this_run::ThisRun;

use secrecy::SecretString;
use std::path::PathBuf;

/// Keeps secrets, by profile and name.
pub trait SecretStore: Send + Sync + std::fmt::Debug {
    /// A secret; `None` where there is none.
    ///
    /// # Errors
    /// When the store cannot be asked.
    fn get(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>>;

    /// A secret as far as it can be had without disturbing anybody, so that it may be asked
    /// for also where nobody knows whether it is kept. A keyring may have to be unlocked
    /// first, and is asked only for what it is known to hold.
    ///
    /// # Errors
    /// When the store cannot be asked.
    fn get_at_ease(&self, _profile: &str, _name: SecretName) -> Result<Option<SecretString>> {
        Ok(None)
    }

    /// Keeps a secret, instead of the one that was there.
    ///
    /// # Errors
    /// When the store does not take it.
    fn set(&self, profile: &str, name: SecretName, secret: &SecretString) -> Result<()>;

    /// Forgets a secret. One that is not there is forgotten already.
    ///
    /// # Errors
    /// When the store cannot be asked.
    fn delete(&self, profile: &str, name: SecretName) -> Result<()>;

    /// Where the secrets are, for people, such as “the system's keyring”.
    fn place(&self) -> String;
}

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretName {
    /// The password in Redis' connection string.
    RedisPassword,
    /// The password in the queue's connection string, where it is another Redis.
    QueuePassword,
    /// The password in MongoDB's connection string.
    MongoPassword,
    /// Access tokens: `token`, or `account=token,…`.
    AccessToken,
    /// The app secrets of the listener.
    AppSecret,
    /// The listener's verify token.
    VerifyToken,
}

impl SecretName {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::RedisPassword,
        Self::QueuePassword,
        Self::MongoPassword,
        Self::AccessToken,
        Self::AppSecret,
        Self::VerifyToken,
    ];

    /// The name under which it is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RedisPassword => "redis_password",
            Self::QueuePassword => "queue_password",
            Self::MongoPassword => "mongo_password",
            Self::AccessToken => "access_token",
            Self::AppSecret => "app_secret",
            Self::VerifyToken => "verify_token",
        }
    }
}

/// Why a secret cannot be had or kept. No message holds one.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// No keyring runs here.
    #[error(
        "No keyring is to be had here ({0}). Unlock it, or start one (a Secret Service such as gnome-keyring); on a server set the environment variable HELIOGRAPH_SECRET_<PROFILE>_<NAME>, or name a file with --secrets"
    )]
    NoKeyring(String),
    /// The keyring does not do what it is asked.
    #[error("The keyring refused: {0}")]
    Keyring(String),
    /// Environment variables are read only.
    #[error(
        "Secrets that come from the environment cannot be changed from here; set {variable} where the program is started"
    )]
    ReadOnly {
        /// The variable.
        variable: String,
    },
    /// The file can be read by others.
    #[error(
        "The file {} with secrets can be read by others (mode {mode:o}). Make it yours alone: chmod 600 {}", path.display(), path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file cannot be read or written, or is none of ours.
    #[error("The file {} with secrets cannot be used: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// What a secret store answers.
pub type Result<T> = std::result::Result<T, SecretError>;
