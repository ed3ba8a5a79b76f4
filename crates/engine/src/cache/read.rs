//! Reading through the shared tier to the store.

use super::{Cached, Ending};
use crate::ports::{Lease, Lookup, PortResult};
use bytes::Bytes;
use futures::future::BoxFuture;
use heliograph_model::{Collection, Outcome, Read, Tier};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Instant;

/// What the shared tier answered.
#[derive(Debug)]
pub enum Found {
    /// The key may be wrong there, so it was not asked.
    Suspect,
    /// It was looked for without a lease, and is not there.
    Absent,
    /// Its answer.
    Answer(PortResult<Lookup>),
}

/// What a read brought, with the bytes where they came from the shared tier.
pub(super) struct Brought<T> {
    pub value: T,
    pub bytes: Option<Bytes>,
    /// The right to put into the shared tier what came from the store.
    pub lease: Option<Lease>,
    pub read: Read,
}

impl Cached {
    /// Asks the shared tier for a key.
    async fn find(&self, collection: Collection, key: &str) -> Found {
        if self.is_suspect(key).await {
            return Found::Suspect;
        }
        let answer = self.cache.get(key).await;
        if matches!(answer, Ok(Lookup::Miss(_))) {
            self.missed(collection, key);
        }
        Found::Answer(answer)
    }

    /// Asks the shared tier, then loads from the store and fills the shared tier.
    /// `is_known` tells a thing from its known absence.
    /// `load` runs only when the shared tier does not answer.
    pub(super) async fn through<T: Serialize + DeserializeOwned>(
        &self,
        key: &str,
        watch: Stopwatch,
        load: BoxFuture<'_, PortResult<T>>,
        is_known: fn(&T) -> bool,
    ) -> PortResult<(T, Read)> {
        let found = self.find(watch.collection, key).await;
        let brought = self.bring(key, found, watch, load, is_known).await?;
        if let Some(lease) = brought.lease {
            let known = is_known(&brought.value);
            self.fill(watch.collection, key, lease, encode(&brought.value), known)
                .await;
        }
        Ok((brought.value, self.counted(key, brought.read)))
    }

    /// Asks the shared tier for a key that is filled without a lease.
    pub(super) async fn look(&self, collection: Collection, key: &str) -> Found {
        if self.is_suspect(key).await {
            return Found::Suspect;
        }
        match self.cache.peek(key).await {
            Ok(Some(value)) => Found::Answer(Ok(Lookup::Hit(value))),
            Ok(None) => {
                self.missed(collection, key);
                Found::Absent
            }
            Err(error) => Found::Answer(Err(error)),
        }
    }

    /// The shared tier does not have a key: its time there may be over.
    fn missed(&self, collection: Collection, key: &str) {
        if self.endings.is_over(collection, key, self.clock.now()) {
            self.counters.expired(collection, Tier::Shared);
        }
    }

    /// Puts what was loaded after a miss into the shared tier.
    pub(super) async fn fill(
        &self,
        collection: Collection,
        key: &str,
        lease: Lease,
        value: Bytes,
        is_known: bool,
    ) {
        let ttl = self.policy.ttl(collection, is_known);
        let ending = self.ends_after(collection, key, ttl);
        let filled = self.cache.fill(key, lease, value, ttl).await;
        self.filled(key, ending, filled);
    }

    pub(super) fn filled(&self, key: &str, ending: Ending, filled: PortResult<bool>) {
        match filled {
            Ok(true) => {
                self.counters.write(ending.collection);
                self.endings.keep(ending);
            }
            // Somebody wrote or invalidated the key meanwhile: theirs is newer.
            Ok(false) => {}
            // Who only looks leaves nothing behind, and that is no fault.
            Err(error) if error.is_refused() => {}
            Err(error) => {
                tracing::warn!(%key, %error, "the cache did not take a fill");
                self.counters.error(ending.collection);
            }
        }
    }

    /// Goes on with what the shared tier answered: as [`Self::through`], but the read is
    /// not counted yet, for whether a value is still good may be known only by the caller,
    /// and what was loaded is not put into the shared tier.
    pub(super) async fn bring<T: Serialize + DeserializeOwned>(
        &self,
        key: &str,
        found: Found,
        watch: Stopwatch,
        load: BoxFuture<'_, PortResult<T>>,
        is_known: fn(&T) -> bool,
    ) -> PortResult<Brought<T>> {
        let (lease, outcome) = match found {
            Found::Suspect => (None, Outcome::Bypass),
            Found::Absent => (None, Outcome::Miss),
            Found::Answer(Ok(Lookup::Hit(bytes))) => match serde_json::from_slice::<T>(&bytes) {
                Ok(value) => {
                    let read = watch.hit(Tier::Shared, is_known(&value));
                    let bytes = Some(bytes);
                    return Ok(Brought {
                        value,
                        bytes,
                        lease: None,
                        read,
                    });
                }
                Err(error) => {
                    // Another application may have written something else there. What
                    // cannot be read is not overwritten by a fill, but passed over.
                    tracing::warn!(%key, %error, "a cached value cannot be read");
                    (None, Outcome::Error)
                }
            },
            Found::Answer(Ok(Lookup::Miss(lease))) => (Some(lease), Outcome::Miss),
            Found::Answer(Err(error)) => {
                tracing::warn!(%key, %error, "the cache cannot be read");
                (None, Outcome::Error)
            }
        };
        let value = load.await?;
        let read = watch.end(Tier::Store, outcome);
        Ok(Brought {
            value,
            bytes: None,
            lease,
            read,
        })
    }
}

/// A document as JSON bytes.
pub(super) fn encode<T: Serialize>(value: &T) -> Bytes {
    // Every cached type is made of strings, numbers and lists with string keys, which
    // cannot fail to become JSON.
    serde_json::to_vec(value)
        .expect("documents become JSON")
        .into()
}

/// Times one read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopwatch {
    collection: Collection,
    started: Instant,
}

impl Stopwatch {
    pub(super) fn start(collection: Collection) -> Self {
        Self {
            collection,
            started: Instant::now(),
        }
    }

    /// The read ended at `tier`, which knew the thing, or knew that there is none.
    pub(super) fn hit(self, tier: Tier, known: bool) -> Read {
        self.end(
            tier,
            if known {
                Outcome::Hit
            } else {
                Outcome::NegativeHit
            },
        )
    }

    /// The read ended at `tier`.
    pub(super) fn end(self, tier: Tier, outcome: Outcome) -> Read {
        let micros = u32::try_from(self.started.elapsed().as_micros()).unwrap_or(u32::MAX);
        Read {
            collection: self.collection,
            tier,
            outcome,
            micros,
        }
    }
}
