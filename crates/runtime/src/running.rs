//! A profile, running.

use crate::instagram::{Connected, connect};
use crate::{DatabasePlace, Profile, Result, upkeep};
use heliograph_embedded::{Database, MemoryCache, OpenReport, Settings};
use heliograph_engine::ports::{Cache, Clock, Instagram, Journal, OneProcess, Queue, Store};
use heliograph_engine::process::{Engine, EngineParts};
use heliograph_instagram::simulated::{SimulatedInstagram, SimulatedServer};
use heliograph_listener::{Listener, ListenerSettings, RunningListener};
use std::path::Path;
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
    database: Arc<Database>,
    cache: Arc<MemoryCache>,
    clock: Arc<dyn Clock>,
    instagram: Arc<dyn Instagram>,
    simulated: Option<(Arc<SimulatedInstagram>, SimulatedServer)>,
    instagram_address: String,
    report: OpenReport,
    upkeep: JoinHandle<()>,
}

impl Runtime {
    /// Opens what the profile names and starts the engine.
    ///
    /// # Errors
    /// When something cannot be opened; the message says what to do.
    pub async fn open(profile: Profile, clock: Arc<dyn Clock>) -> Result<Self> {
        let (database, report) = match &profile.database {
            DatabasePlace::File(path) => Database::open(path, &Settings::new(Arc::clone(&clock)))?,
            DatabasePlace::Temporary => (
                Database::temporary(Arc::clone(&clock))?,
                OpenReport::default(),
            ),
        };
        let database = Arc::new(database);
        let cache = Arc::new(MemoryCache::new(profile.cache_bytes, Arc::clone(&clock)));
        let Connected {
            port,
            simulated,
            address,
        } = connect(profile.instagram, Arc::clone(&clock)).await?;
        let mut settings = profile.engine;
        if let Some((core, _)) = &simulated {
            settings.recorded_as_now |= !core.settings().strict;
            let core = Arc::clone(core);
            settings.observe = Some(Arc::new(move |event| core.observe(event)));
        }
        let parts = EngineParts {
            store: Arc::clone(&database) as _,
            documents: Arc::clone(&database) as _,
            queue: Arc::clone(&database) as _,
            cache: Arc::clone(&cache) as Arc<dyn Cache>,
            conversations: Arc::new(OneProcess),
            announcements: None,
            instagram: Arc::clone(&port),
            clock: Arc::clone(&clock),
        };
        let engine = Engine::start(parts, settings).await?;
        let upkeep = tokio::spawn(upkeep::run(
            Arc::clone(&database) as _,
            Arc::clone(&clock),
            profile.journal_ms,
            profile.journal_bytes,
        ));
        Ok(Self {
            engine,
            database,
            cache,
            clock,
            instagram: port,
            simulated,
            instagram_address: address,
            report,
            upkeep,
        })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Documents.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.database) as _
    }

    /// Where deliveries are pushed.
    #[must_use]
    pub fn queue(&self) -> Arc<dyn Queue> {
        Arc::clone(&self.database) as _
    }

    /// What has happened.
    #[must_use]
    pub fn journal(&self) -> Arc<dyn Journal> {
        Arc::clone(&self.database) as _
    }

    /// The shared tier of the cache.
    #[must_use]
    pub fn cache(&self) -> Arc<dyn Cache> {
        Arc::clone(&self.cache) as Arc<dyn Cache>
    }

    /// Time, as the engine has it.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// What sends; to be reset when an account was connected again.
    #[must_use]
    pub fn instagram(&self) -> Arc<dyn Instagram> {
        Arc::clone(&self.instagram)
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

    /// The database's file.
    #[must_use]
    pub fn database_path(&self) -> &Path {
        self.database.path()
    }

    /// What there is to say about how the database was found, for people; `None` when all
    /// is well.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        self.report.set_aside.as_ref().map(ToString::to_string)
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
    pub async fn stop(self) {
        self.upkeep.abort();
        self.engine.stop(STOP_PATIENCE).await;
        if let Some((_, server)) = self.simulated {
            server.stop().await;
        }
        self.database.close();
    }
}
