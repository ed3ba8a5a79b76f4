//! Where a contact stands, as their next message would find it.

use super::error::Result;
use super::look::OnlyCached;
use heliograph_engine::cache::key;
use heliograph_model::{AccountId, ContactId, Millis, UserState};
use heliograph_runtime::Runtime;

/// A state, and whether the documents lack it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: UserState,
    pub(super) only_cached: Option<OnlyCached>,
}

/// Where a contact stands: by what was committed, and otherwise by what is cached, which a
/// worker relies on as well. `None` where nothing is awaited.
pub(super) async fn standing(
    runtime: &Runtime,
    account: &AccountId,
    contact: &ContactId,
    now: Millis,
) -> Result<Option<Standing>> {
    if let Some(state) = runtime.store().user_state(account, contact, now).await? {
        return Ok(Some(Standing {
            state,
            only_cached: None,
        }));
    }
    let cached = cached_state(runtime, account, contact, now).await?;
    Ok(cached.map(|state| Standing {
        state,
        only_cached: Some(OnlyCached::NoDocument),
    }))
}

/// Where the cache says that a contact stands. What cannot be read, or has expired, says
/// nothing: a worker passes over it too.
async fn cached_state(
    runtime: &Runtime,
    account: &AccountId,
    contact: &ContactId,
    now: Millis,
) -> Result<Option<UserState>> {
    let key = key::user_state(account, contact);
    let Some(bytes) = runtime.cache().peek(&key).await? else {
        return Ok(None);
    };
    let state: Option<UserState> = serde_json::from_slice(&bytes).ok().flatten();
    let state = state.filter(|state| state.expires_at > now);
    Ok(state.map(|state| UserState {
        // Whose it is, its key says.
        account_id: account.clone(),
        sender_id: contact.clone(),
        ..state
    }))
}

/// A state of which MongoDB has no document: the cache has it, or it is listed to be
/// written. `None` where there is a document, or nothing is awaited.
pub(super) async fn without_document(
    runtime: &Runtime,
    account: &AccountId,
    contact: &ContactId,
    now: Millis,
) -> Result<Option<Standing>> {
    let documents = runtime.documents();
    if documents.user_state(account, contact, now).await?.is_some() {
        return Ok(None);
    }
    let found = standing(runtime, account, contact, now).await?;
    Ok(found.map(|found| Standing {
        only_cached: Some(found.only_cached.unwrap_or(OnlyCached::NotYet)),
        ..found
    }))
}

/// Whether anything of a state is held anywhere, also one that has expired or cannot be
/// read. That it is cached that there is none is nothing.
pub(super) async fn is_held(
    runtime: &Runtime,
    account: &AccountId,
    contact: &ContactId,
) -> Result<bool> {
    let key = key::user_state(account, contact);
    let cached = runtime.cache().peek(&key).await?;
    if cached.is_some_and(|bytes| &*bytes != b"null") {
        return Ok(true);
    }
    let (store, documents) = (runtime.store(), runtime.documents());
    let ever = Millis(0);
    Ok(store.user_state(account, contact, ever).await?.is_some()
        || documents
            .user_state(account, contact, ever)
            .await?
            .is_some())
}
