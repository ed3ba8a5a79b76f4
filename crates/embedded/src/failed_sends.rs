//! Sends that failed for good: in a table of their own, from which somebody takes them when
//! they have looked. What the journal says of them stays there.

use crate::Database;
use crate::counters::Counters;
use crate::error::Failure;
use crate::queue::refused;
use crate::rows::limit;
use crate::store::outbox_item;
use async_trait::async_trait;
use heliograph_engine::ports::{FailedSends, PortResult, SendAgain, Senders};
use heliograph_model::{Millis, OutboxId, OutboxItem, SendRecord};
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;
use tokio::sync::Notify;

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
                records.extend(readable(body));
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

    async fn send_again(&self, sends: &[SendAgain], now: Millis) -> PortResult<u64> {
        if sends.is_empty() {
            return Ok(0);
        }
        let mut sends = sends.to_vec();
        sends.sort_by_key(|send| send.id);
        let made: Arc<Mutex<Vec<OutboxId>>> = Arc::default();
        let tell = Arc::clone(&made);
        self.write_then(
            move |connection, counters| {
                let ids = put_back(connection, counters, &sends, now)?;
                let count = ids.len() as u64;
                *made.lock() = ids;
                Ok(count)
            },
            move |shared| shared.put_back.add(std::mem::take(&mut *tell.lock())),
        )
        .await
    }

    async fn senders(&self) -> PortResult<Senders> {
        Ok(Senders::ThisProcess)
    }
}

/// Sends that were put back into the outbox, until this process takes them up.
#[derive(Debug, Default)]
pub(crate) struct PutBack {
    /// Held for a moment only.
    ids: Mutex<Vec<OutboxId>>,
    bell: Notify,
}

impl PutBack {
    fn add(&self, ids: Vec<OutboxId>) {
        self.ids.lock().extend(ids);
        self.bell.notify_one();
    }
}

impl Database {
    /// Waits for sends that were put back into the outbox. Nothing is lost when it is not
    /// waited for any more.
    pub(crate) async fn next_put_back(&self) -> PortResult<Vec<OutboxItem>> {
        let put_back = &self.shared.put_back;
        loop {
            let ids = std::mem::take(&mut *put_back.ids.lock());
            if ids.is_empty() {
                put_back.bell.notified().await;
                continue;
            }
            match self.read(|connection| waiting(connection, &ids)) {
                Ok(items) if items.is_empty() => {}
                Ok(items) => return Ok(items),
                Err(error) => {
                    put_back.add(ids);
                    return Err(error);
                }
            }
        }
    }
}

/// Those of these sends that are in the outbox and not under way.
fn waiting(connection: &Connection, ids: &[OutboxId]) -> Result<Vec<OutboxItem>, Failure> {
    let mut select = connection.prepare_cached(
        "SELECT id, delivery_id, account_id, contact_id, send_before, due_at, attempts, \
         uncertain, effect FROM outbox \
         WHERE id = ?1 AND id NOT IN (SELECT outbox_id FROM sends_under_way)",
    )?;
    let mut items = Vec::new();
    for id in ids {
        let mut rows = select.query((id.0,))?;
        if let Some(row) = rows.next()? {
            items.push(outbox_item(row)?);
        }
    }
    Ok(items)
}

/// Moves failed sends into the outbox; answers with their new ids.
fn put_back(
    connection: &Connection,
    counters: &mut Counters,
    sends: &[SendAgain],
    now: Millis,
) -> Result<Vec<OutboxId>, Failure> {
    let mut find =
        connection.prepare_cached("SELECT body FROM failed_sends WHERE outbox_id = ?1")?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO outbox (id, delivery_id, account_id, contact_id, send_before, due_at, \
         attempts, uncertain, effect) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut made = Vec::new();
    for send in sends {
        let body = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        let Some(body) = find.query_row((send.id.0,), body).optional()? else {
            continue;
        };
        let Some(record) = readable(body.as_bytes()) else {
            continue;
        };
        take_off(connection, &[send.id])?;
        counters.last_outbox += 1;
        let item = send.item(record, OutboxId(counters.last_outbox), now);
        insert.execute((
            item.id.0,
            item.delivery_id.0,
            item.account_id.as_str(),
            item.contact_id
                .as_ref()
                .map(heliograph_model::ContactId::as_str),
            item.send_before.0,
            item.due_at.0,
            item.attempts,
            item.uncertain,
            serde_json::to_string(&item.effect)?,
        ))?;
        made.push(item.id);
    }
    Ok(made)
}

/// A record, as it was kept. One that cannot be read stays, for the version that wrote it.
fn readable(body: &[u8]) -> Option<SendRecord> {
    serde_json::from_slice(body)
        .inspect_err(|error| tracing::warn!(%error, "a failed send cannot be read"))
        .ok()
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
