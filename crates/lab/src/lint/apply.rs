//! Edits of single fields, written onto an automation.

use super::FieldEdit;
use heliograph_model::Automation;
use serde_json::{Map, Value};

/// Why edits cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The path leads to nothing in this automation.
    #[error(
        "the automation has no field “{0}”; it may have been changed meanwhile, so look at it again"
    )]
    NoSuchField(String),
    /// A value is not JSON.
    #[error("the new value of “{path}” is not JSON: {why}")]
    NotJson {
        /// Of which field.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The automation would not be one any more.
    #[error("the automation cannot be changed like that: {0}")]
    DoesNotFit(String),
}

/// An automation with some fields changed, one edit after the other: an element that is
/// taken out of a list moves those behind it up, and the next edit counts from there. A
/// field that the automation leaves out can be set; the place behind the last element of
/// a list adds one.
///
/// # Errors
/// [`EditError`] for a path that leads nowhere, a value that is not JSON, and a result
/// that is no automation.
pub fn apply(automation: &Automation, edits: &[FieldEdit]) -> Result<Automation, EditError> {
    let fits = |error: serde_json::Error| EditError::DoesNotFit(error.to_string());
    let mut document = serde_json::to_value(automation).map_err(fits)?;
    for edit in edits {
        edit_one(&mut document, edit)?;
    }
    serde_json::from_value(document).map_err(fits)
}

/// The value at a path of a document.
pub(super) fn at<'v>(document: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .try_fold(document, |value, part| match value {
            Value::Array(list) => list.get(part.parse::<usize>().ok()?),
            other => other.get(part),
        })
}

fn edit_one(document: &mut Value, edit: &FieldEdit) -> Result<(), EditError> {
    let missing = || EditError::NoSuchField(edit.path.clone());
    let value = match &edit.value {
        None => None,
        Some(text) => {
            Some(
                serde_json::from_str::<Value>(text).map_err(|error| EditError::NotJson {
                    path: edit.path.clone(),
                    why: error.to_string(),
                })?,
            )
        }
    };
    let (parent, last) = match edit.path.rsplit_once('.') {
        Some((parent, last)) => (into(document, parent).ok_or_else(missing)?, last),
        None => (document, edit.path.as_str()),
    };
    match parent {
        Value::Object(fields) => set_field(fields, last, value).ok_or_else(missing),
        Value::Array(list) => set_element(list, last, value).ok_or_else(missing),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(missing()),
    }
}

fn into<'v>(document: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.')
        .try_fold(document, |value, part| match value {
            Value::Array(list) => list.get_mut(part.parse::<usize>().ok()?),
            other => other.get_mut(part),
        })
}

fn set_field(fields: &mut Map<String, Value>, name: &str, value: Option<Value>) -> Option<()> {
    match value {
        Some(value) => {
            fields.insert(name.into(), value);
            Some(())
        }
        None => fields.remove(name).map(drop),
    }
}

fn set_element(list: &mut Vec<Value>, place: &str, value: Option<Value>) -> Option<()> {
    let place: usize = place.parse().ok()?;
    match value {
        Some(value) if place == list.len() => list.push(value),
        Some(value) => *list.get_mut(place)? = value,
        None if place < list.len() => drop(list.remove(place)),
        None => return None,
    }
    Some(())
}
