//! Requests that were refused: in a table of their own, which nothing else is looked for in.

use crate::error::Failure;
use heliograph_engine::ports::RefusedRecord;
use heliograph_model::{DeliveryId, Millis, RefusedId};
use rusqlite::Connection;

/// All that are kept, the oldest first.
pub(crate) fn all(connection: &Connection) -> Result<Vec<RefusedRecord>, Failure> {
    let mut select = connection.prepare_cached(
        "SELECT id, at, after_delivery, about, body FROM refused_requests ORDER BY id",
    )?;
    let rows = select.query_map((), |row| {
        Ok(RefusedRecord {
            id: RefusedId(row.get(0)?),
            at: Millis(row.get(1)?),
            after: DeliveryId(row.get(2)?),
            about: row.get(3)?,
            body: row.get::<_, Option<Vec<u8>>>(4)?.map(Into::into),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Keeps some and forgets others.
pub(crate) fn change(
    connection: &Connection,
    new: &[RefusedRecord],
    gone: &[RefusedId],
) -> rusqlite::Result<()> {
    let mut forget = connection.prepare_cached("DELETE FROM refused_requests WHERE id = ?1")?;
    for id in gone {
        forget.execute((id.0,))?;
    }
    let mut insert = connection.prepare_cached(
        "REPLACE INTO refused_requests (id, at, after_delivery, about, body) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for one in new {
        let body = one.body.as_deref();
        insert.execute((one.id.0, one.at.0, one.after.0, &one.about, body))?;
    }
    Ok(())
}

/// Forgets those that are too old.
pub(crate) fn retain(connection: &Connection, older_than: Millis) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM refused_requests WHERE at < ?1")?
        .execute((older_than.0,))
        .map(drop)
}
