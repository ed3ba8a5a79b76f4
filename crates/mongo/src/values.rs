//! Single values of documents that somebody else may have written: Mongoose has object
//! ids, dates and doubles where our JSON has text and integers.

use mongodb::bson::{Bson, DateTime, RawBsonRef, RawDocument, oid::ObjectId};
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::fmt;

/// A document that cannot be read, by the field that is at fault. What it holds is not in
/// here, so that this may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("its field “{0}” is missing or cannot be read")]
pub(crate) struct Unreadable(pub(crate) &'static str);

/// What was read of a document.
pub(crate) type Read<T> = Result<T, Unreadable>;

/// Text: an id that somebody else keeps as an object id or a number is text here.
pub(crate) fn text(value: RawBsonRef<'_>) -> Option<Cow<'_, str>> {
    Some(match value {
        RawBsonRef::String(text) | RawBsonRef::Symbol(text) => Cow::Borrowed(text),
        RawBsonRef::ObjectId(id) => Cow::Owned(id.to_hex()),
        RawBsonRef::Int32(_) | RawBsonRef::Int64(_) | RawBsonRef::Double(_) => {
            Cow::Owned(integer(value)?.to_string())
        }
        _ => return None,
    })
}

/// Text that is there and not blank.
pub(crate) fn id(value: RawBsonRef<'_>) -> Option<Cow<'_, str>> {
    text(value).filter(|id| !id.trim().is_empty())
}

/// A whole number.
pub(crate) fn integer(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::Int32(number) => Some(number.into()),
        RawBsonRef::Int64(number) => Some(number),
        RawBsonRef::Double(number) => whole(number),
        RawBsonRef::Decimal128(number) => whole(number.to_string().parse().ok()?),
        _ => None,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the bounds are those within which a double holds every integer"
)]
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// A point in time: a date, milliseconds, or ISO 8601.
pub(crate) fn millis(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::DateTime(at) => Some(at.timestamp_millis()),
        RawBsonRef::Timestamp(at) => Some(i64::from(at.time) * 1_000),
        RawBsonRef::String(text) => DateTime::parse_rfc3339_str(text)
            .ok()
            .map(DateTime::timestamp_millis)
            .or_else(|| text.parse().ok()),
        number => integer(number),
    }
}

/// Yes or no.
pub(crate) fn flag(value: RawBsonRef<'_>) -> Option<bool> {
    match value {
        RawBsonRef::Boolean(flag) => Some(flag),
        RawBsonRef::String("true") => Some(true),
        RawBsonRef::String("false") => Some(false),
        number => match integer(number)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
    }
}

/// Whether a field counts as absent.
pub(crate) fn is_null(value: RawBsonRef<'_>) -> bool {
    matches!(value, RawBsonRef::Null | RawBsonRef::Undefined)
}

/// What serde reads out of a value, once it is in the shape of our JSON.
pub(crate) fn nested<T: DeserializeOwned>(value: RawBsonRef<'_>) -> Option<T> {
    mongodb::bson::deserialize_from_bson(plain(value)?).ok()
}

/// A value in the shape of our JSON: no nulls, so that the model's defaults apply, ids as
/// text, times and whole numbers as integers.
pub(crate) fn plain(value: RawBsonRef<'_>) -> Option<Bson> {
    Some(match value {
        RawBsonRef::Null | RawBsonRef::Undefined => return None,
        RawBsonRef::ObjectId(id) => Bson::String(id.to_hex()),
        RawBsonRef::DateTime(at) => Bson::Int64(at.timestamp_millis()),
        RawBsonRef::Double(number) => whole(number).map_or(Bson::Double(number), Bson::Int64),
        RawBsonRef::Decimal128(_) => Bson::Int64(integer(value)?),
        RawBsonRef::Array(array) => Bson::Array(
            array
                .into_iter()
                .filter_map(|value| plain(value.ok()?))
                .collect(),
        ),
        RawBsonRef::Document(document) => Bson::Document(
            document
                .iter()
                .filter_map(|field| {
                    let (key, value) = field.ok()?;
                    Some((key.as_str().to_owned(), plain(value)?))
                })
                .collect(),
        ),
        other => Bson::try_from(other).ok()?,
    })
}

/// An id as it is written: what has the shape of an object id is one, so that an
/// application that keeps such ids finds it.
pub(crate) fn id_bson(id: &str) -> Bson {
    object_id(id).map_or_else(|| Bson::String(id.to_owned()), Bson::ObjectId)
}

/// The forms in which an id may be stored, for a query.
pub(crate) fn forms(id: &str) -> Vec<Bson> {
    let mut forms = vec![Bson::String(id.to_owned())];
    if let Some(id) = object_id(id) {
        forms.push(Bson::ObjectId(id));
    } else if let Ok(number) = id.parse::<i64>()
        && number.to_string() == id
    {
        forms.push(Bson::Int64(number));
    }
    forms
}

fn object_id(id: &str) -> Option<ObjectId> {
    // Only what comes back as the same text.
    let is_one = id.len() == 24 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_one.then(|| ObjectId::parse_str(id).ok()).flatten()
}

/// When a document was created, where its object id tells it.
pub(crate) fn created(document: &RawDocument) -> Option<i64> {
    let id = document.get_object_id("_id").ok()?;
    Some(id.timestamp().timestamp_millis())
}

/// A time as it is stored.
pub(crate) fn date(millis: heliograph_model::Millis) -> DateTime {
    DateTime::from_millis(millis.0)
}

/// The name of a document in a log: its `_id` and nothing of its content.
pub(crate) struct Name<'a>(pub(crate) &'a RawDocument);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.get("_id").ok().flatten().and_then(text) {
            Some(id) => f.write_str(&id),
            None => f.write_str("(an unusual _id)"),
        }
    }
}
