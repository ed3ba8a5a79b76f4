//! What workers tell of what they handle, over Pub/Sub.

use crate::commands::within;
use crate::subscription::{Ear, keep_listening};
use crate::{Redis, RedisError};
use async_trait::async_trait;
use heliograph_engine::ports::{Bulletins, HeardBulletin, PortError, PortResult};
use heliograph_model::Bulletin;
use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo};
use redis::{Value, cmd};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// As much as is kept for one who does not receive. Beyond it bulletins are missed, and
/// the counts of the next one say so.
const MOST: usize = 512;

/// Bulletins over Redis' Pub/Sub, which reaches every node of a cluster, on the channel
/// `{prefix}:handled`.
///
/// Listening only subscribes: it writes nothing. A bulletin holds what the jobs of the same
/// Redis hold, and no token or secret.
#[derive(Debug)]
pub struct RedisBulletins {
    redis: Redis,
    channel: String,
}

/// As it goes over the wire. The version is in the name: who does not know it passes the
/// bulletin over.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wire<T> {
    V1(T),
}

impl RedisBulletins {
    /// Those on a Redis.
    #[must_use]
    pub fn new(redis: &Redis) -> Self {
        Self {
            redis: redis.clone(),
            channel: redis.own("handled"),
        }
    }
}

#[async_trait]
impl Bulletins for RedisBulletins {
    async fn is_watched(&self) -> PortResult<bool> {
        let mut ask = cmd("PUBSUB");
        ask.arg("NUMSUB").arg(&self.channel);
        let commands = self.redis.commands();
        let answer = match commands.as_cluster() {
            None => commands.run::<Value>(&ask).await?,
            // Each node counts its own, replicas too.
            Some(connection) => {
                let mut connection = connection.clone();
                let everywhere = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllNodes, None));
                let answer =
                    Box::pin(async move { connection.route_command(ask, everywhere).await });
                let answer = within(commands.timeout(), answer).await;
                answer.map_err(RedisError::from)?
            }
        };
        Ok(listeners(&answer) > 0)
    }

    async fn publish(&self, bulletin: &Bulletin) -> PortResult<()> {
        let payload = serde_json::to_vec(&Wire::V1(bulletin)).map_err(PortError::other)?;
        let mut publish = cmd("PUBLISH");
        publish.arg(&self.channel).arg(payload);
        self.redis.commands().run::<u64>(&publish).await?;
        Ok(())
    }

    fn listen(&self) -> mpsc::Receiver<HeardBulletin> {
        let (sender, receiver) = mpsc::channel(MOST);
        let (redis, channel) = (self.redis.clone(), self.channel.clone());
        tokio::spawn(async move {
            let ear = Listening(sender.clone());
            tokio::select! {
                () = keep_listening(redis, vec![channel], "bulletins of other workers", ear) => {}
                () = sender.closed() => {}
            }
        });
        receiver
    }
}

/// Hands on what is heard.
struct Listening(mpsc::Sender<HeardBulletin>);

impl Listening {
    fn tell(&self, heard: HeardBulletin) {
        // Full: the counts of the next bulletin say that this one was missed. Closed:
        // whoever listened is gone.
        let _ = self.0.try_send(heard);
    }
}

impl Ear for Listening {
    fn listening(&self) {
        self.tell(HeardBulletin::Listening);
    }

    fn heard(&self, channel: &str, payload: &[u8]) {
        match serde_json::from_slice::<Wire<Bulletin>>(payload) {
            Ok(Wire::V1(bulletin)) => {
                let bytes = u32::try_from(payload.len()).unwrap_or(u32::MAX);
                self.tell(HeardBulletin::Told(Box::new(bulletin), bytes));
            }
            Err(error) => tracing::warn!(
                channel,
                %error,
                "a bulletin cannot be understood and is passed over; another version may have told it"
            ),
        }
    }

    fn deaf(&self, why: &RedisError) {
        self.tell(HeardBulletin::Deaf(why.to_string()));
    }
}

/// How many listen, as one server says it or several of them do.
fn listeners(answer: &Value) -> i64 {
    match answer {
        Value::Int(count) => *count,
        Value::Array(values) => values.iter().map(listeners).sum(),
        Value::Map(values) => values.iter().map(|(_, value)| listeners(value)).sum(),
        _ => 0,
    }
}
