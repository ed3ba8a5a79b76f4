//! The options become a profile.

use super::PlaceOptions;
use crate::failure::Usage;
use crate::options::DatabaseOption;
use heliograph_engine::ports::SystemClock;
use heliograph_model::GuardLevel;
use heliograph_runtime::secrets::{Environment, SecretError, SecretFile, SecretName, SecretStore};
use heliograph_runtime::settings::{
    GraphSettings, InstagramSettings, MongoSettings, OpenSettings, PlaceSettings, ProfileSettings,
    ProfilesFile, QueueSettings, RedisSettings, ServerSettings,
};
use heliograph_runtime::{Documents, InstagramPlace, Place, Profile, Runtime};
use secrecy::SecretString;
use serde_json::Map;
use std::path::PathBuf;
use std::sync::Arc;

/// The access tokens, for whoever names none in a profile.
const ACCESS_TOKEN: &str = "HELIOGRAPH_ACCESS_TOKEN";
/// What a profile is called that only options make.
const SERVER: &str = "server";
const EMBEDDED: &str = "embedded";

/// What a command needs of a place on servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// The documents alone.
    Documents,
    /// The queue too.
    Everything,
}

/// A profile as it was chosen, not opened yet.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(super) settings: ProfileSettings,
    pub(super) guard: GuardLevel,
    secrets: Arc<dyn SecretStore>,
    /// Whose address an option names instead of the saved profile.
    pub(super) elsewhere: Vec<SecretName>,
    file: DatabaseOption,
}

impl PlaceOptions {
    /// The profile that is meant.
    ///
    /// # Errors
    /// [`Usage`] for what is missing or contradicts itself.
    pub(crate) fn choose(&self, needs: Needs) -> anyhow::Result<Chosen> {
        let saved = match &self.profile {
            Some(name) => Some(saved(name)?),
            None => None,
        };
        let names_servers = matches!(
            saved.as_ref().map(|saved| &saved.place),
            Some(PlaceSettings::Production(_))
        );
        let is_production = self.redis.is_some() || self.mongo.is_some() || names_servers;
        let mut settings = match saved {
            Some(mut saved) => {
                if is_production && !matches!(saved.place, PlaceSettings::Production(_)) {
                    saved.place = PlaceSettings::Production(Box::new(self.servers(needs)?));
                }
                saved
            }
            None if is_production => ProfileSettings::production(SERVER, self.servers(needs)?)?,
            None => ProfileSettings::embedded(EMBEDDED, None)?,
        };
        let replaced = self.overlay(&mut settings)?;
        // What only options name has the secrets that are kept for it.
        let elsewhere = if names_servers { replaced } else { Vec::new() };
        let guard = self
            .guard
            .unwrap_or(match (&settings.place, &settings.instagram) {
                (PlaceSettings::Production(_), _) => settings.resting(),
                // Who names the Graph API for a database file wants it to be sent to.
                (PlaceSettings::Embedded(_), InstagramSettings::Graph(_)) => GuardLevel::Live,
                (PlaceSettings::Embedded(_), InstagramSettings::Simulated) => GuardLevel::Offline,
            });
        let file = match &settings.place {
            PlaceSettings::Embedded(place) => place.file.clone(),
            PlaceSettings::Production(_) => None,
        };
        Ok(Chosen {
            settings,
            guard,
            secrets: self.secret_store()?,
            elsewhere,
            file: DatabaseOption::at(file),
        })
    }

    /// Servers that only options name.
    fn servers(&self, needs: Needs) -> Result<ServerSettings, Usage> {
        let is_missing = [
            ("--redis", self.redis.is_none()),
            ("--mongo", self.mongo.is_none()),
            ("--database", self.database.is_none()),
            (
                "--queue",
                self.queue.is_none() && needs == Needs::Everything,
            ),
        ];
        let missing: Vec<_> = is_missing
            .into_iter()
            .filter_map(|(name, is_missing)| is_missing.then_some(name))
            .collect();
        if !missing.is_empty() {
            return Err(Usage(format!(
                "a profile on servers needs {} too; name it as an option, as HELIOGRAPH_… in the environment, or in a file with --config",
                missing.join(" and ")
            )));
        }
        Ok(ServerSettings {
            redis: RedisSettings::default(),
            mongo: MongoSettings::default(),
            queue: QueueSettings::default(),
            other: Map::new(),
        })
    }

    /// Puts what the options say over what is saved. Returns whose address is another one
    /// now: another address has another password.
    pub(super) fn overlay(&self, settings: &mut ProfileSettings) -> Result<Vec<SecretName>, Usage> {
        let mut replaced = Vec::new();
        match &mut settings.place {
            PlaceSettings::Embedded(place) => {
                if self.database.is_some() {
                    place.file.clone_from(&self.database);
                }
            }
            PlaceSettings::Production(place) => {
                let ServerSettings {
                    redis,
                    mongo,
                    queue,
                    ..
                } = &mut **place;
                if let Some(url) = self.redis.as_ref().filter(|url| **url != redis.url) {
                    redis.url.clone_from(url);
                    redis.has_password = false;
                    replaced.push(SecretName::RedisPassword);
                }
                if let Some(url) = self.mongo.as_ref().filter(|url| **url != mongo.url) {
                    mongo.url.clone_from(url);
                    mongo.has_password = false;
                    replaced.push(SecretName::MongoPassword);
                }
                let queue_redis = self.queue_redis.as_ref();
                if let Some(url) = queue_redis.filter(|url| queue.redis.as_ref() != Some(*url)) {
                    queue.redis = Some(url.clone());
                    queue.has_password = false;
                    replaced.push(SecretName::QueuePassword);
                }
                if self.redis_ca.is_some() {
                    redis.ca_file.clone_from(&self.redis_ca);
                }
                replace(&mut redis.prefix, self.key_prefix.as_ref());
                replace(&mut redis.namespace, self.cache_namespace.as_ref());
                if let Some(name) = &self.database {
                    mongo.database = database_name(name)?;
                }
                mongo.shared_marks |= self.shared_marks;
                replace(&mut queue.name, self.queue.as_ref());
                replace(&mut queue.prefix, self.queue_prefix.as_ref());
                replace(&mut queue.job_name, self.job_name.as_ref());
                if self.data_path.is_some() {
                    queue.data_path.clone_from(&self.data_path);
                }
                queue.concurrency = self.concurrency.or(queue.concurrency);
                if !self.takes.is_empty() {
                    queue.takes.clone_from(&self.takes);
                }
                for pair in &self.collections {
                    rename(&mut mongo.collections, pair)?;
                }
            }
        }
        let graph_is_named = self.graph.is_some()
            || self.graph_version.is_some()
            || self.flavour.is_some()
            || self.sends_per_second.is_some();
        if graph_is_named {
            let mut graph = match &settings.instagram {
                InstagramSettings::Graph(graph) => graph.clone(),
                InstagramSettings::Simulated => GraphSettings::default(),
            };
            graph.base_url = self.graph.clone().or(graph.base_url);
            graph.version = self.graph_version.clone().or(graph.version);
            graph.flavour = self.flavour.or(graph.flavour);
            graph.sends_per_second = self.sends_per_second.or(graph.sends_per_second);
            settings.instagram = InstagramSettings::Graph(graph);
        }
        Ok(replaced)
    }

    fn secret_store(&self) -> Result<Arc<dyn SecretStore>, Usage> {
        let wanted = self
            .secrets
            .as_deref()
            .or(self.profile.as_ref().map(|_| "keyring"));
        match wanted {
            None | Some("environment") => Ok(Arc::new(Environment::new())),
            Some("keyring") => keyring(),
            // What only reads them needs them there: without the file each password would
            // be found wrong, one server after the other.
            Some(path) if !std::path::Path::new(path).exists() => Err(Usage(format!(
                "there is no file {path} with secrets; name another with --secrets, or keyring or environment"
            ))),
            Some(path) => Ok(Arc::new(Environment::before(Arc::new(SecretFile::new(
                path,
            ))))),
        }
    }
}

#[cfg(feature = "keyring")]
#[allow(
    clippy::unnecessary_wraps,
    reason = "without the feature there is no keyring"
)]
fn keyring() -> Result<Arc<dyn SecretStore>, Usage> {
    let keyring = heliograph_runtime::secrets::Keyring::new();
    Ok(Arc::new(Environment::before(Arc::new(keyring))))
}

#[cfg(not(feature = "keyring"))]
fn keyring() -> Result<Arc<dyn SecretStore>, Usage> {
    Ok(Arc::new(Environment::new()))
}

fn saved(name: &str) -> anyhow::Result<ProfileSettings> {
    let saved = ProfilesFile::of_the_user()
        .and_then(|file| file.load())
        .map_err(|error| Usage(error.to_string()))?;
    if let Some(notice) = &saved.notice {
        crate::output::error_line(&format!("heliograph: {notice}"));
    }
    let profile = saved
        .named(name)
        .map_err(|error| Usage(error.to_string()))?;
    Ok(profile.clone())
}

fn replace(value: &mut String, with: Option<&String>) {
    if let Some(with) = with {
        value.clone_from(with);
    }
}

/// On servers `--database` is a name; a path means that the servers were forgotten.
fn database_name(name: &std::path::Path) -> Result<String, Usage> {
    let text = name.to_string_lossy();
    if text.is_empty() || text.contains(['/', '\\', '.', ' ', '"', '$']) {
        return Err(Usage(format!(
            "--database {text} is no name of a database in MongoDB; on servers it is a name, and a file only without them"
        )));
    }
    Ok(text.into_owned())
}

/// `accounts=instagram_accounts`.
fn rename(
    collections: &mut heliograph_runtime::settings::Collections,
    pair: &str,
) -> Result<(), Usage> {
    let (ours, theirs) = pair.split_once('=').unwrap_or((pair, ""));
    let (ours, theirs) = (ours.trim(), theirs.trim());
    let place = match ours {
        "workspaces" => &mut collections.workspaces,
        "accounts" => &mut collections.accounts,
        "automations" => &mut collections.automations,
        "user_states" | "userStates" => &mut collections.user_states,
        "contacts" => &mut collections.contacts,
        "processed_events" | "processedEvents" => &mut collections.processed_events,
        _ => {
            return Err(Usage(format!(
                "--collections {pair}: there is no collection “{ours}”; there are workspaces, accounts, automations, user_states, contacts and processed_events"
            )));
        }
    };
    if theirs.is_empty() {
        return Err(Usage(format!(
            "--collections {pair}: write it as {ours}=name"
        )));
    }
    theirs.clone_into(place);
    Ok(())
}

impl Chosen {
    /// Whether it is on servers.
    pub(crate) fn is_production(&self) -> bool {
        matches!(self.settings.place, PlaceSettings::Production(_))
    }

    /// The guard level.
    pub(crate) fn guard(&self) -> GuardLevel {
        self.guard
    }

    /// What somebody should know who starts it on servers: that nobody gets an answer.
    pub(crate) fn caution(&self) -> Option<&'static str> {
        let answers_nobody = self.is_production()
            && self.guard == GuardLevel::Live
            && matches!(self.settings.instagram, InstagramSettings::Simulated);
        answers_nobody.then_some(
            "heliograph: sends go to a simulated Instagram in this process, so whoever writes gets nothing; name the Graph API with --graph https://graph.instagram.com to answer them",
        )
    }

    /// One of its secrets; `None` where none is kept.
    ///
    /// # Errors
    /// When they cannot be asked for.
    pub(crate) fn secret(&self, name: SecretName) -> Result<Option<SecretString>, SecretError> {
        self.secrets.get(&self.settings.name, name)
    }

    /// The profile with its secrets. The folder of a database file is made.
    ///
    /// # Errors
    /// [`Usage`] when something is missing.
    pub(crate) fn profile(&self) -> anyhow::Result<Profile> {
        let usual_file = match self.is_production() {
            true => PathBuf::new(),
            false => self.file.path()?,
        };
        self.profile_at(usual_file)
    }

    /// The same for a look at it: no folder is made.
    ///
    /// # Errors
    /// As [`Self::profile`].
    pub(crate) fn profile_to_look_at(&self) -> anyhow::Result<Profile> {
        let usual_file = match self.is_production() {
            true => PathBuf::new(),
            false => self.file.file()?,
        };
        self.profile_at(usual_file)
    }

    fn profile_at(&self, usual_file: PathBuf) -> anyhow::Result<Profile> {
        let open = OpenSettings {
            secrets: &*self.secrets,
            guard: self.guard,
            usual_file,
            elsewhere: self.elsewhere.clone(),
        };
        let mut profile = open
            .profile(&self.settings)
            .map_err(|error| Usage(error.to_string()))?;
        let given = std::env::var(ACCESS_TOKEN).unwrap_or_default();
        if let InstagramPlace::Graph(place) = profile.instagram {
            let place = place.with_tokens(&given);
            let has_none = place.any.is_none() && place.tokens.is_empty();
            if has_none && matches!(profile.place, Place::Embedded(_)) {
                return Err(Usage(format!(
                    "--graph needs an access token: set {ACCESS_TOKEN} to `token`, or to `account=token,…`"
                ))
                .into());
            }
            profile.instagram = InstagramPlace::Graph(place);
        }
        Ok(profile)
    }

    /// Opens it, and tells of a database file that had to be set aside.
    ///
    /// # Errors
    /// When it cannot be opened; the message says what to do.
    pub(crate) async fn open(&self) -> anyhow::Result<Runtime> {
        let runtime = Runtime::open(self.profile()?, Arc::new(SystemClock)).await?;
        if let Some(notice) = runtime.notice() {
            crate::output::error_line(&format!("heliograph: {notice}"));
        }
        Ok(runtime)
    }

    /// The documents, for a command that runs no engine.
    ///
    /// # Errors
    /// When they cannot be opened; the message says what to do.
    pub(crate) async fn documents(&self) -> anyhow::Result<Documents> {
        Ok(Documents::of(self.profile()?, Arc::new(SystemClock)).await?)
    }

    /// The documents, for a command that only reads: it makes no file.
    ///
    /// # Errors
    /// [`Usage`] when there is no database file; as [`Self::documents`].
    pub(crate) async fn existing_documents(&self) -> anyhow::Result<Documents> {
        if !self.is_production() {
            self.file.must_exist()?;
        }
        self.documents().await
    }
}
