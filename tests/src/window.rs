//! The real window on a display of its own, driven over WebDriver.
//!
//! Each window gets its own X server without a screen, its own WebKitWebDriver and its
//! own data folders, so that tests neither see each other nor the person's settings.

mod display;
mod driver;
mod page;

pub use page::{Locator, test_id};

use crate::{repo, wait};
use anyhow::{Context, Result};
use display::Display;
use driver::Driver;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};

/// A window that is open. [`Window::close`] closes it; when a test fails before that,
/// dropping it ends every process that was started for it.
#[derive(Debug)]
pub struct Window {
    driver: WebDriver,
    // Dropped in this order: the driver ends the application, then the display may go.
    _server: Driver,
    _display: Display,
    home: TempDir,
    /// From the start of the process until the page could be asked something.
    pub opened_in: Duration,
}

impl Window {
    /// Opens the application as on its first start.
    ///
    /// # Errors
    /// When something that is needed is missing, with how to install or build it.
    pub async fn open() -> Result<Self> {
        Self::open_with(|_data| Ok(())).await
    }

    /// Opens the application after `prepare` was let into its empty data folder.
    ///
    /// # Errors
    /// When something that is needed is missing, or `prepare` fails.
    pub async fn open_with(prepare: impl FnOnce(&Path) -> Result<()>) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let data = data_folder(home.path());
        fs::create_dir_all(&data)?;
        prepare(&data)?;
        // reqwest has no cryptography of its own here; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let binary = repo::desktop()?;
        let display = Display::start()?;
        let server = Driver::start(display.name(), home.path()).await?;
        let mut capabilities = Capabilities::new();
        let options = json!({ "binary": binary, "args": [] });
        capabilities.set("webkitgtk:browserOptions", options)?;
        let start = Instant::now();
        let driver = WebDriver::new(server.url(), capabilities)
            .await
            .context("the window did not open; its log is below the test's output")?;
        let opened_in = start.elapsed();
        Ok(Self {
            driver,
            _server: server,
            _display: display,
            home,
            opened_in,
        })
    }

    /// The folder in which the application keeps its data.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        data_folder(self.home.path())
    }

    /// The session, for what has no method here.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Makes the window so large, in pixels.
    ///
    /// # Errors
    /// When it does not become so large.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.driver.set_window_rect(0, 0, width, height).await?;
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
            .driver
            .execute(script, Vec::new())
            .await?
            .json()
            .clone())
    }

    /// Keeps a picture of the window for people, as `target/e2e/<name>.png`.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let folder = repo::target()?.join("e2e");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        self.driver
            .screenshot(&path)
            .await
            .with_context(|| format!("{}", path.display()))
    }

    /// Closes the window and ends the application.
    ///
    /// # Errors
    /// When the driver cannot end it.
    pub async fn close(self) -> Result<()> {
        Ok(self.driver.clone().quit().await?)
    }
}

/// Where the application keeps its data, given where its person's folders are.
fn data_folder(home: &Path) -> PathBuf {
    home.join("data/app.heliograph.desktop")
}
