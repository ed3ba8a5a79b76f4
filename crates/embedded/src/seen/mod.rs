//! A journal of what somebody has seen elsewhere, in a file of its own.
//!
//! The file is a database as any other, of which the journal alone is used. Deliveries get
//! numbers of this file in the order in which they were seen, for theirs leave no room
//! below them, and may be in another order than that of time; what goes in and comes out
//! has the numbers that they have there.

mod numbers;
mod write;

use crate::open::{Fsync, OpenReport, Tuning};
use crate::queue::refused;
use crate::rows::first_of;
use crate::{Database, OpenError};
use async_trait::async_trait;
use heliograph_engine::ports::{
    Clock, Journal, JournalFilter, JournalPage, NoteRecord, PortResult, RefusedRecord, Seen,
    SeenLog,
};
use heliograph_engine::process::NO_DELIVERY;
use heliograph_model::{DeliveryId, DeliveryRecord, Millis, RefusedId};
use std::path::Path;
use std::sync::Arc;
use write::Row;

/// A file with what was seen elsewhere. Only its owner can read it.
#[derive(Debug)]
pub struct SeenFile {
    database: Database,
}

impl SeenFile {
    /// Opens `path`, or makes it and its folder. A damaged file is renamed, reported and
    /// replaced by an empty one. The file is whole after a power cut; the latest of it may
    /// be missing.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open(path: &Path, clock: &Arc<dyn Clock>) -> Result<(Self, OpenReport), OpenError> {
        let io = |source| OpenError::Io {
            path: path.to_owned(),
            source,
        };
        if let Some(folder) = path.parent() {
            make_folder(folder).map_err(io)?;
        }
        let tuning = Tuning {
            fsync: Fsync::Moves,
            most_bytes: None,
        };
        let (database, report) = Database::open_in(path, Arc::clone(clock), tuning, None)?;
        only_its_owners(path).map_err(io)?;
        Ok((Self { database }, report))
    }

    /// The number here of a delivery, where it is known.
    fn number(&self, id: DeliveryId) -> PortResult<Option<i64>> {
        self.database
            .read(|connection| Ok(numbers::here(connection, id)?))
    }

    /// What is before this number here was seen before a delivery; see [`numbers::before`].
    fn before(&self, id: Option<DeliveryId>) -> PortResult<Option<DeliveryId>> {
        id.map(|id| {
            self.database
                .read(|connection| Ok(DeliveryId(numbers::before(connection, id)?)))
        })
        .transpose()
    }

    /// Says of a page what its deliveries are called there, and leaves out of it what no
    /// delivery led to, and what was not received when it is looked for.
    fn named(&self, mut page: JournalPage, filter: &JournalFilter) -> PortResult<JournalPage> {
        page.decisions.retain(|one| one.delivery_id != NO_DELIVERY);
        self.database.read(move |connection| {
            page.reached = match page.reached {
                // Before the first number there is only what no delivery led to.
                Some(DeliveryId(reached)) if reached > 1 => numbers::from(connection, reached)?,
                Some(_) | None => None,
            };
            let mut bare = Vec::with_capacity(page.bare.len());
            for number in page.bare {
                bare.extend(numbers::there(connection, number.0)?);
            }
            page.bare = bare;
            if filter.since.is_some() || filter.until.is_some() {
                let mut when = numbers::Received::of(connection)?;
                let mut is_then = |id: DeliveryId| when.is_within(id, filter.since, filter.until);
                retain(&mut page.bare, |id| is_then(*id))?;
                retain(&mut page.decisions, |one| is_then(one.delivery_id))?;
                retain(&mut page.sends, |one| is_then(one.delivery_id))?;
            }
            Ok(page)
        })
    }
}

#[async_trait]
impl Journal for SeenFile {
    async fn delivery(&self, id: DeliveryId) -> PortResult<Option<DeliveryRecord>> {
        let Some(number) = self.number(id)? else {
            return Ok(None);
        };
        let record = self.database.delivery(DeliveryId(number)).await?;
        Ok(record.map(|record| DeliveryRecord { id, ..record }))
    }

    async fn of_delivery(&self, id: DeliveryId) -> PortResult<JournalPage> {
        match self.number(id)? {
            Some(number) => self.database.of_delivery(DeliveryId(number)).await,
            None => Ok(JournalPage::default()),
        }
    }

    async fn search(&self, filter: &JournalFilter) -> PortResult<JournalPage> {
        let before = self.before(filter.before)?;
        // What was seen later may have been received earlier.
        let asked = JournalFilter {
            before,
            since: None,
            until: None,
            ..filter.clone()
        };
        let page = self.database.search(&asked).await?;
        self.named(page, filter)
    }

    async fn retain(&self, older_than: Millis, most_bytes: u64) -> PortResult<u64> {
        self.database.retain(older_than, most_bytes).await
    }

    async fn removed(&self, before: Option<DeliveryId>, most: u32) -> PortResult<Vec<DeliveryId>> {
        let before = self.before(before)?;
        let removed = self.database.removed(before, most).await?;
        self.database.read(|connection| {
            let mut named = Vec::with_capacity(removed.len());
            for number in removed {
                named.extend(numbers::there(connection, number.0)?);
            }
            named.sort_unstable_by(|a, b| b.cmp(a));
            Ok(named)
        })
    }

    async fn notes(&self, of: &[DeliveryId]) -> PortResult<Vec<NoteRecord>> {
        let mut notes = Vec::new();
        for id in of {
            if let Some(number) = self.number(*id)? {
                let noted = self.database.notes(&[DeliveryId(number)]).await?;
                notes.extend(noted.into_iter().map(|note| NoteRecord { id: *id, ..note }));
            }
        }
        Ok(notes)
    }

    async fn keep_notes(&self, notes: Vec<NoteRecord>) -> PortResult<()> {
        let numbered = self.database.read(|connection| {
            let mut numbered = Vec::with_capacity(notes.len());
            for note in notes {
                let number = numbers::here(connection, note.id)?;
                numbered.extend(number.map(|number| NoteRecord {
                    id: DeliveryId(number),
                    ..note
                }));
            }
            Ok(numbered)
        })?;
        self.database.keep_notes(numbered).await
    }

    async fn refused(&self) -> PortResult<Vec<RefusedRecord>> {
        self.database.refused().await
    }

    async fn keep_refused(&self, new: Vec<RefusedRecord>, gone: Vec<RefusedId>) -> PortResult<()> {
        self.database.keep_refused(new, gone).await
    }
}

#[async_trait]
impl SeenLog for SeenFile {
    async fn keep(&self, seen: Vec<Seen>) -> PortResult<()> {
        let rows = seen
            .into_iter()
            .map(Row::of)
            .collect::<PortResult<Vec<_>>>()?;
        self.database
            .write(move |connection, counters| {
                write::keep(connection, counters, &rows).map_err(|error| refused(&error))
            })
            .await
    }

    async fn oldest(&self) -> PortResult<Option<Millis>> {
        self.database
            .read(|connection| Ok(numbers::oldest(connection)?))
    }

    async fn retain_latest(&self, most: u64) -> PortResult<u64> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut gone = 0;
        loop {
            let some = self
                .database
                .write(move |connection, counters| {
                    write::forget_some(connection, counters, most).map_err(|error| refused(&error))
                })
                .await?;
            gone += some;
            if some == 0 {
                return Ok(gone);
            }
        }
    }
}

/// Keeps of a list what `wanted` says, as far as that can be found out.
fn retain<T>(
    list: &mut Vec<T>,
    mut wanted: impl FnMut(&T) -> rusqlite::Result<bool>,
) -> rusqlite::Result<()> {
    let mut result = Ok(());
    list.retain(|one| match wanted(one) {
        Ok(wanted) => wanted,
        Err(error) => {
            result = Err(error);
            false
        }
    });
    result
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Lets nobody else read the file and those beside it. Its folder lets nobody in either,
/// where it was made here.
#[cfg(unix)]
fn only_its_owners(path: &Path) -> std::io::Result<()> {
    use crate::ownership::beside;
    use std::os::unix::fs::PermissionsExt;
    for part in ["", "-wal", "-shm", ".lock"] {
        let file = beside(path, part);
        if file.exists() {
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn only_its_owners(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The places of what belongs to a delivery.
fn places(number: i64) -> (i64, i64) {
    (first_of(number), first_of(number + 1) - 1)
}
