//! The cache between this process' own copies and the store.

use super::PortResult;
use async_trait::async_trait;
use bytes::Bytes;

/// A cache shared by all workers, with the semantics of Redis: values are bytes (JSON),
/// keys live for a time in milliseconds. A negative time to live means that the key does
/// not expire (Redis' `-1`), 0 that it is not kept.
#[async_trait]
pub trait Cache: Send + Sync + std::fmt::Debug {
    /// Reads a key. A miss hands out a lease for the one who will fill it.
    async fn get(&self, key: &str) -> PortResult<Lookup>;

    /// Reads a key and writes nothing, not even a lease: for whoever only looks, and for
    /// keys that are filled with [`Self::add`].
    async fn peek(&self, key: &str) -> PortResult<Option<Bytes>>;

    /// Puts in what was loaded after a miss, unless the key was written or removed since
    /// the lease was given: a fill that raced an edit must not put the old value back.
    /// Returns whether it went in.
    async fn fill(&self, key: &str, lease: Lease, value: Bytes, ttl_ms: i64) -> PortResult<bool>;

    /// Puts a value in unless there is one, without a lease: for keys that are written
    /// under a hold, so that no edit can come between the load and this. Returns whether
    /// it went in.
    async fn add(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<bool>;

    /// Writes through: whatever was there is replaced, and leases given before are void.
    async fn put(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<()>;

    /// Removes keys, and voids the leases given for them. Returns how many were there.
    async fn remove(&self, keys: &[String]) -> PortResult<u64>;

    /// Removes every key that matches `pattern`, in which `*` stands for any characters,
    /// and voids the leases given for them. Goes over all keys, so it is for an operator's
    /// request and not for an event's way. Returns how many were there.
    async fn remove_matching(&self, pattern: &str) -> PortResult<u64>;

    /// How long a key has to live.
    async fn ttl(&self, key: &str) -> PortResult<Ttl>;
}

/// A value on its way into the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheWrite {
    /// The key, as [`Cache`] takes it.
    pub key: String,
    /// What it is to hold.
    pub value: Bytes,
    /// For how long, in milliseconds, as [`Cache`] counts it.
    pub ttl_ms: i64,
    /// Whether what is there stays.
    pub only_new: bool,
}

/// What a read found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// The value.
    Hit(Bytes),
    /// Nothing; the lease allows one fill.
    Miss(Lease),
}

/// The right to fill a key, as long as nobody wrote or removed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease(pub u64);

/// How long a key has to live, as Redis' `PTTL` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// There is no such key: Redis' `-2`.
    Absent,
    /// It does not expire: Redis' `-1`.
    Forever,
    /// So many milliseconds.
    Millis(i64),
}
