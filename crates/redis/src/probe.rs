//! What a Redis is like, for the connection test.

use crate::primaries::Node;
use crate::{Redis, RedisError};
use ahash::AHashMap;
use heliograph_engine::ports::CacheServer;
use redis::cmd;
use serde::Serialize;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Pings, of which the fastest counts: the others waited for something else.
const PINGS: usize = 3;

/// What a Redis is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// How long a ping takes, there and back, in microseconds.
    pub round_trip_micros: u64,
    /// The server's version, such as `7.0.15`.
    pub version: String,
    /// Whether it is a cluster.
    pub is_cluster: bool,
    /// The server, or the primaries of the cluster.
    pub servers: Vec<Server>,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Host and port, as the cluster says; empty for a server alone.
    pub address: String,
    /// Whether it only repeats another server: it takes no writes.
    pub is_replica: bool,
    /// Bytes in use.
    pub memory_used: u64,
    /// Bytes that it may use; `None` where there is no limit.
    pub memory_limit: Option<u64>,
    /// What happens at the limit, such as `noeviction` or `allkeys-lru`.
    pub eviction_policy: String,
    /// Keys that were evicted since the start.
    pub evicted_keys: u64,
    /// Whether every write goes into an append-only file.
    pub has_append_only_file: bool,
    /// When snapshots are made, as `save` says it; empty for never, `None` where the user
    /// may not ask (`CONFIG` is forbidden).
    pub snapshots: Option<String>,
    /// Connections, ours among them.
    pub clients: u64,
}

impl Server {
    /// Whether it lets keys go when it is full, instead of refusing writes.
    #[must_use]
    pub fn evicts(&self) -> bool {
        self.memory_limit.is_some() && self.eviction_policy != "noeviction"
    }

    /// Whether what it holds survives a restart; `None` where that cannot be known.
    #[must_use]
    pub fn persists(&self) -> Option<bool> {
        if self.has_append_only_file {
            return Some(true);
        }
        self.snapshots.as_ref().map(|when| !when.is_empty())
    }
}

impl Redis {
    /// Looks at every server, and writes nothing.
    ///
    /// # Errors
    /// When one does not answer, or the user may not ask for `INFO`.
    pub async fn probe(&self) -> Result<Probe, RedisError> {
        let round_trip = self.round_trip().await?;
        let mut version = String::new();
        let mut servers = Vec::new();
        for mut primary in self.primaries().await? {
            let info: String = cmd("INFO").query_async(&mut primary).await?;
            let info = Info::parse(&info);
            version = info.text("redis_version");
            let snapshots = snapshots(&mut primary).await?;
            servers.push(info.server(primary.address, snapshots));
        }
        Ok(Probe {
            round_trip_micros: u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX),
            version,
            is_cluster: self.is_cluster(),
            servers,
        })
    }

    async fn round_trip(&self) -> Result<Duration, RedisError> {
        let mut fastest = Duration::MAX;
        for _ in 0..PINGS {
            let began = Instant::now();
            let () = self.commands().run(&cmd("PING")).await?;
            fastest = fastest.min(began.elapsed());
        }
        Ok(fastest)
    }
}

/// When snapshots are made. Managed servers often forbid to ask.
async fn snapshots(primary: &mut Node) -> Result<Option<String>, RedisError> {
    let answer = cmd("CONFIG")
        .arg("GET")
        .arg("save")
        .query_async(primary)
        .await;
    match answer.map_err(RedisError::from) {
        Ok(found) => {
            let mut found: HashMap<String, String> = found;
            Ok(found.remove("save"))
        }
        Err(error) if error.is_transient() => Err(error),
        Err(_) => Ok(None),
    }
}

/// What `INFO` says: lines of `name:value` between headings.
pub(crate) struct Info<'a>(AHashMap<&'a str, &'a str>);

impl<'a> Info<'a> {
    pub(crate) fn parse(info: &'a str) -> Self {
        Self(
            info.lines()
                .filter_map(|line| line.split_once(':'))
                .collect(),
        )
    }

    fn text(&self, name: &str) -> String {
        self.0.get(name).copied().unwrap_or_default().to_owned()
    }

    fn number(&self, name: &str) -> u64 {
        self.0
            .get(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or_default()
    }

    fn server(&self, address: String, snapshots: Option<String>) -> Server {
        Server {
            address,
            is_replica: self.text("role") == "slave",
            memory_used: self.number("used_memory"),
            memory_limit: Some(self.number("maxmemory")).filter(|limit| *limit > 0),
            eviction_policy: self.text("maxmemory_policy"),
            evicted_keys: self.number("evicted_keys"),
            has_append_only_file: self.number("aof_enabled") == 1,
            snapshots,
            clients: self.number("connected_clients"),
        }
    }

    pub(crate) fn cache_server(&self, address: String, keys: u64) -> CacheServer {
        let seconds = i64::try_from(self.number("uptime_in_seconds")).unwrap_or(i64::MAX);
        CacheServer {
            address,
            name: format!("Redis {}", self.text("redis_version")),
            role: self.text("role"),
            memory_bytes: self.number("used_memory"),
            memory_limit: Some(self.number("maxmemory")).filter(|limit| *limit > 0),
            policy: self.text("maxmemory_policy"),
            keys,
            evicted: self.number("evicted_keys"),
            expired: self.number("expired_keys"),
            hits: self.number("keyspace_hits"),
            misses: self.number("keyspace_misses"),
            clients: Some(self.number("connected_clients")),
            commands_per_second: Some(self.number("instantaneous_ops_per_sec")),
            uptime_ms: Some(seconds.saturating_mul(1_000)),
        }
    }
}

impl Probe {
    /// What is not as it should be, in sentences that say what to do.
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        self.servers.iter().flat_map(Server::findings).collect()
    }
}

impl Server {
    fn findings(&self) -> Vec<String> {
        let name = if self.address.is_empty() {
            "Redis".to_owned()
        } else {
            format!("Redis at {}", self.address)
        };
        let mut findings = Vec::new();
        if self.is_replica {
            findings.push(format!(
                "{name} is a replica and takes no writes. Connect to its primary."
            ));
        }
        if self.evicts() {
            findings.push(format!(
                "{name} lets keys go when it is full (maxmemory-policy {}), and jobs that \
                 wait could be among them. Set maxmemory-policy to noeviction.",
                self.eviction_policy
            ));
        }
        if self.evicted_keys > 0 {
            findings.push(format!(
                "{name} has let {} keys go since it was started, because it was full.",
                self.evicted_keys
            ));
        }
        match self.persists() {
            Some(true) if self.has_append_only_file => {}
            Some(true) => findings.push(format!(
                "{name} only makes snapshots: a crash loses what was accepted since the last \
                 one. Set appendonly to yes."
            )),
            Some(false) => findings.push(format!(
                "{name} does not persist: a restart loses every job that waits and every \
                 change that MongoDB does not have yet. Set appendonly to yes."
            )),
            None => findings.push(format!(
                "{name} keeps no append-only file, and does not tell whether it makes \
                 snapshots (CONFIG is forbidden). Ask who runs it whether it persists."
            )),
        }
        findings
    }
}
