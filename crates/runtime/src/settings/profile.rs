//! What is saved of a profile.

use super::{Address, Result, SettingsError};
use crate::secrets::{SecretName, SecretStore};
use heliograph_engine::cache::CachePolicy;
use heliograph_instagram::client::Flavour;
use heliograph_model::GuardLevel;
use heliograph_mongo::Collections;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// A profile as it is saved. A field that this version does not know is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileSettings {
    /// Its name, which no other has.
    pub name: String,
    /// Where it rests. *Live* is armed and never saved: what says so rests at *observe*.
    #[serde(default)]
    pub guard: GuardLevel,
    /// Where documents, cache and queue are.
    pub place: PlaceSettings,
    /// Where sends go.
    #[serde(default)]
    pub instagram: InstagramSettings,
    /// How long what is cached.
    #[serde(default)]
    pub cache: CacheSettings,
    /// Where the metrics of its workers are, such as `http://10.0.0.5:9464/metrics`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// What another version has here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl ProfileSettings {
    /// A new profile on servers. It starts at *observe*.
    ///
    /// # Errors
    /// When the name cannot be one.
    pub fn production(name: impl Into<String>, place: ServerSettings) -> Result<Self> {
        Self::new(
            name,
            GuardLevel::Observe,
            PlaceSettings::Production(Box::new(place)),
        )
    }

    /// A new profile on a file of this machine, offline.
    ///
    /// # Errors
    /// When the name cannot be one.
    pub fn embedded(name: impl Into<String>, file: Option<PathBuf>) -> Result<Self> {
        let place = EmbeddedSettings {
            file,
            ..EmbeddedSettings::default()
        };
        Self::new(name, GuardLevel::Offline, PlaceSettings::Embedded(place))
    }

    fn new(name: impl Into<String>, guard: GuardLevel, place: PlaceSettings) -> Result<Self> {
        Ok(Self {
            name: checked_name(name.into())?,
            guard,
            place,
            instagram: InstagramSettings::default(),
            cache: CacheSettings::default(),
            metrics: Vec::new(),
            other: Map::new(),
        })
    }

    /// The level at which it rests: never *live*.
    #[must_use]
    pub fn resting(&self) -> GuardLevel {
        match self.guard {
            GuardLevel::Live => GuardLevel::Observe,
            level @ (GuardLevel::Offline | GuardLevel::Observe | GuardLevel::DryRun) => level,
        }
    }

    /// Takes the passwords out of the connection strings and gives them to `secrets`. To
    /// be called before saving; what was taken out before stays where it is.
    ///
    /// # Errors
    /// When a password cannot be taken out, or the store does not take it. What was not
    /// taken out then is still there.
    pub fn hide(&mut self, secrets: &dyn SecretStore) -> Result<()> {
        let PlaceSettings::Production(place) = &mut self.place else {
            return Ok(());
        };
        let redis = Address::split(&place.redis.url)?;
        let mongo = Address::split(&place.mongo.url)?;
        let queue = place.queue.redis.as_deref().map(Address::split);
        let queue = queue.transpose()?;
        let keep = |name, address: &Address| -> Result<bool> {
            if let Some(password) = &address.password {
                secrets.set(&self.name, name, password)?;
            }
            Ok(address.password.is_some())
        };
        place.redis.has_password |= keep(SecretName::RedisPassword, &redis)?;
        place.redis.url = redis.shown;
        place.mongo.has_password |= keep(SecretName::MongoPassword, &mongo)?;
        place.mongo.url = mongo.shown;
        if let Some(queue) = queue {
            place.queue.has_password |= keep(SecretName::QueuePassword, &queue)?;
            place.queue.redis = Some(queue.shown);
        }
        Ok(())
    }

    /// Whether every connection string is without its password.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        let PlaceSettings::Production(place) = &self.place else {
            return true;
        };
        [
            Some(&place.redis.url),
            Some(&place.mongo.url),
            place.queue.redis.as_ref(),
        ]
        .into_iter()
        .flatten()
        .all(|url| Address::split(url).is_ok_and(|address| address.password.is_none()))
    }
}

/// A name that is shown, is part of a key, and is part of an environment variable.
pub(super) fn checked_name(name: String) -> Result<String> {
    let good = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    if name.trim().is_empty() || name.trim() != name || name.len() > 64 || !name.chars().all(good) {
        return Err(SettingsError::Name(name));
    }
    Ok(name)
}

/// Where documents, cache and queue are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PlaceSettings {
    /// In a file of this machine.
    Embedded(EmbeddedSettings),
    /// On servers.
    Production(Box<ServerSettings>),
}

/// A file of this machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EmbeddedSettings {
    /// The file; the usual one where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// What another version has here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Redis, MongoDB and BullMQ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerSettings {
    /// The cache.
    pub redis: RedisSettings,
    /// The documents.
    pub mongo: MongoSettings,
    /// The queue.
    pub queue: QueueSettings,
    /// What another version has here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The cache, and what workers share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RedisSettings {
    /// `redis://user@host:port/database`, or `rediss://` for TLS; of a cluster several
    /// with commas between.
    pub url: String,
    /// Whether its password is among the secrets.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_password: bool,
    /// Whether it is a cluster; where nothing is said the server is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<bool>,
    /// What the names of our own keys begin with.
    pub prefix: String,
    /// What is put before the names of cached keys.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Certificates to trust instead of the public ones, as a PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// What another version has here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self {
            url: "redis://127.0.0.1:6379".to_owned(),
            has_password: false,
            cluster: None,
            prefix: "heliograph".to_owned(),
            namespace: String::new(),
            ca_file: None,
            other: Map::new(),
        }
    }
}

/// The documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MongoSettings {
    /// `mongodb://user@host:port/?replicaSet=rs0`, or `mongodb+srv://`.
    pub url: String,
    /// Whether its password is among the secrets.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_password: bool,
    /// The database's name.
    pub database: String,
    /// The collections' names.
    pub collections: Collections,
    /// Whether other applications that take the same webhooks mark there what they handled,
    /// so that every event is looked for before it is handled.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shared_marks: bool,
    /// What another version has here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Default for MongoSettings {
    fn default() -> Self {
        Self {
            url: "mongodb://127.0.0.1:27017".to_owned(),
            has_password: false,
            database: "heliograph".to_owned(),
            collections: Collections::default(),
            shared_marks: false,
            other: Map::new(),
        }
    }
}

/// The queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QueueSettings {
    /// The queue's name.
    pub name: String,
    /// What its keys begin with.
    pub prefix: String,
    /// Where it is on another Redis than the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redis: Option<String>,
    /// Whether the password of that is among the secrets.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_password: bool,
    /// The name of jobs that are added here.
    pub job_name: String,
    /// The names of jobs that are deliveries; empty for every job.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<String>,
    /// Where the webhook is inside a job's data; it is looked for where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_path: Option<String>,
    /// How many jobs one worker holds at a time; as many as are usual where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// What another version has here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            name: "instagram-webhooks".to_owned(),
            prefix: "bull".to_owned(),
            redis: None,
            has_password: false,
            job_name: "webhook".to_owned(),
            takes: Vec::new(),
            data_path: None,
            concurrency: None,
            other: Map::new(),
        }
    }
}

/// Where sends go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum InstagramSettings {
    /// To a simulated Instagram in this process.
    #[default]
    Simulated,
    /// To the Graph API.
    Graph(GraphSettings),
}

/// The Graph API.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GraphSettings {
    /// Its address; that of the flavour where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Its version, such as `v25.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How accounts were connected; by the address where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flavour: Option<Flavour>,
    /// How many messages an account sends a second at the most; 0 for as many as there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sends_per_second: Option<u32>,
    /// Whether access tokens are among the secrets; those of the other accounts are in
    /// their documents.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_token: bool,
    /// What another version has here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Times to live, in milliseconds; the usual ones where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CacheSettings {
    /// Workspaces and accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_ms: Option<i64>,
    /// Automations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automations_ms: Option<i64>,
    /// User states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_state_ms: Option<i64>,
    /// Contacts, which are read fresh where nothing is said; 30 seconds at the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_ms: Option<i64>,
    /// How many compiled entries this process keeps for itself; 0 switches that off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near_entries: Option<usize>,
    /// What another version has here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl CacheSettings {
    /// The policy.
    #[must_use]
    pub fn policy(&self) -> CachePolicy {
        let usual = CachePolicy::default();
        CachePolicy {
            workspace_ms: self.workspace_ms.unwrap_or(usual.workspace_ms),
            automations_ms: self.automations_ms.unwrap_or(usual.automations_ms),
            user_state_ms: self.user_state_ms.unwrap_or(usual.user_state_ms),
            contact_ms: self.contact_ms.filter(|millis| *millis > 0),
            near_entries: self.near_entries.unwrap_or(usual.near_entries),
            ..usual
        }
    }
}
