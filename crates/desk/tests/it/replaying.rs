//! Sending a delivery again.

use crate::shop;
use crate::site::*;
use heliograph_desk::traffic::{
    Freshness, ReplayTarget, RowSource, Sending, Setting, TrafficError, TrafficRow, curl, scenario,
    templates,
};
use heliograph_lab::demo_workspace;
use heliograph_lab::scenario::Shelf;
use heliograph_model::{Contact, DeliveryId, Reason};

fn again(id: Option<DeliveryId>, body: Option<String>, freshness: Freshness) -> Sending {
    Sending {
        delivery_id: id,
        body,
        freshness,
        target: ReplayTarget::Engine,
    }
}

async fn first(site: &Site) -> TrafficRow {
    site.post(&message("900000000000011", "m1", "hours")).await;
    let row = site.row("").await;
    assert_eq!(row.reason, Some(Reason::Started), "{row:?}");
    row
}

#[tokio::test]
async fn as_it_was_it_counts_as_a_repeat_and_as_new_it_does_the_same_again() {
    let site = open().await;
    let row = first(&site).await;
    let repeat = again(row.delivery_id, None, Freshness::AsItWas);
    let repeat = site.traffic.send(repeat).await.unwrap();
    let outcome = repeat.outcome.unwrap();
    assert_eq!(outcome.events[0].reason, Reason::Duplicate);
    let compared = repeat.comparison.unwrap();
    assert!(!compared.same);
    let gone = compared
        .lines
        .iter()
        .find(|line| line.what == "Send 1")
        .unwrap();
    assert!(gone.before.is_some() && gone.after.is_none());

    let new = again(row.delivery_id, None, Freshness::AsNew);
    let new = site.traffic.send(new).await.unwrap();
    let compared = new.comparison.unwrap();
    assert!(compared.same, "{compared:?}");
    let listed = site
        .rows_until("source:replay", |rows, _| rows.len() == 2)
        .await;
    assert!(listed.iter().all(|row| row.source == RowSource::Replay));
    assert_eq!(listed[1].delivery_id, new.delivery_id);
}

#[tokio::test]
async fn an_edited_body_leads_elsewhere_and_shows_where() {
    let site = open().await;
    let row = first(&site).await;
    let edited = message("900000000000011", "m1", "menu");
    let sent = again(row.delivery_id, Some(edited), Freshness::AsNew);
    let sent = site.traffic.send(sent).await.unwrap();
    let compared = sent.comparison.unwrap();
    let automation = compared
        .lines
        .iter()
        .find(|line| line.what == "Automation")
        .unwrap();
    assert_eq!(automation.after.as_deref(), Some("Menu"));
    assert!(!automation.same);

    let broken = again(
        row.delivery_id,
        Some("{\n  \"a\" 1}".to_owned()),
        Freshness::AsNew,
    );
    let error = site.traffic.send(broken).await.unwrap_err();
    assert!(
        matches!(error, TrafficError::Json { line: 2, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_delivery_is_posted_to_an_address_and_signed() {
    let site = open().await;
    let row = first(&site).await;
    let to = |secret: Option<&str>, url: String| Sending {
        delivery_id: row.delivery_id,
        body: None,
        freshness: Freshness::AsNew,
        target: ReplayTarget::Url {
            url,
            secret: secret.map(str::to_owned),
        },
    };
    let here = site.listener.url();
    let taken = site.traffic.send(to(None, here.clone())).await.unwrap();
    assert_eq!(taken.answered.unwrap().status, 200);
    assert!(
        taken.comparison.unwrap().same,
        "it came to our own listener"
    );
    site.rows_until("source:listener", |rows, _| rows.len() == 2)
        .await;
    let refused = site.traffic.send(to(Some("typed"), here)).await.unwrap();
    let answered = refused.answered.unwrap();
    assert_eq!(answered.status, 401);
    assert!(answered.body.contains("message"), "{}", answered.body);
    let row = site.row("result:refused").await;
    let opened = site.opened(&row).await;
    assert_eq!(
        opened.signature.secret.as_deref(),
        Some("a secret that was typed here")
    );

    let elsewhere = to(None, "https://example.com/webhook".to_owned());
    let error = site.traffic.send(elsewhere).await.unwrap_err().to_string();
    assert!(error.contains("offline"), "{error}");
    let nobody = site
        .traffic
        .send(to(None, "http://127.0.0.1:9/".to_owned()))
        .await;
    assert!(nobody.unwrap_err().to_string().contains("nothing listens"));
}

#[tokio::test]
async fn every_template_can_be_sent() {
    let site = open().await;
    let sendings = templates()
        .into_iter()
        .map(|template| again(None, Some(template.body), Freshness::AsNew))
        .collect();
    let all = site.traffic.send_all(WINDOW, sendings, |_| {}).await;
    for (sent, template) in all.unwrap().replayed.iter().zip(templates()) {
        assert_eq!(sent.error, None, "{}", template.name);
        let kinds: Vec<_> = sent
            .outcome
            .iter()
            .flat_map(|outcome| &outcome.events)
            .collect();
        let none_known = kinds.is_empty();
        let is_right = kinds.iter().any(|event| event.kind == template.kind);
        assert!(is_right || none_known, "{}: {kinds:?}", template.name);
    }
}

#[tokio::test]
async fn a_delivery_becomes_a_scenario_that_passes() {
    let site = open().await;
    let batch = include_str!("../../../../fixtures/instagram/dm_text.batch.json");
    site.post(batch).await;
    site.post(&message(
        "900000000000014",
        "m1",
        "What's on the \"menu\"? ä 😀",
    ))
    .await;
    site.decided(5).await;
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(folder.path());
    shelf.put_workspace("bakery", &demo_workspace()).unwrap();
    // Recorded long ago, and posted by hand.
    site.post(&message("900000000000015", "m2", "menu").replace("17900000", "17700000"))
        .await;
    site.decided(6).await;
    for delivery in [1, 2, 3] {
        let opened = site
            .traffic
            .open_delivery(DeliveryId(delivery))
            .await
            .unwrap();
        let text = scenario(&opened, "Saved: \"it\"", "bakery", &[]).unwrap();
        let file = shelf.add(&text).unwrap();
        let outcome = shelf.run(&file).await.unwrap();
        assert!(outcome.passed, "{outcome:?}\n{text}");
        assert_eq!(outcome.steps, 2);
    }
}

#[tokio::test]
async fn a_delivery_of_a_connected_profile_becomes_a_scenario_in_its_own_workspace() {
    let shop = shop::open().await;
    shop.arm();
    shop.runtime.let_work(true).await.unwrap();
    let documents = shop.runtime.documents();
    let known = |sender: &str| Contact::new(shop::FLORIST.into(), sender.into(), START);
    let unsubscribed = Contact {
        unsubscribed: true,
        name: Some("Maya Lindqvist".to_owned()),
        ..known("900000000000012")
    };
    let with_email = Contact {
        email: Some("maya@private.example".to_owned()),
        ..known("900000000000013")
    };
    for contact in [&unsubscribed, &with_email] {
        documents.put_contact(contact).await.unwrap();
    }
    let shelf = Shelf::new(&shop.folder().join("scenarios"));
    for (place, (from, text)) in [
        ("900000000000011", "bouquet"),
        ("900000000000012", "bouquet"),
        ("900000000000013", "newsletter"),
        // It unsubscribes by this very message.
        ("900000000000014", "stop"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = shop::said(from, &format!("m{place}"), text);
        let sent = shop.traffic.send(again(None, Some(body), Freshness::AsNew));
        let id = sent.await.unwrap().delivery_id.unwrap();
        let opened = shop.traffic.open_delivery(id).await.unwrap();
        let reason = opened.decisions[0].decision.trace.reason;
        assert_eq!(reason == Reason::ContactUnsubscribed, place == 1);
        let setting = Setting::of(&*documents, &opened).await.unwrap();
        let name = setting.name("The Shop");
        assert_eq!(name, "the-shop-florist");
        assert_eq!(setting.workspace.accounts.len(), 1, "only whose it is");
        shelf.put_workspace(&name, &setting.workspace).unwrap();
        let text = scenario(&opened, &format!("Saved {place}"), &name, &setting.contacts).unwrap();
        assert!(
            !text.contains("private") && !text.contains("Lindqvist"),
            "{text}"
        );
        let file = shelf.add(&text).unwrap();
        let outcome = shelf.run(&file).await.unwrap();
        assert!(outcome.passed, "{outcome:?}\n{text}");
    }
    let kept = shop.folder().join("workspaces/the-shop-florist.yaml");
    let kept = std::fs::read_to_string(kept).unwrap();
    assert!(!kept.contains("900000000000012"), "no contacts: {kept}");

    // Of an account that the profile does not know there is no workspace.
    let body = message("900000000000011", "m9", "bouquet");
    let sent = shop.traffic.send(again(None, Some(body), Freshness::AsNew));
    let id = sent.await.unwrap().delivery_id.unwrap();
    let opened = shop.traffic.open_delivery(id).await.unwrap();
    let error = Setting::of(&*documents, &opened).await.unwrap_err();
    assert!(
        error.to_string().contains("Save it as a fixture"),
        "{error}"
    );
}

#[tokio::test]
#[cfg_attr(not(shell_with_curl), ignore = "needs sh and curl")]
async fn what_is_copied_as_curl_is_taken_by_the_listener() {
    let site = open().await;
    let body = message(
        "900000000000011",
        "m1",
        "it's \"hours\" \\ $HOME `x` \u{e4}",
    );
    let line = async |freshness| {
        let body = site.traffic.as_sent(body.clone(), freshness).unwrap();
        curl(&site.listener.url(), &body, &SECRET.into())
    };
    let run = async |line: String| {
        let mut shell = tokio::process::Command::new("sh");
        let ran = shell.arg("-c").arg(line).output().await.unwrap();
        String::from_utf8(ran.stdout).unwrap()
    };
    let answer = run(line(Freshness::AsItWas).await).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let first = site.row("").await;
    assert_eq!(site.opened(&first).await.body, Some(body.clone()));
    // As new it is no repeat, as it was it is one.
    run(line(Freshness::AsNew).await).await;
    run(line(Freshness::AsItWas).await).await;
    let rows = site
        .rows_until("", |rows, counts| rows.len() == 3 && counts.events == 3)
        .await;
    let repeats = rows
        .iter()
        .filter(|row| row.reason == Some(Reason::Duplicate));
    assert_eq!(repeats.count(), 1);
    let unsigned = run(line(Freshness::AsNew).await.replace("sha256=", "sha256=0")).await;
    assert!(unsigned.starts_with("HTTP/1.1 401"), "{unsigned}");
}
