//! What the cache and the documents hold of a contact, side by side.

use super::error::Result;
use heliograph_engine::cache::agreement::{self, Agreement, Compared};
use heliograph_engine::cache::key;
use heliograph_engine::ports::Ttl;
use heliograph_model::{AccountId, Contact, ContactId, Millis, UserState};
use heliograph_runtime::Runtime;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is held of one document in both places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Holding {
    /// What document.
    pub what: HeldWhat,
    /// The key in the cache.
    pub key: String,
    /// How the two stand.
    pub verdict: HeldVerdict,
    /// What is cached, as JSON; absent where nothing is, not even that there is none.
    pub cached: Option<String>,
    /// For how long it is cached, in milliseconds; absent where nothing is, or where it
    /// does not expire.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub expires_in: Option<i64>,
    /// It is cached and does not expire.
    pub forever: bool,
    /// The document, as JSON; absent where there is none.
    pub stored: Option<String>,
    /// Where they differ.
    pub differences: Vec<HeldDifference>,
    /// What was committed last is not in the documents yet.
    pub behind: bool,
}

/// A document of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum HeldWhat {
    /// Where they stand.
    UserState,
    /// What is stored of them.
    Contact,
}

/// How a cached document and the stored one stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum HeldVerdict {
    /// Both say the same.
    Same,
    /// Only times differ.
    Times,
    /// They say different things.
    Differs,
    /// Something is cached of which there is no document.
    OnlyCached,
    /// There is a document, and nothing is cached of it.
    OnlyStored,
    /// Neither place has it.
    Nowhere,
    /// What is cached cannot be read.
    Unreadable,
}

/// One place at which they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct HeldDifference {
    /// The field.
    pub field: String,
    /// What is cached there, as JSON.
    pub cached: Option<String>,
    /// What the document says, as JSON.
    pub stored: Option<String>,
    /// Whether it is more than a time.
    pub matters: bool,
}

/// Both documents of a contact.
pub(super) async fn holdings(
    runtime: &Runtime,
    account: &AccountId,
    contact: &ContactId,
) -> Result<Vec<Holding>> {
    let now = runtime.clock().now();
    let (shown, documents) = (runtime.store(), runtime.documents());
    let (committed, stored) = (
        shown.user_state(account, contact, now).await?,
        documents.user_state(account, contact, now).await?,
    );
    let behind = committed != stored;
    let key = key::user_state(account, contact);
    let state = held::<UserState>(runtime, HeldWhat::UserState, key, stored, behind, now);
    let (committed, stored) = (
        shown.contact(account, contact).await?,
        documents.contact(account, contact).await?,
    );
    let behind = committed != stored;
    let key = key::contact(account, contact);
    let person = held::<Contact>(runtime, HeldWhat::Contact, key, stored, behind, now);
    Ok(vec![state.await?, person.await?])
}

async fn held<T: Serialize>(
    runtime: &Runtime,
    what: HeldWhat,
    key: String,
    stored: Option<T>,
    behind: bool,
    now: Millis,
) -> Result<Holding> {
    let cache = runtime.cache();
    let cached = cache.peek(&key).await?;
    let ttl = match &cached {
        Some(_) => cache.ttl(&key).await?,
        None => Ttl::Absent,
    };
    let compared = match &cached {
        None => None,
        Some(bytes) => Some(agreement::compare(&*runtime.documents(), &key, bytes, now).await?),
    };
    let verdict = match compared.as_ref().map(|compared| compared.agreement) {
        None if stored.is_some() => HeldVerdict::OnlyStored,
        None => HeldVerdict::Nowhere,
        Some(Agreement::Same) => HeldVerdict::Same,
        Some(Agreement::Times) => HeldVerdict::Times,
        Some(Agreement::Differs) => HeldVerdict::Differs,
        Some(Agreement::Orphan) => HeldVerdict::OnlyCached,
        Some(Agreement::Unreadable | Agreement::Unknown) => HeldVerdict::Unreadable,
    };
    Ok(Holding {
        what,
        verdict,
        cached: cached.map(|bytes| pretty(&bytes)),
        expires_in: match ttl {
            Ttl::Millis(millis) => Some(millis),
            Ttl::Absent | Ttl::Forever => None,
        },
        forever: ttl == Ttl::Forever,
        stored: stored.and_then(|document| serde_json::to_string_pretty(&document).ok()),
        differences: compared.map(differences).unwrap_or_default(),
        behind,
        key,
    })
}

fn differences(compared: Compared) -> Vec<HeldDifference> {
    let text = |value: Option<Value>| value.map(|value| value.to_string());
    compared
        .differences
        .into_iter()
        .map(|one| HeldDifference {
            field: one.path.trim_start_matches('/').replace('/', "."),
            cached: text(one.cached),
            stored: text(one.stored),
            matters: one.matters,
        })
        .collect()
}

/// Bytes as JSON on several lines, or as they are where they are none.
fn pretty(bytes: &[u8]) -> String {
    let read: Option<Value> = serde_json::from_slice(bytes).ok();
    read.and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}
