//! A server process of a test's own.

use anyhow::{Context, Result, bail};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process that ends with its owner, and what it wrote.
#[derive(Debug)]
pub struct Server {
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts a command; what it writes goes into a file of the folder.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(command: &mut Command, folder: &Path, name: &str) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("{name} does not start; `cargo xtask setup` installs it"))?;
        Ok(Self { child, log })
    }

    /// Waits until something answers.
    ///
    /// # Errors
    /// When the process ends instead, or takes too long; with what it wrote.
    #[allow(
        clippy::disallowed_methods,
        reason = "a test has nothing to do before its server is there"
    )]
    pub fn wait_until(&mut self, what: &str, mut ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if ready() {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{what} ended with {status}:\n{}", self.said());
            }
            if Instant::now() > deadline {
                bail!("{what} is not ready after {PATIENCE:?}:\n{}", self.said());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the process wrote.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The process' number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, such as `STOP`, `CONT` or `TERM`.
    ///
    /// # Errors
    /// When there is no such process any more.
    pub fn signal(&self, name: &str) -> Result<()> {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.pid().to_string()])
            .status()?;
        anyhow::ensure!(status.success(), "SIG{name} could not be sent");
        Ok(())
    }

    /// Ends the process at once, as a power cut would.
    pub fn kill(&mut self) {
        // It may have ended by itself, and that is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that was free a moment ago. Whoever binds it next has it.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Whether somebody accepts connections there.
#[must_use]
pub fn accepts(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A folder for a server's data below `target/`, gone with its owner.
///
/// # Errors
/// When it cannot be made.
pub fn data_folder(name: &str) -> Result<tempfile::TempDir> {
    let below = repository().join("target").join("servers");
    std::fs::create_dir_all(&below)?;
    Ok(tempfile::Builder::new()
        .prefix(&format!("{name}-"))
        .tempdir_in(below)?)
}

/// The repository's root.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .components()
        .collect()
}
