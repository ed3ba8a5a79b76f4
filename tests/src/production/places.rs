//! Places by name, and how another application looks into one.

use anyhow::Result;
use heliograph_bullmq::BullConfig;
use heliograph_mongo::MongoConfig;
use heliograph_redis::{BehindSettings, RedisConfig};
use heliograph_runtime::ProductionPlace;
use mongodb::bson::Document;
use secrecy::{ExposeSecret, SecretString};
use std::collections::{BTreeMap, BTreeSet};

/// The place of this name on these servers. Nothing in it is shared with a place of
/// another name.
#[must_use]
pub fn named(redis_url: &str, mongo_url: &str, name: &str) -> ProductionPlace {
    let mut redis = RedisConfig::new(redis_url);
    redis.prefix = format!("heliograph-{name}");
    redis.namespace = format!("{name}:");
    let queue = BullConfig::new(SecretString::from(redis_url), format!("q-{name}"));
    ProductionPlace {
        redis,
        mongo: MongoConfig::new(SecretString::from(mongo_url), name),
        queue,
        behind: BehindSettings::default(),
    }
}

/// A place's database through the driver alone.
///
/// # Errors
/// When the connection string is none.
pub async fn database(place: &ProductionPlace) -> Result<mongodb::Database> {
    let client = mongodb::Client::with_uri_str(place.mongo.url.expose_secret()).await?;
    Ok(client.database(&place.mongo.database))
}

/// A connection to a place's Redis through the client alone.
///
/// # Errors
/// When it cannot be reached.
pub fn redis(place: &ProductionPlace) -> Result<redis::Connection> {
    Ok(redis::Client::open(place.redis.url.expose_secret())?.get_connection()?)
}

/// Every key that Redis has, with its value as Redis would save it.
///
/// # Errors
/// When it cannot be reached.
pub fn keys(connection: &mut redis::Connection) -> Result<BTreeMap<String, Vec<u8>>> {
    let names: BTreeSet<String> = redis::cmd("KEYS").arg("*").query(connection)?;
    let mut all = BTreeMap::new();
    for name in names {
        let kind: String = redis::cmd("TYPE").arg(&name).query(connection)?;
        let value = if kind == "hash" {
            // Reading alone may change the order in which a large one is dumped.
            let fields: BTreeMap<Vec<u8>, Vec<u8>> =
                redis::cmd("HGETALL").arg(&name).query(connection)?;
            (!fields.is_empty()).then(|| format!("{fields:?}").into_bytes())
        } else {
            redis::cmd("DUMP").arg(&name).query(connection)?
        };
        // One that has expired since is not there.
        all.extend(value.map(|value| (name, value)));
    }
    Ok(all)
}

/// Every document of a database, by collection, in an order that does not change.
///
/// # Errors
/// When it cannot be reached.
pub async fn documents(database: &mongodb::Database) -> Result<BTreeMap<String, Vec<String>>> {
    let mut all = BTreeMap::new();
    for name in database.list_collection_names().await? {
        let mut texts: Vec<_> = of(database, &name)
            .await?
            .iter()
            .map(Document::to_string)
            .collect();
        texts.sort();
        all.insert(name, texts);
    }
    Ok(all)
}

/// The documents of a collection.
///
/// # Errors
/// When it cannot be reached.
pub async fn of(database: &mongodb::Database, collection: &str) -> Result<Vec<Document>> {
    let mut cursor = database
        .collection::<Document>(collection)
        .find(Document::new())
        .await?;
    let mut all = Vec::new();
    while cursor.advance().await? {
        all.push(Document::try_from(cursor.current())?);
    }
    Ok(all)
}

/// What Redis holds that is on its way to somebody, for whoever looks into a failure.
///
/// # Errors
/// When it cannot be reached.
pub fn on_their_way(place: &ProductionPlace) -> Result<Vec<String>> {
    let mut connection = redis(place)?;
    let mut lines = Vec::new();
    let all = format!("{}:*", place.redis.prefix);
    let names: BTreeSet<String> = redis::cmd("KEYS").arg(all).query(&mut connection)?;
    for name in names {
        let command = match name.as_str() {
            it if it.contains(":outbox:") => "HVALS",
            it if it.contains(":handed:") => "LRANGE",
            it if it.ends_with(":workers") => "ZRANGE",
            _ => continue,
        };
        let mut ask = redis::cmd(command);
        ask.arg(&name);
        if command != "HVALS" {
            ask.arg(0).arg(-1);
        }
        let held: Vec<String> = ask.query(&mut connection)?;
        lines.extend(held.iter().map(|one| format!("{name} holds {one}")));
    }
    Ok(lines)
}

/// How often anything in Redis was written since it started.
///
/// # Errors
/// When it cannot be reached.
pub fn writes(connection: &mut redis::Connection) -> Result<u64> {
    info(connection, "rdb_changes_since_last_save")
}

/// How many bytes Redis uses.
///
/// # Errors
/// When it cannot be reached.
pub fn used_memory(connection: &mut redis::Connection) -> Result<u64> {
    info(connection, "used_memory")
}

fn info(connection: &mut redis::Connection, name: &str) -> Result<u64> {
    let info: String = redis::cmd("INFO").query(connection)?;
    let value = info
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let value = anyhow::Context::context(value, "Redis tells it")?;
    Ok(value.trim().parse()?)
}
