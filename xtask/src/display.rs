//! The display: whether there is one, and one without a screen for the tests.

use anyhow::{Context, Result, bail};
use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// Whether a window could be shown here.
pub(crate) fn is_there() -> bool {
    if cfg!(any(target_os = "windows", target_os = "macos")) {
        return true;
    }
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// An Xvfb of our own, stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Virtual {
    server: Child,
    name: String,
}

impl Virtual {
    /// Starts one on a display number that it finds free itself.
    pub(crate) fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1600x1100x24",
                "-nolisten",
                "tcp",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context(
                "Xvfb does not start; `cargo xtask setup` installs it (Debian's package xvfb)",
            )?;
        // It writes the number when it is ready to take connections, or ends.
        let mut line = String::new();
        if let Some(stdout) = server.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let number = line.trim();
        if number.is_empty() {
            let status = server.wait()?;
            bail!("Xvfb found no free display and ended with {status}");
        }
        let name = format!(":{number}");
        Ok(Self { server, name })
    }

    /// What DISPLAY must say to use it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Virtual {
    fn drop(&mut self) {
        // It may have ended already; either way there is nobody left to tell.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
