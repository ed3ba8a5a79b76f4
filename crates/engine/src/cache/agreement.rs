//! Whether what is cached says the same as the document that it is a copy of.

use super::key::{self, Named};
use crate::ports::{Documents, PortResult};
use heliograph_model::{Account, Automation, Contact, Millis, UserState};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The most differences that are listed of one key.
const MOST: usize = 100;
/// Fields that say when, and not what: two copies that differ in nothing else are not
/// answered differently.
const WHEN: [&str; 7] = [
    "createdAt",
    "updatedAt",
    "eventAt",
    "expiresAt",
    "startedBy",
    "lastMessageAt",
    "version",
];

/// How a cached value stands to its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// They say the same; also that there is none, on both sides.
    Same,
    /// Only times differ.
    Times,
    /// They say different things.
    Differs,
    /// Something is cached of which there is no document.
    Orphan,
    /// What is cached cannot be read as what its key says that it is.
    Unreadable,
    /// The engine gives no such key, so that there is nothing to compare it with.
    Unknown,
}

/// A cached value beside its document.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// How they stand.
    pub agreement: Agreement,
    /// The document as the engine would cache it; `null` where there is none.
    pub stored: Value,
    /// Where they differ, at most a hundred places.
    pub differences: Vec<Difference>,
}

/// One place at which a cached value and its document differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where, as a JSON pointer such as `/0/steps/main/text`; empty for the whole.
    pub path: String,
    /// What is cached there; `None` for nothing.
    pub cached: Option<Value>,
    /// What the document says; `None` for nothing.
    pub stored: Option<Value>,
    /// Whether it is more than a time.
    pub matters: bool,
}

/// Compares a cached value with its document, field by field, as far as the engine knows
/// the fields. A user state that has expired counts as none.
///
/// # Errors
/// When the documents cannot be read.
pub async fn compare(
    documents: &dyn Documents,
    key: &str,
    cached: &[u8],
    now: Millis,
) -> PortResult<Compared> {
    Ok(match key::read(key) {
        None => Compared {
            agreement: Agreement::Unknown,
            stored: Value::Null,
            differences: Vec::new(),
        },
        Some(Named::Workspace(id)) => {
            let stored = documents.account(&id).await?;
            beside::<Option<Account>>(cached, &stored, Option::is_some, |_| true)
        }
        Some(Named::Automations(workspace, kind, target)) => {
            let stored = documents.active_automations(&workspace, kind, &target);
            let stored = stored.await?;
            beside::<Vec<Automation>>(cached, &stored, |list| !list.is_empty(), |_| true)
        }
        Some(Named::UserState(account, contact)) => {
            let stored = documents.user_state(&account, &contact, now).await?;
            let is_good = |state: &Option<UserState>| {
                state.as_ref().is_none_or(|state| state.expires_at > now)
            };
            beside::<Option<UserState>>(cached, &stored, Option::is_some, is_good)
        }
        Some(Named::Contact(account, contact)) => {
            let stored = documents.contact(&account, &contact).await?;
            beside::<Option<Contact>>(cached, &stored, Option::is_some, |_| true)
        }
    })
}

/// `is_known` tells a thing from its known absence, and `is_good` what still counts.
fn beside<T: Default + Serialize + DeserializeOwned>(
    cached: &[u8],
    stored: &T,
    is_known: fn(&T) -> bool,
    is_good: impl Fn(&T) -> bool,
) -> Compared {
    let document = json(stored);
    let Ok(cached) = serde_json::from_slice::<T>(cached) else {
        return Compared {
            agreement: Agreement::Unreadable,
            stored: document,
            differences: Vec::new(),
        };
    };
    let cached = if is_good(&cached) {
        cached
    } else {
        T::default()
    };
    let mut differences = Vec::new();
    differ(&mut differences, "", Some(&json(&cached)), Some(&document));
    let agreement = if differences.is_empty() {
        Agreement::Same
    } else if is_known(&cached) && !is_known(stored) {
        Agreement::Orphan
    } else if differences.iter().any(|difference| difference.matters) {
        Agreement::Differs
    } else {
        Agreement::Times
    };
    Compared {
        agreement,
        stored: document,
        differences,
    }
}

fn json<T: Serialize>(value: &T) -> Value {
    // What is cached is made of strings, numbers and lists with string keys.
    serde_json::to_value(value).expect("documents become JSON")
}

fn differ(found: &mut Vec<Difference>, path: &str, cached: Option<&Value>, stored: Option<&Value>) {
    if found.len() >= MOST || cached == stored {
        return;
    }
    match (cached, stored) {
        (Some(Value::Object(cached)), Some(Value::Object(stored))) => {
            for (name, value) in cached {
                differ(found, &step(path, name), Some(value), stored.get(name));
            }
            for (name, value) in stored {
                if !cached.contains_key(name) {
                    differ(found, &step(path, name), None, Some(value));
                }
            }
        }
        (Some(Value::Array(cached)), Some(Value::Array(stored))) => {
            for at in 0..cached.len().max(stored.len()) {
                let path = step(path, &at.to_string());
                differ(found, &path, cached.get(at), stored.get(at));
            }
        }
        (cached, stored) => found.push(Difference {
            matters: !path
                .rsplit('/')
                .next()
                .is_some_and(|name| WHEN.contains(&name)),
            path: path.to_owned(),
            cached: cached.cloned(),
            stored: stored.cloned(),
        }),
    }
}

fn step(path: &str, name: &str) -> String {
    let name = name.replace('~', "~0").replace('/', "~1");
    format!("{path}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn differences(cached: &Value, stored: &Value) -> Vec<(String, bool)> {
        let mut found = Vec::new();
        differ(&mut found, "", Some(cached), Some(stored));
        found
            .into_iter()
            .map(|difference| (difference.path, difference.matters))
            .collect()
    }

    #[test]
    fn each_place_is_named() {
        let cached = json!([{"name": "Menu", "steps": {"a/b": 1}, "updatedAt": 5}]);
        let stored = json!([{"name": "Card", "steps": {"a/b": 2}, "updatedAt": 6}, {}]);
        let expected = [
            ("/0/name", true),
            ("/0/steps/a~1b", true),
            ("/0/updatedAt", false),
            ("/1", true),
        ];
        assert_eq!(
            differences(&cached, &stored),
            expected.map(|(path, matters)| (path.to_owned(), matters))
        );
        assert_eq!(differences(&cached, &cached), []);
        assert_eq!(
            differences(&json!({"a": 1}), &json!({"b": 1})),
            [("/a".to_owned(), true), ("/b".to_owned(), true)]
        );
    }

    #[test]
    fn a_thing_and_its_absence_are_told_apart() {
        let is_known: fn(&Vec<u32>) -> bool = |list| !list.is_empty();
        let of = |cached: &str, stored: &[u32]| {
            beside::<Vec<u32>>(cached.as_bytes(), &stored.to_vec(), is_known, |list| {
                !list.contains(&9)
            })
            .agreement
        };
        assert_eq!(of("[1]", &[1]), Agreement::Same);
        assert_eq!(of("[]", &[]), Agreement::Same);
        assert_eq!(of("[1]", &[2]), Agreement::Differs);
        assert_eq!(of("[1]", &[]), Agreement::Orphan);
        assert_eq!(
            of("[]", &[1]),
            Agreement::Differs,
            "a known absence that is wrong"
        );
        assert_eq!(of("{", &[1]), Agreement::Unreadable);
        assert_eq!(of("[9]", &[]), Agreement::Same, "it counts no more");
    }
}
