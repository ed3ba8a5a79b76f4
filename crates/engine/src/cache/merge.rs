//! Rewrites of a document that another application writes too.

use super::read::encode;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

/// `new` as JSON, with what the document `stored` holds beside `old`, which was read out
/// of it: fields that we do not know survive.
pub(super) fn onto<T: Serialize>(stored: &Bytes, old: &T, new: &T) -> Bytes {
    // Mostly there is nothing else in it, and then there is nothing to merge.
    if encode(old) == *stored {
        return encode(new);
    }
    match (
        serde_json::from_slice(stored),
        serde_json::to_value(old),
        serde_json::to_value(new),
    ) {
        (Ok(Value::Object(mut stored)), Ok(Value::Object(old)), Ok(Value::Object(new))) => {
            change(&mut stored, &old, new);
            encode(&stored)
        }
        _ => encode(new),
    }
}

/// Makes of `stored` what `new` is to `old`; what is in neither stays.
pub(crate) fn change(
    stored: &mut Map<String, Value>,
    old: &Map<String, Value>,
    new: Map<String, Value>,
) {
    stored.retain(|key, _| !old.contains_key(key) || new.contains_key(key));
    for (key, value) in new {
        match (stored.get_mut(&key), old.get(&key), value) {
            (Some(Value::Object(stored)), Some(Value::Object(old)), Value::Object(new)) => {
                change(stored, old, new);
            }
            (_, _, value) => {
                stored.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_we_do_not_know_survives() {
        let stored = json!({"a": 1, "theirs": true, "in": {"b": 2, "theirs": [1]}, "gone": 1});
        let stored = Bytes::from(stored.to_string());
        let old = json!({"a": 1, "in": {"b": 2}, "gone": 1});
        let new = json!({"a": 5, "in": {"b": 3}, "more": 9});
        let merged: Value = serde_json::from_slice(&onto(&stored, &old, &new)).expect("JSON");
        assert_eq!(
            merged,
            json!({"a": 5, "theirs": true, "in": {"b": 3, "theirs": [1]}, "more": 9})
        );
    }
}
