//! The pictures of the documentation, taken in the real window: `cargo xtask pictures`.

use anyhow::Result;
use heliograph_tests::window::{Window, said_by_the_account, test_id};
use std::time::Duration;
use thirtyfour::Key;

/// What was opened or moved stands still.
async fn rests() {
    tokio::time::sleep(Duration::from_millis(900)).await;
}

#[tokio::test]
#[ignore = "takes the pictures of docs/: cargo xtask pictures"]
async fn desktop_pictures() -> Result<()> {
    for theme in ["light", "dark"] {
        let window = Window::open_with(|settings| settings["theme"] = theme.into()).await?;
        window.resize(1440, 900).await?;
        window.click(&test_id("person-Leo Okafor")).await?;
        window.say("menu").await?;
        window.find(&said_by_the_account("We bake every")).await?;
        window.click(&test_id("person-Maya Lindqvist")).await?;
        window.say("What is on the menu?").await?;
        let opening = said_by_the_account("We bake every");
        window.find(&opening).await?;
        window.click(&test_id("advance-11m")).await?;
        window
            .click(&opening.inside("button").with_text("Yes"))
            .await?;
        window.find(&said_by_the_account("Where may we")).await?;
        rests().await;
        window.picture(&format!("doc-simulator-{theme}")).await?;

        window.click(&test_id("screen-builder")).await?;
        window.click(&test_id("entry-Menu")).await?;
        window.click(&test_id("node-step-email")).await?;
        window
            .replace(
                &test_id("field-steps.email.text"),
                "Lovely. Where may we send the weekly menu?",
            )
            .await?;
        rests().await;
        window.picture(&format!("doc-builder-{theme}")).await?;
        window.click(&test_id("side-try")).await?;
        window.click(&test_id("drawer-tab-tester")).await?;
        rests().await;
        window.picture(&format!("doc-builder-try-{theme}")).await?;
        window.click(&test_id("publish")).await?;
        window.find(&test_id("publish-confirm")).await?;
        rests().await;
        window
            .picture(&format!("doc-builder-publish-{theme}"))
            .await?;
        window.press(Key::Escape + "").await?;

        window.click(&test_id("screen-traffic")).await?;
        window.click(&test_id("traffic-row")).await?;
        rests().await;
        window.picture(&format!("doc-traffic-{theme}")).await?;

        window.click(&test_id("screen-conversations")).await?;
        window
            .click(&test_id("people-row").with_text("Maya"))
            .await?;
        window.find(&test_id("history")).await?;
        rests().await;
        window
            .picture(&format!("doc-conversations-{theme}"))
            .await?;

        window.click(&test_id("screen-cache")).await?;
        window
            .click(&test_id("cache-key").with_text("user_state:"))
            .await?;
        window.find(&test_id("cache-agreement")).await?;
        rests().await;
        window.picture(&format!("doc-cache-{theme}")).await?;
        window.close().await?;
    }
    Ok(())
}
