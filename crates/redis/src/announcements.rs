//! Which cached keys are no longer good: told to every worker over Pub/Sub.

use crate::announced::Announced;
use crate::ears::Ears;
use crate::{Redis, RedisError};
use async_trait::async_trait;
use futures::StreamExt;
use heliograph_engine::ports::{Announcements, Heard, PortResult, Stale};
use redis::aio::{PubSubSink, PubSubStream};
use redis::cmd;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often a subscription that hears nothing is asked whether it still lives,
const PULSE: Duration = Duration::from_secs(1);
/// and how long it may take to answer.
const PULSE_TIMEOUT: Duration = Duration::from_secs(2);
/// The wait before the next attempt to subscribe begins here and doubles,
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// and ends here.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

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
#[derive(Debug)]
pub struct RedisAnnouncements {
    redis: Redis,
    channel: String,
    ears: Arc<Ears>,
    listening: JoinHandle<()>,
}

impl RedisAnnouncements {
    /// Begins to listen, on a connection of its own, until it is dropped.
    #[must_use]
    pub fn start(redis: &Redis, channels: Channels) -> Self {
        let ears = Arc::new(Ears::default());
        let channel = channels.own.clone();
        let listening = tokio::spawn(keep_listening(redis.clone(), channels, ears.clone()));
        Self {
            redis: redis.clone(),
            channel,
            ears,
            listening,
        }
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
        let mut publish = cmd("PUBLISH");
        publish.arg(&self.channel).arg(payload);
        let listened = self.redis.commands().run::<u64>(&publish).await?;
        Ok((!self.redis.is_cluster()).then_some(listened))
    }

    async fn hear(&self) -> Heard {
        self.ears.next().await
    }
}

async fn keep_listening(redis: Redis, channels: Channels, ears: Arc<Ears>) {
    let mut wait = FIRST_WAIT;
    loop {
        let lost = match subscribe(&redis, &channels).await {
            Ok((sink, stream)) => {
                ears.hear(Heard::Listening);
                wait = FIRST_WAIT;
                listen(sink, stream, &ears).await
            }
            Err(error) => error,
        };
        ears.hear(Heard::Deaf);
        tracing::warn!(error = %lost, ?wait, "invalidations cannot be heard; trying again");
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

async fn subscribe(
    redis: &Redis,
    channels: &Channels,
) -> Result<(PubSubSink, PubSubStream), RedisError> {
    let (mut sink, stream) = redis.pubsub().await?.split();
    let mut names = vec![channels.own.as_str()];
    names.extend(channels.others.iter().map(String::as_str));
    within(sink.subscribe(&names)).await?;
    Ok((sink, stream))
}

/// Listens until the connection is lost or does not answer any more, and says why.
async fn listen(sink: PubSubSink, mut stream: PubSubStream, ears: &Ears) -> RedisError {
    let messages = async {
        while let Some(message) = stream.next().await {
            match Announced::parse(message.get_payload_bytes()) {
                Some(announced) => ears.hear(Heard::Stale(announced.into())),
                None => tracing::warn!(
                    channel = message.get_channel_name(),
                    "an announcement cannot be understood and is passed over"
                ),
            }
        }
        RedisError::Unavailable("Redis closed the subscription.".to_owned())
    };
    tokio::select! {
        lost = messages => lost,
        lost = pulse(sink) => lost,
    }
}

/// Asks for a sign of life again and again: a connection that is only half there brings
/// nothing, and no error either.
async fn pulse(mut sink: PubSubSink) -> RedisError {
    loop {
        tokio::time::sleep(PULSE).await;
        if let Err(error) = within(sink.ping::<redis::Value>()).await {
            return error;
        }
    }
}

async fn within<T>(answer: impl Future<Output = redis::RedisResult<T>>) -> Result<T, RedisError> {
    match tokio::time::timeout(PULSE_TIMEOUT, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(RedisError::Unavailable(
            "Redis did not answer the subscription in time.".to_owned(),
        )),
    }
}
