//! Traffic in the real window: what the developer of a webhook system does with it.

use anyhow::{Context, Result};
use heliograph_listener::signature::sign;
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, test_id};
use serde_json::json;
use std::fs;
use std::path::Path;

pub(crate) const ACCOUNT: &str = "17841400000000001";

/// The listener of a window, as Meta reaches it.
#[derive(Clone)]
pub(crate) struct Meta {
    client: reqwest::Client,
    url: String,
    secret: String,
}

impl Meta {
    pub(crate) async fn of(window: &Window) -> Result<Self> {
        let url = wait::until("the listener runs", || async {
            let mut status = window.invoke("listener_status").await?;
            // Another test's server may have taken the port that was free a moment ago.
            if status["state"] == "failed" {
                let any = json!({ "port": 0 });
                status = window.invoke_with("listener_start", any).await?;
            }
            Ok(status["address"].as_str().map(str::to_owned))
        })
        .await?;
        let secret = window.invoke("listener_app_secret").await?;
        Ok(Self {
            client: reqwest::Client::new(),
            url,
            secret: secret.as_str().context("the secret is a text")?.to_owned(),
        })
    }

    /// Where it is, without the path.
    pub(crate) fn origin(&self) -> Result<String> {
        let url: reqwest::Url = self.url.parse()?;
        Ok(url.origin().ascii_serialization())
    }

    async fn post(&self, body: String, signature: Option<String>) -> Result<u16> {
        let mut request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("user-agent", "facebookplatform/1.0")
            .body(body);
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature-256", signature);
        }
        Ok(request.send().await?.status().as_u16())
    }

    pub(crate) async fn signed(&self, body: String) -> Result<()> {
        let signature = sign(&self.secret.as_str().into(), body.as_bytes());
        let status = self.post(body, Some(signature)).await?;
        anyhow::ensure!(status == 200, "the listener answered {status}");
        Ok(())
    }
}

pub(crate) fn message(from: &str, id: &str, text: &str) -> String {
    json!({ "object": "instagram", "entry": [{
        "id": ACCOUNT, "time": 1_790_000_000_500_i64,
        "messaging": [{
            "sender": { "id": from }, "recipient": { "id": ACCOUNT },
            "timestamp": 1_790_000_000_123_i64,
            "message": { "mid": id, "text": text },
        }],
    }]})
    .to_string()
}

pub(crate) fn comment(from: &str, id: &str, text: &str) -> String {
    json!({ "object": "instagram", "entry": [{
        "id": ACCOUNT, "time": 1_790_000_020,
        "changes": [{ "field": "comments", "value": {
            "from": { "id": from, "username": format!("visitor.{from}") },
            "media": { "id": "18000000000000071", "media_product_type": "FEED" },
            "id": id, "text": text,
        }}],
    }]})
    .to_string()
}

fn row(text: &str) -> Locator {
    test_id("traffic-row").with_text(text)
}

pub(crate) async fn open(width: u32, height: u32) -> Result<(Window, Meta)> {
    let window = Window::open().await?;
    window.resize(width, height).await?;
    window.click(&test_id("screen-traffic")).await?;
    window.find(&test_id("traffic-filter")).await?;
    let meta = Meta::of(&window).await?;
    Ok((window, meta))
}

async fn tab(window: &Window, name: &str) -> Result<String> {
    window
        .click(&test_id(&format!("traffic-tab-{name}")))
        .await?;
    window.text(&test_id("traffic-panel")).await
}

#[tokio::test]
async fn desktop_traffic_shows_arrivals_and_why_a_forged_one_was_refused() -> Result<()> {
    let (window, meta) = open(1440, 900).await?;
    window.find(&test_id("traffic-empty")).await?;
    window.picture("traffic-empty-light").await?;

    meta.signed(message("900000000000011", "m1", "The menu, please"))
        .await?;
    meta.signed(comment("900000000000012", "18000000000000501", "lovely"))
        .await?;
    let sent = window
        .text(&row("The menu, please").with_text("The menu, please"))
        .await?;
    assert!(sent.contains("Menu"), "what matched is in the row: {sent}");
    window.find(&row("lovely")).await?;
    let body = message("900000000000013", "m2", "K\u{e4}se");
    let forged = sign(&"a guess".into(), body.as_bytes());
    assert_eq!(meta.post(body.clone(), Some(forged)).await?, 401);
    window.find(&row("Wrong secret")).await?;
    // Meta signs escapes; a framework that parses and writes again has other bytes.
    let escaped = body.replace('ä', "\\u00e4");
    let meant = sign(&meta.secret.as_str().into(), escaped.as_bytes());
    assert_eq!(meta.post(body, Some(meant)).await?, 401);
    window.click(&row("changed on the way")).await?;
    let story = window.text(&test_id("traffic-story")).await?;
    assert!(story.contains("decoded and written again"), "{story}");
    assert!(story.contains("Nothing of it reached the queue"), "{story}");
    let beyond = window.all(&test_id("traffic-tab-sends")).await?;
    assert!(beyond.is_empty(), "what was refused sent nothing");
    window.picture("traffic-refused-light").await?;
    let raw = tab(&window, "raw").await?;
    assert!(
        raw.contains("facebookplatform/1.0"),
        "headers as received: {raw}"
    );
    assert_eq!(window.text(&test_id("traffic-refused")).await?, "2 refused");
    assert!(raw.contains("K\u{e4}se"), "the body, as text: {raw}");
    // Sent through the listener once more, with the signature that it lacked.
    window.click(&test_id("traffic-sign")).await?;
    window.find(&test_id("compose-untrusted")).await?;
    window.picture("traffic-sign-light").await?;
    window.is_accessible("signing a refused request").await?;
    window.click(&test_id("compose-send")).await?;
    window.find(&row("K\u{e4}se")).await?;
    window.click(&test_id("compose-close")).await?;
    // A word of its body finds it among what was refused.
    window
        .type_into(&test_id("traffic-filter"), "result:refused 900000000000013")
        .await?;
    window.click(&test_id("traffic-search")).await?;
    wait::until("both are found", || async {
        let rows = window.all(&test_id("traffic-row")).await?;
        Ok((rows.len() == 2).then_some(()))
    })
    .await?;
    window.picture("traffic-refused-found-light").await?;
    window.click(&test_id("traffic-row")).await?;
    let raw = tab(&window, "raw").await?;
    assert!(raw.contains("900000000000013"), "its raw body: {raw}");
    window.click(&test_id("traffic-filter-clear")).await?;
    assert_eq!(
        window.text(&test_id("traffic-deliveries")).await?,
        "3 deliveries"
    );

    window.click(&row("The menu, please")).await?;
    // The side of a delivery that was looked at last is in front for the next one, too.
    let story = tab(&window, "story").await?;
    assert!(story.contains("“Menu”"), "{story}");
    window.picture("traffic-story-light").await?;
    let raw = tab(&window, "raw").await?;
    assert!(
        raw.contains("Signature holds") && raw.contains("x-hub-signature-256"),
        "{raw}"
    );
    assert!(tab(&window, "trace").await?.contains("Menu"));
    window.picture("traffic-trace-light").await?;
    assert!(tab(&window, "cache").await?.contains("reads in all"));
    let sends = tab(&window, "sends").await?;
    assert!(
        sends.contains(&format!("POST /{ACCOUNT}/messages")),
        "{sends}"
    );
    assert!(sends.contains("message_id"), "the answer is there: {sends}");
    assert!(tab(&window, "waterfall").await?.contains("durable"));
    window.picture("traffic-waterfall-light").await?;
    window.is_accessible("Traffic").await?;
    window.close().await
}

#[tokio::test]
async fn desktop_traffic_is_filtered_with_completions_and_searched_in_the_journal() -> Result<()> {
    let (window, meta) = open(1440, 900).await?;
    for number in 0..12 {
        let from = format!("9000000000000{number:02}");
        if number % 3 == 0 {
            let id = format!("1800000000000060{number}");
            meta.signed(comment(&from, &id, "nice photo")).await?;
        } else {
            let text = if number == 1 { "needle" } else { "hello" };
            meta.signed(message(&from, &format!("m{number}"), text))
                .await?;
        }
    }
    window
        .find(&test_id("traffic-events").with_text("12 events"))
        .await?;
    window.type_into(&test_id("traffic-filter"), "ki").await?;
    window.click(&test_id("completion-kind:")).await?;
    window.click(&test_id("completion-comment")).await?;
    window
        .find(&test_id("traffic-shown").with_text("4 rows"))
        .await?;
    assert!(window.all(&row("hello")).await?.is_empty());
    window.picture("traffic-filtered-light").await?;
    window
        .replace(&test_id("traffic-filter"), "kinds:x ")
        .await?;
    let problem = window.text(&test_id("traffic-filter-problem")).await?;
    assert!(problem.contains("no field “kinds”"), "{problem}");
    window
        .replace(&test_id("traffic-filter"), "needle -kind:comment")
        .await?;
    window
        .find(&test_id("traffic-shown").with_text("1 row"))
        .await?;
    window.click(&test_id("traffic-search")).await?;
    window
        .find(&test_id("traffic-journal").with_text("1 row found"))
        .await?;
    window.click(&row("needle")).await?;
    window
        .find(&test_id("traffic-story").with_text("needle"))
        .await?;
    window.close().await
}

#[tokio::test]
async fn desktop_traffic_is_replayed_edited_and_composed() -> Result<()> {
    let (window, meta) = open(1440, 900).await?;
    meta.signed(message("900000000000011", "m1", "hours"))
        .await?;
    window.click(&row("hours")).await?;
    window.find(&test_id("traffic-story")).await?;
    window.click(&test_id("traffic-replay")).await?;
    window.click(&test_id("compose-as_it_was")).await?;
    window.click(&test_id("compose-send")).await?;
    window
        .find(&test_id("compose-verdict").with_text("Not the same"))
        .await?;
    window.find(&row("Repeat")).await?;
    window.click(&test_id("compose-as_new")).await?;
    window.click(&test_id("compose-send")).await?;
    window
        .find(&test_id("compose-verdict").with_text("The same as before"))
        .await?;

    window
        .replace(&test_id("compose-body"), "{ \"object\": ")
        .await?;
    let wrong = window.text(&test_id("compose-json-problem")).await?;
    assert!(wrong.contains("Line 1"), "{wrong}");
    window
        .replace(
            &test_id("compose-body"),
            &message("900000000000011", "m1", "menu"),
        )
        .await?;
    window.click(&test_id("compose-send")).await?;
    window.find(&test_id("compared").with_text("Menu")).await?;
    window.picture("traffic-compared-light").await?;
    window.is_accessible("Traffic").await?;

    window.click(&test_id("traffic-compose-open")).await?;
    window
        .type_into(&test_id("compose-find"), "comment on a post")
        .await?;
    // WebDriver cannot click into a list of options that scrolls.
    window
        .script(
            "const list = document.querySelector('[data-testid=compose-template]'); \
             list.value = 'comment.on_post'; \
             list.dispatchEvent(new Event('change', { bubbles: true }));",
        )
        .await?;
    window
        .find(&test_id("compose-becomes").with_text("Comment"))
        .await?;
    window.click(&test_id("compose-to-listener")).await?;
    window.picture("traffic-compose-light").await?;
    window.click(&test_id("compose-send")).await?;
    window
        .find(&test_id("compose-answered").with_text("200"))
        .await?;
    window.find(&row("price please")).await?;
    // What came of the post is still being told, and moves what stands above it.
    wait::until("another address is asked for", || async {
        window.click(&test_id("compose-to-url")).await?;
        let fields = window.all(&test_id("compose-url")).await?;
        Ok((!fields.is_empty()).then_some(()))
    })
    .await?;
    window
        .type_into(&test_id("compose-url"), "https://example.com/webhook")
        .await?;
    window.click(&test_id("compose-send")).await?;
    let refused = window.text(&test_id("compose-problem")).await?;
    assert!(refused.contains("offline"), "{refused}");
    window.click(&test_id("theme")).await?;
    window.picture("traffic-compose-dark").await?;
    window.close().await
}

#[tokio::test]
async fn desktop_traffic_saves_filters_fixtures_and_scenarios() -> Result<()> {
    let (window, meta) = open(1024, 700).await?;
    meta.signed(message("900000000000011", "m1", "hours"))
        .await?;
    window.click(&row("hours")).await?;
    window.find(&test_id("traffic-story")).await?;
    window.picture("traffic-story-1024x700").await?;
    for what in ["fixture", "scenario"] {
        window.click(&test_id("traffic-more")).await?;
        window
            .click(&test_id(&format!("traffic-save-{what}")))
            .await?;
        window
            .type_into(&test_id("traffic-save-as"), "Asks for the hours")
            .await?;
        window.click(&test_id("traffic-save")).await?;
        let notice = window.text(&test_id("notice").with_text("hours")).await?;
        let path = notice.trim().trim_start_matches("Saved: ");
        assert!(Path::new(path).is_file(), "{notice}");
        let kept = fs::read_to_string(path)?;
        assert!(kept.contains("hours"), "{kept}");
        window
            .click(&Locator::css("header [aria-label=Dismiss]"))
            .await?;
    }
    window.click(&test_id("traffic-compose-open")).await?;
    window
        .find(&Locator::css(
            "option[value=\"dm_text.asks-for-the-hours\"]",
        ))
        .await?;
    window.picture("traffic-compose-1024x700").await?;
    let scenarios = window.invoke("scenarios_list").await?;
    let file = scenarios[0]["file"]
        .as_str()
        .context("it is among the scenarios")?
        .to_owned();
    let outcome = window
        .invoke_with("scenarios_run", json!({ "file": file }))
        .await?;
    assert_eq!(outcome["passed"], true, "{outcome}");
    window
        .type_into(&test_id("traffic-filter"), "result:sent ")
        .await?;
    window.click(&test_id("traffic-saved")).await?;
    window
        .type_into(&test_id("traffic-save-name"), "Answered")
        .await?;
    window.click(&test_id("traffic-save-filter")).await?;
    window.find(&test_id("saved-Answered")).await?;

    // Another filter, and back to the saved one by its name.
    window.click(&test_id("traffic-saved")).await?;
    meta.signed(message("900000000000012", "m2", "nobody awaits this"))
        .await?;
    window.click(&test_id("traffic-filter-clear")).await?;
    window.find(&row("nobody awaits this")).await?;
    window
        .replace(&test_id("traffic-filter"), "body:900000000000012 ")
        .await?;
    window
        .find(&test_id("traffic-shown").with_text("1 row"))
        .await?;
    assert!(
        window.all(&row("hours")).await?.is_empty(),
        "another filter"
    );
    window.click(&test_id("traffic-saved")).await?;
    window.click(&test_id("saved-Answered")).await?;
    wait::until("the saved filter shows its rows", || async {
        let rows = window.all(&row("hours")).await?;
        let others = window.all(&row("nobody awaits this")).await?;
        Ok((rows.len() == 1 && others.is_empty()).then_some(()))
    })
    .await?;
    let field = window.find(&test_id("traffic-filter")).await?;
    let written = field.prop("value").await?;
    assert_eq!(
        written.as_deref(),
        Some("result:sent"),
        "it stands in the bar"
    );
    window.close().await
}

#[tokio::test]
async fn desktop_traffic_is_found_by_the_time_the_body_and_the_account() -> Result<()> {
    let (window, meta) = open(1440, 900).await?;
    meta.signed(message("900000000000011", "m-needle-1", "The menu, please"))
        .await?;
    meta.signed(message("900000000000012", "m2", "nobody awaits this"))
        .await?;
    window
        .find(&test_id("traffic-events").with_text("2 events"))
        .await?;
    let filtered = async |filter: &str, rows: &str| -> Result<()> {
        window.replace(&test_id("traffic-filter"), filter).await?;
        let shown = test_id("traffic-shown").with_text(rows);
        window.find(&shown).await.map(drop)
    };
    filtered("since:10m signature:ok ", "2 rows").await?;
    filtered("before:10m ", "0 rows").await?;
    filtered("body:eedle state:awaiting_opening_response ", "1 row").await?;
    window.find(&row("The menu, please")).await?;
    filtered("-state:none cache:workspace account:", "").await?;
    window.picture("traffic-account-completed-light").await?;
    // A word of nothing but the body, further back, and inside of another one.
    filtered("body:eedle since:today ", "1 row").await?;
    window.click(&test_id("traffic-search")).await?;
    window
        .find(&test_id("traffic-journal").with_text("1 row found"))
        .await?;
    window.picture("traffic-body-found-light").await?;
    window.click(&test_id("traffic-live")).await?;
    window
        .replace(&test_id("traffic-filter"), "since:25:00 ")
        .await?;
    let problem = window.text(&test_id("traffic-filter-problem")).await?;
    assert!(problem.contains("Clocks never show 25:00"), "{problem}");
    assert!(problem.contains("in your zone"), "{problem}");
    window.picture("traffic-no-time-light").await?;
    window.close().await
}

/// Runs a command line as a person pastes it; `None` where there is no shell or no curl.
async fn run(line: &str) -> Option<String> {
    let ran = tokio::process::Command::new("sh")
        .args(["-c", line])
        .output()
        .await
        .ok()?;
    // 127: a shell that does not find the program.
    (ran.status.code() != Some(127)).then(|| String::from_utf8_lossy(&ran.stdout).into_owned())
}

#[tokio::test]
async fn desktop_traffic_many_of_a_search_are_replayed_and_curl_is_copied_beforehand() -> Result<()>
{
    let (window, meta) = open(1440, 900).await?;
    for (number, text) in ["hours", "menu", "hours"].into_iter().enumerate() {
        let from = format!("90000000000001{number}");
        meta.signed(message(&from, &format!("m{number}"), text))
            .await?;
    }
    window
        .find(&test_id("traffic-events").with_text("3 events"))
        .await?;
    window
        .type_into(&test_id("traffic-filter"), "text:hours")
        .await?;
    window.click(&test_id("traffic-search")).await?;
    window
        .find(&test_id("traffic-journal").with_text("2 rows found"))
        .await?;
    // What is replayed is what the search found, although more has come since.
    meta.signed(message("900000000000019", "m9", "hours"))
        .await?;
    window
        .find(&test_id("traffic-events").with_text("4 events"))
        .await?;
    window.click(&test_id("traffic-replay-all")).await?;
    window.click(&test_id("many-send")).await?;
    let outcome = window.text(&test_id("many-outcome")).await?;
    assert!(
        outcome.contains("2 deliveries were sent again"),
        "{outcome}"
    );
    assert!(outcome.contains("2 came out the same"), "{outcome}");
    window.picture("traffic-many-light").await?;

    // Copied while the listener rests, and run once it is started again.
    let status = window.invoke("listener_status").await?;
    window.invoke("listener_stop").await?;
    let asked = json!({ "body": message("900000000000018", "m8", "it's me"),
                        "freshness": "as_new", "url": null, "secret": null });
    let copied = window.invoke_with("traffic_curl", asked).await?;
    assert_eq!(copied["isRunning"], false, "{copied}");
    let line = copied["line"].as_str().context("a line")?;
    let address = status["address"].as_str().context("it ran")?;
    assert!(line.contains(address), "{line}");
    window
        .invoke_with("listener_start", json!({ "port": status["port"] }))
        .await?;
    let answer = run(line)
        .await
        .context("install curl to run what is copied")?;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    window.click(&test_id("traffic-live")).await?;
    window.click(&test_id("traffic-filter-clear")).await?;
    window.find(&row("it's me")).await?;
    window.close().await
}
