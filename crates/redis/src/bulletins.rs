//! What workers tell of what they handle, over Pub/Sub.

use crate::subscription::{Ear, keep_listening};
use crate::{Redis, RedisError};
use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use heliograph_engine::ports::{Bulletins, HeardBulletin, PortError, PortResult};
use heliograph_model::Bulletin;
use parking_lot::Mutex;
use redis::{Value, cmd};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};

/// As many bulletins as are kept for one who does not receive. Beyond it they are missed,
/// and the counts of the next one say so.
const MOST: usize = 512;
/// As many of them as are handed out already.
const AT_HAND: usize = 16;

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
        // On a cluster each node counts its own, replicas too. Who does not answer says
        // nothing, and keeps the others from nothing.
        let nodes = self.redis.nodes(&self.channel).await?;
        let ask = &ask;
        let asked = nodes
            .into_iter()
            .map(|mut node| async move { ask.query_async::<Value>(&mut node).await });
        let mut answers: FuturesUnordered<_> = asked.collect();
        let (mut is_known, mut trouble) = (false, None);
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(answer) if listeners(&answer) > 0 => return Ok(true),
                Ok(_) => is_known = true,
                Err(error) => trouble = Some(error),
            }
        }
        match trouble {
            Some(error) if !is_known => Err(RedisError::from(error).into()),
            _ => Ok(false),
        }
    }

    async fn publish(&self, bulletin: &Bulletin) -> PortResult<()> {
        let payload = serde_json::to_vec(&Wire::V1(bulletin)).map_err(PortError::other)?;
        let mut publish = cmd("PUBLISH");
        publish.arg(&self.channel).arg(payload);
        self.redis.commands().run::<u64>(&publish).await?;
        Ok(())
    }

    fn listen(&self) -> mpsc::Receiver<HeardBulletin> {
        let (sender, receiver) = mpsc::channel(AT_HAND);
        let (redis, channel) = (self.redis.clone(), self.channel.clone());
        tokio::spawn(async move {
            let line = Arc::new(Line::default());
            let ear = Listening(Arc::clone(&line));
            tokio::select! {
                () = keep_listening(redis, vec![channel], "bulletins of other workers", ear) => {}
                () = line.hand_on(&sender) => {}
                () = sender.closed() => {}
            }
        });
        receiver
    }
}

/// What was heard and not received yet. Bulletins beyond [`MOST`] are missed; whether
/// anything can be heard is not.
#[derive(Debug, Default)]
struct Line {
    /// Held for a push or a pop, never across a wait.
    waiting: Mutex<Waiting>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    line: VecDeque<HeardBulletin>,
    bulletins: usize,
}

impl Line {
    fn tell(&self, heard: HeardBulletin) {
        let mut waiting = self.waiting.lock();
        match heard {
            HeardBulletin::Told(..) if waiting.bulletins >= MOST => return,
            HeardBulletin::Told(..) => waiting.bulletins += 1,
            // What was so in between nobody has to know, so that there is an end to these.
            HeardBulletin::Deaf(_) => {
                while matches!(
                    waiting.line.make_contiguous(),
                    [.., HeardBulletin::Deaf(_)]
                        | [.., HeardBulletin::Deaf(_), HeardBulletin::Listening]
                ) {
                    waiting.line.pop_back();
                }
            }
            HeardBulletin::Listening => {}
        }
        waiting.line.push_back(heard);
        drop(waiting);
        self.more.notify_one();
    }

    fn pop(&self) -> Option<HeardBulletin> {
        let mut waiting = self.waiting.lock();
        let next = waiting.line.pop_front()?;
        waiting.bulletins -= usize::from(matches!(next, HeardBulletin::Told(..)));
        Some(next)
    }

    /// Hands it on in its order, until nobody receives any more.
    async fn hand_on(&self, to: &mpsc::Sender<HeardBulletin>) {
        loop {
            let more = self.more.notified();
            match self.pop() {
                Some(next) => {
                    if to.send(next).await.is_err() {
                        return;
                    }
                }
                None => more.await,
            }
        }
    }
}

/// Keeps what is heard for whoever receives it.
struct Listening(Arc<Line>);

impl Ear for Listening {
    fn listening(&self) {
        self.0.tell(HeardBulletin::Listening);
    }

    fn heard(&self, channel: &str, payload: &[u8]) {
        match serde_json::from_slice::<Wire<Bulletin>>(payload) {
            Ok(Wire::V1(bulletin)) => {
                let bytes = u32::try_from(payload.len()).unwrap_or(u32::MAX);
                self.0.tell(HeardBulletin::Told(Box::new(bulletin), bytes));
            }
            Err(error) => tracing::warn!(
                channel,
                %error,
                "a bulletin cannot be understood and is passed over; another version may have told it"
            ),
        }
    }

    fn deaf(&self, why: &RedisError) {
        self.0.tell(HeardBulletin::Deaf(why.to_string()));
    }
}

/// How many listen, as one server says it.
fn listeners(answer: &Value) -> i64 {
    match answer {
        Value::Int(count) => *count,
        Value::Array(values) => values.iter().map(listeners).sum(),
        Value::Map(values) => values.iter().map(|(_, value)| listeners(value)).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told() -> HeardBulletin {
        let bulletin = Bulletin {
            worker: "one".to_owned(),
            run: "r".to_owned(),
            at: 0,
            before: 0,
            left_out: 0,
            told: Vec::new(),
        };
        HeardBulletin::Told(Box::new(bulletin), 1)
    }

    fn deaf(why: &str) -> HeardBulletin {
        HeardBulletin::Deaf(why.to_owned())
    }

    #[test]
    fn bulletins_have_an_end_and_states_are_never_missed() {
        let line = Line::default();
        line.tell(HeardBulletin::Listening);
        for _ in 0..2 * MOST {
            line.tell(told());
        }
        line.tell(deaf("a"));
        line.tell(HeardBulletin::Listening);
        let mut heard = Vec::new();
        while let Some(next) = line.pop() {
            heard.push(next);
        }
        assert_eq!(heard.len(), MOST + 3);
        assert_eq!(heard[0], HeardBulletin::Listening);
        assert_eq!(heard[MOST + 1..], [deaf("a"), HeardBulletin::Listening]);
        line.tell(told());
        assert_eq!(line.pop(), Some(told()), "there is room again");
    }

    #[test]
    fn of_states_that_come_and_go_the_last_ones_stay() {
        let line = Line::default();
        line.tell(HeardBulletin::Listening);
        line.tell(told());
        for n in 0..1_000 {
            line.tell(deaf(&n.to_string()));
            line.tell(deaf("again"));
            line.tell(HeardBulletin::Listening);
        }
        let expected = [
            HeardBulletin::Listening,
            told(),
            deaf("again"),
            HeardBulletin::Listening,
        ];
        for next in expected {
            assert_eq!(line.pop(), Some(next));
        }
        assert_eq!(line.pop(), None);
    }
}
