//! One line of the audit log.

use heliograph_model::{GuardLevel, Millis};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest text of a value before or after a change; the rest is cut off.
const LONGEST: usize = 4_000;
/// What stands in the place of a secret.
const HIDDEN: &str = "•••";
/// Parts of the names of fields that hold secrets.
const SECRETS: [&str; 5] = ["token", "secret", "password", "authorization", "apikey"];

/// Entries of this process, counted.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Something that was changed or sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its own, which no other entry has.
    pub id: String,
    /// When it was begun.
    pub at: Millis,
    /// On which profile.
    pub profile: String,
    /// At which guard level; of a change to a profile itself, at which it is opened.
    pub level: GuardLevel,
    /// What was done, as a gerund: “Removing from the cache”.
    pub what: String,
    /// To what: a key, an id, a person.
    pub subject: String,
    /// What was there before, as text, without secrets.
    pub before: Option<String>,
    /// What is there afterwards, as text, without secrets.
    pub after: Option<String>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Why it was not done, for people.
    pub why: Option<String>,
}

/// How a change ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was allowed and begun; no more is known of it.
    #[default]
    Begun,
    /// It was made.
    Done,
    /// It was not made, or not to its end.
    Failed,
    /// It may have been: no answer came to what was sent.
    Unknown,
}

impl AuditOutcome {
    /// As a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// What is to be changed, before it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What is done, as a gerund.
    pub what: String,
    /// To what.
    pub subject: String,
    /// What is there before.
    pub before: Option<String>,
    /// What will be there afterwards.
    pub after: Option<String>,
}

impl Change {
    /// A change of something.
    #[must_use]
    pub fn new(what: impl Into<String>, subject: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            subject: subject.into(),
            ..Self::default()
        }
    }

    /// The same with what is there afterwards.
    #[must_use]
    pub fn to(mut self, after: impl Into<String>) -> Self {
        self.after = Some(after.into());
        self
    }
}

impl AuditEntry {
    /// An entry for a change that begins now.
    #[must_use]
    pub fn new(at: Millis, profile: &str, level: GuardLevel, change: Change) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self {
            id: format!("{:x}-{:x}-{number:x}", at.0, std::process::id()),
            at,
            profile: profile.to_owned(),
            level,
            what: change.what,
            subject: short(change.subject),
            before: change.before.map(|text| short(without_secrets(&text))),
            after: change.after.map(|text| short(without_secrets(&text))),
            outcome: AuditOutcome::Begun,
            why: None,
        }
    }
}

fn short(mut text: String) -> String {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
        text.push('…');
    }
    text
}

/// A text without the values of fields that hold secrets, where it is JSON.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
            hide(&mut value);
            value.to_string()
        }
        Ok(_) | Err(_) => text.to_owned(),
    }
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.to_ascii_lowercase().replace(['_', '-'], "");
                // Whether there is one is no secret.
                let tells = !value.is_null() && !value.is_boolean();
                if tells && SECRETS.iter().any(|secret| name.contains(secret)) {
                    *value = HIDDEN.into();
                } else {
                    hide(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(hide),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
