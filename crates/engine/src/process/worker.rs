//! Takes deliveries from the queue, routes them, and hands each event to its contact's
//! lane.

use super::Core;
use super::by_hand::HandWork;
use super::event::Work;
use super::serial::Serial;
use super::ticket::Ticket;
use crate::ports::{Finished, PortError, Queue};
use crate::route;
use heliograph_model::{AccountId, Delivery, Event, Happening, Millis, limits};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tracing::Instrument;

/// How many deliveries are taken from the queue at once.
const BATCH: usize = 256;
/// How many finished deliveries are told to the queue at once.
const FINISH_BATCH: usize = 1024;
/// The wait after the queue failed.
const QUEUE_PAUSE: Duration = Duration::from_millis(200);
/// The wait after the guard level refused a call, which it may do for hours.
const REFUSED_PAUSE: Duration = Duration::from_secs(1);

/// Whose events wait for each other: those of one contact on one account. The account's
/// own side of the conversation carries the same contact (a lock by sender would miss an
/// echo, whose sender is the account).
pub(super) type Lane = (Option<AccountId>, Option<String>);

/// What waits for its turn in a lane.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all of them are events, each of which would cost an allocation more"
)]
pub(super) enum Turn {
    /// An event.
    Event(Work),
    /// Something that somebody sets by hand.
    ByHand(Box<HandWork>),
}

/// Handles one turn of a lane to its end.
pub(super) async fn take_turn(core: Arc<Core>, turn: Turn) {
    match turn {
        Turn::Event(work) => {
            let kind = work.event.kind.as_str();
            let (id, index) = (work.ticket.delivery_id(), work.index);
            let span = tracing::debug_span!("event", delivery = %id, index, kind);
            async move { core.handle(work).await }
                .instrument(span)
                .await;
        }
        // Rare, and not to make every event's future larger.
        Turn::ByHand(work) => Box::pin(core.handle_by_hand(*work)).await,
    }
}

/// Takes deliveries until it is dropped.
pub(super) async fn take(
    core: Arc<Core>,
    queue: Arc<dyn Queue>,
    lanes: Arc<Serial<Lane, Turn>>,
    under_way: Arc<Semaphore>,
    finished: mpsc::UnboundedSender<(Finished, OwnedSemaphorePermit)>,
) {
    let mut trouble = Trouble::default();
    loop {
        let Ok(first) = Arc::clone(&under_way).acquire_owned().await else {
            return;
        };
        let mut permits = vec![first];
        while permits.len() < BATCH {
            let Ok(more) = Arc::clone(&under_way).try_acquire_owned() else {
                break;
            };
            permits.push(more);
        }
        match queue.take(permits.len()).await {
            Ok(deliveries) => {
                trouble = Trouble::default();
                for delivery in deliveries {
                    let Some(permit) = permits.pop() else { break };
                    dispatch(&core, &lanes, delivery, permit, &finished);
                }
            }
            Err(error) => {
                drop(permits);
                trouble.pause("the queue cannot be read", &error).await;
            }
        }
    }
}

/// What stands between the worker and its queue.
#[derive(Debug, Default)]
struct Trouble {
    /// The refusal was said.
    refused: bool,
}

impl Trouble {
    /// Says what is wrong, and waits before the next try. A refusal is said once.
    async fn pause(&mut self, what: &str, error: &PortError) {
        if error.is_refused() {
            if !std::mem::replace(&mut self.refused, true) {
                tracing::warn!(%error, "{what}; going on when it is allowed");
            }
            tokio::time::sleep(REFUSED_PAUSE).await;
        } else {
            tracing::error!(%error, "{what}; trying again");
            tokio::time::sleep(QUEUE_PAUSE).await;
        }
    }
}

/// Routes one delivery and hands its events on.
fn dispatch(
    core: &Arc<Core>,
    lanes: &Arc<Serial<Lane, Turn>>,
    delivery: Delivery,
    permit: OwnedSemaphorePermit,
    finished: &mpsc::UnboundedSender<(Finished, OwnedSemaphorePermit)>,
) {
    let taken = Instant::now();
    let Delivery {
        id,
        attempt,
        delivery,
    } = delivery;
    // One that is handed out again has not waited all the time since.
    if attempt <= 1 {
        let waited = core.clock.now().since(delivery.received_at);
        core.counters.queue_wait.observe_millis(waited);
    }
    core.newest.fetch_max(id.0, Relaxed);
    // Between its ticket and its lane a delivery would otherwise look like one that only
    // waits for a later time.
    let _task = core.activity.task();
    let events = match route::route(&delivery.body, delivery.received_at) {
        Ok(events) => events,
        Err(error) => {
            let dead = Finished::Dead {
                id,
                error: error.to_string(),
            };
            let _ = finished.send((dead, permit));
            return;
        }
    };
    core.counters.taken(&events);
    core.happenings.tell(|| Happening::Delivery {
        id,
        received_at: delivery.received_at,
        source: delivery.source,
        events: u32::try_from(events.len()).unwrap_or(u32::MAX),
        secret: delivery.secret.clone(),
        body: delivery.body.clone(),
    });
    let tickets = Ticket::issue(id, events.len(), permit, finished.clone(), &core.activity);
    for ((mut event, ticket), index) in events.into_iter().zip(tickets).zip(0..) {
        if core.settings.recorded_as_now && is_recorded(&event, delivery.received_at) {
            event.timestamp = Some(delivery.received_at);
        }
        if let Some(observe) = &core.settings.observe {
            observe(&event);
        }
        let may_speak = delivery.accounts.is_empty()
            || event
                .account_id
                .as_ref()
                .is_some_and(|id| delivery.accounts.contains(id));
        let work = Work {
            may_speak,
            index,
            received_at: delivery.received_at,
            taken,
            ticket,
            event,
            lanes: Arc::clone(lanes),
        };
        let core = Arc::clone(core);
        let lane = lane(&work.event);
        lanes.push(lane, Turn::Event(work), move |turn| {
            take_turn(Arc::clone(&core), turn)
        });
    }
}

/// Meta repeats a delivery for 36 hours and no longer (Webhooks, "reply and retries").
fn is_recorded(event: &Event, received_at: Millis) -> bool {
    event
        .timestamp
        .is_some_and(|at| received_at.since(at) > limits::DEDUPLICATION_MS)
}

pub(super) fn lane(event: &Event) -> Lane {
    let who = match (&event.contact_id, &event.event_id) {
        (Some(contact), _) => Some(contact.to_string()),
        (None, Some(id)) => Some(format!("#{id}")),
        (None, None) => None,
    };
    (event.account_id.clone(), who)
}

/// Tells the queue what became of deliveries, many at a time, until all senders are gone.
pub(super) async fn finish(
    core: Arc<Core>,
    queue: Arc<dyn Queue>,
    mut finished: mpsc::UnboundedReceiver<(Finished, OwnedSemaphorePermit)>,
) {
    let mut batch = Vec::with_capacity(FINISH_BATCH);
    while finished.recv_many(&mut batch, FINISH_BATCH).await > 0 {
        let (ends, permits): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        for end in &ends {
            if let Finished::Dead { id, error } = end {
                core.counters.dead.fetch_add(1, Relaxed);
                core.happenings.tell(|| Happening::DeadLetter {
                    id: *id,
                    error: error.clone(),
                });
            }
        }
        // The permits go back only when the queue knows, so that what is under way stays
        // bounded also while the queue cannot be written.
        let mut trouble = Trouble::default();
        while let Err(error) = queue.finish(ends.clone()).await {
            let what = "the queue cannot be told what is finished";
            trouble.pause(what, &error).await;
        }
        drop(permits);
    }
}

/// Obeys what other workers tell, and sends what they hand over, until it is dropped.
pub(super) async fn beside(core: Arc<Core>) {
    let take_over = async {
        let mut trouble = Trouble::default();
        loop {
            match core.store.handed_over().await {
                Ok(items) => core.outbox.resume(items),
                Err(error) => {
                    let what = "what other workers left cannot be read";
                    trouble.pause(what, &error).await;
                }
            }
        }
    };
    tokio::select! {
        () = core.cached.obey() => {}
        () = take_over => {}
    }
}
