//! A running profile with a virtual clock and people in front of it: what both the
//! simulator's window and a scenario's run stand on.

use super::faults::Faults;
use super::log::{ARRIVED, Entry, Log};
use super::scene::Scene;
use super::standing::Standings;
use super::{Figures, Media, MediaSurface, NewPerson, Result, SimulatorError, SimulatorSettings};
use heliograph_engine::ports::{Clock, VirtualClock};
use heliograph_instagram::simulated::{self, NewAccount, SimulatedInstagram, SimulatedMedia};
use heliograph_model::{
    Account, AccountId, DeliveryId, DeliverySource, GuardLevel, Happening, Millis, WorkspaceId,
};
use heliograph_runtime::{
    EmbeddedPlace, InstagramPlace, Place as ProfilePlace, Profile, Runtime, StoreDelay,
};
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::TryRecvError};

/// The longest that settling waits, in real time: a request that is never answered must
/// not hold the simulator for good.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running profile with people in front of it.
#[derive(Debug)]
pub(crate) struct Stage {
    runtime: Arc<Runtime>,
    clock: Arc<VirtualClock>,
    instagram: Arc<SimulatedInstagram>,
    account: AccountId,
    username: String,
    workspace: WorkspaceId,
    begun: Begun,
    seen: Mutex<Seen>,
    pub(super) faults: Mutex<Faults>,
    /// How much longer the store takes on purpose.
    pub(super) delay: StoreDelay,
}

/// How a stage began, so that another one can begin alike.
#[derive(Debug, Clone)]
pub(crate) struct Begun {
    pub starts: Millis,
    pub people: Vec<NewPerson>,
    pub media: Vec<Media>,
    /// People write to another account than the first of the workspace.
    pub is_other_account: bool,
}

/// Held for a look or a change only, never across an await.
#[derive(Debug)]
pub(crate) struct Seen {
    pub scene: Scene,
    pub log: Log,
    /// Deliveries from outside whose bodies are not in the log yet.
    pub arrived: Vec<DeliveryId>,
    happenings: broadcast::Receiver<Arc<Happening>>,
    /// Happenings that were taken in and not asked for yet; kept only for who asks.
    told: Option<Vec<Arc<Happening>>>,
    pub people_so_far: u32,
    /// The ids of the account whose other visitors are taken in, where they are.
    open_to_others: Option<Vec<AccountId>>,
}

impl Stage {
    pub(crate) async fn open(settings: &SimulatorSettings) -> Result<Self> {
        let file = &settings.workspace;
        let account = match &settings.account {
            Some(id) => file.accounts.iter().find(|account| account.id == *id),
            None => file.accounts.first(),
        };
        let account = account.ok_or(SimulatorError::NoAccount)?.clone();
        let clock = Arc::new(VirtualClock::new(settings.starts));
        let delay = StoreDelay::default();
        let place = match settings.place.clone() {
            ProfilePlace::Embedded(place) => ProfilePlace::Embedded(EmbeddedPlace {
                store_delay: Some(delay.clone()),
                ..place
            }),
            ProfilePlace::Production(place) => ProfilePlace::Production(place),
        };
        let profile = Profile {
            instagram: InstagramPlace::Simulated {
                strict: !settings.open_to_others,
            },
            engine: settings.engine.clone().reproducible(),
            guard: match settings.place {
                ProfilePlace::Embedded(_) => GuardLevel::Offline,
                ProfilePlace::Production(_) => GuardLevel::Live,
            },
            place,
            name: "simulator".to_owned(),
        };
        let runtime = Runtime::open(profile, Arc::clone(&clock) as Arc<dyn Clock>).await?;
        let instagram = Arc::clone(
            runtime
                .simulated()
                .expect("the profile above has a simulated Instagram"),
        );
        for account in &file.accounts {
            instagram.add_account(NewAccount::new(account.id.clone(), &account.username));
        }
        runtime.engine().workspaces().import(file).await?;
        let happenings = runtime.engine().happenings().watch();
        let open_to_others = settings
            .open_to_others
            .then(|| account.ids().cloned().collect());
        let first = file.accounts.first();
        let is_other_account = first.is_none_or(|first| first.id != account.id);
        let mut stage = Self {
            clock,
            instagram,
            account: account.id,
            username: account.username,
            workspace: file.workspace.id.clone(),
            begun: Begun {
                starts: settings.starts,
                people: Vec::new(),
                media: settings.media.clone(),
                is_other_account,
            },
            faults: Mutex::default(),
            delay,
            seen: Mutex::new(Seen {
                scene: Scene::default(),
                log: Log::default(),
                arrived: Vec::new(),
                happenings,
                told: None,
                people_so_far: 0,
                open_to_others,
            }),
            runtime: Arc::new(runtime),
        };
        for media in &settings.media {
            stage.add_media(media.clone());
        }
        for person in &settings.people {
            let id = stage.enter(person);
            stage.begun.people.push(NewPerson {
                id: Some(id),
                ..person.clone()
            });
        }
        Ok(stage)
    }

    /// Ends the engine, and closes what it ran on.
    pub(crate) async fn close(self) {
        self.runtime.stop().await;
    }

    pub(crate) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    pub(crate) fn instagram(&self) -> &Arc<SimulatedInstagram> {
        &self.instagram
    }

    pub(crate) fn account_id(&self) -> &AccountId {
        &self.account
    }

    pub(crate) fn workspace_id(&self) -> &WorkspaceId {
        &self.workspace
    }

    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    pub(super) fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    /// How it began.
    pub(crate) fn begun(&self) -> &Begun {
        &self.begun
    }

    pub(super) fn username(&self) -> &str {
        &self.username
    }

    /// Whether webhooks of people who are not simulated come in.
    pub(super) fn is_open_to_others(&self) -> bool {
        self.seen.lock().open_to_others.is_some()
    }

    /// The account is known under other ids from now on.
    pub(super) fn take_in_visitors_of(&self, account: &Account) {
        let mut seen = self.seen.lock();
        if seen.open_to_others.is_some() {
            seen.open_to_others = Some(account.ids().cloned().collect());
        }
    }

    /// Everything that was seen, with everything that has happened taken in.
    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        let mut seen = self.seen.lock();
        seen.take_in(&self.instagram);
        seen
    }

    /// The account as it is stored now.
    pub(crate) async fn account(&self) -> Result<Account> {
        let account = self.runtime.store().account(&self.account).await?;
        account.ok_or(SimulatorError::NoAccount)
    }

    /// Looks at the scene, with everything that has happened taken in.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Scene) -> T) -> T {
        look(&mut self.seen().scene)
    }

    /// Everything that was done, to be done again.
    ///
    /// # Errors
    /// When more came from outside than is kept.
    pub(crate) fn whole_log(&self) -> Result<Vec<Entry>> {
        let seen = self.seen();
        if !seen.log.is_whole() {
            return Err(SimulatorError::Impossible(format!(
                "More than {ARRIVED} webhooks came in from outside, and only so many are kept here to be done again. All of them are in Traffic; Reset begins a conversation that can be gone back in."
            )));
        }
        Ok(seen.log.entries().to_vec())
    }

    /// What has happened since the last call; the first call begins to keep it.
    pub(crate) fn happened(&self) -> Vec<Arc<Happening>> {
        self.seen().told.replace(Vec::new()).unwrap_or_default()
    }

    /// Happenings are not kept any more.
    pub(crate) fn tell_no_more(&self) {
        self.seen().told = None;
    }

    pub(crate) fn add_media(&self, media: Media) {
        self.instagram.add_media(simulated::Media {
            id: media.id.clone(),
            account_id: self.account.clone(),
            kind: match media.kind {
                MediaSurface::Post => SimulatedMedia::Post,
                MediaSurface::Story => SimulatedMedia::Story,
                MediaSurface::Live => SimulatedMedia::Live { broadcasting: true },
            },
        });
        let mut seen = self.seen.lock();
        if seen.scene.media(&media.id).is_none() {
            seen.scene.media.push(media);
        }
    }

    /// Returns when nothing is left to do at the present virtual time.
    pub(crate) async fn settle(&self) -> Result<()> {
        let engine = self.runtime.engine();
        let twice = async {
            // A delivery that is on its way from the queue to its lane is for an instant
            // in neither; it is not at the same place a moment later.
            engine.settle().await?;
            tokio::time::sleep(Duration::from_micros(200)).await;
            engine.settle().await
        };
        match tokio::time::timeout(PATIENCE, twice).await {
            Ok(settled) => Ok(settled?),
            Err(_) => {
                tracing::warn!("something is under way for a long time; going on without it");
                Ok(())
            }
        }
    }

    /// Writes a line between the bubbles of everybody who has said something.
    pub(super) fn note_line(&self, text: &str) {
        let at = self.now();
        self.look(|scene| scene.note(at, text));
    }

    pub(crate) async fn figures(&self) -> Result<Figures> {
        let engine = self.runtime.engine();
        let (work, depth) = (engine.work(), engine.depth().await?);
        Ok(Figures {
            cache: engine.cache_figures(),
            deliveries: work.deliveries,
            events: work.events,
            decisions: work.decisions,
            sent: work.sent,
            failed: work.failed + work.unknown + work.dropped,
            queue_waiting: depth.waiting + depth.delayed,
            queue_dead: depth.dead,
        })
    }
}

impl Seen {
    /// Takes in what the engine has told and what the simulated Instagram has: first what
    /// was decided, so that somebody's message stands before its answer; then what
    /// Instagram has, so that the engine's word on a send finds the bubble it is about.
    fn take_in(&mut self, instagram: &SimulatedInstagram) {
        let happenings = self.new_happenings();
        for happening in &happenings {
            match &**happening {
                Happening::Delivery {
                    id,
                    source,
                    received_at,
                    ..
                } if *source != DeliverySource::Simulator => {
                    if self.log.begin_arrived(*id, *received_at) {
                        self.arrived.push(*id);
                    }
                }
                Happening::Decided(record) => {
                    if let Some(ids) = &self.open_to_others {
                        self.scene.came_in(ids, record);
                    }
                    self.scene.decided(record);
                    self.log.decided(record, &self.scene);
                }
                Happening::Delivery { .. }
                | Happening::ByHand(_)
                | Happening::Sent(_)
                | Happening::AutomationChanged { .. }
                | Happening::DeadLetter { .. }
                | Happening::Removed { .. }
                | Happening::PutBack { .. } => {}
            }
        }
        for sent in instagram.sent_after(self.scene.seen) {
            self.scene.sent(&sent);
        }
        for happening in &happenings {
            if let Happening::Sent(record) = &**happening {
                self.scene.send_ended(record);
                let person = self.scene.receiver(record);
                self.log.sent(person.as_ref(), record, &self.scene);
            }
        }
        self.scene.forget_the_oldest();
        if let Some(told) = &mut self.told {
            told.extend(happenings);
        }
    }

    /// Where everybody stands now came of what was done last.
    pub(super) fn stand(&mut self, standings: Standings) {
        self.log.stand(standings, &self.scene);
    }

    fn new_happenings(&mut self) -> Vec<Arc<Happening>> {
        let mut new = Vec::new();
        loop {
            match self.happenings.try_recv() {
                Ok(happening) => new.push(happening),
                // Too far behind: what was missed is in the journal, and the simulator
                // goes on with what comes.
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return new,
            }
        }
    }
}
