//! What a delivery is called there, and here.

use heliograph_engine::process::NO_DELIVERY;
use heliograph_model::{DeliveryId, Millis};
use rusqlite::{CachedStatement, Connection, OptionalExtension};

/// The number here of a delivery; `None`: it is not known. What no delivery led to is
/// under the same number here and there.
pub(super) fn here(connection: &Connection, there: DeliveryId) -> rusqlite::Result<Option<i64>> {
    if there == NO_DELIVERY {
        return Ok(Some(NO_DELIVERY.0));
    }
    connection
        .prepare_cached("SELECT id FROM deliveries WHERE number_there = ?1")?
        .query_row((there.0,), |row| row.get(0))
        .optional()
}

/// What a delivery of this number here is called there.
pub(super) fn there(connection: &Connection, here: i64) -> rusqlite::Result<Option<DeliveryId>> {
    connection
        .prepare_cached("SELECT number_there FROM deliveries WHERE id = ?1")?
        .query_row((here,), |row| row.get::<_, Option<i64>>(0))
        .optional()
        .map(|there| there.flatten().map(DeliveryId))
}

/// What the first delivery from this number here on is called there: a page that ends
/// before the one ends before the other, too.
pub(super) fn from(connection: &Connection, here: i64) -> rusqlite::Result<Option<DeliveryId>> {
    connection
        .prepare_cached(
            "SELECT number_there FROM deliveries \
             WHERE id >= ?1 AND number_there IS NOT NULL ORDER BY id LIMIT 1",
        )?
        .query_row((here,), |row| row.get(0).map(DeliveryId))
        .optional()
}

/// The number here before which is what was seen before a delivery. Where that is not known,
/// it is the first one before which are all that have a smaller number there.
pub(super) fn before(connection: &Connection, there: DeliveryId) -> rusqlite::Result<i64> {
    if let Some(number) = here(connection, there)? {
        return Ok(number);
    }
    connection
        .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM deliveries WHERE number_there < ?1")?
        .query_row((there.0,), |row| row.get(0))
}

/// When the delivery was received that was seen first.
pub(super) fn oldest(connection: &Connection) -> rusqlite::Result<Option<Millis>> {
    connection
        .prepare_cached("SELECT received_at FROM deliveries ORDER BY id LIMIT 1")?
        .query_row((), |row| row.get(0).map(Millis))
        .optional()
}

/// When deliveries were received.
pub(super) struct Received<'c>(CachedStatement<'c>);

impl<'c> Received<'c> {
    pub(super) fn of(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection
            .prepare_cached("SELECT received_at FROM deliveries WHERE number_there = ?1")
            .map(Self)
    }

    /// Whether a delivery was received then. What no delivery led to was not received.
    pub(super) fn is_within(
        &mut self,
        id: DeliveryId,
        since: Option<Millis>,
        until: Option<Millis>,
    ) -> rusqlite::Result<bool> {
        let at = self.0.query_row((id.0,), |row| row.get(0)).optional()?;
        Ok(at.map(Millis).is_some_and(|at| {
            since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until)
        }))
    }
}
