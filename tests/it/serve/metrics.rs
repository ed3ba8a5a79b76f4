//! What a server tells of itself: metrics, figures at the end, and logs.

use anyhow::{Context, Result};
use bytes::Bytes;
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_instagram::simulated::{Failure, Fault, simulated_token};
use heliograph_tests::rig::served::{APP_SECRET, Poster, Served, Site, VERIFY_TOKEN};
use heliograph_tests::rig::{shop, webhook};
use heliograph_tests::wait;
use serde_json::Value;

const PORT: [&str; 2] = ["--metrics", "127.0.0.1:0"];

/// A webhook in which `who` writes to the first account now.
fn writes(site: &Site, who: &str) -> Bytes {
    let (account, contact, now) = (shop::account(1), who.into(), SystemClock.now());
    site.instagram.person_wrote(&account, &contact, None, now);
    let item = webhook::text(&account, &contact, &format!("m_{who}"), "hello", now);
    webhook::messaging(&account, &[item], now)
}

/// The value of one series.
fn value(page: &str, series: &str) -> Option<f64> {
    page.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

async fn scrape(poster: &Poster, served: &Served) -> Result<String> {
    let url = served.metrics.as_deref().context("it serves metrics")?;
    let (status, page) = poster.get(url, &[]).await?;
    assert_eq!(status, 200, "{page}");
    Ok(page)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_tell_what_was_posted_and_the_figures_at_the_end_the_same() -> Result<()> {
    let site = Site::shop(2, &[shop::parrot()]).await?;
    let mut served = site.serve_with(&PORT)?;
    let poster = Poster::new()?;
    let before = scrape(&poster, &served).await?;
    assert_eq!(value(&before, "heliograph_deliveries_total"), Some(0.0));
    let sent_series = "heliograph_sends_total{result=\"sent\"}";
    assert_eq!(
        value(&before, sent_series),
        Some(0.0),
        "there from the start"
    );

    let bodies = ["1001", "1002", "1003"].map(|who| writes(&site, who));
    for body in bodies.iter().chain(&bodies[..1]) {
        assert_eq!(poster.post(&served.url, body).await?.0, 200);
    }
    let forged = webhook::signature("another-secret", &bodies[0]);
    let (status, _) = poster.post_signed(&served.url, &bodies[0], &forged).await?;
    assert_eq!(status, 401);

    let page = wait::until(
        "all sends and the repeated event in the metrics",
        async || {
            let page = scrape(&poster, &served).await?;
            let sent = value(&page, sent_series) == Some(3.0);
            let duplicates = "heliograph_decisions_total{reason=\"duplicate\"}";
            let repeated = value(&page, duplicates) == Some(1.0);
            let rested = value(&page, "heliograph_queue_depth{state=\"active\"}") == Some(0.0);
            Ok((sent && repeated && rested).then_some(page))
        },
    )
    .await?;
    let is = |series: &str, number: f64| {
        assert_eq!(value(&page, series), Some(number), "{series} in\n{page}");
    };
    is("heliograph_deliveries_total", 4.0);
    is("heliograph_dead_letters_total", 0.0);
    is("heliograph_events_total{kind=\"dm_text\"}", 4.0);
    is("heliograph_events_total{kind=\"comment\"}", 0.0);
    is("heliograph_decisions_total{reason=\"started\"}", 3.0);
    is("heliograph_sends_total{result=\"failed\"}", 0.0);
    is("heliograph_queue_up", 1.0);
    is("heliograph_queue_depth{state=\"waiting\"}", 0.0);
    is("heliograph_queue_oldest_age_seconds", 0.0);
    is("heliograph_queue_wait_seconds_count", 4.0);
    is("heliograph_event_seconds_count", 4.0);
    is("heliograph_accept_to_send_seconds_count", 3.0);
    is("heliograph_accept_to_send_seconds_bucket{le=\"25\"}", 3.0);
    is("heliograph_send_seconds_count", 3.0);
    is(
        "heliograph_webhook_requests_total{result=\"accepted\"}",
        4.0,
    );
    is(
        "heliograph_webhook_requests_total{result=\"signature_wrong\"}",
        1.0,
    );
    let read =
        |rest: &str| format!("heliograph_cache_reads_total{{collection=\"workspace\",{rest}}}");
    is(&read("tier=\"store\",outcome=\"miss\""), 1.0);
    is(&read("tier=\"near\",outcome=\"hit\""), 3.0);
    is("heliograph_cache_hit_ratio{collection=\"workspace\"}", 0.75);
    let near = "{collection=\"workspace\",tier=\"near\"}";
    is(&format!("heliograph_cache_read_seconds_count{near}"), 3.0);
    let memory = value(&page, "process_resident_memory_bytes").context("its memory")?;
    assert!(memory > 1e6, "{memory}");
    assert!(page.contains("heliograph_build_info{version=\""), "{page}");
    assert!(
        !page.contains("write_behind"),
        "nothing is written behind here"
    );
    for id in ["1001", "1002", shop::account(1).as_str(), "parrot"] {
        assert!(
            !page.contains(id),
            "{id} is an id, and no label of a closed set"
        );
    }

    let (status, said) = served.terminate().await?;
    assert!(status.success(), "{said}");
    let report = served.report()?;
    assert_eq!(report["deliveries"], 4);
    assert_eq!(report["duplicates"], 1);
    assert_eq!(report["sends"]["sent"], 3);
    assert_eq!(report["eventsByKind"]["dm_text"], 4);
    assert_eq!(report["hitRates"][0]["collection"], "workspace");
    assert_eq!(report["hitRates"][0]["verdict"], "too_few_reads");
    assert!(
        report["latencies"][2]["p99Ms"].as_f64().is_some(),
        "{report}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_and_the_webhook_have_a_port_each_and_nothing_of_the_other() -> Result<()> {
    let site = Site::shop(2, &[shop::parrot()]).await?;
    let served = site.serve_with(&PORT)?;
    let poster = Poster::new()?;
    let body = writes(&site, "1001");
    let path = "/api/webhooks/instagram";
    let public = served
        .url
        .strip_suffix(path)
        .context("the webhook's path")?;
    let metrics = served.metrics.as_deref().context("it serves metrics")?;
    let inner = metrics.strip_suffix("/metrics").context("their path")?;
    assert_ne!(public, inner);

    assert_eq!(poster.get(&format!("{public}/metrics"), &[]).await?.0, 404);
    let (status, _) = poster.post(&format!("{inner}{path}"), &body).await?;
    assert_eq!(
        status, 404,
        "a delivery is not taken there, though it is signed"
    );
    let (status, _) = poster.get(&format!("{inner}{path}"), &[]).await?;
    assert_eq!(status, 404);
    assert_eq!(poster.get(&format!("{inner}/healthz"), &[]).await?.0, 200);
    let page = scrape(&poster, &served).await?;
    assert_eq!(value(&page, "heliograph_deliveries_total"), Some(0.0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_option_there_are_no_metrics() -> Result<()> {
    let site = Site::shop(2, &[shop::parrot()]).await?;
    let served = site.serve()?;
    assert_eq!(served.metrics, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_as_json_are_lines_that_can_be_parsed_and_hold_no_secret() -> Result<()> {
    let site = Site::shop(2, &[shop::parrot()]).await?;
    let options = ["--log-format", "json", "--log", "info,heliograph=trace"];
    let mut served = site.serve_with(&options)?;
    let poster = Poster::new()?;
    let body = writes(&site, "1001");
    assert_eq!(poster.post(&served.url, &body).await?.0, 200);
    wait::until("the message at Instagram", async || {
        Ok((site.instagram.sent().len() == 1).then_some(()))
    })
    .await?;
    let (status, said) = served.terminate().await?;
    assert!(status.success(), "{said}");

    let mut messages = Vec::new();
    for line in said.lines() {
        let record: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        let text = |field: &str| {
            let text = record[field].as_str();
            text.with_context(|| format!("{field} in {line}"))
        };
        let time = text("timestamp")?;
        assert!(
            time.starts_with("20") && time.ends_with('Z'),
            "{time} is UTC"
        );
        let level = text("level")?;
        assert!(["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&level));
        text("target")?;
        messages.push(text("message")?.to_owned());
    }
    assert!(
        messages.iter().any(|message| message == "listening"),
        "{said}"
    );
    let token = simulated_token(&shop::account(1));
    for secret in [APP_SECRET, VERIFY_TOKEN, token.as_str()] {
        assert!(!said.contains(secret), "a secret is in the log");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_format_of_logs_is_wrong_usage() -> Result<()> {
    let site = Site::shop(2, &[shop::parrot()]).await?;
    let mut command = site.command(0)?;
    command.args(["--log-format", "yaml"]);
    let output = command.output()?;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("text or json"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_names_the_account_whose_token_is_refused_once_and_not_its_token() -> Result<()> {
    let site = Site::shop(2, &[shop::parrot()]).await?;
    let mut served = site.serve_with(&PORT)?;
    let poster = Poster::new()?;
    let account = shop::account(1);
    site.instagram.fail(Fault::always(Failure::TokenExpired));
    for who in ["1001", "1002", "1003"] {
        let body = writes(&site, who);
        assert_eq!(poster.post(&served.url, &body).await?.0, 200);
    }
    let series = "heliograph_send_errors_total{class=\"token\"}";
    wait::until("every send has failed for the token", async || {
        let failed = value(&scrape(&poster, &served).await?, series);
        Ok((failed >= Some(3.0)).then_some(()))
    })
    .await?;
    let (status, said) = served.terminate().await?;
    assert!(status.success(), "{said}");
    let named: Vec<_> = said
        .lines()
        .filter(|line| line.contains(account.as_str()) && line.contains("sends stop"))
        .collect();
    assert_eq!(named.len(), 1, "{said}");
    assert!(!said.contains(&simulated_token(&account)), "{said}");
    Ok(())
}
