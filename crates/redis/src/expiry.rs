//! Cached keys that never go.

use crate::scan::{Pattern, Scan};
use crate::{RedisCache, RedisError};
use redis::pipe;
use serde::Serialize;

/// The names of what is cached (the design, "Caching").
pub const CACHED: [&str; 4] = ["automation:*", "user_state:*", "workspace:*", "contact:*"];

/// What was found under one pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeysWithoutExpiry {
    /// The pattern, one of [`CACHED`].
    pub pattern: String,
    /// How many keys match it.
    pub keys: u64,
    /// How many of them have no expiry.
    pub without_expiry: u64,
    /// Some of those, without the namespace.
    pub examples: Vec<String>,
}

impl RedisCache {
    /// Counts the cached keys that have no expiry, and changes nothing. It walks over all
    /// keys of all servers, at a pace that leaves the others their turn; a key that is
    /// written meanwhile may be counted twice.
    ///
    /// # Errors
    /// As [`RedisError`] says.
    pub async fn keys_without_expiry(
        &self,
        most_examples: usize,
    ) -> Result<Vec<KeysWithoutExpiry>, RedisError> {
        let mut report = Vec::new();
        for pattern in CACHED {
            report.push(self.count(pattern, most_examples).await?);
        }
        Ok(report)
    }

    /// Gives the keys that match a pattern and have no expiry a time to live, and returns
    /// how many those were. What is kept only for ever to be found has the store behind it.
    ///
    /// # Errors
    /// As [`RedisError`] says.
    pub async fn expire_keys_without_expiry(
        &self,
        pattern: &str,
        ttl_ms: i64,
    ) -> Result<u64, RedisError> {
        let mut given = 0;
        for mut scan in self.scans(pattern).await? {
            while let Some(names) = scan.next().await? {
                let forever = forever(&mut scan, names).await?;
                let mut expiries = pipe();
                for name in &forever {
                    expiries.cmd("PEXPIRE").arg(name).arg(ttl_ms);
                }
                given += scan.run(&expiries).await?.iter().sum::<u64>();
            }
        }
        Ok(given)
    }

    async fn count(
        &self,
        pattern: &str,
        most_examples: usize,
    ) -> Result<KeysWithoutExpiry, RedisError> {
        let mut found = KeysWithoutExpiry {
            pattern: pattern.to_owned(),
            keys: 0,
            without_expiry: 0,
            examples: Vec::new(),
        };
        let beginning = self.redis().config().namespace.len();
        for mut scan in self.scans(pattern).await? {
            while let Some(names) = scan.next().await? {
                found.keys += names.len() as u64;
                let forever = forever(&mut scan, names).await?;
                found.without_expiry += forever.len() as u64;
                let room = most_examples.saturating_sub(found.examples.len());
                let examples = forever.iter().take(room);
                found.examples.extend(
                    examples.map(|name| String::from_utf8_lossy(&name[beginning..]).into_owned()),
                );
            }
        }
        Ok(found)
    }

    async fn scans(&self, pattern: &str) -> Result<Vec<Scan>, RedisError> {
        let glob = Pattern::within(&self.redis().config().namespace, pattern).glob();
        let primaries = self.redis().primaries().await?;
        Ok(primaries
            .into_iter()
            .map(|primary| Scan::new(primary, glob.clone()))
            .collect())
    }
}

/// Those of the keys that have no expiry.
async fn forever(scan: &mut Scan, names: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, RedisError> {
    let mut ttls = pipe();
    for name in &names {
        ttls.cmd("PTTL").arg(name);
    }
    let ttls: Vec<i64> = scan.run(&ttls).await?;
    let with_ttl = names.into_iter().zip(ttls);
    Ok(with_ttl
        .filter_map(|(name, ttl)| (ttl == -1).then_some(name))
        .collect())
}
