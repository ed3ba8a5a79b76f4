//! Looking at what is cached, a few keys at a time, and at how the servers are.

use crate::lease::leased_key;
use crate::primaries::Node;
use crate::probe::Info;
use crate::scan::{Pattern, Scan};
use crate::{RedisCache, RedisError};
use ahash::AHashMap;
use async_trait::async_trait;
use bytes::Bytes;
use heliograph_engine::ports::{
    CacheServer, Cursor, FoundKey, KeyPage, KeyValue, Keys, OpenedKey, PortResult, Ttl,
};
use redis::cluster_routing::Slot;
use redis::{Value, cmd, pipe};

/// The most keys that the server looks at for one page: a few milliseconds of its time.
const MOST: u32 = 5_000;

#[async_trait]
impl Keys for RedisCache {
    async fn keys(&self, pattern: &str, from: Option<&Cursor>, most: u32) -> PortResult<KeyPage> {
        let namespace = &self.redis().config().namespace;
        let pattern = Pattern::within(namespace, pattern);
        let primaries = self.redis().primaries().await?;
        let Some((at, cursor)) = place(&primaries, from) else {
            return Ok(KeyPage::default());
        };
        let most = most.clamp(1, MOST);
        let mut scan = Scan::from(primaries[at].clone(), pattern.glob(), cursor, most);
        let mut names = scan.next().await?.unwrap_or_default();
        names.retain(|name| pattern.is_cached(name) && leased_key(name).is_none());
        let keys = found(&mut scan, &names, namespace.len()).await?;
        let next = match scan.cursor() {
            Some(cursor) => Some(Cursor(format!("{}|{cursor}", primaries[at].address))),
            None => primaries
                .get(at + 1)
                .map(|next| Cursor(format!("{}|", next.address))),
        };
        Ok(KeyPage {
            keys,
            next,
            looked_at: most.into(),
        })
    }

    async fn open(&self, keys: &[String]) -> PortResult<Vec<Option<OpenedKey>>> {
        // In a cluster a pipeline goes to one slot.
        let mut together: AHashMap<Option<Slot>, Vec<usize>> = AHashMap::new();
        for (at, key) in keys.iter().enumerate() {
            let name = self.redis().cached(key);
            let slot = self.redis().is_cluster().then(|| Slot::for_key(&name));
            together.entry(slot).or_default().push(at);
        }
        let mut opened = vec![None; keys.len()];
        for places in together.into_values() {
            let some: Vec<&str> = places.iter().map(|at| keys[*at].as_str()).collect();
            let answers = self.open_together(&some).await?;
            for (at, answer) in places.into_iter().zip(answers) {
                opened[at] = answer;
            }
        }
        Ok(opened)
    }

    async fn servers(&self) -> PortResult<Vec<CacheServer>> {
        let mut servers = Vec::new();
        for mut primary in self.redis().primaries().await? {
            let info: Result<String, _> = cmd("INFO").query_async(&mut primary).await;
            let info = info.map_err(RedisError::from)?;
            let size: Result<u64, _> = cmd("DBSIZE").query_async(&mut primary).await;
            let keys = size.map_err(RedisError::from)?;
            servers.push(Info::parse(&info).cache_server(primary.address, keys));
        }
        Ok(servers)
    }
}

impl RedisCache {
    /// Keys that one connection may ask for together, in their order.
    async fn open_together(&self, keys: &[&str]) -> Result<Vec<Option<OpenedKey>>, RedisError> {
        let mut asked = pipe();
        // One that is refused, as `OBJECT IDLETIME` is where the least frequently used
        // keys go first, does not keep the others from being answered.
        asked.ignore_errors();
        for key in keys {
            let name = self.redis().cached(key);
            // Before the value is read, which is a use.
            asked.cmd("OBJECT").arg("IDLETIME").arg(&name);
            asked.cmd("PTTL").arg(&name);
            asked.cmd("MEMORY").arg("USAGE").arg(&name);
            asked.cmd("TYPE").arg(&name);
            asked.cmd("GET").arg(&name);
        }
        let answers: Vec<Value> = self.redis().commands().run_all(&asked).await?;
        let mut opened = Vec::with_capacity(keys.len());
        for (key, answer) in keys.iter().zip(answers.chunks(5)) {
            let [idle, ttl, bytes, kind, value] = answer else {
                break;
            };
            opened.push(one(key, [idle, ttl, bytes, kind, value]));
        }
        opened.resize(keys.len(), None);
        Ok(opened)
    }
}

fn one(key: &str, [idle, ttl, bytes, kind, value]: [&Value; 5]) -> Option<OpenedKey> {
    let value = match (value, text(kind)?.as_str()) {
        (_, "none") => return None,
        (Value::BulkString(bytes), _) => KeyValue::Bytes(Bytes::copy_from_slice(bytes)),
        (Value::Nil, _) => return None,
        (_, kind) => KeyValue::Other(kind.to_owned()),
    };
    Some(OpenedKey {
        found: FoundKey {
            key: key.to_owned(),
            ttl: lives(ttl),
            bytes: number(bytes).and_then(|bytes| u64::try_from(bytes).ok()),
        },
        idle_ms: number(idle).map(|seconds| seconds * 1_000),
        value,
    })
}

/// The primary to go on with, and the cursor there; `None` for one that is gone, for then
/// its keys are elsewhere and the walk is over.
fn place(primaries: &[Node], from: Option<&Cursor>) -> Option<(usize, Option<u64>)> {
    let Some(Cursor(from)) = from else {
        return Some((0, None));
    };
    let (address, cursor) = from.split_once('|')?;
    let at = primaries
        .iter()
        .position(|primary| primary.address == address)?;
    Some((at, cursor.parse().ok()))
}

/// What there is to say of keys without reading them.
async fn found(
    scan: &mut Scan,
    names: &[Vec<u8>],
    namespace: usize,
) -> Result<Vec<FoundKey>, RedisError> {
    let mut asked = pipe();
    asked.ignore_errors();
    for name in names {
        asked.cmd("PTTL").arg(name);
        asked.cmd("MEMORY").arg("USAGE").arg(name);
    }
    let answers: Vec<Value> = scan.run(&asked).await?;
    let mut keys = Vec::with_capacity(names.len());
    for (name, answer) in names.iter().zip(answers.chunks(2)) {
        let [ttl, bytes] = answer else { break };
        let ttl = lives(ttl);
        if ttl != Ttl::Absent {
            keys.push(FoundKey {
                key: String::from_utf8_lossy(&name[namespace..]).into_owned(),
                ttl,
                bytes: number(bytes).and_then(|bytes| u64::try_from(bytes).ok()),
            });
        }
    }
    Ok(keys)
}

fn lives(pttl: &Value) -> Ttl {
    match number(pttl) {
        None | Some(-2) => Ttl::Absent,
        Some(left) if left < 0 => Ttl::Forever,
        Some(left) => Ttl::Millis(left),
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::SimpleString(text) => Some(text.clone()),
        Value::BulkString(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}
