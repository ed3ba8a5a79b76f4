//! The simulator's conversation, as somebody at the window uses it.

use super::{Locator, Window, test_id};
use anyhow::{Context, Result};

/// A person of the list, by the whole name.
#[must_use]
pub fn person(name: &str) -> Locator {
    test_id(&format!("person-{name}"))
}

/// A message of the account that holds this text.
#[must_use]
pub fn said_by_the_account(text: &str) -> Locator {
    Locator::css("[data-testid=bubble][data-from=account]").with_text(text)
}

impl Window {
    /// Writes something as the person in front.
    ///
    /// # Errors
    /// When the composer does not take it in time.
    pub async fn say(&self, text: &str) -> Result<()> {
        self.type_into(&test_id("composer"), text).await?;
        self.click(&test_id("send")).await
    }

    /// What is awaited of the person in front, as the flow has it lit.
    ///
    /// # Errors
    /// When nothing is lit in time.
    pub async fn awaited(&self) -> Result<String> {
        let lit = self.find(&test_id("state-current")).await?;
        lit.attr("data-state")
            .await?
            .context("a lit gate says which state it is")
    }
}
