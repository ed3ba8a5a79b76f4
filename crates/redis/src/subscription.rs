//! A subscription that comes back by itself, and says when it cannot hear.

use crate::{Redis, RedisError};
use futures::StreamExt;
use redis::aio::{PubSubSink, PubSubStream};
use std::time::Duration;

/// How often a subscription that hears nothing is asked whether it still lives,
const PULSE: Duration = Duration::from_secs(1);
/// and how long it may take to answer.
const PULSE_TIMEOUT: Duration = Duration::from_secs(2);
/// The wait before the next attempt to subscribe begins here and doubles,
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// and ends here.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Who is told what a subscription hears.
pub(crate) trait Ear: Send + Sync {
    /// Everything from now on is heard.
    fn listening(&self);
    /// A message came.
    fn heard(&self, channel: &str, payload: &[u8]);
    /// Nothing can be heard from now on.
    fn deaf(&self, why: &RedisError);
}

/// Listens to channels for ever, on a connection of its own. `what` is what is heard there,
/// in the plural.
pub(crate) async fn keep_listening(redis: Redis, channels: Vec<String>, what: &str, ear: impl Ear) {
    let mut wait = FIRST_WAIT;
    loop {
        let lost = match subscribe(&redis, &channels).await {
            Ok((sink, stream)) => {
                ear.listening();
                wait = FIRST_WAIT;
                listen(sink, stream, &ear).await
            }
            Err(error) => error,
        };
        ear.deaf(&lost);
        tracing::warn!(error = %lost, ?wait, "{what} cannot be heard; trying again");
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

async fn subscribe(
    redis: &Redis,
    channels: &[String],
) -> Result<(PubSubSink, PubSubStream), RedisError> {
    let (mut sink, stream) = redis.pubsub().await?.split();
    within(sink.subscribe(channels)).await?;
    Ok((sink, stream))
}

/// Listens until the connection is lost or does not answer any more, and says why.
async fn listen(sink: PubSubSink, mut stream: PubSubStream, ear: &impl Ear) -> RedisError {
    let messages = async {
        while let Some(message) = stream.next().await {
            ear.heard(message.get_channel_name(), message.get_payload_bytes());
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
