//! Looking at what the cache in memory holds, and at how it is.

use crate::MemoryCache;
use async_trait::async_trait;
use heliograph_engine::ports::{
    CacheServer, Cursor, KeyPage, KeyValue, Keys, OpenedKey, PortResult,
};

/// A page is at least one of the pieces that the cache is made of: keys do not wander from
/// one to another, so that none is passed by.
#[async_trait]
impl Keys for MemoryCache {
    async fn keys(&self, pattern: &str, from: Option<&Cursor>, most: u32) -> PortResult<KeyPage> {
        let mut piece = from.map_or(0, |Cursor(from)| from.parse().unwrap_or(Self::PIECES));
        let mut page = KeyPage::default();
        while piece < Self::PIECES && page.looked_at < u64::from(most) {
            let (keys, looked_at) = self.piece(piece, pattern);
            page.keys.extend(keys);
            page.looked_at += looked_at;
            piece += 1;
        }
        page.next = (piece < Self::PIECES).then(|| Cursor(piece.to_string()));
        Ok(page)
    }

    async fn open(&self, keys: &[String]) -> PortResult<Vec<Option<OpenedKey>>> {
        let open = |key: &String| {
            let (found, value, idle) = self.seen(key)?;
            Some(OpenedKey {
                found,
                idle_ms: Some(idle),
                value: KeyValue::Bytes(value),
            })
        };
        Ok(keys.iter().map(open).collect())
    }

    async fn servers(&self) -> PortResult<Vec<CacheServer>> {
        let figures = self.figures();
        Ok(vec![CacheServer {
            name: "Memory".to_owned(),
            memory_bytes: figures.bytes,
            memory_limit: Some(figures.most_bytes),
            policy: "least recently used first".to_owned(),
            keys: figures.keys,
            evicted: figures.evictions,
            expired: figures.expired,
            hits: figures.hits,
            misses: figures.misses,
            ..CacheServer::default()
        }])
    }
}
