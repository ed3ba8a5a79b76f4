//! One webhook's whole way, the start and the end of the process.

use anyhow::Result;
use bytes::Bytes;
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_instagram::simulated::{Failure, Fault};
use heliograph_tests::rig::served::{APP_SECRET, Poster, Served, Site, VERIFY_TOKEN};
use heliograph_tests::rig::{shop, text_of, webhook};
use heliograph_tests::{repo, wait};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The contact of the fixtures.
const CONTACT: &str = "900000000000011";

/// Greets whoever says hello with a button.
fn greeting() -> Value {
    let steps = json!({
        "opening": { "text": "Hello! Shall I show you the menu?", "button": "Yes" },
        "main": { "messages": [{ "type": "text", "text": "Here it is." }] },
    });
    shop::automation("greet", "dm_automation", 1, &["hello"], &steps)
}

/// A webhook as Meta sends it: somebody writes “hello” to the account …0001.
fn fixture() -> Result<Bytes> {
    let path = repo::fixtures().join("instagram/dm_text.plain.json");
    Ok(std::fs::read(path)?.into())
}

/// The same as if it had happened just now.
fn fixture_now() -> Result<Bytes> {
    let now = SystemClock.now();
    let mut document: Value = serde_json::from_slice(&fixture()?)?;
    document["entry"][0]["time"] = json!(now);
    document["entry"][0]["messaging"][0]["timestamp"] = json!(now);
    Ok(webhook::body(&document))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_webhook_leads_to_the_message_and_the_state_within_a_second() -> Result<()> {
    let site = Site::shop(2, &[greeting()]).await?;
    let mut served = site.serve()?;
    let poster = Poster::new()?;
    let account = shop::account(1);
    let now = SystemClock.now();
    site.instagram
        .person_wrote(&account, &CONTACT.into(), None, now);
    let body = fixture_now()?;

    let started = Instant::now();
    let (status, answer) = poster.post(&served.url, &body).await?;
    assert_eq!(status, 200, "{answer}");
    let sent = wait::until("the message at Instagram", async || {
        Ok(site.instagram.sent().first().cloned())
    })
    .await?;
    let took = started.elapsed();
    assert!(took < Duration::from_secs(1), "it took {took:?}");
    println!("from the post to the message at Instagram: {took:?}");
    assert_eq!(sent.account_id, account);
    assert_eq!(sent.contact_id, Some(CONTACT.into()));
    assert_eq!(
        text_of(&sent).as_deref(),
        Some("Hello! Shall I show you the menu?")
    );

    let (state, automation): (String, String) = site.look()?.query_row(
        "SELECT body ->> 'state', body ->> 'automationId' FROM user_states \
         WHERE account_id = ?1 AND sender_id = ?2",
        (account.as_str(), CONTACT),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    assert_eq!(state, "awaiting_opening_response");
    assert_eq!(automation, "greet");

    // Meta delivers again what it believes lost.
    assert_eq!(poster.post(&served.url, &body).await?.0, 200);
    let (status, _) = served.terminate().await?;
    assert!(status.success());
    assert_eq!(site.instagram.sent().len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_webhook_is_answered_by_the_simulated_instagram_inside() -> Result<()> {
    let site = Site::shop(2, &[greeting()]).await?;
    let served = site.serve_alone()?;
    // Byte for byte as it stands in the fixtures.
    let (status, answer) = Poster::new()?.post(&served.url, &fixture()?).await?;
    assert_eq!(status, 200, "{answer}");
    wait::until("the send in the journal", async || {
        let sql = "SELECT count(*) FROM sends WHERE body ->> 'state' = 'sent'";
        Ok((site.count(sql)? == 1).then_some(()))
    })
    .await?;
    assert_eq!(site.count("SELECT count(*) FROM user_states")?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metas_challenge_is_answered_and_forgeries_are_not() -> Result<()> {
    let site = Site::shop(2, &[greeting()]).await?;
    let mut served = site.serve()?;
    let poster = Poster::new()?;
    let challenge = |token| {
        [
            ("hub.mode", "subscribe"),
            ("hub.verify_token", token),
            ("hub.challenge", "1158201444"),
        ]
    };
    let answer = poster.get(&served.url, &challenge(VERIFY_TOKEN)).await?;
    assert_eq!(answer, (200, "1158201444".to_owned()));
    let (status, _) = poster.get(&served.url, &challenge("guessed")).await?;
    assert_eq!(status, 403);

    let body = fixture_now()?;
    for signature in [
        webhook::signature("another-secret", &body),
        webhook::signature(APP_SECRET, b"another body"),
        "sha256=".to_owned(),
        "nonsense".to_owned(),
    ] {
        let (status, answer) = poster.post_signed(&served.url, &body, &signature).await?;
        assert_eq!(status, 401, "{signature}");
        assert!(serde_json::from_str::<Value>(&answer).is_ok(), "{answer}");
    }
    let (status, _) = served.terminate().await?;
    assert!(status.success());
    assert_eq!(site.count("SELECT count(*) FROM deliveries")?, 0);
    assert!(site.instagram.sent().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_drains_what_was_accepted() -> Result<()> {
    const PEOPLE: usize = 300;
    let site = Site::shop(20, &[shop::parrot()]).await?;
    let mut served = site.serve()?;
    let poster = Poster::new()?;
    // Slow enough that most are still under way at the end.
    site.instagram.fail(Fault::always(Failure::Slow(200)));
    for number in 0..PEOPLE {
        let account = shop::account(number % 20);
        let (who, now) = (format!("{}", 5_000 + number), SystemClock.now());
        let contact = who.as_str().into();
        site.instagram.person_wrote(&account, &contact, None, now);
        let item = webhook::text(&account, &contact, &format!("m_{number}"), &who, now);
        let body = webhook::messaging(&account, &[item], now);
        assert_eq!(poster.post(&served.url, &body).await?.0, 200);
    }
    let (status, said) = served.terminate().await?;
    assert!(status.success(), "{said}");
    assert_eq!(site.instagram.sent().len(), PEOPLE);
    assert_eq!(site.count("SELECT count(*) FROM queue")?, 0);
    assert_eq!(site.count("SELECT count(*) FROM outbox")?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_instance_on_the_same_database_is_refused() -> Result<()> {
    let site = Site::shop(2, &[greeting()]).await?;
    let served = site.serve()?;
    let refused = Served::start(site.command(0)?).expect_err("the file is in use");
    let said = format!("{refused:#}");
    assert!(said.contains("is in use by another Heliograph"), "{said}");
    assert!(
        said.contains(&served.id().to_string()),
        "says by which: {said}"
    );
    // The first one is none the worse.
    assert_eq!(
        Poster::new()?.post(&served.url, &fixture_now()?).await?.0,
        200
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_is_taken_is_named_with_what_to_do() -> Result<()> {
    let site = Site::shop(2, &[greeting()]).await?;
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port();
    let refused = Served::start(site.command(port)?).expect_err("the port is taken");
    let said = format!("{refused:#}");
    assert!(
        said.contains(&port.to_string()) && said.contains("--listen"),
        "{said}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_corrupt_database_is_set_aside_and_reported() -> Result<()> {
    let site = Site::shop(2, &[greeting()]).await?;
    let rubbish = b"This was a database once. ".repeat(1_000);
    std::fs::write(site.database(), &rubbish)?;
    let mut served = site.serve()?;
    assert_eq!(
        Poster::new()?.post(&served.url, &fixture_now()?).await?.0,
        200
    );
    let (status, said) = served.terminate().await?;
    assert!(status.success());
    assert!(
        said.contains("was damaged") && said.contains(".corrupt-"),
        "{said}"
    );
    let kept: Vec<_> = std::fs::read_dir(site.folder())?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().contains(".corrupt-"))
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        std::fs::read(kept[0].path())?,
        rubbish,
        "not a byte was changed"
    );
    Ok(())
}
