//! `heliograph serve` as a process of its own: its memory and its latency while
//! 1,000,000 an hour go through it.
//!
//! It sends over HTTP to a simulated Instagram in *this* process: Instagram is never in
//! the process of a worker, and what the simulated one remembers of everybody is not the
//! worker's memory.

use super::listening::MILLION_AN_HOUR;
use anyhow::{Context, Result, bail};
use heliograph_bench::figures::{Rate, rounded};
use heliograph_bench::load::{OpenLoop, Target, open_loop};
use heliograph_bench::workload::{Plan, Workload};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_engine::route::route;
use heliograph_instagram::simulated::{
    self, SimulatedInstagram, SimulatedSettings, simulated_token,
};
use heliograph_listener::ListenerSettings;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

const SECRET: &str = "the secret of the benchmark";

/// A process that has not said where it listens by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often its memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// `heliograph serve` at 1,000,000 an hour: listener and engine in one process, with its
/// sends going out over HTTP.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Serving {
    /// Resident memory before the first delivery (`VmRSS`).
    pub(crate) resident_mib_at_start: f64,
    /// The largest that was seen while the load ran (`VmRSS`).
    pub(crate) resident_mib: f64,
    /// The largest since the start of the process, as the kernel knows it (`VmHWM`).
    pub(crate) peak_mib: f64,
    /// Sends that arrived at the simulated Instagram before the end of the load.
    pub(crate) sent: u64,
    pub(crate) load: Rate,
}

/// Starts it, posts, and stops it.
pub(crate) async fn measure(directory: &Path, lasting: Duration) -> Result<Serving> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count"
    )]
    let count = (MILLION_AN_HOUR * lasting.as_secs_f64()) as usize;
    let workload = Workload::until(&Plan::reference(count), SystemClock.now());
    let mut files = Vec::with_capacity(workload.workspaces.len());
    for (number, file) in workload.workspaces.iter().enumerate() {
        let path = directory.join(format!("workspace-{number}.json"));
        std::fs::write(&path, serde_json::to_vec(file)?)?;
        files.push(path);
    }
    let instagram = instagram(&workload)?;
    let tcp = TcpListener::bind("127.0.0.1:0").await?;
    let server = simulated::serve(tcp, Arc::clone(&instagram), std::future::pending())?;
    let mut process = start(directory, &files, &server.base_url(), &tokens(&workload))?;
    let outcome = run(&mut process, &workload, &instagram).await;
    stop(process).await;
    server.stop().await;
    outcome
}

/// An Instagram on which everybody of the workload exists and nobody is paced.
fn instagram(workload: &Workload) -> Result<Arc<SimulatedInstagram>> {
    let settings = SimulatedSettings {
        strict: false,
        remember: 1_000_000,
        ..SimulatedSettings::strict_and_unpaced()
    };
    let instagram = SimulatedInstagram::new(Arc::new(SystemClock), settings);
    for planned in &workload.deliveries {
        for event in route(&planned.body, planned.at)? {
            instagram.observe(&event);
        }
    }
    Ok(Arc::new(instagram))
}

/// The access tokens of all accounts, as the environment variable wants them.
fn tokens(workload: &Workload) -> String {
    let accounts = workload.workspaces.iter().flat_map(|file| &file.accounts);
    let tokens = accounts.map(|one| format!("{}={}", one.id, simulated_token(&one.id)));
    tokens.collect::<Vec<_>>().join(",")
}

/// What it says of itself when it has started.
#[derive(Debug, Deserialize)]
struct Started {
    /// The URL of the webhook.
    listening: String,
}

fn start(directory: &Path, workspaces: &[PathBuf], graph: &str, tokens: &str) -> Result<Child> {
    let this = std::env::current_exe()?;
    let mut command = Command::new(this);
    command
        .args(["--json", "serve", "--quiet", "--listen", "127.0.0.1:0"])
        .arg("--database")
        .arg(directory.join("serve.sqlite"))
        .args(["--graph", graph])
        .env("HELIOGRAPH_ACCESS_TOKEN", tokens)
        .env("HELIOGRAPH_APP_SECRET", SECRET)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    for workspace in workspaces {
        command.arg("--workspace").arg(workspace);
    }
    command.spawn().context("cannot start `heliograph serve`")
}

async fn run(
    process: &mut Child,
    workload: &Workload,
    instagram: &SimulatedInstagram,
) -> Result<Serving> {
    let stdout = process.stdout.take().context("it has a standard output")?;
    let mut lines = BufReader::new(stdout).lines();
    let first = tokio::time::timeout(PATIENCE, lines.next_line())
        .await
        .context("`heliograph serve` does not say where it listens")??
        .context("`heliograph serve` ended at once")?;
    let started: Started =
        serde_json::from_str(&first).with_context(|| format!("not what was expected: {first}"))?;
    let target = target(&started.listening)?;
    let pid = process.id().context("it is running")?;
    let resident_mib_at_start = memory(pid)?.resident_mib;
    let load = tokio::spawn(open_loop(OpenLoop {
        address: target.address,
        requests: Arc::new(workload.bodies().map(|body| target.request(body)).collect()),
        per_second: MILLION_AN_HOUR,
        connections: 16,
    }));
    let mut seen = memory(pid)?;
    while !load.is_finished() {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = memory(pid)?;
        seen.resident_mib = seen.resident_mib.max(now.resident_mib);
        seen.peak_mib = now.peak_mib;
    }
    Ok(Serving {
        resident_mib_at_start,
        resident_mib: seen.resident_mib,
        peak_mib: seen.peak_mib,
        sent: instagram.counters().all_sent(),
        load: load.await??,
    })
}

fn target(url: &str) -> Result<Target> {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address: SocketAddr = address
        .parse()
        .with_context(|| format!("not an address: {url}"))?;
    let path = match path {
        "" => ListenerSettings::PATH.into(),
        path => format!("/{path}"),
    };
    let secret = SecretString::from(SECRET);
    Ok(Target {
        address,
        path,
        secret,
    })
}

struct Memory {
    resident_mib: f64,
    peak_mib: f64,
}

/// The memory of a process, as Linux tells it.
fn memory(pid: u32) -> Result<Memory> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))
        .context("this workload reads /proc and runs on Linux only")?;
    let mib = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kib = line.and_then(|line| line.split_ascii_whitespace().nth(1));
        let kib: Option<f64> = kib.and_then(|kib| kib.parse().ok());
        kib.map(|kib| rounded(kib / 1024.0))
    };
    match (mib("VmRSS:"), mib("VmHWM:")) {
        (Some(resident_mib), Some(peak_mib)) => Ok(Memory {
            resident_mib,
            peak_mib,
        }),
        _ => bail!("`heliograph serve` has ended under the load"),
    }
}

/// Asks it to end, and makes it end where it does not.
async fn stop(mut process: Child) {
    if let Some(pid) = process.id() {
        let asked = Command::new("kill").arg(pid.to_string()).status().await;
        let patience = Duration::from_secs(20);
        if asked.is_ok_and(|status| status.success())
            && tokio::time::timeout(patience, process.wait()).await.is_ok()
        {
            return;
        }
    }
    // It may have ended by itself meanwhile.
    let _ = process.kill().await;
}
