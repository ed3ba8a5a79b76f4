//! The simulator as a window uses it.

use super::actions;
use super::stage::Stage;
use super::{Action, NewPerson, Person, Result, SimulatorError, SimulatorSettings, SimulatorView};
use crate::scenario::words;
use heliograph_engine::happenings::Happenings;
use heliograph_engine::ports::{Clock, Queue};
use heliograph_model::{AccountId, Contact, ContactId, DeliveryId, Millis, UserState, limits};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Simulated people in front of a real engine: an embedded profile whose clock stands
/// still until it is moved, and whose Instagram is a simulated one over HTTP.
#[derive(Debug)]
pub struct Simulator {
    /// What a reset begins with.
    pub(super) settings: RwLock<SimulatorSettings>,
    /// Replaced as a whole by a reset; held only to take a handle.
    stage: RwLock<Arc<Stage>>,
    changes: watch::Sender<u64>,
    /// Tells of what happens in the engine; one for each stage.
    telling: Mutex<JoinHandle<()>>,
}

impl Simulator {
    /// Starts an engine on the workspace, and adds the people.
    ///
    /// # Errors
    /// When the workspace has no account, is refused, or the profile does not start.
    pub async fn open(settings: SimulatorSettings) -> Result<Self> {
        let stage = Arc::new(Stage::open(&settings).await?);
        let changes = watch::Sender::new(0);
        let telling = Mutex::new(tell(stage.runtime().engine().happenings(), &changes));
        Ok(Self {
            settings: RwLock::new(settings),
            stage: RwLock::new(stage),
            changes,
            telling,
        })
    }

    pub(super) fn stage(&self) -> Arc<Stage> {
        Arc::clone(&self.stage.read())
    }

    /// Everything there is to show.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn view(&self) -> Result<SimulatorView> {
        let stage = self.stage();
        let store = stage.runtime().store();
        let workspace = self.settings.read().workspace.workspace.clone();
        let account = stage.account().await?;
        let automations = store.automations(stage.workspace_id()).await?;
        let now = stage.now();
        let mut known = Known::load(&stage, account.id.clone(), now).await?;
        let instagram = Arc::clone(stage.instagram());
        let (people, media) = stage.look(|scene| {
            let people = scene
                .people
                .iter()
                .map(|actor| Person {
                    id: actor.id.clone(),
                    name: actor.name.clone(),
                    username: actor.username.clone(),
                    follows: instagram
                        .person(&account.id, &actor.id)
                        .is_some_and(|person| person.follows),
                    window_closes_at: known.window(&actor.id, now),
                    contact: known.contacts.remove(&actor.id),
                    state: known.states.remove(&actor.id),
                    conversation: actor.bubbles.clone(),
                    decisions: actor.decisions.iter().cloned().collect(),
                    unread: actor.unread,
                })
                .collect();
            (people, scene.media.clone())
        });
        Ok(SimulatorView {
            workspace,
            account,
            now,
            people,
            media,
            automations,
            figures: stage.figures().await?,
        })
    }

    /// Does something as one of the people: the webhook that Meta would send goes into
    /// the queue of the running engine. Returns when it is accepted.
    ///
    /// # Errors
    /// For a person, post, message or button that is not there; the sentence says which.
    pub async fn act(&self, action: Action) -> Result<()> {
        let stage = self.stage();
        let played = actions::to_move(&stage, &action)?;
        stage.play(&[played]).await?;
        self.changed();
        Ok(())
    }

    /// Returns when the queue and the outbox have nothing due at the present virtual time.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn settle(&self) -> Result<()> {
        self.stage().settle().await
    }

    /// Lets virtual time pass; everything that falls due on the way happens at its time.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn let_pass(&self, millis: i64) -> Result<()> {
        let stage = self.stage();
        stage.note(&words::passing(millis));
        stage.let_pass(millis).await?;
        self.changed();
        Ok(())
    }

    /// Adds a person and says their id.
    pub fn add_person(&self, name: &str, follows: bool) -> ContactId {
        let id = self.stage().add_person(&NewPerson::named(name, follows));
        self.changed();
        id
    }

    /// The person follows the account from now on, or does not.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn set_follows(&self, person: &ContactId, follows: bool) -> Result<()> {
        let stage = self.stage();
        if !stage
            .instagram()
            .set_follows(stage.account_id(), person, follows)
        {
            return Err(SimulatorError::NoPerson(person.to_string()));
        }
        self.changed();
        Ok(())
    }

    /// The stored contact is unsubscribed from now on, or is not, as an operator would
    /// set it.
    ///
    /// # Errors
    /// When there is no such person, or the store fails.
    pub async fn set_unsubscribed(&self, person: &ContactId, unsubscribed: bool) -> Result<()> {
        let stage = self.stage();
        if stage.look(|scene| scene.person(person).is_none()) {
            return Err(SimulatorError::NoPerson(person.to_string()));
        }
        actions::change_contact(&stage, person, |contact| {
            contact.unsubscribed = unsubscribed;
        })
        .await?;
        self.changed();
        Ok(())
    }

    /// Back to the workspace as it was opened: the same people, no conversations, the
    /// clock at its start.
    ///
    /// # Errors
    /// When a new engine does not start; the old one is still there then.
    pub async fn reset(&self) -> Result<()> {
        let settings = self.settings.read().clone();
        let stage = Arc::new(Stage::open(&settings).await?);
        let telling = tell(stage.runtime().engine().happenings(), &self.changes);
        std::mem::replace(&mut *self.telling.lock(), telling).abort();
        // The old one stops when the last call that uses it has ended.
        *self.stage.write() = stage;
        self.changed();
        Ok(())
    }

    /// The queue of the running engine, for a listener in front of it. After a reset it
    /// is another one.
    #[must_use]
    pub fn queue(&self) -> Arc<dyn Queue> {
        self.stage().runtime().queue()
    }

    /// The virtual clock of the running engine. After a reset it is another one.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.stage().runtime().clock())
    }

    /// Counts up whenever there may be something new to view.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The raw body of a delivery, as it went through the engine.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn last_webhook(&self, delivery: DeliveryId) -> Result<Option<String>> {
        let stage = self.stage();
        let Some(journal) = stage.runtime().journal() else {
            return Ok(None);
        };
        let record = journal.delivery(delivery).await?;
        Ok(record.map(|record| record.body))
    }

    pub(super) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.telling.lock().abort();
    }
}

/// Counts up with everything that happens.
fn tell(happenings: &Happenings, changes: &watch::Sender<u64>) -> JoinHandle<()> {
    let mut happenings = happenings.watch();
    let changes = changes.clone();
    tokio::spawn(async move {
        use tokio::sync::broadcast::error::RecvError;
        loop {
            match happenings.recv().await {
                Ok(_) | Err(RecvError::Lagged(_)) => changes.send_modify(|count| *count += 1),
                Err(RecvError::Closed) => return,
            }
        }
    })
}

/// What the store knows about everybody.
struct Known {
    contacts: HashMap<ContactId, Contact>,
    states: HashMap<ContactId, UserState>,
}

impl Known {
    async fn load(stage: &Stage, account: AccountId, now: Millis) -> Result<Self> {
        let store = stage.runtime().store();
        let contacts = store.contacts(&account, usize::MAX).await?;
        let states = store.user_states(&account, now, usize::MAX).await?;
        Ok(Self {
            contacts: contacts
                .into_iter()
                .map(|contact| (contact.sender_id.clone(), contact))
                .collect(),
            states: states
                .into_iter()
                .map(|state| (state.sender_id.clone(), state))
                .collect(),
        })
    }

    /// Until when the account may write to somebody.
    fn window(&self, person: &ContactId, now: Millis) -> Option<Millis> {
        let last = self.contacts.get(person)?.last_message_at?;
        Some(last + limits::WINDOW_MS).filter(|closes| *closes > now)
    }
}
