//! The first start: what somebody came for, and the first steps of it, walked to their end
//! by each of the three kinds of people; and that nobody is asked a second time.

use crate::desktop_cache::{connect, servers};
use crate::desktop_traffic::{Meta, message};
use anyhow::{Result, ensure};
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

fn in_front(screen: &str) -> Locator {
    Locator::css(format!("[data-testid=screen-{screen}][aria-current=page]"))
}

/// A first start. It is asked, and what was asked is kept at once.
async fn begun(theme: &str, purpose: &str) -> Result<Window> {
    let window = Window::open_with(|settings| {
        settings["welcomed"] = false.into();
        settings["theme"] = theme.into();
    })
    .await?;
    window.resize(1440, 900).await?;
    let choice = test_id(&format!("welcome-{purpose}"));
    window.find(&choice).await?;
    window
        .is_accessible(&format!("the first start, {theme}"))
        .await?;
    window.picture(&format!("welcome-{theme}")).await?;
    window.click(&choice).await?;
    window.gone(&test_id("welcome")).await?;
    wait::until("that somebody was asked is kept", || async {
        let kept = window.stored_settings()?["welcomed"].clone();
        Ok((kept == true).then_some(()))
    })
    .await?;
    Ok(window)
}

/// All steps are done, and the line with them is left.
async fn is_finished(window: &Window, purpose: &str) -> Result<()> {
    window.find(&test_id("path-finished")).await?;
    window
        .is_accessible(&format!("the steps of {purpose}"))
        .await?;
    window.resize(1024, 700).await?;
    window
        .picture(&format!("welcome-{purpose}-finished"))
        .await?;
    window.click(&test_id("path-close")).await?;
    window.gone(&test_id("path")).await
}

/// Started again, it asks nothing, and asks where somebody wants it.
async fn asks_no_more(window: Window) -> Result<()> {
    let window = window.restart().await?;
    window.find(&test_id("status-line")).await?;
    for gone in ["welcome", "path"] {
        ensure!(window.all(&test_id(gone)).await?.is_empty(), "{gone}");
    }
    window.click(&test_id("palette")).await?;
    let typed = Locator::css("[data-testid=palette-dialog] input");
    window.type_into(&typed, "first steps").await?;
    window.press(Key::Enter + "").await?;
    window.find(&test_id("welcome-look")).await?;
    window.click(&test_id("welcome-around")).await?;
    window.gone(&test_id("welcome")).await?;
    ensure!(window.all(&test_id("path")).await?.is_empty());
    window.close().await
}

#[tokio::test]
async fn desktop_the_first_start_leads_an_operator_to_a_published_automation() -> Result<()> {
    let window = begun("light", "build").await?;
    window.find(&step("edit", false)).await?;
    window.click(&test_id("entry-Menu")).await?;
    window.click(&test_id("node-step-opening")).await?;
    let text = test_id("field-steps.opening.text");
    window.replace(&text, "Fresh from the oven today.").await?;
    window.find(&step("edit", true)).await?;
    window.picture("welcome-path-light").await?;

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
    is_finished(&window, "build").await?;
    window.close().await
}

#[tokio::test]
async fn desktop_the_first_start_leads_a_developer_to_a_first_delivery_and_asks_no_more()
-> Result<()> {
    let window = begun("dark", "receive").await?;
    // The listener runs from the start, and says so where the first step leads.
    window.find(&in_front("connections")).await?;
    window.find(&step("listen", true)).await?;
    window
        .find(&test_id("listener-state").with_text("running"))
        .await?;

    // On a small window the tunnel is out of sight until the step leads there.
    window.resize(1024, 700).await?;
    window.click(&step("address", false)).await?;
    wait::until("the tunnel is in sight", || async {
        let seen = "const { top } = document.getElementById('tunnel-panel') \
            .getBoundingClientRect(); return top >= 0 && top < innerHeight - 200;";
        Ok((window.script(seen).await? == true).then_some(()))
    })
    .await?;
    window.picture("welcome-path-dark").await?;
    let choose = "const list = document.querySelector('[data-testid=tunnel-kind]'); \
        Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set \
            .call(list, 'own_url'); \
        list.dispatchEvent(new Event('change', { bubbles: true }));";
    window.script(choose).await?;
    let meta = Meta::of(&window).await?;
    window
        .type_into(&test_id("tunnel-own-url"), &meta.origin()?)
        .await?;
    window.click(&test_id("tunnel-start")).await?;
    window.find(&step("address", true)).await?;

    window.click(&step("delivery", false)).await?;
    window.find(&in_front("traffic")).await?;
    meta.signed(message("900000000000011", "first", "Hello?"))
        .await?;
    window.find(&step("delivery", true)).await?;
    window
        .find(&test_id("traffic-row").with_text("Hello?"))
        .await?;
    is_finished(&window, "receive").await?;
    asks_no_more(window).await
}

#[tokio::test]
async fn desktop_the_first_start_leads_who_is_on_call_to_a_conversation_of_production() -> Result<()>
{
    let (redis, mongod, _) = servers().await?;
    let window = begun("light", "look").await?;
    window.find(&in_front("connections")).await?;
    window.find(&step("connect", false)).await?;
    connect(&window, &redis, &mongod).await?;
    window.find(&step("connect", true)).await?;

    window.click(&step("rates", false)).await?;
    window.find(&in_front("cache")).await?;
    window.find(&step("rates", true)).await?;
    window
        .find(&test_id("cache-idle").with_text("handles no events"))
        .await?;

    window.click(&step("conversation", false)).await?;
    window.find(&in_front("conversations")).await?;
    window.click(&test_id("people-row").with_text("p1")).await?;
    window.find(&test_id("person-panel")).await?;
    window.find(&step("conversation", true)).await?;
    is_finished(&window, "look").await?;
    window.close().await
}
