//! Look-ups of many callers in few queries.
//!
//! Whoever comes first is answered at once. Those who come while a query is out wait for it
//! to return, and then go together: a query for fifty costs little more than one for one.
//! After a large query the next one waits a little longer, so that a busy worker asks
//! seldom and an idle one waits for nothing.

use crate::error::{MongoError, Result, Trouble};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// The pause after a query for each key that was in it. A query costs MongoDB as much as
/// what twenty people in it cost. Where fewer come than one in this time, none ever waits.
const PAUSE_FOR_KEY: Duration = Duration::from_millis(1);
/// And the longest pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(32);
/// How many keys one query looks for, unless one caller asks for more.
const MOST_KEYS: usize = 500;

/// Finds the values of many keys in one round trip.
pub(crate) trait Find: Send + Sync + 'static {
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    type Value: Clone + Send + Sync + 'static;

    /// What is there; keys without a value are left out.
    fn find(
        &self,
        keys: &[Self::Key],
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>>> + Send;
}

pub(crate) struct Gather<F: Find> {
    find: F,
    /// Locked for a push or a take, never while a query is out.
    asked: Mutex<Asked<F>>,
}

struct Asked<F: Find> {
    waiting: VecDeque<Request<F>>,
    /// Whether somebody asks for them.
    is_asking: bool,
}

type Answer<F> = Result<Vec<Option<<F as Find>::Value>>>;

struct Request<F: Find> {
    keys: Vec<F::Key>,
    reply: oneshot::Sender<Answer<F>>,
}

impl<F: Find> Gather<F> {
    pub(crate) fn new(find: F) -> Arc<Self> {
        let asked = Asked {
            waiting: VecDeque::new(),
            is_asking: false,
        };
        Arc::new(Self {
            find,
            asked: Mutex::new(asked),
        })
    }

    /// The values of these keys, in their order.
    pub(crate) async fn all(self: &Arc<Self>, keys: Vec<F::Key>) -> Answer<F> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let (reply, answer) = oneshot::channel();
        let request = Request { keys, reply };
        let is_to_ask = {
            let mut asked = self.asked.lock();
            asked.waiting.push_back(request);
            !std::mem::replace(&mut asked.is_asking, true)
        };
        if is_to_ask {
            tokio::spawn(Arc::clone(self).ask());
        }
        answer.await.unwrap_or_else(|_| {
            Err(MongoError::new(
                Trouble::Unreachable,
                "A look-up in MongoDB was broken off. It is tried again.",
            ))
        })
    }

    /// The value of one key.
    pub(crate) async fn one(self: &Arc<Self>, key: F::Key) -> Result<Option<F::Value>> {
        Ok(self.all(vec![key]).await?.pop().flatten())
    }

    /// Asks until nobody waits.
    async fn ask(self: Arc<Self>) {
        let turn = Turn(&self);
        while let Some(requests) = self.take() {
            let keys: HashSet<_> = requests.iter().flat_map(|one| &one.keys).cloned().collect();
            let keys: Vec<_> = keys.into_iter().collect();
            let found = self.find.find(&keys).await;
            for Request { keys, reply } in requests {
                let answer = match &found {
                    Ok(found) => Ok(keys.iter().map(|key| found.get(key).cloned()).collect()),
                    Err(error) => Err(error.clone()),
                };
                // Whoever does not wait any more needs no answer.
                let _ = reply.send(answer);
            }
            let many = u32::try_from(keys.len()).unwrap_or(u32::MAX);
            tokio::time::sleep(PAUSE_FOR_KEY.saturating_mul(many).min(LONGEST_PAUSE)).await;
        }
        // The turn was given up together with the last look at who waits.
        std::mem::forget(turn);
    }

    /// Those who go together next; with nobody there, nobody asks any more.
    fn take(&self) -> Option<Vec<Request<F>>> {
        let mut asked = self.asked.lock();
        let mut taken = Vec::new();
        let mut keys = 0;
        while let Some(next) = asked.waiting.front() {
            keys += next.keys.len();
            if !taken.is_empty() && keys > MOST_KEYS {
                break;
            }
            taken.extend(asked.waiting.pop_front());
        }
        if taken.is_empty() {
            asked.is_asking = false;
            return None;
        }
        Some(taken)
    }
}

/// Gives up the turn of a query that was broken off.
struct Turn<'a, F: Find>(&'a Gather<F>);

impl<F: Find> Drop for Turn<'_, F> {
    fn drop(&mut self) {
        self.0.asked.lock().is_asking = false;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use tokio::sync::Semaphore;

    /// Finds even numbers, one query for each permit.
    struct Even {
        gate: Semaphore,
        queries: Mutex<Vec<usize>>,
    }

    impl Find for Arc<Even> {
        type Key = u32;
        type Value = u32;

        async fn find(&self, keys: &[u32]) -> Result<HashMap<u32, u32>> {
            self.queries.lock().push(keys.len());
            self.gate.acquire().await.unwrap().forget();
            let even = keys.iter().filter(|key| **key % 2 == 0);
            Ok(even.map(|key| (*key, key * 10)).collect())
        }
    }

    #[tokio::test]
    async fn who_comes_while_queries_are_out_goes_together() {
        let even = Arc::new(Even {
            gate: Semaphore::new(0),
            queries: Mutex::default(),
        });
        let gather = Gather::new(Arc::clone(&even));
        let mut asking = Vec::new();
        for key in 0..100 {
            let gather = Arc::clone(&gather);
            asking.push(tokio::spawn(async move { gather.one(key % 50).await }));
            // So that each has asked before the next one does.
            while key < 1 && even.queries.lock().is_empty() {
                tokio::task::yield_now().await;
            }
        }
        tokio::task::yield_now().await;
        even.gate.add_permits(2);
        for (key, asked) in (0..100).zip(asking) {
            let key = key % 50;
            let expected = (key % 2 == 0).then_some(key * 10);
            assert_eq!(asked.await.unwrap().unwrap(), expected);
        }
        assert_eq!(
            *even.queries.lock(),
            [1, 50],
            "one at once, then all others in one, each key once"
        );
        // Nothing is left behind: the next one goes at once.
        even.gate.add_permits(1);
        assert_eq!(gather.one(4).await.unwrap(), Some(40));
        assert_eq!(gather.all(vec![]).await.unwrap(), []);
    }
}
