//! What axe says of every screen, every panel and every dialog, in both themes.

use anyhow::Result;
use heliograph_tests::window::{Locator, Window, test_id};
use thirtyfour::Key;

/// Opens something, looks at it, and leaves it with Escape.
async fn looked_at(window: &Window, opener: &str) -> Result<()> {
    window.click(&test_id(opener)).await?;
    window
        .is_accessible_in_both_themes(&format!("behind {opener}"))
        .await?;
    window.press(Key::Escape + "").await
}

#[tokio::test]
async fn desktop_no_screen_has_a_serious_fault_of_accessibility() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("person-Maya Lindqvist")).await?;
    window.type_into(&test_id("composer"), "menu").await?;
    window.click(&test_id("send")).await?;
    let answer = Locator::css("[data-testid=bubble][data-from=account]");
    window.find(&answer.with_text("We bake every")).await?;
    window.is_accessible_in_both_themes("the simulator").await?;
    for opener in [
        "faults-open",
        "scenarios-open",
        "due-open",
        "palette",
        "listener",
    ] {
        looked_at(&window, opener).await?;
    }

    window.click(&test_id("screen-builder")).await?;
    window.click(&test_id("entry-Menu")).await?;
    window.click(&test_id("node-step-email")).await?;
    window.is_accessible_in_both_themes("the builder").await?;
    for tab in ["tester", "explore", "versions"] {
        window.click(&test_id(&format!("drawer-tab-{tab}"))).await?;
        window
            .is_accessible_in_both_themes(&format!("the builder with {tab}"))
            .await?;
    }
    window
        .replace(&test_id("field-steps.email.text"), "Where may it go?")
        .await?;
    for opener in [
        "new-automation",
        "library-menu",
        "entry-more-Menu",
        "publish",
    ] {
        looked_at(&window, opener).await?;
    }
    window.click(&test_id("side-try")).await?;
    window.is_accessible_in_both_themes("trying").await?;
    window.close().await
}
