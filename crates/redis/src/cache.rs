//! The cache that all workers share, and the Node application with them.

use crate::batch::Batch;
use crate::commands::Commands;
use crate::lease::{self, LEASE_MS, lease_key, leased_key};
use crate::primaries::Node;
use crate::reply::items;
use crate::scan::{Pattern, Scan};
use crate::{Redis, RedisError, Script};
use ahash::AHashMap;
use async_trait::async_trait;
use bytes::Bytes;
use futures::future::try_join_all;
use heliograph_engine::ports::{Cache, Lease, Lookup, PortResult, Ttl};
use redis::cluster_routing::Slot;
use redis::{Cmd, Pipeline, Value, cmd, pipe};

/// The longest time to live that Redis can add to its clock, in milliseconds.
pub(crate) const LONGEST_TTL: i64 = i64::MAX / 4;

/// The cache on a Redis: plain strings with an expiry, under the engine's own names, as
/// any other application would write them.
///
/// A hit is one plain `GET`. That is three times as cheap for the server as a script that
/// could hand out a lease in the same step, and nineteen of twenty reads are hits; a miss
/// asks a second time, for a lease, and has a store to ask after that anyway.
///
/// On the same Redis there may be jobs, and what MongoDB does not have yet: no pattern,
/// not even `*`, removes anything but what is cached (see [`crate::CACHED`]).
///
/// Another application does not know of leases. What it *writes* is never overwritten by a
/// fill; what it only *deletes* should be announced as well (see [`crate::Announced`]).
#[derive(Debug)]
pub struct RedisCache {
    redis: Redis,
    commands: Commands,
    lease: Script,
    fill: Script,
    /// On a single server; the keys of a cluster are in many places.
    together: Option<Together>,
}

/// What comes at the same time goes together.
#[derive(Debug)]
struct Together {
    reads: Batch<String, Option<Bytes>>,
    writes: Batch<Write, bool>,
}

/// A value for a key.
#[derive(Debug)]
struct Write {
    name: String,
    value: Bytes,
    ttl_ms: i64,
    /// Whether what is there stays.
    only_new: bool,
}

impl RedisCache {
    /// The cache on this Redis.
    #[must_use]
    pub fn new(redis: &Redis) -> Self {
        Self {
            redis: redis.clone(),
            commands: redis.commands(),
            lease: Script::new(include_str!("scripts/lease.lua")),
            fill: Script::new(include_str!("scripts/fill.lua")),
            together: (!redis.is_cluster()).then(|| Together::on(redis.commands())),
        }
    }

    /// The connection that it is on.
    #[must_use]
    pub fn redis(&self) -> &Redis {
        &self.redis
    }

    async fn read(&self, name: &str) -> Result<Option<Bytes>, RedisError> {
        let mut get = Cmd::new();
        get.arg("GET").arg(name);
        text(self.commands.run(&get).await?)
    }

    async fn read_together(&self, name: String) -> PortResult<Option<Bytes>> {
        match &self.together {
            Some(together) => together.reads.ask(name).await,
            None => Ok(self.read(&name).await?),
        }
    }

    async fn write(&self, write: Write) -> PortResult<bool> {
        match &self.together {
            Some(together) => together.writes.ask(write).await,
            None => {
                let went_in = write_all(&self.commands, &[write]).await?;
                Ok(went_in.first().copied().unwrap_or(false))
            }
        }
    }

    /// Removes keys that are in one slot, or all on one server. The leases go first: a
    /// fill between the two steps is removed by the second one.
    async fn remove_together(&self, names: &[String]) -> Result<u64, RedisError> {
        let mut both = pipe();
        let leases: Vec<_> = names.iter().filter_map(|name| lease_key(name)).collect();
        if !leases.is_empty() {
            both.cmd("UNLINK").arg(&leases).ignore();
        }
        both.cmd("UNLINK").arg(names);
        let (removed,): (u64,) = self.commands.run_all(&both).await?;
        Ok(removed)
    }
}

#[async_trait]
impl Cache for RedisCache {
    async fn get(&self, key: &str) -> PortResult<Lookup> {
        let name = self.redis.cached(key);
        if let Some(value) = self.read_together(name.clone()).await? {
            return Ok(Lookup::Hit(value));
        }
        let Some(lease_key) = lease_key(&name) else {
            return Ok(Lookup::Miss(lease::NONE));
        };
        // Whoever comes between is seen: the script looks again, and the value is loaded
        // after the lease was given.
        let answer: Value = self
            .lease
            .on(&[&name, &lease_key])
            .arg(lease::draw().0)
            .arg(LEASE_MS)
            .run(&mut self.commands.clone())
            .await?;
        match answer {
            Value::Array(given) => {
                let (lease,): (u64,) =
                    redis::from_redis_value(Value::Array(given)).map_err(unexpected)?;
                Ok(Lookup::Miss(Lease(lease)))
            }
            value => Ok(text(value)?.map_or(Lookup::Miss(lease::NONE), Lookup::Hit)),
        }
    }

    async fn peek(&self, key: &str) -> PortResult<Option<Bytes>> {
        self.read_together(self.redis.cached(key)).await
    }

    async fn fill(&self, key: &str, lease: Lease, value: Bytes, ttl_ms: i64) -> PortResult<bool> {
        let name = self.redis.cached(key);
        let (Some(lease_key), true) = (lease_key(&name), lease != lease::NONE) else {
            return Ok(false);
        };
        Ok(self
            .fill
            .on(&[&name, &lease_key])
            .arg(lease.0)
            .arg(&value[..])
            .arg(ttl_ms.clamp(-1, LONGEST_TTL))
            .run(&mut self.commands.clone())
            .await?)
    }

    async fn add(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<bool> {
        let write = Write {
            name: self.redis.cached(key),
            value,
            ttl_ms,
            only_new: true,
        };
        match ttl_ms {
            0 => Ok(false),
            _ => self.write(write).await,
        }
    }

    async fn put(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<()> {
        let name = self.redis.cached(key);
        if ttl_ms == 0 {
            self.remove_together(&[name]).await?;
            return Ok(());
        }
        let write = Write {
            name,
            value,
            ttl_ms,
            only_new: false,
        };
        self.write(write).await.map(drop)
    }

    async fn remove(&self, keys: &[String]) -> PortResult<u64> {
        let names: Vec<_> = keys.iter().map(|key| self.redis.cached(key)).collect();
        if names.is_empty() {
            return Ok(0);
        }
        if !self.redis.is_cluster() {
            return Ok(self.remove_together(&names).await?);
        }
        let mut slots: AHashMap<Slot, Vec<String>> = AHashMap::new();
        for name in names {
            slots.entry(Slot::for_key(&name)).or_default().push(name);
        }
        let removals = slots.values().map(|names| self.remove_together(names));
        Ok(try_join_all(removals).await?.iter().sum())
    }

    async fn remove_matching(&self, pattern: &str) -> PortResult<u64> {
        let pattern = Pattern::within(&self.redis.config().namespace, pattern);
        let mut removed = 0;
        for primary in self.redis.primaries().await? {
            removed += void_leases(&primary, &pattern).await?;
            removed += remove_keys(&primary, &pattern).await?;
        }
        Ok(removed)
    }

    async fn ttl(&self, key: &str) -> PortResult<Ttl> {
        let name = self.redis.cached(key);
        let left: i64 = self.commands.run(cmd("PTTL").arg(name)).await?;
        Ok(match left {
            -2 => Ttl::Absent,
            -1 => Ttl::Forever,
            left => Ttl::Millis(left),
        })
    }
}

/// The first walk: who loads now may not fill afterwards. A key that was filled meanwhile
/// is there before the second walk begins, so that one is sure to find it; a single walk
/// may come by before the fill and look for the lease after it.
async fn void_leases(primary: &Node, pattern: &Pattern<'_>) -> Result<u64, RedisError> {
    let mut scan = Scan::new(primary.clone(), format!("*{}*:lease", pattern.glob()));
    let mut removed = 0;
    while let Some(names) = scan.next().await? {
        let (mut leases, mut keys) = (pipe(), pipe());
        for name in &names {
            if let Some(key) =
                leased_key(name).filter(|key| pattern.matches(key) && pattern.is_cached(key))
            {
                unlink(&mut leases, name);
                // Its fill may have come since the server named the lease.
                unlink(&mut keys, key);
            }
        }
        scan.run::<u64>(&leases).await?;
        removed += scan.run(&keys).await?.iter().sum::<u64>();
    }
    Ok(removed)
}

async fn remove_keys(primary: &Node, pattern: &Pattern<'_>) -> Result<u64, RedisError> {
    let mut scan = Scan::new(primary.clone(), pattern.glob());
    let mut removed = 0;
    while let Some(names) = scan.next().await? {
        let mut keys = pipe();
        for name in names.iter().filter(|name| pattern.is_cached(name)) {
            unlink(&mut keys, name);
        }
        removed += scan.run(&keys).await?.iter().sum::<u64>();
    }
    Ok(removed)
}

impl Together {
    fn on(commands: Commands) -> Self {
        let for_reads = commands.clone();
        Self {
            reads: Batch::new(move |names: Vec<String>| {
                let commands = for_reads.clone();
                Box::pin(async move {
                    let found: Value = commands.run(cmd("MGET").arg(names)).await?;
                    let values = items(found)?.into_iter().map(text);
                    Ok(values.map(|value| Ok(value?)).collect())
                })
            }),
            writes: Batch::new(move |writes: Vec<Write>| {
                let commands = commands.clone();
                Box::pin(async move {
                    let went_in = write_all(&commands, &writes).await?;
                    Ok(went_in.into_iter().map(Ok).collect())
                })
            }),
        }
    }
}

/// Writes in one round trip; says of each whether it went in.
async fn write_all(commands: &Commands, writes: &[Write]) -> Result<Vec<bool>, RedisError> {
    let mut all = pipe();
    for write in writes {
        // The value goes first: while it is there no fill replaces it and no lease is
        // given, so none is left from before it when the second step is done. Where it
        // outlives them all, it needs no second step.
        all.add_command(write.command());
        if (0..LEASE_MS).contains(&write.ttl_ms)
            && let Some(lease_key) = lease_key(&write.name)
        {
            all.cmd("UNLINK").arg(lease_key).ignore();
        }
    }
    commands.run_all(&all).await
}

impl Write {
    fn command(&self) -> Cmd {
        let mut command = cmd("SET");
        command.arg(&self.name).arg(&self.value[..]);
        if self.ttl_ms > 0 {
            command.arg("PX").arg(self.ttl_ms.min(LONGEST_TTL));
        }
        if self.only_new {
            command.arg("NX");
        }
        command
    }
}

/// One command for each key, for in a cluster they are in many slots.
fn unlink(pipeline: &mut Pipeline, name: &[u8]) {
    pipeline.cmd("UNLINK").arg(name);
}

/// The bytes as they came, without a copy.
fn text(value: Value) -> Result<Option<Bytes>, RedisError> {
    match value {
        Value::Nil => Ok(None),
        Value::BulkString(bytes) => Ok(Some(bytes.into())),
        other => Err(RedisError::Failed(format!(
            "Redis answered something that is no text: {other:?}."
        ))),
    }
}

fn unexpected(error: redis::ParsingError) -> RedisError {
    RedisError::from(redis::RedisError::from(error))
}
