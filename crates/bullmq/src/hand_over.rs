//! Between the threads that hold jobs and the engine that takes deliveries.

use crate::numbers::Numbers;
use heliograph_engine::ports::Finished;
use heliograph_model::{Delivery, DeliveryId, Millis, NewDelivery};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use tokio::sync::{Notify, oneshot};

/// What becomes of a job.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done,
    Retry { at: Millis, error: String },
    Dead { error: String },
}

/// Deliveries whose jobs this process holds: first ready to be taken, then taken, until it
/// is said what became of them.
#[derive(Debug, Default)]
pub(crate) struct HandOver {
    /// Held for moves of a few elements and never across an await.
    state: Mutex<State>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct State {
    ready: VecDeque<Delivery>,
    /// Who waits for the outcome of each delivery, ready ones included.
    under_way: HashMap<DeliveryId, Waiting>,
    /// How many were offered so far.
    offered: u64,
    closed: bool,
}

#[derive(Debug)]
struct Waiting {
    tell: oneshot::Sender<Outcome>,
    /// The how many-th it was that was offered.
    place: u64,
}

impl HandOver {
    /// Makes a job's delivery ready to be taken, under the id that it brought unless that
    /// is under way already. Resolves to its outcome, or to an error when there will be
    /// none because the queue was closed; `None` when it is closed.
    pub(crate) fn offer(
        &self,
        brought: Option<DeliveryId>,
        numbers: &Numbers,
        attempt: u32,
        delivery: NewDelivery,
    ) -> Option<oneshot::Receiver<Outcome>> {
        let (tell, outcome) = oneshot::channel();
        {
            let mut state = self.state.lock();
            if state.closed {
                return None;
            }
            let id = brought
                .filter(|id| !state.under_way.contains_key(id))
                .unwrap_or_else(|| numbers.next());
            let place = state.offered;
            state.offered += 1;
            state.under_way.insert(id, Waiting { tell, place });
            state.ready.push_back(Delivery {
                id,
                attempt,
                delivery,
            });
        }
        self.arrived.notify_one();
        Some(outcome)
    }

    /// Takes what is ready, up to `most`, and waits until something is; `None` when the
    /// queue was closed. Dropping the future loses nothing: a delivery leaves only in the
    /// poll that returns it.
    pub(crate) async fn take(&self, most: usize) -> Option<Vec<Delivery>> {
        loop {
            let arrived = self.arrived.notified();
            {
                let mut state = self.state.lock();
                if state.closed {
                    // The next one who waits is told as well.
                    self.arrived.notify_one();
                    return None;
                }
                if !state.ready.is_empty() {
                    let many = most.max(1).min(state.ready.len());
                    let taken = state.ready.drain(..many).collect();
                    if !state.ready.is_empty() {
                        self.arrived.notify_one();
                    }
                    return Some(taken);
                }
            }
            arrived.await;
        }
    }

    /// Says what became of deliveries. One that is not under way is passed over.
    pub(crate) fn finish(&self, finished: Vec<Finished>) {
        let mut state = self.state.lock();
        for end in finished {
            let (id, outcome) = match end {
                Finished::Done(id) => (id, Outcome::Done),
                Finished::Retry { id, at, error } => (id, Outcome::Retry { at, error }),
                Finished::Dead { id, error } => (id, Outcome::Dead { error }),
            };
            if let Some(Waiting { tell, .. }) = state.under_way.remove(&id) {
                // Nobody listens only when the thread has ended; the job then stalls and
                // is handed out again.
                let _ = tell.send(outcome);
            }
        }
    }

    /// How many are ready and not taken.
    pub(crate) fn ready(&self) -> u64 {
        self.state.lock().ready.len() as u64
    }

    /// When the one that is ready for the longest time arrived.
    pub(crate) fn oldest(&self) -> Option<Millis> {
        let state = self.state.lock();
        let first = state.ready.front()?;
        Some(first.delivery.received_at)
    }

    /// Ends everything: nothing is ready any more, and whoever waits for an outcome learns
    /// that there will be none: the latest first, because each puts its job in front of
    /// all others, and the one that arrived first is to be the next again.
    pub(crate) fn close(&self) {
        let mut waiting: Vec<_> = {
            let mut state = self.state.lock();
            state.closed = true;
            state.ready.clear();
            state.under_way.drain().map(|(_, one)| one).collect()
        };
        waiting.sort_unstable_by_key(|one| std::cmp::Reverse(one.place));
        for one in waiting {
            drop(one);
        }
        self.arrived.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::DeliverySource;

    fn delivery(body: &'static str) -> NewDelivery {
        NewDelivery {
            received_at: Millis(1),
            source: DeliverySource::Listener,
            body: body.into(),
            secret: None,
            accounts: Vec::new(),
        }
    }

    #[tokio::test]
    async fn an_id_that_is_under_way_is_not_given_twice() {
        let (hand_over, numbers) = (HandOver::default(), Numbers::from(Millis(5)));
        let brought = Some(DeliveryId(7));
        let _one = hand_over.offer(brought, &numbers, 1, delivery("a"));
        let _two = hand_over.offer(brought, &numbers, 1, delivery("b"));
        let ids: Vec<_> = hand_over.take(10).await.expect("it is open");
        assert_eq!(ids[0].id, DeliveryId(7));
        assert_eq!(ids[1].id, DeliveryId(5 * 1024));
    }

    #[tokio::test]
    async fn closing_wakes_everybody() {
        let hand_over = HandOver::default();
        let takers = futures::future::join(hand_over.take(1), hand_over.take(1));
        let (answers, ()) = tokio::join!(takers, async { hand_over.close() });
        assert_eq!(answers, (None, None));
        let numbers = Numbers::from(Millis(5));
        let refused = hand_over.offer(None, &numbers, 1, delivery("a"));
        assert!(refused.is_none());
    }
}
