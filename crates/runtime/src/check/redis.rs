//! Redis: whether it can be reached, and whether it keeps what is given to it.

use super::Check;
use heliograph_redis::{Redis, RedisCache, RedisConfig, RedisError, Server};

const CONNECTION: &str = "redis.connection";

/// Looks at Redis, and returns the cache on it where it answers.
pub(super) async fn check(config: &RedisConfig) -> (Vec<Check>, Option<RedisCache>) {
    let redis = match Redis::connect(config).await {
        Ok(redis) => redis,
        Err(error) => return (vec![failed(&error)], None),
    };
    let probe = match redis.probe().await {
        Ok(probe) => probe,
        Err(error) => return (vec![failed(&error)], None),
    };
    let kind = if probe.is_cluster {
        format!("a cluster of {}", probe.servers.len())
    } else {
        "a server alone".to_owned()
    };
    let mut checks = vec![Check::ok(
        CONNECTION,
        format!(
            "Redis {} answers in {} µs; it is {kind}.",
            probe.version, probe.round_trip_micros
        ),
    )];
    for server in &probe.servers {
        checks.extend([role(server), eviction(server), persistence(server)]);
    }
    let cache = RedisCache::new(&redis);
    checks.push(expiries(&cache).await);
    (checks, Some(cache))
}

fn failed(error: &RedisError) -> Check {
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
    Check::failed(CONNECTION, error.to_string(), to_do)
}

fn name(server: &Server) -> String {
    if server.address.is_empty() {
        "Redis".to_owned()
    } else {
        format!("Redis at {}", server.address)
    }
}

fn role(server: &Server) -> Check {
    const NAME: &str = "redis.role";
    let who = name(server);
    if server.is_replica {
        Check::failed(
            NAME,
            format!("{who} is a replica and takes no writes."),
            "Connect to its primary.",
        )
    } else {
        Check::ok(NAME, format!("{who} takes writes."))
    }
}

fn eviction(server: &Server) -> Check {
    const NAME: &str = "redis.eviction";
    let who = name(server);
    if server.evicts() {
        return Check::failed(
            NAME,
            format!(
                "{who} lets keys go when it is full (maxmemory-policy {}), and jobs that wait and changes that MongoDB does not have yet could be among them.",
                server.eviction_policy
            ),
            "Set maxmemory-policy to noeviction.",
        );
    }
    if server.evicted_keys > 0 {
        return Check::warning(
            NAME,
            format!(
                "{who} has let {} keys go since it was started, because it was full.",
                server.evicted_keys
            ),
            "Find out when; what was lost does not come back by itself.",
        );
    }
    match server.memory_limit {
        Some(limit) if server.memory_used > limit / 10 * 9 => Check::warning(
            NAME,
            format!(
                "{who} is nearly full: {} of {limit} bytes.",
                server.memory_used
            ),
            "Give it more memory: when it is full it takes no more deliveries.",
        ),
        Some(_) | None => Check::ok(NAME, format!("{who} keeps every key.")),
    }
}

fn persistence(server: &Server) -> Check {
    const NAME: &str = "redis.persistence";
    let who = name(server);
    match server.persists() {
        Some(true) if server.has_append_only_file => {
            Check::ok(NAME, format!("{who} writes an append-only file."))
        }
        Some(true) => Check::warning(
            NAME,
            format!(
                "{who} only makes snapshots: a crash loses what was accepted since the last one."
            ),
            "Set appendonly to yes.",
        ),
        Some(false) => Check::failed(
            NAME,
            format!(
                "{who} does not persist: a restart loses every job that waits and every change that MongoDB does not have yet."
            ),
            "Set appendonly to yes.",
        ),
        None => Check::warning(
            NAME,
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
