//! Sends what was committed: in order for each contact, retried by error class,
//! dead-lettered in the end.

use super::activity::{Activity, Stopped};
use super::retry::RetrySchedule;
use super::serial::Serial;
use super::{EngineSettings, counters::WorkCounters};
use crate::happenings::Happenings;
use crate::ports::{Clock, Instagram, PortError, PortResult, SendRequest, SendUpdate, Store};
use ahash::AHashSet;
use futures::future::BoxFuture;
use hashlink::LruCache;
use heliograph_model::{
    AccountId, ContactId, DeliveryId, Effect, ErrorClass, Happening, MessageId, Millis, OutboxId,
    OutboxItem, OutboxState, Receipt, Recipient, SendError, SendRecord,
};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::Semaphore;
use tracing::Instrument;

/// How many message ids of our own are remembered, to tell our echoes from a human's.
const OWN_MESSAGES: usize = 20_000;

/// Meta's code and subcode for "this comment has had its private reply".
const COMMENT_USED_UP: (i32, i32) = (100, 2_534_025);

/// For how long after its commit a send counts as begun with it, in milliseconds. Whoever
/// stood still for longer asks first whether it is still theirs to send.
const BEGUN_FOR_MS: i64 = Millis::SECOND;

/// How often a send is told to come back before it takes its own time for it.
const FAIR_WAITS: u32 = 5;
/// How often a message goes out at most that Meta refuses without a reason: each may have
/// arrived.
const UNEXPLAINED: u32 = 4;

/// Whose sends wait for each other. What comes without a contact waits for nobody else.
type Lane = (AccountId, Option<ContactId>, i64);

/// The sending side of the engine.
#[derive(Debug)]
pub(super) struct Outbox {
    store: Arc<dyn Store>,
    instagram: Arc<dyn Instagram>,
    clock: Arc<dyn Clock>,
    settings: Arc<EngineSettings>,
    happenings: Happenings,
    counters: Arc<WorkCounters>,
    activity: Arc<Activity>,
    lanes: Arc<Serial<Lane, Pending>>,
    /// The items in the lanes. Held for a look-up only.
    known: Mutex<AHashSet<OutboxId>>,
    /// Counted up whenever somebody unsubscribes.
    unsubscribed: AtomicU64,
    /// Bounds how many requests are out at once.
    at_once: Semaphore,
    /// Messages that we sent. Held for a look-up only.
    own: Mutex<LruCache<MessageId, ()>>,
}

/// An item in its lane.
#[derive(Debug)]
struct Pending {
    item: OutboxItem,
    /// The count of who unsubscribed when the contact was last looked at; `None` for an
    /// item of an earlier process.
    looked_at: Option<u64>,
    /// When the delivery that it answers was accepted, until its first try has ended;
    /// `None` where that time says nothing.
    accepted: Option<Millis>,
    /// When it was committed, where the store counts its next try as begun with that.
    begun: Option<Instant>,
    /// Tries that found the account without a valid token: they do not count towards
    /// giving up.
    held: u32,
    /// How often it was told to come back later without a try.
    paced: u32,
}

/// How one try ended.
struct End {
    state: OutboxState,
    retry_in: Option<i64>,
}

impl Outbox {
    pub(super) fn new(
        parts: &super::EngineParts,
        settings: Arc<EngineSettings>,
        happenings: Happenings,
        counters: Arc<WorkCounters>,
        activity: Arc<Activity>,
    ) -> Self {
        Self {
            store: Arc::clone(&parts.store),
            instagram: Arc::clone(&parts.instagram),
            clock: Arc::clone(&parts.clock),
            at_once: Semaphore::new(settings.sends_at_once),
            settings,
            happenings,
            counters,
            lanes: Arc::new(Serial::new(Arc::clone(&activity))),
            known: Mutex::default(),
            unsubscribed: AtomicU64::new(0),
            activity,
            own: Mutex::new(LruCache::new(OWN_MESSAGES)),
        }
    }

    /// Whether a message is one of ours: we know its id, or a send to that contact is
    /// under way, for an echo may arrive before Instagram's answer does.
    pub(super) fn is_ours(
        &self,
        account: &AccountId,
        contact: Option<&ContactId>,
        message: Option<&MessageId>,
    ) -> bool {
        let known = message.is_some_and(|id| self.own.lock().contains_key(id));
        known || self.is_busy(account, contact)
    }

    /// Whether sends to that contact are here, so that later ones stand behind them.
    pub(super) fn is_busy(&self, account: &AccountId, contact: Option<&ContactId>) -> bool {
        let lane = (account.clone(), contact.cloned(), 0);
        contact.is_some() && self.lanes.is_busy(&lane)
    }

    /// Takes over items that were committed just now, in answer to a delivery of
    /// `accepted`; returns at once. What was due at `begun` was begun with the commit.
    pub(super) fn push(
        self: &Arc<Self>,
        items: Vec<OutboxItem>,
        accepted: Millis,
        begun: Option<Millis>,
    ) {
        let looked_at = Some(self.unsubscribed.load(Ordering::SeqCst));
        self.enter(items, looked_at, begun, Some(accepted));
    }

    /// Takes over items that an earlier process left, or another one hands over, as far as
    /// they are not here already; returns at once.
    pub(super) fn resume(self: &Arc<Self>, mut items: Vec<OutboxItem>) {
        {
            let known = self.known.lock();
            items.retain(|item| !known.contains(&item.id));
        }
        self.enter(items, None, None, None);
    }

    /// Takes over what the store holds of a delivery for a contact and nobody here knows
    /// of: its commit was made, and the answer was lost. To be called by the one who
    /// handles the contact.
    pub(super) async fn take_up(
        self: &Arc<Self>,
        delivery: DeliveryId,
        account: &AccountId,
        contact: Option<&ContactId>,
    ) -> PortResult<()> {
        // Before the store is asked: what ends in between is in the answer still. What the
        // store takes over meanwhile for this process is handed over to it as well.
        let known = self.known.lock().clone();
        let mut items = self.store.outbox().await?;
        items.retain(|item| {
            item.delivery_id == delivery
                && item.account_id == *account
                && item.contact_id.as_ref() == contact
                && !known.contains(&item.id)
        });
        self.resume(items);
        Ok(())
    }

    /// Somebody has unsubscribed, so items that wait look at their contact again.
    pub(super) fn somebody_unsubscribed(&self) {
        self.unsubscribed.fetch_add(1, Ordering::SeqCst);
    }

    fn enter(
        self: &Arc<Self>,
        items: Vec<OutboxItem>,
        looked_at: Option<u64>,
        begun: Option<Millis>,
        accepted: Option<Millis>,
    ) {
        let now = self.clock.now();
        for item in items {
            self.known.lock().insert(item.id);
            let lane = lane(&item);
            let outbox = Arc::clone(self);
            let pending = Pending {
                begun: begun
                    .filter(|begun| item.due_at <= *begun)
                    .map(|_| Instant::now()),
                // What is delayed on purpose is not late.
                accepted: accepted.filter(|_| item.due_at <= now),
                item,
                looked_at,
                held: 0,
                paced: 0,
            };
            self.lanes.push(lane, pending, move |pending| {
                let outbox = Arc::clone(&outbox);
                async move {
                    let id = pending.item.id;
                    if outbox.deliver(pending).await.is_ok() {
                        outbox.known.lock().remove(&id);
                    }
                }
            });
        }
    }

    /// Tries until there is an end.
    async fn deliver(&self, mut pending: Pending) -> Result<(), Stopped> {
        loop {
            let Pending { item, .. } = &mut pending;
            if item.due_at > self.clock.now() {
                self.activity.wait_until(item.due_at, &*self.clock).await?;
                pending.looked_at = None;
            }
            if let Some(reason) = self.reason_to_drop(&pending).await? {
                let item = &pending.item;
                let record = self.record(item, OutboxState::Dropped, None, Some(reason));
                return self.ended(record, None, Vec::new()).await;
            }
            let item = &mut pending.item;
            let Ok(permit) = self.at_once.acquire().await else {
                return Err(Stopped);
            };
            if self.activity.is_stopped() {
                return Err(Stopped);
            }
            // Asked at its turn, which may come late: a process that stood still may have
            // been taken for one that has ended.
            let is_begun = pending.begun.take().is_some_and(|since| {
                since.elapsed().as_millis() < u128::from(BEGUN_FOR_MS.unsigned_abs())
                    && self.store.begins_with_commit()
            });
            if !is_begun && !self.begin(item.id).await? {
                tracing::warn!(send = %item.id, "another process has taken over a send");
                return Ok(());
            }
            item.attempts += 1;
            let request = SendRequest {
                account_id: &item.account_id,
                contact_id: item.contact_id.as_ref(),
                effect: &item.effect,
            };
            let started = Instant::now();
            let attempt = item.attempts;
            let span = tracing::debug_span!("send", delivery = %item.delivery_id, attempt);
            let answer = self.instagram.send(&request).instrument(span).await;
            let took = started.elapsed();
            drop(permit);
            let end = match &answer {
                Ok(_) => End {
                    state: OutboxState::Sent,
                    retry_in: None,
                },
                Err(error) => self.judge(&mut pending, error),
            };
            let retry_at = end.retry_in.map(|wait| self.clock.now() + wait);
            let (receipt, error) = match answer {
                Ok(receipt) => (Some(receipt), None),
                Err(error) => (None, Some(error)),
            };
            if let Some(id) = receipt
                .as_ref()
                .and_then(|receipt| receipt.message_id.clone())
            {
                self.own.lock().insert(id, ());
            }
            let item = &mut pending.item;
            // The adapter's own pacing made no request, so it was no try.
            let paced = error.as_ref().is_some_and(is_pacing);
            if paced {
                item.attempts -= 1;
            } else {
                self.counters.requests.observe(took);
                if let Some(accepted) = pending.accepted.take() {
                    let since = self.clock.now().since(accepted);
                    self.counters.accept_to_send.observe_millis(since);
                }
            }
            item.uncertain |= error.as_ref().is_some_and(SendError::may_have_arrived);
            let waits_long = end.retry_in.is_some_and(|wait| wait >= BEGUN_FOR_MS);
            let waiting = match waits_long {
                true => self.hold_up(item),
                false => Vec::new(),
            };
            let record = self.record(item, end.state, receipt, error);
            self.ended(record, retry_at, waiting).await?;
            match retry_at {
                Some(at) => item.due_at = at,
                None => return Ok(()),
            }
        }
    }

    /// Says that a send starts now. Whether it is still this process' to send.
    async fn begin(&self, id: OutboxId) -> Result<bool, Stopped> {
        self.store_must("begin a send", || {
            Box::pin(async move {
                match self.store.begin_sends(&[id]).await {
                    Ok(()) => Ok(true),
                    Err(PortError::Conflict(_)) => Ok(false),
                    Err(error) => Err(error),
                }
            })
        })
        .await
    }

    /// What an error means for this item.
    fn judge(&self, pending: &mut Pending, error: &SendError) -> End {
        pending.held += u32::from(error.class == ErrorClass::Token);
        pending.paced += u32::from(is_pacing(error));
        let item = &pending.item;
        let tries = item.attempts.saturating_sub(pending.held).max(1);
        let one_shot = matches!(
            item.effect,
            Effect::Send {
                to: Recipient::Comment(_),
                ..
            }
        );
        let used_up =
            (error.code, error.subcode) == (Some(COMMENT_USED_UP.0), Some(COMMENT_USED_UP.1));
        // Until it goes, or until Instagram would not take it any more: an outage of a day
        // loses nothing.
        let retry = |schedule: &RetrySchedule| End {
            state: OutboxState::Retrying,
            retry_in: Some(
                schedule
                    .after_or_last(tries)
                    .max(error.retry_after_ms.unwrap_or(0)),
            ),
        };
        match error.class {
            // The comment has had its private reply, and the only one who tried was us:
            // an earlier try of unknown outcome had arrived.
            _ if one_shot && used_up && item.uncertain => End {
                state: OutboxState::Sent,
                retry_in: None,
            },
            ErrorClass::Retry if is_pacing(error) => {
                // An account's turn comes soon. Where it does not, something in between
                // says so to everything, and asking it every second helps nobody.
                let late = pending.paced.saturating_sub(FAIR_WAITS);
                let wait = match late {
                    0 => 0,
                    late => self.settings.retry_sends.after_or_last(late),
                };
                End {
                    state: OutboxState::Retrying,
                    retry_in: Some(wait.max(error.retry_after_ms.unwrap_or(0))),
                }
            }
            // Each try may be one message more.
            ErrorClass::Retry if error.is_unexplained() && tries >= UNEXPLAINED => End {
                state: OutboxState::Unknown,
                retry_in: None,
            },
            ErrorClass::Retry => retry(&self.settings.retry_sends),
            ErrorClass::Token => End {
                state: OutboxState::Retrying,
                retry_in: Some(self.settings.retry_token.after_or_last(pending.held)),
            },
            ErrorClass::Permanent | ErrorClass::Window => End {
                state: OutboxState::Failed,
                retry_in: None,
            },
            // Instagram itself refuses a second private reply, so trying it again cannot
            // reach anybody twice; any other message is not repeated blindly.
            ErrorClass::Unknown if one_shot => retry(&self.settings.retry_sends),
            ErrorClass::Unknown => End {
                state: OutboxState::Unknown,
                retry_in: None,
            },
        }
    }

    /// Why an item is not to be attempted any more.
    async fn reason_to_drop(&self, pending: &Pending) -> Result<Option<SendError>, Stopped> {
        let refuse = |class, message: &str| {
            Some(SendError {
                class,
                code: None,
                subcode: None,
                message: message.to_owned(),
                retry_after_ms: None,
                answered: None,
            })
        };
        let item = &pending.item;
        if self.clock.now() >= item.send_before {
            return Ok(refuse(
                ErrorClass::Window,
                "not sent: the time in which Instagram accepts it has passed",
            ));
        }
        // Right after the commit the decision's own look at the contact is fresh enough,
        // as long as nobody has unsubscribed since.
        if pending.looked_at == Some(self.unsubscribed.load(Ordering::SeqCst)) {
            return Ok(None);
        }
        let Some(contact) = item.contact_id.as_ref() else {
            return Ok(None);
        };
        let contact = self
            .store_must("read a contact", || {
                self.store.contact(&item.account_id, contact)
            })
            .await?;
        if contact.is_some_and(|contact| contact.unsubscribed) {
            return Ok(refuse(
                ErrorClass::Permanent,
                "not sent: the contact has unsubscribed meanwhile",
            ));
        }
        Ok(None)
    }

    /// The sends to the same contact that wait behind this one and count as begun: from now
    /// on they do not.
    fn hold_up(&self, item: &OutboxItem) -> Vec<OutboxId> {
        let mut held_up = Vec::new();
        self.lanes.for_waiting(&lane(item), |pending| {
            if pending.begun.take().is_some() {
                held_up.push(pending.item.id);
            }
        });
        held_up
    }

    /// What is written down of a try.
    fn record(
        &self,
        item: &OutboxItem,
        state: OutboxState,
        receipt: Option<Receipt>,
        error: Option<SendError>,
    ) -> SendRecord {
        SendRecord {
            outbox_id: item.id,
            delivery_id: item.delivery_id,
            account_id: item.account_id.clone(),
            contact_id: item.contact_id.clone(),
            at: self.clock.now(),
            effect: item.effect.clone(),
            state,
            attempt: item.attempts,
            uncertain: item.uncertain,
            send_before: Some(item.send_before),
            receipt,
            error,
        }
    }

    /// Writes down how a try ended, and what waits behind it for longer.
    async fn ended(
        &self,
        record: SendRecord,
        retry_at: Option<Millis>,
        waiting: Vec<OutboxId>,
    ) -> Result<(), Stopped> {
        self.counters
            .send_ended(record.state, record.error.as_ref());
        let update = SendUpdate {
            record,
            retry_at,
            waiting,
        };
        self.store_must("end a send", || self.store.end_sends(vec![update.clone()]))
            .await?;
        self.happenings
            .tell(|| Happening::Sent(Box::new(update.record)));
        Ok(())
    }

    /// Does something at the store, and goes on trying for as long as it takes: what was
    /// sent must be written down, and nothing else may be sent before it is.
    async fn store_must<'a, T>(
        &self,
        what: &str,
        call: impl Fn() -> BoxFuture<'a, PortResult<T>>,
    ) -> Result<T, Stopped> {
        let mut tries = 0;
        loop {
            match call().await {
                Ok(value) => return Ok(value),
                Err(error) => {
                    tries += 1;
                    let wait = self.settings.retry_store.after_or_last(tries);
                    tracing::error!(%error, tries, wait_ms = wait, "cannot {what}; trying again");
                    let at = self.clock.now() + wait;
                    self.activity.wait_until(at, &*self.clock).await?;
                }
            }
        }
    }
}

/// The lane of an item.
fn lane(item: &OutboxItem) -> Lane {
    let alone = match item.contact_id {
        Some(_) => 0,
        None => item.id.0,
    };
    (item.account_id.clone(), item.contact_id.clone(), alone)
}

/// Whether no request was made because it was too early for one: no answer, and a time to
/// come back.
fn is_pacing(error: &SendError) -> bool {
    error.class == ErrorClass::Retry && error.code.is_none() && error.retry_after_ms.is_some()
}
