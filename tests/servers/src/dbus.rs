//! A session's D-Bus of a test's own, on which nobody is yet.

use crate::process::{Server, data_folder};
use anyhow::Result;
use std::process::Command;

/// One dbus-daemon.
#[derive(Debug)]
pub struct Dbus {
    _server: Server,
    address: String,
    _folder: tempfile::TempDir,
}

impl Dbus {
    /// Starts one.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> Result<Self> {
        let folder = data_folder("dbus")?;
        let config = folder.path().join("bus.conf");
        // No service files: nothing of the machine's is started on it.
        let place = folder.path().display();
        std::fs::write(
            &config,
            format!(
                "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
                 \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n\
                 <busconfig><type>session</type><listen>unix:dir={place}</listen>\
                 <auth>EXTERNAL</auth><policy context=\"default\">\
                 <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
                 <allow own=\"*\"/></policy></busconfig>\n"
            ),
        )?;
        let mut command = Command::new("dbus-daemon");
        command
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .arg(format!("--config-file={}", config.display()));
        let mut server = Server::start(&mut command, folder.path(), "dbus-daemon")?;
        let said = folder.path().join("dbus-daemon.log");
        let address = || {
            let said = std::fs::read_to_string(&said).unwrap_or_default();
            let line = said.lines().find(|line| line.starts_with("unix:"));
            line.map(ToOwned::to_owned)
        };
        server.wait_until("dbus-daemon", || address().is_some())?;
        Ok(Self {
            address: address().unwrap_or_default(),
            _server: server,
            _folder: folder,
        })
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` must say to use it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}
