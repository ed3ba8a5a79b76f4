//! Reading and writing documents: JSON text in the column `body`.

use crate::error::Failure;
use crate::queue::refused;
use heliograph_engine::ports::PortResult;
use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;

/// Runs one statement of a rare write.
pub(crate) fn execute(connection: &Connection, sql: &str, params: impl Params) -> PortResult<()> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute(params))
        .map(drop)
        .map_err(|error| refused(&error))
}

/// The document in the first column of the only row.
pub(crate) fn document<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, Failure> {
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query(params)?;
    rows.next()?.map(parse).transpose()
}

/// The documents in the first column of every row.
pub(crate) fn documents<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<T>, Failure> {
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query(params)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(parse(row)?);
    }
    Ok(all)
}

fn parse<T: DeserializeOwned>(row: &Row<'_>) -> Result<T, Failure> {
    Ok(serde_json::from_slice(
        row.get_ref(0)?.as_bytes().unwrap_or_default(),
    )?)
}

/// A document that is in memory.
pub(crate) fn parse_text<T: DeserializeOwned>(body: &str) -> Result<T, Failure> {
    Ok(serde_json::from_str(body)?)
}
