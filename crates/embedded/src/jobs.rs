//! The queue's deliveries as jobs, for the person who looks after it.
//!
//! A delivery that is done leaves the queue and stays in the journal, so no completed jobs
//! are kept here. There is one worker, the process itself.

mod discarding;

use crate::Database;
use crate::error::Failure;
use crate::line::AT_ONCE;
use crate::queue::refused;
use crate::rows::limit;
use async_trait::async_trait;
use heliograph_engine::ports::{
    Discarded, Job, JobFigures, JobLine, JobState, Jobs, KeptJob, PortResult, PutBack, Queue,
};
use heliograph_model::{DeliveryId, JobId, Millis};
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;

#[async_trait]
impl Jobs for Database {
    async fn figures(&self) -> PortResult<JobFigures> {
        let line = &self.shared.line;
        let now = self.shared.clock.now();
        let depth = line.depth(now);
        let (oldest_failed, newest_failed) = self.read_much(dead_between).await?;
        Ok(JobFigures {
            waiting: depth.waiting,
            active: depth.active,
            delayed: depth.delayed,
            failed: depth.dead,
            completed: None,
            oldest_waiting: self.oldest_waiting().await?,
            oldest_active: line.oldest_active(),
            next_due: line.due_after(now),
            oldest_failed,
            newest_failed,
            paused: line.is_paused(),
            parked: 0,
            counted: Some(line.counted()),
            opened_by: None,
            warnings: Vec::new(),
        })
    }

    async fn list(&self, state: JobState, skip: usize, most: usize) -> PortResult<Vec<JobLine>> {
        let standing = self.shared.line.standing(self.shared.clock.now());
        match state {
            JobState::Waiting => {
                let held = page(&standing.waiting, skip, most);
                let skip = skip.saturating_sub(standing.waiting.len());
                let beyond = standing.beyond;
                let most = most - held.len();
                self.read_much(move |connection| {
                    let mut ids = held;
                    ids.extend(waiting(connection, beyond, skip, most)?);
                    lines(connection, &ids)
                })
                .await
            }
            JobState::Active => {
                let active = page(&standing.active, skip, most);
                // The try that goes on has not ended.
                self.read_much(move |connection| {
                    let ended = active.iter().map(|(id, handed)| (*id, handed.attempts - 1));
                    let ended: Vec<_> = ended.collect();
                    let mut lines = lines(connection, &ended)?;
                    for (line, (_, handed)) in lines.iter_mut().zip(&active) {
                        line.started_at = Some(handed.at);
                    }
                    Ok(lines)
                })
                .await
            }
            JobState::Delayed => {
                let delayed = page(&standing.delayed, skip, most);
                self.read_much(move |connection| {
                    let ids: Vec<_> = delayed.iter().map(|(_, id, n)| (*id, *n)).collect();
                    let mut lines = lines(connection, &ids)?;
                    for (line, (at, ..)) in lines.iter_mut().zip(&delayed) {
                        line.due_at = Some(Millis(*at));
                    }
                    Ok(lines)
                })
                .await
            }
            JobState::Failed => {
                self.read_much(move |connection| dead(connection, skip, most))
                    .await
            }
            JobState::Completed => Ok(Vec::new()),
        }
    }

    async fn job(&self, id: &JobId) -> PortResult<Option<Job>> {
        let Some(number) = number(id) else {
            return Ok(None);
        };
        let standing = self.shared.line.standing(self.shared.clock.now());
        let active = standing.active.iter().find(|(id, _)| *id == number);
        let active = active.map(|(_, handed)| *handed);
        let waits = standing.waiting.iter().find(|(id, _)| *id == number);
        let delayed = standing.delayed.iter().find(|(_, id, _)| *id == number);
        let (state, attempts, due_at) = if let Some(handed) = active {
            (Some(JobState::Active), handed.attempts - 1, None)
        } else if let Some((at, _, attempts)) = delayed {
            (Some(JobState::Delayed), *attempts, Some(Millis(*at)))
        } else if let Some((_, attempts)) = waits {
            (Some(JobState::Waiting), *attempts, None)
        } else if number > standing.beyond {
            (Some(JobState::Waiting), 0, None)
        } else {
            (None, 0, None)
        };
        self.read_much(move |connection| {
            let found = match state {
                Some(state) if is_queued(connection, number)? => {
                    let started_at = active.map(|handed| handed.at);
                    let line = lines(connection, &[(number, attempts)])?.pop();
                    line.map(|line| {
                        let line = JobLine {
                            due_at,
                            started_at,
                            ..line
                        };
                        (state, line)
                    })
                }
                Some(_) => None,
                None => dead_line(connection, number)?.map(|line| (JobState::Failed, line)),
            };
            let Some((state, line)) = found else {
                return Ok(None);
            };
            let body = webhook(connection, number, usize::MAX)?;
            Ok(Some(Job {
                line,
                state: Some(state),
                data: body.clone().unwrap_or_default(),
                body,
                most_attempts: None,
                stacks: Vec::new(),
                logs: Vec::new(),
                logs_left_out: 0,
                worker: None,
                result: None,
            }))
        })
        .await
    }

    async fn webhooks(&self, ids: &[JobId], most_bytes: usize) -> PortResult<Vec<Option<String>>> {
        let numbers: Vec<_> = ids.iter().map(number).collect();
        self.read_much(move |connection| {
            let one =
                |id: Option<i64>| id.map_or(Ok(None), |id| webhook(connection, id, most_bytes));
            numbers.into_iter().map(one).collect()
        })
        .await
    }

    async fn retry(&self, ids: &[JobId]) -> PortResult<u64> {
        let moved = self.move_each(
            ids,
            |connection, id| {
                let put = connection
                    .prepare_cached(
                        "INSERT INTO queue (delivery_id, attempts, due_at) SELECT ?1, 0, ?2 \
                         WHERE EXISTS (SELECT 1 FROM dead_letters WHERE delivery_id = ?1) \
                         AND EXISTS (SELECT 1 FROM deliveries WHERE id = ?1)",
                    )?
                    .execute((id, AT_ONCE))?;
                if put > 0 {
                    connection
                        .prepare_cached("DELETE FROM dead_letters WHERE delivery_id = ?1")?
                        .execute((id,))?;
                }
                Ok((put > 0).then_some(()))
            },
            |line, ids| line.revived(ids),
        );
        Ok(moved.await?.len() as u64)
    }

    async fn promote(&self, ids: &[JobId]) -> PortResult<u64> {
        let now = self.shared.clock.now();
        let moved = self.move_each(
            ids,
            move |connection, id| {
                let changed = connection
                    .prepare_cached(
                        "UPDATE queue SET due_at = ?2 WHERE delivery_id = ?1 AND due_at > ?3",
                    )?
                    .execute((id, AT_ONCE, now.0))?;
                Ok((changed > 0).then_some(()))
            },
            |line, ids| line.promoted(ids),
        );
        Ok(moved.await?.len() as u64)
    }

    async fn discard(&self, from: JobState, ids: &[JobId]) -> PortResult<Discarded> {
        match from {
            JobState::Failed => self.discard_failed(ids).await,
            JobState::Waiting | JobState::Delayed => self.discard_queued(from, ids).await,
            JobState::Active | JobState::Completed => Ok(Discarded::default()),
        }
    }

    async fn restore(&self, jobs: &[KeptJob]) -> PortResult<PutBack> {
        self.put_back(jobs).await
    }

    async fn pause(&self) -> PortResult<()> {
        self.shared.line.pause(true);
        Ok(())
    }

    async fn resume(&self, _merging: bool) -> PortResult<()> {
        self.shared.line.pause(false);
        Ok(())
    }
}

impl Database {
    /// Does something to each row in one transaction, and tells the line of those to which
    /// it was done.
    async fn move_each<T: Send + 'static>(
        &self,
        ids: &[JobId],
        each: impl Fn(&Connection, i64) -> rusqlite::Result<Option<T>> + Send + 'static,
        then: impl FnOnce(&crate::line::Line, &[i64]) + Send + 'static,
    ) -> PortResult<Vec<(i64, T)>> {
        let ids: Vec<i64> = ids.iter().filter_map(number).collect();
        let moved = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&moved);
        self.write_then(
            move |connection, _| {
                let mut done = Vec::new();
                for id in ids {
                    if let Some(what) = each(connection, id).map_err(|error| refused(&error))? {
                        moved.lock().push(id);
                        done.push((id, what));
                    }
                }
                Ok(done)
            },
            move |shared| then(&shared.line, &told.lock()),
        )
        .await
    }
}

fn number(id: &JobId) -> Option<i64> {
    id.as_str().parse().ok()
}

fn job_id(id: i64) -> JobId {
    JobId::from(id.to_string())
}

fn count(ids: &[i64]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(i64::MAX)
}

fn page<T: Clone>(all: &[T], skip: usize, most: usize) -> Vec<T> {
    all.iter().skip(skip).take(most).cloned().collect()
}

/// Those that wait in the table only.
fn waiting(
    connection: &Connection,
    beyond: i64,
    skip: usize,
    most: usize,
) -> Result<Vec<(i64, u32)>, Failure> {
    let mut select = connection.prepare_cached(
        "SELECT delivery_id, attempts FROM queue WHERE delivery_id > ?1 AND due_at = 0 \
         ORDER BY delivery_id LIMIT ?2 OFFSET ?3",
    )?;
    let rows = select.query_map((beyond, limit(most), limit(skip)), |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn is_queued(connection: &Connection, id: i64) -> Result<bool, Failure> {
    let mut select = connection.prepare_cached("SELECT 1 FROM queue WHERE delivery_id = ?1")?;
    Ok(select.exists((id,))?)
}

/// A delivery's body, where it is not larger than that.
fn webhook(connection: &Connection, id: i64, most_bytes: usize) -> Result<Option<String>, Failure> {
    let mut select = connection.prepare_cached(
        "SELECT CAST(body AS BLOB) FROM deliveries WHERE id = ?1 AND octet_length(body) <= ?2",
    )?;
    let body: Option<Vec<u8>> = select
        .query_row((id, limit(most_bytes)), |row| row.get(0))
        .optional()?;
    Ok(body.map(|body| String::from_utf8_lossy(&body).into_owned()))
}

/// What the tables say of deliveries that are in the queue.
fn lines(connection: &Connection, ids: &[(i64, u32)]) -> Result<Vec<JobLine>, Failure> {
    let mut select = connection.prepare_cached(
        "SELECT (SELECT received_at FROM deliveries WHERE id = ?1), \
         (SELECT error FROM queue WHERE delivery_id = ?1)",
    )?;
    let lines = ids.iter().map(|(id, attempts)| {
        select.query_row((id,), |row| {
            Ok(JobLine {
                attempts: *attempts,
                added_at: row.get::<_, Option<i64>>(0)?.map(Millis),
                reason: row.get(1)?,
                delivery_id: Some(DeliveryId(*id)),
                ..JobLine::new(job_id(*id))
            })
        })
    });
    Ok(lines.collect::<rusqlite::Result<_>>()?)
}

/// When the oldest in the dead letter came there, and when the newest.
fn dead_between(connection: &Connection) -> Result<(Option<Millis>, Option<Millis>), Failure> {
    let mut select = connection.prepare_cached(
        "SELECT (SELECT min(at) FROM dead_letters), (SELECT max(at) FROM dead_letters)",
    )?;
    let ends: (Option<i64>, Option<i64>) =
        select.query_row((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((ends.0.map(Millis), ends.1.map(Millis)))
}

const DEAD: &str = "SELECT l.delivery_id, l.attempts, l.at, l.error, d.received_at \
     FROM dead_letters l LEFT JOIN deliveries d ON d.id = l.delivery_id";

fn dead(connection: &Connection, skip: usize, most: usize) -> Result<Vec<JobLine>, Failure> {
    let sql = format!("{DEAD} ORDER BY l.at DESC, l.delivery_id DESC LIMIT ?1 OFFSET ?2");
    let mut select = connection.prepare_cached(&sql)?;
    let rows = select.query_map((limit(most), limit(skip)), buried)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn dead_line(connection: &Connection, id: i64) -> Result<Option<JobLine>, Failure> {
    let mut select = connection.prepare_cached(&format!("{DEAD} WHERE l.delivery_id = ?1"))?;
    Ok(select.query_row((id,), buried).optional()?)
}

fn buried(row: &rusqlite::Row<'_>) -> rusqlite::Result<JobLine> {
    let id = row.get(0)?;
    Ok(JobLine {
        attempts: row.get(1)?,
        ended_at: Some(Millis(row.get(2)?)),
        reason: Some(row.get(3)?),
        added_at: row.get::<_, Option<i64>>(4)?.map(Millis),
        delivery_id: Some(DeliveryId(id)),
        ..JobLine::new(job_id(id))
    })
}
