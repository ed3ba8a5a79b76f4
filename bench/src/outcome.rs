//! What a drain left behind, without what differs from run to run: times of handling and
//! ids that the servers chose.

use crate::documents;
use crate::ground::Ground;
use crate::stand_in::Sent;
use anyhow::{Context, Result};
use mongodb::bson::{Bson, Document};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a drain left behind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// By account and contact: the automation, what is awaited, how often it asked, and
    /// what started it.
    states: BTreeMap<String, Value>,
    /// By account and contact: everything that is known of a person.
    contacts: BTreeMap<String, Value>,
    /// The ids of the events that count as handled.
    processed: BTreeSet<String>,
    /// By account and recipient, in order: what was sent.
    sends: BTreeMap<String, Vec<String>>,
}

impl Outcome {
    /// Reads it from MongoDB and the stand-in.
    pub(crate) fn read(ground: &Ground) -> Result<Self> {
        let read = |name| ground.runtime.block_on(documents::all(&ground.mongo, name));
        let state = ["automationId", "state", "asked", "startedBy", "eventAt"];
        let contact = [
            "username",
            "name",
            "email",
            "follows",
            "unsubscribed",
            "lastMessageAt",
        ];
        Ok(Self {
            states: keyed(&read("user_states")?, ["accountId", "senderId"], &state),
            contacts: keyed(
                &read("contacts")?,
                ["instagramUserId", "senderId"],
                &contact,
            ),
            processed: read("processed_events")?
                .iter()
                .filter_map(|document| event_id(document.get_str("_id").ok()?))
                .collect(),
            sends: sends(&ground.graph.take())?,
        })
    }

    /// How much there is of each.
    pub(crate) fn counts(&self) -> BTreeMap<&'static str, usize> {
        BTreeMap::from([
            ("userStates", self.states.len()),
            ("contacts", self.contacts.len()),
            ("processedEvents", self.processed.len()),
            ("sends", self.sends.values().map(Vec::len).sum()),
        ])
    }

    /// In what another drain of the same jobs left something else behind, for people.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let mut told = Vec::new();
        differences("user state", &self.states, &other.states, &mut told);
        differences("contact", &self.contacts, &other.contacts, &mut told);
        differences("sends to", &self.sends, &other.sends, &mut told);
        let ids = |of: &Self| of.processed.iter().map(|id| (id.clone(), ())).collect();
        let (here, there): (BTreeMap<_, _>, BTreeMap<_, _>) = (ids(self), ids(other));
        differences("processed event", &here, &there, &mut told);
        told
    }
}

fn differences<T: PartialEq + std::fmt::Debug>(
    what: &str,
    here: &BTreeMap<String, T>,
    there: &BTreeMap<String, T>,
    told: &mut Vec<String>,
) {
    let keys: BTreeSet<_> = here.keys().chain(there.keys()).collect();
    for key in keys {
        let (one, other) = (here.get(key), there.get(key));
        if one != other {
            told.push(format!("{what} {key}:\n  {one:?}\n  {other:?}"));
        }
    }
}

fn keyed(documents: &[Document], key: [&str; 2], fields: &[&str]) -> BTreeMap<String, Value> {
    documents
        .iter()
        .map(|document| {
            let part = |name| document.get_str(name).unwrap_or("?").to_owned();
            let known = fields
                .iter()
                .filter_map(|field| Some(((*field).to_owned(), plain(document.get(field)?)?)))
                .collect::<Map<_, _>>();
            (format!("{} {}", part(key[0]), part(key[1])), known.into())
        })
        .collect()
}

/// A value, however the driver of its language writes it: dates and whole numbers of any
/// width are one. `None` for what says nothing.
fn plain(value: &Bson) -> Option<Value> {
    Some(match value {
        Bson::Null => return None,
        Bson::DateTime(at) => at.timestamp_millis().into(),
        Bson::Int32(number) => i64::from(*number).into(),
        Bson::Int64(number) => (*number).into(),
        #[allow(
            clippy::cast_possible_truncation,
            reason = "Node writes times as doubles, and they are whole milliseconds"
        )]
        Bson::Double(number) => (*number as i64).into(),
        Bson::Boolean(value) => (*value).into(),
        other => other.as_str()?.into(),
    })
}

/// The message or comment of a deduplication mark. Ours also mark what can never trigger
/// anything, and begin with the account and the kind.
fn event_id(mark: &str) -> Option<String> {
    let parts: Vec<_> = mark.split(':').collect();
    match parts.as_slice() {
        [id] => Some((*id).to_owned()),
        [_, "message" | "postback" | "comment", id, ..] => Some((*id).to_owned()),
        _ => None,
    }
}

fn sends(sent: &[Sent]) -> Result<BTreeMap<String, Vec<String>>> {
    let mut sends: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Sent { path, body } in sent {
        let mut body: Value = serde_json::from_slice(body)
            .with_context(|| format!("what was sent to {path} is not JSON"))?;
        let to = if path.ends_with("/replies") {
            // Which of the texts is sent is each system's own choice.
            body["message"] = "…".into();
            String::new()
        } else {
            let recipient = body["recipient"].clone();
            let id = recipient.get("id").or(recipient.get("comment_id"));
            id.and_then(Value::as_str).unwrap_or("?").to_owned()
        };
        sends
            .entry(format!("{path} {to}"))
            .or_default()
            .push(sorted(body).to_string());
    }
    Ok(sends)
}

/// The same with the fields of every object in the order of the alphabet.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            fields.into_iter().collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mongodb::bson::{DateTime, doc};

    fn outcome(asked: Bson, text: &str) -> Outcome {
        let state = doc! { "accountId": "1", "senderId": "2", "asked": asked, "updatedAt": 1 };
        let sent = Sent {
            path: "1/messages".into(),
            body: format!(r#"{{"recipient":{{"id":"2"}},"message":{{"text":"{text}"}}}}"#).into(),
        };
        Outcome {
            states: keyed(&[state], ["accountId", "senderId"], &["asked"]),
            contacts: BTreeMap::new(),
            processed: BTreeSet::new(),
            sends: sends(&[sent]).expect("JSON"),
        }
    }

    #[test]
    fn what_only_the_driver_writes_otherwise_is_no_difference() {
        let one = outcome(Bson::Int32(1), "a");
        for same in [
            Bson::Int64(1),
            Bson::Double(1.0),
            Bson::DateTime(DateTime::from_millis(1)),
        ] {
            assert!(one.differences(&outcome(same, "a")).is_empty());
        }
    }

    #[test]
    fn another_state_or_another_message_is_a_difference() {
        let one = outcome(Bson::Int32(1), "a");
        for other in [outcome(Bson::Int32(2), "a"), outcome(Bson::Int32(1), "b")] {
            assert_eq!(one.differences(&other).len(), 1, "{other:?}");
        }
    }

    #[test]
    fn marks_of_both_systems_name_the_same_event() {
        assert_eq!(event_id("mid.1"), event_id("17:message:mid.1"));
        assert_eq!(event_id("17:read:mid.1:90"), None);
    }
}
