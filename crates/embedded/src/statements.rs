//! The statements of the hot path, prepared once. None of them can fail for a reason that
//! lies in the request, so one request never spoils the transaction of its neighbours.

use crate::counters::Counters;
use crate::failed_sends;
use crate::marks::{Marks, NewMarks};
use crate::people::People;
use crate::rows::{CommitRows, LAST_TIME, OutboxRow, SendRows, first_of};
use heliograph_model::{DeliverySource, Millis, NewDelivery, OutboxId};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement, ToSql, types::ToSqlOutput};

pub(crate) struct Statements<'c> {
    begin: Statement<'c>,
    commit: Statement<'c>,
    rollback: Statement<'c>,
    counters: Statement<'c>,
    delivery: Statement<'c>,
    queue: Statement<'c>,
    done: Statement<'c>,
    pub(crate) marks: Marks<'c>,
    pub(crate) people: People<'c>,
    decision: Statement<'c>,
    decision_again: Statement<'c>,
    search_backlog: Statement<'c>,
    outbox: Statement<'c>,
    begin_send: Statement<'c>,
    end_send: Statement<'c>,
    sent: Statement<'c>,
    retry_send: Statement<'c>,
    send_record: Statement<'c>,
    failed_send: Statement<'c>,
    failed_too_many: Statement<'c>,
}

/// Bytes that are text are stored as text, so that any tool shows them.
pub(crate) struct Body<'a>(pub(crate) &'a [u8]);

impl ToSql for Body<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(
            if std::str::from_utf8(self.0).is_ok() {
                ValueRef::Text(self.0)
            } else {
                ValueRef::Blob(self.0)
            },
        ))
    }
}

/// A delivery's source as it is stored.
pub(crate) fn source_name(source: DeliverySource) -> &'static str {
    match source {
        DeliverySource::Listener => "listener",
        DeliverySource::Simulator => "simulator",
        DeliverySource::Replay => "replay",
    }
}

/// What [`put_decision`] writes with.
pub(crate) const DECISION: &str = "INSERT OR IGNORE INTO decisions (id, body) VALUES (?1, ?2)";
pub(crate) const DECISION_AGAIN: &str = "REPLACE INTO decisions (id, body) VALUES (?1, ?2)";
pub(crate) const SEARCH_BACKLOG: &str =
    "INSERT OR IGNORE INTO search_backlog (decision_id) VALUES (?1)";
/// The end of a try to send, behind the others of its delivery, whose places are from `?1`
/// to `?2`.
pub(crate) const SEND_RECORD: &str = "INSERT INTO sends (id, body) VALUES ((SELECT coalesce(max(id) + 1, ?1) \
     FROM sends WHERE id BETWEEN ?1 AND ?2), ?3)";

/// Writes a decision into the first free place for its event. When the event came so often
/// that there is none, the last one is told anew.
pub(crate) fn put_decision(
    [decision, again, backlog]: [&mut Statement<'_>; 3],
    counters: &mut Counters,
    id: i64,
    body: &str,
) -> rusqlite::Result<()> {
    counters.add_bytes(body.len());
    let mut place = id;
    while decision.execute((place, body))? == 0 {
        place += 1;
        if place == id + LAST_TIME {
            again.execute((place, body))?;
            break;
        }
    }
    if place <= counters.indexed_up_to {
        backlog.execute((place,))?;
    }
    Ok(())
}

impl<'c> Statements<'c> {
    pub(crate) fn prepare(c: &'c Connection, now: Millis) -> rusqlite::Result<Self> {
        Ok(Self {
            begin: c.prepare("BEGIN IMMEDIATE")?,
            commit: c.prepare("COMMIT")?,
            rollback: c.prepare("ROLLBACK")?,
            counters: c.prepare(
                "UPDATE counters SET last_delivery = ?1, last_outbox = ?2, taken_up_to = ?3, \
                 journal_bytes = ?4, indexed_up_to = ?5 WHERE id = 1",
            )?,
            delivery: c.prepare(
                "INSERT INTO deliveries (id, received_at, source, secret, accounts, body) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?,
            queue: c
                .prepare("INSERT INTO queue (delivery_id, attempts, due_at) VALUES (?1, 0, 0)")?,
            done: c.prepare("DELETE FROM queue WHERE delivery_id BETWEEN ?1 AND ?2")?,
            marks: Marks::prepare(c, now)?,
            people: People::prepare(c, now)?,
            decision: c.prepare(DECISION)?,
            decision_again: c.prepare(DECISION_AGAIN)?,
            search_backlog: c.prepare(SEARCH_BACKLOG)?,
            outbox: c.prepare(
                "INSERT INTO outbox (id, delivery_id, account_id, contact_id, send_before, \
                 due_at, attempts, uncertain, effect) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?7)",
            )?,
            begin_send: c
                .prepare("INSERT OR IGNORE INTO sends_under_way (outbox_id) VALUES (?1)")?,
            end_send: c.prepare("DELETE FROM sends_under_way WHERE outbox_id = ?1")?,
            sent: c.prepare("DELETE FROM outbox WHERE id = ?1")?,
            retry_send: c.prepare(
                "UPDATE outbox SET due_at = ?2, attempts = max(attempts, ?3), \
                 uncertain = uncertain OR ?4 WHERE id = ?1",
            )?,
            send_record: c.prepare(SEND_RECORD)?,
            failed_send: c.prepare(
                "INSERT OR IGNORE INTO failed_sends (outbox_id, at, body) VALUES (?1, ?2, ?3)",
            )?,
            failed_too_many: c.prepare(
                "DELETE FROM failed_sends WHERE id <= \
                 (SELECT id FROM failed_sends ORDER BY id DESC LIMIT 1 OFFSET ?1)",
            )?,
        })
    }

    pub(crate) fn begin(&mut self) -> rusqlite::Result<()> {
        self.begin.execute(()).map(drop)
    }

    pub(crate) fn commit(&mut self, counters: &Counters) -> rusqlite::Result<()> {
        self.counters.execute((
            counters.last_delivery,
            counters.last_outbox,
            counters.taken_up_to,
            counters.journal_bytes,
            counters.indexed_up_to,
        ))?;
        self.commit.execute(()).map(drop)
    }

    pub(crate) fn rollback(&mut self) -> rusqlite::Result<()> {
        self.rollback.execute(()).map(drop)
    }

    /// Puts a delivery into the journal and the queue.
    pub(crate) fn push(
        &mut self,
        counters: &mut Counters,
        delivery: &NewDelivery,
    ) -> rusqlite::Result<i64> {
        let id = counters.last_delivery + 1;
        let accounts = (!delivery.accounts.is_empty()).then(|| {
            let ids: Vec<&str> = delivery.accounts.iter().map(AsRef::as_ref).collect();
            ids.join(" ")
        });
        self.delivery.execute((
            id,
            delivery.received_at.0,
            source_name(delivery.source),
            &delivery.secret,
            accounts,
            Body(&delivery.body),
        ))?;
        self.queue.execute((id,))?;
        counters.last_delivery = id;
        counters.add_bytes(delivery.body.len());
        Ok(id)
    }

    /// Takes finished deliveries out of the queue, neighbours with one statement.
    pub(crate) fn done(&mut self, sorted: &[i64]) -> rusqlite::Result<()> {
        for run in sorted.chunk_by(|a, b| *b <= a + 1) {
            if let (Some(first), Some(last)) = (run.first(), run.last()) {
                self.done.execute((first, last))?;
            }
        }
        Ok(())
    }

    /// Writes what a decision changes. Returns the id of the first outbox item, or `None`
    /// when the event was committed before.
    pub(crate) fn apply(
        &mut self,
        counters: &mut Counters,
        marks: &NewMarks,
        rows: &CommitRows,
    ) -> rusqlite::Result<Option<i64>> {
        if !self.marks.add(marks, rows.mark, rows.now.0)? {
            let body = rows
                .duplicate()
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            self.journal(counters, rows.decision_id, &body)?;
            return Ok(None);
        }
        for (key, document) in &rows.people {
            self.people.put(key, document)?;
        }
        let first = counters.last_outbox + 1;
        for row in &rows.outbox {
            counters.last_outbox += 1;
            self.put_outbox(counters.last_outbox, row)?;
        }
        self.journal(counters, rows.decision_id, &rows.decision)?;
        Ok(Some(first))
    }

    fn put_outbox(&mut self, id: i64, row: &OutboxRow) -> rusqlite::Result<()> {
        self.outbox
            .execute((
                id,
                row.delivery_id,
                &row.account_id,
                &row.contact_id,
                row.send_before,
                row.due_at,
                &row.effect,
            ))
            .map(drop)
    }

    /// Writes a decision into the journal.
    fn journal(&mut self, counters: &mut Counters, id: i64, body: &str) -> rusqlite::Result<()> {
        let into = [
            &mut self.decision,
            &mut self.decision_again,
            &mut self.search_backlog,
        ];
        put_decision(into, counters, id, body)
    }

    /// Notes that these sends start.
    pub(crate) fn begin_sends(&mut self, ids: &[OutboxId]) -> rusqlite::Result<()> {
        for id in ids {
            self.begin_send.execute((id.0,))?;
        }
        Ok(())
    }

    /// Notes how sends ended.
    pub(crate) fn end_sends(
        &mut self,
        counters: &mut Counters,
        sends: &[SendRows],
    ) -> rusqlite::Result<()> {
        for send in sends {
            self.end_send.execute((send.outbox_id,))?;
            let held = match send.retry_at {
                None => self.sent.execute((send.outbox_id,))?,
                Some(at) => {
                    self.retry_send
                        .execute((send.outbox_id, at, send.attempt, send.uncertain))?
                }
            };
            // What had ended before is told in the journal again, and is not listed again.
            if let (Some(at), 1) = (send.failed_at, held) {
                self.failed_send.execute((send.outbox_id, at, &send.body))?;
                self.failed_too_many.execute((failed_sends::KEPT,))?;
            }
            let first = first_of(send.delivery_id);
            let last = first_of(send.delivery_id + 1) - 1;
            self.send_record.execute((first, last, &send.body))?;
            counters.add_bytes(send.body.len());
        }
        Ok(())
    }
}
