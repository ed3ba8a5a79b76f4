//! A connection out of the `.env` file of a Node project.
//!
//! Reading stores nothing: it says what each variable would become, and what was not
//! understood. What is stored afterwards goes the usual way, with the passwords taken out.

mod dotenv;
mod roles;

#[cfg(test)]
mod tests;

use super::{
    Address, GraphSettings, InstagramSettings, MongoSettings, QueueSettings, RedisSettings,
    ServerSettings,
};
use crate::secrets::SecretName;
use dotenv::Variable;
use roles::{Part, Role, role_of};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Map;

/// What a `.env` file is taken for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EnvReading {
    /// What was understood.
    pub recognised: Vec<EnvFinding>,
    /// The names of variables that say nothing of a connection.
    pub others: Vec<String>,
    /// What is wrong or missing, for people.
    pub problems: Vec<EnvProblem>,
    /// Whether it is enough for a profile on servers.
    pub is_enough: bool,
}

/// A variable that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EnvFinding {
    /// Its name.
    pub name: String,
    /// Where it stands, from 1.
    pub line: u32,
    /// What it becomes, for people.
    pub becomes: String,
    /// Its value without a secret; `None` where the whole of it is one.
    pub shown: Option<String>,
    /// Whether it goes to where secrets are kept, with the whole or a part of it.
    pub is_secret: bool,
}

/// Something about a `.env` file that somebody should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EnvProblem {
    /// Where; `None` for the file as a whole.
    pub line: Option<u32>,
    /// What, and what to do.
    pub says: String,
}

/// What a `.env` file becomes once somebody says so.
#[derive(Debug, Clone)]
pub struct EnvConnection {
    /// Where the servers are, passwords included: to be hidden before it is saved.
    pub servers: ServerSettings,
    /// Where sends go.
    pub instagram: InstagramSettings,
    /// Secrets that stand in no connection string.
    pub secrets: Vec<(SecretName, SecretString)>,
}

/// Says what a `.env` file is taken for.
#[must_use]
pub fn read_env(text: &str) -> EnvReading {
    Found::of(text).reading
}

/// What a `.env` file becomes; `None` where it is not enough for a profile on servers.
#[must_use]
pub fn connection_of_env(text: &str) -> Option<EnvConnection> {
    let found = Found::of(text);
    found.reading.is_enough.then(|| found.connection())
}

/// A server as a file names it: in one address, or in parts.
#[derive(Default)]
struct Parts {
    url: Option<String>,
    host: Option<String>,
    port: Option<String>,
    user: Option<String>,
    password: Option<String>,
    database: Option<String>,
    tls: bool,
}

impl Parts {
    fn is_named(&self) -> bool {
        self.url.is_some() || self.host.is_some()
    }

    fn put(&mut self, part: Part, value: &str) {
        let value = value.to_owned();
        match part {
            // The first one counts: a file names the usual one before its copies.
            Part::Url => self.url = self.url.take().or(Some(value)),
            Part::Host => self.host = Some(value),
            Part::Port => self.port = Some(value),
            Part::User => self.user = Some(value),
            Part::Password => self.password = Some(value),
            Part::Database => self.database = Some(value),
            Part::Tls => self.tls = is_yes(&value),
        }
    }

    /// The address, made of the parts where there is none.
    fn address(&self, scheme: &str, port: u16) -> String {
        let given = self.url.clone().unwrap_or_else(|| {
            let scheme = match (scheme, self.tls) {
                ("redis", true) => "rediss",
                (scheme, _) => scheme,
            };
            let host = self.host.as_deref().unwrap_or("127.0.0.1");
            let port = self.port.clone().unwrap_or_else(|| port.to_string());
            let path = match (scheme, &self.database) {
                ("redis" | "rediss", Some(number)) => format!("/{number}"),
                _ => String::new(),
            };
            format!("{scheme}://{host}:{port}{path}")
        });
        // Beside an address, user and password may stand alone.
        match Address::split(&given) {
            Ok(address) if address.password.is_none() && !given.contains('@') => {
                with_credentials(&given, self.user.as_deref(), self.password.as_deref())
            }
            Ok(_) | Err(_) => given,
        }
    }
}

fn with_credentials(url: &str, user: Option<&str>, password: Option<&str>) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match (user, password) {
        (None, None) => url.to_owned(),
        (Some(user), None) => format!("{scheme}://{}@{rest}", escaped(user)),
        (user, Some(password)) => format!(
            "{scheme}://{}:{}@{rest}",
            escaped(user.unwrap_or_default()),
            escaped(password)
        ),
    }
}

/// As it stands in an address.
fn escaped(text: &str) -> String {
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

fn is_yes(value: &str) -> bool {
    matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "1" | "true" | "yes" | "on" | "required"
    )
}

/// A file, read.
#[derive(Default)]
struct Found {
    reading: EnvReading,
    redis: Parts,
    queue: Parts,
    mongo: Parts,
    queue_name: Option<String>,
    queue_prefix: Option<String>,
    namespace: Option<String>,
    version: Option<String>,
    graph_url: Option<String>,
    app_secrets: Vec<(String, String)>,
    verify_token: Option<String>,
    access_token: Option<String>,
}

impl Found {
    fn of(text: &str) -> Self {
        let (variables, unread) = dotenv::read(text);
        let mut found = Self::default();
        for line in unread {
            found.problem(Some(line.line), line.says);
        }
        for variable in &variables {
            found.take(variable);
        }
        found.look_for_gaps(!variables.is_empty());
        found
    }

    fn problem(&mut self, line: Option<u32>, says: impl Into<String>) {
        self.reading.problems.push(EnvProblem {
            line,
            says: says.into(),
        });
    }

    fn take(&mut self, variable: &Variable) {
        let value = variable.value.trim();
        let Some(role) = role_of(&variable.name, value) else {
            self.reading.others.push(variable.name.clone());
            return;
        };
        if value.is_empty() {
            let says = format!("{} is empty, so it is left out.", variable.name);
            self.problem(Some(variable.line), says);
            return;
        }
        let name = &variable.name;
        if let Err(says) = role.check(name, value) {
            self.problem(Some(variable.line), says);
            return;
        }
        let is_again = self.put(role, name, value);
        if is_again {
            let says =
                format!("{name} says again what another variable said; the first one counts.");
            self.problem(Some(variable.line), says);
            return;
        }
        let (shown, is_secret) = role.shown(value);
        self.reading.recognised.push(EnvFinding {
            name: name.clone(),
            line: variable.line,
            becomes: role.in_words().to_owned(),
            shown,
            is_secret,
        });
    }

    /// Keeps a value; whether its place was taken.
    fn put(&mut self, role: Role, name: &str, value: &str) -> bool {
        let first = |place: &mut Option<String>| {
            let is_again = place.is_some();
            place.get_or_insert_with(|| value.to_owned());
            is_again
        };
        match role {
            Role::Redis(Part::Url) => first(&mut self.redis.url),
            Role::Queue(Part::Url) => first(&mut self.queue.url),
            Role::Mongo(Part::Url) => first(&mut self.mongo.url),
            Role::Redis(part) => {
                self.redis.put(part, value);
                false
            }
            Role::Queue(part) => {
                self.queue.put(part, value);
                false
            }
            Role::Mongo(part) => {
                self.mongo.put(part, value);
                false
            }
            Role::QueueName => first(&mut self.queue_name),
            Role::QueuePrefix => first(&mut self.queue_prefix),
            Role::Namespace => first(&mut self.namespace),
            Role::GraphVersion => first(&mut self.version),
            Role::GraphUrl => first(&mut self.graph_url),
            Role::VerifyToken => first(&mut self.verify_token),
            Role::AccessToken => first(&mut self.access_token),
            Role::AppSecret => {
                // A file often names one secret twice.
                let is_again = self.app_secrets.iter().any(|(_, secret)| secret == value);
                if !is_again {
                    self.app_secrets.push((secret_name(name), value.to_owned()));
                }
                is_again
            }
        }
    }

    fn look_for_gaps(&mut self, has_any: bool) {
        if !has_any {
            self.problem(None, "There is no variable in it. Paste the text of a .env file: lines such as REDIS_URL=redis://…");
            return;
        }
        if !self.redis.is_named() {
            self.problem(
                None,
                "It names no Redis (REDIS_URL, or REDIS_HOST with REDIS_PORT).",
            );
        }
        if !self.mongo.is_named() {
            self.problem(
                None,
                "It names no MongoDB (MONGODB_URI, MONGO_URL, or DATABASE_URL with mongodb://).",
            );
        }
        if self.mongo.is_named() && self.database().is_none() {
            self.problem(None, "It names no database in MongoDB. Node's driver takes “test” then, and so does the profile; correct it there if that is wrong.");
        }
        if self.mongo.is_named() && self.queue_name.is_none() {
            let says = format!(
                "It names no queue; the profile takes “{}”. Correct it there if the queue has another name.",
                QueueSettings::default().name
            );
            self.problem(None, says);
        }
        self.reading.is_enough = self.redis.is_named() && self.mongo.is_named();
    }

    /// The database's name: as it is said, or as the address has it behind its slash.
    fn database(&self) -> Option<String> {
        self.mongo.database.clone().or_else(|| {
            let url = self.mongo.url.as_deref()?;
            let hosts = url.split_once("://")?.1;
            let hosts = hosts.rsplit_once('@').map_or(hosts, |(_, hosts)| hosts);
            let path = hosts.split_once('/')?.1;
            let name = path.split('?').next().unwrap_or_default();
            (!name.is_empty()).then(|| name.to_owned())
        })
    }

    fn connection(&self) -> EnvConnection {
        let redis = RedisSettings {
            url: self.redis.address("redis", 6379),
            namespace: self.namespace.clone().unwrap_or_default(),
            ..RedisSettings::default()
        };
        let mongo = MongoSettings {
            url: self.mongo.address("mongodb", 27017),
            database: self.database().unwrap_or_else(|| "test".to_owned()),
            ..MongoSettings::default()
        };
        let usual = QueueSettings::default();
        let queue = QueueSettings {
            name: self.queue_name.clone().unwrap_or(usual.name),
            prefix: self.queue_prefix.clone().unwrap_or(usual.prefix),
            redis: self
                .queue
                .is_named()
                .then(|| self.queue.address("redis", 6379))
                .filter(|url| *url != redis.url),
            ..QueueSettings::default()
        };
        let mut secrets = Vec::new();
        let mut keep = |name, secret: Option<String>| {
            if let Some(secret) = secret {
                secrets.push((name, SecretString::from(secret)));
            }
        };
        keep(SecretName::AccessToken, self.access_token.clone());
        keep(SecretName::VerifyToken, self.verify_token.clone());
        let app: Vec<_> = self
            .app_secrets
            .iter()
            .map(|(name, secret)| format!("{name}={secret}"))
            .collect();
        keep(
            SecretName::AppSecret,
            (!app.is_empty()).then(|| app.join(",")),
        );
        let is_graph =
            self.access_token.is_some() || self.version.is_some() || self.graph_url.is_some();
        let instagram = if is_graph {
            InstagramSettings::Graph(GraphSettings {
                base_url: self.graph_url.as_deref().map(roles::without_version),
                version: self.version.as_deref().map(roles::with_v),
                has_token: self.access_token.is_some(),
                ..GraphSettings::default()
            })
        } else {
            InstagramSettings::Simulated
        };
        EnvConnection {
            servers: ServerSettings {
                redis,
                mongo,
                queue,
                other: Map::new(),
            },
            instagram,
            secrets,
        }
    }
}

/// What an app secret is called that stands in such a variable: `META_APP_SECRET` is of
/// the app “meta”.
fn secret_name(variable: &str) -> String {
    let lower = variable.to_ascii_lowercase();
    let name = lower
        .trim_end_matches("_secret")
        .trim_end_matches("_client")
        .trim_end_matches("_app");
    if name == "app" || name.is_empty() {
        "app".to_owned()
    } else {
        name.replace('_', " ")
    }
}
