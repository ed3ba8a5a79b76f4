//! A keyring of a test's own: GNOME's, on a D-Bus of the test's own.

use crate::dbus::Dbus;
use crate::process::{Server, data_folder};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// One gnome-keyring-daemon, and what it keeps.
#[derive(Debug)]
pub struct Keyring {
    server: Server,
    bus: String,
    folder: tempfile::TempDir,
}

impl Keyring {
    /// Starts one that is unlocked and holds nothing yet.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(bus: &Dbus) -> Result<Self> {
        let folder = data_folder("keyring")?;
        std::fs::write(folder.path().join("password"), "of the person at the desk")?;
        let bus = bus.address().to_owned();
        let server = start(folder.path(), &bus, true)?;
        Ok(Self {
            server,
            bus,
            folder,
        })
    }

    /// Ends it, and starts it with what it kept, as at the start of a session: unlocked by
    /// the person's password, or locked because nobody gave one.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&mut self, unlocked: bool) -> Result<()> {
        self.server.kill();
        self.server = start(self.folder.path(), &self.bus, unlocked)?;
        Ok(())
    }
}

fn start(folder: &Path, bus: &str, unlocked: bool) -> Result<Server> {
    let daemon = "exec gnome-keyring-daemon --foreground --components=secrets";
    let daemon = if unlocked {
        format!("{daemon} --unlock < password")
    } else {
        daemon.to_owned()
    };
    let run = folder.join("run");
    std::fs::create_dir_all(&run)?;
    let mut command = Command::new("sh");
    command
        .args(["-c", &daemon])
        .current_dir(folder)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .env("XDG_RUNTIME_DIR", run);
    let mut server = Server::start(&mut command, folder, "gnome-keyring-daemon")?;
    server.wait_until("gnome-keyring-daemon", || has_a_collection(bus))?;
    Ok(server)
}

/// Whether the Secret Service names a collection that secrets go into.
fn has_a_collection(bus: &str) -> bool {
    let asked = Command::new("dbus-send")
        .args(["--session", "--print-reply"])
        .args(["--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"])
        .args(["org.freedesktop.Secret.Service.ReadAlias", "string:default"])
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .output();
    asked.is_ok_and(|asked| String::from_utf8_lossy(&asked.stdout).contains("/collection/"))
}
