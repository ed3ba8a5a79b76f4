//! Requests that the listener refuses, and why.

use crate::site::*;
use futures::StreamExt;
use heliograph_desk::traffic::{
    Refused, RowResult, SignatureState, Traffic, TrafficLook, TrafficRow,
};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_listener::RunningListener;
use heliograph_listener::signature::sign;
use heliograph_model::GuardLevel;
use heliograph_runtime::{DatabasePlace, EmbeddedPlace, InstagramPlace, Place, Profile, Runtime};
use std::path::Path;
use std::sync::Arc;

#[tokio::test]
async fn a_forged_request_shows_with_the_reason() {
    let site = open().await;
    let body = "{\"object\":\"instagram\",\"entry\":[],\"x\":\"K\\u00e4se \\/\"}";
    let rewritten = "{\"object\":\"instagram\",\"entry\":[],\"x\":\"Käse /\"}";
    let meant = sign(&SECRET.into(), body.as_bytes());
    let cases = [
        (body, None, SignatureState::Missing),
        (
            body,
            Some("sha256=12".to_owned()),
            SignatureState::Malformed,
        ),
        (
            body,
            Some(sign(&"guess".into(), body.as_bytes())),
            SignatureState::WrongSecret,
        ),
        (
            body,
            Some(sign(&"another secret".into(), body.as_bytes())),
            SignatureState::OtherSecret,
        ),
        (rewritten, Some(meant), SignatureState::BodyChanged),
    ];
    for (place, (sent, signature, state)) in cases.into_iter().enumerate() {
        assert_eq!(site.post_signed(sent, signature).await, 401);
        let is_there = |rows: &[TrafficRow], _| rows.len() == place + 1;
        let row = site
            .rows_until("result:refused", is_there)
            .await
            .pop()
            .unwrap();
        assert_eq!(row.result, RowResult::Refused);
        assert_eq!(row.refusal, Some(Refused::Signature));
        assert_eq!(row.delivery_id, None);
        let opened = site.opened(&row).await;
        assert_eq!(opened.signature.state, state, "{row:?}");
        assert!(opened.story.len() == 4 && opened.story[2].text == opened.signature.advice);
        assert!(
            opened
                .headers
                .iter()
                .any(|header| header.name == "content-type")
        );
        // What is refused by its headers is not read.
        let was_read = !matches!(state, SignatureState::Missing | SignatureState::Malformed);
        assert_eq!(opened.body.as_deref(), was_read.then_some(sent));
    }
    let counts = site.traffic.counts();
    assert_eq!((counts.refused, counts.deliveries), (5, 0));
    assert_eq!(site.rows_until("-result:refused", |_, _| true).await, []);
}

#[tokio::test]
async fn what_is_signed_and_no_webhook_shows_too() {
    let site = open().await;
    let signed = |body: &str| Some(sign(&SECRET.into(), body.as_bytes()));
    assert_eq!(site.post_signed("{", signed("{")).await, 400);
    let row = site.row("result:refused").await;
    assert_eq!(row.refusal, Some(Refused::NotJson));
    assert_eq!(site.opened(&row).await.body.as_deref(), Some("{"));
    // JSON that is no webhook is accepted, for Meta may send what nobody knows yet.
    site.post("{\"hello\":1}").await;
    site.rows_until("", |rows, _| rows.len() == 2).await;
}

/// Opens a profile whose journal is a file, with a listener before it and a desk.
async fn of_file(path: &Path, guard: GuardLevel) -> (Arc<Runtime>, Traffic, RunningListener) {
    let profile = Profile {
        name: "shop".to_owned(),
        guard,
        place: Place::Embedded(EmbeddedPlace::at(DatabasePlace::File(path.to_owned()))),
        instagram: InstagramPlace::Simulated { strict: false },
        ..Profile::default()
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let runtime = Runtime::open(profile, clock).await.unwrap();
    let runtime = Arc::new(runtime);
    let traffic = Traffic::new();
    traffic.follow(Arc::clone(&runtime));
    let listener = listen(&runtime, runtime.queue(), &traffic).await;
    (runtime, traffic, listener)
}

async fn forged(client: &reqwest::Client, listener: &RunningListener, body: String) {
    let answer = client
        .post(listener.url())
        .header("content-type", "application/json")
        .header(
            "x-hub-signature-256",
            sign(&"guess".into(), body.as_bytes()),
        )
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 401);
}

async fn found(traffic: &Traffic, filter: &str) -> Vec<TrafficRow> {
    traffic.search(filter, None).await.unwrap().rows
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_found_and_opened_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let body = message("501", "m1", "<script>needle</script>");
    let (runtime, traffic, listener) = of_file(&path, GuardLevel::Offline).await;
    let client = reqwest::Client::new();
    forged(&client, &listener, body.clone()).await;
    let get = reqwest::get(format!("{}/wp-login.php", origin(&listener)));
    assert_eq!(get.await.unwrap().status().as_u16(), 404);
    until("both are known", || async {
        (traffic.counts().refused == 2).then_some(())
    })
    .await;
    // It is found by a word of its body, which the journal's index has not.
    let needle = found(&traffic, "needle").await;
    assert_eq!(needle.len(), 1, "{needle:?}");
    let journal = runtime.journal().unwrap();
    until("both are written down", || async {
        (journal.refused().await.unwrap().len() == 2).then_some(())
    })
    .await;
    listener.stop().await;
    runtime.stop().await;
    drop((runtime, traffic));

    let (runtime, traffic, listener) = of_file(&path, GuardLevel::Observe).await;
    let rows = until("they are known again", || async {
        let rows = found(&traffic, "result:refused").await;
        (rows.len() == 2).then_some(rows)
    })
    .await;
    assert_eq!(rows[0].refusal, Some(Refused::NotHere), "the newest first");
    assert_eq!(rows[1].refused_id, needle[0].refused_id);
    let opened = traffic.open(None, rows[1].refused_id).await.unwrap();
    assert_eq!(opened.body, Some(body), "as it came");
    assert_eq!(opened.signature.state, SignatureState::WrongSecret);
    let header = |name: &str| opened.headers.iter().find(|header| header.name == name);
    assert_eq!(header("content-type").unwrap().value, "application/json");
    assert_eq!(found(&traffic, "result:sent").await, []);

    // The live list begins with them.
    let look = TrafficLook {
        filter: "result:refused".to_owned(),
        at: None,
        count: 10,
    };
    let listed = traffic.look(WINDOW, look).unwrap().rows;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[1].refused_id, rows[0].refused_id, "the newest last");
    // At observe nothing is written, and it is known all the same.
    forged(&client, &listener, message("502", "m2", "a haystack")).await;
    until("it is known", || async {
        (found(&traffic, "haystack").await.len() == 1).then_some(())
    })
    .await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(runtime.journal().unwrap().refused().await.unwrap().len(), 2);
}

/// The address without its path.
fn origin(listener: &RunningListener) -> String {
    let url = listener.url();
    let end = url.find("/api").unwrap_or(url.len());
    url[..end].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_forged_requests_pushes_out_nothing_but_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let (runtime, traffic, listener) = of_file(&path, GuardLevel::Offline).await;
    let get = reqwest::get(format!("{}/wp-login.php", origin(&listener)));
    assert_eq!(get.await.unwrap().status().as_u16(), 404);
    let client = reqwest::Client::new();
    let posts = (0..1_200).map(|n| {
        let body = message("501", &format!("m{n}"), "again and again");
        forged(&client, &listener, body)
    });
    let posts = futures::stream::iter(posts).buffer_unordered(16);
    posts.collect::<Vec<()>>().await;
    until("all are counted", || async {
        (traffic.counts().refused == 1_201).then_some(())
    })
    .await;
    let rows = found(&traffic, "result:refused").await;
    assert_eq!(rows.len(), 1_000);
    assert_eq!(rows[999].refusal, Some(Refused::NotHere), "{:?}", rows[999]);
    let journal = runtime.journal().unwrap();
    until("the file has the same", || async {
        let kept = journal.refused().await.unwrap();
        assert!(kept.len() <= 1_000, "{}", kept.len());
        (kept.last().map(|one| one.id) == rows[0].refused_id).then_some(())
    })
    .await;
}
