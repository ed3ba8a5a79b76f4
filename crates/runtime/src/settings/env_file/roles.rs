//! What the variables of Node projects mean, by their names.

use crate::settings::Address;

/// What a variable is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Redis(Part),
    Queue(Part),
    Mongo(Part),
    QueueName,
    QueuePrefix,
    Namespace,
    GraphVersion,
    GraphUrl,
    AppSecret,
    VerifyToken,
    AccessToken,
}

/// A part of where a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Url,
    Host,
    Port,
    User,
    Password,
    Database,
    Tls,
}

const REDIS_URLS: &[&str] = &[
    "REDIS_URL",
    "REDIS_URI",
    "REDIS_TLS_URL",
    "REDIS_CONNECTION_STRING",
    "REDIS_CONNECTION_URL",
    "REDISCLOUD_URL",
    "UPSTASH_REDIS_URL",
    "CACHE_REDIS_URL",
    "CACHE_URL",
];
const MONGO_URLS: &[&str] = &[
    "MONGODB_URI",
    "MONGODB_URL",
    "MONGO_URI",
    "MONGO_URL",
    "MONGODB_CONNECTION_STRING",
    "MONGO_CONNECTION_STRING",
    "MONGOOSE_URI",
    "MONGOOSE_URL",
];
/// Names that any database has; they count when the value is an address of MongoDB.
const ANY_URLS: &[&str] = &["DATABASE_URL", "DATABASE_URI", "DB_URL", "DB_URI"];
const DATABASES: &[&str] = &[
    "MONGODB_DB",
    "MONGODB_DB_NAME",
    "MONGODB_DATABASE",
    "MONGODB_DATABASE_NAME",
    "MONGODB_NAME",
    "MONGO_DB",
    "MONGO_DB_NAME",
    "MONGO_DATABASE",
    "MONGO_DBNAME",
    "DB_NAME",
    "DATABASE_NAME",
];
const QUEUES: &[&str] = &[
    "QUEUE_NAME",
    "BULL_QUEUE",
    "BULL_QUEUE_NAME",
    "BULLMQ_QUEUE",
    "BULLMQ_QUEUE_NAME",
    "WEBHOOK_QUEUE",
    "WEBHOOK_QUEUE_NAME",
    "INSTAGRAM_QUEUE",
    "INSTAGRAM_QUEUE_NAME",
    "INSTAGRAM_WEBHOOK_QUEUE",
    "INSTAGRAM_WEBHOOK_QUEUE_NAME",
    "IG_QUEUE_NAME",
    "IG_WEBHOOK_QUEUE",
];
const QUEUE_PREFIXES: &[&str] = &["BULL_PREFIX", "BULLMQ_PREFIX", "QUEUE_PREFIX"];
const NAMESPACES: &[&str] = &[
    "REDIS_PREFIX",
    "REDIS_KEY_PREFIX",
    "CACHE_PREFIX",
    "REDIS_NAMESPACE",
];
const VERSIONS: &[&str] = &[
    "GRAPH_VERSION",
    "GRAPH_API_VERSION",
    "META_API_VERSION",
    "META_GRAPH_VERSION",
    "META_GRAPH_API_VERSION",
    "FB_API_VERSION",
    "FB_GRAPH_VERSION",
    "FACEBOOK_API_VERSION",
    "FACEBOOK_GRAPH_VERSION",
    "FACEBOOK_GRAPH_API_VERSION",
    "INSTAGRAM_API_VERSION",
    "INSTAGRAM_GRAPH_VERSION",
    "IG_API_VERSION",
];
const GRAPH_URLS: &[&str] = &[
    "GRAPH_URL",
    "GRAPH_API_URL",
    "GRAPH_BASE_URL",
    "GRAPH_API_BASE_URL",
    "META_GRAPH_URL",
    "META_API_URL",
    "INSTAGRAM_GRAPH_URL",
    "INSTAGRAM_API_URL",
    "INSTAGRAM_GRAPH_API_URL",
    "INSTAGRAM_API_BASE_URL",
    "FACEBOOK_GRAPH_URL",
];
const APPS: &[&str] = &["META", "FACEBOOK", "FB", "IG", "INSTAGRAM"];
const ACCESS_TOKENS: &[&str] = &[
    "ACCESS_TOKEN",
    "PAGE_ACCESS_TOKEN",
    "IG_ACCESS_TOKEN",
    "INSTAGRAM_ACCESS_TOKEN",
    "INSTAGRAM_LONG_LIVED_TOKEN",
    "INSTAGRAM_PAGE_ACCESS_TOKEN",
    "IG_PAGE_ACCESS_TOKEN",
    "META_ACCESS_TOKEN",
    "META_PAGE_ACCESS_TOKEN",
    "FB_ACCESS_TOKEN",
    "FB_PAGE_ACCESS_TOKEN",
    "FACEBOOK_ACCESS_TOKEN",
    "FACEBOOK_PAGE_ACCESS_TOKEN",
];

/// What a variable is for; `None` where it says nothing of a connection.
pub(super) fn role_of(name: &str, value: &str) -> Option<Role> {
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let name = name.as_str();
    let is = |names: &[&str]| names.contains(&name);
    if is(REDIS_URLS) {
        return Some(Role::Redis(Part::Url));
    }
    if is(MONGO_URLS) || (is(ANY_URLS) && value.starts_with("mongodb")) {
        return Some(Role::Mongo(Part::Url));
    }
    if is(DATABASES) {
        return Some(Role::Mongo(Part::Database));
    }
    if is(QUEUES) {
        return Some(Role::QueueName);
    }
    if is(QUEUE_PREFIXES) {
        return Some(Role::QueuePrefix);
    }
    if is(NAMESPACES) {
        return Some(Role::Namespace);
    }
    if is(VERSIONS) {
        return Some(Role::GraphVersion);
    }
    if is(GRAPH_URLS) {
        return Some(Role::GraphUrl);
    }
    if is(ACCESS_TOKENS) {
        return Some(Role::AccessToken);
    }
    if name == "VERIFY_TOKEN" || name.ends_with("_VERIFY_TOKEN") || is(&["HUB_VERIFY_TOKEN"]) {
        return Some(Role::VerifyToken);
    }
    if name == "APP_SECRET" {
        return Some(Role::AppSecret);
    }
    for app in APPS {
        if let Some(rest) = name.strip_prefix(app)
            && matches!(rest, "_APP_SECRET" | "_CLIENT_SECRET")
        {
            return Some(Role::AppSecret);
        }
    }
    for prefix in ["BULL_REDIS_", "BULLMQ_REDIS_", "QUEUE_REDIS_"] {
        if let Some(part) = name.strip_prefix(prefix).and_then(part_of) {
            return Some(Role::Queue(part));
        }
    }
    if let Some(part) = name.strip_prefix("REDIS_").and_then(part_of) {
        return Some(Role::Redis(part));
    }
    for prefix in ["MONGODB_", "MONGO_"] {
        if let Some(part) = name.strip_prefix(prefix).and_then(part_of) {
            return Some(Role::Mongo(part));
        }
    }
    None
}

fn part_of(rest: &str) -> Option<Part> {
    Some(match rest {
        "URL" | "URI" => Part::Url,
        "HOST" | "HOSTNAME" => Part::Host,
        "PORT" => Part::Port,
        "USER" | "USERNAME" => Part::User,
        "PASSWORD" | "PASS" | "AUTH" | "AUTH_TOKEN" | "PWD" => Part::Password,
        "DB" | "DATABASE" | "DB_INDEX" => Part::Database,
        "TLS" | "SSL" | "USE_TLS" | "TLS_ENABLED" | "USE_SSL" => Part::Tls,
        _ => return None,
    })
}

impl Role {
    /// What it becomes, for people.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Redis(part) => match part {
                Part::Url => "Redis: address",
                Part::Host => "Redis: host",
                Part::Port => "Redis: port",
                Part::User => "Redis: user",
                Part::Password => "Redis: password",
                Part::Database => "Redis: database number",
                Part::Tls => "Redis: TLS",
            },
            Self::Queue(part) => match part {
                Part::Url => "Queue's Redis: address",
                Part::Host => "Queue's Redis: host",
                Part::Port => "Queue's Redis: port",
                Part::User => "Queue's Redis: user",
                Part::Password => "Queue's Redis: password",
                Part::Database => "Queue's Redis: database number",
                Part::Tls => "Queue's Redis: TLS",
            },
            Self::Mongo(part) => match part {
                Part::Url => "MongoDB: address",
                Part::Host => "MongoDB: host",
                Part::Port => "MongoDB: port",
                Part::User => "MongoDB: user",
                Part::Password => "MongoDB: password",
                Part::Database => "MongoDB: database",
                Part::Tls => "MongoDB: TLS",
            },
            Self::QueueName => "Queue: name",
            Self::QueuePrefix => "Queue: prefix",
            Self::Namespace => "Cache: what keys begin with",
            Self::GraphVersion => "Graph API: version",
            Self::GraphUrl => "Graph API: address",
            Self::AppSecret => "Listener: app secret",
            Self::VerifyToken => "Listener: verify token",
            Self::AccessToken => "Graph API: access token",
        }
    }

    /// The value without a secret, and whether a secret is in it.
    pub(super) fn shown(self, value: &str) -> (Option<String>, bool) {
        match self {
            Self::AppSecret | Self::VerifyToken | Self::AccessToken => (None, true),
            Self::Redis(Part::Password)
            | Self::Queue(Part::Password)
            | Self::Mongo(Part::Password) => (None, true),
            Self::Redis(Part::Url) | Self::Queue(Part::Url) | Self::Mongo(Part::Url) => {
                let has_password = Address::split(value).map_or(true, |it| it.password.is_some());
                (Some(Address::shown(value)), has_password)
            }
            Self::Redis(_)
            | Self::Queue(_)
            | Self::Mongo(_)
            | Self::QueueName
            | Self::QueuePrefix
            | Self::Namespace
            | Self::GraphVersion
            | Self::GraphUrl => (Some(value.to_owned()), false),
        }
    }

    /// Whether the value can be what the name says; otherwise what is wrong, without it.
    pub(super) fn check(self, name: &str, value: &str) -> Result<(), String> {
        let begins = |schemes: &[&str]| schemes.iter().any(|it| value.starts_with(it));
        match self {
            Self::Redis(Part::Url) | Self::Queue(Part::Url)
                if !begins(&["redis://", "rediss://", "redis+unix://", "unix://"]) =>
            {
                Err(format!(
                    "{name} is no address of Redis: it begins with redis://, or rediss:// for TLS."
                ))
            }
            Self::Mongo(Part::Url) if !begins(&["mongodb://", "mongodb+srv://"]) => Err(format!(
                "{name} is no address of MongoDB: it begins with mongodb:// or mongodb+srv://."
            )),
            Self::Redis(Part::Port) | Self::Queue(Part::Port) | Self::Mongo(Part::Port)
                if value.parse::<u16>().is_err() =>
            {
                Err(format!("{name} is no port: it is a number up to 65535."))
            }
            Self::GraphVersion if !is_version(value) => Err(format!(
                "{name} is no version of the Graph API, such as v25.0."
            )),
            _ => Ok(()),
        }
    }
}

fn is_version(value: &str) -> bool {
    let number = value.trim_start_matches('v');
    number
        .split_once('.')
        .is_some_and(|(major, minor)| major.parse::<u16>().is_ok() && minor.parse::<u16>().is_ok())
}

/// As the Graph API writes its versions.
pub(super) fn with_v(version: &str) -> String {
    format!("v{}", version.trim_start_matches('v'))
}

/// An address of the Graph API without the version that projects put behind it.
pub(super) fn without_version(url: &str) -> String {
    let url = url.trim_end_matches('/');
    match url.rsplit_once('/') {
        Some((before, last)) if is_version(last) => before.to_owned(),
        _ => url.to_owned(),
    }
}
