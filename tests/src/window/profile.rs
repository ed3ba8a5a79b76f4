//! A profile on real servers, saved and put in front.

use super::Window;
use anyhow::Result;
use heliograph_runtime::ProductionPlace;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::page::{Locator, test_id};

impl Window {
    /// Saves a profile of this name on a place, as the editor does it. `change` gets the
    /// draft before.
    ///
    /// # Errors
    /// When the window refuses it.
    pub async fn save_profile(
        &self,
        name: &str,
        place: &ProductionPlace,
        change: impl FnOnce(&mut Value),
    ) -> Result<()> {
        let mut draft = self
            .invoke_with("connections_draft", json!({ "name": null }))
            .await?;
        draft["name"] = name.into();
        for (field, text) in [
            ("redisUrl", place.redis.url.expose_secret()),
            ("keyPrefix", &place.redis.prefix),
            ("namespace", &place.redis.namespace),
            ("mongoUrl", place.mongo.url.expose_secret()),
            ("database", &place.mongo.database),
            ("queueName", &place.queue.queue),
        ] {
            draft["place"][field] = text.into();
        }
        change(&mut draft);
        self.invoke_with(
            "connections_save",
            json!({ "draft": draft, "instead": null }),
        )
        .await?;
        Ok(())
    }

    /// Connects a profile by its button, and waits until the strip has the colour of this
    /// level.
    ///
    /// # Errors
    /// When it does not.
    pub async fn connect(&self, name: &str, level: &str) -> Result<()> {
        self.click(&test_id("screen-connections")).await?;
        self.click(&test_id(&format!("connect-{name}"))).await?;
        self.find(&Locator::css(format!(
            "[data-testid=strip][data-level={level}]"
        )))
        .await?;
        Ok(())
    }
}
