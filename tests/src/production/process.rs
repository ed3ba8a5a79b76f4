//! A worker in a process of its own, which can be killed.
//!
//! The process is the test binary itself: one of its tests that does not run by itself is
//! the worker. So it has the settings that the test wants, and nothing else to be built.

use super::places;
use super::site::{Site, Worker};
use crate::wait;
use anyhow::{Context, Result};
use heliograph_engine::process::EngineSettings;
use heliograph_model::GuardLevel;
use heliograph_runtime::ProductionPlace;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Where the process reads what it is.
const VARIABLE: &str = "HELIOGRAPH_TEST_WORKER";

/// What the process is told.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    redis: String,
    mongo: String,
    name: String,
    graph: String,
    ready: std::path::PathBuf,
}

/// How quickly the death of a worker is noticed in these tests: ten times as soon as
/// without being told otherwise.
pub fn hasten(place: &mut ProductionPlace) {
    place.queue.lock_duration = Duration::from_secs(3);
    place.behind.hold_ms = 3_000;
    place.behind.silence_ms = 2_000;
}

/// A worker in a process of its own. Dropping it kills it.
#[derive(Debug)]
pub struct WorkerProcess {
    child: Child,
    _folder: tempfile::TempDir,
}

impl WorkerProcess {
    /// Starts one on the site's place, as the test of this name, and waits until it works.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start(site: &Site, test: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let ready = folder.path().join("ready");
        let told = Told {
            redis: site.place.redis.url.expose_secret().to_owned(),
            mongo: site.place.mongo.url.expose_secret().to_owned(),
            name: site.place.mongo.database.clone(),
            graph: site.graph.clone(),
            ready: ready.clone(),
        };
        let child = Command::new(std::env::current_exe()?)
            .args(["--ignored", "--exact", test, "--nocapture"])
            .env(VARIABLE, serde_json::to_string(&told)?)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("the test binary does not start again")?;
        let started = Self {
            child,
            _folder: folder,
        };
        wait::until("the worker's process is ready", || async {
            Ok(ready.exists().then_some(()))
        })
        .await?;
        Ok(started)
    }

    /// Ends it at once (SIGKILL).
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends it a signal, such as `STOP` or `CONT`.
    ///
    /// # Errors
    /// When there is no such process any more.
    pub fn signal(&self, name: &str) -> Result<()> {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()?;
        anyhow::ensure!(status.success(), "SIG{name} could not be sent");
        Ok(())
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the process does: works until it is killed. Where it was started as a test by
/// hand, it has nothing to do.
///
/// # Errors
/// When the worker does not start.
pub async fn be_a_worker() -> Result<()> {
    let Ok(told) = std::env::var(VARIABLE) else {
        return Ok(());
    };
    let told: Told = serde_json::from_str(&told)?;
    let mut place = places::named(&told.redis, &told.mongo, &told.name);
    hasten(&mut place);
    let settings = EngineSettings::default();
    let _worker = Worker::start(place, GuardLevel::Live, &told.graph, settings).await?;
    std::fs::write(told.ready, "ready")?;
    std::future::pending().await
}
