//! The keys of the cache: listed by collection, opened beside their documents, and
//! invalidated.

use super::json::{JsonLine, lines, without_secrets};
use super::{CacheDesk, CacheError, Result};
use heliograph_engine::cache::agreement::{self, Compared};
use heliograph_engine::cache::{Forgotten, Hand, key};
use heliograph_engine::ports::{Announcements, Cursor, Documents, FoundKey, KeyValue, Ttl};
use heliograph_model::{Collection, Millis};
use heliograph_runtime::Runtime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Keys that the server looks at in one step.
const STEP: u32 = 1_000;
/// The most keys that are looked at for one page of a list, before what was found is
/// shown: a second of a server's attention.
const MOST_LOOKED_AT: u64 = 200_000;
/// The most keys of a page.
const MOST: u32 = 500;
/// The most keys that are invalidated by name at once.
pub const MOST_AT_ONCE: usize = 1_000;
/// How long the workers may take to say that they have obeyed,
const OBEYED_WITHIN: Duration = Duration::from_millis(1_500);
/// and how often it is looked whether they did.
const BETWEEN_ANSWERS: Duration = Duration::from_millis(25);
/// The most bytes of a value that are shown.
const MOST_SHOWN: usize = 256 * 1024;

/// What somebody looks for among the keys.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KeySearch {
    /// Of which collection.
    pub collection: Collection,
    /// A part of the key, in which `*` stands for any characters; empty for all.
    pub text: String,
    /// Where the page before ended; absent from the beginning.
    pub from: Option<String>,
    /// About how many keys are wanted.
    pub most: u32,
}

/// Some of the keys.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KeyList {
    /// Those that were found, by their names.
    pub keys: Vec<KeyRow>,
    /// Where the next page begins; absent at the end.
    pub next: Option<String>,
    /// About how many keys of all kinds were looked at.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub looked_at: u64,
}

/// A key without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// Its name.
    pub key: String,
    /// When it goes, by the engine's clock; absent: never.
    pub expires_at: Option<Millis>,
    /// What it takes in memory, in bytes; absent where nobody knows.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub bytes: Option<u64>,
}

/// A key with its value, beside its document.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OpenedKey {
    /// The key.
    pub row: KeyRow,
    /// Its collection.
    pub collection: Collection,
    /// For how long nobody had used it, in milliseconds; absent where nobody knows.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub idle_ms: Option<i64>,
    /// How it stands to its document.
    pub agreement: KeyAgreement,
    /// What is cached, line by line.
    pub cached: Vec<JsonLine>,
    /// The document, line by line; empty where there is none to compare with.
    pub stored: Vec<JsonLine>,
    /// Whether there is a document.
    pub is_stored: bool,
    /// Where they differ.
    pub differences: Vec<KeyDifference>,
    /// When both were read, by the engine's clock.
    pub read_at: Millis,
}

/// How a key stands to its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum KeyAgreement {
    /// They say the same; also that there is none, on both sides.
    Same,
    /// Only times differ.
    Times,
    /// They say different things.
    Differs,
    /// There is no document.
    Orphan,
    /// What is cached cannot be read as what its key says that it is.
    Unreadable,
    /// The engine gives no such key.
    Unknown,
}

/// One place at which a key and its document differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KeyDifference {
    /// Where, as a JSON pointer; empty for the whole.
    pub path: String,
    /// What is cached there, as JSON; absent for nothing.
    pub cached: Option<String>,
    /// What the document says, as JSON; absent for nothing.
    pub stored: Option<String>,
    /// Whether it is more than a time.
    pub matters: bool,
}

/// What an invalidation did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Invalidated {
    /// How many keys were in the cache.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub removed: u64,
    /// Whether other workers were told.
    pub is_announced: bool,
    /// How many other workers listened then; absent where that is not known.
    pub heard: Option<u32>,
    /// Who of them has said that they have obeyed; absent where nobody could be asked.
    pub obeyed: Option<Obeyed>,
}

/// Who has said that they have forgotten their own copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Obeyed {
    /// How many others were asked; absent where that is not known. Whoever only observes
    /// is asked too, and may not say anything.
    pub asked: Option<u32>,
    /// What those who said so are called.
    pub names: Vec<String>,
}

/// Asks the workers who are told of invalidations to say that they have obeyed, and waits
/// until all of them did, or for a moment. That nobody can be asked is no failure: it is
/// removed, and announced.
async fn who_obeyed(announcements: &dyn Announcements) -> Option<Obeyed> {
    let asked = match announcements.ask().await {
        Ok(asked) => asked?,
        Err(error) => {
            tracing::warn!(%error, "who obeyed an invalidation is not known");
            return None;
        }
    };
    let until = Instant::now() + OBEYED_WITHIN;
    let names = loop {
        let names = announcements.who_obeyed(&asked.ask).await;
        let names = names.unwrap_or_else(|error| {
            tracing::warn!(%error, "who obeyed an invalidation is not known");
            Vec::new()
        });
        let are_all = asked
            .others
            .is_some_and(|others| names.len() as u64 >= others);
        if are_all || Instant::now() >= until {
            break names;
        }
        sleep(BETWEEN_ANSWERS).await;
    };
    Some(Obeyed {
        asked: asked.others.and_then(|others| u32::try_from(others).ok()),
        names,
    })
}

impl Invalidated {
    async fn new(done: Forgotten, announcements: Option<&dyn Announcements>) -> Self {
        let obeyed = match announcements {
            Some(announcements) => who_obeyed(announcements).await,
            None => None,
        };
        // This process listens too, on a connection of its own.
        let others = |listened: u64| u32::try_from(listened.saturating_sub(1));
        Self {
            removed: done.removed,
            is_announced: announcements.is_some(),
            obeyed,
            heard: done.listened.and_then(|listened| others(listened).ok()),
        }
    }
}

impl From<agreement::Agreement> for KeyAgreement {
    fn from(agreement: agreement::Agreement) -> Self {
        match agreement {
            agreement::Agreement::Same => Self::Same,
            agreement::Agreement::Times => Self::Times,
            agreement::Agreement::Differs => Self::Differs,
            agreement::Agreement::Orphan => Self::Orphan,
            agreement::Agreement::Unreadable => Self::Unreadable,
            agreement::Agreement::Unknown => Self::Unknown,
        }
    }
}

impl KeyRow {
    pub(super) fn of(found: FoundKey, now: Millis) -> Self {
        Self {
            expires_at: match found.ttl {
                Ttl::Millis(left) => Some(now + left),
                Ttl::Absent => Some(now),
                Ttl::Forever => None,
            },
            bytes: found.bytes,
            key: found.key,
        }
    }
}

impl CacheDesk {
    /// Keys of a collection, a page at a time. The server is walked over with `SCAN`, so
    /// that nobody waits; a page may hold fewer than are wanted, and more than that where
    /// many stand together.
    ///
    /// # Errors
    /// When the cache does not answer, or the text cannot be part of a key.
    pub async fn keys(&self, search: &KeySearch) -> Result<KeyList> {
        let runtime = self.runtime()?;
        let pattern = pattern(search.collection, &search.text);
        let most = search.most.clamp(1, MOST) as usize;
        let mut list = KeyList::default();
        let mut from = search.from.clone().map(Cursor);
        loop {
            let page = runtime.keys().keys(&pattern, from.as_ref(), STEP).await?;
            let now = runtime.clock().now();
            list.looked_at += page.looked_at;
            list.keys
                .extend(page.keys.into_iter().map(|found| KeyRow::of(found, now)));
            from = page.next;
            if from.is_none() || list.keys.len() >= most || list.looked_at >= MOST_LOOKED_AT {
                // A page of the server may name a key twice.
                let mut seen = std::collections::HashSet::new();
                list.keys.retain(|row| seen.insert(row.key.clone()));
                list.keys.sort_by(|one, other| one.key.cmp(&other.key));
                list.next = from.map(|Cursor(next)| next);
                return Ok(list);
            }
        }
    }

    /// A key with its value, beside its document.
    ///
    /// # Errors
    /// [`CacheError::Gone`] where it is not there any more, and when the cache or the
    /// documents cannot be read.
    pub async fn open(&self, key: &str) -> Result<OpenedKey> {
        let runtime = self.runtime()?;
        let collection = cached(key)?;
        let opened = runtime.keys().open(&[key.to_owned()]).await?;
        let Some(opened) = opened.into_iter().next().flatten() else {
            return Err(CacheError::Gone(key.to_owned()));
        };
        let now = runtime.clock().now();
        let (value, compared) = match &opened.value {
            KeyValue::Bytes(bytes) => {
                let compared = compare(&runtime, key, bytes, now).await?;
                let value = match bytes.len() {
                    length if length <= MOST_SHOWN => serde_json::from_slice(bytes).ok(),
                    _ => None,
                };
                let value = value.map(|mut value| {
                    without_secrets(&mut value);
                    value
                });
                let text = || {
                    let shown = &bytes[..bytes.len().min(MOST_SHOWN)];
                    String::from_utf8_lossy(shown).into_owned()
                };
                (value.ok_or_else(text), compared)
            }
            KeyValue::Other(kind) => {
                // Nothing that could be read: only the document is told.
                let compared = compare(&runtime, key, b"", now).await?;
                (Err(format!("(a {kind}, not a text)")), compared)
            }
        };
        let marked = |side: fn(&agreement::Difference) -> bool| -> Vec<&str> {
            let differences = compared.differences.iter();
            differences
                .filter(|difference| difference.matters && side(difference))
                .map(|difference| difference.path.as_str())
                .collect()
        };
        let of_cached = marked(|difference| difference.cached.is_some());
        let of_stored = marked(|difference| difference.stored.is_some());
        Ok(OpenedKey {
            row: KeyRow::of(opened.found, now),
            collection,
            idle_ms: opened.idle_ms,
            agreement: compared.agreement.into(),
            cached: match &value {
                Ok(value) => lines(value, &of_cached),
                Err(text) => text.lines().map(JsonLine::plain).collect(),
            },
            stored: match compared.agreement {
                agreement::Agreement::Unknown => Vec::new(),
                _ => lines(&compared.stored, &of_stored),
            },
            is_stored: is_stored(&compared.stored),
            differences: compared.differences.iter().map(told).collect(),
            read_at: now,
        })
    }

    /// Removes keys and tells every worker. Returns what was done.
    ///
    /// # Errors
    /// [`CacheError::Refused`] at a guard level that only reads, [`CacheError::Invalid`]
    /// for a name that is none of the cache's, and when the cache does not do it.
    pub async fn invalidate(&self, keys: &[String]) -> Result<Invalidated> {
        let runtime = self.runtime()?;
        if keys.len() > MOST_AT_ONCE {
            return Err(CacheError::Invalid(format!(
                "Invalidate at most {MOST_AT_ONCE} keys at once, or all of a collection."
            )));
        }
        for key in keys {
            cached(key)?;
        }
        let (cache, announcements) = (runtime.cache(), runtime.announcements());
        let hand = Hand {
            cache: &*cache,
            announcements: announcements.as_deref(),
        };
        let cached = runtime.engine().cached();
        let done = cached.invalidate_by_hand(hand, keys).await?;
        self.shared
            .forget_findings(|finding| keys.contains(&finding.row.key));
        Ok(Invalidated::new(done, announcements.as_deref()).await)
    }

    /// Removes every key of a collection and tells every worker. Returns what was done.
    ///
    /// # Errors
    /// As [`Self::invalidate`].
    pub async fn invalidate_all(&self, collection: Collection) -> Result<Invalidated> {
        let runtime = self.runtime()?;
        let pattern = format!("{}*", key::beginning(collection));
        let (cache, announcements) = (runtime.cache(), runtime.announcements());
        let hand = Hand {
            cache: &*cache,
            announcements: announcements.as_deref(),
        };
        let cached = runtime.engine().cached();
        let done = cached.invalidate_matching_by_hand(hand, &pattern).await?;
        self.shared
            .forget_findings(|finding| finding.collection == collection);
        Ok(Invalidated::new(done, announcements.as_deref()).await)
    }
}

/// The pattern of a collection's keys that hold a text. A whole key may be written too.
fn pattern(collection: Collection, text: &str) -> String {
    let beginning = key::beginning(collection);
    let text = text.trim();
    let text = text.strip_prefix(beginning).unwrap_or(text);
    if text.is_empty() {
        format!("{beginning}*")
    } else {
        format!("{beginning}*{text}*")
    }
}

/// The collection of a key. Nothing but what is cached is opened or removed here: on the
/// same Redis there may be jobs, and what MongoDB does not have yet.
fn cached(key: &str) -> Result<Collection> {
    key::collection(key).ok_or_else(|| {
        CacheError::Invalid(format!(
            "{key} is no key of the cache. Those begin with workspace:, automation:, user_state: or contact:."
        ))
    })
}

/// Compares what is cached with what counts as the document: where something is written
/// behind, that is what was committed.
pub(super) async fn compare(
    runtime: &Arc<Runtime>,
    key: &str,
    cached: &[u8],
    now: Millis,
) -> Result<Compared> {
    let store = runtime.store();
    let documents: &dyn Documents = &*store;
    Ok(agreement::compare(documents, key, cached, now).await?)
}

fn is_stored(stored: &Value) -> bool {
    match stored {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}

fn told(difference: &agreement::Difference) -> KeyDifference {
    let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    KeyDifference {
        path: difference.path.clone(),
        cached: text(&difference.cached),
        stored: text(&difference.stored),
        matters: difference.matters,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_key_or_a_whole_one_is_looked_for() {
        let of = |text| pattern(Collection::UserState, text);
        assert_eq!(of(""), "user_state:*");
        assert_eq!(of(" 900 "), "user_state:*900*");
        assert_eq!(of("user_state:1784:90"), "user_state:*1784:90*");
        assert_eq!(of("1784:*1"), "user_state:*1784:*1*");
    }

    #[test]
    fn what_is_not_cached_is_not_touched() {
        for key in [
            "bull:jobs:1",
            "heliograph:0:conversation",
            "",
            "user_states:1",
        ] {
            assert!(cached(key).is_err(), "{key}");
        }
        assert_eq!(cached("workspace:1").ok(), Some(Collection::Workspace));
    }
}
