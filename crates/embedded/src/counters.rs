//! What is counted and written with every transaction.

use rusqlite::Connection;

/// The row of `counters`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    /// The last delivery's id. Ids are never given twice, also when retention has removed
    /// everything.
    pub(crate) last_delivery: i64,
    /// The last outbox item's id.
    pub(crate) last_outbox: i64,
    /// Deliveries up to here were handed out at least once.
    pub(crate) taken_up_to: i64,
    /// Bytes of bodies and records in the journal.
    pub(crate) journal_bytes: i64,
    /// Decisions up to here are in the search index, except those in its backlog.
    pub(crate) indexed_up_to: i64,
}

impl Counters {
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        connection.query_row(
            "SELECT last_delivery, last_outbox, taken_up_to, journal_bytes, indexed_up_to \
             FROM counters WHERE id = 1",
            (),
            |row| {
                Ok(Self {
                    last_delivery: row.get(0)?,
                    last_outbox: row.get(1)?,
                    taken_up_to: row.get(2)?,
                    journal_bytes: row.get(3)?,
                    indexed_up_to: row.get(4)?,
                })
            },
        )
    }

    pub(crate) fn add_bytes(&mut self, bytes: usize) {
        self.journal_bytes = self
            .journal_bytes
            .saturating_add(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
}
