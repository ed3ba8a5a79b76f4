//! What needs a person, told by the desktop around the window: its notifications and its
//! tray, over a D-Bus of the test's own; and the list in the window.

use anyhow::{Context, Result, ensure};
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::Redis;
use heliograph_tests::session::{Item, Notification, Session};
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, test_id};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::time::Duration;

fn row(title: &str) -> Locator {
    test_id("notice-row").with_text(title)
}

/// Something else is in front of the person.
async fn look_elsewhere(window: &Window) -> Result<()> {
    window.resize(1440, 900).await?;
    window.lose_focus()?;
    wait::until("nobody looks at the window", || async {
        let focus = window.script("return document.hasFocus()").await?;
        Ok((focus == false).then_some(()))
    })
    .await?;
    wait_for(A_MOMENT).await;
    Ok(())
}

/// A window whose listener is to take a port that somebody has, and which nobody looks at.
async fn failing(desktop: Option<&Session>, port: u16, muted: bool) -> Result<Window> {
    let change = |settings: &mut Value| {
        settings["listenerPort"] = port.into();
        settings["listenerAutostart"] = false.into();
        if muted {
            settings["mutedNotices"] = json!(["listener"]);
        }
    };
    let window = match desktop {
        Some(desktop) => Window::open_at(desktop, change).await?,
        None => Window::open_with(change).await?,
    };
    look_elsewhere(&window).await?;
    window
        .invoke_with("listener_start", json!({ "port": port }))
        .await?;
    Ok(window)
}

/// The first notification, as soon as there is one.
async fn told(desktop: &Session) -> Result<Notification> {
    wait::until("the desktop is told", || async {
        Ok(desktop.notifications().first().cloned())
    })
    .await
}

/// The icon, as soon as its menu has this line.
async fn icon(desktop: &Session, line: &str) -> Result<Item> {
    wait::until(&format!("the icon says {line}"), || async {
        let icon = desktop.icon().await?;
        Ok(icon.filter(|icon| icon.says(line)))
    })
    .await
}

/// The parts of the window are looked at four times a second, and servers every five
/// seconds; after so long, anything that is told again would have been.
const A_WHILE: Duration = Duration::from_secs(2);
const SOME_QUESTIONS: Duration = Duration::from_secs(6);
/// The shell knows of the focus what the page knows.
const A_MOMENT: Duration = Duration::from_millis(300);

async fn wait_for(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test]
async fn desktop_notices_tell_once_that_a_port_is_taken_and_the_tray_shows_the_listener()
-> Result<()> {
    let taken = TcpListener::bind(("127.0.0.1", 0))?;
    let port = taken.local_addr()?.port();
    let desktop = Session::with_tray().await?;
    let window = failing(Some(&desktop), port, false).await?;

    let first = told(&desktop).await?;
    assert_eq!(first.application, "Heliograph");
    assert_eq!(first.title, "The listener does not run");
    ensure!(
        first.text.contains(&port.to_string()) && first.text.contains("in use"),
        "{first:?}"
    );
    ensure!(first.actions.starts_with(&["default".to_owned()]));

    // The tray says it too, in words, with a picture of its own.
    let failed = icon(&desktop, &format!("Listener failed on port {port}")).await?;
    ensure!(failed.says("Offline profile"), "{failed:?}");
    ensure!(failed.title.contains("Listener failed"), "{failed:?}");
    assert_eq!(failed.status, "NeedsAttention");
    assert_eq!(failed.widths, [24, 48]);
    ensure!(failed.pixels.chunks(4).any(|pixel| pixel[0] == 255));

    // Who tries again meanwhile is not told again.
    desktop.choose("Start listener").await?;
    wait_for(A_WHILE).await;
    assert_eq!(desktop.notifications(), std::slice::from_ref(&first));
    assert_eq!(window.text(&test_id("notices-count")).await?, "1");

    // The list in the window, by the keyboard alone.
    window.tab_to("notices").await?;
    window.press(thirtyfour::Key::Enter).await?;
    window.find(&row("The listener does not run")).await?;
    window.find(&row("Still so")).await?;
    window.picture("notices-failed-light").await?;
    window.is_accessible("Notices").await?;
    window.press(thirtyfour::Key::Escape).await?;
    window.gone(&test_id("notices-count")).await?;

    // A click on the notification leads to where it is mended.
    desktop.click(first.number).await?;
    window
        .find(&Locator::css(
            "[data-testid=screen-connections][aria-current=page]",
        ))
        .await?;

    drop(taken);
    desktop.choose("Start listener").await?;
    let line = format!("Listening on port {port}");
    let listens = wait::until("the icon is at rest", || async {
        let icon = desktop.icon().await?;
        Ok(icon.filter(|icon| icon.says(&line) && icon.status == "Active"))
    })
    .await?;
    ensure!(listens.pixels != failed.pixels, "another picture");
    wait::until("the notification is taken away", || async {
        Ok((desktop.closed() == [first.number]).then_some(()))
    })
    .await?;
    window.click(&test_id("notices")).await?;
    window.find(&row("Over")).await?;
    // A click beside the list closes it.
    window.click(&test_id("theme")).await?;
    window.gone(&row("Over")).await?;
    window.click(&test_id("notices")).await?;
    window.find(&row("Over")).await?;
    window.picture("notices-over-dark").await?;
    window.is_accessible("Notices").await?;
    window.click(&test_id("notices-clear")).await?;
    window.find(&test_id("notices-empty")).await?;
    window.resize(1024, 700).await?;
    window.picture("notices-empty-dark-1024x700").await?;
    window.press(thirtyfour::Key::Escape).await?;

    // The tray stops what the window shows.
    desktop.choose("Stop listener").await?;
    let stopped = icon(&desktop, "Listener stopped").await?;
    ensure!(stopped.pixels != listens.pixels && stopped.pixels != failed.pixels);
    wait::until("the window shows it", || async {
        let status = window.invoke("listener_status").await?;
        Ok((status["state"] == "stopped").then_some(()))
    })
    .await?;
    assert_eq!(desktop.notifications().len(), 1, "a person stopped it");
    window.close().await?;
    wait::until("the icon goes with the application", || async {
        Ok(desktop.icon().await?.is_none().then_some(()))
    })
    .await
}

#[tokio::test]
async fn desktop_notices_tell_that_redis_is_gone_and_take_it_away_when_it_is_back() -> Result<()> {
    let (mut redis, mongod) = (Redis::start()?, Mongod::start()?);
    let desktop = Session::with_tray().await?;
    let window = Window::open_at(&desktop, |_settings| ()).await?;
    look_elsewhere(&window).await?;
    let mongo = mongod.url().replace("/?", "/bakery?");
    let env = format!("REDIS_URL={}\nMONGODB_URI={mongo}\n", redis.url());
    window
        .invoke_with(
            "connections_import_env",
            json!({ "text": env, "name": "Shop" }),
        )
        .await?;
    window
        .invoke_with("connection_open", json!({ "name": "Shop" }))
        .await?;
    icon(&desktop, "Shop: observe").await?;
    // Long enough to be looked at while all is well.
    wait_for(SOME_QUESTIONS).await;
    assert_eq!(desktop.notifications(), []);

    redis.kill();
    let gone = told(&desktop).await?;
    assert_eq!(gone.title, "Redis of “Shop” does not answer");
    ensure!(gone.text.contains("tried again by itself"), "{gone:?}");
    wait_for(SOME_QUESTIONS).await;
    assert_eq!(desktop.notifications(), std::slice::from_ref(&gone));
    window.click(&test_id("notices")).await?;
    window.find(&row("Redis of “Shop” does not answer")).await?;
    window.picture("notices-redis-light").await?;
    window.press(thirtyfour::Key::Escape).await?;

    redis.restart()?;
    wait::until("the notification is taken away", || async {
        Ok((desktop.closed() == [gone.number]).then_some(()))
    })
    .await?;
    assert_eq!(desktop.notifications().len(), 1);
    window.close().await
}

#[tokio::test]
async fn desktop_notices_are_muted_by_kind_and_the_icon_comes_when_there_is_a_place_for_it()
-> Result<()> {
    let taken = TcpListener::bind(("127.0.0.1", 0))?;
    let port = taken.local_addr()?.port();
    let desktop = Session::start().await?;
    let window = failing(Some(&desktop), port, true).await?;
    window.click(&test_id("notices")).await?;
    window.find(&row("The listener does not run")).await?;
    let says = window.text(&test_id("notices-tray")).await?;
    ensure!(says.contains("no icon"), "{says}");
    wait_for(A_WHILE).await;
    assert_eq!(desktop.notifications(), [], "of this kind none is wanted");

    desktop.make_room_for_icons().await?;
    icon(&desktop, "Offline profile").await?;
    window
        .find(&test_id("notices-tray").with_text("brings the window back"))
        .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_notices_are_on_the_list_where_there_is_no_desktop_to_tell() -> Result<()> {
    let taken = TcpListener::bind(("127.0.0.1", 0))?;
    let port = taken.local_addr()?.port();
    let window = failing(None, port, false).await?;
    window.click(&test_id("notices")).await?;
    window.find(&row("The listener does not run")).await?;
    wait::until("the log says that nobody shows them", || async {
        let log = window.log()?;
        let all = log.contains("there is no tray icon") && log.contains("shows no notifications");
        Ok(all.then_some(()))
    })
    .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_notices_the_listener_stays_in_the_tray_when_the_window_is_closed() -> Result<()> {
    let desktop = Session::with_tray().await?;
    let window = Window::open_at(&desktop, |_settings| ()).await?;
    let status = wait::until("the listener runs", || async {
        let status = window.invoke("listener_status").await?;
        Ok((status["state"] == "running").then_some(status))
    })
    .await?;
    let port = status["port"].as_u64().context("a port")?;
    let listening = format!("Listening on port {port}");
    icon(&desktop, &listening).await?;
    let keep = "Keep listening when the window is closed";
    desktop.choose(keep).await?;
    wait::until("the window knows it", || async {
        let ticked = |icon: Item| icon.entries.iter().any(|it| it.label == keep && it.ticked);
        let ticks = desktop.icon().await?.is_some_and(ticked);
        let kept = window.stored_settings()?["keepInTray"] == true;
        Ok((ticks && kept).then_some(()))
    })
    .await?;

    // The page is gone before it can answer.
    let _ = window.invoke("window_close").await;
    window.windows_are(0).await?;
    wait_for(A_WHILE).await;
    icon(&desktop, &listening).await?;
    let healthy = reqwest::get(format!("http://127.0.0.1:{port}/healthz")).await?;
    assert_eq!(healthy.status(), 200, "it listens without a window");

    desktop.choose("Show window").await?;
    window.windows_are(1).await?;
    desktop.choose("Quit").await?;
    wait::until("the application has ended", || async {
        Ok(desktop.icon().await?.is_none().then_some(()))
    })
    .await?;
    let port = u16::try_from(port)?;
    wait::until("nothing listens any more", || async {
        Ok(TcpListener::bind(("127.0.0.1", port)).ok())
    })
    .await?;
    Ok(())
}
