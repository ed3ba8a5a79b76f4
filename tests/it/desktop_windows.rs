//! Several windows of one application: side by side, on the same engine.

use crate::desktop_traffic::{Meta, message};
use anyhow::{Context, Result, ensure};
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::Redis;
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, person, said_by_the_account, test_id};
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;
use thirtyfour::{Key, WebElement, WindowHandle};

/// Clicks with Ctrl held.
async fn click_with_ctrl(window: &Window, what: &WebElement) -> Result<()> {
    let held = window.driver().action_chain().key_down(Key::Control);
    let clicked = held.click_element(what).key_up(Key::Control);
    Ok(clicked.perform().await?)
}

/// Presses a letter with Ctrl and Shift held.
async fn chord(window: &Window, letter: char) -> Result<()> {
    let held = window.driver().action_chain();
    let held = held.key_down(Key::Control).key_down(Key::Shift);
    let pressed = held.send_keys(letter);
    let released = pressed.key_up(Key::Shift).key_up(Key::Control);
    Ok(released.perform().await?)
}

/// Closes the second window, which is the one that keys go to, and waits until it is gone.
async fn close_this(window: &Window) -> Result<()> {
    // It may be gone before the keys are let go of.
    let _ = chord(window, 'w').await;
    window.windows_are(1).await.map(drop)
}

/// What the desktop calls the window.
async fn is_called(window: &Window, title: &str) -> Result<()> {
    wait::until(&format!("the window is called {title}"), || async {
        let called = window.driver().title().await?;
        Ok((called == title).then_some(()))
    })
    .await
}

/// Waits until Traffic counts so many deliveries, and lists as many.
async fn counts(window: &Window, deliveries: usize) -> Result<()> {
    let what = format!("{deliveries} deliveries are counted and listed");
    let word = if deliveries == 1 {
        "delivery"
    } else {
        "deliveries"
    };
    wait::until(&what, || async {
        let counted = window.text(&test_id("traffic-deliveries")).await?;
        let listed = window.text(&test_id("traffic-shown")).await?;
        let first = listed.split(' ').next() == Some(&deliveries.to_string());
        Ok((counted == format!("{deliveries} {word}") && first).then_some(()))
    })
    .await
}

async fn theme(window: &Window) -> Result<Value> {
    window
        .script("return document.documentElement.dataset.theme ?? null")
        .await
}

#[tokio::test]
async fn desktop_windows_see_the_same_traffic_and_settings_and_one_goes_on_alone() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    let meta = Meta::of(&window).await?;
    let first = window.driver().window().await?;
    window.click(&test_id("screen-traffic")).await?;
    is_called(&window, "Traffic — Heliograph").await?;

    let rail = window.find(&test_id("screen-traffic")).await?;
    let alone = window.memory()?;
    click_with_ctrl(&window, &rail).await?;
    let second = window.turn_to_new(std::slice::from_ref(&first)).await?;
    is_called(&window, "Traffic — Heliograph").await?;
    // A whole window: what is in front and allowed is said here as well.
    window
        .find(&Locator::css("[data-testid=strip][data-level=offline]"))
        .await?;
    window.find(&Locator::css("footer")).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let both = window.memory()?;
    let (alone, both) = (alone.whole.share, both.whole.share);
    println!("memory: {alone:.0} MiB with one window, {both:.0} MiB with two");
    ensure!(
        both < alone * 2.0,
        "a second window costs less than a second application"
    );

    meta.signed(message("900000000000011", "w0", "menu"))
        .await?;
    for each in [&first, &second] {
        window.turn_to(each).await?;
        counts(&window, 1).await?;
    }
    // Each window has a filter of its own.
    window
        .type_into(&test_id("traffic-filter"), "text:zebra")
        .await?;
    window.press(Key::Enter + "").await?;
    for number in 1..=10 {
        let text = if number % 5 == 0 { "a zebra" } else { "hello" };
        let id = format!("w{number}");
        meta.signed(message("900000000000012", &id, text)).await?;
    }
    wait::until("the second window lists two of eleven", || async {
        let counted = window.text(&test_id("traffic-deliveries")).await?;
        let listed = window.text(&test_id("traffic-shown")).await?;
        Ok((counted == "11 deliveries" && listed.starts_with("2 ")).then_some(()))
    })
    .await?;
    window.picture("windows-second-traffic-light").await?;
    window.turn_to(&first).await?;
    counts(&window, 11).await?;

    // A setting of one is a setting of all.
    window.click(&test_id("theme")).await?;
    for each in [&first, &second] {
        window.turn_to(each).await?;
        wait::until("both are dark", || async {
            Ok((theme(&window).await? == "dark").then_some(()))
        })
        .await?;
    }
    window.picture("windows-second-traffic-dark").await?;

    // One closes, the other one goes on.
    close_this(&window).await?;
    window.turn_to(&first).await?;
    meta.signed(message("900000000000011", "w11", "hello"))
        .await?;
    counts(&window, 12).await?;
    window.close().await
}

#[tokio::test]
async fn desktop_windows_show_the_same_simulation_and_what_the_other_one_edits() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    let first = window.driver().window().await?;
    window.click(&test_id("screen-builder")).await?;
    window.click(&test_id("entry-Menu")).await?;
    window.click(&test_id("node-step-opening")).await?;
    chord(&window, 'n').await?;
    let second = window.turn_to_new(std::slice::from_ref(&first)).await?;
    is_called(&window, "Builder — Heliograph").await?;
    let text = test_id("field-steps.opening.text");
    window.click(&test_id("node-step-opening")).await?;
    window.replace(&text, "From the second window.").await?;

    // It is seen in the first one without a word, for nothing waited to be saved there.
    window.turn_to(&first).await?;
    let card = test_id("node-step-opening").with_text("From the second window.");
    window.find(&card).await?;
    window.gone(&test_id("compare")).await?;
    // The history is the window's own, and says whose step this was.
    window.replace(&text, "From the first one.").await?;
    window.turn_to(&second).await?;
    let card = test_id("node-step-opening").with_text("From the first one.");
    window.find(&card).await?;

    // Both type at the same time: whoever saves later hears of it, and keeps both. What
    // the second one types is held back until the first one has saved.
    window.hold_saving().await?;
    window.click(&test_id("node-trigger")).await?;
    window.type_into(&test_id("new-keyword"), "bread").await?;
    window.press(Key::Enter + "").await?;
    window
        .find(&test_id("node-trigger").with_text("bread"))
        .await?;
    window.turn_to(&first).await?;
    let button = test_id("field-steps.opening.button");
    window.replace(&button, "Yes from one").await?;
    tokio::time::sleep(Duration::from_millis(350)).await;
    window
        .find(&Locator::css("[data-testid=saving][data-state=kept]"))
        .await?;
    window
        .gone(&test_id("node-trigger").with_text("bread"))
        .await?;
    window.turn_to(&second).await?;
    window.let_save().await?;
    window.click(&test_id("compare")).await?;
    let there = Locator::css("[data-testid=conflict-dialog] [data-testid^=change-]");
    window
        .find(&there.clone().with_text("Yes from one"))
        .await?;
    window.find(&there.with_text("bread")).await?;
    window.picture("windows-compare-light").await?;
    window.click(&test_id("take-both")).await?;
    window.gone(&test_id("conflict-dialog")).await?;
    for each in [&second, &first] {
        window.turn_to(each).await?;
        window
            .find(&test_id("node-step-opening").with_text("Yes from one"))
            .await?;
        window
            .find(&test_id("node-trigger").with_text("bread"))
            .await?;
    }

    // The simulation is one, whichever window somebody talks in.
    window.turn_to(&second).await?;
    window.click(&test_id("screen-simulator")).await?;
    window.click(&person("Maya Lindqvist")).await?;
    window.say("bread").await?;
    window
        .find(&said_by_the_account("From the first one."))
        .await?;
    window.turn_to(&first).await?;
    window.click(&test_id("screen-simulator")).await?;
    window.click(&person("Maya Lindqvist")).await?;
    window
        .find(&said_by_the_account("From the first one."))
        .await?;
    window.close().await
}

/// What the next start opens, as the application keeps it.
fn kept(window: &Window) -> Result<Vec<Value>> {
    let file = window.offline_folder().join("../windows.json");
    let stored: Value = serde_json::from_slice(&fs::read(file)?)?;
    let kept = stored["windows"].as_array().context("a list")?;
    Ok(kept.clone())
}

/// Waits until these screens are what the next start opens.
async fn keeps(window: &Window, screens: &[&str]) -> Result<()> {
    wait::until(&format!("the next start opens {screens:?}"), || async {
        // The file may be half written.
        let kept = kept(window).unwrap_or_default();
        let kept: Vec<_> = kept
            .iter()
            .filter_map(|one| one["screen"].as_str())
            .collect();
        Ok((kept == screens).then_some(()))
    })
    .await
}

/// The titles of all windows, in alphabetical order.
async fn titles(window: &Window, count: usize) -> Result<Vec<String>> {
    let mut titles = Vec::new();
    for each in window.windows_are(count).await? {
        window.turn_to(&each).await?;
        window.find(&Locator::css("footer")).await?;
        titles.push(window.driver().title().await?);
    }
    titles.sort();
    Ok(titles)
}

/// Where the window is on its display, and how large its page is.
async fn place(window: &Window) -> Result<[i64; 4]> {
    let script = "return [screenX, screenY, innerWidth, innerHeight]";
    let place = window.script(script).await?;
    serde_json::from_value(place).context("four numbers")
}

#[tokio::test]
async fn desktop_windows_are_there_again_after_a_restart_where_they_can_be_seen() -> Result<()> {
    let window = Window::open().await?;
    let first = window.driver().window().await?;
    window.click(&test_id("screen-cache")).await?;
    window.press(Key::Control + "k").await?;
    window
        .type_into(&test_id("palette-input"), "open queue in a new")
        .await?;
    window.press(Key::Enter + "").await?;
    window.turn_to_new(std::slice::from_ref(&first)).await?;
    is_called(&window, "Queue — Heliograph").await?;
    window.driver().set_window_rect(60, 40, 1_000, 700).await?;
    wait::until("the window is where it was put", || async {
        Ok((place(&window).await? == [60, 40, 1_000, 700]).then_some(()))
    })
    .await?;
    window.click(&test_id("screen-traffic")).await?;
    keeps(&window, &["cache", "traffic"]).await?;

    let window = window.restart().await?;
    let both = titles(&window, 2).await?;
    assert_eq!(both, ["Cache — Heliograph", "Traffic — Heliograph"]);
    turn_to_screen(&window, "traffic").await?;
    assert_eq!(place(&window).await?, [60, 40, 1_000, 700]);

    // On a monitor that is gone meanwhile, it would not be seen.
    let file = window.offline_folder().join("../windows.json");
    let far = json!({ "windows": [
        { "screen": "simulator", "place": null },
        { "screen": "queue",
          "place": { "x": 9_000, "y": -4_000, "width": 1_000, "height": 700 } },
    ]});
    let window = window
        .restart_with(|| fs::write(&file, far.to_string()))
        .await?;
    let both = titles(&window, 2).await?;
    assert_eq!(both, ["Queue — Heliograph", "Simulator — Heliograph"]);
    turn_to_screen(&window, "queue").await?;
    let [x, y, width, height] = place(&window).await?;
    let size = window
        .script("return [screen.width, screen.height]")
        .await?;
    let [across, down]: [i64; 2] = serde_json::from_value(size)?;
    ensure!(x >= 0 && y >= 0, "it is at {x}, {y}");
    ensure!(
        x + width <= across && y + height <= down,
        "it ends at {}, {} of {across}, {down}",
        x + width,
        y + height
    );

    // One that is closed on its own is not opened again.
    close_this(&window).await?;
    keeps(&window, &["simulator"]).await?;
    let window = window.restart().await?;
    assert_eq!(titles(&window, 1).await?, ["Simulator — Heliograph"]);
    window.close().await
}

/// Turns to the window that shows this screen.
async fn turn_to_screen(window: &Window, screen: &str) -> Result<WindowHandle> {
    let shown = Locator::css(format!("[data-testid=screen-{screen}][aria-current=page]"));
    for each in window.windows().await? {
        window.turn_to(&each).await?;
        if !window.all(&shown).await?.is_empty() {
            return Ok(each);
        }
    }
    anyhow::bail!("no window shows {screen}")
}

/// How often Redis was asked how many jobs failed.
async fn looks(redis: &Redis) -> Result<u64> {
    let client = redis::Client::open(redis.url())?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let stats: String = redis::cmd("INFO")
        .arg("commandstats")
        .query_async(&mut connection)
        .await?;
    let line = stats
        .lines()
        .find_map(|line| line.strip_prefix("cmdstat_zcard:calls="));
    let calls = line.and_then(|rest| rest.split(',').next()).unwrap_or("0");
    Ok(calls.parse()?)
}

/// How often it is asked in five seconds.
async fn looks_in_five_seconds(redis: &Redis) -> Result<u64> {
    let before = looks(redis).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    Ok(looks(redis).await? - before)
}

#[tokio::test]
async fn desktop_windows_that_are_closed_ask_servers_nothing_any_more() -> Result<()> {
    let (redis, mongod) = (Redis::start()?, Mongod::start()?);
    let window = Window::open().await?;
    let env = format!(
        "REDIS_URL={}\nMONGODB_URI={}\nMONGODB_DB=bakery\nQUEUE_NAME=webhooks",
        redis.url(),
        mongod.url(),
    );
    let import = json!({ "text": env, "name": "Shop" });
    window.invoke_with("connections_import_env", import).await?;
    window
        .invoke_with("connection_open", json!({ "name": "Shop" }))
        .await?;
    let observe = Locator::css("[data-testid=strip][data-level=observe]");
    window.find(&observe).await?;
    let first = window.driver().window().await?;
    let nobody = looks_in_five_seconds(&redis).await?;

    let rail = window.find(&test_id("screen-queue")).await?;
    click_with_ctrl(&window, &rail).await?;
    let second = window.turn_to_new(std::slice::from_ref(&first)).await?;
    // What is allowed is said in each window.
    window.find(&observe).await?;
    window.find(&test_id("queue-number-failed")).await?;
    let one = looks_in_five_seconds(&redis).await?;
    ensure!(
        one >= nobody + 4,
        "the queue is looked at: {nobody}, then {one}"
    );

    // Both are told by one look at the figures, and each reads the jobs that it lists.
    window.turn_to(&first).await?;
    window.click(&test_id("screen-queue")).await?;
    window.find(&test_id("queue-number-failed")).await?;
    let two = looks_in_five_seconds(&redis).await?;
    ensure!(two <= one * 7 / 4, "one look for both: {one}, then {two}");
    window.click(&test_id("screen-simulator")).await?;

    window.turn_to(&second).await?;
    close_this(&window).await?;
    let left = looks_in_five_seconds(&redis).await?;
    // Five seconds hold one or two looks of the line at the foot of the window.
    ensure!(
        left.saturating_sub(nobody) * 4 <= one - nobody,
        "nobody looks: {nobody}, then {one}, then {left}"
    );
    window.turn_to(&first).await?;
    window.close().await
}
