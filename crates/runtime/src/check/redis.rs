//! Redis: whether it can be reached, and whether it keeps what is given to it.

use super::Check;
use heliograph_redis::{Probe, Redis, RedisCache, RedisConfig, RedisError, Server};

/// A Redis as it is told of.
#[derive(Debug)]
pub(super) struct Told {
    connection: &'static str,
    role: &'static str,
    eviction: &'static str,
    persistence: &'static str,
    who: &'static str,
    /// What is lost with it.
    holds: &'static str,
}

/// The Redis of the cache, and of all that workers share.
const CACHE: Told = Told {
    connection: "redis.connection",
    role: "redis.role",
    eviction: "redis.eviction",
    persistence: "redis.persistence",
    who: "Redis",
    holds: "jobs that wait and changes that MongoDB does not have yet",
};
/// The queue's, where it is another one.
pub(super) const QUEUE: Told = Told {
    connection: "queue.connection",
    role: "queue.role",
    eviction: "queue.eviction",
    persistence: "queue.persistence",
    who: "The queue's Redis",
    holds: "jobs that wait",
};

/// Looks at Redis, and returns the cache on it where it answers.
pub(super) async fn check(config: &RedisConfig) -> (Vec<Check>, Option<RedisCache>) {
    let (redis, probe) = match reach(config, &CACHE).await {
        Ok(reached) => reached,
        Err(failed) => return (vec![failed], None),
    };
    let kind = if probe.is_cluster {
        format!("a cluster of {}", probe.servers.len())
    } else {
        "a server alone".to_owned()
    };
    let mut checks = vec![Check::ok(
        CACHE.connection,
        format!(
            "Redis {} answers in {} µs; it is {kind}.",
            probe.version, probe.round_trip_micros
        ),
    )];
    checks.extend(fitness(&probe, &CACHE));
    let cache = RedisCache::new(&redis);
    checks.push(expiries(&cache).await);
    (checks, Some(cache))
}

/// Connects, and asks what it is like.
///
/// # Errors
/// What is wrong, as it is told.
pub(super) async fn reach(config: &RedisConfig, told: &Told) -> Result<(Redis, Probe), Check> {
    let redis = Redis::connect(config).await;
    let redis = redis.map_err(|error| failed(&error, told))?;
    let probe = redis.probe().await.map_err(|error| failed(&error, told))?;
    Ok((redis, probe))
}

/// Whether every server takes what it is given, and keeps it.
pub(super) fn fitness(probe: &Probe, told: &Told) -> Vec<Check> {
    let of_one = |server| {
        [
            role(server, told),
            eviction(server, told),
            persistence(server, told),
        ]
    };
    probe.servers.iter().flat_map(of_one).collect()
}

fn failed(error: &RedisError, told: &Told) -> Check {
    let to_do = match error {
        RedisError::Address(_) => "Correct the connection string of Redis.",
        RedisError::Certificates { .. } => "Name a PEM file that can be read.",
        RedisError::Dns { .. } => "Check the host's name, and that this machine's DNS knows it.",
        RedisError::Refused { .. } => {
            "Start Redis there, or correct host and port. Check that it listens on this network (bind)."
        }
        RedisError::TimedOut { .. } => {
            "Check that Redis runs there and that no firewall stands between."
        }
        RedisError::Tls { .. } => {
            "Name your own CA with --redis-ca, or write redis:// where Redis has no TLS."
        }
        RedisError::NotRedis { .. } => "Check host and port; write rediss:// where it wants TLS.",
        RedisError::Authentication { .. } => {
            "Check the user and the password, and that the user may run the commands (ACL)."
        }
        RedisError::Database { .. } => "Use the database 0, or one that the server has.",
        RedisError::Unavailable(_) | RedisError::Failed(_) => {
            "Look into the log of Redis, and run the doctor again."
        }
    };
    Check::failed(told.connection, error.to_string(), to_do)
}

fn name(server: &Server, told: &Told) -> String {
    let who = told.who;
    if server.address.is_empty() {
        who.to_owned()
    } else {
        format!("{who} at {}", server.address)
    }
}

fn role(server: &Server, told: &Told) -> Check {
    let who = name(server, told);
    if server.is_replica {
        Check::failed(
            told.role,
            format!("{who} is a replica and takes no writes."),
            "Connect to its primary.",
        )
    } else {
        Check::ok(told.role, format!("{who} takes writes."))
    }
}

fn eviction(server: &Server, told: &Told) -> Check {
    let who = name(server, told);
    if server.evicts() {
        return Check::failed(
            told.eviction,
            format!(
                "{who} lets keys go when it is full (maxmemory-policy {}), and {} could be among them.",
                server.eviction_policy, told.holds
            ),
            "Set maxmemory-policy to noeviction.",
        );
    }
    if server.evicted_keys > 0 {
        return Check::warning(
            told.eviction,
            format!(
                "{who} has let {} keys go since it was started, because it was full.",
                server.evicted_keys
            ),
            "Find out when; what was lost does not come back by itself.",
        );
    }
    match server.memory_limit {
        Some(limit) if server.memory_used > limit / 10 * 9 => Check::warning(
            told.eviction,
            format!(
                "{who} is nearly full: {} of {limit} bytes.",
                server.memory_used
            ),
            "Give it more memory: when it is full it takes no more deliveries.",
        ),
        Some(_) | None => Check::ok(told.eviction, format!("{who} keeps every key.")),
    }
}

fn persistence(server: &Server, told: &Told) -> Check {
    let who = name(server, told);
    match server.persists() {
        Some(true) if server.has_append_only_file => Check::ok(
            told.persistence,
            format!("{who} writes an append-only file."),
        ),
        Some(true) => Check::warning(
            told.persistence,
            format!(
                "{who} only makes snapshots: a crash loses what was accepted since the last one."
            ),
            "Set appendonly to yes.",
        ),
        Some(false) => Check::failed(
            told.persistence,
            format!(
                "{who} does not persist: a restart loses all {}.",
                told.holds
            ),
            "Set appendonly to yes.",
        ),
        None => Check::warning(
            told.persistence,
            format!(
                "{who} keeps no append-only file, and does not tell whether it makes snapshots (CONFIG is forbidden)."
            ),
            "Ask who runs it whether it persists.",
        ),
    }
}

/// Cached keys that never go away: what another application left, and stale for ever.
async fn expiries(cache: &RedisCache) -> Check {
    const NAME: &str = "redis.expiry";
    let found = match cache.keys_without_expiry(3).await {
        Ok(found) => found,
        Err(error) => {
            return Check::warning(
                NAME,
                format!("The keys could not be looked at: {error}"),
                "Let the user run SCAN and PTTL.",
            );
        }
    };
    let keys: u64 = found.iter().map(|kind| kind.keys).sum();
    let forever: u64 = found.iter().map(|kind| kind.without_expiry).sum();
    if forever == 0 {
        return Check::ok(
            NAME,
            format!("Each of the {keys} cached keys has an expiry."),
        );
    }
    let examples: Vec<_> = found
        .iter()
        .flat_map(|kind| kind.examples.iter().map(String::as_str))
        .take(3)
        .collect();
    Check::warning(
        NAME,
        format!(
            "{forever} of {keys} cached keys have no expiry, such as {}.",
            examples.join(", ")
        ),
        "Find out who writes them, and give them a time to live.",
    )
}
