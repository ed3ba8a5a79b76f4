//! A named set of connections and policies.

use crate::{ProductionPlace, StoreDelay};
use heliograph_engine::process::EngineSettings;
use heliograph_instagram::client::Flavour;
use heliograph_model::{AccountId, GuardLevel, Millis};
use secrecy::SecretString;
use std::path::PathBuf;

/// Where documents, cache, queue and Instagram are, what is allowed there, and how the
/// engine works on them.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What is allowed. At *offline* nothing but the embedded place can be opened.
    pub guard: GuardLevel,
    /// Where documents, cache and queue are.
    pub place: Place,
    /// Where sends go.
    pub instagram: InstagramPlace,
    /// How the engine works.
    pub engine: EngineSettings,
}

impl Default for Profile {
    /// The embedded profile without an account: nothing leaves the machine.
    fn default() -> Self {
        Self {
            name: "embedded".to_owned(),
            guard: GuardLevel::Offline,
            place: Place::Embedded(EmbeddedPlace::default()),
            instagram: InstagramPlace::Simulated { strict: false },
            engine: EngineSettings::default(),
        }
    }
}

/// Where documents, cache and queue are.
#[derive(Debug, Clone)]
pub enum Place {
    /// In a database file of this machine.
    Embedded(EmbeddedPlace),
    /// In Redis, MongoDB and BullMQ.
    Production(Box<ProductionPlace>),
}

/// The embedded database with its journal, and the cache in memory.
#[derive(Debug, Clone)]
pub struct EmbeddedPlace {
    /// Where the file is.
    pub database: DatabasePlace,
    /// The most that the in-memory cache holds, in bytes.
    pub cache_bytes: usize,
    /// How long the journal is kept, in milliseconds.
    pub journal_ms: i64,
    /// The most that the journal holds, in bytes.
    pub journal_bytes: u64,
    /// How much longer the store takes on purpose; the simulator sets it.
    pub store_delay: Option<StoreDelay>,
}

impl Default for EmbeddedPlace {
    fn default() -> Self {
        Self::at(DatabasePlace::Temporary)
    }
}

impl EmbeddedPlace {
    /// The defaults for a file.
    #[must_use]
    pub fn at(database: DatabasePlace) -> Self {
        Self {
            database,
            cache_bytes: 32 * 1024 * 1024,
            journal_ms: 30 * Millis::DAY,
            journal_bytes: 2 * 1024 * 1024 * 1024,
            store_delay: None,
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
    Graph(GraphPlace),
}

/// The Graph API, or something that speaks like it.
#[derive(Debug, Clone)]
pub struct GraphPlace {
    /// Such as `https://graph.instagram.com`.
    pub base_url: String,
    /// Such as `v25.0`; the one that this was written against where none is named.
    pub version: Option<String>,
    /// How the accounts were connected.
    pub flavour: Flavour,
    /// How many messages an account sends a second at the most; 0 for as many as there are,
    /// and a little below Instagram's limit where nothing is said.
    pub sends_per_second: Option<u32>,
    /// Access tokens by account. Those of the other accounts come from their documents.
    pub tokens: Vec<(AccountId, SecretString)>,
    /// The token of every account that has none of its own.
    pub any: Option<SecretString>,
}
