//! The documents of a profile alone, for whoever edits without running an engine.

use crate::guard::Guard;
use crate::{DatabasePlace, EmbeddedPlace, Place, Profile, Result, RuntimeError, production};
use heliograph_embedded::{Database, MemoryCache, SetAside, Settings};
use heliograph_engine::cache::{CachePolicy, Cached};
use heliograph_engine::happenings::Happenings;
use heliograph_engine::ports::{self, Clock};
use heliograph_engine::workspaces::Workspaces;
use heliograph_model::GuardLevel;
use std::path::Path;
use std::sync::Arc;

/// The workspaces, accounts and automations of a profile. Nothing is taken from its queue
/// and nothing is sent.
#[derive(Debug)]
pub struct Documents {
    /// The database file, where it is one.
    database: Option<Arc<Database>>,
    /// What had become of the file that was there before.
    set_aside: Option<SetAside>,
    workspaces: Workspaces,
}

impl Documents {
    /// Opens a database file; a missing one is created.
    ///
    /// # Errors
    /// When it cannot be opened; the message says what to do.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let place = EmbeddedPlace::at(DatabasePlace::File(path.to_owned()));
        Self::embedded(&place, clock)
    }

    /// Opens the documents of a profile, at its guard level: an edit is stored, and the
    /// workers who have the old version cached are told.
    ///
    /// # Errors
    /// When they cannot be opened; the message says what to do.
    pub async fn of(profile: Profile, clock: Arc<dyn Clock>) -> Result<Self> {
        match profile.place {
            Place::Embedded(place) => match profile.guard {
                GuardLevel::Offline | GuardLevel::Live => Self::embedded(&place, clock),
                GuardLevel::Observe | GuardLevel::DryRun => Err(RuntimeError::NoDryRun),
            },
            Place::Production(place) => {
                let guard = Arc::new(Guard::new(profile.name, profile.guard, Arc::clone(&clock)));
                let (store, cache, announcements) = production::documents(*place, &guard).await?;
                let policy = profile.engine.cache;
                let cached = Cached::new(Arc::clone(&store), cache, Arc::clone(&clock), policy)
                    .announced(announcements);
                Ok(Self {
                    database: None,
                    set_aside: None,
                    workspaces: Workspaces::new(
                        store,
                        Arc::new(cached),
                        clock,
                        Happenings::default(),
                    ),
                })
            }
        }
    }

    fn embedded(place: &EmbeddedPlace, clock: Arc<dyn Clock>) -> Result<Self> {
        let (database, set_aside) = match &place.database {
            DatabasePlace::File(path) => {
                let (database, report) = Database::open(path, &Settings::new(Arc::clone(&clock)))?;
                (database, report.set_aside)
            }
            DatabasePlace::Temporary => (Database::temporary(Arc::clone(&clock))?, None),
        };
        let database = Arc::new(database);
        let store: Arc<dyn ports::Documents> = Arc::clone(&database) as _;
        let cache = Arc::new(MemoryCache::new(1 << 20, Arc::clone(&clock)));
        let policy = CachePolicy::default();
        let cached = Cached::new(Arc::clone(&store), cache, Arc::clone(&clock), policy);
        Ok(Self {
            database: Some(database),
            set_aside,
            workspaces: Workspaces::new(store, Arc::new(cached), clock, Happenings::default()),
        })
    }

    /// Where they are edited.
    #[must_use]
    pub fn workspaces(&self) -> &Workspaces {
        &self.workspaces
    }

    /// What had become of the file that was there before, where it was damaged: an empty
    /// one was begun in its place.
    #[must_use]
    pub fn set_aside(&self) -> Option<&SetAside> {
        self.set_aside.as_ref()
    }

    /// Closes the file.
    pub fn close(self) {
        if let Some(database) = self.database {
            database.close();
        }
    }
}
