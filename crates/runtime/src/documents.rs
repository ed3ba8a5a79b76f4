//! The documents of a database alone, for whoever edits without running an engine.

use crate::Result;
use heliograph_embedded::{Database, MemoryCache, Settings};
use heliograph_engine::cache::{CachePolicy, Cached};
use heliograph_engine::happenings::Happenings;
use heliograph_engine::ports::{self, Clock};
use heliograph_engine::workspaces::Workspaces;
use std::path::Path;
use std::sync::Arc;

/// The workspaces, accounts and automations of a database. Nothing is taken from its
/// queue and nothing is sent.
#[derive(Debug)]
pub struct Documents {
    database: Arc<Database>,
    workspaces: Workspaces,
}

impl Documents {
    /// Opens a database file; a missing one is created.
    ///
    /// # Errors
    /// When it cannot be opened; the message says what to do.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let (database, _report) = Database::open(path, &Settings::new(Arc::clone(&clock)))?;
        let database = Arc::new(database);
        let store: Arc<dyn ports::Documents> = Arc::clone(&database) as _;
        let cache = Arc::new(MemoryCache::new(1 << 20, Arc::clone(&clock)));
        let cached = Cached::new(
            Arc::clone(&store),
            cache,
            Arc::clone(&clock),
            CachePolicy::default(),
        );
        let workspaces = Workspaces::new(store, Arc::new(cached), clock, Happenings::default());
        Ok(Self {
            database,
            workspaces,
        })
    }

    /// Where they are edited.
    #[must_use]
    pub fn workspaces(&self) -> &Workspaces {
        &self.workspaces
    }

    /// Closes the file.
    pub fn close(self) {
        self.database.close();
    }
}
