//! The cache, guarded.

use super::Guard;
use crate::audit::Change;
use async_trait::async_trait;
use bytes::Bytes;
use heliograph_engine::ports::{Cache, Lease, Lookup, PortResult, Ttl};
use heliograph_model::GuardLevel;
use std::sync::Arc;

/// A cache that is written only where the guard level allows it.
#[derive(Debug, Clone)]
pub struct GuardedCache {
    inner: Arc<dyn Cache>,
    guard: Arc<Guard>,
}

impl GuardedCache {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Cache>, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }

    /// What a key holds, as text.
    async fn shown(&self, key: &str) -> Option<String> {
        let value = self.inner.peek(key).await.ok().flatten()?;
        Some(text(&value))
    }
}

#[async_trait]
impl Cache for GuardedCache {
    /// At *observe* a miss comes with a lease that is good for nothing: a real one is a
    /// key of its own in some backends.
    async fn get(&self, key: &str) -> PortResult<Lookup> {
        match self.guard.level() {
            GuardLevel::Observe => Ok(match self.inner.peek(key).await? {
                Some(value) => Lookup::Hit(value),
                None => Lookup::Miss(Lease(0)),
            }),
            GuardLevel::Offline | GuardLevel::DryRun | GuardLevel::Live => {
                self.inner.get(key).await
            }
        }
    }

    async fn peek(&self, key: &str) -> PortResult<Option<Bytes>> {
        self.inner.peek(key).await
    }

    async fn fill(&self, key: &str, lease: Lease, value: Bytes, ttl_ms: i64) -> PortResult<bool> {
        self.guard.allow("Filling the cache")?;
        self.inner.fill(key, lease, value, ttl_ms).await
    }

    async fn add(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<bool> {
        self.guard.allow("Filling the cache")?;
        self.inner.add(key, value, ttl_ms).await
    }

    async fn put(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<()> {
        let change = Change::new("Writing to the cache", key).to(text(&value));
        let call = self.inner.put(key, value, ttl_ms);
        self.guard.change(change, self.shown(key), call).await
    }

    async fn remove(&self, keys: &[String]) -> PortResult<u64> {
        let change = Change::new("Removing from the cache", keys.join(", "));
        let before = async {
            match keys {
                [key] => self.shown(key).await,
                _ => None,
            }
        };
        self.guard
            .change(change, before, self.inner.remove(keys))
            .await
    }

    async fn remove_matching(&self, pattern: &str) -> PortResult<u64> {
        let change = Change::new("Removing from the cache", pattern);
        let call = self.inner.remove_matching(pattern);
        self.guard.change(change, async { None }, call).await
    }

    async fn ttl(&self, key: &str) -> PortResult<Ttl> {
        self.inner.ttl(key).await
    }
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}
