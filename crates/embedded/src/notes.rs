//! What was noted of deliveries: how they came, and when what happened.
//!
//! A table of its own, which nothing reads but a search and whoever opens a delivery. The
//! notes come in batches and share the writer's next transaction, so no delivery waits for
//! one.

use crate::counters::Counters;
use crate::error::Failure;
use heliograph_engine::ports::NoteRecord;
use heliograph_model::DeliveryId;
use rusqlite::{Connection, OptionalExtension};

/// Those of these deliveries that something was noted of.
pub(crate) fn of(connection: &Connection, ids: &[DeliveryId]) -> Result<Vec<NoteRecord>, Failure> {
    let mut select =
        connection.prepare_cached("SELECT body FROM delivery_notes WHERE delivery_id = ?1")?;
    let mut notes = Vec::new();
    for id in ids {
        if let Some(about) = select.query_row((id.0,), |row| row.get(0)).optional()? {
            notes.push(NoteRecord { id: *id, about });
        }
    }
    Ok(notes)
}

/// Notes something of deliveries that are there.
pub(crate) fn keep(
    connection: &Connection,
    counters: &mut Counters,
    notes: &[NoteRecord],
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO delivery_notes (delivery_id, body) \
         SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM deliveries WHERE id = ?1)",
    )?;
    for note in notes {
        counters.journal_bytes -= forget(connection, note.id.0)?;
        if insert.execute((note.id.0, &note.about))? > 0 {
            counters.add_bytes(note.about.len());
        }
    }
    Ok(())
}

/// Forgets what was noted of a delivery. Returns its bytes.
pub(crate) fn forget(connection: &Connection, id: i64) -> rusqlite::Result<i64> {
    let bytes: Option<i64> = connection
        .prepare_cached(
            "DELETE FROM delivery_notes WHERE delivery_id = ?1 RETURNING octet_length(body)",
        )?
        .query_row((id,), |row| row.get(0))
        .optional()?;
    Ok(bytes.unwrap_or(0))
}
