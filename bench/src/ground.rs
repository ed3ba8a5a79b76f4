//! The ground on which both systems are measured: one redis-server, one mongod, one
//! stand-in for the Graph API.

use crate::documents;
use crate::process::{self, Process};
use crate::stand_in::StandIn;
use crate::system::{Addresses, Programs, QUEUE, System};
use anyhow::{Context, Result, bail, ensure};
use heliograph_bench::workload::{Plan, Workload};
use heliograph_model::Millis;
use heliograph_servers::{mongod::Mongod, redis::Redis};
use mongodb::Client;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::runtime::Runtime;

/// How large the workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) accounts: usize,
    /// Of each account.
    pub(crate) automations: usize,
    pub(crate) jobs: usize,
    pub(crate) people: People,
}

/// Who writes, and how densely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum People {
    /// 1,000,000 webhooks an hour by 200,000 people, most of whom are seen once.
    Many,
    /// Half a day of 5,000 people, who come back.
    Regulars,
}

/// The servers, and the workload that is on them.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) programs: Programs,
    pub(crate) at: Addresses,
    pub(crate) graph: StandIn,
    pub(crate) runtime: Runtime,
    pub(crate) mongo: Client,
    redis: Redis,
    mongod: Mongod,
    folder: tempfile::TempDir,
    prepared: Option<Prepared>,
}

/// A workload that is ready to be enqueued as often as it takes.
#[derive(Debug)]
struct Prepared {
    shape: Shape,
    workload: Workload,
    /// `account=token,…`
    tokens: String,
}

impl Ground {
    /// Starts the servers.
    pub(crate) fn start(programs: Programs) -> Result<Self> {
        let redis = Redis::with(&["--auto-aof-rewrite-min-size", REDIS_REWRITES_FROM])?;
        let mongod = Mongod::with(&["--wiredTigerCacheSizeGB", MONGOD_CACHE_GB])?;
        let graph = StandIn::start()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let mongo = runtime.block_on(Client::with_uri_str(mongod.url()))?;
        Ok(Self {
            programs,
            at: Addresses {
                redis: redis.url(),
                mongo: mongod.url(),
                graph: graph.url(),
            },
            graph,
            runtime,
            mongo,
            redis,
            mongod,
            folder: tempfile::tempdir()?,
            prepared: None,
        })
    }

    /// Where what the programs write goes.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes the workload of a shape, unless it is there.
    pub(crate) fn prepare(&mut self, shape: &Shape) -> Result<()> {
        if self.prepared.as_ref().is_some_and(|it| it.shape == *shape) {
            return Ok(());
        }
        let workload = workload(shape)?;
        let accounts = workload.workspaces.iter().flat_map(|file| &file.accounts);
        let tokens = accounts.map(|one| format!("{}={}", one.id, documents::token(one)));
        self.prepared = Some(Prepared {
            shape: *shape,
            tokens: tokens.collect::<Vec<_>>().join(","),
            workload,
        });
        Ok(())
    }

    /// The workload at hand.
    pub(crate) fn workload(&self) -> Result<&Workload> {
        Ok(&self.prepared()?.workload)
    }

    /// The access tokens of its accounts, as the environment variable wants them.
    pub(crate) fn tokens(&self) -> Result<&str> {
        Ok(&self.prepared()?.tokens)
    }

    fn prepared(&self) -> Result<&Prepared> {
        self.prepared.as_ref().context("there is no workload yet")
    }

    /// Empties the servers, and brings the documents in again.
    pub(crate) fn clear(&self) -> Result<()> {
        let mut redis = self.redis.connection()?;
        redis::cmd("FLUSHALL").query::<()>(&mut redis)?;
        self.graph.take();
        self.runtime
            .block_on(documents::seed(&self.mongo, self.workload()?))
    }

    /// Adds these webhooks of the workload to the queue, by Node.
    pub(crate) fn enqueue(&self, which: Range<usize>) -> Result<()> {
        let jobs = which.len();
        let deliveries = self.workload()?.deliveries.get(which);
        let deliveries = deliveries.context("the workload has fewer webhooks")?;
        let lines = self.folder.path().join("webhooks.jsonl");
        let mut file = BufWriter::new(File::create(&lines)?);
        for delivery in deliveries {
            file.write_all(&delivery.body)?;
            file.write_all(b"\n")?;
        }
        file.flush()?;
        let mut command = self.programs.enqueue(&self.at);
        let output = command
            .stdin(Stdio::from(File::open(&lines)?))
            .output()
            .context("node does not start")?;
        if !output.status.success() {
            bail!(
                "the webhooks cannot be enqueued:\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let waiting = self.waiting()?;
        ensure!(
            waiting == jobs,
            "{jobs} webhooks were enqueued and {waiting} are there"
        );
        Ok(())
    }

    /// A connection of the benchmark's own.
    pub(crate) fn redis(&self) -> Result<redis::Connection> {
        self.redis.connection()
    }

    /// How many jobs wait.
    pub(crate) fn waiting(&self) -> Result<usize> {
        length(&mut self.redis()?, "wait")
    }

    /// Whether every job is done.
    pub(crate) fn is_idle(&self) -> Result<bool> {
        let mut redis = self.redis()?;
        let left = length(&mut redis, "wait")? + length(&mut redis, "active")?;
        let delayed: usize = redis::cmd("ZCARD")
            .arg(format!("bull:{QUEUE}:delayed"))
            .query(&mut redis)?;
        Ok(left + delayed == 0)
    }

    /// The processor time that each process has taken so far, besides the workers.
    pub(crate) fn processor(&self) -> Result<Servers> {
        let of = |pid| process::stat(pid).map(|stat| stat.processor);
        Ok(Servers {
            redis: of(self.redis.process().pid())?,
            mongod: of(self.mongod.process().pid())?,
            graph: of(std::process::id())?,
        })
    }

    /// Starts the workers of a system, or such as do nothing.
    pub(crate) fn workers(&self, system: System, number: u32, work: bool) -> Result<Vec<Process>> {
        (0..number)
            .map(|place| {
                let mut command = if work {
                    self.programs.worker(system, &self.at, self.tokens()?)
                } else {
                    self.programs.no_op_worker(system, &self.at)?
                };
                Process::start(&mut command, self.folder(), &format!("worker-{place}"))
            })
            .collect()
    }
}

/// From which size on Redis rewrites its append-only file. The benchmark begins with an empty
/// one, which doubles every few seconds; that of a Redis that has run for a while does not.
const REDIS_REWRITES_FROM: &str = "2gb";
/// What mongod keeps in memory: all of it, as on a machine of its own.
const MONGOD_CACHE_GB: &str = "2";

/// Processor time of the servers. The stand-in is a thread of the benchmark, so the
/// little that it does besides is in there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Servers {
    pub(crate) redis: Duration,
    pub(crate) mongod: Duration,
    pub(crate) graph: Duration,
}

/// The length of a list of the queue.
pub(crate) fn length(redis: &mut redis::Connection, list: &str) -> Result<usize> {
    Ok(redis::cmd("LLEN")
        .arg(format!("bull:{QUEUE}:{list}"))
        .query(redis)?)
}

/// The reference workload. Visits begin for as long as the queue takes them in, so the
/// last jobs come as densely as the first, and with many people two events of one contact
/// stand thousands of jobs apart: nothing in the Node system keeps them in order when they
/// do not.
fn workload(shape: &Shape) -> Result<Workload> {
    let deliveries = shape.jobs * 3 / 2;
    let plan = Plan {
        accounts: shape.accounts,
        automations: shape.automations,
        ..match shape.people {
            People::Many => Plan::reference(deliveries),
            People::Regulars => Plan::half_a_day(deliveries),
        }
    };
    let mut workload = Workload::until(&plan, now()?);
    workload.deliveries.truncate(shape.jobs);
    Ok(workload)
}

#[allow(
    clippy::disallowed_methods,
    reason = "no rule hangs on it: events must be of the last day for whoever works on them"
)]
fn now() -> Result<Millis> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(Millis(i64::try_from(since.as_millis())?))
}
