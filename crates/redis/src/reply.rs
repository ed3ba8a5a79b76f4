//! Reading what scripts answer.

use heliograph_engine::ports::{PortError, PortResult};
use redis::Value;

fn odd() -> PortError {
    PortError::other("Redis answered a script in another shape than it was written for")
}

/// The items of a list.
pub(crate) fn items(value: Value) -> PortResult<Vec<Value>> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Nil => Ok(Vec::new()),
        _ => Err(odd()),
    }
}

/// A whole number.
pub(crate) fn integer(value: Option<Value>) -> PortResult<i64> {
    match value {
        Some(Value::Int(number)) => Ok(number),
        Some(Value::BulkString(text)) => std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(odd),
        _ => Err(odd()),
    }
}

/// Bytes; `None` for nothing.
pub(crate) fn bytes_or_none(value: Option<Value>) -> PortResult<Option<Vec<u8>>> {
    match value {
        None | Some(Value::Nil) => Ok(None),
        Some(Value::BulkString(bytes)) => Ok(Some(bytes)),
        Some(_) => Err(odd()),
    }
}

/// Text; `None` for nothing.
pub(crate) fn text_or_none(value: Option<Value>) -> PortResult<Option<String>> {
    bytes_or_none(value)?
        .map(|bytes| String::from_utf8(bytes).map_err(|_| odd()))
        .transpose()
}

/// Text.
pub(crate) fn text(value: Option<Value>) -> PortResult<String> {
    text_or_none(value)?.ok_or_else(odd)
}
