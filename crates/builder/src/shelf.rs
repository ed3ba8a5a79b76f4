//! The file with drafts, earlier versions, and what was put away.

use crate::{PutAwayWhy, Result};
use heliograph_model::{Automation, AutomationId, Millis};
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How many versions of one automation are kept.
const MOST_VERSIONS: u32 = 100;
/// How long what was deleted can be brought back, in milliseconds.
const DELETED_FOR: i64 = 30 * Millis::DAY;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS draft (
        id TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        automation TEXT NOT NULL,
        base TEXT
    ) STRICT;
    CREATE TABLE IF NOT EXISTS version (
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        at INTEGER NOT NULL,
        automation TEXT NOT NULL,
        PRIMARY KEY (id, version)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS put_away (
        id TEXT PRIMARY KEY,
        why TEXT NOT NULL,
        at INTEGER NOT NULL,
        published TEXT,
        draft TEXT
    ) STRICT;
    PRAGMA user_version = 1;
";

/// The file with drafts, earlier versions, and what was put away.
#[derive(Debug)]
pub struct Shelf {
    /// Held for one statement or transaction, never while waiting for anything else.
    file: Mutex<Connection>,
    /// Where a file that could not be read was put.
    pub set_aside: Option<PathBuf>,
}

/// A draft, and what it was begun on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// Counted up with every save, so that two windows notice each other.
    pub(crate) revision: u32,
    pub(crate) automation: Automation,
    /// As it was published when the draft was begun; `None` for one that is new.
    pub(crate) base: Option<Automation>,
}

/// An automation as it was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Its number.
    pub version: u32,
    /// When it was published, in UTC milliseconds.
    pub at: Millis,
    /// The automation.
    pub automation: Automation,
}

/// What was put away.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: AutomationId,
    pub(crate) why: PutAwayWhy,
    pub(crate) at: Millis,
    pub(crate) published: Option<Automation>,
    pub(crate) draft: Option<Automation>,
}

impl Shelf {
    /// Opens the file; a missing one is made. One that is damaged is renamed and an empty
    /// one is begun: drafts are worth keeping, and not worth keeping the window shut.
    ///
    /// # Errors
    /// When there can be no file at that place.
    pub fn open(path: &Path) -> Result<Self> {
        match connect(path) {
            Ok(file) => Ok(Self {
                file: Mutex::new(file),
                set_aside: None,
            }),
            Err(error) if is_damage(&error) => {
                let mut aside = path.as_os_str().to_owned();
                aside.push(".damaged");
                let aside = PathBuf::from(aside);
                tracing::error!(%error, to = %aside.display(), "the drafts were damaged and set aside");
                if std::fs::rename(path, &aside).is_err() {
                    return Err(error.into());
                }
                Ok(Self {
                    file: Mutex::new(connect(path)?),
                    set_aside: Some(aside),
                })
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn drafts(&self) -> Result<Vec<Draft>> {
        let file = self.file.lock();
        let mut rows = file.prepare_cached("SELECT revision, automation, base FROM draft")?;
        let found = rows.query_map([], draft_row)?;
        found.map(|row| draft(row?)).collect()
    }

    pub(crate) fn draft(&self, id: &AutomationId) -> Result<Option<Draft>> {
        let file = self.file.lock();
        let mut rows =
            file.prepare_cached("SELECT revision, automation, base FROM draft WHERE id = ?1")?;
        rows.query_row([id.as_str()], draft_row)
            .optional()?
            .map(draft)
            .transpose()
    }

    pub(crate) fn put_draft(&self, draft: &Draft) -> Result<()> {
        let base = draft.base.as_ref().map(serde_json::to_string).transpose()?;
        let automation = serde_json::to_string(&draft.automation)?;
        let file = self.file.lock();
        file.prepare_cached(
            "INSERT OR REPLACE INTO draft (id, revision, automation, base) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            draft.automation.id.as_str(),
            draft.revision,
            automation,
            base
        ])?;
        Ok(())
    }

    pub(crate) fn remove_draft(&self, id: &AutomationId) -> Result<()> {
        let file = self.file.lock();
        file.execute("DELETE FROM draft WHERE id = ?1", [id.as_str()])?;
        Ok(())
    }

    /// Keeps a version, unless it is there; the oldest beyond [`MOST_VERSIONS`] go.
    pub(crate) fn keep_version(&self, automation: &Automation) -> Result<()> {
        let text = serde_json::to_string(automation)?;
        let id = automation.id.as_str();
        let mut file = self.file.lock();
        let work = file.transaction()?;
        work.execute(
            "INSERT OR IGNORE INTO version (id, version, at, automation) VALUES (?1, ?2, ?3, ?4)",
            params![id, automation.version, automation.updated_at.0, text],
        )?;
        work.execute(
            "DELETE FROM version WHERE id = ?1 AND version NOT IN \
             (SELECT version FROM version WHERE id = ?1 ORDER BY version DESC LIMIT ?2)",
            params![id, MOST_VERSIONS],
        )?;
        work.commit()?;
        Ok(())
    }

    /// The versions of an automation, newest first.
    pub(crate) fn versions(&self, id: &AutomationId) -> Result<Vec<Version>> {
        let file = self.file.lock();
        let mut rows = file.prepare_cached(
            "SELECT version, at, automation FROM version WHERE id = ?1 ORDER BY version DESC",
        )?;
        let found = rows.query_map([id.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })?;
        found
            .map(|row| {
                let (version, at, automation) = row?;
                Ok(Version {
                    version,
                    at: Millis(at),
                    automation: serde_json::from_str(&automation)?,
                })
            })
            .collect()
    }

    pub(crate) fn version(&self, id: &AutomationId, version: u32) -> Result<Option<Automation>> {
        let file = self.file.lock();
        let found: Option<String> = file
            .query_row(
                "SELECT automation FROM version WHERE id = ?1 AND version = ?2",
                params![id.as_str(), version],
                |row| row.get(0),
            )
            .optional()?;
        Ok(found.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// Puts something away, its draft with it.
    pub(crate) fn put_away(&self, stored: &Stored) -> Result<()> {
        let text = |automation: &Option<Automation>| {
            automation.as_ref().map(serde_json::to_string).transpose()
        };
        let (published, draft) = (text(&stored.published)?, text(&stored.draft)?);
        let mut file = self.file.lock();
        let work = file.transaction()?;
        work.execute(
            "INSERT OR REPLACE INTO put_away (id, why, at, published, draft) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                stored.id.as_str(),
                stored.why.as_str(),
                stored.at.0,
                published,
                draft
            ],
        )?;
        work.execute("DELETE FROM draft WHERE id = ?1", [stored.id.as_str()])?;
        work.execute(
            "DELETE FROM put_away WHERE why = 'deleted' AND at < ?1",
            [stored.at.0 - DELETED_FOR],
        )?;
        work.commit()?;
        Ok(())
    }

    /// What was put away, the last one first.
    pub(crate) fn all_put_away(&self) -> Result<Vec<Stored>> {
        let file = self.file.lock();
        let mut rows = file.prepare_cached(
            "SELECT id, why, at, published, draft FROM put_away ORDER BY at DESC, id",
        )?;
        let found = rows.query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get(2)?,
                row.get::<_, Option<String>>(3)?,
                row.get::<_, Option<String>>(4)?,
            ))
        })?;
        found
            .map(|row| {
                let (id, why, at, published, draft) = row?;
                let read =
                    |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose();
                Ok(Stored {
                    id: id.into(),
                    why: if why == PutAwayWhy::Archived.as_str() {
                        PutAwayWhy::Archived
                    } else {
                        PutAwayWhy::Deleted
                    },
                    at: Millis(at),
                    published: read(published)?,
                    draft: read(draft)?,
                })
            })
            .collect()
    }

    /// Forgets what was put away.
    pub(crate) fn forget(&self, id: &AutomationId) -> Result<()> {
        let file = self.file.lock();
        file.execute("DELETE FROM put_away WHERE id = ?1", [id.as_str()])?;
        Ok(())
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let file = Connection::open(path)?;
    file.pragma_update(None, "journal_mode", "WAL")?;
    file.pragma_update(None, "synchronous", "FULL")?;
    file.execute_batch(SCHEMA)?;
    Ok(file)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(
        error.sqlite_error_code(),
        Some(NotADatabase | DatabaseCorrupt)
    )
}

type DraftRow = (u32, String, Option<String>);

fn draft_row(row: &Row<'_>) -> rusqlite::Result<DraftRow> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn draft((revision, automation, base): DraftRow) -> Result<Draft> {
    Ok(Draft {
        revision,
        automation: serde_json::from_str(&automation)?,
        base: base.map(|text| serde_json::from_str(&text)).transpose()?,
    })
}
