//! The cache in memory, with Redis' semantics where they matter.

use ahash::RandomState;
use async_trait::async_trait;
use bytes::Bytes;
use hashlink::LinkedHashMap;
use heliograph_engine::ports::{Cache, Clock, FoundKey, Lease, Lookup, PortResult, Ttl};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Locks that keys are spread over.
const SHARDS: usize = 16;
/// Generations of one shard. Keys that share one only cost each other a fill now and then.
const GENERATIONS: usize = 1024;
/// What an entry takes beside its key and value: the map's node and slot, and the
/// allocations' own bookkeeping.
const OVERHEAD: usize = 120;

/// A cache of a bounded size in this process: keys live for a time by the given clock,
/// what was not used for longest goes when there is no room.
///
/// A lease is the generation of its key. Every write, removal and fill begins a new one,
/// so a fill whose value was loaded before any of them comes with an old lease.
#[derive(Debug)]
pub struct MemoryCache {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    clock: Arc<dyn Clock>,
    evictions: AtomicU64,
    expired: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// What a [`MemoryCache`] holds and has let go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MemoryFigures {
    /// Bytes of keys, values and what holds them.
    pub bytes: u64,
    /// Keys, with those that have expired and were not noticed yet.
    pub keys: u64,
    /// Keys that went because there was no room.
    pub evictions: u64,
    /// Keys that went because their time was over.
    pub expired: u64,
    /// Look-ups that found a key,
    pub hits: u64,
    /// and those that did not.
    pub misses: u64,
    /// Bytes that it may use.
    pub most_bytes: u64,
}

#[derive(Debug)]
struct Shard {
    /// The least recently used first.
    entries: LinkedHashMap<Box<str>, Entry, RandomState>,
    bytes: usize,
    most_bytes: usize,
    generations: Box<[u64; GENERATIONS]>,
}

#[derive(Debug)]
struct Entry {
    value: Bytes,
    /// By the clock; `None` for never.
    expires_at: Option<i64>,
    /// When it was written or read last, by the clock.
    used_at: i64,
}

impl MemoryCache {
    /// A cache that takes at most `most_bytes`.
    #[must_use]
    pub fn new(most_bytes: usize, clock: Arc<dyn Clock>) -> Self {
        let shards = (0..SHARDS)
            .map(|_| {
                Mutex::new(Shard {
                    entries: LinkedHashMap::with_hasher(RandomState::new()),
                    bytes: 0,
                    most_bytes: most_bytes / SHARDS,
                    generations: Box::new([0; GENERATIONS]),
                })
            })
            .collect();
        Self {
            shards,
            hasher: RandomState::new(),
            clock,
            evictions: AtomicU64::new(0),
            expired: AtomicU64::new(0),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// What it holds now, and what it has let go since the start.
    #[must_use]
    pub fn figures(&self) -> MemoryFigures {
        let mut figures = MemoryFigures {
            evictions: self.evictions.load(Ordering::Relaxed),
            expired: self.expired.load(Ordering::Relaxed),
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            ..MemoryFigures::default()
        };
        for shard in &self.shards {
            let shard = shard.lock();
            figures.most_bytes += shard.most_bytes as u64;
            figures.bytes += shard.bytes as u64;
            figures.keys += shard.entries.len() as u64;
        }
        figures
    }

    /// Removes everything and voids every lease.
    pub fn clear(&self) {
        for shard in &self.shards {
            let mut shard = shard.lock();
            shard.entries.clear();
            shard.bytes = 0;
            shard.generations.iter_mut().for_each(|g| *g += 1);
        }
    }

    /// Does something with the shard of a key, without what has expired under that key.
    fn with<T>(&self, key: &str, work: impl FnOnce(&mut Shard, usize, i64) -> T) -> T {
        let hash = self.hasher.hash_one(key);
        let shard = usize::try_from(hash % SHARDS as u64).unwrap_or(0);
        let generation = usize::try_from(hash / SHARDS as u64 % GENERATIONS as u64).unwrap_or(0);
        let now = self.clock.now().0;
        let mut shard = self.shards[shard].lock();
        let over = shard
            .entries
            .get(key)
            .is_some_and(|entry| entry.expires_at.is_some_and(|at| at <= now));
        if over {
            shard.take(key);
            self.expired.fetch_add(1, Ordering::Relaxed);
        }
        work(&mut shard, generation, now)
    }

    /// Reads a key, which is a use of it.
    fn used(&self, shard: &mut Shard, key: &str, now: i64) -> Option<Bytes> {
        let Some(entry) = shard.entries.to_back(key) else {
            self.misses.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        self.hits.fetch_add(1, Ordering::Relaxed);
        entry.used_at = now;
        Some(entry.value.clone())
    }

    /// How many pieces [`Self::piece`] can be asked for.
    pub(crate) const PIECES: usize = SHARDS;

    /// The keys of one piece of the cache that match a pattern and have not expired, and
    /// how many there were to look at. It is no use of them.
    pub(crate) fn piece(&self, piece: usize, pattern: &str) -> (Vec<FoundKey>, u64) {
        let now = self.clock.now().0;
        let Some(shard) = self.shards.get(piece) else {
            return (Vec::new(), 0);
        };
        let shard = shard.lock();
        let entries = shard
            .entries
            .iter()
            .filter(|(key, entry)| entry.is_there(now) && matches(pattern, key));
        let found = entries.map(|(key, entry)| entry.found(key, now));
        (found.collect(), shard.entries.len() as u64)
    }

    /// A key with its value, and for how long nobody had used it. It is no use of it.
    pub(crate) fn seen(&self, key: &str) -> Option<(FoundKey, Bytes, i64)> {
        self.with(key, |shard, _, now| {
            let entry = shard.entries.get(key)?;
            let idle = (now - entry.used_at).max(0);
            Some((entry.found(key, now), entry.value.clone(), idle))
        })
    }

    fn set(&self, shard: &mut Shard, key: &str, value: Bytes, ttl_ms: i64, now: i64) {
        shard.take(key);
        let expires_at = (ttl_ms >= 0).then(|| now.saturating_add(ttl_ms));
        let size = size(key, &value);
        // What could only stand there alone is not worth everything else; and a time to
        // live of 0 is over at once.
        if size > shard.most_bytes || ttl_ms == 0 {
            return;
        }
        shard.bytes += size;
        let entry = Entry {
            value,
            expires_at,
            used_at: now,
        };
        shard.entries.insert(key.into(), entry);
        while shard.bytes > shard.most_bytes {
            let Some((key, entry)) = shard.entries.pop_front() else {
                break;
            };
            shard.bytes -= self::size(&key, &entry.value);
            self.evictions.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Entry {
    fn is_there(&self, now: i64) -> bool {
        self.expires_at.is_none_or(|at| at > now)
    }

    fn found(&self, key: &str, now: i64) -> FoundKey {
        FoundKey {
            key: key.to_owned(),
            ttl: self
                .expires_at
                .map_or(Ttl::Forever, |at| Ttl::Millis(at - now)),
            bytes: Some(size(key, &self.value) as u64),
        }
    }
}

impl Shard {
    fn take(&mut self, key: &str) -> bool {
        let Some(entry) = self.entries.remove(key) else {
            return false;
        };
        self.bytes -= size(key, &entry.value);
        true
    }
}

/// Whether a key matches a pattern, in which `*` stands for any characters.
fn matches(pattern: &str, key: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = key.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn size(key: &str, value: &Bytes) -> usize {
    key.len() + value.len() + OVERHEAD
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &str) -> PortResult<Lookup> {
        Ok(self.with(key, |shard, generation, now| {
            match self.used(shard, key, now) {
                Some(value) => Lookup::Hit(value),
                None => Lookup::Miss(Lease(shard.generations[generation])),
            }
        }))
    }

    async fn peek(&self, key: &str) -> PortResult<Option<Bytes>> {
        Ok(self.with(key, |shard, _, now| self.used(shard, key, now)))
    }

    async fn add(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<bool> {
        Ok(self.with(key, |shard, generation, now| {
            if shard.entries.contains_key(key) {
                return false;
            }
            shard.generations[generation] += 1;
            self.set(shard, key, value, ttl_ms, now);
            true
        }))
    }

    async fn fill(&self, key: &str, lease: Lease, value: Bytes, ttl_ms: i64) -> PortResult<bool> {
        Ok(self.with(key, |shard, generation, now| {
            if shard.generations[generation] != lease.0 {
                return false;
            }
            shard.generations[generation] += 1;
            self.set(shard, key, value, ttl_ms, now);
            true
        }))
    }

    async fn put(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<()> {
        self.with(key, |shard, generation, now| {
            shard.generations[generation] += 1;
            self.set(shard, key, value, ttl_ms, now);
        });
        Ok(())
    }

    async fn remove(&self, keys: &[String]) -> PortResult<u64> {
        let mut removed = 0;
        for key in keys {
            removed += self.with(key, |shard, generation, _| {
                shard.generations[generation] += 1;
                u64::from(shard.take(key))
            });
        }
        Ok(removed)
    }

    async fn remove_matching(&self, pattern: &str) -> PortResult<u64> {
        let mut removed = 0;
        for shard in &self.shards {
            let mut shard = shard.lock();
            // A lease does not say for which key it is, so all of them go.
            shard.generations.iter_mut().for_each(|g| *g += 1);
            let matching: Vec<_> = shard
                .entries
                .keys()
                .filter(|key| matches(pattern, key))
                .cloned()
                .collect();
            for key in matching {
                removed += u64::from(shard.take(&key));
            }
        }
        Ok(removed)
    }

    async fn ttl(&self, key: &str) -> PortResult<Ttl> {
        Ok(
            self.with(key, |shard, _, now| match shard.entries.get(key) {
                None => Ttl::Absent,
                Some(Entry {
                    expires_at: None, ..
                }) => Ttl::Forever,
                Some(Entry {
                    expires_at: Some(at),
                    ..
                }) => Ttl::Millis(at - now),
            }),
        )
    }
}
