//! One event's way: context, decide, commit, and on to the outbox.

use super::activity::Stopped;
use super::outcome::{changed_contact, outbox_items, with_recent};
use super::serial::Serial;
use super::ticket::Ticket;
use super::worker::{self, Lane, Turn};
use super::{Core, refusal};
use crate::cache::{Recent, Standing};
use crate::decide::{self, Addressed, Context, Named, ProfileAnswer};
use crate::matching::AutomationSet;
use crate::ports::{CacheWrite, Commit, Committed, EventTime, Hold, Opened, PortError, PortResult};
use crate::route;
use heliograph_model::{
    Account, AccountId, Contact, ContactId, Decision, DecisionRecord, DeliveryId, Event, EventKind,
    Happening, MessageId, Millis, OutboxItem, Read, Reason, StateChange,
};
use std::sync::Arc;
use std::time::Instant;

/// An event on its way to a decision.
#[derive(Debug)]
pub(super) struct Work {
    pub event: Event,
    /// Its place in the delivery, from 0.
    pub index: u32,
    /// Whether the secret that signed the delivery may speak for the event's account.
    pub may_speak: bool,
    /// When its delivery was accepted.
    pub received_at: Millis,
    /// When its delivery was taken from the queue.
    pub taken: Instant,
    pub ticket: Ticket,
    /// Where it is, with the contact's later events behind it.
    pub lanes: Arc<Serial<Lane, Turn>>,
}

impl Work {
    /// Whether this process has taken later events of the contact that move something.
    fn has_more_behind(&self) -> bool {
        let moves = |turn: &Turn| match turn {
            Turn::Event(work) => work.event.kind.can_trigger(),
            Turn::ByHand(_) => true,
        };
        self.lanes.has_waiting(&worker::lane(&self.event), moves)
    }
}

/// Why an event has not been handled.
enum Halt {
    /// A port failed.
    Port(PortError),
    /// The engine ends.
    Stopped,
}

impl Halt {
    /// Whether the event is tried again.
    fn passes(&self) -> bool {
        match self {
            Self::Port(error) => error.is_transient() || error.is_refused(),
            Self::Stopped => false,
        }
    }
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
    standing: Standing,
    addressed: Addressed,
    contact: Option<Contact>,
    reads: Vec<Read>,
    /// Somebody has committed the event before.
    is_processed: bool,
}

/// The conversation that an event is handled in, while it is held.
#[derive(Default)]
struct Held<'a>(Option<(&'a ContactId, Arc<Account>, Hold)>);

impl Core {
    /// Handles one event to its end: committed, or dead. While the store cannot be
    /// reached, the event waits for it here, and the contact's later events wait behind
    /// it: were it given back to the queue, they would overtake it.
    pub(super) async fn handle(&self, work: Work) {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_once(&work, tries > 1).await {
                Ok(()) => {
                    self.counters.handling.observe(work.taken.elapsed());
                    return work.ticket.done();
                }
                Err(Halt::Port(error)) if error.is_transient() || error.is_refused() => {
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
        let mut held = Held::default();
        let result = self.try_holding(work, again, &mut held).await;
        // Whatever kept it from its commit, the next try may have it, and where there is
        // none, other workers.
        if let Some((contact, account, hold)) = held.0.take() {
            if result.as_ref().is_err_and(Halt::passes) {
                self.conversations
                    .postpone(&account.id, contact, hold)
                    .await;
            } else {
                self.conversations.release(&account.id, contact, hold).await;
            }
        }
        result
    }

    async fn try_holding<'a>(
        &self,
        work: &'a Work,
        again: bool,
        held: &mut Held<'a>,
    ) -> Result<(), Halt> {
        let now = self.clock.now();
        let event = &work.event;
        let mut loaded = self.load(event, work.may_speak, held).await?;
        let mut decision = match &loaded.account {
            _ if !work.may_speak => refusal::foreign_account(event, now),
            None => refusal::unknown_account(event, now),
            Some(_) if loaded.is_processed => refusal::duplicate(event, now),
            Some(account) => self.decide(event, account, &loaded, now).await?,
        };
        decision.trace.reads = std::mem::take(&mut loaded.reads);
        self.commit(work, loaded, decision, now, again, held)
            .await?;
        Ok(())
    }

    /// Loads what [`decide::needs`] names, and takes the conversation for it.
    async fn load<'a>(
        &self,
        event: &'a Event,
        may_speak: bool,
        held: &mut Held<'a>,
    ) -> PortResult<Loaded> {
        let mut loaded = Loaded::default();
        let Some(account_id) = event.account_id.as_ref().filter(|_| may_speak) else {
            return Ok(loaded);
        };
        let (account, read) = self.cached.account(account_id).await?;
        loaded.reads.push(read);
        let Some(account) = account else {
            return Ok(loaded);
        };
        loaded.account = Some(Arc::clone(&account));
        let mut needs = decide::needs(event, None);
        if let Some(contact) = event
            .contact_id
            .as_ref()
            .filter(|_| needs.contact || needs.state)
        {
            let person = (&account, contact);
            let (wants_contact, wants_state) = (needs.contact, needs.state);
            self.load_person(event, person, wants_contact, wants_state, &mut loaded, held)
                .await?;
            if loaded.is_processed {
                return Ok(loaded);
            }
            if needs.state {
                needs = decide::needs(event, loaded.standing.state.as_ref());
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
        Ok(loaded)
    }

    /// Takes the conversation, and reads the contact and where they stand meanwhile.
    async fn load_person<'a>(
        &self,
        event: &'a Event,
        (account, contact): (&Arc<Account>, &'a ContactId),
        wants_contact: bool,
        wants_state: bool,
        loaded: &mut Loaded,
        held: &mut Held<'a>,
    ) -> PortResult<()> {
        let read_contact = async {
            Ok::<_, PortError>(match wants_contact {
                true => Some(self.cached.contact(&account.id, contact).await?),
                false => None,
            })
        };
        let find_state = async {
            match wants_state {
                true => Some(self.cached.find_user_state(&account.id, contact).await),
                false => None,
            }
        };
        let mark = route::mark(event);
        let time = EventTime {
            at: event.timestamp,
            is_own: route::has_own_time(event),
        };
        // Together, so that they share their way to a server.
        let (opened, mut state, mut person) = futures::join!(
            self.conversations.open(&account.id, contact, &mark, time),
            find_state,
            read_contact,
        );
        let Opened {
            hold,
            waited,
            is_processed,
            state: recent_state,
            state_is_stored,
            contact: recent_change,
        } = opened?;
        held.0 = hold.map(|hold| (contact, Arc::clone(account), hold));
        loaded.is_processed = is_processed == Some(true);
        if loaded.is_processed {
            return Ok(());
        }
        if waited {
            // Somebody else handled the contact meanwhile.
            if wants_state {
                state = Some(self.cached.find_user_state(&account.id, contact).await);
            }
            if wants_contact {
                person = Ok(Some(self.cached.contact(&account.id, contact).await?));
            }
        }
        if let Some((found, read)) = person? {
            loaded.contact = with_recent(found, recent_change, &account.id, contact);
            loaded.reads.push(read);
        }
        if let Some(found) = state {
            let recent_state = recent_state.map(|state| Recent {
                state,
                is_stored: state_is_stored,
            });
            let (standing, read) = self
                .cached
                .user_state_from(found, recent_state, &account.id, contact)
                .await?;
            loaded.standing = standing;
            loaded.reads.push(read);
        }
        Ok(())
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
            state: loaded.standing.state.as_ref(),
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
        held: &mut Held<'_>,
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
        let stored = loaded.contact;
        let contact = changed_contact(account_id.as_ref(), event, stored, &decision, now);
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
        let reason = decision.trace.reason;
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
        let (cached, cached_after) =
            self.standing_writes(account_id.as_ref(), event, &loaded.standing, &state);
        let cached_until = cached
            .as_ref()
            .map(|write| self.cached.standing_ends(write));
        let begins = account_id
            .as_ref()
            .is_some_and(|account| !self.outbox.is_busy(account, event.contact_id.as_ref()));
        let hold = held.0.as_ref().map(|(_, _, hold)| *hold);
        if let Some(hold) = hold
            && work.has_more_behind()
        {
            self.conversations.more_follow(hold);
        }
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
                state,
                contact: contact.clone(),
                outbox,
                begins,
                record,
                hold,
                cached,
            })
            .await?;
        held.0 = None;
        match committed {
            Committed::Duplicate => {
                if again {
                    self.take_up(work.ticket.delivery_id(), account_id.as_ref(), event)
                        .await?;
                }
                self.counters.decided(Reason::Duplicate);
                if let Some(mut record) = told {
                    record.decision = refusal::duplicate(event, now);
                    self.happenings.tell(|| Happening::Decided(record));
                }
            }
            Committed::Overtaken => {
                return Err(PortError::Unavailable(
                    "another worker took the conversation over".to_owned(),
                ));
            }
            Committed::Applied(items) => {
                self.counters.decided(reason);
                if let Some(ending) = cached_until {
                    self.cached.standing_written(ending);
                }
                if let Some(record) = told {
                    self.happenings.tell(|| Happening::Decided(record));
                }
                if unsubscribes {
                    self.outbox.somebody_unsubscribed();
                }
                // Nobody waits for a cache to be answered.
                self.outbox
                    .push(items, work.received_at, begins.then_some(now));
                self.write_through(cached_after, contact.as_ref()).await;
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

    /// What the cache is to hold of where the event's contact stands after this: with the
    /// commit, or after it where the commit does not reach the cache.
    pub(super) fn standing_writes(
        &self,
        account: Option<&AccountId>,
        event: &Event,
        before: &Standing,
        state: &StateChange,
    ) -> (Option<CacheWrite>, Option<CacheWrite>) {
        let whose = account.zip(event.contact_id.as_ref());
        let write = whose.and_then(|(account, contact)| {
            self.cached.standing_write(account, contact, before, state)
        });
        match self.store.caches_with_commit() {
            true => (write, None),
            false => (None, write),
        }
    }

    /// Makes what was committed visible to the next event, as far as the commit did not.
    pub(super) async fn write_through(
        &self,
        standing: Option<CacheWrite>,
        contact: Option<&Contact>,
    ) {
        if let Some(contact) = contact {
            self.cached.put_contact(contact).await;
        }
        if let Some(write) = standing {
            self.cached.write_standing(write).await;
        }
    }
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
