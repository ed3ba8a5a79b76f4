//! What a worker elsewhere handles, in the real window at *observe*: a real
//! `heliograph serve` on real servers, and the window's Traffic beside it.

use anyhow::{Result, ensure};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_runtime::ProductionPlace;
use heliograph_tests::production::Servers;
use heliograph_tests::rig::served::{APP_SECRET, Poster, Served, Site, VERIFY_TOKEN};
use heliograph_tests::rig::{shop, webhook};
use heliograph_tests::window::{Locator, Window, test_id};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;

/// A server on the place, which is called blue.
fn serve(site: &Site, place: &ProductionPlace) -> Result<Served> {
    let secrets = site.folder().join("secrets.json");
    let kept = json!({ "server": { "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN } });
    std::fs::write(&secrets, kept.to_string())?;
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600))?;
    let mut command = site.on_servers("serve", place)?;
    command
        .args(["--json", "--quiet", "--guard", "live"])
        .args(["--listen", "127.0.0.1:0", "--worker-name", "blue"])
        .arg("--secrets")
        .arg(&secrets)
        .arg("--workspace")
        .arg(site.workspace());
    Served::start(command)
}

/// Somebody writes, and the server is posted to.
async fn write(site: &Site, served: &Served, poster: &Poster, who: &str, text: &str) -> Result<()> {
    let (account, now) = (shop::account(1), SystemClock.now());
    let contact = who.into();
    site.instagram.person_wrote(&account, &contact, None, now);
    let mid = format!("m_{}", text.replace(' ', "_"));
    let item = webhook::text(&account, &contact, &mid, text, now);
    let body = webhook::messaging(&account, &[item], now);
    let (status, said) = poster.post(&served.url, &body).await?;
    ensure!(status == 200, "{status}: {said}");
    Ok(())
}

fn row(text: &str) -> Locator {
    test_id("traffic-row").with_text(text)
}

async fn shows(window: &Window, tab: &str, text: &str) -> Result<()> {
    window
        .click(&test_id(&format!("traffic-tab-{tab}")))
        .await?;
    window
        .find(&test_id("traffic-panel").with_text(text))
        .await?;
    Ok(())
}

#[tokio::test]
async fn desktop_elsewhere_a_worker_tells_what_it_handles_to_a_window_that_observes() -> Result<()>
{
    let parrot = [shop::parrot()];
    let (mut servers, site) = (Servers::start()?, Site::shop(2, &parrot).await?);
    let place = servers.place();
    let (served, poster) = (serve(&site, &place)?, Poster::new()?);
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.save_profile("Shop", &place, |_| ()).await?;
    window.connect("Shop", "observe").await?;
    window.click(&test_id("screen-traffic")).await?;
    let workers = test_id("traffic-workers");
    window
        .find(&workers.clone().with_text("1 worker tells what it handles"))
        .await?;
    window.find(&test_id("traffic-elsewhere")).await?;
    window
        .picture_in_both_themes("traffic-elsewhere-idle")
        .await?;

    write(&site, &served, &poster, "900000000000071", "is it open").await?;
    write(
        &site,
        &served,
        &poster,
        "900000000000072",
        "the menu please",
    )
    .await?;
    window.find(&row("is it open").with_text("Sent")).await?;
    window.click(&row("is it open")).await?;
    window
        .find(&test_id("traffic-story").with_text("The worker “blue” took it from the queue"))
        .await?;
    window
        .picture_in_both_themes("traffic-elsewhere-story")
        .await?;
    window
        .is_accessible_in_both_themes("a delivery of a worker elsewhere")
        .await?;
    shows(&window, "raw", "no queue keeps headers").await?;
    window
        .find(&test_id("traffic-body").with_text("is it open"))
        .await?;
    shows(&window, "trace", "Automations looked at").await?;
    shows(&window, "cache", "reads in all").await?;
    shows(&window, "sends", "You wrote is it open").await?;
    shows(&window, "waterfall", "worker blue took it").await?;
    window.resize(1024, 700).await?;
    window.picture("traffic-elsewhere-1024x700-light").await?;
    window.resize(1440, 900).await?;

    // It is asked for by the worker's name, and a contact's history has it.
    window.click(&test_id("traffic-close")).await?;
    window
        .type_into(&test_id("traffic-filter"), "worker:blue menu ")
        .await?;
    window
        .find(&test_id("traffic-shown").with_text("1 row"))
        .await?;
    window.click(&test_id("traffic-filter-clear")).await?;
    window
        .find(&test_id("traffic-shown").with_text("2 rows"))
        .await?;

    // After a restart the list begins with what was seen, and the contact's history has it.
    let window = window.restart().await?;
    window.connect("Shop", "observe").await?;
    window.click(&test_id("screen-traffic")).await?;
    window.find(&row("is it open").with_text("Sent")).await?;
    window.click(&row("is it open")).await?;
    window
        .find(&test_id("traffic-story").with_text("The worker “blue” took it from the queue"))
        .await?;
    window.click(&test_id("screen-conversations")).await?;
    window.click(&test_id("people-contacts")).await?;
    let contact = Locator::css("[data-testid=people-row][id$='900000000000071']");
    window.click(&contact).await?;
    let history = test_id("person-panel");
    window
        .find(&history.clone().with_text("You wrote is it open"))
        .await?;
    window
        .find(&history.with_text("this window has seen since"))
        .await?;
    window.picture("conversations-seen-before-light").await?;
    window.click(&test_id("screen-traffic")).await?;
    window.find(&workers).await?;

    // A subscription that breaks is said, and comes back by itself.
    servers.one_redis().kill();
    window
        .find(&test_id("traffic-deaf").with_text("has not been heard since"))
        .await?;
    window
        .picture_in_both_themes("traffic-elsewhere-deaf")
        .await?;
    window
        .is_accessible_in_both_themes("workers that are not heard")
        .await?;
    servers.one_redis().restart()?;
    window.gone(&test_id("traffic-deaf")).await?;
    window.find(&workers).await?;
    window.close().await
}
