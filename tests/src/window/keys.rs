//! Keys, as somebody presses them who has no mouse at hand.

use super::{Locator, Window};
use crate::wait;
use anyhow::{Result, bail};
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::{Key, TypingData};

/// So often is Tab pressed at most on the way to something.
const MOST_TABS: usize = 150;

impl Window {
    /// Presses keys where the focus is.
    ///
    /// # Errors
    /// When nothing has the focus.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        let keys = keys.into().to_string();
        // What has the focus may be drawn anew between the two requests.
        wait::until("what has the focus takes keys", || async {
            let focused = self.driver().active_element().await?;
            match focused.send_keys(keys.as_str()).await {
                Ok(()) => Ok(Some(())),
                Err(error) if matches!(*error, WebDriverErrorInner::StaleElementReference(_)) => {
                    Ok(None)
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Presses Tab until what carries this `data-testid` has the focus, or something in it.
    ///
    /// # Errors
    /// When it is not reached.
    pub async fn tab_to(&self, id: &str) -> Result<()> {
        let there = format!(
            "return document.activeElement?.closest('[data-testid=\"{id}\"]') !== null \
             && document.activeElement !== document.body"
        );
        for _ in 0..MOST_TABS {
            if self.script(&there).await? == true {
                return Ok(());
            }
            self.press(Key::Tab).await?;
        }
        bail!("Tab does not lead to {id}")
    }

    /// Puts a text in the place of what stands in a field.
    ///
    /// # Errors
    /// When the field does not take it in time.
    pub async fn replace(&self, field: &Locator, text: &str) -> Result<()> {
        self.click(field).await?;
        let element = self.find(field).await?;
        element.send_keys(Key::Control + "a").await?;
        element.send_keys(text).await?;
        wait::until("the field holds the text", || async {
            let value = element.prop("value").await?;
            Ok((value.as_deref() == Some(text)).then_some(()))
        })
        .await
    }
}
