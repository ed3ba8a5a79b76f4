//! What workers elsewhere handle, as a window sees it that only observes: real workers in
//! processes of their own, on a real Redis, a Redis Cluster and a real mongod.

mod bounded;
mod heard;
mod noticed;
mod seen;

use anyhow::{Context, Result};
use heliograph_desk::traffic::{
    OpenedDelivery, Traffic, TrafficLook, TrafficNews, TrafficRow, WorkersHeard,
};
use heliograph_desk::{Conversations, SeenBook};
use heliograph_runtime::Runtime;
use heliograph_tests::production::PATIENCE;
use heliograph_tests::production::site::Site;
use heliograph_tests::{repo, wait};
use secrecy::ExposeSecret;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// The window that looks.
const WINDOW: &str = "main";

/// A window's view of a place, and the profile below it.
struct Desk {
    traffic: Traffic,
    people: Conversations,
    seen: Arc<SeenBook>,
    runtime: Arc<Runtime>,
}

impl Desk {
    /// As a person opens the place, at *observe*.
    async fn open(site: &Site) -> Result<Self> {
        Self::with(site, SeenBook::default()).await
    }

    /// The same, with what is seen kept in a folder.
    async fn keeping(site: &Site, folder: &Path) -> Result<Self> {
        let seen = SeenBook::at(folder);
        seen.keep(true).await;
        Self::with(site, seen).await
    }

    async fn with(site: &Site, seen: SeenBook) -> Result<Self> {
        let seen = Arc::new(seen);
        let runtime = site.at_hand().await?;
        let traffic = Traffic::keeping(Arc::clone(&seen));
        let people = Conversations::keeping(Arc::clone(&seen));
        traffic.follow(Arc::clone(&runtime));
        people.follow(Arc::clone(&runtime));
        Ok(Self {
            traffic,
            people,
            seen,
            runtime,
        })
    }

    /// What is in sight.
    fn news(&self) -> Result<TrafficNews> {
        self.filtered("")
    }

    /// The same of what a filter wants.
    fn filtered(&self, filter: &str) -> Result<TrafficNews> {
        let look = TrafficLook {
            filter: filter.to_owned(),
            at: None,
            count: 400,
        };
        Ok(self.traffic.look(WINDOW, look)?)
    }

    /// Waits until this is in sight.
    async fn shows<T>(&self, what: &str, is_so: impl Fn(&TrafficNews) -> Option<T>) -> Result<T> {
        let news = || async { Ok(is_so(&self.news()?)) };
        wait::until_within(PATIENCE, what, news)
            .await
            .with_context(|| format!("{:#?}", self.news()))
    }

    /// Waits until so many workers tell what they handle.
    async fn hears(&self, workers: u32) -> Result<()> {
        let what = format!("{workers} workers are heard");
        self.shows(&what, |news| {
            let elsewhere = news.elsewhere.as_ref()?;
            let heard = elsewhere.state == WorkersHeard::Listening && elsewhere.workers == workers;
            heard.then_some(())
        })
        .await
    }

    /// Waits for the row of what was said in these words, with this result.
    async fn row(&self, said: &str, result: &str) -> Result<TrafficRow> {
        self.shows(&format!("“{said}” is {result}"), |news| {
            let mut rows = news.rows.iter();
            let is_it = |row: &&TrafficRow| row.text == said && row.result.as_str() == result;
            rows.find(is_it).cloned()
        })
        .await
    }

    async fn opened(&self, row: &TrafficRow) -> Result<OpenedDelivery> {
        Ok(self.traffic.open(row.delivery_id, None).await?)
    }

    async fn close(self) {
        self.traffic.note_all().await;
        self.runtime.stop().await;
        self.seen.close(&self.runtime).await;
    }
}

/// A worker in a process of its own: the real binary. Dropping it kills it.
struct Process(Child);

impl Process {
    /// Starts one under a name, with more options.
    fn start(site: &Site, name: &str, more: &[&str]) -> Result<Self> {
        let place = &site.place;
        let mut command = Command::new(repo::heliograph()?);
        command
            .args(["worker", "--guard", "live", "--worker-name", name])
            .args(["--redis", place.redis.url.expose_secret()])
            .args(["--mongo", place.mongo.url.expose_secret()])
            .args(["--database", &place.mongo.database])
            .args(["--queue", &place.queue.queue])
            .args(["--queue-prefix", &place.queue.prefix])
            .args(["--key-prefix", &place.redis.prefix])
            .args(["--graph", &site.graph])
            .args(["--flavour", "instagram-login"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if !place.redis.namespace.is_empty() {
            command.args(["--cache-namespace", &place.redis.namespace]);
        }
        let child = command.spawn().context("heliograph does not start")?;
        Ok(Self(child))
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    async fn terminate(mut self) -> Result<()> {
        let id = self.0.id();
        let told = Command::new("sh")
            .args(["-c", &format!("kill -TERM {id}")])
            .status()?;
        anyhow::ensure!(told.success(), "SIGTERM could not be sent");
        for _ in 0..600 {
            if self.0.try_wait()?.is_some() {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        anyhow::bail!("the worker does not end")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How often a place's Redis was asked to publish since it started.
fn published(site: &Site) -> Result<u64> {
    let info: String = redis::cmd("INFO")
        .arg("commandstats")
        .query(&mut site.redis()?)?;
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("cmdstat_publish:calls="));
    let calls = line.and_then(|line| line.split(',').next());
    Ok(calls.map_or(Ok(0), str::parse)?)
}
