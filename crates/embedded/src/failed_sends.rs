//! Sends that failed for good: in a table of their own, from which somebody takes them when
//! they have looked. What the journal says of them stays there.

use crate::Database;
use crate::queue::refused;
use crate::rows::limit;
use async_trait::async_trait;
use heliograph_engine::ports::{FailedSends, PortResult};
use heliograph_model::{Millis, OutboxId, SendRecord};
use rusqlite::Connection;

/// How many of the latest are kept.
pub(crate) const KEPT: i64 = 1_000;

#[async_trait]
impl FailedSends for Database {
    async fn count(&self) -> PortResult<u64> {
        self.read(|connection| {
            let count = connection
                .prepare_cached("SELECT count(*) FROM failed_sends")?
                .query_row((), |row| row.get::<_, i64>(0))?;
            Ok(count.unsigned_abs())
        })
    }

    async fn list(&self, skip: usize, most: usize) -> PortResult<Vec<SendRecord>> {
        self.read_much(move |connection| {
            let mut select = connection.prepare_cached(
                "SELECT body FROM failed_sends ORDER BY id DESC LIMIT ?2 OFFSET ?1",
            )?;
            let mut rows = select.query((limit(skip), limit(most)))?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                let body = row.get_ref(0)?.as_bytes().unwrap_or_default();
                records.push(serde_json::from_slice(body)?);
            }
            Ok(records)
        })
        .await
    }

    async fn forget(&self, ids: &[OutboxId]) -> PortResult<u64> {
        if ids.is_empty() {
            return Ok(0);
        }
        let ids = ids.to_vec();
        self.write(move |connection, _| take_off(connection, &ids).map_err(|error| refused(&error)))
            .await
    }
}

fn take_off(connection: &Connection, ids: &[OutboxId]) -> rusqlite::Result<u64> {
    let mut delete = connection.prepare_cached("DELETE FROM failed_sends WHERE outbox_id = ?1")?;
    let mut gone = 0;
    for id in ids {
        gone += delete.execute((id.0,))? as u64;
    }
    Ok(gone)
}

/// Forgets those that are too old.
pub(crate) fn retain(connection: &Connection, older_than: Millis) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM failed_sends WHERE at < ?1")?
        .execute((older_than.0,))
        .map(drop)
}
