//! Finding, reading, clicking and typing in the page, each with patience: the page fills
//! itself as answers come.

use super::Window;
use crate::wait;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::cell::RefCell;
use thirtyfour::{By, WebElement, error::WebDriverErrorInner};

/// What to look for: a CSS selector, and text that must be in it.
#[derive(Debug, Clone)]
pub struct Locator {
    css: String,
    text: Option<String>,
}

/// What a selector finds, and of those the ones that show a text where one is given.
const FOUND: &str = "const [css, text] = arguments; \
    const found = [...document.querySelectorAll(css)]; \
    return text === null ? found : found.filter((one) => one.innerText?.includes(text));";

/// Whether something is where it was two frames and a tenth of a second before.
const STANDS_STILL: &str = "const [one, done] = arguments; \
    const place = () => { const { x, y, width } = one.getBoundingClientRect(); \
        return `${x} ${y} ${width}`; }; \
    const before = place(); \
    setTimeout(() => requestAnimationFrame(() => requestAnimationFrame( \
        () => done(one.isConnected && place() === before))), 100);";

/// What carries `data-testid`.
#[must_use]
pub fn test_id(id: &str) -> Locator {
    Locator::css(format!("[data-testid=\"{id}\"]"))
}

impl Locator {
    /// What a CSS selector finds.
    #[must_use]
    pub fn css(css: impl Into<String>) -> Self {
        let css = css.into();
        Self { css, text: None }
    }

    /// Of those, the ones that show this text.
    #[must_use]
    pub fn with_text(mut self, text: &str) -> Self {
        self.text = Some(text.to_owned());
        self
    }

    /// What a further CSS selector finds inside.
    #[must_use]
    pub fn inside(&self, css: &str) -> Self {
        Self::css(format!("{} {css}", self.css))
    }
}

impl Window {
    /// All that is shown now of what is looked for, on the screen in front: another one may
    /// be kept behind it.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn all(&self, what: &Locator) -> Result<Vec<WebElement>> {
        let in_front = format!(":is({}):not([data-behind] *)", what.css);
        let arguments = vec![in_front.into(), json!(what.text)];
        wait::until("the page stands still for a look", || async {
            // In one go, for a list may have hundreds of rows.
            match self.driver().execute(FOUND, arguments.clone()).await {
                // What was found is gone before it was told: the page is drawn anew.
                Err(error) if matches!(*error, WebDriverErrorInner::StaleElementReference(_)) => {
                    Ok(None)
                }
                found => Ok(Some(found?.elements()?)),
            }
        })
        .await
    }

    /// The last one that is shown, as soon as there is one.
    ///
    /// # Errors
    /// When none came in time; the page's whole text is in the message.
    pub async fn find(&self, what: &Locator) -> Result<WebElement> {
        let found = wait::until(&format!("{what:?} is shown"), || async {
            Ok(self.all(what).await?.pop())
        })
        .await;
        match found {
            Ok(found) => Ok(found),
            Err(error) => {
                let body = self.driver().find(By::Css("body")).await?;
                let page = shown(&body).await.unwrap_or_default();
                Err(error).with_context(|| format!("the page shows:\n{page}"))
            }
        }
    }

    /// Waits until that is shown no more.
    ///
    /// # Errors
    /// When it is still there in the end.
    pub async fn gone(&self, what: &Locator) -> Result<()> {
        wait::until(&format!("{what:?} is gone"), || async {
            Ok(self.all(what).await?.is_empty().then_some(()))
        })
        .await
    }

    /// Waits until it has its place and keeps it: what moves is missed by a click.
    ///
    /// # Errors
    /// When it goes on moving.
    pub async fn stands_still(&self, what: &Locator) -> Result<()> {
        wait::until(&format!("{what:?} stands still"), || async {
            let Some(element) = self.all(what).await?.pop() else {
                return Ok(None);
            };
            let element = vec![element.to_json()?];
            // It may be drawn anew meanwhile.
            let still = self.driver().execute_async(STANDS_STILL, element).await;
            Ok(still.is_ok_and(|still| still.json() == true).then_some(()))
        })
        .await
    }

    /// What it shows, as one text.
    ///
    /// # Errors
    /// When it is not there in time.
    pub async fn text(&self, what: &Locator) -> Result<String> {
        let last = RefCell::new(None);
        let text = wait::until(&format!("{what:?} shows its text"), || async {
            match shown(&self.find(what).await?).await {
                Ok(text) => Ok(Some(text)),
                // It is drawn anew between the two questions.
                Err(error) => {
                    last.replace(Some(error));
                    Ok(None)
                }
            }
        })
        .await;
        match (text, last.into_inner()) {
            (Err(error), Some(last)) => bail!("{error}: {last}"),
            (text, _) => text,
        }
    }

    /// Clicks it once it is shown and can be clicked.
    ///
    /// # Errors
    /// When it cannot be clicked in time.
    pub async fn click(&self, what: &Locator) -> Result<()> {
        let last = RefCell::new(None);
        let clicked = wait::until(&format!("{what:?} can be clicked"), || async {
            let Some(element) = self.all(what).await?.pop() else {
                return Ok(None);
            };
            if !element.is_enabled().await.unwrap_or(false) {
                return Ok(None);
            }
            Ok(match element.click().await {
                Ok(()) => Some(()),
                Err(error) => {
                    // In a part that scrolls by itself, the driver does not always bring
                    // it into sight.
                    let _ = self
                        .driver()
                        .execute(
                            "arguments[0].scrollIntoView({ block: 'center' })",
                            vec![element.to_json()?],
                        )
                        .await;
                    last.replace(Some(error));
                    None
                }
            })
        })
        .await;
        match (clicked, last.into_inner()) {
            (Err(error), Some(last)) => bail!("{error}: {last}"),
            (clicked, _) => clicked,
        }
    }

    /// Types into it.
    ///
    /// # Errors
    /// When it does not take keys in time.
    pub async fn type_into(&self, what: &Locator, text: &str) -> Result<()> {
        // With patience: what was just opened may not take a click yet.
        self.click(what).await?;
        Ok(self.find(what).await?.send_keys(text).await?)
    }
}

/// The text of an element as it is laid out. WebDriver's own notion of it leaves out what
/// an ellipsis might cut.
async fn shown(element: &WebElement) -> Result<String> {
    Ok(element.prop("innerText").await?.unwrap_or_default())
}
