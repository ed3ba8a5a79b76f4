//! The production place: Redis, MongoDB and BullMQ, guarded.

use crate::backends::{AtHand, Backends, OpenPlace};
use crate::clients;
use crate::elsewhere::machine_name;
use crate::guard::{
    DryDocuments, Guard, GuardedAnnouncements, GuardedArchive, GuardedBulletins, GuardedCache,
    GuardedConversations, GuardedDocuments, GuardedFailedSends, GuardedIndexes, GuardedJobs,
    GuardedQueue, GuardedStore,
};
use crate::{Result, RuntimeError};
use async_trait::async_trait;
use heliograph_bullmq::{BullConfig, BullQueue};
use heliograph_engine::ports::{Announcements, Archive, Cache, Clock, Documents, PortResult};
use heliograph_model::GuardLevel;
use heliograph_mongo::{MongoConfig, MongoStore};
use heliograph_redis::{
    BehindSettings, Channels, Redis, RedisAnnouncements, RedisBulletins, RedisCache, RedisConfig,
    WriteBehind,
};
use secrecy::ExposeSecret;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Where documents, cache and queue of a production profile are.
#[derive(Debug, Clone)]
pub struct ProductionPlace {
    /// The cache, the conversations and what MongoDB does not have yet.
    pub redis: RedisConfig,
    /// The documents.
    pub mongo: MongoConfig,
    /// The queue, which may be on another Redis.
    pub queue: BullConfig,
    /// How changes are written behind.
    pub behind: BehindSettings,
}

impl ProductionPlace {
    /// Whether the queue is on the same Redis as everything else.
    #[must_use]
    pub fn shares_redis(&self) -> bool {
        self.queue.url.expose_secret() == self.redis.url.expose_secret()
    }

    /// How the queue's Redis is connected to, for what BullMQ does not ask it.
    #[must_use]
    pub fn redis_of_queue(&self) -> RedisConfig {
        RedisConfig {
            cluster: self.queue.cluster.then_some(true),
            ca_file: self.queue.ca_file.clone(),
            response_timeout: self.redis.response_timeout,
            ..RedisConfig::new(self.queue.url.clone())
        }
    }

    /// The same with names of its own for everything that a dry run writes.
    fn dry(mut self, profile: &str) -> Self {
        self.redis.prefix = format!("{}:dry:{profile}", self.redis.prefix);
        self.redis.namespace = format!("dry:{profile}:{}", self.redis.namespace);
        self.queue.queue = format!("{}-dry", self.queue.queue);
        self.mongo.database = format!("{}_dryrun", self.mongo.database);
        self
    }
}

/// What stays open.
#[derive(Debug)]
pub(crate) struct OpenServers {
    behind: WriteBehind,
    queue: Arc<BullQueue>,
    /// Looks at who shares the queue.
    clients: JoinHandle<()>,
}

impl Drop for OpenServers {
    fn drop(&mut self) {
        self.clients.abort();
    }
}

/// Connects to everything.
pub(crate) async fn open(
    place: ProductionPlace,
    guard: &Arc<Guard>,
    clock: &Arc<dyn Clock>,
) -> Result<(Backends, Arc<MongoStore>)> {
    let level = guard.level();
    if level == GuardLevel::Offline {
        return Err(RuntimeError::Offline);
    }
    let real = Arc::new(MongoStore::connect(place.mongo.clone()).await?);
    let (place, own) = if level == GuardLevel::DryRun {
        let place = place.dry(guard.profile());
        let own = MongoStore::connect(place.mongo.clone()).await?;
        (place, Arc::new(own))
    } else {
        (place, Arc::clone(&real))
    };
    let redis = Redis::connect(&place.redis).await?;
    let queue_is_in_cluster = match place.shares_redis() {
        true => redis.is_cluster(),
        // Says also what is wrong with it, which BullMQ's own connection does not.
        false => Redis::connect(&place.redis_of_queue()).await?.is_cluster(),
    };
    let mut settings = place.behind;
    settings.allowed = {
        let guard = Arc::clone(guard);
        Arc::new(move || guard.works_here())
    };
    let engine = guard.of_the_engine();
    let archive: Arc<dyn Archive> = Arc::new(GuardedArchive::new(
        Arc::clone(&own) as _,
        Arc::clone(&engine),
    ));
    let behind = WriteBehind::start(redis.clone(), archive, settings).await?;
    let shown: Arc<dyn Documents> = Arc::new(behind.clone());
    let read: Arc<dyn Documents> = Arc::clone(&own) as _;
    let (shown, read) = if level == GuardLevel::DryRun {
        let dry =
            |own| Arc::new(DryDocuments::new(Arc::clone(&real) as _, own)) as Arc<dyn Documents>;
        (dry(shown), dry(read))
    } else {
        (shown, read)
    };
    let mut queue = place.queue;
    queue.cluster = queue_is_in_cluster;
    let queue = Arc::new(BullQueue::connect(queue, Arc::clone(clock)).await?);
    let announcements = RedisAnnouncements::start(&redis, Channels::of(&redis));
    announcements.call(&format!("{}:{}", machine_name(), std::process::id()));
    let keys = Arc::new(RedisCache::new(&redis));
    let cache: Arc<dyn Cache> = Arc::clone(&keys) as _;
    let at_hand = AtHand {
        store: Arc::new(GuardedStore::of(
            Arc::clone(&shown),
            Arc::new(behind.clone()),
            Arc::clone(guard),
        )),
        queue: Arc::new(GuardedQueue::new(
            Arc::clone(&queue) as _,
            Arc::clone(guard),
        )),
        cache: Arc::new(GuardedCache::new(Arc::clone(&cache), Arc::clone(guard))),
    };
    let guarded = || Arc::clone(&engine);
    let backends = Backends {
        at_hand,
        store: Arc::new(GuardedStore::of(shown, Arc::new(behind.clone()), guarded())),
        documents: Arc::new(GuardedDocuments::new(read, guarded())),
        queue: Arc::new(GuardedQueue::new(Arc::clone(&queue) as _, guarded())),
        jobs: Arc::new(GuardedJobs::new(Arc::clone(&queue) as _, Arc::clone(guard))),
        failed_sends: Arc::new(GuardedFailedSends::new(
            Arc::new(behind.clone()),
            Arc::clone(guard),
        )),
        cache: Arc::new(GuardedCache::new(cache, guarded())),
        conversations: Arc::new(GuardedConversations::new(
            Arc::new(behind.clone()),
            guarded(),
        )),
        announcements: Some(Arc::new(GuardedAnnouncements::new(
            Arc::new(announcements),
            guarded(),
        ))),
        bulletins: Some(Arc::new(GuardedBulletins::new(
            Arc::new(RedisBulletins::new(&redis)),
            guarded(),
        ))),
        backlog: Some(Arc::new(behind.clone())),
        archive: Some(Arc::new(GuardedArchive::by_hand(
            Arc::clone(&own) as _,
            Arc::clone(&engine),
        ))),
        indexes: Some(GuardedIndexes::new(Arc::clone(&real), Arc::clone(guard))),
        register: own,
        keys,
        journal: None,
        address: format!("MongoDB database {}", place.mongo.database),
        notice: None,
        place: Arc::new(OpenServers {
            behind,
            clients: tokio::spawn(clients::watch(Arc::clone(&queue))),
            queue,
        }),
    };
    Ok((backends, real))
}

#[async_trait]
impl OpenPlace for OpenServers {
    async fn flush(&self) -> PortResult<()> {
        self.behind.flush().await
    }

    async fn rest(&self) {
        self.queue.rest().await;
    }

    async fn close(&self) {
        self.clients.abort();
        self.queue.close().await;
        if let Err(error) = self.behind.close().await {
            tracing::warn!(%error, "not everything could be written behind; it stays listed in Redis for the next worker");
        }
    }
}

/// The documents alone, with the cache that an edit has to invalidate and the workers who
/// are told of it.
pub(crate) async fn documents(
    place: ProductionPlace,
    guard: &Arc<Guard>,
) -> Result<(Arc<dyn Documents>, Arc<dyn Cache>, Arc<dyn Announcements>)> {
    if guard.level() == GuardLevel::Offline {
        return Err(RuntimeError::Offline);
    }
    let store = MongoStore::connect(place.mongo).await?;
    let redis = Redis::connect(&place.redis).await?;
    let cache = RedisCache::new(&redis);
    let announcements = RedisAnnouncements::start(&redis, Channels::of(&redis));
    Ok((
        Arc::new(GuardedDocuments::new(Arc::new(store), Arc::clone(guard))),
        Arc::new(GuardedCache::new(Arc::new(cache), Arc::clone(guard))),
        Arc::new(GuardedAnnouncements::new(
            Arc::new(announcements),
            Arc::clone(guard),
        )),
    ))
}
