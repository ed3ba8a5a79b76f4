//! Edits that another application makes behind our back.

use heliograph_engine::cache::{Cached, key};
use heliograph_model::AccountId;
use heliograph_mongo::{Change, Changes, MongoStore};
use std::sync::Arc;
use std::time::Duration;

/// The wait before a MongoDB that was not there is asked again.
const PAUSE: Duration = Duration::from_secs(5);

/// Forgets what is cached of every document that somebody edits, until it is dropped.
/// Where MongoDB cannot tell of edits, they count when what is cached expires.
pub(crate) async fn obey(documents: Arc<MongoStore>, cached: Arc<Cached>) {
    loop {
        match documents.changes().await {
            Ok(changes) => forget(changes, &documents, &cached).await,
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "edits by other applications cannot be seen yet");
            }
            Err(error) => {
                tracing::warn!(%error, "edits by other applications are seen when what is cached expires");
                return;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn forget(mut changes: Changes, documents: &MongoStore, cached: &Cached) {
    while let Some(change) = changes.next().await {
        match change {
            Change::Automations {
                workspace,
                kind,
                target,
            } => {
                cached
                    .invalidate_automations(&workspace, kind, &target)
                    .await;
            }
            Change::AllAutomations => forget_all(cached, &[key::AUTOMATION]).await,
            Change::Account(ids) => {
                for id in ids {
                    cached.invalidate_account(&id).await;
                    renew(documents, &id).await;
                }
            }
            Change::AllAccounts => forget_all(cached, &[key::WORKSPACE]).await,
            Change::Everything => {
                forget_all(cached, &[key::AUTOMATION, key::WORKSPACE]).await;
            }
        }
    }
}

/// Reads the token of an account again that this process uses: it is not cached, and who
/// loads the account from the cache does not see that it was renewed.
async fn renew(documents: &MongoStore, id: &AccountId) {
    if documents.token(id).is_some()
        && let Err(error) = documents.refresh_token(id).await
    {
        tracing::warn!(%error, account = %id, "the token of an account that was edited cannot be read");
    }
}

async fn forget_all(cached: &Cached, prefixes: &[&str]) {
    for prefix in prefixes {
        if let Err(error) = cached.invalidate_matching(&format!("{prefix}*")).await {
            tracing::warn!(%error, prefix, "what is cached could not be forgotten after an edit");
        }
    }
}
