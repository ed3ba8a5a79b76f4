//! How soon what was edited is used by every worker.

use super::promises::is_handled;
use anyhow::Result;
use heliograph_model::GuardLevel;
use heliograph_tests::production::site::{Pushing, Site, Worker};
use heliograph_tests::production::{PATIENCE, Servers};
use heliograph_tests::rig::shop;
use heliograph_tests::wait;
use mongodb::bson::{Document, doc};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Pushes one message after the other until `until` has passed, each from somebody else;
/// returns when each was pushed, with who wrote it.
async fn ask_again_and_again(
    site: &Site,
    queue: &Pushing,
    round: &str,
    until: Duration,
) -> Result<Vec<(Duration, String)>> {
    let start = Instant::now();
    let mut asked = Vec::new();
    while start.elapsed() < until {
        let who = format!("{round}-{}", asked.len());
        let (_, body) = site.written(&site.account(asked.len()), &who, "news");
        let at = start.elapsed();
        queue.push(body).await?;
        asked.push((at, who));
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
    Ok(asked)
}

/// When the first of these was asked from whom on everybody gets `text`.
async fn since_when(site: &Site, asked: &[(Duration, String)], text: &str) -> Result<Duration> {
    let mut since = None;
    for (at, who) in asked {
        wait::until_within(PATIENCE, "everybody is answered", || async {
            Ok((!site.texts(who).is_empty()).then_some(()))
        })
        .await?;
        if site.texts(who) != [text] {
            since = None;
        } else if since.is_none() {
            since = Some(*at);
        }
    }
    Ok(since.unwrap_or(Duration::MAX))
}

/// One worker where edits are made, another one that handles what is asked here.
async fn editor_and_other(site: &Site) -> Result<(Worker, Worker, Pushing)> {
    let own = site.with_own_queue("other");
    let editor = site.worker().await?;
    let other = site.worker_at(own.clone(), GuardLevel::Live).await?;
    let queue = site.queue_of(&own).await?;
    // It has the automations at hand, as any worker that has been running for a while.
    let (_, body) = site.written(&site.account(0), "the first", "news");
    queue.push(body).await?;
    site.is_sent("the first", "No news.").await?;
    Ok((editor, other, queue))
}

fn news() -> Vec<Value> {
    let steps = shop::main("No news.", 0);
    vec![shop::automation(
        "news",
        "dm_automation",
        10,
        &["news"],
        &steps,
    )]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_is_used_by_another_worker_within_100_ms() -> Result<()> {
    const EDITS: usize = 10;
    let servers = Servers::start()?;
    let site = Site::open(&servers, 8, &news()).await?;
    let (editor, other, queue) = editor_and_other(&site).await?;
    let workspaces = editor.runtime.engine().workspaces();
    let mut took = Vec::new();
    for edit in 0..EDITS {
        let text = format!("News number {edit}.");
        let mut automation = workspaces.automation(&shop::id("news")).await?;
        automation.steps = serde_json::from_value(shop::main(&text, 0))?;
        workspaces.edit(automation).await?;
        let round = format!("edit {edit}");
        let asked = ask_again_and_again(&site, &queue, &round, Duration::from_millis(150)).await?;
        took.push(since_when(&site, &asked, &text).await?);
    }
    took.sort();
    println!("an edit is used by another worker after {took:?}");
    let most = *took.last().unwrap();
    assert!(most < Duration::from_millis(100), "{took:?}");
    editor.stop().await;
    other.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_by_another_application_is_used_within_two_seconds() -> Result<()> {
    const EDITS: usize = 3;
    let servers = Servers::start()?;
    let site = Site::open(&servers, 8, &news()).await?;
    let (editor, other, queue) = editor_and_other(&site).await?;
    let automations = site.database.collection::<Document>("automations");
    let mut took = Vec::new();
    for edit in 0..EDITS {
        let text = format!("News number {edit}.");
        let set = doc! { "$set": { "steps.main.messages.0.text": &text } };
        let updated = automations.update_one(doc! { "_id": "news" }, set).await?;
        assert_eq!(
            updated.modified_count, 1,
            "the document is as it is described"
        );
        let round = format!("edit {edit}");
        let long = Duration::from_millis(2_200);
        let asked = ask_again_and_again(&site, &queue, &round, long).await?;
        took.push(since_when(&site, &asked, &text).await?);
    }
    println!("an edit in MongoDB is used after {took:?}");
    assert!(
        took.iter().all(|took| *took < Duration::from_secs(2)),
        "{took:?}"
    );
    editor.stop().await;
    other.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_disabled_or_deleted_is_not_found_by_another_worker() -> Result<()> {
    let servers = Servers::start()?;
    let mut automations = shop::automations();
    automations.extend(news());
    let site = Site::open(&servers, 1, &automations).await?;
    let (editor, other, queue) = editor_and_other(&site).await?;
    let workspaces = editor.runtime.engine().workspaces();
    let account = site.account(0);
    for who in ["ana", "ben"] {
        let (_, body) = site.written(&account, who, "price");
        queue.push(body).await?;
        site.is_sent(who, "Would you like to know the price?")
            .await?;
    }

    workspaces.toggle(&shop::id("news"), false).await?;
    workspaces.toggle(&shop::id("price"), false).await?;
    let (mid, body) = site.written(&account, "cleo", "news");
    queue.push(body).await?;
    is_handled(&site, &mid).await?;
    let (mid, body) = site.tapped(&account, "ana")?;
    queue.push(body).await?;
    is_handled(&site, &mid).await?;
    assert!(site.texts("cleo").is_empty(), "it is switched off");
    assert_eq!(site.texts("ana").len(), 1, "a click on it does nothing");

    workspaces.toggle(&shop::id("news"), true).await?;
    let (_, body) = site.written(&account, "dora", "news");
    queue.push(body).await?;
    site.is_sent("dora", "No news.").await?;

    workspaces.delete(&shop::id("news")).await?;
    workspaces.delete(&shop::id("price")).await?;
    let (mid, body) = site.written(&account, "emil", "news");
    queue.push(body).await?;
    is_handled(&site, &mid).await?;
    let (mid, body) = site.tapped(&account, "ben")?;
    queue.push(body).await?;
    is_handled(&site, &mid).await?;
    assert!(site.texts("emil").is_empty(), "it is gone");
    assert_eq!(site.texts("ben").len(), 1, "a click on it does nothing");
    editor.stop().await;
    other.stop().await;
    Ok(())
}
