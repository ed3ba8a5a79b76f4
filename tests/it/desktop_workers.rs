//! The hit rates of workers elsewhere in the real window: real `heliograph serve`s on real
//! servers, whose figures are what their own metrics say.

use anyhow::{Context, Result, ensure};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_runtime::ProductionPlace;
use heliograph_tests::production::Servers;
use heliograph_tests::rig::served::{APP_SECRET, Poster, Served, Site, VERIFY_TOKEN};
use heliograph_tests::rig::{shop, webhook};
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, test_id};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// The collections that have a rate.
const COLLECTIONS: [&str; 3] = ["workspace", "automations", "user_state"];

/// A server on the place, with its metrics on this port; 0 for any.
fn serve(site: &Site, place: &ProductionPlace, port: u16) -> Result<Served> {
    let secrets = site.folder().join("secrets.json");
    let kept = json!({ "server": { "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN } });
    std::fs::write(&secrets, kept.to_string())?;
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600))?;
    let mut command = site.on_servers("serve", place)?;
    command
        .args(["--json", "--quiet", "--guard", "live"])
        .args(["--listen", "127.0.0.1:0"])
        .args(["--metrics", &format!("127.0.0.1:{port}")])
        .arg("--secrets")
        .arg(&secrets)
        .arg("--workspace")
        .arg(site.workspace());
    Served::start(command)
}

/// Lets so many people write, the first of them as number `from`.
async fn write(
    site: &Site,
    served: &Served,
    poster: &Poster,
    from: u32,
    people: u32,
) -> Result<()> {
    let (account, now) = (shop::account(1), SystemClock.now());
    for number in from..from + people {
        let contact = format!("90000000000{number:04}").into();
        site.instagram.person_wrote(&account, &contact, None, now);
        let item = webhook::text(&account, &contact, &format!("m_{number}"), "hello", now);
        let body = webhook::messaging(&account, &[item], now);
        let (status, said) = poster.post(&served.url, &body).await?;
        ensure!(status == 200, "{status}: {said}");
    }
    Ok(())
}

/// What one page of metrics has counted.
#[derive(Debug, Clone, Default, PartialEq)]
struct Page {
    deliveries: u64,
    /// Reads and hits of each of the [`COLLECTIONS`].
    reads: [(u64, u64); 3],
}

impl Page {
    async fn of(poster: &Poster, served: &Served) -> Result<Self> {
        let url = served.metrics.as_deref().context("it serves metrics")?;
        let (status, text) = poster.get(url, &[]).await?;
        ensure!(status == 200, "{text}");
        let mut page = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (series, value) = line.rsplit_once(' ').context("a value")?;
            if series == "heliograph_deliveries_total" {
                page.deliveries = value.parse()?;
            }
            let Some(labels) = series.strip_prefix("heliograph_cache_reads_total") else {
                continue;
            };
            for (at, name) in COLLECTIONS.iter().enumerate() {
                if !labels.contains(&format!("collection=\"{name}\"")) {
                    continue;
                }
                let number: u64 = value.parse()?;
                page.reads[at].0 += number;
                let before_store = ["near", "shared"]
                    .iter()
                    .any(|tier| labels.contains(&format!("tier=\"{tier}\"")));
                let is_hit = ["hit", "negative_hit", "stale"]
                    .iter()
                    .any(|outcome| labels.contains(&format!("outcome=\"{outcome}\"")));
                if before_store && is_hit {
                    page.reads[at].1 += number;
                }
            }
        }
        Ok(page)
    }

    fn since(&self, before: &Self) -> Self {
        let mut since = self.clone();
        since.deliveries -= before.deliveries;
        for (now, before) in since.reads.iter_mut().zip(before.reads) {
            *now = (now.0 - before.0, now.1 - before.1);
        }
        since
    }

    fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.deliveries += other.deliveries;
        for (all, more) in both.reads.iter_mut().zip(other.reads) {
            *all = (all.0 + more.0, all.1 + more.1);
        }
        both
    }

    /// The rate of a collection as the window writes it: rounded down, and nearer at the top.
    fn rate(&self, at: usize) -> String {
        let (reads, hits) = self.reads[at];
        if reads == 0 {
            return "–".to_owned();
        }
        #[allow(clippy::cast_precision_loss, reason = "as the window counts")]
        let share = hits as f64 / reads as f64 * 100.0;
        let digits = usize::from(share >= 99.0) + 1;
        let factor = 10_f64.powi(i32::try_from(digits).unwrap());
        let floored = (share * factor + 1e-9).floor() / factor;
        if hits == reads {
            "100 %".to_owned()
        } else {
            format!("{floored:.digits$} %")
        }
    }
}

/// Waits until the servers have handled so many deliveries together and count nothing more.
async fn at_rest(poster: &Poster, servers: &[&Served], deliveries: u64) -> Result<Vec<Page>> {
    let deadline = Instant::now() + wait::PATIENCE;
    let mut before = Vec::new();
    loop {
        let mut pages = Vec::new();
        for served in servers {
            pages.push(Page::of(poster, served).await?);
        }
        let handled: u64 = pages.iter().map(|page| page.deliveries).sum();
        if handled == deliveries && pages == before {
            return Ok(pages);
        }
        ensure!(
            Instant::now() < deadline,
            "{handled} of {deliveries}: {pages:?}"
        );
        before = pages;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// What the window says of each worker: its line, and of each collection the hint and text.
async fn lines(window: &Window) -> Result<Vec<(String, Value)>> {
    let found = window
        .script(
            "return [...document.querySelectorAll('[data-testid=cache-worker]')].map((line) => \
             [line.innerText, Object.fromEntries([...line.querySelectorAll( \
             '[data-testid^=cache-worker-]')].map((rate) => [rate.dataset.testid.slice(13), \
             rate.title + ' | ' + rate.innerText]))]);",
        )
        .await?;
    Ok(serde_json::from_value(found)?)
}

fn port(served: &Served) -> Result<u16> {
    let url: reqwest::Url = served.metrics.as_deref().context("metrics")?.parse()?;
    url.port().context("a port")
}

/// Waits until a worker's line says of every collection what came of it in this time.
async fn says(window: &Window, served: &Served, came: &Page) -> Result<()> {
    let name = format!("127.0.0.1:{}", port(served)?);
    wait::until(&format!("{name} says {came:?}"), || async {
        let lines = lines(window).await?;
        let Some((_, rates)) = lines.iter().find(|(text, _)| text.contains(&name)) else {
            return Ok(None);
        };
        let all = COLLECTIONS.iter().enumerate().all(|(at, collection)| {
            let said = rates[*collection]
                .as_str()
                .unwrap_or_default()
                .replace(',', "");
            let reads = format!("{} reads in this time", came.reads[at].0);
            said.starts_with(&reads) && said.ends_with(&came.rate(at))
        });
        Ok(all.then_some(()))
    })
    .await
}

/// Waits until the table's rows say what came.
async fn table_says(window: &Window, came: &Page) -> Result<()> {
    for (at, collection) in COLLECTIONS.iter().enumerate() {
        let row = test_id(&format!("cache-row-{collection}")).with_text(&came.rate(at));
        window.find(&row).await?;
    }
    Ok(())
}

#[tokio::test]
async fn desktop_workers_elsewhere_are_shown_as_their_metrics_say() -> Result<()> {
    let parrot = [shop::parrot()];
    let (servers, site) = (Servers::start()?, Site::shop(2, &parrot).await?);
    let place = servers.place();
    let (mut first, second) = (serve(&site, &place, 0)?, serve(&site, &place, 0)?);
    let poster = Poster::new()?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.save_profile("Shop", &place, |_| ()).await?;

    // The addresses are typed, and what is wrong with one is said.
    window.click(&test_id("screen-connections")).await?;
    window.click(&test_id("edit-Shop")).await?;
    let address = |served: &Served| served.metrics.clone().context("metrics");
    window
        .type_into(&test_id("profile-metrics-0"), &address(&first)?)
        .await?;
    window.click(&test_id("profile-metrics-test-0")).await?;
    window
        .find(&test_id("profile-metrics-found-0").with_text("answers"))
        .await?;
    window.click(&test_id("profile-metrics-add")).await?;
    let wrong = address(&second)?.replace("/metrics", "/stats");
    window
        .type_into(&test_id("profile-metrics-1"), &wrong)
        .await?;
    window.click(&test_id("profile-metrics-test-1")).await?;
    window
        .find(&test_id("profile-metrics-found-1").with_text("End the address with /metrics"))
        .await?;
    window
        .script("document.querySelector('[data-testid=profile-metrics-1]').scrollIntoView({ block: 'center' })")
        .await?;
    window.picture("connections-metrics-light").await?;
    window.is_accessible("addresses of metrics").await?;
    window
        .replace(&test_id("profile-metrics-1"), &address(&second)?)
        .await?;
    window.click(&test_id("profile-save")).await?;
    window.gone(&test_id("profile-editor")).await?;
    window.connect("Shop", "observe").await?;

    // At observe the workers' figures are what is shown first.
    window.click(&test_id("screen-cache")).await?;
    let chosen = |of: &str| {
        Locator::css(format!(
            "[data-testid=cache-source-{of}][aria-checked=true]"
        ))
    };
    window.find(&chosen("workers")).await?;
    let answers = || async {
        let lines = lines(&window).await?;
        Ok((lines.len() == 2 && lines.iter().all(|(text, _)| text.contains("up "))).then_some(()))
    };
    wait::until("both answer", answers).await?;
    window.picture("cache-workers-idle-light").await?;
    let before = at_rest(&poster, &[&first, &second], 0).await?;
    write(&site, &first, &poster, 0, 120).await?;
    write(&site, &second, &poster, 120, 120).await?;
    // They write again, so that there is something cached.
    let now = SystemClock.now();
    for number in 0..240 {
        let contact = format!("90000000000{number:04}").into();
        let text = webhook::text(
            &shop::account(1),
            &contact,
            &format!("again_{number}"),
            "hi",
            now,
        );
        let body = webhook::messaging(&shop::account(1), &[text], now);
        poster.post(&first.url, &body).await?;
    }
    let after = at_rest(&poster, &[&first, &second], 480).await?;
    let came: Vec<_> = after
        .iter()
        .zip(&before)
        .map(|(now, it)| now.since(it))
        .collect();
    ensure!(
        came.iter().all(|page| page.deliveries > 0),
        "both work: {came:?}"
    );
    says(&window, &first, &came[0]).await?;
    says(&window, &second, &came[1]).await?;
    table_says(&window, &came[0].with(&came[1])).await?;
    window.picture("cache-workers-light").await?;
    window.is_accessible("workers elsewhere").await?;
    window
        .find(&test_id("status-whose").with_text("Shop · 2 workers"))
        .await?;
    let line = test_id("status-line");
    window.find(&line.with_text("480 deliveries")).await?;

    // One by one, and this window's own, which does nothing.
    let name = |served: &Served| Ok::<_, anyhow::Error>(format!("127.0.0.1:{}", port(served)?));
    let button =
        |address: &str| Locator::css("[data-testid=cache-worker] button").with_text(address);
    window.click(&button(&name(&second)?)).await?;
    window
        .find(&chosen("worker").with_text(&name(&second)?))
        .await?;
    table_says(&window, &came[1]).await?;
    window.click(&test_id("cache-source-window")).await?;
    window
        .find(&test_id("cache-idle").with_text("reads nothing itself"))
        .await?;
    window.click(&test_id("cache-source-workers")).await?;
    table_says(&window, &came[0].with(&came[1])).await?;

    // One that is down is said, and started again it goes on where it was.
    let first_port = port(&first)?;
    first.kill()?;
    let down = test_id("cache-worker").with_text("Nothing listens there.");
    window.find(&down).await?;
    window
        .find(&test_id("status-whose").with_text("1 of 2 workers answer"))
        .await?;
    window.picture("cache-workers-down-light").await?;
    says(&window, &second, &came[1]).await?;
    let first = serve(&site, &place, first_port)?;
    window
        .find(&test_id("cache-worker").with_text("started again 1 time"))
        .await?;
    write(&site, &first, &poster, 240, 60).await?;
    let second_so_far = after[1].deliveries;
    let last = at_rest(&poster, &[&first, &second], second_so_far + 60).await?;
    says(&window, &first, &came[0].with(&last[0])).await?;
    says(&window, &second, &last[1].since(&before[1])).await?;
    window.resize(1024, 700).await?;
    window.picture("cache-workers-1024x700-light").await?;
    window.close().await
}
