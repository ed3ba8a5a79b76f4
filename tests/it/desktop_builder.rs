//! The Builder in the real window: what an operator does who builds an automation from
//! nothing, tries it on a simulated person, publishes it and changes it.

use anyhow::{Context, Result};
use heliograph_tests::{
    wait,
    window::{Locator, Window, said_by_the_account, test_id},
};
use serde_json::json;
use thirtyfour::{By, Key};

fn node(id: &str) -> Locator {
    test_id(&format!("node-{id}"))
}

fn field(path: &str) -> Locator {
    test_id(&format!("field-{path}"))
}

fn entry(name: &str) -> Locator {
    test_id(&format!("entry-{name}"))
}

/// Waits until the draft on the screen is kept.
async fn is_kept(window: &Window) -> Result<()> {
    // A moment passes before saving begins.
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    window
        .find(&Locator::css("[data-testid=saving][data-state=kept]"))
        .await?;
    Ok(())
}

/// Waits until the draft is what the publishing dialog made of it.
async fn publish(window: &Window) -> Result<()> {
    is_kept(window).await?;
    window.click(&test_id("publish")).await?;
    window.click(&test_id("publish-confirm")).await?;
    window.gone(&test_id("publish-dialog")).await?;
    let saving = test_id("saving").with_text("As published");
    window.find(&saving).await?;
    Ok(())
}

async fn add_step(window: &Window, step: &str) -> Result<()> {
    // So that the place for it is in sight.
    window.click(&test_id("fit")).await?;
    window.stands_still(&test_id("add-step")).await?;
    window.click(&test_id("add-step")).await?;
    window.click(&test_id(&format!("add-step-{step}"))).await?;
    window.find(&node(&format!("step-{step}"))).await?;
    Ok(())
}

/// Somebody comments, taps and writes an address; the last message must hold `thanks`.
async fn goes_through(window: &Window, person: &str, asks: &str) -> Result<()> {
    window.click(&test_id("side-try")).await?;
    let option = Locator::css("[data-testid=try-person] option").with_text(person);
    window.click(&option).await?;
    window.click(&test_id("surface-comment")).await?;
    window.say("The guide, please!").await?;
    let opening = said_by_the_account("The guide is yours");
    window.find(&opening).await?;
    window
        .click(&opening.inside("button").with_text("Send it"))
        .await?;
    window.find(&said_by_the_account(asks)).await?;
    let address = format!("{}@example.com", person.to_lowercase());
    window.say(&format!("it is {address}")).await?;
    window.find(&said_by_the_account("on its way")).await?;
    Ok(())
}

async fn email_of(window: &Window, person: &str) -> Result<String> {
    window.click(&test_id("screen-simulator")).await?;
    let row = Locator::css("[data-testid^=person-]").with_text(person);
    window.click(&row).await?;
    let email = window.text(&test_id("person-email")).await?;
    window.click(&test_id("screen-builder")).await?;
    Ok(email)
}

#[tokio::test]
async fn desktop_an_automation_is_built_tried_published_changed_and_undone() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-builder")).await?;

    // From nothing: what it answers, and by which word.
    window.click(&test_id("new-automation")).await?;
    window.click(&test_id("template-blank_comment")).await?;
    window.find(&entry("New comment answer")).await?;
    window.replace(&field("name"), "Free guide").await?;
    window.type_into(&test_id("new-keyword"), "guide").await?;
    window.press(Key::Enter + "").await?;
    window.find(&field("trigger.keywords.0.text")).await?;

    // What it says, step by step.
    add_step(&window, "public_reply").await?;
    add_step(&window, "opening").await?;
    window
        .replace(
            &field("steps.opening.text"),
            "The guide is yours. Shall we?",
        )
        .await?;
    window
        .replace(&field("steps.opening.button"), "Send it")
        .await?;
    add_step(&window, "email").await?;
    window
        .replace(&field("steps.email.text"), "Where may it go?")
        .await?;
    add_step(&window, "main").await?;
    window.click(&node("message-0")).await?;
    window
        .replace(
            &field("steps.main.messages.0.text"),
            "It is on its way to {{contact.email|you}}.",
        )
        .await?;
    is_kept(&window).await?;
    let problems = window.text(&test_id("drawer-tab-problems")).await?;
    assert_eq!(
        problems.trim(),
        "Problems",
        "there is nothing wrong with it"
    );
    window.picture("builder-built-1440x900-light").await?;

    // Tried before it is published, through to the address.
    goes_through(&window, "Maya", "Where may it go?").await?;
    window.picture("builder-tried-1440x900-light").await?;
    assert_eq!(email_of(&window, "Maya").await?, "maya@example.com");
    publish(&window).await?;

    // Changed: published on purpose, with what changes, and met by the next person.
    window.click(&node("step-email")).await?;
    window
        .replace(&field("steps.email.text"), "Which address is yours?")
        .await?;
    is_kept(&window).await?;
    window.click(&test_id("publish")).await?;
    let change = window.text(&test_id("change-steps.email.text")).await?;
    assert!(
        change.contains("Where may it go?") && change.contains("Which address is yours?"),
        "{change}"
    );
    window.picture("builder-publish-1440x900-light").await?;
    window.click(&test_id("publish-confirm")).await?;
    window.gone(&test_id("publish-dialog")).await?;
    goes_through(&window, "Leo", "Which address is yours?").await?;
    assert_eq!(email_of(&window, "Leo").await?, "leo@example.com");

    // Both versions can be looked at.
    window.click(&test_id("drawer-tab-versions")).await?;
    window.find(&test_id("version-1")).await?;
    window.find(&test_id("version-2")).await?;

    // All of it undone, and done again.
    let steps = undo_all(&window, "undo").await?;
    assert!(steps >= 10, "{steps} steps were undone");
    window.gone(&node("step-email")).await?;
    window.gone(&node("step-opening")).await?;
    let name = window.find(&test_id("automation-name")).await?;
    assert_eq!(
        name.prop("value").await?.as_deref(),
        Some("New comment answer")
    );
    assert_eq!(undo_all(&window, "redo").await?, steps);
    window
        .find(&node("step-email").with_text("Which address is yours?"))
        .await?;
    assert_eq!(name.prop("value").await?.as_deref(), Some("Free guide"));
    is_kept(&window).await?;
    let saving = window.text(&test_id("saving")).await?;
    assert!(saving.contains("As published"), "{saving}");
    window.close().await
}

/// Presses a button of the history until it is spent, and counts.
async fn undo_all(window: &Window, button: &str) -> Result<usize> {
    for pressed in 0..200 {
        let element = window.find(&test_id(button)).await?;
        if !element.is_enabled().await? {
            return Ok(pressed);
        }
        element.click().await?;
    }
    anyhow::bail!("{button} never ends")
}

#[tokio::test]
async fn desktop_an_automation_is_built_and_published_with_keys_alone() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.find(&test_id("composer")).await?;
    window.press(Key::Alt + "2").await?;
    window.find(&test_id("library")).await?;

    window.tab_to("new-automation").await?;
    window.press(Key::Enter + "").await?;
    window.find(&test_id("template-blank_comment")).await?;
    window.tab_to("template-blank_comment").await?;
    window.press(Key::Enter + "").await?;
    window.find(&entry("New comment answer")).await?;

    window.tab_to("new-keyword").await?;
    window.press("guide").await?;
    window.press(Key::Enter + "").await?;
    window.find(&field("trigger.keywords.0.text")).await?;

    for step in ["opening", "email", "main"] {
        window.tab_to("add-step").await?;
        window.press(Key::Enter + "").await?;
        let item = format!("add-step-{step}");
        window.find(&test_id(&item)).await?;
        for _ in 0..8 {
            let there = format!("return document.activeElement?.dataset.testid === '{item}'");
            if window.script(&there).await? == true {
                break;
            }
            window.press(Key::Down + "").await?;
        }
        window.press(Key::Enter + "").await?;
        window.find(&node(&format!("step-{step}"))).await?;
    }
    is_kept(&window).await?;
    window.tab_to("publish").await?;
    window.press(Key::Enter + "").await?;
    window.find(&test_id("publish-confirm")).await?;
    window.tab_to("publish-confirm").await?;
    window.press(Key::Enter + "").await?;
    window.gone(&test_id("publish-dialog")).await?;
    window
        .find(&test_id("saving").with_text("As published"))
        .await?;
    let library = window.invoke("builder_library").await?;
    let entries = library["entries"].as_array().context("a list")?;
    let published = entries
        .iter()
        .find(|entry| entry["name"] == "New comment answer");
    assert_eq!(published.context("it is there")?["state"], "published");
    window.close().await
}

#[tokio::test]
async fn desktop_the_library_is_searched_ordered_copied_deleted_and_brought_back() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-builder")).await?;
    window
        .type_into(&test_id("library-search"), "öffnung")
        .await?;
    window.gone(&entry("Menu")).await?;
    window.find(&entry("Opening hours")).await?;
    for _ in 0.."öffnung".chars().count() {
        window.press(Key::Backspace + "").await?;
    }

    window.click(&entry("Opening hours")).await?;
    window.press(Key::Alt + Key::Up).await?;
    wait::until("it is tried first", || async {
        let library = window.invoke("builder_library").await?;
        let entries = library["entries"].as_array().cloned().unwrap_or_default();
        let first = entries.iter().find(|one| one["type"] == "dm_automation");
        Ok(first
            .is_some_and(|one| one["name"] == "Opening hours")
            .then_some(()))
    })
    .await?;

    wait::until("it stands first", || async {
        let above = "const top = (name) => document.querySelector(`[data-testid='entry-${name}']`) \
            .getBoundingClientRect().top; \
            return top('Opening hours') < top('Menu')";
        Ok((window.script(above).await? == true).then_some(()))
    })
    .await?;

    window.click(&test_id("entry-more-Opening hours")).await?;
    window.click(&test_id("entry-duplicate")).await?;
    window.find(&entry("Opening hours (copy)")).await?;
    // The copy asks for the same words behind the original, and is told so.
    window.find(&test_id("problem-never_fires")).await?;

    window
        .click(&test_id("entry-more-Opening hours (copy)"))
        .await?;
    window.click(&test_id("entry-delete")).await?;
    window.gone(&entry("Opening hours (copy)")).await?;
    window.click(&test_id("notice-action")).await?;
    window.find(&entry("Opening hours (copy)")).await?;

    window
        .click(&test_id("entry-more-Opening hours (copy)"))
        .await?;
    window.click(&test_id("entry-archive")).await?;
    window.gone(&entry("Opening hours (copy)")).await?;
    window.click(&test_id("put-away")).await?;
    window
        .click(&test_id("bring-back-Opening hours (copy)"))
        .await?;
    window.find(&entry("Opening hours (copy)")).await?;
    window.close().await
}

#[tokio::test]
async fn desktop_a_draft_saved_in_another_window_is_compared_and_both_are_kept() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-builder")).await?;
    window.click(&entry("Menu")).await?;
    window.click(&node("step-opening")).await?;
    window
        .replace(&field("steps.opening.text"), "My own words.")
        .await?;
    is_kept(&window).await?;

    // What is typed here is not saved yet when another window adds a keyword to the draft.
    window.hold_saving().await?;
    window
        .replace(&field("steps.opening.button"), "Go on")
        .await?;
    let opened = window
        .invoke_with("builder_open", json!({ "id": "menu" }))
        .await?;
    let mut theirs = opened["automation"].clone();
    theirs["trigger"]["keywords"]
        .as_array_mut()
        .context("it has keywords")?
        .push(json!({ "text": "bread" }));
    let save = json!({ "automation": theirs, "revision": opened["revision"], "onto": null });
    window.invoke_with("builder_save", save).await?;
    window.let_save().await?;

    window.click(&test_id("compare")).await?;
    let there = Locator::css("[data-testid=conflict-dialog] [data-testid^=change-]");
    window.find(&there.clone().with_text("bread")).await?;
    window.find(&there.with_text("Go on")).await?;
    window.click(&test_id("take-both")).await?;
    window.gone(&test_id("conflict-dialog")).await?;
    window
        .find(&node("step-opening").with_text("Go on"))
        .await?;
    window.find(&node("trigger").with_text("bread")).await?;
    is_kept(&window).await?;
    let kept = window
        .invoke_with("builder_open", json!({ "id": "menu" }))
        .await?;
    let kept = &kept["automation"];
    assert_eq!(kept["steps"]["opening"]["text"], "My own words.");
    assert_eq!(kept["steps"]["opening"]["button"], "Go on");
    assert_eq!(kept["trigger"]["keywords"][3]["text"], "bread");
    window.close().await
}

#[tokio::test]
async fn desktop_an_automation_is_for_a_post_named_by_its_id_and_is_edited_while_it_is_tried()
-> Result<()> {
    let window = Window::open().await?;
    window.resize(1024, 700).await?;
    window.click(&test_id("screen-builder")).await?;
    window.click(&test_id("new-automation")).await?;
    window.click(&test_id("template-lead_capture")).await?;
    window.find(&entry("Lead capture")).await?;
    window
        .click(&Locator::css("[data-testid=field-target] option").with_text("by its id"))
        .await?;
    window
        .type_into(&test_id("field-target-id"), "https://instagram.com/p/C1")
        .await?;
    let no_id = Locator::css("[data-testid=inspector] [role=alert]").with_text("only digits");
    window.find(&no_id).await?;
    window
        .replace(&test_id("field-target-id"), "17895695668004550")
        .await?;
    window.gone(&no_id).await?;
    is_kept(&window).await?;

    // What sets it off is offered first, on the very post.
    window.click(&test_id("side-try")).await?;
    let first = Locator::css("li:first-child > [data-testid=suggestion]").with_text("guide");
    window.click(&first).await?;
    window
        .find(&said_by_the_account("The guide is free"))
        .await?;
    let gate = Locator::css("[data-testid=gate-opening][data-lit=true]");
    window.find(&gate).await?;

    // Enter on what is selected already leads to its first field.
    window.tab_to("node-trigger").await?;
    window.press(Key::Enter + "").await?;
    wait::until("the first field has the focus", || async {
        let there = "return document.activeElement?.dataset.testid === 'field-name'";
        Ok((window.script(there).await? == true).then_some(()))
    })
    .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_the_library_is_dragged_exported_and_imported() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-builder")).await?;
    window.find(&entry("Menu")).await?;

    // By its grip, below the next one.
    let row = Locator::css("[data-testid=library] li").with_text("what do you bake");
    let row = window.find(&row).await?;
    let grip = row.find(By::Css("span")).await?;
    window
        .driver()
        .action_chain()
        .click_and_hold_element(&grip)
        .move_by_offset(0, 30)
        .move_by_offset(0, 40)
        .release()
        .perform()
        .await?;
    wait::until("“Menu” is tried second", || async {
        let library = window.invoke("builder_library").await?;
        let entries = library["entries"].as_array().cloned().unwrap_or_default();
        let names: Vec<_> = entries
            .iter()
            .filter(|one| one["type"] == "dm_automation")
            .map(|one| one["name"].clone())
            .collect();
        Ok((names.get(1).is_some_and(|name| name == "Menu")).then_some(()))
    })
    .await?;
    // The rows that made room for it stand still again.
    let still = "return document.getAnimations().length === 0";
    wait::until("the list stands still", || async {
        Ok((window.script(still).await? == true).then_some(()))
    })
    .await?;

    window.click(&test_id("entry-more-Menu")).await?;
    window.click(&test_id("entry-export")).await?;
    let said = test_id("notice").with_text("Written to");
    let said = window.text(&said).await?;
    let path = said.trim_start_matches("Written to").trim();
    let file = std::fs::read_to_string(path).with_context(|| path.to_owned())?;
    assert!(file.contains("what do you bake"), "{file}");

    let input = window
        .driver()
        .find(By::Css("[data-testid=library-file]"))
        .await?;
    input.send_keys(path).await?;
    window.find(&entry("Menu 2")).await?;
    let imported = window.text(&test_id("saving")).await?;
    assert!(imported.contains("never published"), "{imported}");
    window.close().await
}
