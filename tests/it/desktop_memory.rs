//! A window that is left open all day holds no more in the evening than in the morning:
//! three of them at the same time, two idle and one that is used heavily.
//!
//! With `HELIOGRAPH_LONG` it takes half an hour and is judged; otherwise one round of the
//! heavy use is made, and only a leak that nobody could miss is found. The samples are in
//! `target/memory/`.

use crate::desktop_load::{counted, pour, row_in_sight};
use crate::desktop_traffic::Meta;
use anyhow::{Context, Result, ensure};
use heliograph_tests::growth::Samples;
use heliograph_tests::production::is_long;
use heliograph_tests::repo;
use heliograph_tests::window::{Locator, Window, said_by_the_account, test_id};
use std::time::{Duration, Instant};
use thirtyfour::Key;

/// How long each window is open in the long mode.
const LONG: Duration = Duration::from_secs(30 * 60);
const BETWEEN_SAMPLES: Duration = Duration::from_secs(10);
/// Webhooks a second while it is used: a hundred and forty thousand an hour.
const RATE: u64 = 40;
/// Webhooks before the half hour begins, and how many a second: the lists that keep the
/// newest of something, the deduplication marks that are put in order fifty thousand at a
/// time, and the database's caches are full then. What grows afterwards is a leak.
const FIRST: u64 = 60_000;
const FIRST_RATE: u64 = 400;
/// Rounds before the half hour begins: every screen was drawn, and its code compiled.
const ROUNDS_BEFORE: u32 = 10;
/// How long nothing happens, before and after heavy use.
const REST: Duration = Duration::from_secs(120);
/// A window that holds more than this, in MiB, is ended before the machine stands still.
const MOST_AT_ALL: f64 = 3_000.0;
/// What one round may add, in MiB.
const MOST_OF_A_ROUND: f64 = 250.0;

/// What the window holds while nothing comes and nobody touches it.
async fn at_rest(window: &Window) -> Result<Samples> {
    let mut samples = Samples::default();
    let began = Instant::now();
    while began.elapsed() < REST {
        tokio::time::sleep(BETWEEN_SAMPLES).await;
        samples.add(began.elapsed(), window.memory()?);
    }
    Ok(samples)
}

/// Notes what the window holds until the time is over, and writes it down.
async fn watched(window: &Window, name: &str, title: &str) -> Result<Samples> {
    let folder = repo::target()?.join("memory");
    let mut samples = Samples::default();
    let began = Instant::now();
    while began.elapsed() < LONG {
        let memory = window.memory()?;
        samples.add(began.elapsed(), memory);
        // At once, so that a run that fails leaves what it saw.
        samples.write(&folder, name, title)?;
        let held = memory.whole.own;
        ensure!(held < MOST_AT_ALL, "{name}: {held:.0} MiB are too much");
        tokio::time::sleep(BETWEEN_SAMPLES).await;
    }
    Ok(samples)
}

fn judge(name: &str, samples: &Samples) -> Result<()> {
    let words = samples.judge().with_context(|| name.to_owned())?;
    println!("{name}\n{words}");
    Ok(())
}

/// A window that nobody touches, with a screen in front.
async fn idle(screen: &str) -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    let meta = Meta::of(&window).await?;
    pour(&meta, 20, 5, 0).await?;
    window.click(&test_id(&format!("screen-{screen}"))).await?;
    let name = format!("memory-idle-{screen}");
    let title = format!("Idle for half an hour, the screen {screen} in front");
    let samples = watched(&window, &name, &title).await?;
    window.close().await?;
    judge(&name, &samples)
}

/// A window that is worked with all the time, while webhooks come in.
async fn used() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    let meta = Meta::of(&window).await?;
    let first = pour(&meta, FIRST_RATE, FIRST / FIRST_RATE, 0).await?;
    window.click(&test_id("screen-traffic")).await?;
    counted(&window, first).await?;
    for number in 0..ROUNDS_BEFORE {
        round(&window, number).await?;
    }
    let before = at_rest(&window).await?;
    let all_the_time = tokio::spawn(async move { pour(&meta, RATE, LONG.as_secs(), first).await });
    let rounds = async {
        let began = Instant::now();
        let mut number = ROUNDS_BEFORE;
        while began.elapsed() < LONG {
            round(&window, number).await?;
            number += 1;
        }
        anyhow::Ok(number)
    };
    let name = "memory-used";
    let title = "Half an hour of heavy use, with 40 webhooks a second";
    let (_, rounds) = tokio::try_join!(watched(&window, name, title), rounds)?;
    println!("{rounds} rounds");
    let poured = all_the_time.await??;
    counted(&window, first + poured + u64::from(rounds)).await?;
    let after = at_rest(&window).await?;
    window.close().await?;
    let words = after.judge_rest(&before, LONG).context(name)?;
    println!("{name}, before and after at rest\n{words}");
    Ok(())
}

/// Every screen once, with what somebody does there.
async fn round(window: &Window, number: u32) -> Result<()> {
    simulator(window, number).await?;
    builder(window, number).await?;
    conversations(window).await?;
    for screen in ["cache", "queue", "connections"] {
        window.click(&test_id(&format!("screen-{screen}"))).await?;
        let front = format!("[data-testid=screen-{screen}][aria-current=page]");
        window.find(&Locator::css(front)).await?;
    }
    palette(window).await?;
    traffic(window, number).await
}

async fn simulator(window: &Window, number: u32) -> Result<()> {
    window.click(&test_id("screen-simulator")).await?;
    let people = ["Maya Lindqvist", "Leo Okafor"];
    let who = people[number as usize % people.len()];
    window.click(&test_id(&format!("person-{who}"))).await?;
    window.say("What is on the menu?").await?;
    window
        .find(&said_by_the_account("We bake every morning"))
        .await?;
    Ok(())
}

async fn builder(window: &Window, number: u32) -> Result<()> {
    window.click(&test_id("screen-builder")).await?;
    window.replace(&test_id("library-search"), "men").await?;
    window.click(&test_id("entry-Menu")).await?;
    window.click(&test_id("node-step-email")).await?;
    let text = format!("Where may we send it? We ask for the {number}th time.");
    window
        .replace(&test_id("field-steps.email.text"), &text)
        .await?;
    // A moment passes before saving begins.
    tokio::time::sleep(Duration::from_millis(350)).await;
    window
        .find(&Locator::css("[data-testid=saving][data-state=kept]"))
        .await?;
    Ok(())
}

async fn conversations(window: &Window) -> Result<()> {
    window.click(&test_id("screen-conversations")).await?;
    window.click(&test_id("people-row")).await?;
    window.find(&test_id("history")).await?;
    window.press(Key::Escape + "").await?;
    window.gone(&test_id("person")).await?;
    window.replace(&test_id("people-search"), "maya").await?;
    window
        .find(&test_id("people-row").with_text("Maya"))
        .await?;
    window.press(Key::Control + "a").await?;
    window.press(Key::Backspace + "").await
}

async fn palette(window: &Window) -> Result<()> {
    window.click(&test_id("palette")).await?;
    window.type_into(&test_id("palette-input"), "leo").await?;
    window.press(Key::Escape + "").await?;
    window.gone(&test_id("palette-dialog")).await
}

async fn traffic(window: &Window, number: u32) -> Result<()> {
    window.click(&test_id("screen-traffic")).await?;
    let kinds = ["kind:comment", "kind:dm_text", "text:\"opening\""];
    let filter = kinds[number as usize % kinds.len()];
    window.replace(&test_id("traffic-filter"), filter).await?;
    // Rows come forty times a second; who wants to read one lets the list stand still.
    window.click(&test_id("traffic-pause")).await?;
    window.click(&row_in_sight(window).await?).await?;
    for tab in ["raw", "trace", "story"] {
        window
            .click(&test_id(&format!("traffic-tab-{tab}")))
            .await?;
        window.find(&test_id("traffic-panel")).await?;
    }
    window.click(&test_id("traffic-close")).await?;
    window.click(&test_id("traffic-pause")).await?;
    window.click(&test_id("traffic-filter-clear")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desktop_memory_stays_flat_in_half_an_hour() -> Result<()> {
    if is_long() {
        // Said at once, because the others go on for half an hour.
        let used = async { used().await.inspect_err(|error| println!("{error:?}")) };
        let (simulator, traffic, used) = tokio::join!(idle("simulator"), idle("traffic"), used);
        return simulator.and(traffic).and(used);
    }
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    let meta = Meta::of(&window).await?;
    let poured = pour(&meta, 10 * RATE, 2, 0).await?;
    let before = window.memory()?;
    round(&window, 0).await?;
    counted(&window, poured + 1).await?;
    let after = window.memory()?;
    println!("before {before:.0?}\nafter  {after:.0?}");
    let added = after.whole.own - before.whole.own;
    ensure!(added < MOST_OF_A_ROUND, "a round added {added:.0} MiB");
    window.close().await
}
