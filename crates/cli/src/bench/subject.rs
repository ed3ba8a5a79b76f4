//! The embedded profile as it is measured: the real store, queue and cache, and the
//! simulated Instagram without HTTP in between.

use anyhow::{Context, Result};
use heliograph_bench::workload::Workload;
use heliograph_embedded::{Database, MemoryCache, Settings};
use heliograph_engine::ports::{Clock, OneProcess, Queue};
use heliograph_engine::process::{Engine, EngineParts, EngineSettings};
use heliograph_instagram::simulated::{DirectInstagram, SimulatedInstagram, SimulatedSettings};
use heliograph_model::{DeliverySource, Millis, NewDelivery};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// As the embedded profile has it.
const CACHE_BYTES: usize = 32 * 1024 * 1024;

/// A running engine on the embedded profile.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) engine: Engine,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) instagram: Arc<SimulatedInstagram>,
    database: Arc<Database>,
}

/// A durable queue in a new file.
pub(crate) fn database(directory: &Path, name: &str, clock: Arc<dyn Clock>) -> Result<Database> {
    let path = directory.join(format!("{name}.sqlite"));
    let (database, _) = Database::open(&path, &Settings::new(clock))
        .with_context(|| format!("cannot open {}", path.display()))?;
    Ok(database)
}

impl Subject {
    /// Starts it on a new file, with the workspaces of a workload.
    pub(crate) async fn start(
        directory: &Path,
        name: &str,
        clock: Arc<dyn Clock>,
        workload: &Workload,
    ) -> Result<Self> {
        let database = Arc::new(database(directory, name, Arc::clone(&clock))?);
        // Whoever writes exists, and nobody is paced: what is measured is the engine.
        let simulated = SimulatedSettings {
            strict: false,
            keep_sent: 100,
            // More than the workload has, for whoever is forgotten cannot be written to.
            remember: 1_000_000,
            ..SimulatedSettings::strict_and_unpaced()
        };
        let instagram = Arc::new(SimulatedInstagram::new(Arc::clone(&clock), simulated));
        let settings = EngineSettings {
            observe: Some({
                let instagram = Arc::clone(&instagram);
                Arc::new(move |event| instagram.observe(event))
            }),
            ..EngineSettings::default()
        };
        let queue: Arc<dyn Queue> = Arc::clone(&database) as _;
        let parts = EngineParts {
            store: Arc::clone(&database) as _,
            documents: Arc::clone(&database) as _,
            queue: Arc::clone(&queue),
            cache: Arc::new(MemoryCache::new(CACHE_BYTES, Arc::clone(&clock))),
            conversations: Arc::new(OneProcess),
            announcements: None,
            instagram: Arc::new(DirectInstagram::new(Arc::clone(&instagram))),
            clock,
        };
        let engine = Engine::start(parts, settings).await?;
        for file in &workload.workspaces {
            engine.workspaces().import(file).await?;
        }
        Ok(Self {
            engine,
            queue,
            instagram,
            database,
        })
    }

    pub(crate) async fn stop(self) {
        self.engine.stop(Duration::from_secs(15)).await;
        self.database.close();
    }
}

/// A delivery as the listener would push it.
pub(crate) fn delivery(body: bytes::Bytes, received_at: Millis) -> NewDelivery {
    NewDelivery {
        received_at,
        source: DeliverySource::Listener,
        body,
        secret: Some("bench".into()),
        accounts: Vec::new(),
    }
}
