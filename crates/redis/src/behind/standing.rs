//! Where a contact stands, for the cache of a cluster. There it is in another slot than the
//! conversation, so the commit cannot write it in the same step: it is written at once
//! afterwards, by the time of the commit, so that what comes late changes nothing.

use super::Shared;
use crate::lease::{fence_key, lease_key};
use heliograph_engine::ports::{CacheWrite, PortResult};
use heliograph_model::Millis;
use std::sync::Arc;
use std::time::Duration;

/// After how long a write is too late, and removes what is cached instead.
const TOO_LATE_MS: i64 = 5 * Millis::MINUTE;
/// How long it is remembered when what is cached was committed: longer than any write that
/// is not too late may take, however far the servers' clocks are apart.
const REMEMBERED_MS: i64 = 20 * Millis::MINUTE;
/// The waits between tries: without it an older state would count again a while later.
const WAITS: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// Begins to write what was committed at a time, in microseconds of the clock of the server
/// that has the conversation. Whoever commits does not wait for it: the conversation itself
/// says for a while what is newer than the cache.
pub(super) async fn begin(shared: &Arc<Shared>, write: CacheWrite, at: i64) {
    let under_way = Arc::clone(&shared.caching).read_owned().await;
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let mut waits = WAITS.into_iter();
        while let Err(error) = cache(&shared, &write, at).await {
            match waits.next() {
                Some(wait) => tokio::time::sleep(wait).await,
                None => {
                    tracing::warn!(%error, "where a contact stands cannot be cached");
                    break;
                }
            }
        }
        drop(under_way);
    });
}

/// Waits until what was begun is written, or given up.
pub(super) async fn settle(shared: &Shared) {
    drop(shared.caching.write().await);
}

async fn cache(shared: &Shared, write: &CacheWrite, at: i64) -> PortResult<()> {
    let CacheWrite {
        key,
        value,
        ttl_ms,
        only_new,
    } = write;
    let (Some(lease), Some(fence)) = (lease_key(key), fence_key(key)) else {
        // No other key is sure to be beside it.
        let mut remove = redis::cmd("UNLINK");
        shared.redis.commands().run::<()>(remove.arg(key)).await?;
        return Ok(());
    };
    let call = shared.scripts.standing.on(&[key, &lease, &fence]);
    let call = call
        .arg(at)
        .arg(&value[..])
        .arg(ttl_ms)
        .arg(u8::from(*only_new))
        .arg(TOO_LATE_MS)
        .arg(REMEMBERED_MS);
    Ok(call.run(&mut shared.redis.commands()).await?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::behind::scripts::Scripts;
    use crate::{Redis, RedisConfig};
    use heliograph_servers::redis::RedisCluster;

    /// As two workers do it: what the first one caches comes after what the second did.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_comes_late_is_not_written_over_what_was_committed_later() {
        let cluster = RedisCluster::start().unwrap();
        let config = RedisConfig::new(cluster.urls().join(","));
        let redis = Redis::connect(&config).await.unwrap();
        let scripts = Scripts::new();
        let (redis, scripts) = (&redis, &scripts);
        let key = "user_state:17841400000000001:900";
        let cached = async || {
            let mut get = redis::cmd("GET");
            let found: Option<String> = redis.commands().run(get.arg(key)).await.unwrap();
            found
        };
        let now = std::time::UNIX_EPOCH.elapsed().unwrap();
        let now = i64::try_from(now.as_micros()).unwrap();
        let write = async |value: &str, for_ms: i64, only_new: bool, at: i64| {
            let (lease, fence) = (lease_key(key).unwrap(), fence_key(key).unwrap());
            let call = scripts.standing.on(&[key, &lease, &fence]);
            let call = call.arg(now + at).arg(value).arg(for_ms);
            let call = call.arg(u8::from(only_new)).arg(TOO_LATE_MS);
            let call = call.arg(REMEMBERED_MS);
            let written: bool = call.run(&mut redis.commands()).await.unwrap();
            written
        };
        assert!(write("asked", 60_000, false, 1).await);
        assert!(write("null", 60_000, false, 3).await);
        assert!(!write("asked again", 60_000, false, 2).await);
        assert_eq!(cached().await.as_deref(), Some("null"), "it says no time");
        assert!(write("gone", 0, false, 5).await);
        assert!(!write("loaded before", 60_000, true, 4).await);
        assert_eq!(cached().await, None);
        assert!(write("asked", -1, true, 6).await);
        assert!(write("not this", -1, true, 7).await);
        assert_eq!(cached().await.as_deref(), Some("asked"));
        // So late that nobody remembers what came since.
        let fence = fence_key(key).unwrap();
        let mut forget = redis::cmd("DEL");
        let forgotten: u64 = redis.commands().run(forget.arg(&fence)).await.unwrap();
        assert_eq!(forgotten, 1);
        assert!(!write("asked", 60_000, false, -1_000 * TOO_LATE_MS - 1).await);
        assert_eq!(cached().await, None, "the store is asked");
    }
}
