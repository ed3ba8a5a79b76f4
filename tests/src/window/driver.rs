//! WebKitWebDriver: it starts the application and speaks WebDriver for it.

use super::takes_pictures;
use crate::wait;
use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
};
use tokio::net::TcpStream;

/// A driver of our own, ended when this is dropped; the application ends with it.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts one whose applications use that display, folders below `home`, and the D-Bus
    /// at that address; without one there is none.
    pub(super) async fn start(display: &str, home: &Path, bus: Option<&str>) -> Result<Self> {
        let port = free_port()?;
        let log = home.join("window.log");
        let run = home.join("run");
        fs::create_dir_all(&run)?;
        let mut command = Command::new("WebKitWebDriver");
        // Without a graphics card the application has WebKit draw through shared memory,
        // and then a picture of it never ends (WebKitGTK 2.50).
        if takes_pictures() {
            command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "0");
        }
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("DISPLAY", display)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_STATE_HOME", home.join("state"))
            // Without a session bus each start is the only one; the person's own window
            // and another test's must not be taken for this one.
            .env("XDG_RUNTIME_DIR", run)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("NO_AT_BRIDGE", "1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // Xvfb has no graphics card.
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?);
        if let Some(bus) = bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", bus);
        }
        let process = command.spawn().context(
            "WebKitWebDriver does not start; `cargo xtask setup` installs it \
             (package webkit2gtk-driver)",
        )?;
        let mut driver = Self { process, port };
        wait::until("WebKitWebDriver takes connections", || {
            let connected = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
            let ended = driver.process.try_wait();
            async move {
                if let Some(status) = ended? {
                    bail!("WebKitWebDriver ended with {status}");
                }
                Ok(connected.await.ok().map(drop))
            }
        })
        .await?;
        Ok(driver)
    }

    /// Its process, whose child the application is.
    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Where it speaks WebDriver.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The application ends when its driver is gone.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that was free a moment ago, for what cannot choose one itself.
pub(super) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
