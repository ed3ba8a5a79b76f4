//! Production places on real servers of a test's own.

pub mod gate;
pub mod places;
pub mod process;
pub mod site;
pub mod slow;
pub mod stream;

use anyhow::Result;
use heliograph_engine::ports::{Archive, Clock, SystemClock};
use heliograph_mongo::MongoStore;
use heliograph_redis::{Redis, WriteBehind};
use heliograph_runtime::ProductionPlace;
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::{Redis as RedisServer, RedisCluster};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long something may take after an outage of seconds: waits between tries grow to
/// several seconds, and the machine that the tests run on may be busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Whether the longer variants are wanted (`cargo xtask test --long`).
#[must_use]
pub fn is_long() -> bool {
    std::env::var("HELIOGRAPH_LONG").is_ok_and(|long| long == "1")
}

/// Redis, or a cluster, as the tests start them.
#[derive(Debug)]
pub enum AnyRedis {
    /// One server.
    One(RedisServer),
    /// Three nodes.
    Cluster(RedisCluster),
}

/// A Redis and a mongod of a test's own.
#[derive(Debug)]
pub struct Servers {
    /// Redis.
    pub redis: AnyRedis,
    /// MongoDB.
    pub mongod: Arc<Mongod>,
}

impl Servers {
    /// One Redis, and a mongod that the tests of this process share.
    ///
    /// # Errors
    /// When one does not start.
    pub fn start() -> Result<Self> {
        Ok(Self {
            redis: AnyRedis::One(RedisServer::start()?),
            mongod: Mongod::shared()?,
        })
    }

    /// One Redis, and a mongod of the test's own, which may be stopped.
    ///
    /// # Errors
    /// When one does not start.
    pub fn own() -> Result<Self> {
        Ok(Self {
            redis: AnyRedis::One(RedisServer::start()?),
            mongod: Arc::new(Mongod::start()?),
        })
    }

    /// The same on a Redis Cluster.
    ///
    /// # Errors
    /// When one does not start.
    pub fn with_cluster() -> Result<Self> {
        Ok(Self {
            redis: AnyRedis::Cluster(RedisCluster::start()?),
            mongod: Mongod::shared()?,
        })
    }

    /// The Redis, where it is one server.
    ///
    /// # Panics
    /// On a cluster.
    pub fn one_redis(&mut self) -> &mut RedisServer {
        match &mut self.redis {
            AnyRedis::One(redis) => redis,
            AnyRedis::Cluster(_) => panic!("this is a cluster"),
        }
    }

    /// The mongod, where it is the test's own.
    ///
    /// # Panics
    /// Where it is shared.
    pub fn own_mongod(&mut self) -> &mut Mongod {
        Arc::get_mut(&mut self.mongod).expect("the mongod is the test's own")
    }

    /// Where Redis is.
    #[must_use]
    pub fn redis_url(&self) -> String {
        match &self.redis {
            AnyRedis::One(redis) => redis.url(),
            AnyRedis::Cluster(cluster) => cluster.urls().join(","),
        }
    }

    /// A place of its own on these servers: nothing in it is shared with another place.
    #[must_use]
    pub fn place(&self) -> ProductionPlace {
        static PLACES: AtomicU32 = AtomicU32::new(0);
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        let name = format!("t{}_{number}", std::process::id());
        let mut place = places::named(&self.redis_url(), &self.mongod.url(), &name);
        if let AnyRedis::Cluster(_) = self.redis {
            place.queue.cluster = true;
            place.queue.prefix = "{bull}".to_owned();
        }
        place
    }
}

/// A worker's write-behind on a place, with its archive.
///
/// # Errors
/// When a server does not answer.
pub async fn write_behind(place: &ProductionPlace) -> Result<(WriteBehind, Arc<MongoStore>)> {
    let mongo = Arc::new(MongoStore::connect(place.mongo.clone()).await?);
    let redis = Redis::connect(&place.redis).await?;
    let archive = Arc::clone(&mongo) as Arc<dyn Archive>;
    let behind = WriteBehind::start(redis, archive, place.behind.clone()).await?;
    Ok((behind, mongo))
}

/// The machine's clock, as a port.
#[must_use]
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}
