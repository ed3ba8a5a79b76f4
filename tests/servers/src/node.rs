//! The small Node programs of `tests/node/`, as peers of what is tested.

use crate::process::repository;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How long a program may take to end, or to say the next thing.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a program such as `add` to its end and returns the lines that it printed.
///
/// # Errors
/// When it does not start, takes too long, ends with an error (with what it wrote), or
/// prints what is not JSON.
pub async fn run(program: &str, arguments: &Value) -> Result<Vec<Value>> {
    let child = start(program, arguments)?;
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output())
        .await
        .with_context(|| format!("{program}.mjs did not end within {PATIENCE:?}"))??;
    ensure!(
        output.status.success(),
        "{program}.mjs ended with {}:\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| parsed(program, line))
        .collect()
}

/// A program that runs beside the test. It is killed when it is dropped.
#[derive(Debug)]
pub struct Peer {
    program: String,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    /// Starts a program such as `work`.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(program: &str, arguments: &Value) -> Result<Self> {
        let mut child = start(program, arguments)?;
        let stdout = child.stdout.take().context("its output is piped")?;
        Ok(Self {
            program: program.to_owned(),
            child,
            lines: BufReader::new(stdout).lines(),
        })
    }

    /// The next line that it prints.
    ///
    /// # Errors
    /// When it ends or is silent instead; with what it wrote when it ended.
    pub async fn line(&mut self) -> Result<Value> {
        let program = &self.program;
        let next = tokio::time::timeout(PATIENCE, self.lines.next_line())
            .await
            .with_context(|| format!("{program}.mjs said nothing for {PATIENCE:?}"))??;
        if let Some(line) = next {
            return parsed(program, &line);
        }
        let mut wrote = String::new();
        if let Some(stderr) = &mut self.child.stderr {
            stderr.read_to_string(&mut wrote).await?;
        }
        bail!("{program}.mjs ended:\n{wrote}")
    }

    /// The next line that has this field, and the field's value. Others are passed over.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub async fn says(&mut self, field: &str) -> Result<Value> {
        loop {
            let mut line = self.line().await?;
            if let Some(value) = line.get_mut(field) {
                return Ok(value.take());
            }
        }
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// The process' number, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }
}

/// The folder of the programs, in which their packages are installed.
#[must_use]
pub fn folder() -> PathBuf {
    repository().join("tests").join("node")
}

fn start(program: &str, arguments: &Value) -> Result<Child> {
    let folder = folder();
    ensure!(
        folder.join("node_modules").is_dir(),
        "the packages of tests/node are not installed; `cargo xtask setup` installs them"
    );
    Command::new("node")
        .arg(folder.join(format!("{program}.mjs")))
        .arg(arguments.to_string())
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("node does not start; `cargo xtask setup` says which one is needed")
}

fn parsed(program: &str, line: &str) -> Result<Value> {
    serde_json::from_str(line).with_context(|| format!("{program}.mjs printed {line}"))
}
