//! Which cached keys are no longer good: told to every worker over Pub/Sub.

use crate::announced::Announced;
use crate::ears::Ears;
use crate::subscription::{Ear, keep_listening};
use crate::{Redis, RedisError};
use async_trait::async_trait;
use heliograph_engine::ports::{Announcements, Asked, Heard, PortError, PortResult, Stale};
use parking_lot::Mutex;
use redis::cmd;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Where announcements are made and heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channels {
    /// Where ours are made.
    pub own: String,
    /// Channels of other applications that are listened to as well.
    pub others: Vec<String>,
}

impl Channels {
    /// `{prefix}:invalidations`, and no others.
    #[must_use]
    pub fn of(redis: &Redis) -> Self {
        Self {
            own: redis.own("invalidations"),
            others: Vec::new(),
        }
    }
}

/// Announcements over Redis' Pub/Sub, which reaches every node of a cluster.
///
/// Pub/Sub keeps nothing for those who are away, so losing the subscription is told at
/// once as [`Heard::Deaf`], and having it again as [`Heard::Listening`].
///
/// Who obeys is asked on a channel beside that of the announcements. Both are in one slot of
/// a cluster, so that both go the same way and what was told before is heard before. Each
/// answers into a list that goes by itself.
#[derive(Debug)]
pub struct RedisAnnouncements {
    redis: Redis,
    channel: String,
    asking: String,
    ears: Arc<Ears>,
    listening: JoinHandle<()>,
    /// Tells this process' own answers from those of others.
    id: String,
    name: Mutex<String>,
}

/// How long an answer is kept, in seconds: whoever asked reads it at once.
const ANSWER_SECONDS: u64 = 60;

/// Where it is asked who obeys: begins as our own names do, and shares a slot with the
/// channel of the announcements.
fn asking_channel(redis: &Redis, announcing: &str) -> String {
    match has_tag(announcing) {
        true => format!("{announcing}:asked"),
        false => redis.own(&format!("{{{announcing}}}:asked")),
    }
}

/// Whether a name has a hash tag, which alone says then in which slot it is.
fn has_tag(name: &str) -> bool {
    let inner = name
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'));
    inner.is_some_and(|(tag, _)| !tag.is_empty())
}

/// A worker's answer.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    id: String,
    name: String,
}

impl RedisAnnouncements {
    /// Begins to listen, on a connection of its own, until it is dropped.
    #[must_use]
    pub fn start(redis: &Redis, channels: Channels) -> Self {
        let ears = Arc::new(Ears::default());
        let (channel, heard) = (channels.own.clone(), redis.clone());
        let asking = asking_channel(redis, &channels.own);
        let mut names = vec![channels.own, asking.clone()];
        names.extend(channels.others);
        let ear = Announcing {
            ears: Arc::clone(&ears),
            asking: asking.clone(),
        };
        let listening = tokio::spawn(async move {
            keep_listening(heard, names, "invalidations", ear).await;
        });
        Self {
            redis: redis.clone(),
            channel,
            asking,
            ears,
            listening,
            id: format!("{:016x}", fastrand::u64(..)),
            name: Mutex::new(format!("process {}", std::process::id())),
        }
    }

    fn answers(&self, ask: &str) -> String {
        self.redis.own(&format!("obeyed:{ask}"))
    }

    /// Answers with how many listened, this process among them, where that is known.
    async fn publish(&self, channel: &str, payload: &str) -> PortResult<Option<u64>> {
        let mut publish = cmd("PUBLISH");
        publish.arg(channel).arg(payload);
        let heard = self.ears.are_open();
        let listened = self.redis.commands().run::<u64>(&publish).await?;
        let heard = heard && self.ears.are_open() && !self.redis.is_cluster();
        Ok(heard.then_some(listened))
    }
}

impl Drop for RedisAnnouncements {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

#[async_trait]
impl Announcements for RedisAnnouncements {
    async fn announce(&self, stale: &Stale) -> PortResult<Option<u64>> {
        let payload = Announced::from(stale).to_payload();
        self.publish(&self.channel, &payload).await
    }

    async fn ask(&self) -> PortResult<Option<Asked>> {
        let ask = format!("{}:{:016x}", self.id, fastrand::u64(..));
        let asked = self.publish(&self.asking, &ask).await?;
        Ok(Some(Asked {
            ask,
            // This process listens as well.
            others: asked.map(|asked| asked.saturating_sub(1)),
        }))
    }

    async fn obeyed(&self, ask: &str) -> PortResult<()> {
        if ask.starts_with(&self.id) {
            return Ok(());
        }
        let key = self.answers(ask);
        let answer = Answer {
            id: self.id.clone(),
            name: self.name.lock().clone(),
        };
        let answer = serde_json::to_string(&answer).map_err(PortError::other)?;
        // At once or not at all: a list without an end would stay.
        let mut write = redis::pipe();
        write.atomic().cmd("RPUSH").arg(&key).arg(answer);
        write.cmd("EXPIRE").arg(&key).arg(ANSWER_SECONDS);
        self.redis.commands().run_all::<(u64, u64)>(&write).await?;
        Ok(())
    }

    async fn who_obeyed(&self, ask: &str) -> PortResult<Vec<String>> {
        let mut range = cmd("LRANGE");
        range.arg(self.answers(ask)).arg(0).arg(-1);
        let said = self.redis.commands().run::<Vec<String>>(&range).await?;
        let answers = said
            .iter()
            .filter_map(|text| serde_json::from_str(text).ok());
        Ok(answers.map(|answer: Answer| answer.name).collect())
    }

    fn call(&self, name: &str) {
        name.clone_into(&mut self.name.lock());
    }

    async fn hear(&self) -> Heard {
        self.ears.next().await
    }
}

/// Keeps what is heard for whoever asks.
struct Announcing {
    ears: Arc<Ears>,
    asking: String,
}

impl Ear for Announcing {
    fn listening(&self) {
        self.ears.hear(Heard::Listening);
    }

    fn heard(&self, channel: &str, payload: &[u8]) {
        if channel == self.asking {
            let ask = String::from_utf8_lossy(payload).into_owned();
            self.ears.hear(Heard::Asked(ask));
            return;
        }
        match Announced::parse(payload) {
            Some(announced) => self.ears.hear(Heard::Stale(announced.into())),
            None => tracing::warn!(
                channel,
                "an announcement cannot be understood and is passed over"
            ),
        }
    }

    fn deaf(&self, _: &RedisError) {
        self.ears.hear(Heard::Deaf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_the_first_that_is_not_empty() {
        for (name, has) in [
            ("heliograph:invalidations", false),
            ("{shop}:invalidations", true),
            ("shop:{a}:b", true),
            ("shop:{}:b", false),
            ("shop:{a", false),
            ("shop:}a{", false),
        ] {
            assert_eq!(has_tag(name), has, "{name}");
        }
    }
}
