//! What the writer does beside writing: it has the log moved into the file, removes what
//! has expired, and fills the search index. Each step is small, and none is done while
//! others wait.

use crate::checkpoint::Checkpointer;
use crate::counters::Counters;
use crate::rows::limit;
use crate::search;
use heliograph_model::{Millis, limits};
use rusqlite::Connection;
use std::time::{Duration, Instant};

/// The size of the log is looked at after every so many transactions.
const LOOK_EVERY: u32 = 16;
/// Between two steps of upkeep while requests come in.
const STEP_EVERY: Duration = Duration::from_millis(20);
/// Decisions that one step puts into the search index.
const INDEX_STEP: usize = 16;
/// Rows that one step of a sweep looks at.
const SWEEP_STEP: usize = 500;
/// Between two steps of a sweep, by the clock.
const SWEEP_EVERY_MS: i64 = 1_000;

pub(crate) struct Upkeep {
    checkpointer: Checkpointer,
    transactions: u32,
    last_step: Instant,
    last_sweep: Millis,
    /// Where the sweep of user states goes on.
    state_key: (String, String),
    /// Where the sweep of deduplication marks goes on.
    mark_key: Vec<u8>,
    /// Nothing was left to be put into the index the last time.
    indexed: bool,
}

impl Upkeep {
    pub(crate) fn new(checkpointer: Checkpointer, now: Millis) -> Self {
        Self {
            checkpointer,
            transactions: 0,
            last_step: Instant::now(),
            last_sweep: now,
            state_key: Default::default(),
            mark_key: Vec::new(),
            indexed: false,
        }
    }

    /// Keeps the log from growing without bound while the writer is never idle.
    pub(crate) fn after_transaction(&mut self, connection: &Connection) {
        self.indexed = false;
        self.transactions += 1;
        if self.transactions >= LOOK_EVERY {
            self.transactions = 0;
            self.checkpointer.look(connection, false);
        }
    }

    /// One small step, when there is time for it.
    pub(crate) fn tick(
        &mut self,
        connection: &Connection,
        counters: &mut Counters,
        now: Millis,
        idle: bool,
    ) {
        if !idle && self.last_step.elapsed() < STEP_EVERY {
            return;
        }
        self.last_step = Instant::now();
        if idle {
            self.checkpointer.look(connection, true);
        }
        if !self.indexed {
            match in_transaction(connection, counters, |connection, counters| {
                search::index_some(connection, counters, INDEX_STEP)
            }) {
                Ok(left) => self.indexed = !left,
                Err(error) => {
                    tracing::warn!(%error, "the journal could not be indexed");
                    self.indexed = true;
                }
            }
        }
        if now.since(self.last_sweep) >= SWEEP_EVERY_MS {
            self.last_sweep = now;
            if let Err(error) = self.sweep(connection, now) {
                tracing::warn!(%error, "what has expired could not be removed");
            }
        }
    }

    /// Looks at the next few rows and removes those that have expired. There is no index
    /// by time: keeping one would cost every webhook more than walking the table now and
    /// then does.
    fn sweep(&mut self, connection: &Connection, now: Millis) -> rusqlite::Result<()> {
        let mut states = connection.prepare_cached(
            "SELECT account_id, sender_id, expires_at FROM user_states \
             WHERE (account_id, sender_id) > (?1, ?2) ORDER BY account_id, sender_id LIMIT ?3",
        )?;
        let rows: Vec<(String, String, i64)> = states
            .query_map(
                (&self.state_key.0, &self.state_key.1, limit(SWEEP_STEP)),
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )?
            .collect::<rusqlite::Result<_>>()?;
        self.state_key = rows
            .last()
            .filter(|_| rows.len() == SWEEP_STEP)
            .map(|(account, sender, _)| (account.clone(), sender.clone()))
            .unwrap_or_default();
        let mut remove = connection.prepare_cached(
            "DELETE FROM user_states WHERE account_id = ?1 AND sender_id = ?2 AND expires_at <= ?3",
        )?;
        let expired = rows.iter().filter(|(.., expires_at)| *expires_at <= now.0);

        let mut marks = connection.prepare_cached(
            "SELECT mark, at FROM processed_events WHERE mark > ?1 ORDER BY mark LIMIT ?2",
        )?;
        let seen: Vec<(Vec<u8>, i64)> = marks
            .query_map((&self.mark_key, limit(SWEEP_STEP)), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        self.mark_key = seen
            .last()
            .filter(|_| seen.len() == SWEEP_STEP)
            .map(|(mark, _)| mark.clone())
            .unwrap_or_default();
        let mut forget =
            connection.prepare_cached("DELETE FROM processed_events WHERE mark = ?1")?;
        let before = now - limits::DEDUPLICATION_MS;

        connection.execute_batch("BEGIN IMMEDIATE")?;
        let result = (|| {
            for (account, sender, _) in expired {
                remove.execute((account, sender, now.0))?;
            }
            for (mark, at) in &seen {
                if *at < before.0 {
                    forget.execute((mark,))?;
                }
            }
            connection.execute_batch("COMMIT")
        })();
        if result.is_err() && !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK")?;
        }
        result
    }
}

/// Runs `work` in a transaction of its own, and takes the counters back when it fails.
fn in_transaction<T>(
    connection: &Connection,
    counters: &mut Counters,
    work: impl FnOnce(&Connection, &mut Counters) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let before = *counters;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let result = work(connection, counters).and_then(|value| {
        connection
            .prepare_cached("UPDATE counters SET indexed_up_to = ?1 WHERE id = 1")?
            .execute((counters.indexed_up_to,))?;
        connection.execute_batch("COMMIT")?;
        Ok(value)
    });
    if result.is_err() {
        *counters = before;
        if !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK")?;
        }
    }
    result
}
