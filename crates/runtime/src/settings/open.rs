//! Saved settings become a profile that can be opened.

use super::{
    Address, GraphSettings, InstagramSettings, PlaceSettings, ProfileSettings, Result,
    ServerSettings, SettingsError,
};
use crate::secrets::{Environment, SecretName, SecretStore, variable};
use crate::{
    DatabasePlace, EmbeddedPlace, GraphPlace, InstagramPlace, Place, ProductionPlace, Profile,
};
use heliograph_bullmq::{BullConfig, Takes};
use heliograph_engine::process::EngineSettings;
use heliograph_instagram::client::Flavour;
use heliograph_model::{AccountId, GuardLevel};
use heliograph_mongo::MongoConfig;
use heliograph_redis::{BehindSettings, RedisConfig};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;

/// How saved settings are opened.
#[derive(Debug)]
pub struct OpenSettings<'a> {
    /// Where the secrets are.
    pub secrets: &'a dyn SecretStore,
    /// At which level.
    pub guard: GuardLevel,
    /// The file of an embedded profile that names none.
    pub usual_file: PathBuf,
    /// Secrets of addresses that somebody named instead of the profile's own: what is kept
    /// of the profile is for another server.
    pub elsewhere: Vec<SecretName>,
}

impl OpenSettings<'_> {
    /// The profile, with its secrets.
    ///
    /// # Errors
    /// When a secret cannot be had.
    pub fn profile(&self, settings: &ProfileSettings) -> Result<Profile> {
        let place = match &settings.place {
            PlaceSettings::Embedded(place) => {
                let file = place.file.as_ref().unwrap_or(&self.usual_file);
                Place::Embedded(EmbeddedPlace::at(DatabasePlace::File(file.clone())))
            }
            PlaceSettings::Production(place) => {
                Place::Production(Box::new(self.servers(&settings.name, place)?))
            }
        };
        let instagram = match &settings.instagram {
            InstagramSettings::Simulated => InstagramPlace::Simulated { strict: false },
            InstagramSettings::Graph(graph) => {
                InstagramPlace::Graph(self.graph(&settings.name, graph)?)
            }
        };
        Ok(Profile {
            name: settings.name.clone(),
            guard: self.guard,
            place,
            instagram,
            engine: EngineSettings {
                cache: settings.cache.policy(),
                ..EngineSettings::default()
            },
        })
    }

    fn servers(&self, profile: &str, place: &ServerSettings) -> Result<ProductionPlace> {
        let url = |shown: &str, has_password, name| -> Result<SecretString> {
            let password = self.secret(profile, has_password, name)?;
            Ok(Address::join(shown, password.as_ref()))
        };
        let redis = RedisConfig {
            cluster: place.redis.cluster,
            prefix: place.redis.prefix.clone(),
            namespace: place.redis.namespace.clone(),
            ca_file: place.redis.ca_file.clone(),
            ..RedisConfig::new(url(
                &place.redis.url,
                place.redis.has_password,
                SecretName::RedisPassword,
            )?)
        };
        let mut mongo = MongoConfig::new(
            url(
                &place.mongo.url,
                place.mongo.has_password,
                SecretName::MongoPassword,
            )?,
            &place.mongo.database,
        );
        mongo.collections = place.mongo.collections.clone();
        let queue_url = match &place.queue.redis {
            Some(shown) => url(shown, place.queue.has_password, SecretName::QueuePassword)?,
            None => redis.url.clone(),
        };
        let mut queue = BullConfig::new(queue_url, &place.queue.name);
        // What is trusted for Redis is so for the queue's too, which mostly is the same.
        queue.ca_file.clone_from(&place.redis.ca_file);
        queue.prefix.clone_from(&place.queue.prefix);
        queue.job_name.clone_from(&place.queue.job_name);
        queue.data_path.clone_from(&place.queue.data_path);
        if let Some(jobs) = place
            .queue
            .concurrency
            .and_then(|it| usize::try_from(it).ok())
        {
            queue.concurrency = jobs.max(1);
        }
        if !place.queue.takes.is_empty() {
            queue.takes = Takes::Names(place.queue.takes.clone());
        }
        queue.cluster = place.queue.redis.is_none() && place.redis.cluster == Some(true);
        Ok(ProductionPlace {
            redis,
            mongo,
            queue,
            behind: BehindSettings {
                shared_marks: place.mongo.shared_marks,
                ..BehindSettings::default()
            },
        })
    }

    /// A secret; a store that may have to be unlocked is asked only for what it is known
    /// to hold, and a variable that is set counts always.
    fn secret(
        &self,
        profile: &str,
        is_kept: bool,
        name: SecretName,
    ) -> Result<Option<SecretString>> {
        let secret = if is_kept {
            self.secrets.get(profile, name)?
        } else {
            match Environment::new().get(profile, name)? {
                None if !self.elsewhere.contains(&name) => {
                    self.secrets.get_at_ease(profile, name)?
                }
                found => found,
            }
        };
        if is_kept && secret.is_none() {
            return Err(SettingsError::NoSecret {
                name: name.as_str(),
                place: self.secrets.place(),
                variable: variable(profile, name),
            });
        }
        Ok(secret)
    }

    fn graph(&self, profile: &str, graph: &GraphSettings) -> Result<GraphPlace> {
        let given = self.secret(profile, graph.has_token, SecretName::AccessToken)?;
        let given = given.as_ref().map_or("", |given| given.expose_secret());
        Ok(GraphPlace {
            version: graph.version.clone(),
            sends_per_second: graph.sends_per_second,
            ..GraphPlace::new(graph.base_url.as_deref(), graph.flavour).with_tokens(given)
        })
    }
}

impl GraphPlace {
    /// The Graph API at an address, or at that of a flavour, without tokens of its own.
    #[must_use]
    pub fn new(base_url: Option<&str>, flavour: Option<Flavour>) -> Self {
        let flavour = flavour
            .or_else(|| base_url.map(Flavour::of_base_url))
            .unwrap_or_default();
        Self {
            base_url: base_url.unwrap_or(flavour.base_url()).to_owned(),
            version: None,
            flavour,
            sends_per_second: None,
            tokens: Vec::new(),
            any: None,
        }
    }

    /// The same with access tokens: `token` for every account that has none of its own,
    /// `account=token` for one; several with commas between.
    #[must_use]
    pub fn with_tokens(mut self, given: &str) -> Self {
        for part in given.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            match part.split_once('=') {
                Some((account, token)) => self
                    .tokens
                    .push((AccountId::from(account), SecretString::from(token))),
                None => self.any = Some(SecretString::from(part)),
            }
        }
        self
    }
}
