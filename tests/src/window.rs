//! The real window on a display of its own, driven over WebDriver.
//!
//! Each window gets its own X server without a screen, its own WebKitWebDriver and its
//! own data folders, so that tests neither see each other nor the person's settings.

mod accessibility;
mod conversation;
mod display;
mod driver;
mod keys;
mod memory;
mod page;
mod process;
mod profile;
mod several;

pub use conversation::{person, said_by_the_account};
pub use memory::{Held, Memory};
pub use page::{Locator, test_id};

use crate::production::is_long;
use crate::session::Session;
use crate::{repo, wait};
use anyhow::{Context, Result, bail};
use display::Display;
use driver::Driver;
use heliograph_engine::ports::SystemClock;
use heliograph_model::WorkspaceFile;
use heliograph_runtime::Documents;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};

/// A window that is open. [`Window::close`] closes it; when a test fails before that,
/// dropping it ends every process that was started for it.
#[derive(Debug)]
pub struct Window {
    /// Gone only while closing.
    driver: Option<WebDriver>,
    // Dropped in this order: the application ends with its display at the latest.
    server: Driver,
    display: Display,
    home: TempDir,
    /// The D-Bus of its desktop.
    bus: Option<String>,
    /// From the start of the process until the page could be asked something.
    pub opened_in: Duration,
}

impl Window {
    /// Opens the application as on its first start, with the listener on a free port.
    ///
    /// # Errors
    /// When something that is needed is missing, with how to install or build it.
    pub async fn open() -> Result<Self> {
        Self::open_with(|_settings| ()).await
    }

    /// Opens the application with other settings.
    ///
    /// # Errors
    /// When something that is needed is missing, with how to install or build it.
    pub async fn open_with(change: impl FnOnce(&mut Value)) -> Result<Self> {
        Self::open_in(tempfile::tempdir()?, None, change).await
    }

    /// Opens the application on a desktop, with other settings.
    ///
    /// # Errors
    /// When something that is needed is missing, with how to install or build it.
    pub async fn open_at(desktop: &Session, change: impl FnOnce(&mut Value)) -> Result<Self> {
        let bus = desktop.bus().address().to_owned();
        Self::open_in(tempfile::tempdir()?, Some(bus), change).await
    }

    /// Opens the application on a workspace that it had before.
    ///
    /// # Errors
    /// When something that is needed is missing, with how to install or build it.
    pub async fn open_on(workspace: &WorkspaceFile) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let folder = data_folder(home.path()).join("offline");
        fs::create_dir_all(&folder)?;
        let file = folder.join("workspace.sqlite");
        let documents = Documents::open(&file, Arc::new(SystemClock))?;
        documents.workspaces().import(workspace).await?;
        documents.close();
        Self::open_in(home, None, |_settings| ()).await
    }

    async fn open_in(
        home: TempDir,
        bus: Option<String>,
        change: impl FnOnce(&mut Value),
    ) -> Result<Self> {
        let mut settings = json!({
            "theme": "light",
            "listenerPort": driver::free_port()?,
            "listenerAutostart": true,
            "welcomed": true,
        });
        change(&mut settings);
        fs::create_dir_all(data_folder(home.path()))?;
        let stored = json!({ "settings": settings }).to_string();
        fs::write(settings_file(home.path()), stored)?;
        // reqwest has no cryptography of its own here; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let binary = repo::desktop()?;
        let display = Display::start()?;
        let server = Driver::start(display.name(), home.path(), bus.as_deref()).await?;
        let mut capabilities = Capabilities::new();
        let options = json!({ "binary": binary, "args": [] });
        capabilities.set("webkitgtk:browserOptions", options)?;
        let start = Instant::now();
        let driver = WebDriver::new(server.url(), capabilities)
            .await
            .context("the window did not open; its log is below the test's output")?;
        let opened_in = start.elapsed();
        Ok(Self {
            driver: Some(driver),
            server,
            display,
            home,
            bus,
            opened_in,
        })
    }

    /// The settings as the application keeps them.
    ///
    /// # Errors
    /// When there is no such file, or it is no JSON.
    pub fn stored_settings(&self) -> Result<Value> {
        let stored = fs::read(settings_file(self.home.path()))?;
        let mut stored: Value = serde_json::from_slice(&stored)?;
        Ok(stored["settings"].take())
    }

    /// Takes the focus away from the window, as if something else were in front of the
    /// person.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn lose_focus(&self) -> Result<()> {
        self.display.take_focus()
    }

    /// What the application has written into its log.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn log(&self) -> Result<String> {
        let log = data_folder(self.home.path()).join("heliograph.log");
        fs::read_to_string(&log).with_context(|| format!("{}", log.display()))
    }

    /// The folder with everything that the application keeps.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        data_folder(self.home.path())
    }

    /// Where the application keeps the files of the offline profile.
    #[must_use]
    pub fn offline_folder(&self) -> PathBuf {
        self.data_folder().join("offline")
    }

    /// The session, for what has no method here.
    #[must_use]
    ///
    /// # Panics
    /// When the window is closed, which takes it away.
    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("the window is open")
    }

    /// Makes the window so large, in pixels.
    ///
    /// # Errors
    /// When it does not become so large.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.move_to(0, 0, width, height).await
    }

    /// Moves the window there, and makes it so large, in pixels. The display has room for
    /// two large ones beside each other.
    ///
    /// # Errors
    /// When it does not become so large.
    pub async fn move_to(&self, x: u32, y: u32, width: u32, height: u32) -> Result<()> {
        let (x, y) = (i64::from(x), i64::from(y));
        self.driver().set_window_rect(x, y, width, height).await?;
        wait::until("the window has its new size", || async {
            let size = self
                .script("return [window.innerWidth, window.innerHeight]")
                .await?;
            Ok((size == json!([width, height])).then_some(()))
        })
        .await
    }

    /// Runs a piece of JavaScript in the page and gives what it returns.
    ///
    /// # Errors
    /// What the script throws.
    pub async fn script(&self, script: &str) -> Result<Value> {
        Ok(self
            .driver()
            .execute(script, Vec::new())
            .await?
            .json()
            .clone())
    }

    /// Calls a command of the application without arguments, as the page does.
    ///
    /// # Errors
    /// What the command answers when it fails, or that it is not allowed.
    pub async fn invoke(&self, command: &str) -> Result<Value> {
        self.invoke_with(command, json!({})).await
    }

    /// Calls a command of the application with these arguments, as the page does.
    ///
    /// # Errors
    /// What the command answers when it fails, or that it is not allowed.
    pub async fn invoke_with(&self, command: &str, arguments: Value) -> Result<Value> {
        let script = "const [command, given, done] = arguments; \
            window.__TAURI_INTERNALS__.invoke(command, given).then( \
                (answer) => done({ answer }), \
                (error) => done({ error: error?.message ?? String(error) }))";
        let settled = self
            .driver()
            .execute_async(script, vec![command.into(), arguments])
            .await?;
        let mut settled = settled.json().clone();
        match settled["error"].as_str() {
            Some(error) => bail!("{command}: {error}"),
            None => Ok(settled["answer"].take()),
        }
    }

    /// Keeps a picture of the window for people, as `target/e2e/<name>.png`, where pictures
    /// are taken.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn picture(&self, name: &str) -> Result<()> {
        if !takes_pictures() {
            return Ok(());
        }
        // Two frames later everything that was changed before is painted.
        self.driver()
            .execute_async(
                "requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))",
                Vec::new(),
            )
            .await?;
        let folder = repo::target()?.join("e2e");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        self.driver()
            .screenshot(&path)
            .await
            .with_context(|| format!("{}", path.display()))
    }

    /// Closes the window and ends the application.
    ///
    /// # Errors
    /// When the driver cannot end it.
    pub async fn close(mut self) -> Result<()> {
        match self.driver.take() {
            Some(driver) => Ok(driver.quit().await?),
            None => Ok(()),
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // A test failed. Asking the driver politely would block this thread, on which its
        // connection lives; the processes are ended instead.
        if let Some(driver) = self.driver.take() {
            let _ = driver.leak();
        }
    }
}

/// Whether pictures are taken: not with `HELIOGRAPH_PICTURES=0`, as `cargo xtask test` has
/// it, for they take minutes of a run in which nobody looks at them; and never in the long
/// mode, which measures. Without them the window draws as it does for a person without a
/// graphics card.
fn takes_pictures() -> bool {
    let wanted = std::env::var_os("HELIOGRAPH_PICTURES");
    !is_long() && wanted.is_none_or(|wanted| wanted != "0")
}

fn settings_file(home: &Path) -> PathBuf {
    data_folder(home).join("settings.json")
}

/// Where the application keeps its data, given where its person's folders are.
fn data_folder(home: &Path) -> PathBuf {
    home.join("data/app.heliograph.desktop")
}
