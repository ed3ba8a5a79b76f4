//! What somebody sets by hand: where a contact stands, and what is stored of them.
//!
//! It takes the way of an event: its turn in the contact's lane, the hold on the
//! conversation, and one commit, so that events, other workers and the store agree.

use super::outcome::{changed_contact, with_recent};
use super::worker::{self, Turn};
use super::{Core, Engine};
use crate::cache::{Recent, Standing};
use crate::ports::{Commit, Committed, EventTime, Opened, PortError, PortResult};
use crate::{route, steps};
use heliograph_model::{
    Account, AccountId, AutomationId, Awaiting, Contact, ContactChange, ContactId, Decision,
    DecisionRecord, DeliveryId, Event, EventKind, Happening, Millis, Reason, StateChange, StepName,
    Trace, UserState,
};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::sync::oneshot;

/// The delivery of what no delivery led to.
pub const NO_DELIVERY: DeliveryId = DeliveryId(0);
/// What is set by hand is an event whose id begins with this.
const EVENT: &str = "by-hand:";
/// How long it waits for its turn: an event before it may wait for much longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is tried anew when another worker took the conversation over.
const TRIES: usize = 3;
/// Places for decisions in one delivery.
const PLACES: u32 = 1 << 17;

/// Something to be set by hand for one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// The account, by its id or an alias.
    pub account_id: AccountId,
    /// The contact; one of whom nothing is stored yet is created where it has to be.
    pub contact_id: ContactId,
    /// What.
    pub change: HandChange,
    /// When the state that somebody saw was entered: with another one nothing is done.
    /// `None` sets it whatever stands there.
    pub seen: Option<Millis>,
}

/// What is to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandChange {
    /// Nothing is awaited any more.
    Release,
    /// Nothing is awaited any more, and what is held of a state is to go wherever it is:
    /// the contact starts anew. Here it is as [`Self::Release`]; who asks for it removes
    /// what the cache says ([`crate::cache::Cached::forget_contact`]) when every document
    /// has it.
    Clear,
    /// A state that was taken away by hand stands again as it was, with what is left of its
    /// time, where nothing stands now.
    PutBack(Box<UserState>),
    /// This is awaited, as if the automation had just asked. Nothing is sent.
    Move {
        /// The automation.
        automation_id: AutomationId,
        /// What is awaited.
        state: Awaiting,
    },
    /// They get messages, or none.
    Subscribed(bool),
    /// Automations may answer again although a human stepped in.
    EndTakeover,
}

/// Why it was not set.
#[derive(Debug, thiserror::Error)]
pub enum HandError {
    /// The account is not there.
    #[error("There is no account {0} any more. Look at the list again.")]
    NoAccount(AccountId),
    /// The automation is not there, or in another workspace.
    #[error("This automation does not exist any more; choose another.")]
    NoAutomation,
    /// The automation has no such step.
    #[error("“{automation}” has no step “{}”, or it is off. Choose a step that it has.", .step.in_words())]
    NoStep {
        /// The automation's name.
        automation: String,
        /// The step.
        step: StepName,
    },
    /// It is not as it was when it was looked at.
    #[error("They do not stand any more where they stood. Look at them again before you decide.")]
    MovedOn,
    /// What is to be put back has expired meanwhile.
    #[error("What was awaited has expired meanwhile, so it is not put back.")]
    Expired,
    /// An event of theirs is under way and does not come to its end.
    #[error("Something that they did is still being handled. Try again in a moment.")]
    Busy,
    /// The engine ends.
    #[error("The profile is being closed, so nothing was changed.")]
    Stopped,
    /// A port failed, or the guard level does not allow it.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// The id of what is set by hand now: nothing else has it.
fn event_id(newest: i64) -> String {
    format!("{EVENT}{newest}:{:032x}", fastrand::u128(..))
}

/// The newest delivery when something was set by hand, for whoever puts both in order;
/// `None` for an event that is nothing of that.
#[must_use]
pub fn set_after(event: &Event) -> Option<DeliveryId> {
    let id = event.event_id.as_ref()?.as_str().strip_prefix(EVENT)?;
    let (newest, _) = id.split_once(':')?;
    newest.parse().ok().map(DeliveryId)
}

/// Something set by hand, waiting for its turn.
#[derive(Debug)]
pub(super) struct HandWork {
    hand: ByHand,
    account: Account,
    event: Event,
    /// Its turn has come. Nobody waits for that any more where this is closed.
    begin: oneshot::Sender<()>,
    answer: oneshot::Sender<Result<DecisionRecord, HandError>>,
}

impl Engine {
    /// How long a state lives that is entered now, in milliseconds.
    #[must_use]
    pub fn state_life_ms(&self) -> i64 {
        self.core.settings.cache.user_state_ms
    }

    /// Sets something by hand, behind the events of the contact that are under way. The
    /// answer is what the journal says of it.
    ///
    /// # Errors
    /// [`HandError`], with nothing changed.
    pub async fn by_hand(&self, hand: ByHand) -> Result<DecisionRecord, HandError> {
        let account = self.core.store.account(&hand.account_id).await?;
        let account = account.ok_or_else(|| HandError::NoAccount(hand.account_id.clone()))?;
        let event = Event {
            account_id: Some(account.id.clone()),
            contact_id: Some(hand.contact_id.clone()),
            event_id: Some(event_id(self.core.newest.load(Relaxed)).into()),
            ..Event::new(EventKind::Other)
        };
        let (begin, begun) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        let lane = worker::lane(&event);
        let work = HandWork {
            hand,
            account,
            event,
            begin,
            answer,
        };
        let core = Arc::clone(&self.core);
        let turn = Turn::ByHand(Box::new(work));
        self.lanes.push(lane, turn, move |turn| {
            worker::take_turn(Arc::clone(&core), turn)
        });
        match tokio::time::timeout(PATIENCE, begun).await {
            Ok(Ok(())) => answered.await.unwrap_or(Err(HandError::Stopped)),
            Ok(Err(_)) => Err(HandError::Stopped),
            Err(_) => Err(HandError::Busy),
        }
    }
}

impl Core {
    /// Sets it, and answers whoever asked.
    pub(super) async fn handle_by_hand(&self, work: HandWork) {
        let HandWork {
            hand,
            account,
            event,
            begin,
            answer,
        } = work;
        if begin.send(()).is_err() {
            return;
        }
        let mut set = Err(HandError::Stopped);
        for _ in 0..TRIES {
            set = self.set_by_hand(&hand, &account, &event).await;
            match &set {
                Err(HandError::Port(PortError::Unavailable(why))) => {
                    tracing::warn!(%why, "something set by hand is tried again");
                }
                _ => break,
            }
        }
        // Whoever asked may have gone.
        let _ = answer.send(set);
    }

    async fn set_by_hand(
        &self,
        hand: &ByHand,
        account: &Account,
        event: &Event,
    ) -> Result<DecisionRecord, HandError> {
        let mark = route::mark(event);
        let contact = &hand.contact_id;
        let opened = self
            .conversations
            .open(&account.id, contact, &mark, EventTime::default())
            .await?;
        let hold = opened.hold;
        let set = self
            .set_while_held(hand, account, event, mark, opened)
            .await;
        if let (Err(_), Some(hold)) = (&set, hold) {
            self.conversations.release(&account.id, contact, hold).await;
        }
        set
    }

    async fn set_while_held(
        &self,
        hand: &ByHand,
        account: &Account,
        event: &Event,
        mark: String,
        opened: Opened,
    ) -> Result<DecisionRecord, HandError> {
        let now = self.clock.now();
        let hold = opened.hold;
        // An earlier try was committed without being told so: what stands now is its own.
        let is_repeat = opened.is_processed == Some(true);
        let (standing, stored) = self.look_at(hand, account, opened).await?;
        let before = standing.state.as_ref().filter(|_| !is_repeat);
        if !is_repeat && hand.seen.is_some() && before.map(|state| state.updated_at) != hand.seen {
            return Err(HandError::MovedOn);
        }
        let (state, change, summary) = self.meant(hand, account, before, now).await?;
        let mut trace = Trace::new(EventKind::Other, now, Reason::NeverTriggers, summary);
        trace.state_before = before.map(|state| state.state);
        trace.state_after = match &state {
            StateChange::Keep => trace.state_before,
            StateChange::Set(state) => Some(state.state),
            StateChange::Clear => None,
        };
        if let StateChange::Set(state) = &state {
            trace.automation_id = Some(state.automation_id.clone());
        }
        let record = DecisionRecord {
            delivery_id: NO_DELIVERY,
            index: self.by_hand.fetch_add(1, Relaxed) % PLACES,
            event: event.clone(),
            decision: Decision {
                state: state.clone(),
                contact: change,
                effects: Vec::new(),
                trace,
            },
        };
        let person = changed_contact(Some(&account.id), event, stored, &record.decision, now);
        let (cached, cached_after) =
            self.standing_writes(Some(&account.id), event, &standing, &state);
        let cached_until = cached
            .as_ref()
            .map(|write| self.cached.standing_ends(write));
        let committed = self
            .store
            .commit(Commit {
                mark,
                now,
                account_id: Some(account.id.clone()),
                contact_id: Some(hand.contact_id.clone()),
                state,
                contact: person.clone(),
                outbox: Vec::new(),
                begins: false,
                record: record.clone(),
                hold,
                cached,
            })
            .await?;
        match committed {
            // The same mark: an earlier try was committed without being told so.
            Committed::Applied(_) | Committed::Duplicate => {}
            Committed::Overtaken => {
                let why = "another worker took the conversation over".to_owned();
                return Err(PortError::Unavailable(why).into());
            }
        }
        if let Some(ending) = cached_until {
            self.cached.standing_written(ending);
        }
        self.write_through(cached_after, person.as_ref()).await;
        if record.decision.contact.unsubscribed == Some(true) {
            self.outbox.somebody_unsubscribed();
        }
        self.happenings
            .tell(|| Happening::ByHand(Box::new(record.clone())));
        Ok(record)
    }

    /// Where they stand, and what is stored of them.
    async fn look_at(
        &self,
        hand: &ByHand,
        account: &Account,
        opened: Opened,
    ) -> PortResult<(Standing, Option<Contact>)> {
        let contact = &hand.contact_id;
        let found = self.cached.find_user_state(&account.id, contact).await;
        let recent = opened.state.map(|state| Recent {
            state,
            is_stored: opened.state_is_stored,
        });
        let (standing, _) = self
            .cached
            .user_state_from(found, recent, &account.id, contact)
            .await?;
        let (stored, _) = self.cached.contact(&account.id, contact).await?;
        let stored = with_recent(stored, opened.contact, &account.id, contact);
        Ok((standing, stored))
    }

    /// What becomes of the state and the contact, in words too.
    async fn meant(
        &self,
        hand: &ByHand,
        account: &Account,
        before: Option<&UserState>,
        now: Millis,
    ) -> Result<(StateChange, ContactChange, String), HandError> {
        let nothing = ContactChange::default();
        Ok(match &hand.change {
            HandChange::Release => (
                StateChange::Clear,
                nothing,
                "The operator has released the conversation: nothing is awaited.".to_owned(),
            ),
            HandChange::Clear => (
                StateChange::Clear,
                nothing,
                "The operator has cleared the conversation: the contact starts anew.".to_owned(),
            ),
            HandChange::PutBack(state) => {
                if before.is_some() {
                    return Err(HandError::MovedOn);
                }
                if state.expires_at <= now {
                    return Err(HandError::Expired);
                }
                let summary = format!(
                    "The operator has put the contact back to where they stood: the step “{}”.",
                    state.state.step().in_words()
                );
                let state = UserState {
                    account_id: account.id.clone(),
                    sender_id: hand.contact_id.clone(),
                    // Later than what took it away, in every place that compares.
                    updated_at: now,
                    ..(**state).clone()
                };
                (StateChange::Set(state), nothing, summary)
            }
            HandChange::Move {
                automation_id,
                state,
            } => {
                let automation = self.store.automation(automation_id).await?;
                let automation = automation
                    .filter(|automation| automation.workspace_id == account.workspace_id)
                    .ok_or(HandError::NoAutomation)?;
                if !steps::has(&automation, state.step()) {
                    return Err(HandError::NoStep {
                        automation: automation.name,
                        step: state.step(),
                    });
                }
                let summary = format!(
                    "The operator has put the contact to the step “{}” of “{}”.",
                    state.step().in_words(),
                    automation.name
                );
                let started_by = before
                    .filter(|before| before.automation_id == automation.id)
                    .and_then(|before| before.started_by.clone());
                let state = UserState {
                    account_id: account.id.clone(),
                    sender_id: hand.contact_id.clone(),
                    automation_id: automation.id,
                    automation_type: automation.kind,
                    target: automation.target,
                    state: *state,
                    asked: 1,
                    started_by,
                    event_at: now,
                    updated_at: now,
                    expires_at: now + self.settings.cache.user_state_ms,
                };
                (StateChange::Set(state), nothing, summary)
            }
            HandChange::Subscribed(subscribed) => {
                let change = ContactChange {
                    unsubscribed: Some(!subscribed),
                    ..nothing
                };
                let summary = match subscribed {
                    true => "The operator has subscribed the contact again.",
                    false => "The operator has unsubscribed the contact.",
                };
                (StateChange::Keep, change, summary.to_owned())
            }
            HandChange::EndTakeover => {
                let change = ContactChange {
                    silenced_until: Some(now),
                    ..nothing
                };
                let summary = "The operator lets automations answer again.".to_owned();
                (StateChange::Keep, change, summary)
            }
        })
    }
}
