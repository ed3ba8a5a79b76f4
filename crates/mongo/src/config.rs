//! Where MongoDB is, and what things are called there.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A connection to one database.
#[derive(Debug, Clone)]
pub struct MongoConfig {
    /// The connection string, such as `mongodb://db.example:27017/?replicaSet=rs0`. It may
    /// hold a password, so it is a secret.
    pub url: SecretString,
    /// The database's name.
    pub database: String,
    /// The collections' names.
    pub collections: Collections,
    /// How long to wait for what.
    pub patience: Patience,
}

impl MongoConfig {
    /// A connection with the usual names and times.
    pub fn new(url: SecretString, database: impl Into<String>) -> Self {
        Self {
            url,
            database: database.into(),
            collections: Collections::default(),
            patience: Patience::default(),
        }
    }
}

/// What the collections are called (the design, "Production profile").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Collections {
    /// The workspaces.
    pub workspaces: String,
    /// The Instagram accounts, with their tokens.
    pub accounts: String,
    /// The automations.
    pub automations: String,
    /// Where contacts stand.
    pub user_states: String,
    /// The contacts.
    pub contacts: String,
    /// The deduplication marks.
    pub processed_events: String,
}

impl Default for Collections {
    fn default() -> Self {
        Self {
            workspaces: "workspaces".into(),
            accounts: "accounts".into(),
            automations: "automations".into(),
            user_states: "user_states".into(),
            contacts: "contacts".into(),
            processed_events: "processed_events".into(),
        }
    }
}

/// How long to wait before MongoDB counts as unavailable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a server that takes what is asked, a primary for writes.
    pub selection: Duration,
    /// For a connection.
    pub connect: Duration,
    /// For a majority of the replica set to have a write.
    pub majority: Duration,
    /// For an answer, everything included: a server that was frozen gives none.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            selection: Duration::from_secs(3),
            connect: Duration::from_secs(3),
            majority: Duration::from_secs(5),
            answer: Duration::from_secs(10),
        }
    }
}
