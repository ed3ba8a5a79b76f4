//! Which profile a command works on: by its options, the environment, a configuration
//! file, a saved profile and the defaults, in this order.

mod choose;
#[cfg(test)]
mod tests;

pub(crate) use choose::{Chosen, Needs};

use crate::options::flag;
use heliograph_instagram::client::Flavour;
use heliograph_model::GuardLevel;
use std::path::PathBuf;

/// Where documents, cache, queue and Instagram are, and what is allowed there.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Profile")]
pub(crate) struct PlaceOptions {
    /// A saved profile, by its name. What is named beside it counts instead of what it
    /// says.
    #[arg(long, env = "HELIOGRAPH_PROFILE", value_name = "NAME")]
    profile: Option<String>,
    /// A YAML or JSON file with any of these options, under the same names without the
    /// dashes before them.
    #[arg(long, env = "HELIOGRAPH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// What is allowed: offline, observe (reads only), dry-run (in a namespace of its own,
    /// sends nothing), or live. Default on servers: observe.
    #[arg(long, env = "HELIOGRAPH_GUARD", value_name = "LEVEL")]
    guard: Option<GuardLevel>,
    /// Where the profile's secrets are beside the environment: keyring, environment, or
    /// the path of a file that only you may read. Default with --profile: keyring.
    #[arg(long, env = "HELIOGRAPH_SECRETS", value_name = "WHERE")]
    secrets: Option<String>,
    /// Redis, as redis://user:password@host:6379/0, or rediss:// for TLS; of a cluster
    /// several with commas between.
    #[arg(
        long,
        env = "HELIOGRAPH_REDIS",
        value_name = "URL",
        hide_env_values = true
    )]
    redis: Option<String>,
    /// Certificates to trust for Redis, and for the queue's Redis, instead of the public
    /// ones, as a PEM file.
    #[arg(long, env = "HELIOGRAPH_REDIS_CA", value_name = "FILE")]
    redis_ca: Option<PathBuf>,
    /// What the names of our own keys in Redis begin with. Default: heliograph.
    #[arg(long, env = "HELIOGRAPH_KEY_PREFIX", value_name = "TEXT")]
    key_prefix: Option<String>,
    /// What is put before the names of cached keys. Default: nothing, so that they are
    /// those of the Node application.
    #[arg(long, env = "HELIOGRAPH_CACHE_NAMESPACE", value_name = "TEXT")]
    cache_namespace: Option<String>,
    /// MongoDB, as mongodb://user:password@host:27017/?replicaSet=rs0, or mongodb+srv://.
    #[arg(
        long,
        env = "HELIOGRAPH_MONGO",
        value_name = "URL",
        hide_env_values = true
    )]
    mongo: Option<String>,
    /// On servers the name of the database in MongoDB; otherwise the database file of the
    /// embedded profile, by default heliograph.sqlite in the user's data directory.
    #[arg(long, env = "HELIOGRAPH_DATABASE", value_name = "NAME|FILE")]
    database: Option<PathBuf>,
    /// What the collections are called, as accounts=instagram_accounts,contacts=people.
    #[arg(
        long,
        env = "HELIOGRAPH_COLLECTIONS",
        value_name = "NAME=NAME,…",
        value_delimiter = ','
    )]
    collections: Vec<String>,
    /// Look for every event among the processed events in MongoDB before it is handled, for
    /// a Node application that takes the same webhooks marks there what it handled. Costs a
    /// look-up for each event.
    #[arg(long, env = "HELIOGRAPH_SHARED_MARKS", value_parser = flag)]
    shared_marks: bool,
    /// The name of the queue in BullMQ.
    #[arg(long, env = "HELIOGRAPH_QUEUE", value_name = "NAME")]
    queue: Option<String>,
    /// What the queue's keys begin with. Default: bull.
    #[arg(long, env = "HELIOGRAPH_QUEUE_PREFIX", value_name = "TEXT")]
    queue_prefix: Option<String>,
    /// The queue's Redis, where it is another one than the cache's.
    #[arg(
        long,
        env = "HELIOGRAPH_QUEUE_REDIS",
        value_name = "URL",
        hide_env_values = true
    )]
    queue_redis: Option<String>,
    /// The name of jobs that are added. Default: webhook.
    #[arg(long, env = "HELIOGRAPH_JOB_NAME", value_name = "NAME")]
    job_name: Option<String>,
    /// The names of jobs that are deliveries. Default: every job is one.
    #[arg(
        long,
        env = "HELIOGRAPH_TAKES",
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    takes: Vec<String>,
    /// Where the webhook is inside a job's data, as payload.body. Default: it is looked
    /// for in the usual places.
    #[arg(long, env = "HELIOGRAPH_DATA_PATH", value_name = "PATH")]
    data_path: Option<String>,
    /// How many jobs one worker holds at a time. Default: 256.
    #[arg(long, env = "HELIOGRAPH_CONCURRENCY", value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    concurrency: Option<u32>,
    /// The Graph API to send to, as https://graph.instagram.com. Default: a simulated
    /// Instagram inside this process, so that nothing is sent.
    #[arg(long, env = "HELIOGRAPH_GRAPH", value_name = "URL")]
    graph: Option<String>,
    /// Its version, as v25.0.
    #[arg(long, env = "HELIOGRAPH_GRAPH_VERSION", value_name = "VERSION")]
    graph_version: Option<String>,
    /// How accounts were connected: instagram-login or facebook-login. Default: by the
    /// address.
    #[arg(long, env = "HELIOGRAPH_FLAVOUR", value_name = "FLAVOUR")]
    flavour: Option<Flavour>,
    /// How many messages an account sends a second at the most; 0 for as many as there
    /// are. Default: a little below Instagram's limit.
    #[arg(long, env = "HELIOGRAPH_SENDS_PER_SECOND", value_name = "COUNT")]
    sends_per_second: Option<u32>,
}
