//! A display without a screen.

use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};
use x11rb::protocol::xproto::{ConnectionExt, InputFocus};
use x11rb::{CURRENT_TIME, NONE};

/// An Xvfb of our own, ended when this is dropped.
#[derive(Debug)]
pub(super) struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts one on a display number that it finds free itself.
    pub(super) fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "2900x1100x24"])
            .args(["-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb does not start; `cargo xtask setup` installs it (package xvfb)")?;
        // It writes the number when it takes connections, or ends.
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

    /// Takes the focus away from whichever window has it, as if something else were in front
    /// of the person.
    pub(super) fn take_focus(&self) -> Result<()> {
        let (connection, _) = x11rb::connect(Some(&self.name))?;
        connection
            .set_input_focus(InputFocus::NONE, NONE, CURRENT_TIME)?
            .check()?;
        Ok(())
    }

    /// What DISPLAY must say to use it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended already; either way there is nobody left to tell.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
