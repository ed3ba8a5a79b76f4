//! A running profile with a virtual clock and people in front of it: what both the
//! simulator's window and a scenario's run stand on.

use super::moves::{Move, Place};
use super::scene::{Actor, Scene};
use super::settings::username_of;
use super::{
    Author, Bubble, Content, Figures, MediaSurface, NewPerson, Result, SimulatorError,
    SimulatorSettings, Surface, webhook,
};
use heliograph_engine::cache::key;
use heliograph_engine::ports::{Clock, VirtualClock};
use heliograph_instagram::simulated::{
    self, NewAccount, Person, SimulatedInstagram, SimulatedMedia,
};
use heliograph_model::{
    Account, AccountId, AutomationType, ContactId, DeliveryId, DeliverySource, GuardLevel,
    Happening, Millis, NewDelivery, Target, WorkspaceId,
};
use heliograph_runtime::{InstagramPlace, Place as ProfilePlace, Profile, Runtime};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::TryRecvError};

/// The longest that settling waits, in real time: a request that is never answered must
/// not hold the simulator for good.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running profile with people in front of it.
#[derive(Debug)]
pub(crate) struct Stage {
    runtime: Runtime,
    clock: Arc<VirtualClock>,
    instagram: Arc<SimulatedInstagram>,
    account: AccountId,
    username: String,
    workspace: WorkspaceId,
    seen: Mutex<Seen>,
}

/// Held for a look or a change only, never across an await.
#[derive(Debug)]
struct Seen {
    scene: Scene,
    happenings: broadcast::Receiver<Arc<Happening>>,
    /// Happenings that were taken in and not asked for yet; kept only for who asks.
    told: Option<Vec<Arc<Happening>>>,
    people_so_far: u32,
    /// The account whose other visitors are taken in, where they are.
    open_to_others: Option<AccountId>,
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
        let profile = Profile {
            instagram: InstagramPlace::Simulated {
                strict: !settings.open_to_others,
            },
            engine: settings.engine.clone(),
            guard: match settings.place {
                ProfilePlace::Embedded(_) => GuardLevel::Offline,
                ProfilePlace::Production(_) => GuardLevel::Live,
            },
            place: settings.place.clone(),
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
        let open_to_others = settings.open_to_others.then(|| account.id.clone());
        let stage = Self {
            clock,
            instagram,
            account: account.id,
            username: account.username,
            workspace: file.workspace.id.clone(),
            seen: Mutex::new(Seen {
                scene: Scene::default(),
                happenings,
                told: None,
                people_so_far: 0,
                open_to_others,
            }),
            runtime,
        };
        for media in &settings.media {
            stage.add_media(media.clone());
        }
        for person in &settings.people {
            stage.add_person(person);
        }
        Ok(stage)
    }

    /// Ends the engine, and closes what it ran on.
    pub(crate) async fn close(self) {
        self.runtime.stop().await;
    }

    pub(crate) fn runtime(&self) -> &Runtime {
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

    /// The account as it is stored now.
    pub(crate) async fn account(&self) -> Result<Account> {
        let account = self.runtime.store().account(&self.account).await?;
        account.ok_or(SimulatorError::NoAccount)
    }

    /// Looks at the scene, with everything that has happened taken in.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Scene) -> T) -> T {
        let mut seen = self.seen.lock();
        seen.take_in(&self.instagram);
        look(&mut seen.scene)
    }

    /// What has happened since the last call; the first call begins to keep it.
    pub(crate) fn happened(&self) -> Vec<Arc<Happening>> {
        let mut seen = self.seen.lock();
        seen.take_in(&self.instagram);
        seen.told.replace(Vec::new()).unwrap_or_default()
    }

    pub(crate) fn add_media(&self, media: super::Media) {
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

    /// Adds a person and says their id.
    pub(crate) fn add_person(&self, new: &NewPerson) -> ContactId {
        let mut seen = self.seen.lock();
        seen.people_so_far += 1;
        let id = new.id.clone().unwrap_or_else(|| {
            // As long as the ids that Meta gives, and easy to tell apart.
            ContactId::from(format!("9000000000{:05}", 10 + seen.people_so_far))
        });
        let mut username = new
            .username
            .clone()
            .unwrap_or_else(|| username_of(&new.name));
        if seen
            .scene
            .people
            .iter()
            .any(|other| other.username == username)
        {
            username = format!("{username}.{}", seen.people_so_far);
        }
        let mut person = Person::new(id.clone());
        if !new.hidden {
            person = Person::named(id.clone(), &new.name, &username);
        }
        person.follows = new.follows;
        self.instagram.add_person(&self.account, person);
        seen.scene
            .people
            .push(Actor::new(id.clone(), new.name.clone(), username));
        id
    }

    /// Plays moves that come in one delivery, and returns its body when it is accepted.
    pub(crate) async fn play(&self, moves: &[Move]) -> Result<String> {
        let (items, bubbles) = {
            let mut seen = self.seen.lock();
            seen.take_in(&self.instagram);
            let place = Place {
                account: &self.account,
                username: &self.username,
                instagram: &self.instagram,
            };
            let mut items = Vec::with_capacity(moves.len());
            let mut bubbles = Vec::new();
            for one in moves {
                let (item, bubble) = one.play(&place, &mut seen.scene);
                items.push(item);
                bubbles.extend(bubble);
            }
            (items, bubbles)
        };
        // A comment has no time but that of its entry, and Meta writes an entry when the
        // last thing in it happens; a late delivery keeps that time.
        let written = moves.iter().map(|one| one.at).max();
        let written = written.unwrap_or_else(|| self.now());
        let body = webhook::body(&self.account, written, &items);
        let id = self.deliver(body.clone()).await?;
        self.seen.lock().scene.delivered(&bubbles, id);
        Ok(body)
    }

    /// Puts a body into the running engine's queue.
    pub(crate) async fn deliver(&self, body: String) -> Result<DeliveryId> {
        let delivery = NewDelivery {
            received_at: self.now(),
            source: DeliverySource::Simulator,
            body: body.into(),
            secret: None,
            accounts: Vec::new(),
        };
        Ok(self.runtime.queue().push(delivery).await?)
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

    /// Lets virtual time pass: everything that falls due on the way happens at its time.
    pub(crate) async fn let_pass(&self, millis: i64) -> Result<()> {
        let target = self.now() + millis.max(0);
        self.settle().await?;
        while let Some(due) = self.clock.next_due().filter(|due| *due <= target) {
            self.clock.advance_to(due);
            self.settle().await?;
        }
        self.clock.advance_to(target);
        self.settle().await
    }

    /// Writes a line between the bubbles of everybody who has said something.
    pub(crate) fn note(&self, text: &str) {
        let at = self.now();
        self.look(|scene| {
            for actor in scene.people.iter_mut().filter(|a| !a.bubbles.is_empty()) {
                actor.bubbles.push(Bubble {
                    id: format!("note-{at}-{}", actor.bubbles.len()),
                    at,
                    from: Author::Note,
                    surface: Surface::Dm,
                    media_id: None,
                    content: Content::Note { text: text.into() },
                    private_reply: false,
                    send: None,
                    error: None,
                    delivery_id: None,
                });
            }
        });
    }

    /// Removes everything that could be in the cache: its keys from the shared tier, and
    /// the process' own copies.
    pub(crate) async fn lose_cache(&self) -> Result<()> {
        let mut keys = Vec::new();
        let store = self.runtime.store();
        for account in store.accounts(&self.workspace).await? {
            keys.extend(account.aliases.iter().map(key::workspace));
            keys.push(key::workspace(&account.id));
        }
        for kind in AutomationType::ALL {
            keys.push(key::automations(&self.workspace, kind, &Target::All));
        }
        for automation in store.automations(&self.workspace).await? {
            let (kind, target) = (automation.kind, &automation.target);
            keys.push(key::automations(&self.workspace, kind, target));
        }
        self.look(|scene| {
            for actor in &scene.people {
                keys.push(key::user_state(&self.account, &actor.id));
                keys.push(key::contact(&self.account, &actor.id));
            }
        });
        self.runtime.cache().remove(&keys).await?;
        let cached = self.runtime.engine().cached();
        cached.bypass_near(true);
        cached.bypass_near(false);
        Ok(())
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
            if let Happening::Decided(record) = &**happening {
                if let Some(account) = &self.open_to_others {
                    self.scene.came_in(account, record);
                }
                self.scene.decided(record);
            }
        }
        for sent in instagram.sent_after(self.scene.seen) {
            self.scene.sent(&sent);
        }
        for happening in &happenings {
            if let Happening::Sent(record) = &**happening {
                self.scene.send_ended(record);
            }
        }
        if let Some(told) = &mut self.told {
            told.extend(happenings);
        }
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
