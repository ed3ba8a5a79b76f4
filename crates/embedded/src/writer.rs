//! The one writer: a thread that owns the only connection that writes.
//!
//! Whatever waits when a transaction begins goes into it, and everybody is answered after
//! its commit: one wait for the disk is shared by all of them (group commit).

use crate::counters::Counters;
use crate::error::Failure;
use crate::inbox::{After, Drained, Inbox, Request};
use crate::line::Line;
use crate::marks::Lately;
use crate::statements::Statements;
use crate::upkeep::Upkeep;
use heliograph_engine::ports::{Clock, PortResult};
use heliograph_model::DeliveryId;
use rusqlite::Connection;
use std::sync::Arc;
use std::time::Duration;

/// At most so many requests share a transaction.
const MOST: usize = 1024;
/// Upkeep is looked after when so little was going on.
const QUIET: usize = 8;
/// How long to wait for work before looking after upkeep.
const IDLE: Duration = Duration::from_millis(100);
/// How long to wait before finished deliveries are tried again after a failure.
const AFTER_FAILURE: Duration = Duration::from_millis(250);

/// What the writer's thread shares with the callers.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) inbox: Inbox,
    pub(crate) line: Line,
    pub(crate) lately: Lately,
    pub(crate) clock: Arc<dyn Clock>,
}

/// How a request went inside its transaction, before anybody is told.
enum Outcome {
    Pushed(i64),
    Applied(Option<i64>),
    Written,
    Task(After),
    Taken,
}

struct Writer<'c> {
    connection: &'c Connection,
    statements: Statements<'c>,
    counters: Counters,
    shared: Arc<Shared>,
    batch: Vec<Request>,
    outcomes: Vec<Outcome>,
    /// Finished deliveries; they stay until a commit took them.
    done: Vec<i64>,
}

/// Runs until the inbox is closed and empty.
pub(crate) fn run(connection: &Connection, shared: Arc<Shared>) -> rusqlite::Result<()> {
    let mut upkeep = Upkeep::new(shared.clock.now());
    let mut writer = Writer {
        statements: Statements::prepare(connection, shared.clock.now())?,
        counters: Counters::load(connection)?,
        connection,
        shared,
        batch: Vec::with_capacity(MOST),
        outcomes: Vec::with_capacity(MOST),
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
                let now = writer.shared.clock.now();
                let lately = &writer.shared.lately;
                if writer.statements.marks.are_due(lately, now) {
                    // What fails is tried again; it has been logged.
                    let _ = writer.transact();
                }
            }
            Drained::Closed => return Ok(()),
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
        self.statements
            .marks
            .ended(&self.shared.lately, result.is_ok());
        self.answer(result.as_ref().copied());
        result
    }

    fn write(&mut self) -> rusqlite::Result<()> {
        self.statements.begin()?;
        for request in &mut self.batch {
            let counters = &mut self.counters;
            let outcome = match request {
                Request::Push(delivery, _) => {
                    Outcome::Pushed(self.statements.push(counters, delivery)?)
                }
                Request::Commit(rows, _) => {
                    Outcome::Applied(self.statements.apply(counters, &self.shared.lately, rows)?)
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
        self.statements
            .marks
            .settle(&self.shared.lately, self.shared.clock.now())?;
        self.statements.commit(&self.counters)
    }

    /// Tells everybody. The line of waiting deliveries comes first: whoever is told that
    /// a delivery is in must be able to take it.
    fn answer(&mut self, result: Result<(), &Failure>) {
        if result.is_ok() {
            let pushed = self
                .batch
                .iter()
                .zip(&self.outcomes)
                .filter_map(|(request, outcome)| match (request, outcome) {
                    (Request::Push(delivery, _), Outcome::Pushed(id)) => Some((*id, delivery)),
                    _ => None,
                });
            self.shared.line.pushed(pushed);
        }
        fn told<T>(result: Result<(), &Failure>, value: T) -> PortResult<T> {
            result.map(|()| value).map_err(Failure::to_port)
        }
        let mut outcomes = self.outcomes.drain(..);
        for request in self.batch.drain(..) {
            let outcome = outcomes.next();
            // Whoever went away meanwhile needs no answer: what it asked for is done.
            match (request, outcome) {
                (Request::Push(_, reply), outcome) => {
                    let id = match outcome {
                        Some(Outcome::Pushed(id)) => id,
                        _ => 0,
                    };
                    let _ = reply.send(told(result, DeliveryId(id)));
                }
                (Request::Commit(_, reply), outcome) => {
                    let first = match outcome {
                        Some(Outcome::Applied(first)) => first,
                        _ => None,
                    };
                    let _ = reply.send(told(result, first));
                }
                (Request::BeginSends(_, reply) | Request::EndSends(_, reply), _) => {
                    let _ = reply.send(told(result, ()));
                }
                (Request::Task(_), Some(Outcome::Task(after))) => after(result),
                // A task that did not run drops its reply, and its caller is told that
                // nothing was written.
                (Request::Task(_), _) => {}
            }
        }
    }
}
