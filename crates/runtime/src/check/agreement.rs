//! Whether Redis and MongoDB say the same of where contacts stand, on a sample.

use super::Check;
use heliograph_engine::ports::{Clock, Documents};
use heliograph_model::{AccountId, ContactId, Millis, UserState};
use heliograph_mongo::MongoStore;
use heliograph_redis::RedisCache;
use std::sync::Arc;

const NAME: &str = "redis.agreement";
/// What was written a moment ago may not be in MongoDB yet.
const WRITE_BEHIND_MS: i64 = Millis::MINUTE;
const PREFIX: &str = "user_state:";

/// Compares cached user states with the documents.
pub(super) async fn check(
    cache: &RedisCache,
    store: &MongoStore,
    most: usize,
    clock: &Arc<dyn Clock>,
) -> Check {
    let cached = match cache.sample("user_state:*", most).await {
        Ok(cached) => cached,
        Err(error) => return unknown(&error),
    };
    let now = clock.now();
    let (mut same, mut fresh) = (0_usize, 0_usize);
    let mut apart = Vec::new();
    for (key, value) in &cached {
        let Some((account, contact)) = ids(key) else {
            continue;
        };
        let Ok(cached) = serde_json::from_slice::<Option<UserState>>(value) else {
            apart.push(format!("{key} (cannot be read)"));
            continue;
        };
        let stored = match store.user_state(&account, &contact, now).await {
            Ok(stored) => stored,
            Err(error) => return unknown(&error),
        };
        let cached = cached.filter(|state| state.expires_at > now);
        if stands(cached.as_ref()) == stands(stored.as_ref()) {
            same += 1;
        } else if [&cached, &stored]
            .into_iter()
            .flatten()
            .any(|state| now.since(state.updated_at) < WRITE_BEHIND_MS)
        {
            fresh += 1;
        } else {
            apart.push(key.clone());
        }
    }
    let looked = same + fresh + apart.len();
    if apart.is_empty() {
        return Check::ok(
            NAME,
            format!(
                "Of {looked} cached user states {same} are as in MongoDB, and {fresh} were changed a moment ago."
            ),
        );
    }
    let examples: Vec<_> = apart.iter().take(3).map(String::as_str).collect();
    Check::warning(
        NAME,
        format!(
            "{} of {looked} cached user states are not as in MongoDB, such as {}.",
            apart.len(),
            examples.join(", ")
        ),
        "See whether a worker is still writing behind; otherwise remove these keys, and MongoDB counts.",
    )
}

/// Where a contact stands, as far as it matters to the next event.
fn stands(state: Option<&UserState>) -> Option<(&str, heliograph_model::Awaiting)> {
    state.map(|state| (state.automation_id.as_str(), state.state))
}

fn ids(key: &str) -> Option<(AccountId, ContactId)> {
    let (account, contact) = key.strip_prefix(PREFIX)?.split_once(':')?;
    Some((account.into(), contact.into()))
}

fn unknown(error: &dyn std::fmt::Display) -> Check {
    Check::warning(
        NAME,
        format!("Redis and MongoDB cannot be compared: {error}"),
        "Put the connection right first.",
    )
}
