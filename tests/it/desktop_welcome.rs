//! The first start: what somebody came for, and the first steps of it.

use anyhow::Result;
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, said_by_the_account, test_id};
use thirtyfour::Key;

fn step(name: &str, done: bool) -> Locator {
    let done = if done {
        "[data-done]"
    } else {
        ":not([data-done])"
    };
    Locator::css(format!("[data-testid=step-{name}]{done}"))
}

#[tokio::test]
async fn desktop_the_first_start_leads_an_operator_to_a_published_automation_and_asks_no_more()
-> Result<()> {
    for theme in ["light", "dark"] {
        let window = Window::open_with(|settings| {
            settings["welcomed"] = false.into();
            settings["theme"] = theme.into();
        })
        .await?;
        window.resize(1440, 900).await?;
        window.find(&test_id("welcome-build")).await?;
        window
            .is_accessible(&format!("the first start, {theme}"))
            .await?;
        window.picture(&format!("welcome-{theme}")).await?;
        window.click(&test_id("welcome-build")).await?;
        window.gone(&test_id("welcome")).await?;
        window.find(&step("edit", false)).await?;
        wait::until("that somebody was asked is kept", || async {
            let kept = window.stored_settings()?["welcomed"].clone();
            Ok((kept == true).then_some(()))
        })
        .await?;

        window.click(&test_id("entry-Menu")).await?;
        window.click(&test_id("node-step-opening")).await?;
        let text = test_id("field-steps.opening.text");
        window.replace(&text, "Fresh from the oven today.").await?;
        window.find(&step("edit", true)).await?;
        window
            .is_accessible(&format!("the first steps, {theme}"))
            .await?;
        window.picture(&format!("welcome-path-{theme}")).await?;

        window.click(&test_id("step-talk")).await?;
        window.click(&test_id("person-Maya Lindqvist")).await?;
        window.say("menu").await?;
        window
            .find(&said_by_the_account("Fresh from the oven"))
            .await?;
        window.find(&step("talk", true)).await?;

        window.click(&test_id("step-publish")).await?;
        window.click(&test_id("publish")).await?;
        window.click(&test_id("publish-confirm")).await?;
        window.find(&step("publish", true)).await?;
        window.find(&test_id("path-finished")).await?;
        window.resize(1024, 700).await?;
        window.picture(&format!("welcome-small-{theme}")).await?;
        window.click(&test_id("path-close")).await?;
        window.gone(&test_id("path")).await?;

        // It is asked again only where somebody wants it.
        window.click(&test_id("palette")).await?;
        let typed = Locator::css("[data-testid=palette-dialog] input");
        window.type_into(&typed, "first steps").await?;
        window.press(Key::Enter + "").await?;
        window.find(&test_id("welcome-look")).await?;
        window.click(&test_id("welcome-look")).await?;
        window.find(&step("connect", false)).await?;
        window.find(&test_id("connections-new")).await?;
        window.close().await?;
    }
    Ok(())
}
