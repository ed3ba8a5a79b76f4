//! The deduplication marks of the events that took effect.
//!
//! They are hashes, so each one belongs on another page; see [`crate::lately`].

use crate::lately::{Lately, Settling};
use heliograph_model::Millis;
use rusqlite::{Connection, Statement};

/// So many new marks are put in order together.
const MANY: usize = 50_000;
/// And fewer when they have waited for so long.
const LONG_MS: i64 = 10 * Millis::MINUTE;

/// A mark's key: see [`crate::rows::mark_key`]. As a number it sorts like its bytes.
pub(crate) type Key = u128;

/// The marks that are not in `processed_events` yet, with the time of each.
pub(crate) type NewMarks = Lately<Key, i64>;

/// Reads the new marks at the start.
pub(crate) fn restore(connection: &Connection, new: &NewMarks) -> rusqlite::Result<()> {
    let mut select = connection.prepare("SELECT mark, at FROM processed_lately")?;
    let rows = select.query_map((), |row| Ok((Key::from_be_bytes(row.get(0)?), row.get(1)?)))?;
    new.restore(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    Ok(())
}

/// The writer's side.
pub(crate) struct Marks<'c> {
    known: Statement<'c>,
    append: Statement<'c>,
    insert: Statement<'c>,
    forget: Statement<'c>,
    settling: Settling<Key, i64>,
}

impl<'c> Marks<'c> {
    pub(crate) fn prepare(c: &'c Connection, now: Millis) -> rusqlite::Result<Self> {
        let last = c.query_row(
            "SELECT coalesce(max(id), 0) FROM processed_lately",
            (),
            |row| row.get(0),
        )?;
        Ok(Self {
            known: c.prepare("SELECT 1 FROM processed_events WHERE mark = ?1")?,
            append: c.prepare("INSERT INTO processed_lately (id, mark, at) VALUES (?1, ?2, ?3)")?,
            insert: c
                .prepare("INSERT OR IGNORE INTO processed_events (mark, at) VALUES (?1, ?2)")?,
            forget: c.prepare("DELETE FROM processed_lately WHERE id <= ?1")?,
            settling: Settling::new(MANY, LONG_MS, last, now),
        })
    }

    /// Adds a mark; `false` when it was there.
    pub(crate) fn add(&mut self, new: &NewMarks, key: Key, at: i64) -> rusqlite::Result<bool> {
        let bytes = key.to_be_bytes();
        if self.settling.has_added(&key)
            || new.get(&key).is_some()
            || self.known.exists((&bytes,))?
        {
            return Ok(false);
        }
        let id = self.settling.add(key, at);
        self.append.execute((id, &bytes, at))?;
        Ok(true)
    }

    /// See [`Settling::is_due`].
    pub(crate) fn are_due(&self, new: &NewMarks, now: Millis) -> bool {
        self.settling.is_due(new, now)
    }

    /// Puts some of the new marks in their place.
    pub(crate) fn settle(
        &mut self,
        new: &NewMarks,
        now: Millis,
        quiet: bool,
    ) -> rusqlite::Result<()> {
        let Some(part) = self.settling.part(new, now, quiet) else {
            return Ok(());
        };
        for (key, at) in &part.rows {
            self.insert.execute((&key.to_be_bytes(), at))?;
        }
        if let Some(id) = part.forget {
            self.forget.execute((id,))?;
        }
        Ok(())
    }

    /// The transaction was committed, or was not.
    pub(crate) fn ended(&mut self, new: &NewMarks, committed: bool) {
        self.settling.ended(new, committed);
    }
}
