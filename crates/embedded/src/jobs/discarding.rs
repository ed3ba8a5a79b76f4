//! Removing jobs that failed or were not begun, and putting them back as they were.

use super::{count, job_id, number};
use crate::Database;
use crate::line::{AT_ONCE, Place, Withdrawn};
use crate::queue::refused;
use heliograph_engine::ports::{Discarded, JobState, KeptJob, PortError, PortResult, PutBack};
use heliograph_model::{DeliveryId, JobId, Millis};
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The row of a discarded job.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
enum Row {
    /// Of the dead letter.
    Dead {
        attempts: u32,
        at: i64,
        error: String,
    },
    /// Of the queue; `due_at` is [`AT_ONCE`] for what waits for nothing.
    Queued {
        attempts: u32,
        due_at: i64,
        error: Option<String>,
    },
}

impl Database {
    pub(super) async fn discard_failed(&self, ids: &[JobId]) -> PortResult<Discarded> {
        let now = self.shared.clock.now();
        let removed = self
            .move_each(
                ids,
                move |connection, id| {
                    let row = connection
                        .prepare_cached(
                            "DELETE FROM dead_letters WHERE delivery_id = ?1 \
                             RETURNING attempts, at, error",
                        )?
                        .query_row((id,), |row| {
                            Ok(Row::Dead {
                                attempts: row.get(0)?,
                                at: row.get(1)?,
                                error: row.get(2)?,
                            })
                        })
                        .optional()?;
                    if row.is_some() {
                        mark_removed(connection, id, Some(now))?;
                    }
                    Ok(row)
                },
                |line, ids| line.discarded(count(ids)),
            )
            .await?;
        kept(&removed)
    }

    /// Removes what waits, now or for a time. It leaves the line before the table, so that
    /// nobody is handed what is being removed.
    pub(super) async fn discard_queued(
        &self,
        from: JobState,
        ids: &[JobId],
    ) -> PortResult<Discarded> {
        let ids: HashSet<i64> = ids.iter().filter_map(number).collect();
        let now = self.shared.clock.now();
        let withdrawn = Arc::new(Mutex::new(Vec::new()));
        let (shared, leaving) = (Arc::clone(&self.shared), Arc::clone(&withdrawn));
        let gone = Arc::clone(&withdrawn);
        let removed = self
            .write_then(
                move |connection, _| {
                    let out = match from {
                        JobState::Waiting => shared.line.withdraw_waiting(&ids, now),
                        _ => shared.line.withdraw_delayed(&ids, now),
                    };
                    let mut leaving = leaving.lock();
                    *leaving = out;
                    let mut removed = Vec::new();
                    for one in &*leaving {
                        let row =
                            take_out(connection, one, now).map_err(|error| refused(&error))?;
                        match row {
                            Some(row) => removed.push((one.id, row)),
                            None => shared.line.was_not_there(one),
                        }
                    }
                    removed.sort_unstable_by_key(|(id, _)| *id);
                    Ok(removed)
                },
                move |shared| shared.line.left(gone.lock().drain(..)),
            )
            .await;
        if removed.is_err() {
            self.shared.line.stay(withdrawn.lock().drain(..));
        }
        kept(&removed?)
    }

    pub(super) async fn put_back(&self, jobs: &[KeptJob]) -> PortResult<PutBack> {
        let mut rows = HashMap::new();
        for job in jobs {
            if let Some(id) = number(&job.id) {
                rows.insert(id, job.read::<Row>()?);
            }
        }
        let ids: Vec<_> = jobs.iter().map(|job| job.id.clone()).collect();
        let returned = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&returned);
        let put = self.move_each(
            &ids,
            move |connection, id| {
                let Some(row) = rows.get(&id) else {
                    return Ok(None);
                };
                let put = match row {
                    Row::Dead {
                        attempts,
                        at,
                        error,
                    } => bury(connection, id, *attempts, *at, error)?,
                    Row::Queued {
                        attempts,
                        due_at,
                        error,
                    } => queue(connection, id, *attempts, *due_at, error.as_deref())?,
                };
                if put {
                    mark_removed(connection, id, None)?;
                    returned.lock().push((id, row.clone()));
                }
                Ok(put.then_some(()))
            },
            move |line, _| {
                let mut queued = Vec::new();
                let mut dead = 0;
                for (id, row) in told.lock().drain(..) {
                    match row {
                        Row::Dead { .. } => dead += 1,
                        Row::Queued {
                            attempts, due_at, ..
                        } => queued.push((due_at, id, attempts)),
                    }
                }
                line.discarded(-dead);
                line.returned(queued);
            },
        );
        let put = put.await?;
        Ok(PutBack {
            jobs: put.len() as u64,
            deliveries: put.iter().map(|(id, ())| DeliveryId(*id)).collect(),
        })
    }
}

/// Writes down when somebody removed a delivery from the queue, or that it is back.
fn mark_removed(connection: &Connection, id: i64, at: Option<Millis>) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE deliveries SET removed_at = ?2 WHERE id = ?1")?
        .execute((id, at.map(|at| at.0)))
        .map(drop)
}

/// Removes the row of what has left the line; `None`: it had none.
fn take_out(
    connection: &Connection,
    withdrawn: &Withdrawn,
    now: Millis,
) -> rusqlite::Result<Option<Row>> {
    let (due_at, attempts) = match &withdrawn.place {
        Place::Head(entry) => (AT_ONCE, Some(entry.attempts)),
        Place::Later { at, attempts } => (*at, Some(*attempts)),
        Place::Table => (AT_ONCE, None),
    };
    let row = connection
        .prepare_cached("DELETE FROM queue WHERE delivery_id = ?1 RETURNING attempts, error")?
        .query_row((withdrawn.id,), |row| {
            Ok(Row::Queued {
                attempts: attempts.map_or_else(|| row.get(0), Ok)?,
                due_at,
                error: row.get(1)?,
            })
        })
        .optional()?;
    if row.is_some() {
        mark_removed(connection, withdrawn.id, Some(now))?;
    }
    Ok(row)
}

/// Not where it came back by itself, nor where its body is forgotten.
const UNLESS_THERE: &str = "WHERE EXISTS (SELECT 1 FROM deliveries WHERE id = ?1) \
     AND NOT EXISTS (SELECT 1 FROM queue WHERE delivery_id = ?1) \
     AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE delivery_id = ?1)";

fn bury(
    connection: &Connection,
    id: i64,
    attempts: u32,
    at: i64,
    error: &str,
) -> rusqlite::Result<bool> {
    let sql = format!(
        "INSERT INTO dead_letters (delivery_id, attempts, at, error) \
         SELECT ?1, ?2, ?3, ?4 {UNLESS_THERE}"
    );
    let mut insert = connection.prepare_cached(&sql)?;
    Ok(insert.execute((id, attempts, at, error))? > 0)
}

fn queue(
    connection: &Connection,
    id: i64,
    attempts: u32,
    due_at: i64,
    error: Option<&str>,
) -> rusqlite::Result<bool> {
    let sql = format!(
        "INSERT INTO queue (delivery_id, attempts, due_at, error) \
         SELECT ?1, ?2, ?3, ?4 {UNLESS_THERE}"
    );
    let mut insert = connection.prepare_cached(&sql)?;
    Ok(insert.execute((id, attempts, due_at, error))? > 0)
}

fn kept(removed: &[(i64, Row)]) -> PortResult<Discarded> {
    let kept = removed.iter().map(|(id, row)| {
        Ok(KeptJob {
            id: job_id(*id),
            whole: serde_json::to_string(row).map_err(PortError::other)?,
        })
    });
    Ok(Discarded {
        removed: removed.len() as u64,
        kept: kept.collect::<PortResult<_>>()?,
        deliveries: removed.iter().map(|(id, _)| DeliveryId(*id)).collect(),
    })
}
