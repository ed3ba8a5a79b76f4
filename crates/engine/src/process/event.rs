//! One event's way: context, decide, commit, and on to the outbox.

use super::activity::Stopped;
use super::ticket::Ticket;
use super::{Core, refusal};
use crate::decide::{self, Addressed, Context, Named, ProfileAnswer};
use crate::matching::AutomationSet;
use crate::ports::{Commit, Committed, NewOutboxItem, PortError, PortResult};
use crate::route;
use heliograph_model::{
    Account, AccountId, Contact, ContactId, Decision, DecisionRecord, DeliveryId, Effect, Event,
    EventKind, Happening, MessageId, Millis, OutboxItem, Read, Recipient, StateChange, UserState,
    limits,
};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// An event on its way to a decision.
#[derive(Debug)]
pub(super) struct Work {
    pub event: Event,
    /// Its place in the delivery, from 0.
    pub index: u32,
    /// Whether the secret that signed the delivery may speak for the event's account.
    pub may_speak: bool,
    pub ticket: Ticket,
}

/// Why an event has not been handled.
enum Halt {
    /// A port failed.
    Port(PortError),
    /// The engine ends.
    Stopped,
}

impl From<PortError> for Halt {
    fn from(error: PortError) -> Self {
        Self::Port(error)
    }
}

impl From<Stopped> for Halt {
    fn from(Stopped: Stopped) -> Self {
        Self::Stopped
    }
}

/// What was loaded for one decision.
#[derive(Default)]
struct Loaded {
    account: Option<Arc<Account>>,
    sets: Vec<Arc<AutomationSet>>,
    state: Option<UserState>,
    addressed: Addressed,
    contact: Option<Contact>,
    reads: Vec<Read>,
}

impl Core {
    /// Handles one event to its end: committed, or dead. While the store cannot be
    /// reached, the event waits for it here, and the contact's later events wait behind
    /// it: were it given back to the queue, they would overtake it.
    pub(super) async fn handle(&self, work: Work) {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_once(&work, tries > 1).await {
                Ok(()) => return work.ticket.done(),
                Err(Halt::Port(error)) if error.is_transient() => {
                    let wait = self.settings.retry_store.after_or_last(tries);
                    tracing::warn!(%error, tries, wait_ms = wait, "cannot handle an event; trying again");
                    if self.wait(wait).await.is_err() {
                        return;
                    }
                }
                Err(Halt::Port(error)) => {
                    tracing::error!(%error, delivery = %work.ticket.delivery_id(), "an event cannot be handled");
                    return work.ticket.failed(error.to_string());
                }
                Err(Halt::Stopped) => return,
            }
        }
    }

    async fn wait(&self, millis: i64) -> Result<(), Stopped> {
        let at = self.clock.now() + millis;
        self.activity.wait_until(at, &*self.clock).await
    }

    async fn try_once(&self, work: &Work, again: bool) -> Result<(), Halt> {
        let now = self.clock.now();
        let event = &work.event;
        let mut loaded = self.load(event, work.may_speak).await?;
        let mut decision = match &loaded.account {
            _ if !work.may_speak => refusal::foreign_account(event, now),
            None => refusal::unknown_account(event, now),
            Some(account) => self.decide(event, account, &loaded, now).await?,
        };
        decision.trace.reads = std::mem::take(&mut loaded.reads);
        self.commit(work, loaded, decision, now, again).await?;
        Ok(())
    }

    /// Loads what [`decide::needs`] names.
    async fn load(&self, event: &Event, may_speak: bool) -> PortResult<Loaded> {
        let mut loaded = Loaded::default();
        let Some(account_id) = event.account_id.as_ref().filter(|_| may_speak) else {
            return Ok(loaded);
        };
        let (account, read) = self.cached.account(account_id).await?;
        loaded.reads.push(read);
        let Some(account) = account else {
            return Ok(loaded);
        };
        let mut needs = decide::needs(event, None);
        if let Some(contact) = &event.contact_id {
            if needs.contact {
                let (found, read) = self.cached.contact(&account.id, contact).await?;
                loaded.contact = found;
                loaded.reads.push(read);
            }
            if needs.state {
                let (state, read) = self.cached.user_state(&account.id, contact).await?;
                needs = decide::needs(event, state.as_ref());
                loaded.state = state;
                loaded.reads.push(read);
            }
        }
        for (kind, target) in &needs.sets {
            let (set, read) = self
                .cached
                .automations(&account.workspace_id, *kind, target)
                .await?;
            loaded.sets.push(set);
            loaded.reads.push(read);
        }
        if let Some(named) = needs.automation {
            loaded.addressed = self.address(&account, named, &mut loaded.reads).await?;
        }
        loaded.account = Some(account);
        Ok(loaded)
    }

    /// Finds the automation that a click or a state names: among the active ones, and
    /// when it is not there, in the store, to tell a disabled one from a deleted one.
    async fn address(
        &self,
        account: &Account,
        named: Named,
        reads: &mut Vec<Read>,
    ) -> PortResult<Addressed> {
        let Named {
            id,
            automation_type,
            target,
        } = named;
        let (set, read) = self
            .cached
            .automations(&account.workspace_id, automation_type, &target)
            .await?;
        reads.push(read);
        if let Some(automation) = set.get(&id) {
            return Ok(Addressed::Active(Arc::clone(automation)));
        }
        Ok(match self.store.automation(&id).await? {
            Some(automation) if automation.workspace_id != account.workspace_id => {
                Addressed::Deleted(id)
            }
            // Its story or post was changed, so the set named in the payload misses it.
            Some(automation) if automation.is_active => Addressed::Active(Arc::new(automation)),
            Some(automation) => Addressed::Disabled(Box::new(automation)),
            None => Addressed::Deleted(id),
        })
    }

    async fn decide(
        &self,
        event: &Event,
        account: &Account,
        loaded: &Loaded,
        now: Millis,
    ) -> Result<Decision, Stopped> {
        let message = event
            .event_id
            .as_ref()
            .map(|id| MessageId::from(id.as_str()));
        let echo_is_ours = event.kind == EventKind::Echo
            && self
                .outbox
                .is_ours(&account.id, event.contact_id.as_ref(), message.as_ref());
        let mut context = Context {
            sets: &loaded.sets,
            state: loaded.state.as_ref(),
            addressed: loaded.addressed.clone(),
            contact: loaded.contact.as_ref(),
            echo_is_ours,
            state_ttl_ms: self.settings.cache.user_state_ms,
            ..Context::new(account)
        };
        if let decide::Outcome::Decided(decision) = decide::decide(event, &context, now) {
            return Ok(decision);
        }
        let profile = match &event.contact_id {
            Some(contact) => self.profile(&account.id, contact).await?,
            None => ProfileAnswer::Unknown("the event does not say who it is from".to_owned()),
        };
        context.profile = Some(&profile);
        match decide::decide(event, &context, now) {
            decide::Outcome::Decided(decision) => Ok(decision),
            decide::Outcome::NeedsProfile => {
                unreachable!("a decision that has the profile does not ask for it")
            }
        }
    }

    /// Reads a profile, with a few tries; that it could not be read is an answer too.
    async fn profile(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> Result<ProfileAnswer, Stopped> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.instagram.profile(account, contact).await {
                Ok(profile) => return Ok(ProfileAnswer::Known(profile)),
                Err(error) => match self.settings.retry_profile.after(tries) {
                    Some(wait) if error.class == heliograph_model::ErrorClass::Retry => {
                        self.wait(wait).await?;
                    }
                    Some(_) | None => return Ok(ProfileAnswer::Unknown(error.message)),
                },
            }
        }
    }

    /// Writes the decision down, makes it visible to the next event, and sends. `again`:
    /// an earlier try failed, perhaps after its commit was made.
    async fn commit(
        &self,
        work: &Work,
        loaded: Loaded,
        decision: Decision,
        now: Millis,
        again: bool,
    ) -> PortResult<()> {
        let event = &work.event;
        // What was refused must not stand in the way of the event itself: whoever may not
        // speak for an account could otherwise silence it by naming its messages first.
        let refused = match &loaded.account {
            _ if !work.may_speak => Some("foreign"),
            None => Some("unknown"),
            Some(_) => None,
        };
        let account_id = loaded.account.as_ref().map(|account| account.id.clone());
        let contact = changed_contact(account_id.as_ref(), event, loaded.contact, &decision, now);
        let delivery_id = work.ticket.delivery_id();
        let outbox = account_id.as_ref().map_or_else(Vec::new, |account| {
            outbox_items(
                delivery_id,
                account,
                event,
                contact.as_ref(),
                &decision,
                now,
            )
        });
        let state = decision.state.clone();
        let unsubscribes = decision.contact.unsubscribed == Some(true);
        let record = DecisionRecord {
            delivery_id,
            index: work.index,
            event: event.clone(),
            decision,
        };
        let told = self
            .happenings
            .is_watched()
            .then(|| Box::new(record.clone()));
        let committed = self
            .store
            .commit(Commit {
                mark: refused.map_or_else(
                    || route::mark(event),
                    |why| format!("{why}:{}", route::mark(event)),
                ),
                now,
                account_id: account_id.clone(),
                contact_id: event.contact_id.clone(),
                state: state.clone(),
                contact: contact.clone(),
                outbox,
                record,
            })
            .await?;
        match committed {
            Committed::Duplicate => {
                if again {
                    self.take_up(work.ticket.delivery_id(), account_id.as_ref(), event)
                        .await?;
                }
                self.counters.duplicates.fetch_add(1, Relaxed);
                if let Some(mut record) = told {
                    record.decision = refusal::duplicate(event, now);
                    self.happenings.tell(|| Happening::Decided(record));
                }
            }
            Committed::Applied(items) => {
                self.counters.decisions.fetch_add(1, Relaxed);
                self.write_through(account_id.as_ref(), event, &state, contact.as_ref())
                    .await;
                if let Some(record) = told {
                    self.happenings.tell(|| Happening::Decided(record));
                }
                if unsubscribes {
                    self.outbox.somebody_unsubscribed();
                }
                self.outbox.push(items);
            }
        }
        Ok(())
    }

    /// Takes up what an earlier try has committed without being told so.
    async fn take_up(
        &self,
        delivery: DeliveryId,
        account: Option<&AccountId>,
        event: &Event,
    ) -> PortResult<()> {
        let Some(account) = account else {
            return Ok(());
        };
        if let Some(contact) = &event.contact_id {
            self.cached.forget_contact(account, contact).await;
        }
        self.outbox
            .take_up(delivery, account, event.contact_id.as_ref())
            .await
    }

    async fn write_through(
        &self,
        account: Option<&AccountId>,
        event: &Event,
        state: &StateChange,
        contact: Option<&Contact>,
    ) {
        if let Some(contact) = contact {
            self.cached.put_contact(contact).await;
        }
        let (Some(account), Some(contact)) = (account, &event.contact_id) else {
            return;
        };
        match state {
            StateChange::Keep => {}
            StateChange::Set(state) => {
                self.cached
                    .put_user_state(account, contact, Some(state))
                    .await;
            }
            StateChange::Clear => self.cached.put_user_state(account, contact, None).await,
        }
    }
}

/// The contact as it is to be stored; `None` when nothing changes, or nobody is known.
fn changed_contact(
    account: Option<&AccountId>,
    event: &Event,
    stored: Option<Contact>,
    decision: &Decision,
    now: Millis,
) -> Option<Contact> {
    let is_new = stored.is_none();
    // Reads, reactions and the like do not make somebody a contact.
    if decision.contact.is_empty() && !(is_new && event.kind.can_trigger()) {
        return None;
    }
    let mut contact = match stored {
        Some(contact) => contact,
        None => Contact::new(account?.clone(), event.contact_id.clone()?, now),
    };
    decision.contact.apply(&mut contact, now);
    Some(contact)
}

/// The outbox items of a decision, with the time until which Instagram accepts them.
fn outbox_items(
    delivery_id: DeliveryId,
    account: &AccountId,
    event: &Event,
    contact: Option<&Contact>,
    decision: &Decision,
    now: Millis,
) -> Vec<NewOutboxItem> {
    let happened = event.timestamp.unwrap_or(now);
    let last_message = contact
        .and_then(|contact| contact.last_message_at)
        .unwrap_or(happened);
    decision
        .effects
        .iter()
        .map(|effect| {
            let (send_before, delay_ms) = match effect {
                Effect::Send {
                    to: Recipient::Contact(_),
                    delay_ms,
                    ..
                } => (last_message + limits::WINDOW_MS, *delay_ms),
                Effect::Send {
                    to: Recipient::Comment(_),
                    delay_ms,
                    ..
                } => (happened + limits::PRIVATE_REPLY_MS, *delay_ms),
                Effect::ReplyToComment { .. } => (happened + limits::PRIVATE_REPLY_MS, 0),
                Effect::React { .. } => (last_message + limits::WINDOW_MS, 0),
            };
            NewOutboxItem {
                delivery_id,
                account_id: account.clone(),
                contact_id: event.contact_id.clone(),
                effect: effect.clone(),
                send_before,
                due_at: now + delay_ms,
            }
        })
        .collect()
}

impl Core {
    /// Takes up again what the outbox held when the last process ended.
    pub(super) async fn resume_sends(&self) -> PortResult<usize> {
        let items: Vec<OutboxItem> = self.store.outbox().await?;
        let number = items.len();
        self.outbox.resume(items);
        Ok(number)
    }
}
