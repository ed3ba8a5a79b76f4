//! The simulator as a window uses it.

use super::done::{Done, Fact};
use super::rewind::Rewound;
use super::running::Running;
use super::stage::Stage;
use super::standing::Standings;
use super::{
    Action, ActiveFaults, Fault, Language, MomentDetail, Nearest, NewPerson, Person, Playback,
    Result, SimulatorSettings, SimulatorView, nearest,
};
use super::{actions, log};
use crate::scenario::words;
use heliograph_engine::happenings::Happenings;
use heliograph_model::{AutomationId, Awaiting, ContactId, DeliveryId, Millis, UserState};
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
    /// Held while something is done, so that one thing is done after the other.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// What was undone.
    pub(super) rewound: Mutex<Rewound>,
    /// The clock, while it runs by itself.
    pub(super) running: Mutex<Option<Running>>,
    /// Counts edits of the automations.
    edition: AtomicU64,
    changes: watch::Sender<u64>,
    /// Tells of what happens in the engine; one for each stage.
    telling: Mutex<JoinHandle<()>>,
}

/// The right to do something to the present stage.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub stage: Arc<Stage>,
    _guard: tokio::sync::MutexGuard<'a, ()>,
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
            turn: tokio::sync::Mutex::default(),
            rewound: Mutex::default(),
            running: Mutex::default(),
            edition: AtomicU64::new(0),
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
        let automations = store.automations(stage.workspace_id()).await?;
        Ok(SimulatorView {
            automations: Some(automations),
            ..self.glance().await?
        })
    }

    /// The same without the automations, of which there may be hundreds and which change
    /// only with [`Self::edition`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn glance(&self) -> Result<SimulatorView> {
        let stage = self.stage();
        let workspace = self.settings.read().workspace.workspace.clone();
        let account = stage.account().await?;
        let now = stage.now();
        let known = Standings::load(&stage).await?;
        stage.take_in(known.clone()).await?;
        let due = stage.due(&known).await?;
        let instagram = Arc::clone(stage.instagram());
        let (people, media, playback) = {
            let seen = stage.seen();
            let people = seen.scene.people.iter().map(|actor| {
                let standing = known.of(&actor.id);
                Person {
                    id: actor.id.clone(),
                    name: actor.name.clone(),
                    username: actor.username.clone(),
                    follows: instagram
                        .person(&account.id, &actor.id)
                        .is_some_and(|person| person.follows),
                    language: actor.language.clone(),
                    window_closes_at: standing.window(now),
                    contact: standing.contact,
                    state: standing.state,
                    conversation: actor.bubbles.clone(),
                    decisions: actor.decisions.iter().cloned().collect(),
                    unread: actor.unread,
                }
            });
            let rewound = self.rewound.lock();
            let entries = seen.log.entries();
            let playback = Playback {
                moments: log::moments(entries, &rewound.undone),
                position: u32::try_from(entries.len()).unwrap_or(u32::MAX),
                stopped: rewound.stopped.clone(),
                speed: self.speed(),
                due,
                faults: ActiveFaults::default(),
            };
            (people.collect(), seen.scene.media.clone(), playback)
        };
        Ok(SimulatorView {
            workspace,
            account,
            now,
            people,
            media,
            automations: None,
            figures: stage.figures().await?,
            playback: Playback {
                faults: stage.active_faults(),
                ..playback
            },
        })
    }

    /// Does something as one of the people: the webhook that Meta would send goes into
    /// the queue of the running engine. Returns when it is accepted.
    ///
    /// # Errors
    /// For a person, post, message or button that is not there; the sentence says which.
    pub async fn act(&self, action: Action) -> Result<()> {
        let turn = self.turn().await;
        let played = actions::to_move(&turn.stage, &action)?;
        self.perform(&turn, Done::Played(vec![played])).await
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
        let turn = self.turn().await;
        self.pass(&turn, millis).await
    }

    /// Lets virtual time pass until `at`; a time that has passed changes nothing.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn pass_until(&self, at: Millis) -> Result<()> {
        let turn = self.turn().await;
        match at.since(turn.stage.now()) {
            left if left > 0 => self.pass(&turn, left).await,
            _ => Ok(()),
        }
    }

    async fn pass(&self, turn: &Turn<'_>, millis: i64) -> Result<()> {
        turn.stage.note_line(&words::passing(millis));
        let by_itself = false;
        self.perform(turn, Done::Passed { millis, by_itself }).await
    }

    /// Adds a person and says their id.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn add_person(&self, new: &NewPerson) -> Result<ContactId> {
        let turn = self.turn().await;
        self.rewound.lock().forget();
        let id = turn.stage.add_person(new).await?;
        self.changed();
        Ok(id)
    }

    /// The person follows the account from now on, or does not.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn set_follows(&self, person: &ContactId, follows: bool) -> Result<()> {
        let turn = self.turn().await;
        let person = person.clone();
        self.perform(&turn, Done::Followed { person, follows })
            .await
    }

    /// The person writes in this language from now on. Whoever is there from the start
    /// keeps it over a reset.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn set_language(&self, person: &ContactId, language: Option<Language>) -> Result<()> {
        let turn = self.turn().await;
        let person = person.clone();
        self.perform(&turn, Done::Spoke { person, language }).await
    }

    /// The stored contact is unsubscribed from now on, or is not, as an operator would
    /// set it.
    ///
    /// # Errors
    /// When there is no such person, or the store fails.
    pub async fn set_unsubscribed(&self, person: &ContactId, unsubscribed: bool) -> Result<()> {
        let turn = self.turn().await;
        let (person, fact) = (person.clone(), Fact::Unsubscribed(unsubscribed));
        self.perform(&turn, Done::Noted { person, fact }).await
    }

    /// The address that is stored of a person is this one from now on.
    ///
    /// # Errors
    /// When there is no such person, or the store fails.
    pub async fn set_email(&self, person: &ContactId, email: Option<String>) -> Result<()> {
        let turn = self.turn().await;
        let (person, fact) = (person.clone(), Fact::Email(email));
        self.perform(&turn, Done::Noted { person, fact }).await
    }

    /// Puts a person where they stand, as if the automation had just asked; `None`:
    /// nothing is awaited of them.
    ///
    /// # Errors
    /// When there is no such person or automation, or the store fails.
    pub async fn put(
        &self,
        person: &ContactId,
        standing: Option<(AutomationId, Awaiting)>,
    ) -> Result<()> {
        let turn = self.turn().await;
        let person = person.clone();
        self.perform(&turn, Done::Put { person, standing }).await
    }

    /// Lets a state that was taken away by hand stand again as it was, with what is left of
    /// its time, where nothing stands now.
    ///
    /// # Errors
    /// [`SimulatorError::MovedOn`] when something stands there, or when its time is over,
    /// or the store fails.
    pub async fn put_back(&self, person: &ContactId, state: &UserState) -> Result<()> {
        let turn = self.turn().await;
        let (person, state) = (person.clone(), Box::new(state.clone()));
        self.perform(&turn, Done::PutBack { person, state }).await
    }

    /// Lets something go wrong on purpose, or right again.
    ///
    /// # Errors
    /// When there is nothing that could come again, or the store fails.
    pub async fn go_wrong(&self, fault: Fault) -> Result<()> {
        let turn = self.turn().await;
        self.perform(&turn, fault.done()).await
    }

    /// What a moment changed; `None` for one that is not there.
    #[must_use]
    pub fn moment(&self, number: u32) -> Option<MomentDetail> {
        let stage = self.stage();
        let seen = stage.seen();
        let rewound = self.rewound.lock();
        log::detail(seen.log.entries(), &rewound.undone, number as usize)
    }

    /// The automation that came nearest to answering a delivery that none answered.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn nearest(&self, delivery: DeliveryId) -> Result<Option<Nearest>> {
        let stage = self.stage();
        let record = stage.look(|scene| {
            let mut decisions = scene.people.iter().flat_map(|person| &person.decisions);
            decisions
                .find(|record| record.delivery_id == delivery)
                .cloned()
        });
        let Some(record) = record else {
            return Ok(None);
        };
        let automations = stage
            .runtime()
            .store()
            .automations(stage.workspace_id())
            .await?;
        Ok(nearest(&record.event, &record.decision.trace, &automations))
    }

    /// Waits until nothing else is being done.
    pub(super) async fn turn(&self) -> Turn<'_> {
        let guard = self.turn.lock().await;
        Turn {
            stage: self.stage(),
            _guard: guard,
        }
    }

    /// Does something new: what was undone before cannot be done again afterwards.
    pub(super) async fn perform(&self, turn: &Turn<'_>, done: Done) -> Result<()> {
        turn.stage.perform(done).await?;
        self.rewound.lock().forget();
        self.changed();
        Ok(())
    }

    /// Back to the workspace as it was opened: the same people, no conversations, the
    /// clock at its start. In which languages they write stays.
    ///
    /// # Errors
    /// When a new engine does not start; the old one is still there then.
    pub async fn reset(&self) -> Result<()> {
        let turn = self.turn().await;
        self.keep_languages(&turn.stage);
        let settings = self.settings.read().clone();
        let stage = Stage::open(&settings).await?;
        self.rewound.lock().forget();
        self.enter(stage);
        Ok(())
    }

    /// What was said on a stage of the languages of those who are there from the start is
    /// so on the next one too.
    pub(super) fn keep_languages(&self, stage: &Stage) {
        let mut settings = self.settings.write();
        for (kept, begun) in settings.people.iter_mut().zip(&stage.begun().people) {
            let now = stage.look(|scene| {
                let actor = scene.person(begun.id.as_ref()?)?;
                Some(actor.language.clone())
            });
            // A scenario that is open has people of its own.
            if let Some(now) = now.filter(|now| kept.name == begun.name && *now != begun.language) {
                kept.language = now;
            }
        }
    }

    /// Goes on with another stage.
    pub(super) fn enter(&self, stage: Stage) {
        let stage = Arc::new(stage);
        let telling = tell(stage.runtime().engine().happenings(), &self.changes);
        std::mem::replace(&mut *self.telling.lock(), telling).abort();
        // The old one stops when the last call that uses it has ended.
        *self.stage.write() = stage;
        self.edited();
    }

    /// Counts up whenever the automations may have changed, before [`Self::changes`] does.
    #[must_use]
    pub fn edition(&self) -> u64 {
        self.edition.load(Ordering::Acquire)
    }

    pub(super) fn edited(&self) {
        self.edition.fetch_add(1, Ordering::AcqRel);
        self.changed();
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
