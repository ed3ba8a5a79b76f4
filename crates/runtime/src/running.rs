//! A profile, running.

use crate::backends::Backends;
use crate::guard::{Guard, GuardedInstagram, WouldSend};
use crate::instagram::{Connected, connect};
use crate::slow::SlowStore;
use crate::{InstagramPlace, Place, Profile, Result, RuntimeError, edits, embedded, production};
use heliograph_engine::ports::{Backlog, Cache, Clock, Instagram, Jobs, Journal, Queue, Store};
use heliograph_engine::process::{Engine, EngineParts};
use heliograph_instagram::client::{AccountState, GraphClient};
use heliograph_instagram::simulated::{SimulatedInstagram, SimulatedServer};
use heliograph_listener::{Listener, ListenerSettings, RunningListener};
use heliograph_model::GuardLevel;
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
}

impl Runtime {
    /// Opens what the profile names and starts the engine.
    ///
    /// # Errors
    /// When something cannot be opened; the message says what to do.
    pub async fn open(profile: Profile, clock: Arc<dyn Clock>) -> Result<Self> {
        let guard = Arc::new(Guard::new(profile.name, profile.guard, Arc::clone(&clock)));
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
            Arc::clone(&guard),
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
        let resting = (guard.level() == GuardLevel::Live).then(|| {
            let (guard, place) = (Arc::clone(&guard), Arc::clone(&backends.place));
            tokio::spawn(async move {
                guard.ended().await;
                tracing::warn!(
                    profile = guard.profile(),
                    "live has ended: the profile only observes from now on"
                );
                place.rest().await;
            })
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
        })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What the profile allows now.
    #[must_use]
    pub fn guard(&self) -> &Arc<Guard> {
        &self.guard
    }

    /// Documents.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.backends.store)
    }

    /// Where deliveries are pushed.
    #[must_use]
    pub fn queue(&self) -> Arc<dyn Queue> {
        Arc::clone(&self.backends.queue)
    }

    /// The queue's jobs: for looking after them, as a person.
    #[must_use]
    pub fn jobs(&self) -> Arc<dyn Jobs> {
        Arc::clone(&self.backends.jobs)
    }

    /// What has happened, where this place keeps a journal.
    #[must_use]
    pub fn journal(&self) -> Option<&Arc<dyn Journal>> {
        self.backends.journal.as_ref()
    }

    /// The shared tier of the cache.
    #[must_use]
    pub fn cache(&self) -> Arc<dyn Cache> {
        Arc::clone(&self.backends.cache)
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
            self.queue(),
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
        if let Some((_, server)) = &self.simulated {
            server.stop().await;
        }
        self.backends.place.close().await;
    }
}
