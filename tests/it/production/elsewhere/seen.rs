//! What is seen of a delivery that a worker elsewhere handled, and what comes of one that
//! is sent again.

use super::*;
use heliograph_desk::conversations::{HistoryEntry, OpenedContact, ToldBy};
use heliograph_desk::traffic::{
    Freshness, NotCompared, ReplayTarget, RowResult, RowSource, Sending, SignatureState, SpanKind,
};
use heliograph_model::{AccountId, Millis, Reason};
use heliograph_servers::{node, process};
use heliograph_tests::production::{Servers, clock};
use heliograph_tests::rig::{shop, webhook};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_node_enqueues_and_a_worker_handles_is_listed_and_opened_at_observe() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &[shop::parrot()]).await?;
    let folder = tempfile::tempdir()?;
    let desk = Desk::keeping(&site, folder.path()).await?;
    let worker = Process::start(&site, "blue", &[])?;
    desk.hears(1).await?;

    let (account, now) = (site.account(0), clock().now());
    site.instagram
        .person_wrote(&account, &"ana".into(), None, now);
    let item = webhook::text(
        &account,
        &"ana".into(),
        "mid-of-node",
        "hello from Node",
        now,
    );
    let webhook = json!({
        "object": "instagram",
        "entry": [{ "id": account, "time": now, "messaging": [item] }],
    });
    let add = json!({
        "redis": servers.redis_url(),
        "queue": site.place.queue.queue,
        "name": "process-webhook",
        "data": { "webhook": webhook, "receivedAt": now },
        "opts": { "removeOnComplete": true },
        "count": 1,
    });
    node::run("add", &add).await?;
    site.is_sent("ana", "You wrote hello from Node").await?;

    let row = desk.row("hello from Node", "sent").await?;
    assert_eq!(row.worker.as_deref(), Some("blue"));
    assert_eq!(row.source, RowSource::Worker);
    assert_eq!(row.contact_id.as_ref().map(AsRef::as_ref), Some("ana"));
    assert_eq!(row.reason, Some(Reason::Started), "{row:#?}");
    assert!(row.automation.is_some());
    assert!(row.micros.is_some_and(|micros| micros > 0), "{row:#?}");
    let news = desk.news()?;
    let counts = news.counts;
    assert_eq!(
        (
            counts.deliveries,
            counts.events,
            counts.sent,
            counts.left_out
        ),
        (1, 1, 1, 0)
    );
    for (filter, rows) in [
        ("source:worker", 1),
        ("source:listener", 0),
        ("worker:BLU", 1),
        ("-worker:blue", 0),
        ("\"from node\"", 1),
    ] {
        assert_eq!(desk.filtered(filter)?.rows.len(), rows, "{filter}");
    }

    // Everything that the worker knows of it is here.
    let opened = desk.opened(&row).await?;
    let body = opened.body.as_deref().context("its body was told")?;
    assert!(body.contains("hello from Node") && body.contains("mid-of-node"));
    assert_eq!(opened.worker.as_deref(), Some("blue"));
    assert_eq!(opened.signature.state, SignatureState::Unchecked);
    assert_eq!(opened.received_at, now);
    let [decision] = &opened.decisions[..] else {
        panic!("{opened:#?}");
    };
    let trace = &decision.decision.trace;
    assert!(!trace.looked_at.is_empty() && !trace.reads.is_empty());
    let [sent] = &opened.sends[..] else {
        panic!("{opened:#?}");
    };
    assert!(sent.request.contains("You wrote hello from Node"));
    assert!(
        sent.answer
            .as_deref()
            .is_some_and(|answer| answer.contains("message_id"))
    );
    for kind in [SpanKind::Decide, SpanKind::Read, SpanKind::Send] {
        let mut spans = opened.spans.iter();
        assert!(spans.any(|span| span.kind == kind), "{:#?}", opened.spans);
    }
    assert!(opened.story[0].text.contains("worker “blue” took it"));
    let everything = format!("{opened:?}");
    assert!(!everything.contains("IGSIMULATED"), "no token is told");

    is_found(&desk, &row, &account).await?;
    worker.terminate().await?;
    desk.close().await;

    // The window is opened again, and nobody tells it anything.
    let again = Desk::keeping(&site, folder.path()).await?;
    let listed = again.row("hello from Node", "sent").await?;
    assert_eq!(
        (listed.worker.as_deref(), listed.source),
        (Some("blue"), RowSource::Worker)
    );
    assert!(listed.micros.is_some(), "{listed:#?}");
    assert_eq!(again.news()?.counts.deliveries, 0, "it came before");
    let reopened = again.opened(&listed).await?;
    assert_eq!(reopened.body.as_deref(), Some(body));
    assert_eq!(reopened.decisions, opened.decisions);
    assert_eq!(reopened.sends, opened.sends);
    assert!(reopened.story[0].text.contains("worker “blue” took it"));
    let contact = is_found(&again, &row, &account).await?;
    let ToldBy::Desk { since } = contact.told_by else {
        panic!("{:#?}", contact.told_by);
    };
    assert_eq!(since, now, "when the first was received");
    again.close().await;

    // Somebody wants nothing to be kept.
    let seen = SeenBook::at(folder.path());
    seen.keep(false).await;
    let left = std::fs::read_dir(folder.path().join("seen"))?;
    assert_eq!(left.count(), 0);
    let none = Desk::with(&site, seen).await?;
    let found = none.traffic.search("\"mid-of-node\"", None).await?;
    assert_eq!(found.rows, []);
    none.close().await;
    Ok(())
}

/// A message id finds it, as in the palette, and the contact's history has it.
async fn is_found(desk: &Desk, row: &TrafficRow, account: &AccountId) -> Result<OpenedContact> {
    let found = desk.traffic.search("\"mid-of-node\"", None).await?;
    let at_once = desk.traffic.find("\"mid-of-node\"").await?;
    assert_eq!(at_once.rows, found.rows);
    let [found] = &found.rows[..] else {
        panic!("{found:#?}");
    };
    assert_eq!(
        (found.delivery_id, found.source, found.worker.as_deref()),
        (row.delivery_id, RowSource::Worker, Some("blue"))
    );
    let contact = desk.people.open(WINDOW, account, &"ana".into()).await?;
    let said = contact
        .history
        .iter()
        .any(|entry| matches!(entry, HistoryEntry::Said { text, .. } if text == "hello from Node"));
    let answered = contact.history.iter().any(|entry| {
        matches!(entry, HistoryEntry::Sent { text, .. } if text == "You wrote hello from Node")
    });
    assert!(said && answered, "{:#?}", contact.history);
    Ok(contact)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_into_the_queue_of_workers_elsewhere_is_compared() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &[shop::parrot()]).await?;
    let desk = Desk::open(&site).await?;
    let blue = Process::start(&site, "blue", &[])?;
    let green = Process::start(&site, "green", &[])?;
    desk.hears(2).await?;
    let (_, body) = site.written(&site.account(0), "ana", "first");
    site.queue().await?.push(body).await?;
    let first = desk.row("first", "sent").await?;

    desk.runtime.guard().arm(10 * Millis::MINUTE)?;
    let sending = |freshness| Sending {
        delivery_id: first.delivery_id,
        body: None,
        freshness,
        target: ReplayTarget::Engine,
    };
    let replayed = desk.traffic.send(sending(Freshness::AsNew)).await?;
    assert_eq!(replayed.not_compared, None, "{replayed:#?}");
    let comparison = replayed.comparison.context("it is compared")?;
    assert!(comparison.same, "{comparison:#?}");
    let again = desk.traffic.send(sending(Freshness::AsItWas)).await?;
    let outcome = again.outcome.context("it is seen")?;
    assert_eq!(outcome.events[0].reason, Reason::Duplicate, "{outcome:#?}");
    let row = desk
        .shows("the repeat is listed", |news| {
            let mut rows = news.rows.iter();
            rows.find(|row| row.result == RowResult::Repeat).cloned()
        })
        .await?;
    assert_eq!(row.source, RowSource::Replay);
    let by = row.worker.as_deref();
    assert!(matches!(by, Some("blue" | "green")), "{row:#?}");

    // Where nobody tells, nobody is waited for.
    blue.terminate().await?;
    green.terminate().await?;
    let metrics = format!("127.0.0.1:{}", process::free_port()?);
    let more = ["--no-live", "--metrics", &metrics];
    let _silent = Process::start(&site, "silent", &more)?;
    desk.hears(0).await?;
    let replayed = desk.traffic.send(sending(Freshness::AsNew)).await?;
    assert_eq!(replayed.not_compared, Some(NotCompared::HandledElsewhere));

    desk.runtime.guard().disarm();
    let metrics = format!("http://{metrics}/metrics");
    noticed::what_fails_is_told(&site, &desk, &metrics).await?;
    desk.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_handles_deliveries_lists_its_own_once_and_tells_the_others() -> Result<()> {
    const JOBS: u64 = 40;
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &[shop::parrot()]).await?;
    let (here, there) = (Desk::open(&site).await?, Desk::open(&site).await?);
    here.runtime.guard().arm(10 * Millis::MINUTE)?;
    here.runtime.let_work(true).await?;
    there.hears(1).await?;
    let queue = site.queue().await?;
    for number in 0..JOBS {
        let (_, body) = site.written(&site.account(0), &format!("person-{number}"), "hi");
        queue.push(body).await?;
    }
    let all = |news: &TrafficNews| {
        let sent = |row: &&TrafficRow| row.result == RowResult::Sent;
        let sent = news.rows.iter().filter(sent).count() as u64;
        (news.counts.sent == JOBS && sent == JOBS).then(|| news.clone())
    };
    let listed_there = there.shows("the other window lists all", all).await?;
    let listed_here = here.shows("the window lists all", all).await?;
    for news in [&listed_here, &listed_there] {
        assert_eq!(news.counts.deliveries, JOBS);
        assert_eq!(news.rows.len() as u64, JOBS, "each once");
    }
    assert!(listed_here.rows.iter().all(|row| row.worker.is_none()));
    assert!(listed_there.rows.iter().all(|row| {
        let by = row.worker.as_deref();
        by.is_some_and(|name| name.starts_with("window on "))
    }));
    // What a person sets by hand is told too, and nothing once live is over.
    here.runtime.guard().disarm();
    let before = published(&site)?;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(
        published(&site)?,
        before,
        "an observing window tells nothing"
    );
    here.close().await;
    there.close().await;
    Ok(())
}
