//! Which queue, and how it is worked on.

use bullmq::options::RedisConnectionOptions;
use bullmq::types::{BackoffStrategy, KeepJobs, RemoveOnFinish};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// A queue of BullMQ. [`BullConfig::new`] has BullMQ's own defaults where it has some.
#[derive(Debug, Clone)]
pub struct BullConfig {
    /// Where Redis is, such as `redis://user:password@host:6379/0` or `rediss://…`. Of a
    /// cluster: one node or several, separated by commas.
    pub url: SecretString,
    /// Whether that is a Redis Cluster. The prefix then needs a hash tag, such as `{bull}`.
    pub cluster: bool,
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
    /// The name of this worker, which BullMQ writes on the jobs that it takes.
    pub worker: String,
}

impl BullConfig {
    /// The queue of this name, without anything unusual.
    #[must_use]
    pub fn new(url: SecretString, queue: impl Into<String>) -> Self {
        Self {
            url,
            cluster: false,
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
            worker: "heliograph".into(),
        }
    }

    /// What the crate connects with.
    pub(crate) fn connection(&self) -> RedisConnectionOptions {
        let url = self.url.expose_secret();
        if self.cluster {
            RedisConnectionOptions::new().cluster_nodes(url.split(',').map(str::trim))
        } else {
            RedisConnectionOptions::new().url(url)
        }
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
        assert!(!format!("{:?}", config.connection()).contains("hunter2"));
    }

    #[test]
    fn a_cluster_has_several_nodes() {
        let url = SecretString::from("redis://a:1, redis://b:2");
        let mut config = BullConfig::new(url, "webhooks");
        assert!(!config.connection().is_cluster());
        config.cluster = true;
        assert_eq!(
            config.connection().cluster_nodes,
            ["redis://a:1", "redis://b:2"]
        );
    }
}
