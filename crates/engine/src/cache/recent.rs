//! A cached user state beside one that was committed a moment ago.

use super::merge;
use super::read::Found;
use crate::ports::Lookup;
use bytes::Bytes;
use heliograph_model::UserState;
use serde::Deserialize;

/// A user state that was committed a moment ago.
#[derive(Debug, Clone)]
pub struct Recent {
    /// As JSON; `null` for one that was cleared.
    pub state: Bytes,
    /// Whether the store shows it by now.
    pub is_stored: bool,
}

/// What counts of a cached state and one that was committed a moment ago: the later one.
/// Another application may have written the cached one since; what it has there beside our
/// fields stays also where ours counts.
pub(super) fn newer(found: Found, recent: Option<Recent>) -> Found {
    let Some(Recent { state, is_stored }) = recent else {
        return found;
    };
    match &found {
        Found::Absent if is_stored => found,
        Found::Answer(Ok(Lookup::Hit(cached))) => {
            let later = later(cached, &state);
            Found::Answer(Ok(Lookup::Hit(later)))
        }
        Found::Absent | Found::Suspect | Found::Answer(_) => Found::Answer(Ok(Lookup::Hit(state))),
    }
}

fn later(cached: &Bytes, recent: &Bytes) -> Bytes {
    // Mostly nobody else has written, and then there is nothing to read.
    if cached == recent {
        return cached.clone();
    }
    if matches!((written_at(cached), written_at(recent)), (Some(cached), Some(recent)) if cached > recent)
    {
        return cached.clone();
    }
    match (state(cached), state(recent)) {
        (Some(theirs), Some(ours)) if theirs == ours => cached.clone(),
        (Some(theirs), Some(ours)) => merge::onto(cached, &theirs, &ours),
        _ => recent.clone(),
    }
}

/// Also of what is no state of ours: it is passed over as any other that cannot be read.
fn written_at(state: &Bytes) -> Option<i64> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Dated {
        updated_at: i64,
    }
    serde_json::from_slice::<Dated>(state)
        .ok()
        .map(|dated| dated.updated_at)
}

fn state(json: &Bytes) -> Option<UserState> {
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn document(updated_at: i64, asked: u32) -> Value {
        json!({
            "accountId": "1", "senderId": "ana", "automationId": "letter",
            "automationType": "dm_automation", "state": "awaiting_email", "asked": asked,
            "eventAt": 5, "updatedAt": updated_at, "expiresAt": 1_000,
        })
    }

    fn with_theirs(mut document: Value) -> Value {
        document["crm"] = json!({ "score": 7 });
        document
    }

    /// As the engine writes it.
    fn ours(document: &Value) -> Bytes {
        let state: UserState = serde_json::from_value(document.clone()).expect("a state");
        super::super::read::encode(&state)
    }

    fn counts(cached: &Value, recent: &Value) -> Value {
        let found = Found::Answer(Ok(Lookup::Hit(Bytes::from(cached.to_string()))));
        let state = match recent {
            Value::Null => Bytes::from_static(b"null"),
            recent => ours(recent),
        };
        let recent = Recent {
            state,
            is_stored: false,
        };
        match newer(found, Some(recent)) {
            Found::Answer(Ok(Lookup::Hit(bytes))) => {
                serde_json::from_slice(&bytes).expect("it is JSON")
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn their_fields_stay_whoever_wrote_last() {
        let theirs = with_theirs(document(20, 2));
        assert_eq!(counts(&theirs, &document(10, 1)), theirs, "theirs is later");
        assert_eq!(
            counts(&theirs, &document(20, 2)),
            theirs,
            "they have added a field and no time"
        );
        assert_eq!(
            counts(&theirs, &document(30, 3)),
            with_theirs(document(30, 3)),
            "ours did not come into the cache"
        );
        assert_eq!(
            counts(&theirs, &document(20, 3)),
            with_theirs(document(20, 3)),
            "both at once: what was committed counts"
        );
    }

    #[test]
    fn what_is_over_or_no_state_has_nothing_to_keep() {
        let theirs = with_theirs(document(20, 2));
        assert_eq!(counts(&theirs, &Value::Null), Value::Null);
        assert_eq!(counts(&Value::Null, &document(10, 1)), document(10, 1));
        let strange = json!({ "step": 3 });
        assert_eq!(counts(&strange, &document(10, 1)), document(10, 1));
        let later = json!({ "step": 3, "updatedAt": 11 });
        assert_eq!(counts(&later, &document(10, 1)), later, "it is passed over");
    }

    #[test]
    fn what_is_stored_and_cached_nowhere_is_loaded() {
        let recent = |is_stored| Recent {
            state: ours(&document(10, 1)),
            is_stored,
        };
        assert!(matches!(
            newer(Found::Absent, Some(recent(true))),
            Found::Absent
        ));
        for found in [Found::Absent, Found::Suspect] {
            assert!(matches!(
                newer(found, Some(recent(false))),
                Found::Answer(Ok(Lookup::Hit(_)))
            ));
        }
    }
}
