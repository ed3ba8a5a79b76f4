//! Whether Redis and MongoDB say the same of where contacts stand, on a sample.

use super::Check;
use heliograph_engine::cache::agreement::{Agreement, compare};
use heliograph_engine::ports::Clock;
use heliograph_model::Millis;
use heliograph_mongo::MongoStore;
use heliograph_redis::RedisCache;
use serde_json::Value;
use std::sync::Arc;

const NAME: &str = "redis.agreement";
/// What was written a moment ago may not be in MongoDB yet.
const WRITE_BEHIND_MS: i64 = Millis::MINUTE;

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
        let compared = match compare(store, key, value, now).await {
            Ok(compared) => compared,
            Err(error) => return unknown(&error),
        };
        match compared.agreement {
            Agreement::Unknown => {}
            Agreement::Same | Agreement::Times => same += 1,
            Agreement::Unreadable => apart.push(format!("{key} (cannot be read)")),
            Agreement::Differs | Agreement::Orphan => {
                let cached = serde_json::from_slice(value).unwrap_or_default();
                if [&cached, &compared.stored]
                    .into_iter()
                    .any(|state| is_fresh(state, now))
                {
                    fresh += 1;
                } else {
                    apart.push(key.clone());
                }
            }
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

/// Whether a state was written so lately that the documents may not have it.
fn is_fresh(state: &Value, now: Millis) -> bool {
    state["updatedAt"]
        .as_i64()
        .is_some_and(|at| now.since(Millis(at)) < WRITE_BEHIND_MS)
}

fn unknown(error: &dyn std::fmt::Display) -> Check {
    Check::warning(
        NAME,
        format!("Redis and MongoDB cannot be compared: {error}"),
        "Put the connection right first.",
    )
}
