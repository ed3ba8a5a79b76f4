//! A cluster that moves a slot from one node to another while workers work.

use anyhow::{Context, Result};
use heliograph_engine::conformance::samples::{self, START};
use heliograph_engine::ports::{Committed, Ledger};
use heliograph_model::{ContactChange, DeliveryId};
use heliograph_redis::WriteBehind;
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::{Redis, RedisCluster};
use heliograph_tests::production::{AnyRedis, PATIENCE, Servers, places, write_behind};
use heliograph_tests::wait;
use mongodb::bson::{Document, doc};
use std::sync::Arc;
use std::time::Duration;

const ACCOUNT: &str = "17841400000000001";

/// A slot on its way from one node to another.
struct Move<'n> {
    slot: u16,
    nodes: &'n [Redis],
    from: usize,
    to: usize,
}

impl<'n> Move<'n> {
    /// Begins to move the slot of a key.
    fn begin(nodes: &'n [Redis], key: &str) -> Result<Self> {
        let mut get = redis::cmd("TYPE");
        get.arg(key);
        let has = |node: &Redis| {
            let answer = node.connection().map(|mut it| get.query::<String>(&mut it));
            matches!(answer, Ok(Ok(_)))
        };
        let from = nodes.iter().position(has).context("it is somewhere")?;
        let to = (from + 1) % nodes.len();
        let mut slot = redis::cmd("CLUSTER");
        let slot = slot.arg("KEYSLOT").arg(key);
        let slot = slot.query(&mut nodes[from].connection()?)?;
        let this = Self {
            slot,
            nodes,
            from,
            to,
        };
        this.set(to, "IMPORTING", from)?;
        this.set(from, "MIGRATING", to)?;
        Ok(this)
    }

    /// Tells the node at a place what another one is for the slot.
    fn set(&self, at: usize, what: &str, other: usize) -> Result<()> {
        let id: String = redis::cmd("CLUSTER")
            .arg("MYID")
            .query(&mut self.nodes[other].connection()?)?;
        let mut set = redis::cmd("CLUSTER");
        set.arg("SETSLOT").arg(self.slot).arg(what).arg(id);
        Ok(set.query(&mut self.nodes[at].connection()?)?)
    }

    fn take(&self, key: &str) -> Result<()> {
        let mut migrate = redis::cmd("MIGRATE");
        migrate
            .arg("127.0.0.1")
            .arg(self.nodes[self.to].port())
            .arg(key)
            .arg(&[0, 5_000]);
        let answer: String = migrate.query(&mut self.nodes[self.from].connection()?)?;
        anyhow::ensure!(answer == "OK", "{key} is not there: {answer}");
        Ok(())
    }

    /// Moves the rest.
    fn end(self) -> Result<()> {
        let mut keys = redis::cmd("CLUSTER");
        keys.arg("GETKEYSINSLOT").arg(self.slot).arg(1_000);
        let keys: Vec<String> = keys.query(&mut self.nodes[self.from].connection()?)?;
        for key in keys {
            self.take(&key)?;
        }
        for at in [self.to, self.from, (self.to + 1) % self.nodes.len()] {
            self.set(at, "NODE", self.to)?;
        }
        Ok(())
    }
}

/// Ana says what her name is.
async fn is_called(worker: &WriteBehind, mid: &str, name: &str) -> Result<()> {
    wait::until_within(PATIENCE, "it is committed", || async {
        let mut record = samples::record(DeliveryId(1), 0, "ana", "hi");
        record.decision.contact = ContactChange {
            username: Some(name.to_owned()),
            ..ContactChange::default()
        };
        let mut commit = samples::commit(&format!("{ACCOUNT}:message:{mid}"), record);
        commit.contact = Some(samples::contact(ACCOUNT, "ana", START));
        match worker.commit(commit).await {
            Ok(Committed::Applied(_) | Committed::Duplicate) => Ok(Some(())),
            Ok(Committed::Overtaken) => anyhow::bail!("nobody holds her"),
            Err(error) if error.is_transient() => Ok(None),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_a_cluster_moves_it_is_not_forgotten() -> Result<()> {
    let mut servers = Servers {
        redis: AnyRedis::Cluster(RedisCluster::start()?),
        mongod: Arc::new(Mongod::start()?),
    };
    let mut place = servers.place();
    place.behind.partitions = Some(1);
    // Only when it is asked to.
    place.behind.pause = Duration::from_secs(3_600);
    let (worker, mongo) = write_behind(&place).await?;
    mongo.create_indexes().await?;
    worker.flush().await?;
    is_called(&worker, "m.1", "ana").await?;

    // What waits was read, and MongoDB takes its time; meanwhile her conversation moves.
    servers.mongod.process().signal("STOP")?;
    let flushing = tokio::spawn({
        let worker = worker.clone();
        async move { worker.flush().await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let AnyRedis::Cluster(cluster) = &mut servers.redis else {
        anyhow::bail!("it is a cluster");
    };
    let conversation = format!("{}:{{0}}:conversation:{ACCOUNT}:ana", place.redis.prefix);
    let moving = Move::begin(cluster.nodes(), &conversation)?;
    moving.take(&conversation)?;
    servers.mongod.process().signal("CONT")?;
    let flushed = flushing.await?;
    assert!(flushed.is_err(), "half of it is elsewhere");
    moving.end()?;

    is_called(&worker, "m.2", "ana.b").await?;
    wait::until_within(PATIENCE, "it is written", || async {
        match worker.flush().await {
            Ok(()) => Ok(Some(())),
            Err(error) if error.is_transient() => Ok(None),
            Err(error) => Err(error.into()),
        }
    })
    .await?;
    let contacts = places::database(&place).await?;
    let contacts = contacts.collection::<Document>("contacts");
    let ana = contacts.find_one(doc! { "senderId": "ana" }).await?;
    let ana = ana.context("she is in MongoDB")?;
    assert_eq!(ana.get_str("username").ok(), Some("ana.b"));
    Ok(())
}
