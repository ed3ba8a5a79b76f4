//! The one writer: a thread that owns the only connection that writes.
//!
//! Whatever waits when a transaction begins goes into it, and everybody is answered after
//! its commit: one wait for the disk is shared by all of them (group commit).

use crate::answers::{Answers, Outcome, Teller};
use crate::checkpoint::Checkpointer;
use crate::counters::Counters;
use crate::error::Failure;
use crate::failed_sends::PutBack;
use crate::inbox::{Drained, Inbox, Request};
use crate::line::Line;
use crate::marks::NewMarks;
use crate::people::NewDocuments;
use crate::statements::Statements;
use crate::upkeep::Upkeep;
use heliograph_engine::ports::Clock;
use rusqlite::Connection;
use std::sync::Arc;
use std::time::Duration;

/// At most so many requests share a transaction.
const MOST: usize = 1024;
/// Upkeep is looked after when so little was going on.
const QUIET: usize = 8;
/// How long to wait for work before looking after upkeep.
const IDLE: Duration = Duration::from_millis(100);
/// How long to wait after a failure that nobody waits for.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What the writer's thread shares with the callers.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) inbox: Inbox,
    pub(crate) line: Line,
    pub(crate) marks: NewMarks,
    pub(crate) people: NewDocuments,
    pub(crate) put_back: PutBack,
    pub(crate) clock: Arc<dyn Clock>,
}

struct Writer<'c> {
    connection: &'c Connection,
    statements: Statements<'c>,
    counters: Counters,
    shared: Arc<Shared>,
    teller: Teller,
    batch: Vec<Request>,
    outcomes: Vec<Outcome>,
    /// Finished deliveries; they stay until a commit took them.
    done: Vec<i64>,
}

/// Runs until the inbox is closed and empty.
pub(crate) fn run(
    connection: &Connection,
    shared: Arc<Shared>,
    teller: Teller,
    checkpointer: Checkpointer,
) -> rusqlite::Result<()> {
    let mut upkeep = Upkeep::new(checkpointer, shared.clock.now());
    let mut writer = Writer {
        statements: Statements::prepare(connection, shared.clock.now())?,
        counters: Counters::load(connection)?,
        connection,
        shared,
        teller,
        batch: Vec::new(),
        outcomes: Vec::new(),
        done: Vec::new(),
    };
    loop {
        let drained = writer.drain();
        let requests = writer.batch.len();
        match drained {
            Drained::Work => {
                let written = writer.transact();
                if written.is_err() && requests == 0 {
                    // Nobody waits for an answer, so nobody would slow this loop down.
                    writer.shared.inbox.rest(AFTER_FAILURE);
                    if writer.shared.inbox.is_closed() {
                        writer.done.clear();
                    }
                }
                upkeep.after_transaction(writer.connection);
            }
            Drained::Idle => {
                if writer.settle().is_err() {
                    writer.shared.inbox.rest(AFTER_FAILURE);
                }
            }
            Drained::Closed => {
                // What stays where it is goes to its place with the next start.
                let _ = writer.settle();
                return Ok(());
            }
        }
        if requests <= QUIET && writer.shared.inbox.waiting() == 0 {
            let now = writer.shared.clock.now();
            upkeep.tick(
                writer.connection,
                &mut writer.counters,
                now,
                drained == Drained::Idle,
            );
        }
    }
}

impl Writer<'_> {
    fn drain(&mut self) -> Drained {
        let idle = if self.done.is_empty() {
            IDLE
        } else {
            Duration::ZERO
        };
        self.shared.inbox.drain(
            &mut self.batch,
            &mut self.done,
            &mut self.counters.taken_up_to,
            MOST,
            idle,
        )
    }

    /// Puts what was written lately in its place, for as long as nobody comes.
    fn settle(&mut self) -> Result<(), Failure> {
        let shared = Arc::clone(&self.shared);
        while shared.inbox.waiting() == 0 {
            let now = shared.clock.now();
            let due = self.statements.people.are_due(&shared.people, now)
                || self.statements.marks.are_due(&shared.marks, now);
            if !due {
                break;
            }
            self.transact()?;
        }
        Ok(())
    }

    /// One transaction with everything in the batch, and the answers.
    fn transact(&mut self) -> Result<(), Failure> {
        let before = self.counters;
        let result = self.write().map_err(|error| Failure::from(&error));
        if let Err(failure) = &result {
            tracing::warn!(
                error = %failure.to_port(),
                requests = self.batch.len(),
                "a transaction failed; nothing in it was acknowledged"
            );
            // SQLite has rolled back by itself after some errors.
            if !self.connection.is_autocommit()
                && let Err(error) = self.statements.rollback()
            {
                tracing::error!(%error, "a failed transaction could not be rolled back");
            }
            let taken_up_to = self.counters.taken_up_to;
            self.counters = Counters {
                taken_up_to,
                ..before
            };
        } else {
            self.done.clear();
        }
        let shared = &self.shared;
        self.statements.marks.ended(&shared.marks, result.is_ok());
        self.statements.people.ended(&shared.people, result.is_ok());
        if result.is_ok() {
            // The line of waiting deliveries comes before the answers: whoever is told
            // that a delivery is in must be able to take it.
            let outcomes = self.batch.iter().zip(&self.outcomes);
            let pushed = outcomes.filter_map(|(request, outcome)| match (request, outcome) {
                (Request::Push(delivery, _), Outcome::Pushed(id)) => Some((*id, delivery)),
                _ => None,
            });
            shared.line.pushed(pushed);
        }
        self.teller.tell(Answers {
            batch: std::mem::take(&mut self.batch),
            outcomes: std::mem::take(&mut self.outcomes),
            result: result.clone(),
        });
        result
    }

    fn write(&mut self) -> rusqlite::Result<()> {
        let quiet = self.batch.is_empty() && self.done.is_empty();
        self.statements.begin()?;
        let people = &self.shared.people;
        self.statements.people.begin(people, self.batch.len());
        for request in &mut self.batch {
            let counters = &mut self.counters;
            let outcome = match request {
                Request::Push(delivery, _) => {
                    Outcome::Pushed(self.statements.push(counters, delivery)?)
                }
                Request::Commit(rows, _) => {
                    Outcome::Applied(self.statements.apply(counters, &self.shared.marks, rows)?)
                }
                Request::PutContact((key, document), _) => {
                    self.statements.people.put(key, document)?;
                    Outcome::Written
                }
                Request::BeginSends(ids, _) => {
                    self.statements.begin_sends(ids)?;
                    Outcome::Written
                }
                Request::EndSends(sends, _) => {
                    self.statements.end_sends(counters, sends)?;
                    Outcome::Written
                }
                Request::Task(task) => task.take().map_or(Outcome::Taken, |task| {
                    Outcome::Task(task(self.connection, counters))
                }),
            };
            self.outcomes.push(outcome);
            // A task that ran into a full disk has ended the transaction of everybody.
            if self.connection.is_autocommit() {
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
                    None,
                ));
            }
        }
        self.done.sort_unstable();
        self.statements.done(&self.done)?;
        let now = self.shared.clock.now();
        let (marks, people) = (&self.shared.marks, &self.shared.people);
        self.statements.marks.settle(marks, now, quiet)?;
        self.statements.people.settle(people, now, quiet)?;
        self.statements.commit(&self.counters)
    }
}
