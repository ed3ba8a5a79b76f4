//! The embedded place: a database file, and the cache in memory.

use crate::backends::{AtHand, Backends, OpenPlace};
use crate::guard::{
    Guard, GuardedCache, GuardedFailedSends, GuardedJobs, GuardedQueue, GuardedStore,
};
use crate::{DatabasePlace, EmbeddedPlace, Result, RuntimeError, upkeep};
use async_trait::async_trait;
use heliograph_embedded::{Database, MemoryCache, OpenReport, Settings};
use heliograph_engine::ports::{Cache, Clock, OneProcess};
use heliograph_model::GuardLevel;
use std::sync::Arc;
use tokio::task::JoinHandle;

#[derive(Debug)]
struct OpenDatabase {
    database: Arc<Database>,
    upkeep: JoinHandle<()>,
}

/// Opens the database. Where the profile is offline there is nothing to guard: everything
/// is in this process.
pub(crate) fn open(
    place: &EmbeddedPlace,
    guard: &Arc<Guard>,
    clock: &Arc<dyn Clock>,
) -> Result<Backends> {
    match guard.level() {
        GuardLevel::Offline => bare(place, clock),
        GuardLevel::DryRun => Err(RuntimeError::NoDryRun),
        GuardLevel::Observe | GuardLevel::Live => Ok(guarded(bare(place, clock)?, guard)),
    }
}

fn guarded(backends: Backends, guard: &Arc<Guard>) -> Backends {
    let at_hand = AtHand {
        store: Arc::new(GuardedStore::new(&backends.store, Arc::clone(guard))),
        queue: Arc::new(GuardedQueue::new(
            Arc::clone(&backends.queue),
            Arc::clone(guard),
        )),
        cache: Arc::new(GuardedCache::new(
            Arc::clone(&backends.cache),
            Arc::clone(guard),
        )),
    };
    let engine = guard.of_the_engine();
    let store = Arc::new(GuardedStore::new(&backends.store, Arc::clone(&engine)));
    Backends {
        documents: Arc::clone(&store) as _,
        store,
        queue: Arc::new(GuardedQueue::new(backends.queue, Arc::clone(&engine))),
        jobs: Arc::new(GuardedJobs::new(backends.jobs, Arc::clone(guard))),
        failed_sends: Arc::new(GuardedFailedSends::new(
            backends.failed_sends,
            Arc::clone(guard),
        )),
        cache: Arc::new(GuardedCache::new(backends.cache, engine)),
        at_hand,
        ..backends
    }
}

fn bare(place: &EmbeddedPlace, clock: &Arc<dyn Clock>) -> Result<Backends> {
    let (database, report) = match &place.database {
        DatabasePlace::File(path) => Database::open(path, &Settings::new(Arc::clone(clock)))?,
        DatabasePlace::Temporary => (
            Database::temporary(Arc::clone(clock))?,
            OpenReport::default(),
        ),
    };
    let database = Arc::new(database);
    let upkeep = tokio::spawn(upkeep::run(
        Arc::clone(&database) as _,
        Arc::clone(clock),
        place.journal_ms,
        place.journal_bytes,
    ));
    let memory = Arc::new(MemoryCache::new(place.cache_bytes, Arc::clone(clock)));
    let cache: Arc<dyn Cache> = Arc::clone(&memory) as _;
    Ok(Backends {
        at_hand: AtHand {
            store: Arc::clone(&database) as _,
            queue: Arc::clone(&database) as _,
            cache: Arc::clone(&cache),
        },
        store: Arc::clone(&database) as _,
        documents: Arc::clone(&database) as _,
        queue: Arc::clone(&database) as _,
        jobs: Arc::clone(&database) as _,
        failed_sends: Arc::clone(&database) as _,
        cache,
        conversations: Arc::new(OneProcess),
        announcements: None,
        bulletins: None,
        backlog: None,
        archive: None,
        indexes: None,
        register: Arc::clone(&database) as _,
        keys: memory,
        journal: Some(Arc::clone(&database) as _),
        address: database.path().display().to_string(),
        notice: report.set_aside.as_ref().map(ToString::to_string),
        place: Arc::new(OpenDatabase { database, upkeep }),
    })
}

#[async_trait]
impl OpenPlace for OpenDatabase {
    async fn close(&self) {
        self.upkeep.abort();
        self.database.close();
    }
}
