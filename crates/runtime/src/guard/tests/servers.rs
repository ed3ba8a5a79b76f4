//! The same on real servers: every key and every document is as it was.

use super::backend::Backend;
use super::calls::{Does, Ports, calls};
use crate::ProductionPlace;
use crate::backends::Backends;
use crate::guard::{Guard, GuardedArchive, GuardedInstagram};
use crate::production;
use futures::StreamExt;
use heliograph_bullmq::BullConfig;
use heliograph_engine::conformance::samples;
use heliograph_engine::ports::{Clock, EventTime, SystemClock};
use heliograph_model::GuardLevel;
use heliograph_mongo::{MongoConfig, MongoStore};
use heliograph_redis::{BehindSettings, RedisConfig};
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::Redis;
use mongodb::bson::{Document, doc};
use std::collections::BTreeMap;
use std::sync::Arc;

const DATABASE: &str = "guarded";
const ACCOUNT: &str = "17841400000000001";

struct Servers {
    redis: Redis,
    mongod: Mongod,
    clock: Arc<dyn Clock>,
}

/// A key's value as text, with whether it goes away by itself.
type Keys = BTreeMap<String, (String, bool)>;

impl Servers {
    fn start() -> Self {
        Self {
            redis: Redis::start().expect("redis-server starts"),
            mongod: Mongod::start().expect("mongod starts"),
            clock: Arc::new(SystemClock),
        }
    }

    async fn open(&self, guard: &Arc<Guard>) -> (Backends, Arc<MongoStore>) {
        let place = ProductionPlace {
            redis: RedisConfig::new(self.redis.url()),
            mongo: MongoConfig::new(self.mongod.url().into(), DATABASE),
            queue: BullConfig::new(self.redis.url().into(), "hooks"),
            behind: BehindSettings::default(),
        };
        let opened = production::open(place, guard, &self.clock).await;
        opened.expect("the servers are there")
    }

    /// Puts something of each kind in, at *live*.
    async fn fill(&self) {
        let guard = self.guard(GuardLevel::Live);
        let (backends, _) = self.open(&guard).await;
        let store = &backends.store;
        let now = self.clock.now();
        let fill = async {
            store
                .put_workspace(&samples::workspace("w1", "One"))
                .await?;
            store
                .put_account(&samples::account(ACCOUNT, "w1", "one"))
                .await?;
            let automation = samples::automation("a1", "w1", 1);
            store.put_automation(&automation, None).await?;
            store
                .put_contact(&samples::contact(ACCOUNT, "p2", now))
                .await?;
            let id = backends.queue.push(samples::delivery("{}", now)).await?;
            let account = ACCOUNT.into();
            let opened = backends
                .conversations
                .open(&account, &"p1".into(), "mid.1", EventTime::default())
                .await?;
            let mut commit = samples::commit("mid.1", samples::record(id, 0, "p1", "hello"));
            commit.now = now;
            commit.hold = opened.hold;
            commit.contact = Some(samples::contact(ACCOUNT, "p1", now));
            store.commit(commit).await?;
            backends
                .cache
                .put("user_state:1:2", "null".into(), 600_000)
                .await?;
            backends.place.flush().await
        };
        fill.await.expect("the servers take it");
        backends.place.close().await;
    }

    fn guard(&self, level: GuardLevel) -> Arc<Guard> {
        Arc::new(Guard::new("shop", level, Arc::clone(&self.clock)))
    }

    fn keys(&self) -> Keys {
        let mut connection = self.redis.connection().expect("it answers");
        let names: Vec<String> = redis::cmd("KEYS")
            .arg("*")
            .query(&mut connection)
            .expect("it answers");
        let mut keys = Keys::new();
        for name in names {
            let mut both = redis::pipe();
            both.cmd("TYPE").arg(&name).cmd("PTTL").arg(&name);
            let (kind, ttl): (String, i64) = both.query(&mut connection).expect("it answers");
            if let Some(value) = value(&mut connection, &kind, &name) {
                keys.insert(name, (value, ttl >= 0));
            }
        }
        keys
    }

    async fn documents(&self) -> BTreeMap<String, Vec<String>> {
        let client = mongodb::Client::with_uri_str(self.mongod.url()).await;
        let database = client.expect("an address").database(DATABASE);
        let names = database.list_collection_names().await.expect("it answers");
        let mut all = BTreeMap::new();
        for name in names {
            let found = database.collection::<Document>(&name).find(doc! {}).await;
            let mut found = found.expect("it answers");
            let mut texts = Vec::new();
            while let Some(document) = found.next().await {
                texts.push(document.expect("a document").to_string());
            }
            texts.sort();
            all.insert(name, texts);
        }
        all
    }
}

/// What a key holds; `None` when it is gone. In no order where Redis has none: it moves
/// what a hash holds around by itself.
fn value(connection: &mut redis::Connection, kind: &str, name: &str) -> Option<String> {
    let mut command = match kind {
        "string" => redis::cmd("GET"),
        "hash" => redis::cmd("HGETALL"),
        "set" => redis::cmd("SMEMBERS"),
        "list" => redis::cmd("LRANGE"),
        "zset" => redis::cmd("ZRANGE"),
        "stream" => redis::cmd("XRANGE"),
        _ => return None,
    };
    command.arg(name);
    match kind {
        "list" => command.arg(0).arg(-1),
        "zset" => command.arg(0).arg(-1).arg("WITHSCORES"),
        "stream" => command.arg("-").arg("+"),
        _ => &mut command,
    };
    if kind == "hash" {
        let fields: BTreeMap<String, Vec<u8>> = command.query(connection).expect("it answers");
        return Some(format!("{fields:?}"));
    }
    let value: redis::Value = command.query(connection).expect("it answers");
    let mut text = format!("{value:?}");
    if let (redis::Value::Array(members), "set") = (&value, kind) {
        let mut members: Vec<_> = members.iter().map(|it| format!("{it:?}")).collect();
        members.sort();
        text = members.join(" ");
    }
    Some(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_observing_profile_leaves_no_key_and_no_document_on_real_servers() {
    let servers = Servers::start();
    servers.fill().await;
    let (keys, documents) = (servers.keys(), servers.documents().await);
    assert!(keys.len() > 5, "{keys:?}");
    assert!(documents.len() >= 5, "{documents:?}");

    let guard = servers.guard(GuardLevel::Observe);
    let (backends, store) = servers.open(&guard).await;
    let embedded = Backend::filled().await;
    let ports = Ports {
        store: Arc::clone(&backends.store),
        archive: Arc::new(GuardedArchive::new(store, Arc::clone(&guard))),
        cache: Arc::clone(&backends.cache),
        keys: Arc::clone(&backends.keys),
        queue: Arc::clone(&backends.queue),
        jobs: Arc::clone(&backends.jobs),
        failed_sends: Arc::clone(&backends.failed_sends),
        instagram: Arc::new(GuardedInstagram::new(
            embedded.ports().instagram,
            Arc::clone(&guard),
            Arc::clone(&servers.clock),
        )),
        conversations: Arc::clone(&backends.conversations),
        announcements: backends.announcements.clone().expect("there are others"),
        bulletins: backends.bulletins.clone().expect("there are others"),
    };
    for call in calls(&ports) {
        let name = format!("{}.{}", call.port, call.method);
        match (call.does, call.answer.await) {
            (Does::Read, answer) => assert_eq!(answer, Ok(()), "{name} only reads"),
            (Does::Write, Ok(())) => panic!("{name} writes and was not refused"),
            (Does::Write, Err(error)) => assert!(error.contains("was refused"), "{name}: {error}"),
        }
    }
    // What goes on by itself has its chance too.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    backends.place.close().await;

    let left = servers.keys();
    for (name, (value, _)) in &left {
        assert_eq!(
            keys.get(name).map(|it| &it.0),
            Some(value),
            "{name} was written"
        );
    }
    for (name, (_, goes_by_itself)) in &keys {
        assert!(
            *goes_by_itself || left.contains_key(name),
            "{name} was removed"
        );
    }
    assert_eq!(documents, servers.documents().await);
}
