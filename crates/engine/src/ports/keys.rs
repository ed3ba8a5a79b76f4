//! Looking at what a cache holds, key by key, and at how its servers are.

use super::{PortResult, Ttl};
use async_trait::async_trait;
use bytes::Bytes;

/// What a person looks at in a cache. Nothing here writes: what is to go is removed with
/// [`super::Cache`], so that leases are voided and the other workers are told.
#[async_trait]
pub trait Keys: Send + Sync + std::fmt::Debug {
    /// The next of the keys that match `pattern`, in which `*` stands for any characters:
    /// from the beginning, or from where the page before ended. The server looks at about
    /// `most` of its keys for it, so that a page may be empty although more follow. A key
    /// that is there from the first page to the last is found, perhaps twice.
    async fn keys(&self, pattern: &str, from: Option<&Cursor>, most: u32) -> PortResult<KeyPage>;

    /// These keys with their values; `None` where there is none. No lease is given. Where
    /// the server cannot be told otherwise, it counts as a use of the key.
    async fn open(&self, keys: &[String]) -> PortResult<Vec<Option<OpenedKey>>>;

    /// How the servers of the cache are: one, or the primaries of a cluster.
    async fn servers(&self) -> PortResult<Vec<CacheServer>>;
}

/// Where a page ended. What is in it is the adapter's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// Some of the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPage {
    /// Those that match.
    pub keys: Vec<FoundKey>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
    /// About how many keys of all kinds were looked at for this page.
    pub looked_at: u64,
}

/// A key without its value. Looking at it is no use of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKey {
    /// Its name, without the namespace.
    pub key: String,
    /// How long it has to live; [`Ttl::Absent`] where it went meanwhile.
    pub ttl: Ttl,
    /// What it takes in memory, in bytes, with its value and what holds them; `None` where
    /// the server does not say.
    pub bytes: Option<u64>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedKey {
    /// The key.
    pub found: FoundKey,
    /// How long nobody had used it before now, in milliseconds; `None` where the server
    /// does not know.
    pub idle_ms: Option<i64>,
    /// What it holds.
    pub value: KeyValue,
}

/// What a key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyValue {
    /// Bytes, as everything that is cached.
    Bytes(Bytes),
    /// Something else, which nobody could read from a cache: the server's name for it,
    /// such as `hash`.
    Other(String),
}

/// How a server of a cache is. What is counted is counted since it was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheServer {
    /// Host and port in a cluster; empty for the only one.
    pub address: String,
    /// What it is and its version, such as `Redis 7.0.15`; `Memory` for this process.
    pub name: String,
    /// What it is to others, such as `master`; empty where there are none.
    pub role: String,
    /// Bytes in use.
    pub memory_bytes: u64,
    /// Bytes that it may use; `None` where there is no limit.
    pub memory_limit: Option<u64>,
    /// What happens at the limit, as the server calls it, such as `noeviction`.
    pub policy: String,
    /// Keys of all kinds that are there now.
    pub keys: u64,
    /// Keys that went because there was no room.
    pub evicted: u64,
    /// Keys that went because their time was over.
    pub expired: u64,
    /// Look-ups that found a key, by whomever and of whatever kind,
    pub hits: u64,
    /// and those that did not.
    pub misses: u64,
    /// Connections; `None` where there are no such.
    pub clients: Option<u64>,
    /// Commands a second now; `None` where the server does not measure them.
    pub commands_per_second: Option<u64>,
    /// For how long it has run, in milliseconds; `None` where it does not say.
    pub uptime_ms: Option<i64>,
}
