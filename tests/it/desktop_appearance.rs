//! How large everything in the window is, by its keys; and dark or light, as the desktop
//! has it or as somebody chose.

use anyhow::{Context, Result, ensure};
use heliograph_tests::session::Session;
use heliograph_tests::wait;
use heliograph_tests::window::{Window, person, test_id};
use serde_json::json;
use thirtyfour::Key;

/// How large everything is, as the page has it: of the window's pixels, so many make one of
/// its own.
async fn size(window: &Window) -> Result<f64> {
    let outside = window.driver().get_window_rect().await?.width;
    let inside = window.script("return window.innerWidth").await?;
    let inside = inside.as_f64().context("a number of pixels")?;
    Ok(f64::from(u32::try_from(outside)?) / inside)
}

/// Waits until the size is kept for the next start.
async fn is_kept(window: &Window, zoom: f64) -> Result<()> {
    wait::until(&format!("{zoom} is kept"), || async {
        Ok((window.stored_settings()?["zoom"] == zoom).then_some(()))
    })
    .await
}

/// Waits until everything is so large, and that is kept.
async fn becomes(window: &Window, zoom: f64) -> Result<()> {
    wait::until(&format!("everything is {zoom} times as large"), || async {
        Ok(((size(window).await? - zoom).abs() < 0.01).then_some(()))
    })
    .await?;
    is_kept(window, zoom).await
}

#[tokio::test]
async fn desktop_keys_make_everything_larger_for_good_and_smaller_and_as_it_was() -> Result<()> {
    let window = Window::open().await?;
    window.find(&person("Maya Lindqvist")).await?;
    window.resize(1440, 900).await?;
    let normal = size(&window).await?;
    ensure!((normal - 1.0).abs() < 0.01, "it begins at {normal}");

    window.press(Key::Control + "+").await?;
    becomes(&window, 1.1).await?;
    window.press(Key::Control + "+").await?;
    becomes(&window, 1.25).await?;
    window.picture("zoom-125").await?;

    // It is as large after a restart, and in a window that is opened then.
    let window = window.restart().await?;
    window.find(&person("Maya Lindqvist")).await?;
    becomes(&window, 1.25).await?;
    let known = window.windows().await?;
    let beside = json!({ "screen": "queue", "automation": null });
    window.invoke_with("window_open", beside).await?;
    window.turn_to_new(&known).await?;
    becomes(&window, 1.25).await?;

    window.press(Key::Control + "0").await?;
    becomes(&window, 1.0).await?;
    window.press(Key::Control + "-").await?;
    becomes(&window, 0.9).await?;
    // In all windows at once.
    let first = known.first().context("it was open before")?;
    window.turn_to(first).await?;
    becomes(&window, 0.9).await?;
    window.press(Key::Control + "0").await?;
    becomes(&window, 1.0).await?;
    window.close().await
}

/// Waits until the page is dark or light: what it is asked by its style sheets, where it
/// goes by the desktop, and what it paints.
async fn is_dark(window: &Window, dark: bool) -> Result<()> {
    let paints = "const [red, green, blue] = getComputedStyle(document.body) \
        .backgroundColor.match(/[\\d.]+/g).map(Number); \
        const chosen = document.documentElement.dataset.theme; \
        const asked = matchMedia('(prefers-color-scheme: dark)').matches; \
        return [red + green + blue < 3 * 64, chosen ? chosen === 'dark' : asked]";
    let what = if dark { "dark" } else { "light" };
    wait::until(&format!("the window is {what}"), || async {
        Ok((window.script(paints).await? == json!([dark, dark])).then_some(()))
    })
    .await
}

/// Presses the switch, and waits until what was chosen by it is kept.
async fn choose_next(window: &Window, theme: &str) -> Result<()> {
    window.click(&test_id("theme")).await?;
    wait::until(&format!("{theme} is kept"), || async {
        Ok((window.stored_settings()?["theme"] == theme).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn desktop_is_dark_and_light_as_the_desktop_is_until_somebody_chooses() -> Result<()> {
    let desktop = Session::start().await?;
    desktop.prefer_dark(true).await?;
    let window = Window::open_at(&desktop, |settings| settings["theme"] = "system".into()).await?;
    window.find(&person("Maya Lindqvist")).await?;
    is_dark(&window, true).await?;
    window.picture("system-dark").await?;

    // The desktop changes while the window is open.
    desktop.prefer_dark(false).await?;
    is_dark(&window, false).await?;
    desktop.prefer_dark(true).await?;
    is_dark(&window, true).await?;

    // What somebody chose holds, whatever the desktop does then.
    choose_next(&window, "light").await?;
    is_dark(&window, false).await?;
    desktop.prefer_dark(false).await?;
    choose_next(&window, "dark").await?;
    is_dark(&window, true).await?;
    desktop.prefer_dark(true).await?;
    desktop.prefer_dark(false).await?;
    is_dark(&window, true).await?;

    // Given back to the desktop, the window is as the desktop is by now, and goes on so.
    choose_next(&window, "system").await?;
    is_dark(&window, false).await?;
    desktop.prefer_dark(true).await?;
    is_dark(&window, true).await?;
    // A setting that has nothing to do with it leaves it dark.
    window.press(Key::Control + "+").await?;
    becomes(&window, 1.1).await?;
    is_dark(&window, true).await?;
    window.close().await
}
