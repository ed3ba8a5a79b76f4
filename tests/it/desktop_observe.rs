//! What a profile at *observe* allows, in the real window against real servers: nothing that
//! writes, by whatever command.

use crate::commands::WRITE;
use crate::desktop_connections::{ACCOUNT, Servers, connect, message, post};
use anyhow::{Context, Result, ensure};
use heliograph_tests::window::Window;
use serde_json::{Value, json};
use std::time::Duration;

/// What each command of the window that writes to the profile in front is tried with.
fn tries(command: &str) -> Vec<Value> {
    let sending = |target: Value| {
        json!({ "body": message("m-observe"), "freshness": "as_it_was",
        "deliveryId": null, "target": target })
    };
    let engine = || sending(json!({ "to": "engine" }));
    let elsewhere = json!({ "to": "url", "secret": null,
        "url": "https://hooks.shop.example/webhook" });
    let one = json!({ "from": "waiting", "choice": { "which": "some", "ids": ["7"] } });
    let person = |change: Value| json!({ "asked": { "accountId": ACCOUNT, "contactId": "p1", "change": change, "seen": null } });
    let people = json!([{ "accountId": ACCOUNT, "contactId": "p1", "name": "Maya", "seen": null }]);
    match command {
        "account_save" => vec![json!({ "isNew": true, "account": {
            "id": "17841400000000002", "workspaceId": "w1", "username": "cafe" } })],
        "cache_invalidate" => vec![json!({ "keys": [format!("user_state:{ACCOUNT}:p1")] })],
        "cache_invalidate_all" => vec![json!({ "collection": "user_state" })],
        "connection_create_indexes" => vec![json!({ "name": "Shop" })],
        "connection_let_work" => vec![json!({ "on": true })],
        "conversations_bulk" => ["release", "clear"]
            .map(|change| json!({ "change": change, "people": people }))
            .to_vec(),
        "conversations_set" => [
            json!({ "change": "release" }),
            json!({ "change": "clear" }),
            json!({ "change": "move", "automationId": "menu", "state": "awaiting_email" }),
            json!({ "change": "unsubscribe" }),
            json!({ "change": "subscribe" }),
            json!({ "change": "end_takeover" }),
        ]
        .map(person)
        .to_vec(),
        "conversations_undo" => vec![json!({ "number": 1 })],
        "queue_discard" | "queue_promote" | "queue_retry" => vec![one],
        "queue_forget_sends" | "queue_send_again" => vec![json!({ "ids": [] })],
        "queue_pause" | "queue_restore" => vec![json!({})],
        "queue_resume" => [false, true]
            .map(|merging| json!({ "merging": merging }))
            .to_vec(),
        "subscriptions_subscribe_account" => vec![json!({ "account": ACCOUNT })],
        "subscriptions_subscribe_app" => {
            vec![json!({ "appId": "100000000000061", "secret": "0123456789abcdef" })]
        }
        "traffic_send" => [engine(), sending(elsewhere)]
            .map(|sending| json!({ "sending": sending }))
            .to_vec(),
        "traffic_send_all" => {
            vec![json!({ "sendings": [engine(), engine()], "channel": "__CHANNEL__:1" })]
        }
        other => panic!("say here what {other} is tried with"),
    }
}

/// What has to be done while live first: there must be something to be put back.
async fn something_to_put_back(window: &Window) -> Result<()> {
    let live = json!({ "name": "Shop", "minutes": 5 });
    window.invoke_with("connection_arm", live).await?;
    let sending = json!({ "body": message("m-live"), "freshness": "as_it_was",
        "deliveryId": null, "target": { "to": "engine" } });
    window
        .invoke_with("traffic_send", json!({ "sending": sending }))
        .await?;
    let asked = json!({ "state": "waiting", "reason": null, "skip": 0, "most": 9 });
    let jobs = window.invoke_with("queue_jobs", asked).await?;
    let ids: Vec<_> = jobs["rows"]
        .as_array()
        .with_context(|| format!("jobs: {jobs}"))?
        .iter()
        .map(|job| job["id"].clone())
        .collect();
    ensure!(ids.len() == 1, "the delivery waits: {jobs}");
    let discard = json!({ "from": "waiting", "choice": { "which": "some", "ids": ids } });
    window.invoke_with("queue_discard", discard).await?;
    let release = json!({ "asked": { "accountId": ACCOUNT, "contactId": "p2",
        "change": { "change": "release" }, "seen": null } });
    let number = window.invoke_with("conversations_set", release).await?;
    ensure!(number == 1, "it can be undone: {number}");
    window.invoke("connection_disarm").await?;
    Ok(())
}

#[tokio::test]
async fn desktop_observe_refuses_every_write() -> Result<()> {
    let servers = Servers::start().await?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    let before = servers.everything().await?;
    connect(&window, &servers, "Shop").await?;
    assert_eq!(before, servers.everything().await?, "it only looks");
    // An address that Meta could post to.
    let listener = window.invoke("listener_status").await?;
    let url = format!("http://127.0.0.1:{}", listener["port"]);
    let mut tunnel = window.invoke("tunnel_settings").await?;
    (tunnel["kind"], tunnel["ownUrl"]) = ("own_url".into(), url.into());
    window
        .invoke_with("tunnel_start", json!({ "settings": tunnel }))
        .await?;
    something_to_put_back(&window).await?;

    let before = servers.everything().await?;
    for command in WRITE {
        for arguments in tries(command) {
            let answer = window.invoke_with(command, arguments).await;
            let now = servers.everything().await?;
            assert_eq!(before, now, "{command} left something behind: {answer:?}");
            let said = format!("{answer:?}");
            assert!(said.contains("observe"), "{command} says why: {said}");
        }
    }

    // The listener stands before the profile, and takes nothing for it.
    let webhook = message("m-observe");
    let answer = post(&window, &webhook).await?;
    ensure!(
        answer.is_server_error(),
        "Meta is to send it again later: {answer}"
    );
    // What the engine does by itself leaves nothing either.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(before, servers.everything().await?);
    let log = window
        .invoke_with("audit_search", json!({ "text": "" }))
        .await?;
    let lines = log["entries"].as_array().context("a page")?;
    let whats: Vec<_> = lines.iter().map(|line| &line["what"]).collect();
    assert_eq!(
        whats,
        [
            "Disarming live",
            "Releasing a conversation",
            "Removing waiting jobs",
            "Putting a delivery into the queue",
            "Arming live",
            "Making a profile",
        ],
        "what was refused left no line: {log}"
    );

    // A server on this machine is the developer's own: it may be posted to, and that is
    // written down. Here it is the window's own listener, which takes nothing.
    let listener = window.invoke("listener_status").await?;
    let sending = json!({ "body": webhook, "freshness": "as_it_was", "deliveryId": null,
                          "target": { "to": "url", "secret": null, "url": listener["address"] } });
    let sent = window
        .invoke_with("traffic_send", json!({ "sending": sending }))
        .await?;
    assert_eq!(sent["answered"]["status"], 503, "{sent}");
    assert_eq!(before, servers.everything().await?);
    let log = window
        .invoke_with("audit_search", json!({ "text": "posting" }))
        .await?;
    let line = &log["entries"][0];
    assert_eq!(
        (&line["profile"], &line["level"], &line["outcome"]),
        (&json!("Shop"), &json!("observe"), &json!("failed")),
        "{log}"
    );
    assert!(line["after"].to_string().contains("m-observe"), "{line}");
    window.close().await
}
