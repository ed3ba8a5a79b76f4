//! Which queue, and how it is worked on.

use crate::error::{BullError, BullResult};
use crate::workers::own_name;
use bullmq::options::{RedisConnectionOptions, TlsCerts};
use bullmq::types::{BackoffStrategy, KeepJobs, RemoveOnFinish};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::time::Duration;

/// A queue of BullMQ. [`BullConfig::new`] has BullMQ's own defaults where it has some.
#[derive(Debug, Clone)]
pub struct BullConfig {
    /// Where Redis is, such as `redis://user:password@host:6379/0` or `rediss://…`. Of a
    /// cluster: one node or several, separated by commas.
    pub url: SecretString,
    /// Whether that is a Redis Cluster. The prefix then needs a hash tag, such as `{bull}`.
    pub cluster: bool,
    /// A PEM file with the certificates to trust for TLS *instead of* the public ones.
    pub ca_file: Option<PathBuf>,
    /// What the queue's keys begin with.
    pub prefix: String,
    /// The queue's name, without a colon.
    pub queue: String,
    /// The name of the jobs that are added here.
    pub job_name: String,
    /// Which jobs are deliveries.
    pub takes: Takes,
    /// Where the webhook is inside a job's data, such as `payload.body`. It is looked for
    /// in the usual places when this is `None`, and when nothing is there.
    pub data_path: Option<String>,
    /// How the body is put into the jobs that are added here.
    pub body: BodyForm,
    /// How many jobs this process holds at a time, those that wait to be taken included.
    pub concurrency: usize,
    /// Over how many threads, each with connections of its own, these are spread. With
    /// more than one, jobs may overtake each other on their way to the engine.
    pub threads: usize,
    /// How long a job stays locked when this process dies; it is renewed in time while
    /// the process lives, and jobs without a lock are looked for as often.
    pub lock_duration: Duration,
    /// How often a job may lose its worker before it goes to the failed set.
    pub stalls_allowed: u32,
    /// How often a job that is added here may be tried.
    pub attempts: u32,
    /// How long a Node worker waits between tries of a job that is added here.
    pub backoff: Backoff,
    /// Which completed jobs of those that are added here are kept.
    pub keep_completed: Keep,
    /// Which failed jobs of those that are added here are kept.
    pub keep_failed: Keep,
    /// The name of this worker, which BullMQ writes on the jobs that it takes. The usual one
    /// says which version of this program it is.
    pub worker: String,
}

impl BullConfig {
    /// The queue of this name, without anything unusual.
    #[must_use]
    pub fn new(url: SecretString, queue: impl Into<String>) -> Self {
        Self {
            url,
            cluster: false,
            ca_file: None,
            prefix: "bull".into(),
            queue: queue.into(),
            job_name: "webhook".into(),
            takes: Takes::AnyName,
            data_path: None,
            body: BodyForm::Document,
            concurrency: 256,
            threads: 1,
            lock_duration: Duration::from_secs(30),
            stalls_allowed: 3,
            attempts: 5,
            backoff: Backoff::Exponential(Duration::from_secs(1)),
            keep_completed: Keep::Last(1_000),
            keep_failed: Keep::All,
            worker: own_name(),
        }
    }

    /// What the crate connects with.
    ///
    /// # Errors
    /// When the trusted certificates cannot be read.
    pub(crate) fn connection(&self) -> BullResult<RedisConnectionOptions> {
        let url = self.url.expose_secret();
        let options = if self.cluster {
            RedisConnectionOptions::new().cluster_nodes(url.split(',').map(str::trim))
        } else {
            RedisConnectionOptions::new().url(url)
        };
        // To the crate certificates mean TLS, also where the address says that there is none.
        let is_tls = url.split(',').any(|one| one.trim().starts_with("rediss:"));
        Ok(match self.certificates()? {
            Some(certificates) if is_tls => options.tls_certs(certificates),
            Some(_) | None => options,
        })
    }

    fn certificates(&self) -> BullResult<Option<TlsCerts>> {
        let Some(path) = &self.ca_file else {
            return Ok(None);
        };
        let pem = std::fs::read(path).map_err(|reason| BullError::Certificates {
            path: path.clone(),
            reason,
        })?;
        Ok(Some(TlsCerts {
            root_cert: Some(pem),
            ..TlsCerts::default()
        }))
    }
}

/// Which jobs of a queue are deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Takes {
    /// Every one.
    AnyName,
    /// Those of these names. BullMQ has no way to leave the others to somebody else, so
    /// they go to the failed set, with a reason.
    Names(Vec<String>),
}

impl Takes {
    pub(crate) fn includes(&self, name: &str) -> bool {
        match self {
            Self::AnyName => true,
            Self::Names(names) => names.iter().any(|one| one == name),
        }
    }
}

/// How the body of a delivery is put into a job. Whatever the form, it comes back byte
/// for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyForm {
    /// As the document `webhook`, which is what Node applications read. Where writing the
    /// document again would not give the same bytes (Meta escapes slashes and letters),
    /// the text stands beside it.
    Document,
    /// As the text `webhook`, which Node parses. Half the size, and quicker: for queues
    /// that only this engine drains.
    Text,
}

/// How long to wait between tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backoff {
    /// Not at all.
    None,
    /// Always as long.
    Fixed(Duration),
    /// As long, then twice as long each time.
    Exponential(Duration),
}

impl Backoff {
    pub(crate) fn strategy(self) -> Option<BackoffStrategy> {
        match self {
            Self::None => None,
            Self::Fixed(wait) => Some(BackoffStrategy::Fixed(millis(wait))),
            Self::Exponential(wait) => Some(BackoffStrategy::Exponential(millis(wait))),
        }
    }
}

/// Which jobs are kept when they have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// All of them.
    All,
    /// None.
    None,
    /// So many of the latest.
    Last(usize),
    /// Those that ended within this time, and at most so many.
    For(Duration, usize),
}

impl Keep {
    pub(crate) fn policy(self) -> RemoveOnFinish {
        match self {
            Self::All => RemoveOnFinish::Bool(false),
            Self::None => RemoveOnFinish::Bool(true),
            Self::Last(count) => RemoveOnFinish::Count(count),
            Self::For(time, count) => RemoveOnFinish::Options(KeepJobs {
                // In seconds, whatever the crate's documentation says: so BullMQ reads it.
                age: Some(time.as_secs()),
                count: Some(count),
                limit: None,
            }),
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connection_string_is_not_shown() {
        let url = SecretString::from("redis://me:hunter2@localhost");
        let config = BullConfig::new(url, "webhooks");
        assert!(!format!("{config:?}").contains("hunter2"));
        let options = config.connection().expect("there is no file to read");
        assert!(!format!("{options:?}").contains("hunter2"));
    }

    #[test]
    fn a_cluster_has_several_nodes() {
        let url = SecretString::from("redis://a:1, redis://b:2");
        let mut config = BullConfig::new(url, "webhooks");
        let options = |config: &BullConfig| config.connection().expect("no file to read");
        assert!(!options(&config).is_cluster());
        config.cluster = true;
        assert_eq!(
            options(&config).cluster_nodes,
            ["redis://a:1", "redis://b:2"]
        );
    }

    #[test]
    fn certificates_are_for_addresses_with_tls() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, "a certificate").expect("a file");
        let trusted = |url: &str, file: &std::path::Path| {
            let mut config = BullConfig::new(SecretString::from(url), "webhooks");
            config.ca_file = Some(file.to_owned());
            let options = config.connection()?;
            Ok(options
                .tls_certs
                .and_then(|certificates| certificates.root_cert))
        };
        let there: [BullResult<_>; 2] =
            ["rediss://a:1", "redis://a:1"].map(|url| trusted(url, &path));
        let gone = trusted("rediss://a:1", &folder.path().join("no-such.pem"));
        let [with, without] = there;
        assert_eq!(with.expect("it is read"), Some(b"a certificate".to_vec()));
        assert_eq!(without.expect("it is read"), None, "it stays without TLS");
        let error = gone.expect_err("there is no such file");
        assert!(error.to_string().contains("no-such.pem"), "{error}");
    }
}
