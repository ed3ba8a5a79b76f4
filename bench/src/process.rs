//! Processes, and the processor time they take.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Waits. Nothing else runs on this thread, so it may stand still.
#[allow(
    clippy::disallowed_methods,
    reason = "the thread that watches processes is no thread of a runtime"
)]
pub(crate) fn pause(lasting: Duration) {
    std::thread::sleep(lasting);
}

/// Asks again and again until something is so, or the time is over.
pub(crate) fn wait_until(
    what: &str,
    patience: Duration,
    every: Duration,
    mut is_so: impl FnMut() -> Result<bool>,
) -> Result<()> {
    let deadline = Instant::now() + patience;
    while !is_so()? {
        if Instant::now() > deadline {
            bail!("{what}: not after {patience:?}");
        }
        pause(every);
    }
    Ok(())
}

/// A process of ours. It ends with its owner.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    said: PathBuf,
    complained: PathBuf,
}

/// What the kernel says of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stat {
    /// Whether it has ended, with its figures still there.
    pub(crate) has_ended: bool,
    /// All threads together.
    pub(crate) processor: Duration,
}

impl Process {
    /// Starts a command; what it writes goes into files of the folder.
    pub(crate) fn start(command: &mut Command, folder: &Path, name: &str) -> Result<Self> {
        let said = folder.join(format!("{name}.out"));
        let complained = folder.join(format!("{name}.err"));
        let child = command
            .stdin(Stdio::null())
            .stdout(File::create(&said)?)
            .stderr(File::create(&complained)?)
            .spawn()
            .with_context(|| format!("{name} does not start: {command:?}"))?;
        Ok(Self {
            child,
            said,
            complained,
        })
    }

    pub(crate) fn stat(&self) -> Result<Stat> {
        stat(self.child.id())
    }

    /// The most memory it had, in MiB, as long as it runs.
    pub(crate) fn peak_mib(&self) -> Option<f64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        let kib: f64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
        Some(kib / 1024.0)
    }

    /// What it has written to standard output so far.
    pub(crate) fn said(&self) -> Result<String> {
        Ok(std::fs::read_to_string(&self.said)?)
    }

    /// Waits for the end, and gives what it wrote to standard output.
    pub(crate) fn end(mut self) -> Result<String> {
        let status = self.child.wait()?;
        let complained = std::fs::read_to_string(&self.complained).unwrap_or_default();
        let said = self.said()?;
        if !status.success() {
            bail!("a program ended with {status}:\n{said}\n{complained}");
        }
        if !complained.trim().is_empty() {
            eprintln!("{}", complained.trim());
        }
        Ok(said)
    }

    /// Asks it to end, waits for that, and gives what it wrote to standard output.
    pub(crate) fn stop(self) -> Result<String> {
        let pid = self.child.id();
        Command::new("kill").arg(pid.to_string()).status()?;
        wait_until(
            "a program that was asked to end",
            Duration::from_secs(60),
            Duration::from_millis(20),
            || Ok(self.stat()?.has_ended),
        )?;
        self.end()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the kernel says of a process. One that has ended counts as long as nobody waited
/// for it.
pub(crate) fn stat(pid: u32) -> Result<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .context("this benchmark reads /proc and runs on Linux only, or the process is gone")?;
    // The name of the process stands in parentheses and may hold spaces.
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next().unwrap_or("Z");
    let ticks: u64 = fields
        .skip(10)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(Stat {
        has_ended: matches!(state, "Z" | "X"),
        // Linux counts in hundredths of a second on every architecture that matters here.
        processor: Duration::from_millis(ticks * 10),
    })
}

/// What all cores have done since the machine started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cores {
    /// In anything, by whomever; what a hypervisor gave to others counts too.
    busy: Duration,
    /// In anything and nothing.
    all: Duration,
}

impl Cores {
    /// As of now.
    pub(crate) fn look() -> Result<Self> {
        let text = std::fs::read_to_string("/proc/stat").context("this benchmark reads /proc")?;
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = line
            .split_ascii_whitespace()
            .skip(1)
            // What follows is counted under the first two already.
            .take(8)
            .filter_map(|field| field.parse().ok())
            .collect();
        let all = ticks.iter().sum::<u64>();
        // The fourth and fifth are idle, and idle with a disk at work.
        let idle: u64 = ticks.iter().skip(3).take(2).sum();
        Ok(Self {
            busy: Duration::from_millis((all - idle) * 10),
            all: Duration::from_millis(all * 10),
        })
    }

    /// The part of all cores that was busy since an earlier look, from 0 to 1.
    pub(crate) fn busy_since(self, before: Self) -> f64 {
        let all = self.all.saturating_sub(before.all).as_secs_f64();
        self.busy.saturating_sub(before.busy).as_secs_f64() / all.max(1e-9)
    }
}
