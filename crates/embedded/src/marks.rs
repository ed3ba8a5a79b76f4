//! The deduplication marks of the events that took effect.
//!
//! Marks are hashes, so each one belongs on another page of its table, and writing a page
//! for 16 bytes would cost more than all the rest of a commit. Therefore new marks are
//! appended to `processed_lately` and held in memory, and when there are many they are put
//! into `processed_events` in its order, where neighbours share a page.

use heliograph_model::Millis;
use parking_lot::Mutex;
use rusqlite::{Connection, Statement};
use std::collections::{BTreeMap, HashMap};

/// So many new marks are put in order together.
const MANY: usize = 50_000;
/// and fewer when they have waited for so long, by the clock.
const LONG_MS: i64 = 10 * Millis::MINUTE;
/// So many are put in order with a transaction that adds none.
const SOME: usize = 256;

/// A mark's key: see [`crate::rows::mark_key`]. As a number it sorts like its bytes.
pub(crate) type Key = u128;

type Map = HashMap<Key, i64, ahash::RandomState>;

/// The marks that are committed and not in `processed_events` yet.
#[derive(Debug, Default)]
pub(crate) struct Lately(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    new: Map,
    /// On their way into `processed_events`.
    moving: BTreeMap<Key, i64>,
}

impl Lately {
    /// Reads them at the start.
    pub(crate) fn restore(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut select = connection.prepare("SELECT mark, at FROM processed_lately")?;
        let mut rows = select.query(())?;
        let mut state = self.0.lock();
        while let Some(row) = rows.next()? {
            let mark: [u8; 16] = row.get(0)?;
            state.new.insert(Key::from_be_bytes(mark), row.get(1)?);
        }
        Ok(())
    }

    /// Whether it is one of them.
    pub(crate) fn contains(&self, key: Key) -> bool {
        let state = self.0.lock();
        state.new.contains_key(&key) || state.moving.contains_key(&key)
    }
}

/// The writer's side.
pub(crate) struct Marks<'c> {
    known: Statement<'c>,
    append: Statement<'c>,
    insert: Statement<'c>,
    forget: Statement<'c>,
    /// The last row of `processed_lately`.
    last: i64,
    /// The last row whose mark is on its way.
    moving_up_to: i64,
    /// When marks were last put in order.
    settled_at: Millis,
    /// What this transaction adds and what it has moved; nobody sees it before its commit.
    added: Map,
    moved_up_to: Option<Key>,
    emptied: bool,
}

impl<'c> Marks<'c> {
    pub(crate) fn prepare(connection: &'c Connection, now: Millis) -> rusqlite::Result<Self> {
        Ok(Self {
            known: connection.prepare("SELECT 1 FROM processed_events WHERE mark = ?1")?,
            append: connection
                .prepare("INSERT INTO processed_lately (id, mark, at) VALUES (?1, ?2, ?3)")?,
            insert: connection
                .prepare("INSERT OR IGNORE INTO processed_events (mark, at) VALUES (?1, ?2)")?,
            forget: connection.prepare("DELETE FROM processed_lately WHERE id <= ?1")?,
            last: connection.query_row(
                "SELECT coalesce(max(id), 0) FROM processed_lately",
                (),
                |row| row.get(0),
            )?,
            moving_up_to: 0,
            settled_at: now,
            added: Map::default(),
            moved_up_to: None,
            emptied: false,
        })
    }

    /// Adds a mark; `false` when it was there.
    pub(crate) fn add(&mut self, lately: &Lately, key: Key, at: i64) -> rusqlite::Result<bool> {
        let bytes = key.to_be_bytes();
        if self.added.contains_key(&key) || lately.contains(key) || self.known.exists((&bytes,))? {
            return Ok(false);
        }
        self.last += 1;
        self.append.execute((self.last, &bytes, at))?;
        self.added.insert(key, at);
        Ok(true)
    }

    /// Whether marks should be put in their place although nothing is going on.
    pub(crate) fn are_due(&self, lately: &Lately, now: Millis) -> bool {
        let state = lately.0.lock();
        !state.moving.is_empty() || (!state.new.is_empty() && now.since(self.settled_at) >= LONG_MS)
    }

    /// Puts some of the marks in their place: more than came in, so that it comes to an
    /// end.
    pub(crate) fn settle(&mut self, lately: &Lately, now: Millis) -> rusqlite::Result<()> {
        let count = SOME + 2 * self.added.len();
        let mut state = lately.0.lock();
        if state.moving.is_empty() {
            let waited = now.since(self.settled_at) >= LONG_MS;
            if state.new.is_empty() || (state.new.len() < MANY && !waited) {
                return Ok(());
            }
            self.settled_at = now;
            state.moving = std::mem::take(&mut state.new).into_iter().collect();
            // What this transaction adds is in none of the two yet.
            self.moving_up_to = self.last - i64::try_from(self.added.len()).unwrap_or(0);
        }
        let last = state.moving.len() <= count;
        let some = state.moving.iter().take(count);
        let some: Vec<(Key, i64)> = some.map(|(key, at)| (*key, *at)).collect();
        drop(state);
        for (key, at) in &some {
            self.insert.execute((&key.to_be_bytes(), at))?;
        }
        self.moved_up_to = some.last().map(|(key, _)| *key);
        if last {
            self.forget.execute((self.moving_up_to,))?;
            self.emptied = true;
        }
        Ok(())
    }

    /// The transaction was committed, or was not.
    pub(crate) fn ended(&mut self, lately: &Lately, committed: bool) {
        let moved_up_to = self.moved_up_to.take();
        let emptied = std::mem::take(&mut self.emptied);
        if !committed {
            self.last -= i64::try_from(self.added.len()).unwrap_or(0);
            self.added.clear();
            return;
        }
        if self.added.is_empty() && moved_up_to.is_none() {
            return;
        }
        let mut state = lately.0.lock();
        state.new.extend(self.added.drain());
        if emptied {
            state.moving.clear();
        } else if let Some(key) = moved_up_to {
            // The moved ones can be found in the table from now on.
            state.moving = state.moving.split_off(&(key + 1));
        }
    }
}
