//! OpenSSH's server, with keys of its own, for one user: the one who runs the test.

use crate::process::{Server, accepts, data_folder, free_port};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Debian has it where no ordinary PATH leads.
const PLACES: [&str; 3] = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"];

/// One sshd on the loopback address.
#[derive(Debug)]
pub struct Sshd {
    server: Option<Server>,
    port: u16,
    folder: tempfile::TempDir,
}

impl Sshd {
    /// Starts one that takes one key.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> Result<Self> {
        let folder = data_folder("sshd")?;
        // Keys that others could read are refused.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        for name in ["host", "user", "stranger"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(folder.path().join(name))
                .status()
                .context("ssh-keygen is missing; `cargo xtask setup` installs it")?;
            ensure!(made.success(), "ssh-keygen made no key");
        }
        fs::copy(
            folder.path().join("user.pub"),
            folder.path().join("authorized_keys"),
        )?;
        let mut started = Self {
            server: None,
            port: free_port()?,
            folder,
        };
        started.start_again()?;
        Ok(started)
    }

    /// Starts it again on the same port with the same keys.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> Result<()> {
        let port = self.port;
        let at = |name: &str| self.folder.path().join(name).display().to_string();
        let config = self.folder.path().join("sshd_config");
        fs::write(
            &config,
            format!(
                "Port {port}\nAddressFamily inet\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\n\
                 PidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n\
                 PasswordAuthentication no\nKbdInteractiveAuthentication no\n\
                 AllowTcpForwarding yes\n",
                at("host"),
                at("authorized_keys"),
            ),
        )?;
        let program = PLACES.iter().find(|place| Path::new(place).exists());
        let program = program.context("sshd is missing; `cargo xtask setup` installs it")?;
        // Where root starts it, it wants this folder; nobody else needs it.
        let _ = fs::create_dir_all("/run/sshd");
        let mut command = Command::new(program);
        command.arg("-D").arg("-e").arg("-f").arg(&config);
        let mut server = Server::start(&mut command, self.folder.path(), "sshd")?;
        server.wait_until("sshd", || accepts(port))?;
        self.server = Some(server);
        Ok(())
    }

    /// Ends the server; sessions that are under way have processes of their own.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The key that it takes.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("user")
    }

    /// A key that it does not take.
    #[must_use]
    pub fn strange_key(&self) -> PathBuf {
        self.folder.path().join("stranger")
    }

    /// A file for the hosts that a client gets to know.
    #[must_use]
    pub fn known_hosts(&self) -> PathBuf {
        self.folder.path().join("known_hosts")
    }

    /// Who may log in.
    ///
    /// # Errors
    /// When the system does not say who runs this.
    pub fn user() -> Result<String> {
        let said = Command::new("id").arg("-un").output()?;
        Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
    }
}
