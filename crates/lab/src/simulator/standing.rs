//! Where everybody stands and what is stored of them, and what is otherwise than before.

use super::Result;
use super::playback::{Difference, Document};
use super::stage::Stage;
use heliograph_model::{Contact, ContactId, Millis, UserState, limits};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// What the store knows about everybody.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Standings(HashMap<ContactId, Standing>);

/// What the store knows about somebody.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Standing {
    pub contact: Option<Contact>,
    pub state: Option<UserState>,
}

/// What became otherwise for somebody.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Turn {
    pub person: ContactId,
    pub before: Standing,
    pub after: Standing,
}

impl Standings {
    /// Reads it.
    pub(crate) async fn load(stage: &Stage) -> Result<Self> {
        let store = stage.runtime().store();
        let (account, now) = (stage.account_id(), stage.now());
        let mut known: HashMap<ContactId, Standing> = HashMap::new();
        for contact in store.contacts(account, usize::MAX).await? {
            let person = contact.sender_id.clone();
            known.entry(person).or_default().contact = Some(contact);
        }
        for state in store.user_states(account, now, usize::MAX).await? {
            let person = state.sender_id.clone();
            known.entry(person).or_default().state = Some(state);
        }
        Ok(Self(known))
    }

    pub(crate) fn of(&self, person: &ContactId) -> Standing {
        self.0.get(person).cloned().unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ContactId, &Standing)> {
        self.0.iter()
    }

    /// What is otherwise than it was in `before`.
    pub(crate) fn turns_since(&self, before: &Self) -> Vec<Turn> {
        let mut turns: Vec<_> = self
            .0
            .iter()
            .filter(|(person, now)| before.0.get(person) != Some(now))
            .map(|(person, now)| Turn {
                person: person.clone(),
                before: before.of(person),
                after: now.clone(),
            })
            .collect();
        turns.extend(
            before
                .0
                .iter()
                .filter(|(person, _)| !self.0.contains_key(person))
                .map(|(person, was)| Turn {
                    person: person.clone(),
                    before: was.clone(),
                    after: Standing::default(),
                }),
        );
        turns.sort_by(|a, b| a.person.cmp(&b.person));
        turns
    }
}

impl Standing {
    /// Until when the account may write to them.
    pub(crate) fn window(&self, now: Millis) -> Option<Millis> {
        let last = self.contact.as_ref()?.last_message_at?;
        Some(last + limits::WINDOW_MS).filter(|closes| *closes > now)
    }
}

impl Turn {
    /// Field by field, without what names the documents and when they were written.
    pub(crate) fn differences(&self) -> Vec<Difference> {
        let mut all = Vec::new();
        let documents = [
            (
                Document::State,
                fields(self.before.state.as_ref()),
                fields(self.after.state.as_ref()),
            ),
            (
                Document::Contact,
                fields(self.before.contact.as_ref()),
                fields(self.after.contact.as_ref()),
            ),
        ];
        for (of, before, after) in documents {
            let mut names: Vec<_> = before.keys().chain(after.keys()).collect();
            names.sort_by_key(|name| (weight(name), *name));
            names.dedup();
            for name in names {
                let (was, is) = (before.get(name), after.get(name));
                if was == is {
                    continue;
                }
                all.push(Difference {
                    person: self.person.clone(),
                    of,
                    field: name.clone(),
                    before: was.map(plain),
                    after: is.map(plain),
                    is_time: name.ends_with("At") || name.ends_with("Until"),
                });
            }
        }
        all
    }
}

/// What is not worth comparing: it names the document or says when it was written.
const UNTOLD: [&str; 7] = [
    "accountId",
    "senderId",
    "updatedAt",
    "createdAt",
    "automationType",
    "startedBy",
    "eventAt",
];

/// What is told first.
const TOLD: [&str; 8] = [
    "state",
    "automationId",
    "asked",
    "expiresAt",
    "email",
    "unsubscribed",
    "silencedUntil",
    "follows",
];

fn weight(name: &str) -> usize {
    let place = TOLD.iter().position(|told| *told == name);
    place.unwrap_or(TOLD.len())
}

fn fields<T: Serialize>(document: Option<&T>) -> BTreeMap<String, Value> {
    let value = document.and_then(|document| serde_json::to_value(document).ok());
    let Some(Value::Object(fields)) = value else {
        return BTreeMap::new();
    };
    told(fields)
}

fn told(fields: Map<String, Value>) -> BTreeMap<String, Value> {
    fields
        .into_iter()
        .filter(|(name, value)| !UNTOLD.contains(&name.as_str()) && !value.is_null())
        .filter(|(name, value)| name != "unsubscribed" || *value != Value::Bool(false))
        .collect()
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
