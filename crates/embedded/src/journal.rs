//! Reading the journal, and what it forgets.

use crate::Database;
use crate::counters::Counters;
use crate::error::Failure;
use crate::queue::{delivery, refused};
use crate::rows::{first_of, limit};
use crate::{notes, scan, search};
use async_trait::async_trait;
use heliograph_engine::ports::{
    Journal, JournalFilter, JournalPage, NoteRecord, PortResult, RefusedRecord,
};
use heliograph_model::{DeliveryId, DeliveryRecord, Millis, RefusedId, SendRecord};
use rusqlite::{Connection, OptionalExtension};

/// Decisions that one write puts into the index while a search waits for it.
const INDEX_STEP: usize = 128;
/// Deliveries that one write removes at the most.
pub(crate) const RETAIN_STEP: usize = 200;

#[async_trait]
impl Journal for Database {
    async fn delivery(&self, id: DeliveryId) -> PortResult<Option<DeliveryRecord>> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(
                    "SELECT received_at, source, secret, accounts, body, removed_at \
                     FROM deliveries WHERE id = ?1",
                )?
                .query_row((id.0,), |row| Ok((delivery(row, 0)?, row.get(5)?)))
                .optional()?;
            Ok(found.map(|(delivery, removed_at)| DeliveryRecord {
                id,
                received_at: delivery.received_at,
                source: delivery.source,
                secret: delivery.secret,
                body: String::from_utf8_lossy(&delivery.body).into_owned(),
                removed_at: Option::map(removed_at, Millis),
            }))
        })
    }

    async fn of_delivery(&self, id: DeliveryId) -> PortResult<JournalPage> {
        self.read(|connection| {
            let mut page = JournalPage {
                sends: sends_of(connection, id)?,
                ..JournalPage::default()
            };
            let mut select = connection.prepare_cached(
                "SELECT body FROM decisions WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
            )?;
            let mut rows = select.query((first_of(id.0), first_of(id.0 + 1) - 1))?;
            while let Some(row) = rows.next()? {
                page.decisions.push(parse(row, 0)?);
            }
            Ok(page)
        })
    }

    async fn search(&self, filter: &JournalFilter) -> PortResult<JournalPage> {
        let mut filter = filter.clone();
        if !filter.body.is_empty() {
            // No index is asked then, so words are looked for as parts.
            let words = filter.text.take().unwrap_or_default().to_lowercase();
            filter
                .parts
                .extend(words.split_whitespace().map(str::to_owned));
        }
        let words = search::query(&filter).filter(|_| filter.body.is_empty());
        if words.is_some() {
            self.catch_up().await?;
        }
        self.read_much(move |connection| match words {
            _ if !filter.body.is_empty() => scan::bodies(connection, &filter),
            Some(words) => scan::decisions(
                connection,
                &filter,
                "SELECT d.id, d.body FROM journal_search s JOIN decisions d ON d.id = s.rowid \
                 WHERE journal_search MATCH ?2 AND s.rowid < ?1 ORDER BY s.rowid DESC",
                &words,
            ),
            None => scan::decisions(
                connection,
                &filter,
                "SELECT id, body FROM decisions WHERE id < ?1 AND ?2 = '' ORDER BY id DESC",
                "",
            ),
        })
        .await
    }

    async fn retain(&self, older_than: Millis, most_bytes: u64) -> PortResult<u64> {
        let most_bytes = i64::try_from(most_bytes).unwrap_or(i64::MAX);
        let mut after = 0;
        let mut gone = 0;
        loop {
            let step = self
                .write(move |connection, counters| {
                    retain_some(connection, counters, after, older_than, most_bytes)
                        .map_err(|error| refused(&error))
                })
                .await?;
            gone += step.gone;
            match step.go_on_after {
                Some(id) => after = id,
                None => break,
            }
        }
        self.write(move |connection, counters| {
            retain_of_none(connection, counters, older_than)
                .and_then(|()| crate::refused::retain(connection, older_than))
                .and_then(|()| crate::failed_sends::retain(connection, older_than))
                .map_err(|error| refused(&error))
        })
        .await?;
        Ok(gone)
    }

    async fn removed(&self, before: Option<DeliveryId>, most: u32) -> PortResult<Vec<DeliveryId>> {
        let before = before.map_or(i64::MAX, |id| id.0);
        self.read_much(move |connection| {
            let mut select = connection.prepare_cached(
                "SELECT id FROM deliveries INDEXED BY deliveries_removed \
                 WHERE removed_at IS NOT NULL AND id < ?1 ORDER BY id DESC LIMIT ?2",
            )?;
            let ids = select.query_map((before, most), |row| row.get(0).map(DeliveryId))?;
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn notes(&self, of: &[DeliveryId]) -> PortResult<Vec<NoteRecord>> {
        self.read(|connection| notes::of(connection, of))
    }

    async fn keep_notes(&self, notes: Vec<NoteRecord>) -> PortResult<()> {
        self.write(move |connection, counters| {
            notes::keep(connection, counters, &notes).map_err(|error| refused(&error))
        })
        .await
    }

    async fn refused(&self) -> PortResult<Vec<RefusedRecord>> {
        self.read_much(crate::refused::all).await
    }

    async fn keep_refused(&self, new: Vec<RefusedRecord>, gone: Vec<RefusedId>) -> PortResult<()> {
        self.write(move |connection, _| {
            crate::refused::change(connection, &new, &gone).map_err(|error| refused(&error))
        })
        .await
    }
}

impl Database {
    /// Waits until every decision that was committed is in the search index.
    async fn catch_up(&self) -> PortResult<()> {
        while !self.read(|connection| Ok(search::is_indexed(connection)?))? {
            self.write(|connection, counters| {
                search::index_some(connection, counters, INDEX_STEP)
                    .map_err(|error| refused(&error))
            })
            .await?;
        }
        Ok(())
    }

    /// Bytes of bodies and records in the journal: what
    /// [`Journal::retain`] compares with `most_bytes`.
    ///
    /// # Errors
    /// [`heliograph_engine::ports::PortError::Unavailable`] when the file cannot be read.
    pub async fn journal_bytes(&self) -> PortResult<u64> {
        self.read(|connection| Ok(Counters::load(connection)?))
            .map(|counters| u64::try_from(counters.journal_bytes).unwrap_or(0))
    }
}

pub(crate) fn sends_of(
    connection: &Connection,
    id: DeliveryId,
) -> Result<Vec<SendRecord>, Failure> {
    let mut select = connection
        .prepare_cached("SELECT body FROM sends WHERE id BETWEEN ?1 AND ?2 ORDER BY id")?;
    let mut rows = select.query((first_of(id.0), first_of(id.0 + 1) - 1))?;
    let mut sends = Vec::new();
    while let Some(row) = rows.next()? {
        sends.push(parse(row, 0)?);
    }
    Ok(sends)
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> Result<T, Failure> {
    Ok(serde_json::from_slice(
        row.get_ref(column)?.as_bytes().unwrap_or_default(),
    )?)
}

struct Step {
    gone: u64,
    /// Where the next step begins; `None` when there is none.
    go_on_after: Option<i64>,
}

/// Removes the next few deliveries that are too old or too much, except what is queued.
fn retain_some(
    connection: &Connection,
    counters: &mut Counters,
    after: i64,
    older_than: Millis,
    most_bytes: i64,
) -> rusqlite::Result<Step> {
    let mut select = connection.prepare_cached(
        "SELECT d.id, d.received_at, octet_length(d.body), \
         EXISTS (SELECT 1 FROM queue q WHERE q.delivery_id = d.id) \
         OR EXISTS (SELECT 1 FROM dead_letters l WHERE l.delivery_id = d.id) \
         FROM deliveries d WHERE d.id > ?1 ORDER BY d.id LIMIT ?2",
    )?;
    let rows: Vec<(i64, i64, i64, bool)> = select
        .query_map((after, limit(RETAIN_STEP)), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut gone = 0;
    for (id, received_at, body, queued) in &rows {
        if *queued {
            continue;
        }
        if *received_at >= older_than.0 && counters.journal_bytes <= most_bytes {
            // Deliveries are in the order of arrival, so what follows is younger still.
            return Ok(Step {
                gone,
                go_on_after: None,
            });
        }
        counters.journal_bytes -= body + forget_delivery(connection, *id)?;
        gone += 1;
    }
    Ok(Step {
        gone,
        go_on_after: rows
            .last()
            .filter(|_| rows.len() == RETAIN_STEP)
            .map(|(id, ..)| *id),
    })
}

/// Removes decisions that no delivery led to, such as what was set by hand, once they are
/// too old. They stand where the delivery 0 would have its own.
fn retain_of_none(
    connection: &Connection,
    counters: &mut Counters,
    older_than: Millis,
) -> rusqlite::Result<()> {
    let which = "id < ?1 AND body ->> '$.decision.trace.at' < ?2";
    let bounds = (first_of(1), older_than.0);
    let bytes: i64 = connection
        .prepare_cached(&format!(
            "SELECT coalesce(sum(octet_length(body)), 0) FROM decisions WHERE {which}"
        ))?
        .query_row(bounds, |row| row.get(0))?;
    if bytes == 0 {
        return Ok(());
    }
    let old = format!("SELECT id FROM decisions WHERE {which}");
    for sql in [
        format!(
            "DELETE FROM journal_search WHERE rowid IN \
             ({old} AND id <= (SELECT indexed_up_to FROM counters))"
        ),
        format!("DELETE FROM search_backlog WHERE decision_id IN ({old})"),
        format!("DELETE FROM decisions WHERE {which}"),
    ] {
        connection.prepare_cached(&sql)?.execute(bounds)?;
    }
    counters.journal_bytes -= bytes;
    Ok(())
}

/// Removes a delivery with everything it led to. Returns the bytes of its records.
pub(crate) fn forget_delivery(connection: &Connection, id: i64) -> rusqlite::Result<i64> {
    let range = (first_of(id), first_of(id + 1) - 1);
    search::forget(connection, id, id)?;
    let mut bytes = notes::forget(connection, id)?;
    for table in ["decisions", "sends"] {
        bytes += connection
            .prepare_cached(&format!(
                "SELECT coalesce(sum(octet_length(body)), 0) FROM {table} \
                 WHERE id BETWEEN ?1 AND ?2"
            ))?
            .query_row(range, |row| row.get::<_, i64>(0))?;
        connection
            .prepare_cached(&format!("DELETE FROM {table} WHERE id BETWEEN ?1 AND ?2"))?
            .execute(range)?;
    }
    connection
        .prepare_cached("DELETE FROM deliveries WHERE id = ?1")?
        .execute((id,))?;
    Ok(bytes)
}
