//! The durable queue of deliveries.

use crate::Database;
use crate::error::Failure;
use crate::inbox::Request;
use crate::line::{Entry, Line, Oldest};
use crate::rows::limit;
use async_trait::async_trait;
use bytes::Bytes;
use heliograph_engine::ports::{Finished, PortError, PortResult, Queue, QueueDepth};
use heliograph_model::{AccountId, Delivery, DeliveryId, DeliverySource, Millis, NewDelivery};
use rusqlite::{Connection, OptionalExtension, Row};

/// A delivery in the dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Which.
    pub id: DeliveryId,
    /// How often it was handed out.
    pub attempts: u32,
    /// Since when it is there.
    pub at: Millis,
    /// Why.
    pub error: String,
}

#[async_trait]
impl Queue for Database {
    async fn push(&self, delivery: NewDelivery) -> PortResult<DeliveryId> {
        self.ask(|reply| Request::Push(delivery, reply)).await
    }

    async fn take(&self, most: usize) -> PortResult<Vec<Delivery>> {
        let line = &self.shared.line;
        loop {
            let bell = line.bell.notified();
            let taken = self.take_now(most.max(1))?;
            if !taken.is_empty() {
                return Ok(taken);
            }
            let due = line.next_due();
            match due {
                None => bell.await,
                Some(at) => tokio::select! {
                    () = bell => {}
                    () = self.shared.clock.sleep_until(at) => {}
                },
            }
        }
    }

    async fn finish(&self, finished: Vec<Finished>) -> PortResult<()> {
        let mut done = Vec::new();
        let mut others = Vec::new();
        for one in finished {
            match one {
                Finished::Done(id) => done.push(id.0),
                Finished::Retry { .. } | Finished::Dead { .. } => others.push(one),
            }
        }
        // Nobody needs to wait for these: if the process ends first, deduplication makes
        // handing them out again harmless.
        let done = self.shared.line.done(done);
        if !done.is_empty() {
            self.shared.inbox.done(done);
        }
        for one in others {
            match one {
                Finished::Done(_) => {}
                Finished::Retry { id, at, error } => self.retry(id, at, error).await?,
                Finished::Dead { id, error } => self.bury(id, error).await?,
            }
        }
        Ok(())
    }

    async fn depth(&self) -> PortResult<QueueDepth> {
        Ok(self.shared.line.depth(self.shared.clock.now()))
    }

    async fn is_paused(&self) -> PortResult<bool> {
        Ok(self.shared.line.is_paused())
    }

    async fn oldest_waiting(&self) -> PortResult<Option<Millis>> {
        let oldest = self.shared.line.state.lock().oldest();
        let from = match oldest {
            None => return Ok(None),
            Some(Oldest::ArrivedAt(at)) => return Ok(Some(at)),
            Some(Oldest::FromRow(id)) => id,
        };
        self.read_much(move |connection| {
            let mut select = connection.prepare_cached(
                "SELECT d.received_at FROM queue q JOIN deliveries d ON d.id = q.delivery_id \
                 WHERE q.delivery_id >= ?1 AND q.due_at = 0 ORDER BY q.delivery_id LIMIT 1",
            )?;
            let at = select.query_row((from,), |row| row.get(0)).optional()?;
            Ok(at.map(Millis))
        })
        .await
    }
}

impl Database {
    /// The dead letter, newest first, at most `most`.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the file cannot be read.
    pub async fn dead_letters(&self, most: usize) -> PortResult<Vec<DeadLetter>> {
        self.read_much(move |connection| {
            let mut select = connection.prepare_cached(
                "SELECT delivery_id, attempts, at, error FROM dead_letters \
                 ORDER BY at DESC, delivery_id DESC LIMIT ?1",
            )?;
            let rows = select.query_map((limit(most),), |row| {
                Ok(DeadLetter {
                    id: DeliveryId(row.get(0)?),
                    attempts: row.get(1)?,
                    at: Millis(row.get(2)?),
                    error: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// What is due now, without waiting.
    fn take_now(&self, most: usize) -> PortResult<Vec<Delivery>> {
        let line = &self.shared.line;
        let mut state = line.state.lock();
        if state.is_paused() {
            return Ok(Vec::new());
        }
        if state.is_behind() {
            // The lock is held for this read, so that no two takers read the same rows.
            self.readers.read(|connection| {
                let mut select = connection.prepare_cached(
                    "SELECT q.delivery_id, q.attempts, d.received_at, d.source, d.secret, \
                     d.accounts, d.body FROM queue q JOIN deliveries d ON d.id = q.delivery_id \
                     WHERE q.delivery_id > ?1 AND q.due_at = 0 ORDER BY q.delivery_id",
                )?;
                let mut rows = select.query((state.loaded_up_to(),))?;
                while let Some(row) = rows.next()? {
                    state.append(Entry {
                        id: row.get(0)?,
                        attempts: row.get(1)?,
                        delivery: Some(delivery(row, 2)?),
                    });
                    if state.is_full() {
                        return Ok(());
                    }
                }
                state.loaded_all();
                Ok(())
            })?;
        }
        let now = self.shared.clock.now();
        state.wake(now);
        let entries = state.take(most, now);
        let more = state.has_more();
        let taken_up_to = state.taken_up_to();
        drop(state);
        if more {
            line.bell.notify_one();
        }
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        self.shared.inbox.taken_up_to(taken_up_to);
        self.with_bodies(entries)
    }

    /// Reads the bodies that were not in memory: those of deliveries that come again.
    fn with_bodies(&self, mut entries: Vec<Entry>) -> PortResult<Vec<Delivery>> {
        for entry in &mut entries {
            if entry.delivery.is_some() {
                continue;
            }
            let read = self.readers.read(|connection| load(connection, entry.id));
            match read {
                Ok(found) => entry.delivery = found,
                Err(failure) => {
                    self.shared.line.state.lock().put_back(entries);
                    return Err(failure.to_port());
                }
            }
            self.count_again(entry.id, entry.attempts + 1);
        }
        let mut deliveries = Vec::with_capacity(entries.len());
        for entry in entries {
            match entry.delivery {
                Some(delivery) => deliveries.push(Delivery {
                    id: DeliveryId(entry.id),
                    attempt: entry.attempts + 1,
                    delivery,
                }),
                None => {
                    tracing::warn!(
                        delivery = entry.id,
                        "a queued delivery has no body any more"
                    );
                    self.shared.line.state.lock().forget(entry.id);
                    self.shared.inbox.done([entry.id]);
                }
            }
        }
        Ok(deliveries)
    }

    /// Writes how often a delivery was handed out, when that is more than once. Nobody
    /// waits for it: it only makes the count survive a crash.
    fn count_again(&self, id: i64, attempts: u32) {
        let request = Request::Task(Some(Box::new(move |connection, _| {
            let counted = connection
                .prepare_cached("UPDATE queue SET attempts = ?2 WHERE delivery_id = ?1")
                .and_then(|mut update| update.execute((id, attempts)));
            Box::new(move |_| {
                if let Err(error) = counted {
                    tracing::warn!(%error, "an attempt could not be counted");
                }
            })
        })));
        // On a closed database the count is lost with the rest of the process.
        let _ = self.shared.inbox.send(request);
    }

    async fn retry(&self, id: DeliveryId, at: Millis, error: String) -> PortResult<()> {
        let Some(attempts) = self.shared.line.attempts(id.0) else {
            return Ok(());
        };
        self.write_then(
            move |connection, _| {
                connection
                    .prepare_cached(
                        "UPDATE queue SET attempts = ?2, due_at = ?3, error = ?4 \
                         WHERE delivery_id = ?1",
                    )
                    // 0 means "at once" and is what a new row has.
                    .and_then(|mut update| update.execute((id.0, attempts, at.0.max(1), error)))
                    .map_err(|error| Failure::from(error).to_port())?;
                Ok(())
            },
            move |shared| shared.line.delayed(id.0, at),
        )
        .await
    }

    async fn bury(&self, id: DeliveryId, error: String) -> PortResult<()> {
        let Some(attempts) = self.shared.line.attempts(id.0) else {
            return Ok(());
        };
        let now = self.shared.clock.now();
        self.write_then(
            move |connection, _| {
                let bury = || -> rusqlite::Result<()> {
                    connection
                        .prepare_cached(
                            "REPLACE INTO dead_letters (delivery_id, attempts, at, error) \
                             VALUES (?1, ?2, ?3, ?4)",
                        )?
                        .execute((id.0, attempts, now.0, error))?;
                    connection
                        .prepare_cached("DELETE FROM queue WHERE delivery_id = ?1")?
                        .execute((id.0,))?;
                    Ok(())
                };
                bury().map_err(|error| Failure::from(error).to_port())
            },
            move |shared| shared.line.dead(id.0),
        )
        .await
    }
}

/// Reads the line from the table, at the start.
pub(crate) fn restore(connection: &Connection, line: &Line) -> rusqlite::Result<()> {
    let (waiting, last): (i64, i64) = connection.query_row(
        "SELECT count(*), coalesce(max(delivery_id), 0) FROM queue WHERE due_at = 0",
        (),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let taken_up_to: i64 =
        connection.query_row("SELECT taken_up_to FROM counters", (), |row| row.get(0))?;
    let dead = connection.query_row("SELECT count(*) FROM dead_letters", (), |row| row.get(0))?;
    let mut select =
        connection.prepare("SELECT due_at, delivery_id, attempts FROM queue WHERE due_at > 0")?;
    let delayed = select
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    line.restore(waiting, last, taken_up_to, delayed, dead);
    Ok(())
}

fn load(connection: &Connection, id: i64) -> Result<Option<NewDelivery>, Failure> {
    Ok(connection
        .prepare_cached(
            "SELECT received_at, source, secret, accounts, body FROM deliveries WHERE id = ?1",
        )?
        .query_row((id,), |row| delivery(row, 0))
        .optional()?)
}

/// Reads received_at, source, secret, accounts, body from column `at` on.
pub(crate) fn delivery(row: &Row<'_>, at: usize) -> rusqlite::Result<NewDelivery> {
    let accounts: Option<String> = row.get(at + 3)?;
    Ok(NewDelivery {
        received_at: Millis(row.get(at)?),
        source: source(row.get_ref(at + 1)?.as_bytes().unwrap_or_default()),
        secret: row.get(at + 2)?,
        accounts: accounts
            .iter()
            .flat_map(|ids| ids.split(' '))
            .map(AccountId::from)
            .collect(),
        body: Bytes::copy_from_slice(row.get_ref(at + 4)?.as_bytes().unwrap_or_default()),
    })
}

fn source(name: &[u8]) -> DeliverySource {
    match name {
        b"simulator" => DeliverySource::Simulator,
        b"replay" => DeliverySource::Replay,
        _ => DeliverySource::Listener,
    }
}

/// The error of a task that SQLite refused.
pub(crate) fn refused(error: &rusqlite::Error) -> PortError {
    Failure::from(error).to_port()
}
