//! Conversations in the real window: who stands where, one contact's history, and what is
//! set by hand.

use anyhow::{Context, Result};
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, person, said_by_the_account, test_id};
use serde_json::{Value, json};
use std::fs;
use thirtyfour::Key;

fn row(text: &str) -> Locator {
    test_id("people-row").with_text(text)
}

/// Two people of the simulator who are waited for: Maya for the button, Leo for an address.
async fn two_who_are_waited_for(window: &Window) -> Result<()> {
    for name in ["Maya Lindqvist", "Leo Okafor"] {
        window.click(&person(name)).await?;
        window.say("What is on the menu?").await?;
        let answer = said_by_the_account("We bake every morning");
        window.find(&answer).await?;
    }
    let yes = said_by_the_account("We bake every morning").inside("button");
    window.click(&yes.with_text("Yes")).await?;
    window
        .find(&said_by_the_account("Where may we send"))
        .await?;
    Ok(())
}

async fn funnel(window: &Window, state: &str, is: u32) -> Result<()> {
    let stage = test_id(&format!("funnel-{state}"));
    wait::until(&format!("{is} wait for {state}"), || async {
        let text = window.text(&stage).await?;
        Ok(text
            .split_whitespace()
            .any(|word| word == is.to_string())
            .then_some(()))
    })
    .await
}

#[tokio::test]
async fn desktop_conversations_are_listed_opened_released_and_moved() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "light".into()).await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-conversations")).await?;
    window
        .find(&test_id("people-empty").with_text("Nobody is waited for"))
        .await?;
    window.picture("conversations-empty-light").await?;
    window.click(&test_id("screen-simulator")).await?;
    two_who_are_waited_for(&window).await?;

    window.click(&test_id("screen-conversations")).await?;
    funnel(&window, "opening", 1).await?;
    funnel(&window, "email", 1).await?;
    let maya = window.text(&row("Maya")).await?;
    assert!(maya.contains("Menu"), "in which automation: {maya}");
    assert!(
        maya.contains("What is on the menu?"),
        "and what began it: {maya}"
    );
    window.picture("conversations-list-light").await?;
    window.is_accessible("Conversations").await?;

    // Only those who are waited for an address.
    window.click(&test_id("funnel-email")).await?;
    window.gone(&row("Maya")).await?;
    window.find(&row("Leo")).await?;
    window.click(&test_id("funnel-email")).await?;
    window.find(&row("Maya")).await?;
    window.type_into(&test_id("people-search"), "LINDQ").await?;
    window.gone(&row("Leo")).await?;
    window.replace(&test_id("people-search"), "nobody").await?;
    window.click(&test_id("people-clear")).await?;
    window.find(&row("Leo")).await?;

    window.click(&row("Maya")).await?;
    let history = window.text(&test_id("history")).await?;
    assert!(
        history.contains("What is on the menu?") && history.contains("We bake every morning"),
        "{history}"
    );
    let state = window.text(&test_id("history-state")).await?;
    assert!(state.contains("waiting for the button"), "{state}");
    window.picture("conversations-open-light").await?;
    window.is_accessible("a contact opened").await?;
    window.click(&test_id("person-tab-held")).await?;
    let held = window.text(&test_id("held-user_state")).await?;
    assert!(
        held.contains("Both say the same") && held.contains("user_state:"),
        "{held}"
    );
    window.picture("conversations-held-light").await?;
    window.is_accessible("what is held of a contact").await?;
    window.click(&test_id("person-tab-history")).await?;

    // Released: the question says what it does, and the list follows.
    window.click(&test_id("person-release")).await?;
    let question = window.text(&test_id("confirm-release")).await?;
    assert!(question.contains("nothing is awaited"), "{question}");
    window.picture("conversations-release-light").await?;
    window
        .is_accessible("the question before a release")
        .await?;
    window.click(&test_id("confirm")).await?;
    window.gone(&row("Maya")).await?;
    funnel(&window, "opening", 0).await?;
    let history = test_id("history-state").with_text("by hand");
    window.find(&history).await?;
    window
        .find(&test_id("person-stands").with_text("nothing awaited"))
        .await?;

    // Moved, with the keyboard from the list on.
    window.click(&row("Leo")).await?;
    window
        .find(&test_id("person-name").with_text("Leo"))
        .await?;
    window.click(&test_id("person-move")).await?;
    window
        .script(
            "const list = document.querySelector('[data-testid=move-state]'); \
             list.value = 'awaiting_opening_response'; \
             list.dispatchEvent(new Event('change', { bubbles: true }));",
        )
        .await?;
    window
        .find(&test_id("move-what").with_text("waiting for the button"))
        .await?;
    window.picture("conversations-move-light").await?;
    window.is_accessible("the question before a move").await?;
    window.click(&test_id("confirm")).await?;
    funnel(&window, "opening", 1).await?;
    funnel(&window, "email", 0).await?;
    window.press(Key::Escape + "").await?;
    window.gone(&test_id("person")).await?;

    // The simulator has it too, and goes on from there.
    window.click(&test_id("screen-simulator")).await?;
    window.click(&person("Leo Okafor")).await?;
    assert_eq!(window.awaited().await?, "awaiting_opening_response");
    window.close().await
}

#[tokio::test]
async fn desktop_conversations_contacts_are_unsubscribed_and_exported() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1440, 900).await?;
    two_who_are_waited_for(&window).await?;
    window.say("leo@example.com").await?;
    window.find(&said_by_the_account("Here it is, Leo")).await?;
    window.click(&test_id("screen-conversations")).await?;
    window.click(&test_id("people-contacts")).await?;
    window
        .find(&test_id("people-shown").with_text("2 contacts"))
        .await?;
    let leo = window.text(&row("Leo")).await?;
    assert!(leo.contains("leo@example.com"), "{leo}");
    window.picture("conversations-contacts-dark").await?;
    window.is_accessible("contacts, dark").await?;

    window.click(&row("Maya")).await?;
    window.click(&test_id("person-unsubscribe")).await?;
    window.click(&test_id("confirm")).await?;
    window.find(&row("unsubscribed")).await?;
    window.find(&test_id("person-subscribe")).await?;
    window.picture("conversations-contact-open-dark").await?;
    window.click(&test_id("person-close")).await?;

    window.click(&test_id("people-export")).await?;
    let notice = window
        .text(&test_id("notice").with_text("exported"))
        .await?;
    let path = notice.split(": ").nth(1).context("it says where")?.trim();
    let table = fs::read_to_string(path)?;
    assert!(
        table.starts_with('\u{feff}'),
        "spreadsheets know it is UTF-8"
    );
    let lines: Vec<&str> = table.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[0].starts_with("accountId,contactId,username,name,email"));
    assert!(
        lines
            .iter()
            .any(|line| line.contains("leo@example.com") && line.contains(",no,")),
        "{table}"
    );

    window.resize(1024, 700).await?;
    window.click(&test_id("people-standing")).await?;
    window.click(&row("Maya")).await?;
    window.find(&test_id("history")).await?;
    window.picture("conversations-open-1024x700-dark").await?;
    let overflow = window
        .script("return document.documentElement.scrollWidth > window.innerWidth;")
        .await?;
    assert_eq!(overflow, Value::Bool(false), "nothing is cut off");
    window.close().await
}

#[tokio::test]
async fn desktop_conversations_answer_the_same_to_whoever_asks_past_the_window() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "light".into()).await?;
    window.resize(1440, 900).await?;
    two_who_are_waited_for(&window).await?;
    let look = json!({
        "list": "standing", "text": "Leo", "accountId": null, "automationId": null,
        "state": null, "order": "oldest", "kind": null, "at": 0, "count": 10,
    });
    let news = window
        .invoke_with("conversations_look", json!({ "look": look }))
        .await?;
    let leo = &news["rows"][0];
    assert_eq!(leo["stands"]["state"], "awaiting_email", "{news}");
    let opened = window
        .invoke_with(
            "conversations_open",
            json!({ "accountId": leo["accountId"], "contactId": leo["contactId"] }),
        )
        .await?;
    assert_eq!(opened["holdings"][0]["verdict"], "same", "{opened}");
    assert_eq!(opened["toldBy"]["told"], "journal");
    let said = opened["history"]
        .as_array()
        .context("a history")?
        .iter()
        .filter(|entry| entry["entry"] == "said")
        .count();
    assert_eq!(said, 2, "what was written and what was clicked: {opened}");
    window.close().await
}
