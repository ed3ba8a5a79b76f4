//! Several windows of one application, and starting it again.

use super::Window;
use crate::wait;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::time::Duration;
use thirtyfour::WindowHandle;

impl Window {
    /// The windows that are open, in no order.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn windows(&self) -> Result<Vec<WindowHandle>> {
        Ok(self.driver().windows().await?)
    }

    /// Waits until exactly so many windows are open, and answers with them.
    ///
    /// # Errors
    /// When it are more or fewer in the end.
    pub async fn windows_are(&self, count: usize) -> Result<Vec<WindowHandle>> {
        wait::until(&format!("there are {count} windows"), || async {
            let all = self.windows().await?;
            Ok((all.len() == count).then_some(all))
        })
        .await
    }

    /// What is asked and done from now on is asked and done in this window.
    ///
    /// # Errors
    /// When it is not open.
    pub async fn turn_to(&self, window: &WindowHandle) -> Result<()> {
        Ok(self.driver().switch_to_window(window.clone()).await?)
    }

    /// Turns to the one window that is not among those that are known, once there is one,
    /// and answers with it.
    ///
    /// # Errors
    /// When none comes, or several do.
    pub async fn turn_to_new(&self, known: &[WindowHandle]) -> Result<WindowHandle> {
        let all = self.windows_are(known.len() + 1).await?;
        let mut new = all.into_iter().filter(|window| !known.contains(window));
        let window = new.next().context("one is new")?;
        ensure!(new.next().is_none(), "only one is new");
        self.turn_to(&window).await?;
        // The page may not be there yet.
        wait::until("the new window draws itself", || async {
            let drawn = self
                .script("return document.querySelector('nav') !== null")
                .await;
            Ok(drawn.is_ok_and(|drawn| drawn == true).then_some(()))
        })
        .await?;
        Ok(window)
    }

    /// Opens another window with this screen, turns to it and answers with it.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn open_beside(&self, screen: &str) -> Result<WindowHandle> {
        let known = self.windows().await?;
        let beside = json!({ "screen": screen, "automation": null });
        self.invoke_with("window_open", beside).await?;
        self.turn_to_new(&known).await
    }

    /// From now on what is typed in the Builder is not saved, as if the next key came at
    /// once: so that what another window saves comes first.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn hold_saving(&self) -> Result<()> {
        let hold = "window.later = window.setTimeout; window.held = []; \
            window.setTimeout = (what, after, ...more) => after === 250 \
                ? window.held.push(what) : window.later(what, after, ...more);";
        self.script(hold).await.map(drop)
    }

    /// What was held is saved, and what is typed from now on by itself.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn let_save(&self) -> Result<()> {
        let go_on = "window.setTimeout = window.later; \
            for (const what of window.held.splice(0)) what();";
        self.script(go_on).await.map(drop)
    }

    /// Leaves the application as somebody does who quits, and starts it again with the same
    /// settings and data.
    ///
    /// # Errors
    /// When it does not start again.
    pub async fn restart(self) -> Result<Self> {
        self.restart_with(|| Ok(())).await
    }

    /// The same, with something done while the application does not run.
    ///
    /// # Errors
    /// When it does not start again, or that is not done.
    pub async fn restart_with(
        mut self,
        meanwhile: impl FnOnce() -> std::io::Result<()>,
    ) -> Result<Self> {
        let port = self.stored_settings()?["listenerPort"].clone();
        let quit = "window.__TAURI_INTERNALS__.invoke('quit')";
        // The one that was looked at last may be closed.
        if let Some(open) = self.windows().await?.first() {
            self.turn_to(open).await?;
        }
        // The page may be gone before it can answer.
        let _ = self.driver().execute(quit, Vec::new()).await;
        let address = format!("127.0.0.1:{port}");
        wait::until("the application has ended", || async {
            Ok(std::net::TcpListener::bind(&address).ok().map(drop))
        })
        .await?;
        // What it does last, it does without a listener.
        tokio::time::sleep(Duration::from_millis(500)).await;
        if let Some(driver) = self.driver.take() {
            let _ = driver.leak();
        }
        meanwhile()?;
        let stored = self.stored_settings()?;
        let home = std::mem::replace(&mut self.home, tempfile::tempdir()?);
        let bus = self.bus.take();
        drop(self);
        Self::open_in(home, bus, |settings| *settings = stored).await
    }
}
