//! The Simulator in the real window: going back, the running clock, faults, scenarios.

use anyhow::{Context, Result};
use heliograph_tests::{
    repo, wait,
    window::{Locator, Window, person, said_by_the_account, test_id},
};
use serde_json::json;
use thirtyfour::Key;

fn moment(number: u32) -> Locator {
    test_id(&format!("moment-{number}"))
}

/// Waits until so many moments are on the timeline.
async fn moments(window: &Window, count: usize) -> Result<()> {
    wait::until(&format!("{count} moments are there"), || async {
        let all = Locator::css("[data-testid^=\"moment-\"][role=option]");
        Ok((window.all(&all).await?.len() == count).then_some(()))
    })
    .await
}

#[tokio::test]
async fn desktop_one_goes_back_and_answers_differently_and_forward_again() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&person("Maya Lindqvist")).await?;
    window.picture("sim-0-empty-light").await?;
    window.say("What is on the menu?").await?;
    window
        .find(&said_by_the_account("We bake every morning"))
        .await?;
    window.click(&test_id("advance-11m")).await?;
    let yes = said_by_the_account("We bake every morning").inside("button");
    window.click(&yes.with_text("Yes")).await?;
    window
        .find(&said_by_the_account("Where may we send"))
        .await?;
    window.say("maya@example.com").await?;
    window
        .find(&said_by_the_account("Here it is, Maya"))
        .await?;
    moments(&window, 4).await?;
    window.picture("sim-1-timeline-light").await?;

    // A click on a moment tells what it changed, with the webhook that led to it.
    window.click(&moment(4)).await?;
    let changes = window.text(&test_id("changes")).await?;
    assert!(changes.contains("maya@example.com"), "{changes}");
    window.click(&test_id("raw-webhook")).await?;
    window.picture("sim-2-moment-light").await?;

    // Back to before the address: it is awaited again, and another answer is given.
    window.click(&test_id("go-before")).await?;
    window
        .gone(&said_by_the_account("Here it is, Maya"))
        .await?;
    assert_eq!(window.awaited().await?, "awaiting_email");
    moments(&window, 4).await?;
    window.picture("sim-3-back-light").await?;
    window.click(&test_id("go-forward")).await?;
    window
        .find(&said_by_the_account("Here it is, Maya"))
        .await?;
    window.click(&moment(3)).await?;
    window.click(&test_id("go-after")).await?;
    wait::until("the address is awaited", || async {
        let lit = window.all(&test_id("state-current")).await?;
        Ok((!lit.is_empty()).then_some(()))
    })
    .await?;
    window.say("rather not").await?;
    window
        .find(&said_by_the_account("That does not look like an email"))
        .await?;
    window.gone(&test_id("go-forward")).await?;
    moments(&window, 4).await?;
    window.close().await
}

#[tokio::test]
async fn desktop_the_clock_runs_and_what_is_due_is_jumped_to() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&person("Maya Lindqvist")).await?;
    window.say("menu").await?;
    window
        .find(&said_by_the_account("We bake every morning"))
        .await?;
    let before = window.text(&test_id("clock")).await?;
    window.click(&test_id("clock-run")).await?;
    wait::until("the clock runs", || async {
        Ok((window.text(&test_id("clock")).await? != before).then_some(()))
    })
    .await?;
    window.click(&test_id("clock-run")).await?;

    window.click(&test_id("due-open")).await?;
    window.picture("sim-4-due-light").await?;
    window.click(&test_id("jump-state_expires")).await?;
    window.gone(&test_id("state-current")).await?;
    window.close().await
}

#[tokio::test]
async fn desktop_faults_show_what_the_person_saw() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1440, 900).await?;
    window.click(&person("Maya Lindqvist")).await?;
    window.click(&test_id("faults-open")).await?;
    let answer = test_id("fault-answer").inside("option[value=drops_after]");
    window.click(&answer).await?;
    window.click(&test_id("fault-begin")).await?;
    window.find(&test_id("fault-active")).await?;
    window.picture("sim-5-faults-dark").await?;
    window.click(&test_id("faults-open")).await?;
    window.say("hours").await?;
    // It is drawn anew while the engine finds out.
    let told = test_id("bubble-error").with_text("The person has this message");
    window.find(&told).await?;
    window.gone(&test_id("fault-active")).await?;

    window.click(&test_id("faults-open")).await?;
    window.click(&test_id("fault-twice")).await?;
    window.click(&test_id("faults-open")).await?;
    window.say("price").await?;
    window
        .find(&said_by_the_account("These are our prices"))
        .await?;
    let answers = window
        .all(&said_by_the_account("These are our prices"))
        .await?;
    assert_eq!(answers.len(), 1, "sent once");
    window.picture("sim-6-after-faults-dark").await?;
    window.close().await
}

#[tokio::test]
async fn desktop_nothing_happened_and_the_nearest_automation_is_opened() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1024, 700).await?;
    window.click(&person("Maya Lindqvist")).await?;
    window.say("the prise please").await?;
    window.click(&test_id("tab-why")).await?;
    let near = window.text(&test_id("nothing")).await?;
    assert!(near.contains("Why did nothing happen?"), "{near}");
    window.picture("sim-7-nothing-1024x700").await?;
    window.click(&test_id("open-nearest")).await?;
    window.gone(&test_id("composer")).await?;
    window.close().await
}

#[tokio::test]
async fn desktop_a_conversation_is_saved_run_opened_and_deleted() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&person("Maya Lindqvist")).await?;
    window.say("hours").await?;
    window
        .find(&said_by_the_account("We are open Tuesday"))
        .await?;
    window.click(&test_id("scenarios-open")).await?;
    window
        .type_into(&test_id("scenario-name"), "When we are open")
        .await?;
    window.click(&test_id("scenario-save")).await?;
    let row = test_id("scenario-when-we-are-open.yaml");
    window.find(&row).await?;
    window.click(&test_id("scenarios-run-all")).await?;
    let verdict = window.text(&test_id("scenarios-verdict")).await?;
    assert_eq!(verdict.trim(), "1 passed, none failed");
    window.picture("sim-8-scenarios-light").await?;

    window.click(&test_id("open-when-we-are-open.yaml")).await?;
    window.gone(&test_id("scenarios")).await?;
    // Only the one who takes part is there.
    window.gone(&person("Leo Okafor")).await?;
    window
        .find(&said_by_the_account("We are open Tuesday"))
        .await?;
    window.click(&test_id("scenarios-open")).await?;
    window.click(&test_id("more-when-we-are-open.yaml")).await?;
    window
        .click(&test_id("delete-when-we-are-open.yaml"))
        .await?;
    window.gone(&row).await?;
    window.close().await
}

#[tokio::test]
async fn desktop_two_people_talk_side_by_side_where_there_is_room() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1900, 1000).await?;
    window.click(&person("Maya Lindqvist")).await?;
    window.say("menu").await?;
    window
        .find(&said_by_the_account("We bake every morning"))
        .await?;
    // A click into the other conversation brings that person to the front.
    let leo = Locator::css("[data-testid=\"conversation-Leo Okafor\"]");
    window
        .click(&leo.inside("button").with_text("Write as Leo"))
        .await?;
    window.say("hello").await?;
    window
        .find(&said_by_the_account("good to hear from you"))
        .await?;
    window.say("what is this?").await?;
    moments(&window, 3).await?;
    window.click(&moment(1)).await?;
    window.find(&test_id("changes")).await?;
    window.picture("sim-9-beside-1900x1000").await?;

    window.click(&test_id("faults-open")).await?;
    window.click(&test_id("fault-held")).await?;
    window.click(&test_id("fault-slow-100")).await?;
    window.click(&test_id("faults-open")).await?;
    window.say("price").await?;
    window.find(&test_id("bubble-held")).await?;
    window.picture("sim-10-held-1900x1000").await?;
    window.close().await
}

#[tokio::test]
async fn desktop_somebody_writes_arabic_and_is_saved_so() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("person-add")).await?;
    window
        .type_into(&test_id("person-name"), "ليلى حسن")
        .await?;
    let arabic = test_id("person-language").inside("option[value=ar]");
    window.click(&arabic).await?;
    window.picture("sim-20-add-light").await?;
    window.click(&test_id("person-create")).await?;
    window.find(&person("ليلى حسن")).await?;
    window.say("مرحبا! هل عندكم menu اليوم؟").await?;
    window
        .find(&said_by_the_account("We bake every morning"))
        .await?;
    window.say("شكرا، 2 من فضلك.").await?;
    let said = Locator::css("[data-testid=bubble][data-from=person] p[lang=ar]");
    let said = window.find(&said).await?;
    assert_eq!(said.css_value("direction").await?, "rtl");
    let composer = window.find(&test_id("composer")).await?;
    assert_eq!(composer.attr("lang").await?.as_deref(), Some("ar"));
    window
        .type_into(&test_id("composer"), "أريد القائمة من فضلك")
        .await?;
    assert_eq!(composer.css_value("direction").await?, "rtl");
    window.is_accessible("somebody who writes Arabic").await?;
    window.picture("sim-21-arabic-light").await?;
    window.click(&test_id("send")).await?;

    // Another language by its tag; going back takes it back.
    let other = test_id("set-language").inside("option[value=other]");
    window.click(&other).await?;
    let tag = window.find(&test_id("set-language-tag")).await?;
    tag.send_keys("fa" + Key::Enter).await?;
    let persian = Locator::css("[data-testid=\"person-ليلى حسن\"] [role=img]").with_text("fa");
    window.find(&persian).await?;
    moments(&window, 5).await?;
    window.click(&moment(5)).await?;
    window.click(&test_id("go-before")).await?;
    window.gone(&persian).await?;
    window
        .find(&Locator::css(
            "[data-testid=bubble][data-from=person] p[lang=ar]",
        ))
        .await?;

    // The flow of an earlier moment, and the words that say so.
    window.click(&moment(2)).await?;
    let then = window.text(&test_id("flow-then")).await?;
    assert!(
        then.contains("ليلى stood after the chosen moment"),
        "{then}"
    );
    assert_eq!(window.awaited().await?, "awaiting_opening_response");
    window.picture("sim-22-then-light").await?;
    window.resize(1024, 700).await?;
    window.picture("sim-26-then-light-1024x700").await?;
    window.click(&test_id("tab-flow")).await?;
    window.picture("sim-27-then-flow-light-1024x700").await?;
    window.resize(1440, 900).await?;
    window.click(&person("ليلى حسن")).await?;

    window.click(&test_id("composer-more")).await?;
    window.picture("sim-23-more-light").await?;
    window.click(&test_id("composer-link")).await?;
    window.picture("sim-24-link-light").await?;
    window.say("spring-menu").await?;
    window
        .find(&Locator::css("[data-testid=bubble]").with_text("spring-menu"))
        .await?;

    window.click(&test_id("scenarios-open")).await?;
    window
        .type_into(&test_id("scenario-name"), "In Arabic")
        .await?;
    window.click(&test_id("scenario-save")).await?;
    window.find(&test_id("scenario-in-arabic.yaml")).await?;
    let text = window
        .invoke_with("scenarios_text", json!({ "file": "in-arabic.yaml" }))
        .await?;
    let text = text.as_str().context("the file is a text")?;
    assert!(text.contains("language: ar }"), "{text}");
    assert!(text.contains("opens a link: spring-menu"), "{text}");
    window.close().await
}

#[tokio::test]
async fn desktop_scenarios_are_added_from_files() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let good = folder.path().join("good.yaml");
    let bad = folder.path().join("bad.yml");
    std::fs::write(
        &good,
        "scenario: Somebody sent it\nsteps:\n  - time passes: 1 hour\n",
    )?;
    std::fs::write(&bad, "scenario: Wrong\nsteps:\n  - mayya sings: la\n")?;
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1024, 700).await?;
    window.click(&test_id("scenarios-open")).await?;
    let files = window.find(&test_id("scenario-files")).await?;
    files
        .send_keys(format!("{}\n{}", good.display(), bad.display()))
        .await?;
    window
        .find(&test_id("scenario-somebody-sent-it.yaml"))
        .await?;
    let not_added = window.text(&test_id("scenario-not-added")).await?;
    assert!(not_added.contains("bad.yml"), "{not_added}");
    assert!(not_added.contains("line 3"), "{not_added}");
    window.picture("sim-25-files-dark-1024x700").await?;
    window.resize(1440, 900).await?;
    window.is_accessible("a file that was not added").await?;
    window.close().await
}

#[tokio::test]
async fn desktop_somebody_comments_in_arabic_on_a_dark_small_window() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1024, 700).await?;
    window.click(&person("Leo Okafor")).await?;
    let arabic = test_id("set-language").inside("option[value=ar]");
    window.click(&arabic).await?;
    window.click(&test_id("surface-comment")).await?;
    window.say("ما هي الوصفة؟ recipe، رجاءً!").await?;
    let comment = Locator::css("[data-testid=bubble] [lang=ar]").with_text("الوصفة");
    let comment = window.find(&comment).await?;
    assert_eq!(comment.css_value("direction").await?, "rtl");
    window.click(&test_id("surface-dm")).await?;
    window.say("متى تفتحون؟ hours؟").await?;
    window
        .find(&said_by_the_account("We are open Tuesday"))
        .await?;
    window.click(&moment(2)).await?;
    window.find(&test_id("flow-then")).await?;
    window.click(&test_id("tab-flow")).await?;
    window.picture("sim-28-arabic-dark-1024x700").await?;
    window.click(&test_id("tab-why")).await?;
    window.picture("sim-29-arabic-why-dark-1024x700").await?;
    window.resize(1440, 900).await?;
    window.picture("sim-30-arabic-dark").await?;

    // What was said of the language stays when everything else begins anew.
    window.click(&test_id("reset")).await?;
    window.click(&test_id("reset-confirm")).await?;
    window.gone(&Locator::css("[data-testid=bubble]")).await?;
    window
        .find(&Locator::css("[data-testid=\"person-Leo Okafor\"] [role=img]").with_text("ar"))
        .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_after_an_edit_a_saved_conversation_fails_and_going_back_stops() -> Result<()> {
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1024, 700).await?;
    window.click(&person("Maya Lindqvist")).await?;
    window.say("hours").await?;
    window
        .find(&said_by_the_account("We are open Tuesday"))
        .await?;
    window.say("menu").await?;
    window
        .find(&said_by_the_account("We bake every morning"))
        .await?;
    window.click(&test_id("scenarios-open")).await?;
    window
        .type_into(&test_id("scenario-name"), "Hours, then the menu")
        .await?;
    window.click(&test_id("scenario-save")).await?;
    window
        .find(&test_id("scenario-hours-then-the-menu.yaml"))
        .await?;
    // The same file plays in a terminal, from the folder in which the window keeps it.
    let kept = window.offline_folder().join("scenarios");
    let played = tokio::process::Command::new(repo::heliograph()?)
        .arg("simulate")
        .arg(&kept)
        .output()
        .await?;
    let printed = String::from_utf8_lossy(&played.stdout);
    assert!(
        played.status.success() && printed.contains("Hours, then the menu"),
        "{printed}{}",
        String::from_utf8_lossy(&played.stderr)
    );
    window.click(&test_id("scenarios-open")).await?;

    // Somebody switches the automation off meanwhile.
    window
        .script(
            "window.__TAURI_INTERNALS__.invoke('builder_toggle', { id: 'menu', isActive: false })",
        )
        .await?;
    moments(&window, 3).await?;
    window.click(&moment(3)).await?;
    window.click(&test_id("go-before")).await?;
    wait::until("it says that it stopped", || async {
        let stopped = window.text(&test_id("playback-stopped")).await?;
        Ok(stopped.contains("changed since").then_some(()))
    })
    .await?;
    window.picture("sim-11-stopped-dark-1024x700").await?;

    window.click(&test_id("scenarios-open")).await?;
    window
        .click(&test_id("run-hours-then-the-menu.yaml"))
        .await?;
    let failures = window.text(&test_id("scenario-failures")).await?;
    assert!(failures.contains("Hi Maya!"), "{failures}");
    window.picture("sim-12-failed-dark-1024x700").await?;
    window.click(&test_id("scenarios-open")).await?;
    window.resize(960, 640).await?;
    window.picture("sim-13-dark-960x640").await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("put-state")).await?;
    window.picture("sim-14-put-dark").await?;
    window.click(&test_id("put-state")).await?;
    window.click(&test_id("composer-more")).await?;
    window.picture("sim-15-more-dark").await?;
    window.close().await
}
