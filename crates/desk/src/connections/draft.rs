//! A profile as a person edits it.

use super::{ConnectionsError, Result};
use crate::cache::{MOST_WORKERS, metrics_address};
use heliograph_model::GuardLevel;
use heliograph_runtime::secrets::{SecretName, SecretStore};
use heliograph_runtime::settings::{
    Address, GraphSettings, InstagramSettings, PlaceSettings, ProfileSettings, ServerSettings,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use std::path::PathBuf;

/// A profile as a person edits it. It never comes with a secret: of each it says whether
/// there is one, and takes another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ProfileDraft {
    /// Its name.
    pub name: String,
    /// The level at which it is opened; never *live*.
    pub level: GuardLevel,
    /// Where documents, cache and queue are.
    pub place: DraftPlace,
    /// Where sends go.
    pub instagram: DraftInstagram,
    /// Where the metrics of its workers are; an empty line counts as none.
    pub metrics: Vec<String>,
}

/// Where documents, cache and queue are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DraftPlace {
    /// On servers.
    Servers(Box<DraftServers>),
    /// In a file of this machine.
    File(DraftFile),
}

/// A file of this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DraftFile {
    /// Its path; empty for one in the application's data folder.
    pub file: String,
}

/// Redis, MongoDB and BullMQ.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DraftServers {
    /// `redis://` or `rediss://`; a password in it is taken out.
    pub redis_url: String,
    /// Whether a password is kept.
    pub has_redis_password: bool,
    /// Another password; empty to forget it, `None` to leave it.
    pub redis_password: Option<String>,
    /// Certificates to trust, as a PEM file; empty for the public ones.
    pub redis_ca_file: String,
    /// What the names of our own keys begin with.
    pub key_prefix: String,
    /// What is put before the names of cached keys.
    pub namespace: String,
    /// `mongodb://` or `mongodb+srv://`; a password in it is taken out.
    pub mongo_url: String,
    /// Whether a password is kept.
    pub has_mongo_password: bool,
    /// As [`Self::redis_password`].
    pub mongo_password: Option<String>,
    /// The database's name.
    pub database: String,
    /// The names of the collections, in the order of [`Self::COLLECTIONS`].
    pub collections: Vec<String>,
    /// Whether a Node application that takes the same webhooks marks in MongoDB what it
    /// handled.
    pub shared_marks: bool,
    /// The queue's name.
    pub queue_name: String,
    /// What its keys begin with.
    pub queue_prefix: String,
    /// Its Redis, where it is another one; otherwise empty.
    pub queue_url: String,
    /// Whether a password of that is kept.
    pub has_queue_password: bool,
    /// As [`Self::redis_password`].
    pub queue_password: Option<String>,
    /// The name of jobs that are added.
    pub job_name: String,
    /// The names of jobs that are deliveries, with commas between; empty for every job.
    pub takes: String,
    /// Where the webhook is inside a job's data; empty to look for it.
    pub data_path: String,
}

/// Where sends go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DraftInstagram {
    /// To a simulated Instagram in this process.
    Simulated,
    /// To the Graph API.
    Graph(DraftGraph),
}

/// The Graph API.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DraftGraph {
    /// Its address; empty for the usual one.
    pub base_url: String,
    /// Such as `v25.0`; empty for the usual one.
    pub version: String,
    /// Whether access tokens are kept. Those of other accounts are in their documents.
    pub has_token: bool,
    /// Others; empty to forget them, `None` to leave them.
    pub token: Option<String>,
}

// What is typed may hold a password.
impl std::fmt::Debug for DraftServers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DraftServers")
            .field("redis_url", &Address::shown(&self.redis_url))
            .field("mongo_url", &Address::shown(&self.mongo_url))
            .field("database", &self.database)
            .field("queue_name", &self.queue_name)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for DraftGraph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DraftGraph")
            .field("base_url", &self.base_url)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl DraftServers {
    /// What the collections hold.
    pub const COLLECTIONS: [&str; 6] = [
        "workspaces",
        "accounts",
        "automations",
        "user states",
        "contacts",
        "processed events",
    ];

    pub(super) fn of(place: &ServerSettings) -> Self {
        let it = &place.mongo.collections;
        Self {
            redis_url: place.redis.url.clone(),
            has_redis_password: place.redis.has_password,
            redis_password: None,
            redis_ca_file: place
                .redis
                .ca_file
                .as_ref()
                .map(|file| file.display().to_string())
                .unwrap_or_default(),
            key_prefix: place.redis.prefix.clone(),
            namespace: place.redis.namespace.clone(),
            mongo_url: place.mongo.url.clone(),
            has_mongo_password: place.mongo.has_password,
            mongo_password: None,
            database: place.mongo.database.clone(),
            collections: [
                &it.workspaces,
                &it.accounts,
                &it.automations,
                &it.user_states,
                &it.contacts,
                &it.processed_events,
            ]
            .map(ToOwned::to_owned)
            .to_vec(),
            shared_marks: place.mongo.shared_marks,
            queue_name: place.queue.name.clone(),
            queue_prefix: place.queue.prefix.clone(),
            queue_url: place.queue.redis.clone().unwrap_or_default(),
            has_queue_password: place.queue.has_password,
            queue_password: None,
            job_name: place.queue.job_name.clone(),
            takes: place.queue.takes.join(", "),
            data_path: place.queue.data_path.clone().unwrap_or_default(),
        }
    }

    /// Writes what it says into settings.
    fn put(&self, place: &mut ServerSettings) -> Result<()> {
        let trimmed = |text: &str| text.trim().to_owned();
        let named = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let must = |text: &str, what: &str| {
            named(text).ok_or_else(|| ConnectionsError::Invalid(format!("{what} is missing.")))
        };
        let address = |text: &str, what: &str, schemes: &[&str]| -> Result<String> {
            let text = must(text, &format!("The address of {what}"))?;
            if schemes.iter().any(|scheme| text.starts_with(scheme)) {
                return Ok(text);
            }
            Err(ConnectionsError::Invalid(format!(
                "The address of {what} begins with {}.",
                schemes.join(" or ")
            )))
        };
        const REDIS: &[&str] = &["redis://", "rediss://", "redis+unix://"];
        place.redis.url = address(&self.redis_url, "Redis", REDIS)?;
        place.redis.ca_file = named(&self.redis_ca_file).map(PathBuf::from);
        place.redis.prefix = must(&self.key_prefix, "What our own keys begin with")?;
        place.redis.namespace = trimmed(&self.namespace);
        place.mongo.url = address(
            &self.mongo_url,
            "MongoDB",
            &["mongodb://", "mongodb+srv://"],
        )?;
        place.mongo.database = must(&self.database, "The name of the database")?;
        let it = &mut place.mongo.collections;
        let names = [
            &mut it.workspaces,
            &mut it.accounts,
            &mut it.automations,
            &mut it.user_states,
            &mut it.contacts,
            &mut it.processed_events,
        ];
        for (name, given) in names.into_iter().zip(&self.collections) {
            if let Some(given) = named(given) {
                *name = given;
            }
        }
        place.mongo.shared_marks = self.shared_marks;
        place.queue.name = must(&self.queue_name, "The name of the queue")?;
        place.queue.prefix = must(&self.queue_prefix, "What the queue's keys begin with")?;
        place.queue.redis = match named(&self.queue_url) {
            Some(url) => Some(address(&url, "the queue's Redis", REDIS)?),
            None => None,
        };
        place.queue.job_name = must(&self.job_name, "The name of jobs")?;
        place.queue.takes = self.takes.split(',').filter_map(named).collect();
        place.queue.data_path = named(&self.data_path);
        Ok(())
    }
}

impl ProfileDraft {
    /// A profile as it is saved.
    #[must_use]
    pub fn of(profile: &ProfileSettings) -> Self {
        Self {
            name: profile.name.clone(),
            level: profile.resting(),
            place: match &profile.place {
                PlaceSettings::Embedded(place) => DraftPlace::File(DraftFile {
                    file: place
                        .file
                        .as_ref()
                        .map(|file| file.display().to_string())
                        .unwrap_or_default(),
                }),
                PlaceSettings::Production(place) => {
                    DraftPlace::Servers(Box::new(DraftServers::of(place)))
                }
            },
            instagram: match &profile.instagram {
                InstagramSettings::Simulated => DraftInstagram::Simulated,
                InstagramSettings::Graph(graph) => DraftInstagram::Graph(DraftGraph {
                    base_url: graph.base_url.clone().unwrap_or_default(),
                    version: graph.version.clone().unwrap_or_default(),
                    has_token: graph.has_token,
                    token: None,
                }),
            },
            metrics: profile.metrics.clone(),
        }
    }

    /// A new one on servers, with what is usual.
    #[must_use]
    pub fn blank() -> Self {
        Self {
            name: String::new(),
            level: GuardLevel::Observe,
            place: DraftPlace::Servers(Box::new(DraftServers::of(&usual_servers()))),
            instagram: DraftInstagram::Simulated,
            metrics: Vec::new(),
        }
    }

    /// As settings, with what `before` has beside it. Secrets are not in it, except in
    /// addresses, which [`ProfileSettings::hide`] takes out.
    ///
    /// # Errors
    /// For what cannot be used.
    pub(super) fn settings(&self, before: Option<&ProfileSettings>) -> Result<ProfileSettings> {
        let name = self.name.trim().to_owned();
        let mut settings = match &self.place {
            DraftPlace::Servers(servers) => {
                let mut place = match before.map(|it| &it.place) {
                    Some(PlaceSettings::Production(place)) => (**place).clone(),
                    Some(PlaceSettings::Embedded(_)) | None => usual_servers(),
                };
                servers.put(&mut place)?;
                ProfileSettings::production(name, place)?
            }
            DraftPlace::File(file) => {
                let file = file.file.trim();
                let file = (!file.is_empty()).then(|| PathBuf::from(file));
                ProfileSettings::embedded(name, file)?
            }
        };
        settings.guard = self.checked_level()?;
        settings.metrics = self.checked_metrics()?;
        if let Some(before) = before {
            settings.cache = before.cache.clone();
            settings.other = before.other.clone();
        }
        settings.instagram = match &self.instagram {
            DraftInstagram::Simulated => InstagramSettings::Simulated,
            DraftInstagram::Graph(graph) => {
                let mut place = match before.map(|it| &it.instagram) {
                    Some(InstagramSettings::Graph(place)) => place.clone(),
                    Some(InstagramSettings::Simulated) | None => GraphSettings::default(),
                };
                let named = |text: &str| {
                    let text = text.trim();
                    (!text.is_empty()).then(|| text.to_owned())
                };
                place.base_url = named(&graph.base_url);
                place.version = named(&graph.version);
                InstagramSettings::Graph(place)
            }
        };
        Ok(settings)
    }

    /// The addresses of metrics, each once.
    fn checked_metrics(&self) -> Result<Vec<String>> {
        let mut all = Vec::new();
        let named = self.metrics.iter().map(|it| it.trim());
        for text in named.filter(|it| !it.is_empty()) {
            let address = metrics_address(text).map_err(ConnectionsError::Invalid)?;
            if !all.contains(&address) {
                all.push(address);
            }
        }
        if all.len() > MOST_WORKERS {
            return Err(ConnectionsError::Invalid(format!(
                "The metrics of at most {MOST_WORKERS} workers are looked at. Name those that matter."
            )));
        }
        Ok(all)
    }

    fn checked_level(&self) -> Result<GuardLevel> {
        let wrong = |says: &str| Err(ConnectionsError::Invalid(says.to_owned()));
        match (&self.place, self.level) {
            (_, GuardLevel::Live) => wrong(
                "A profile is never saved as live: it is armed for a time when it is connected.",
            ),
            (DraftPlace::Servers(_), GuardLevel::Offline) => {
                wrong("A profile on servers is opened at observe or for a dry run.")
            }
            (DraftPlace::File(_), GuardLevel::DryRun) => {
                wrong("A profile on a file has no dry run: open it offline or at observe.")
            }
            (_, level) => Ok(level),
        }
    }

    /// Keeps or forgets the secrets that were typed into fields of their own.
    pub(super) fn keep_secrets(
        &self,
        settings: &mut ProfileSettings,
        secrets: &dyn SecretStore,
    ) -> Result<()> {
        let name = settings.name.clone();
        let put = |secret, typed: &Option<String>, is_kept: &mut bool| -> Result<()> {
            match typed.as_deref() {
                None => {}
                Some("") => {
                    secrets.delete(&name, secret)?;
                    *is_kept = false;
                }
                Some(typed) => {
                    secrets.set(&name, secret, &SecretString::from(typed))?;
                    *is_kept = true;
                }
            }
            Ok(())
        };
        if let (DraftPlace::Servers(draft), PlaceSettings::Production(place)) =
            (&self.place, &mut settings.place)
        {
            // As it stands in an address.
            let escaped = |typed: &Option<String>| typed.as_deref().map(escape);
            put(
                SecretName::RedisPassword,
                &escaped(&draft.redis_password),
                &mut place.redis.has_password,
            )?;
            put(
                SecretName::MongoPassword,
                &escaped(&draft.mongo_password),
                &mut place.mongo.has_password,
            )?;
            put(
                SecretName::QueuePassword,
                &escaped(&draft.queue_password),
                &mut place.queue.has_password,
            )?;
        }
        if let (DraftInstagram::Graph(draft), InstagramSettings::Graph(graph)) =
            (&self.instagram, &mut settings.instagram)
        {
            put(SecretName::AccessToken, &draft.token, &mut graph.has_token)?;
        }
        Ok(())
    }
}

/// A password as it stands in an address.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn usual_servers() -> ServerSettings {
    ServerSettings {
        redis: Default::default(),
        mongo: Default::default(),
        queue: Default::default(),
        other: Map::new(),
    }
}
