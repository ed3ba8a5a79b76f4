//! Writing down what was seen, and forgetting what was seen first.

use super::{numbers, places};
use crate::counters::Counters;
use crate::error::json;
use crate::journal::{RETAIN_STEP, forget_delivery};
use crate::rows::{limit, place_of};
use crate::search;
use crate::statements::{
    Body, DECISION, DECISION_AGAIN, SEARCH_BACKLOG, SEND_RECORD, put_decision, source_name,
};
use heliograph_engine::ports::{PortResult, Seen};
use heliograph_engine::process::NO_DELIVERY;
use heliograph_model::{DeliveryId, DeliveryRecord, Millis};
use rusqlite::{CachedStatement, Connection};

/// Decisions that are put into the search index with what they came with. More of them
/// come faster than a search needs to keep up.
const INDEX_AT_ONCE: usize = 128;

/// Something that was seen, ready to be bound.
pub(super) enum Row {
    Delivery(DeliveryRecord),
    Decided {
        id: DeliveryId,
        at: Millis,
        index: u32,
        body: String,
    },
    Sent {
        id: DeliveryId,
        at: Millis,
        body: String,
    },
    Dead {
        id: DeliveryId,
        at: Millis,
    },
    Removed {
        ids: Vec<DeliveryId>,
        at: Option<Millis>,
    },
}

impl Row {
    pub(super) fn of(seen: Seen) -> PortResult<Self> {
        Ok(match seen {
            Seen::Delivery(record) => Self::Delivery(record),
            Seen::Decided { record, at } => Self::Decided {
                id: record.delivery_id,
                at,
                index: record.index,
                body: json(&record)?,
            },
            Seen::Sent { record, at } => Self::Sent {
                id: record.delivery_id,
                at,
                body: json(&record)?,
            },
            Seen::Dead { id, at } => Self::Dead { id, at },
            Seen::ByHand(record) => Self::Decided {
                id: NO_DELIVERY,
                at: record.decision.trace.at,
                index: record.index,
                body: json(&record)?,
            },
            Seen::Removed { ids, at } => Self::Removed { ids, at },
        })
    }
}

/// Writes rows, and has what they say found by a search.
pub(super) fn keep(
    connection: &Connection,
    counters: &mut Counters,
    rows: &[Row],
) -> rusqlite::Result<()> {
    let mut writing = Writing::prepare(connection)?;
    let mut decisions = 0;
    for row in rows {
        match row {
            Row::Delivery(record) => writing.delivery(counters, record)?,
            Row::Decided {
                id,
                at,
                index,
                body,
            } => {
                let number = writing.number(counters, *id, *at)?;
                writing.decided(counters, place_of(number, *index), body)?;
                decisions += 1;
            }
            Row::Sent { id, at, body } => {
                let number = writing.number(counters, *id, *at)?;
                let (first, last) = places(number);
                writing.sent.execute((first, last, body))?;
                counters.add_bytes(body.len());
            }
            Row::Dead { id, at } => {
                writing.number(counters, *id, *at)?;
            }
            Row::Removed { ids, at } => {
                for id in ids {
                    writing.removed.execute((id.0, at.map(|at| at.0)))?;
                }
            }
        }
    }
    if decisions > 0 {
        search::index_some(connection, counters, decisions.min(INDEX_AT_ONCE))?;
    }
    Ok(())
}

/// The statements of one step.
struct Writing<'c> {
    connection: &'c Connection,
    begun: CachedStatement<'c>,
    known: CachedStatement<'c>,
    body: CachedStatement<'c>,
    decision: [CachedStatement<'c>; 3],
    sent: CachedStatement<'c>,
    removed: CachedStatement<'c>,
}

impl<'c> Writing<'c> {
    fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        let prepare = |sql| connection.prepare_cached(sql);
        Ok(Self {
            connection,
            begun: prepare(
                "INSERT INTO deliveries (id, number_there, received_at, source, body) \
                 VALUES (?1, ?2, ?3, 'listener', '')",
            )?,
            known: prepare(
                "UPDATE deliveries SET received_at = ?2, source = ?3, \
                 secret = coalesce(secret, ?4) WHERE id = ?1",
            )?,
            body: prepare(
                "UPDATE deliveries SET body = ?2 WHERE id = ?1 AND octet_length(body) = 0",
            )?,
            decision: [
                prepare(DECISION)?,
                prepare(DECISION_AGAIN)?,
                prepare(SEARCH_BACKLOG)?,
            ],
            sent: prepare(SEND_RECORD)?,
            removed: prepare("UPDATE deliveries SET removed_at = ?2 WHERE number_there = ?1")?,
        })
    }

    /// The number here of a delivery, which it gets where it is new.
    fn number(
        &mut self,
        counters: &mut Counters,
        id: DeliveryId,
        at: Millis,
    ) -> rusqlite::Result<i64> {
        if let Some(number) = numbers::here(self.connection, id)? {
            return Ok(number);
        }
        counters.last_delivery += 1;
        let number = counters.last_delivery;
        self.begun.execute((number, id.0, at.0))?;
        Ok(number)
    }

    fn delivery(
        &mut self,
        counters: &mut Counters,
        record: &DeliveryRecord,
    ) -> rusqlite::Result<()> {
        let number = self.number(counters, record.id, record.received_at)?;
        let source = source_name(record.source);
        self.known
            .execute((number, record.received_at.0, source, &record.secret))?;
        let body = record.body.as_bytes();
        if !body.is_empty() && self.body.execute((number, Body(body)))? > 0 {
            counters.add_bytes(body.len());
        }
        Ok(())
    }

    fn decided(&mut self, counters: &mut Counters, place: i64, body: &str) -> rusqlite::Result<()> {
        let [decision, again, backlog] = &mut self.decision;
        put_decision([decision, again, backlog], counters, place, body)
    }
}

/// Removes some of the deliveries that were seen before the last `most`. Returns how many;
/// 0: there is none.
pub(super) fn forget_some(
    connection: &Connection,
    counters: &mut Counters,
    most: i64,
) -> rusqlite::Result<u64> {
    let up_to = counters.last_delivery - most;
    let mut select = connection.prepare_cached(
        "SELECT id, octet_length(body) FROM deliveries WHERE id <= ?1 ORDER BY id LIMIT ?2",
    )?;
    let some: Vec<(i64, i64)> = select
        .query_map((up_to, limit(RETAIN_STEP)), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (number, body) in &some {
        counters.journal_bytes -= body + forget_delivery(connection, *number)?;
    }
    Ok(some.len() as u64)
}
