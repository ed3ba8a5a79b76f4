//! Some of what is cached, for whoever compares it with the documents.

use crate::scan::{Pattern, Scan};
use crate::{RedisCache, RedisError};
use bytes::Bytes;
use redis::pipe;

impl RedisCache {
    /// Up to `most` cached keys that match a pattern, with their values and without the
    /// namespace. Which ones is up to the server. Nothing is written.
    ///
    /// # Errors
    /// As [`RedisError`] says.
    pub async fn sample(
        &self,
        pattern: &str,
        most: usize,
    ) -> Result<Vec<(String, Bytes)>, RedisError> {
        let namespace = &self.redis().config().namespace;
        let glob = Pattern::within(namespace, pattern).glob();
        let mut found = Vec::new();
        for primary in self.redis().primaries().await? {
            let mut scan = Scan::new(primary, glob.clone());
            while let Some(mut names) = scan.next().await? {
                names.truncate(most - found.len());
                let mut reads = pipe();
                for name in &names {
                    reads.cmd("GET").arg(name);
                }
                let values: Vec<Option<Vec<u8>>> = scan.run(&reads).await?;
                for (name, value) in names.iter().zip(values) {
                    if let Some(value) = value {
                        let key = String::from_utf8_lossy(&name[namespace.len()..]);
                        found.push((key.into_owned(), Bytes::from(value)));
                    }
                }
                if found.len() >= most {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }
}
