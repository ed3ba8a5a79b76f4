//! Many conversations at once in the real window: chosen, released, put back, cleared and
//! exported; and what only Redis has.

use crate::desktop_conversations::{ACCOUNT, row, somebody_is_stuck, two_who_are_waited_for};
use anyhow::{Context, Result};
use heliograph_tests::window::{Locator, Window, test_id};
use serde_json::{Value, json};
use std::fs;
use thirtyfour::Key;

/// The box before somebody in the list.
fn choose(name: &str) -> Locator {
    Locator::css(format!(
        "[data-testid=people-pick][aria-label='Choose {name}']"
    ))
}

async fn fits(window: &Window) -> Result<()> {
    let overflow = window
        .script("return document.documentElement.scrollWidth > window.innerWidth;")
        .await?;
    assert_eq!(overflow, Value::Bool(false), "nothing is cut off");
    Ok(())
}

#[tokio::test]
async fn desktop_conversations_bulk_release_undo_clear_and_export() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "light".into()).await?;
    window.resize(1440, 900).await?;
    two_who_are_waited_for(&window).await?;
    window.click(&test_id("screen-conversations")).await?;
    window.find(&row("Leo")).await?;

    // By the keyboard: all of them, nobody, and one.
    window.click(&test_id("people-search")).await?;
    window.press(Key::Down + "").await?;
    window.press(Key::Control + "a").await?;
    window
        .find(&test_id("bulk-count").with_text("2 chosen"))
        .await?;
    window.picture("conversations-chosen-light").await?;
    window
        .is_accessible("conversations that are chosen")
        .await?;
    window.click(&test_id("bulk-release")).await?;
    let question = window.text(&test_id("confirm-bulk-release")).await?;
    assert!(
        question.contains("Release 2 conversations?") && question.contains("moved on"),
        "{question}"
    );
    window.picture("conversations-bulk-release-light").await?;
    window.is_accessible("the question before many").await?;
    window.click(&test_id("confirm")).await?;
    window
        .find(&test_id("bulk-state").with_text("2 released"))
        .await?;
    window.gone(&row("Maya")).await?;
    window.gone(&row("Leo")).await?;
    window.picture("conversations-bulk-done-light").await?;
    window.click(&test_id("bulk-outcomes")).await?;
    let each = window.text(&test_id("bulk-outcomes-dialog")).await?;
    assert!(
        each.contains("Maya Lindqvist") && each.contains("done"),
        "{each}"
    );
    window.is_accessible("what came of it").await?;
    window.press(Key::Escape + "").await?;
    window.gone(&test_id("bulk-outcomes-dialog")).await?;

    window.click(&test_id("bulk-undo")).await?;
    window
        .find(&test_id("bulk-state").with_text("2 put back"))
        .await?;
    let maya = window.text(&row("Maya")).await?;
    assert!(maya.contains("Menu"), "she stands where she stood: {maya}");
    window.click(&test_id("bulk-close")).await?;
    window.gone(&test_id("bulk")).await?;

    // One of them, as a table.
    window.click(&choose("Leo Okafor")).await?;
    window
        .find(&test_id("bulk-count").with_text("1 chosen"))
        .await?;
    window.click(&test_id("bulk-export")).await?;
    let notice = window
        .text(&test_id("notice").with_text("exported"))
        .await?;
    let path = notice.split(": ").nth(1).context("it says where")?.trim();
    let table = fs::read_to_string(path)?;
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(table.contains("awaiting_email"), "{table}");

    // Cleared by itself, and undone from the notice.
    window.click(&row("Leo")).await?;
    window.click(&test_id("person-clear")).await?;
    let question = window.text(&test_id("confirm-clear")).await?;
    assert!(
        question.contains("starts anew") && question.contains("subscription"),
        "{question}"
    );
    window.picture("conversations-clear-light").await?;
    window.is_accessible("the question before a clear").await?;
    window.click(&test_id("confirm")).await?;
    window.gone(&row("Leo")).await?;
    window.click(&test_id("person-tab-held")).await?;
    window
        .find(&test_id("held-user_state").with_text("Neither has one"))
        .await?;
    window.click(&test_id("notice-action")).await?;
    window.find(&row("Leo")).await?;

    window.resize(1024, 700).await?;
    window.click(&choose("Maya Lindqvist")).await?;
    fits(&window).await?;
    window
        .picture("conversations-chosen-1024x700-light")
        .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_conversations_only_in_redis_are_found_and_cleared_while_live() -> Result<()> {
    let (redis, mongod) = somebody_is_stuck().await?;
    let now = mongodb::bson::DateTime::now().timestamp_millis();
    let key = format!("user_state:{ACCOUNT}:p2");
    let lost = json!({
        "accountId": ACCOUNT, "senderId": "p2", "automationId": "menu",
        "automationType": "dm_automation", "state": "awaiting_email",
        "eventAt": now - 600_000, "updatedAt": now - 600_000, "expiresAt": now + 80_000_000,
    });
    redis::cmd("SET")
        .arg(&key)
        .arg(lost.to_string())
        .arg("EX")
        .arg(80_000)
        .query::<()>(&mut redis.connection()?)?;
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1440, 900).await?;
    crate::desktop_cache::connect(&window, &redis, &mongod).await?;
    window.click(&test_id("screen-conversations")).await?;
    window.find(&row("Maya")).await?;
    window.click(&test_id("people-only_cached")).await?;
    window.find(&test_id("strays-begin-pane")).await?;
    window.picture("conversations-strays-begin-dark").await?;
    window
        .is_accessible("before Redis is looked through")
        .await?;
    window.click(&test_id("strays-begin")).await?;
    window
        .find(&test_id("strays-state").with_text("looked through"))
        .await?;
    let found = window.text(&row("p2")).await?;
    assert!(found.contains("only in Redis"), "{found}");
    window.picture("conversations-strays-dark").await?;
    window.is_accessible("what only Redis has").await?;
    window.click(&row("p2")).await?;
    window
        .find(&test_id("person-stands").with_text("only in Redis"))
        .await?;
    let observes = window.find(&test_id("person-clear")).await?;
    assert!(
        !observes.is_enabled().await?,
        "at observe nothing is cleared"
    );
    window.resize(1024, 700).await?;
    fits(&window).await?;
    window.picture("conversations-strays-1024x700-dark").await?;
    window.resize(1440, 900).await?;

    window
        .invoke_with("connection_arm", json!({ "name": "Shop", "minutes": 5 }))
        .await?;
    window.gone(&test_id("person-observes")).await?;
    window.click(&test_id("person-clear")).await?;
    let question = window.text(&test_id("confirm-clear")).await?;
    assert!(
        question.contains("from Redis and from MongoDB") && question.contains("“Shop”"),
        "{question}"
    );
    window.click(&test_id("confirm")).await?;
    window.gone(&row("p2")).await?;
    let cached: Option<String> = redis::cmd("GET")
        .arg(&key)
        .query(&mut redis.connection()?)?;
    assert_eq!(cached, None);
    let log = window
        .invoke_with("audit_search", json!({ "text": "Clearing" }))
        .await?;
    assert_eq!(log["entries"].as_array().map(Vec::len), Some(1), "{log}");
    window
        .find(&Locator::css("[data-testid=strays-none]"))
        .await?;
    window.close().await
}
