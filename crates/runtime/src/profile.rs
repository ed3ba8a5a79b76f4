//! A named set of connections and policies.

use heliograph_engine::process::EngineSettings;
use heliograph_model::{AccountId, Millis};
use secrecy::SecretString;
use std::path::PathBuf;

/// Where documents, cache, queue and Instagram are, and how the engine works on them.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Where documents, queue and journal are.
    pub database: DatabasePlace,
    /// Where sends go.
    pub instagram: InstagramPlace,
    /// How the engine works.
    pub engine: EngineSettings,
    /// The most that the in-memory cache holds, in bytes.
    pub cache_bytes: usize,
    /// How long the journal is kept, in milliseconds.
    pub journal_ms: i64,
    /// The most that the journal holds, in bytes.
    pub journal_bytes: u64,
}

impl Default for Profile {
    /// The embedded profile without an account: nothing leaves the machine.
    fn default() -> Self {
        Self {
            database: DatabasePlace::Temporary,
            instagram: InstagramPlace::Simulated { strict: false },
            engine: EngineSettings::default(),
            cache_bytes: 32 * 1024 * 1024,
            journal_ms: 30 * Millis::DAY,
            journal_bytes: 2 * 1024 * 1024 * 1024,
        }
    }
}

/// Where the embedded database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabasePlace {
    /// In this file, which is created when it is not there.
    File(PathBuf),
    /// In a file that is gone when the runtime is.
    Temporary,
}

/// Where sends go.
#[derive(Debug, Clone)]
pub enum InstagramPlace {
    /// To a simulated Instagram in this process, over HTTP on the loopback address. It
    /// keeps the real one's rules.
    Simulated {
        /// Whether only those people exist whom the simulator adds. Otherwise it learns
        /// of people from the events that arrive, so that a webhook of Meta's that is
        /// posted by hand is answered.
        strict: bool,
    },
    /// To the Graph API, or something that speaks like it.
    Graph {
        /// Such as `https://graph.instagram.com`.
        base_url: String,
        /// Access tokens by account.
        tokens: Vec<(AccountId, SecretString)>,
        /// The token of every account that has none of its own.
        any: Option<SecretString>,
    },
}
