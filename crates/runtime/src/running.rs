//! A profile, running.

use crate::audit::AuditLog;
use crate::backends::{Backends, OpenPlace};
use crate::elsewhere::{Elsewhere, machine_name};
use crate::guard::{CreatedIndexes, Guard, GuardedInstagram, GuardedSubscriptions, WouldSend};
use crate::instagram::{Connected, connect};
use crate::slow::SlowStore;
use crate::{
    InstagramPlace, Place, Profile, Result, RuntimeError, edits, embedded, made_up_secret,
    production,
};
use heliograph_engine::bulletins::{Bound, Telling};
use heliograph_engine::ports::{
    Announcements, Archive, Backlog, Cache, Clock, Documents, FailedSends, Instagram, Jobs,
    Journal, Keys, PortError, PortResult, Queue, Register, Store, Subscriptions,
};
use heliograph_engine::process::{Engine, EngineParts, Measured, Work};
use heliograph_instagram::client::{AccountState, GraphClient};
use heliograph_instagram::simulated::{SimulatedInstagram, SimulatedServer};
use heliograph_listener::{Listener, ListenerSettings, RunningListener};
use heliograph_model::GuardLevel;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How long a stop waits for what is under way.
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// A profile, running: the engine with what it runs on.
#[derive(Debug)]
pub struct Runtime {
    engine: Engine,
    backends: Backends,
    guard: Arc<Guard>,
    clock: Arc<dyn Clock>,
    instagram: Arc<GuardedInstagram>,
    client: Arc<GraphClient>,
    simulated: Option<(Arc<SimulatedInstagram>, SimulatedServer)>,
    instagram_address: String,
    /// Obeys edits by other applications, where there are some.
    edits: Option<JoinHandle<()>>,
    /// Stops what goes on by itself when *live* ends.
    resting: Option<JoinHandle<()>>,
    working: Arc<Working>,
    /// What workers elsewhere tell, where there can be some.
    elsewhere: Option<Elsewhere>,
    /// Tells them what is handled here, once it was asked to.
    telling: Mutex<Option<Telling>>,
}

impl Runtime {
    /// Opens what the profile names and starts the engine.
    ///
    /// # Errors
    /// When something cannot be opened; the message says what to do.
    pub async fn open(profile: Profile, clock: Arc<dyn Clock>) -> Result<Self> {
        let name = profile.name.clone();
        let guard = Guard::new(name, profile.guard, Arc::clone(&clock));
        Self::open_guarded(profile, clock, guard).await
    }

    /// Opens what the profile names for a person at a window: nobody is made a worker by
    /// arming *live* ([`Guard::at_hand`]), and what is changed or sent by hand is written
    /// down in `audit`. A profile that is saved as *live* begins at *observe*.
    ///
    /// # Errors
    /// When something cannot be opened; the message says what to do.
    pub async fn open_at_hand(
        profile: Profile,
        clock: Arc<dyn Clock>,
        audit: Option<Arc<AuditLog>>,
    ) -> Result<Self> {
        let name = profile.name.clone();
        let guard = Guard::at_hand(name, profile.guard, Arc::clone(&clock), audit);
        let runtime = Self::open_guarded(profile, clock, guard).await?;
        // What a person does here, and what this window handles, the others see too.
        runtime.tell_elsewhere(&format!("window on {}", machine_name()));
        Ok(runtime)
    }

    async fn open_guarded(profile: Profile, clock: Arc<dyn Clock>, guard: Guard) -> Result<Self> {
        let guard = Arc::new(guard);
        let is_graph = matches!(profile.instagram, InstagramPlace::Graph(_));
        if is_graph && guard.level() == GuardLevel::Offline {
            return Err(RuntimeError::GraphOffline);
        }
        let delay = match &profile.place {
            Place::Embedded(place) => place.store_delay.clone(),
            Place::Production(_) => None,
        };
        let (backends, documents) = match profile.place {
            Place::Embedded(place) => (embedded::open(&place, &guard, &clock)?, None),
            Place::Production(place) => {
                let (backends, documents) = production::open(*place, &guard, &clock).await?;
                (backends, Some(documents))
            }
        };
        let Connected {
            client,
            simulated,
            address,
        } = connect(profile.instagram, documents.as_ref(), Arc::clone(&clock)).await?;
        let instagram = Arc::new(GuardedInstagram::new(
            Arc::clone(&client) as _,
            guard.of_the_engine(),
            Arc::clone(&clock),
        ));
        let mut settings = profile.engine;
        if let Some((core, _)) = &simulated {
            settings.recorded_as_now |= !core.settings().strict;
            let core = Arc::clone(core);
            settings.observe = Some(Arc::new(move |event| core.observe(event)));
        }
        let mut store = Arc::clone(&backends.store);
        let mut engine_documents = Arc::clone(&backends.documents);
        if let Some(delay) = delay {
            let slow = Arc::new(SlowStore::new(store, delay));
            store = Arc::clone(&slow) as _;
            engine_documents = slow;
        }
        let parts = EngineParts {
            store,
            documents: engine_documents,
            queue: Arc::clone(&backends.queue),
            cache: Arc::clone(&backends.cache),
            conversations: Arc::clone(&backends.conversations),
            announcements: backends.announcements.clone(),
            instagram: Arc::clone(&instagram) as _,
            clock: Arc::clone(&clock),
        };
        let engine = Engine::start(parts, settings).await?;
        let edits = documents
            .map(|documents| tokio::spawn(edits::obey(documents, Arc::clone(engine.cached()))));
        let elsewhere = backends.bulletins.as_ref().map(|bulletins| {
            Elsewhere::new(Arc::clone(bulletins), Arc::clone(&clock), made_up_secret())
        });
        let working = Arc::new(Working {
            guard: Arc::clone(&guard),
            measured: engine.measured(),
            begun: Mutex::default(),
        });
        let resting = matches!(guard.level(), GuardLevel::Live | GuardLevel::Observe).then(|| {
            let (working, place) = (Arc::clone(&working), Arc::clone(&backends.place));
            tokio::spawn(work_and_rest(working, place))
        });
        Ok(Self {
            engine,
            backends,
            guard,
            clock,
            instagram,
            client,
            simulated,
            instagram_address: address,
            edits,
            resting,
            working,
            elsewhere,
            telling: Mutex::default(),
        })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What this process is called from now on, to whoever asks who obeyed an invalidation.
    pub fn is_called(&self, worker: &str) {
        if let Some(announcements) = self.announcements() {
            announcements.call(worker);
        }
    }

    /// Tells whoever watches elsewhere what is handled here from now on, under a name, as
    /// far as the guard level allows it; once, and where there can be others.
    pub fn tell_elsewhere(&self, worker: &str) {
        self.is_called(worker);
        let Some(elsewhere) = &self.elsewhere else {
            return;
        };
        self.telling.lock().get_or_insert_with(|| {
            Telling::start(
                self.engine.happenings().clone(),
                Arc::clone(elsewhere.port()),
                elsewhere.teller(worker),
                Bound::default(),
            )
        });
    }

    /// What workers elsewhere tell of what they handle, where there can be some.
    #[must_use]
    pub fn elsewhere(&self) -> Option<&Elsewhere> {
        self.elsewhere.as_ref()
    }

    /// What the profile allows now.
    #[must_use]
    pub fn guard(&self) -> &Arc<Guard> {
        &self.guard
    }

    /// Lets this process do a worker's work while the profile is *live*, or ends that. What
    /// was committed here is written behind first.
    ///
    /// # Errors
    /// As [`Guard::let_work`].
    pub async fn let_work(&self, on: bool) -> PortResult<()> {
        if !on
            && self.guard.works_here()
            && let Err(error) = self.backends.place.flush().await
        {
            tracing::warn!(%error, "what was committed is written behind by another worker");
        }
        self.guard.let_work(on)
    }

    /// Documents. As of every port that is had from here, a change is a person's.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.backends.at_hand.store)
    }

    /// Where a person pushes deliveries.
    #[must_use]
    pub fn queue(&self) -> Arc<dyn Queue> {
        Arc::clone(&self.backends.at_hand.queue)
    }

    /// Where a listener pushes deliveries: the same queue, without a line in the audit log
    /// for each.
    #[must_use]
    pub fn intake(&self) -> Arc<dyn Queue> {
        Arc::clone(&self.backends.queue)
    }

    /// The documents as they are stored: what is written behind may be missing.
    #[must_use]
    pub fn documents(&self) -> Arc<dyn Documents> {
        Arc::clone(&self.backends.documents)
    }

    /// For looking through many states and contacts.
    #[must_use]
    pub fn register(&self) -> Arc<dyn Register> {
        Arc::clone(&self.backends.register)
    }

    /// Where what is set by hand is written at once.
    pub(crate) fn archive(&self) -> Option<&Arc<dyn Archive>> {
        self.backends.archive.as_ref()
    }

    /// Creates the indexes that the documents need and that are missing, as a person.
    ///
    /// # Errors
    /// As [`GuardedIndexes::create`](crate::guard::GuardedIndexes::create), and where the
    /// documents are in a file, which has what it needs.
    pub async fn create_indexes(&self) -> PortResult<CreatedIndexes> {
        match &self.backends.indexes {
            Some(indexes) => indexes.create().await,
            None => Err(PortError::Refused(
                "The documents of this profile are in a file, which has the indexes that it needs."
                    .to_owned(),
            )),
        }
    }

    /// The queue's jobs: for looking after them, as a person.
    #[must_use]
    pub fn jobs(&self) -> Arc<dyn Jobs> {
        Arc::clone(&self.backends.jobs)
    }

    /// The sends that failed for good: for looking after them, as a person.
    #[must_use]
    pub fn failed_sends(&self) -> Arc<dyn FailedSends> {
        Arc::clone(&self.backends.failed_sends)
    }

    /// What has happened, where this place keeps a journal.
    #[must_use]
    pub fn journal(&self) -> Option<&Arc<dyn Journal>> {
        self.backends.journal.as_ref()
    }

    /// The shared tier of the cache.
    #[must_use]
    pub fn cache(&self) -> Arc<dyn Cache> {
        Arc::clone(&self.backends.at_hand.cache)
    }

    /// What the shared tier holds, for looking at. It only reads.
    #[must_use]
    pub fn keys(&self) -> Arc<dyn Keys> {
        Arc::clone(&self.backends.keys)
    }

    /// How other workers are told of invalidations, where there are others.
    #[must_use]
    pub fn announcements(&self) -> Option<Arc<dyn Announcements>> {
        self.backends.announcements.clone()
    }

    /// Time, as the engine has it.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// What sends; to be reset when an account was connected again.
    #[must_use]
    pub fn instagram(&self) -> Arc<dyn Instagram> {
        Arc::clone(&self.instagram) as _
    }

    /// Which webhooks apps and accounts are subscribed to.
    #[must_use]
    pub fn subscriptions(&self) -> Arc<dyn Subscriptions> {
        Arc::new(GuardedSubscriptions::new(
            Arc::clone(&self.client) as _,
            Arc::clone(&self.guard),
        ))
    }

    /// How the accounts stand with Instagram that have made a request.
    #[must_use]
    pub fn account_states(&self) -> Vec<AccountState> {
        self.client.account_states()
    }

    /// The latest of what a dry run would have sent, the oldest first.
    #[must_use]
    pub fn would_have_sent(&self) -> Vec<WouldSend> {
        self.instagram.would_have_sent()
    }

    /// The simulated Instagram, where the profile has one.
    #[must_use]
    pub fn simulated(&self) -> Option<&Arc<SimulatedInstagram>> {
        self.simulated.as_ref().map(|(core, _)| core)
    }

    /// Where sends go.
    #[must_use]
    pub fn instagram_address(&self) -> &str {
        &self.instagram_address
    }

    /// Where the documents are: the database's file, or the addresses without credentials.
    #[must_use]
    pub fn documents_address(&self) -> &str {
        &self.backends.address
    }

    /// What there is to say about how the documents were found, for people; `None` when
    /// all is well.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.backends.notice.as_deref()
    }

    /// What is written behind, where something is.
    #[must_use]
    pub fn backlog(&self) -> Option<&Arc<dyn Backlog>> {
        self.backends.backlog.as_ref()
    }

    /// Writes down everything that was committed, where something is written behind.
    ///
    /// # Errors
    /// When a server fails.
    pub async fn flush(&self) -> Result<()> {
        Ok(self.backends.place.flush().await?)
    }

    /// Starts a listener in front of the queue.
    ///
    /// # Errors
    /// When the settings are unsafe or useless.
    pub fn listen(&self, tcp: TcpListener, settings: ListenerSettings) -> Result<RunningListener> {
        let forever = std::future::pending();
        Ok(Listener::start(
            tcp,
            self.intake(),
            Arc::clone(&self.clock),
            settings,
            forever,
        )?)
    }

    /// Handles what is under way, and closes everything. What has not ended after a
    /// while is taken up by the next start.
    pub async fn stop(&self) {
        for task in [&self.edits, &self.resting].into_iter().flatten() {
            task.abort();
        }
        self.engine.stop(STOP_PATIENCE).await;
        self.guard.write_down().await;
        let telling = self.telling.lock().take();
        if let Some(telling) = telling {
            telling.end().await;
        }
        self.working.end();
        if let Some((_, server)) = &self.simulated {
            server.stop().await;
        }
        self.backends.place.close().await;
    }
}

/// How much is done while a worker's work goes on here.
#[derive(Debug)]
struct Working {
    guard: Arc<Guard>,
    measured: Measured,
    /// What had been done when it began, while it goes on. Held for a moment only.
    begun: Mutex<Option<Work>>,
}

impl Working {
    fn begin(&self) {
        *self.begun.lock() = Some(self.measured.work().work);
    }

    /// Says how much was done since the begin, once.
    fn end(&self) {
        let Some(before) = self.begun.lock().take() else {
            return;
        };
        let now = self.measured.work().work;
        let events = now.events.saturating_sub(before.events);
        let sent = now.sent.saturating_sub(before.sent);
        let said = format!(
            "{events} {}, {sent} {} sent",
            if events == 1 { "event" } else { "events" },
            if sent == 1 { "message" } else { "messages" },
        );
        self.guard.say("Deliveries were handled here", &said);
    }
}

/// Stops what goes on by itself whenever a worker's work ends here, and says how much was
/// done.
async fn work_and_rest(working: Arc<Working>, place: Arc<dyn OpenPlace>) {
    let guard = &working.guard;
    loop {
        guard.work_begun().await;
        working.begin();
        guard.work_ended().await;
        tracing::warn!(
            profile = guard.profile(),
            "deliveries are not handled here any more"
        );
        place.rest().await;
        working.end();
    }
}
