//! For any JSON at all: no panic, nothing lost, the order kept.

use super::{ARRIVAL, fixtures::bodies, mark, route};
use heliograph_model::{Event, EventKind};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The names that mean something somewhere, so that what is generated meets every branch.
const NAMES: [&str; 44] = [
    "object",
    "entry",
    "id",
    "time",
    "messaging",
    "standby",
    "changes",
    "field",
    "value",
    "changed_fields",
    "sample",
    "sender",
    "recipient",
    "timestamp",
    "message",
    "mid",
    "text",
    "attachments",
    "type",
    "payload",
    "url",
    "reply_to",
    "story",
    "quick_reply",
    "is_echo",
    "is_self",
    "is_deleted",
    "is_unsupported",
    "postback",
    "title",
    "reaction",
    "action",
    "emoji",
    "read",
    "referral",
    "optin",
    "message_edit",
    "num_edit",
    "from",
    "media",
    "parent_id",
    "comment_id",
    "self_ig_scoped_id",
    "unheard_of",
];

/// Texts that mean something somewhere.
const TEXTS: [&str; 12] = [
    "comments",
    "live_comments",
    "mentions",
    "messages",
    "standby",
    "message_echoes",
    "message_edit",
    "story_insights",
    "17841400000000001",
    "900000000000011",
    "",
    "1790000000",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(TEXTS.to_vec()).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => proptest::sample::select(NAMES.to_vec()).prop_map(str::to_owned),
        1 => ".{0,4}",
    ]
}

/// Any JSON, made of names that mean something.
fn any_json() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(7, 96, 6, |inside| {
        prop_oneof![
            proptest::collection::vec(inside.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec((name(), inside), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// An envelope in which the items are anything.
fn enveloped() -> impl Strategy<Value = Value> {
    let items = || proptest::collection::vec(any_json(), 0..4);
    let entry = (items(), items(), items(), any_json(), any_json()).prop_map(
        |(messaging, standby, changes, id, time)| {
            json!({"id": id, "time": time, "messaging": messaging, "standby": standby,
                "changes": changes})
        },
    );
    proptest::collection::vec(entry, 0..4)
        .prop_map(|entries| json!({"object": "instagram", "entry": entries}))
}

/// How many events a document must give, counted over again on `serde_json`'s tree.
fn items(document: &Value) -> usize {
    match document {
        Value::Array(deliveries) => deliveries.iter().map(items_of_delivery).sum(),
        delivery => items_of_delivery(delivery),
    }
}

fn items_of_delivery(delivery: &Value) -> usize {
    match delivery.get("entry") {
        None => items_of_entry(delivery),
        Some(entries) => {
            let entries: usize = each(entries).map(items_of_entry).sum();
            entries + items_in_lists(delivery)
        }
    }
}

fn items_of_entry(entry: &Value) -> usize {
    let Value::Object(members) = entry else {
        return usize::from(!entry.is_null());
    };
    match items_in_lists(entry) {
        0 => usize::from(members.iter().any(|(name, value)| {
            let is_about = matches!(&**name, "id" | "time" | "object");
            !is_about && !value.is_null() && value != &json!([])
        })),
        count => count,
    }
}

fn items_in_lists(entry: &Value) -> usize {
    let count = |name: &str| entry.get(name).map_or(0, |list| each(list).count());
    let is_there = |name: &str| entry.get(name).is_some_and(|value| !value.is_null());
    count("messaging")
        + count("standby")
        + count("changes")
        + count("sample")
        + usize::from(is_there("field") || is_there("value"))
        + usize::from(count("changed_fields") > 0)
}

fn each(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Null => Box::new(std::iter::empty()),
        one => Box::new(std::iter::once(one)),
    }
}

/// Routes a document and checks what holds for every one.
fn check(document: &Value) -> Result<Vec<Event>, TestCaseError> {
    let body = serde_json::to_vec(document).unwrap();
    let events = route(&body, ARRIVAL).unwrap();
    prop_assert_eq!(events.len(), items(document), "of {}", document);
    for event in &events {
        let text = serde_json::to_string(event).unwrap();
        let read: Event = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&read, event, "an event survives being written");
        if event.kind == EventKind::Other {
            let raw = event.raw.as_ref().expect("what is not known is kept");
            prop_assert!(
                serde_json::from_str::<Value>(raw).is_ok(),
                "as JSON: {}",
                raw
            );
        }
        prop_assert!(!mark(event).is_empty());
    }
    Ok(events)
}

/// One thing done to a document.
#[derive(Debug, Clone)]
enum Change {
    /// Another value, of whatever type.
    Put(Value),
    /// The key or item is gone.
    Delete,
    /// The value stands in a list.
    Nest,
    /// A text of digits becomes a number.
    Number,
    /// The item stands there twice.
    Repeat,
}

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        scalar().prop_map(Change::Put),
        any_json().prop_map(Change::Put),
        Just(Change::Delete),
        Just(Change::Nest),
        Just(Change::Number),
        Just(Change::Repeat),
    ]
}

/// Does it to the value that stands `at` steps into the document.
fn apply(document: &mut Value, at: prop::sample::Index, change: &Change) {
    let places = size(document);
    let mut left = at.index(places);
    visit(document, &mut left, change);
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum::<usize>(),
        _ => 0,
    }
}

/// Walks to the place and changes it; true when that was done.
fn visit(value: &mut Value, left: &mut usize, change: &Change) -> bool {
    if *left == 0 {
        match change {
            Change::Put(other) => *value = other.clone(),
            Change::Delete => *value = Value::Null,
            Change::Nest => *value = json!([value.take()]),
            Change::Number => {
                if let Some(number) = value.as_str().and_then(|text| text.parse::<u64>().ok()) {
                    *value = Value::from(number);
                }
            }
            Change::Repeat => {
                if let Value::Array(items) = value {
                    items.extend(items.clone());
                }
            }
        }
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => {
            if matches!(change, Change::Delete) && *left < items.len() {
                items.remove(*left);
                return true;
            }
            items.iter_mut().any(|item| visit(item, left, change))
        }
        Value::Object(members) => visit_members(members, left, change),
        _ => false,
    }
}

fn visit_members(members: &mut Map<String, Value>, left: &mut usize, change: &Change) -> bool {
    if matches!(change, Change::Delete) && *left < members.len() {
        let key = members.keys().nth(*left).cloned().unwrap();
        members.remove(&key);
        return true;
    }
    members
        .values_mut()
        .any(|member| visit(member, left, change))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_json_is_routed_and_loses_nothing(document in any_json()) {
        check(&document)?;
    }

    #[test]
    fn any_items_in_an_envelope_are_routed_in_their_order(document in enveloped()) {
        let events = check(&document)?;
        // Item by item, each in an entry like its own, gives the same events.
        let mut one_by_one = Vec::new();
        for entry in document["entry"].as_array().unwrap() {
            for list in ["messaging", "standby", "changes"] {
                for item in entry[list].as_array().unwrap() {
                    let alone = json!({"entry": [{
                        "id": entry["id"], "time": entry["time"], list: [item],
                    }]});
                    one_by_one.extend(route(&serde_json::to_vec(&alone).unwrap(), ARRIVAL).unwrap());
                }
            }
        }
        if !one_by_one.is_empty() && document["entry"].as_array().unwrap().iter().all(has_items) {
            prop_assert_eq!(events, one_by_one);
        }
    }

    #[test]
    fn a_real_delivery_with_things_wrong_in_it_loses_nothing(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any_change()), 1..6),
    ) {
        let bodies = bodies();
        let body = &bodies[which.index(bodies.len())];
        // Half an emoji and a byte order mark are more than serde_json takes.
        if let Ok(mut document) = serde_json::from_slice::<Value>(body) {
            for (at, change) in &changes {
                apply(&mut document, *at, change);
            }
            check(&document)?;
        }
    }

    #[test]
    fn any_bytes_are_routed_or_refused(body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
        let text = std::str::from_utf8(&body).is_ok();
        prop_assert_eq!(route(&body, ARRIVAL).is_ok(), is_json && text);
    }

    #[test]
    fn a_real_delivery_that_is_cut_or_changed_is_routed_or_refused(
        which in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let bodies = bodies();
        let mut body = bodies[which.index(bodies.len())].clone();
        let place = at.index(body.len());
        body[place] = byte;
        let _ = route(&body, ARRIVAL);
        body.truncate(cut.index(body.len()));
        let _ = route(&body, ARRIVAL);
    }
}

fn has_items(entry: &Value) -> bool {
    ["messaging", "standby", "changes"]
        .iter()
        .any(|list| entry[list] != json!([]))
}
