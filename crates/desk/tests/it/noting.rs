//! What the journal keeps of how deliveries came, and filters that look at all of it.

use crate::site::*;
use heliograph_desk::traffic::{OpenedDelivery, RowResult, SpanKind, Traffic, TrafficRow};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_instagram::simulated::{Failure, Fault, NewAccount};
use heliograph_lab::read_workspace;
use heliograph_listener::RunningListener;
use heliograph_listener::signature::sign;
use heliograph_model::{
    DeliveryId, DeliverySource, GuardLevel, Millis, NewDelivery, WorkspaceFile,
};
use heliograph_runtime::{
    DatabasePlace, Documents, EmbeddedPlace, InstagramPlace, Place, Profile, Runtime,
};
use std::path::Path;
use std::sync::Arc;

const FLORIST: &str = crate::shop::FLORIST;

/// The florist's profile, whose journal is a file.
struct Florist {
    runtime: Arc<Runtime>,
    traffic: Traffic,
    listener: RunningListener,
    client: reqwest::Client,
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

async fn furnish(path: &Path) {
    let florist: WorkspaceFile =
        read_workspace(include_str!("../../../../fixtures/workspaces/florist.yaml")).unwrap();
    let documents = Documents::open(path, clock()).unwrap();
    documents.workspaces().import(&florist).await.unwrap();
    documents.close();
}

async fn open_at(path: &Path, guard: GuardLevel) -> Florist {
    let profile = Profile {
        name: "Shop".to_owned(),
        guard,
        place: Place::Embedded(EmbeddedPlace::at(DatabasePlace::File(path.to_owned()))),
        instagram: InstagramPlace::Simulated { strict: false },
        ..Profile::default()
    };
    let runtime = Arc::new(Runtime::open(profile, clock()).await.unwrap());
    let instagram = runtime.simulated().unwrap();
    instagram.add_account(NewAccount::new(FLORIST, "florist.wouquets.example"));
    let traffic = Traffic::new();
    traffic.follow(Arc::clone(&runtime));
    let listener = listen(&runtime, runtime.queue(), &traffic).await;
    Florist {
        runtime,
        traffic,
        listener,
        client: reqwest::Client::new(),
    }
}

impl Florist {
    async fn post(&self, body: &str) {
        let answer = self
            .client
            .post(self.listener.url())
            .header("content-type", "application/json")
            .header("user-agent", "facebookplatform/1.0")
            .header("authorization", "Bearer of somebody")
            .header("cookie", "session=of-somebody")
            .header("x-long", "y".repeat(20_000))
            .header("x-hub-signature-256", sign(&SECRET.into(), body.as_bytes()))
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200);
    }

    /// Everything that a search finds, to the end of the journal.
    async fn found(&self, filter: &str) -> Vec<TrafficRow> {
        let mut rows = Vec::new();
        let mut next = None;
        loop {
            let page = self.traffic.search(filter, next).await.unwrap();
            assert!(page.next.is_none() || page.next != next, "it goes on");
            rows.extend(page.rows);
            next = page.next;
            if next.is_none() {
                return rows;
            }
        }
    }

    async fn listed(&self, filter: &str) -> Vec<TrafficRow> {
        let look = heliograph_desk::traffic::TrafficLook {
            filter: filter.to_owned(),
            at: None,
            count: 400,
        };
        self.traffic.look(WINDOW, look).unwrap().rows
    }

    /// Until so many events are decided and their sends have ended.
    async fn ended(&self, events: usize) -> Vec<TrafficRow> {
        until("all have ended", || async {
            let rows = self.listed("").await;
            let open = [RowResult::Waiting, RowResult::Sending];
            let ended = rows.iter().all(|row| !open.contains(&row.result));
            (rows.len() == events && ended).then_some(rows)
        })
        .await
    }

    async fn stop(self) {
        self.listener.stop().await;
        self.traffic.note_all().await;
        self.runtime.stop().await;
    }
}

fn said(from: &str, id: &str, text: &str) -> String {
    crate::shop::said(from, id, text)
}

fn header<'a>(opened: &'a OpenedDelivery, name: &str) -> Option<&'a str> {
    let mut all = opened.headers.iter();
    all.find(|header| header.name == name)
        .map(|header| header.value.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_opens_after_a_restart_as_it_did_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    furnish(&path).await;
    let shop = open_at(&path, GuardLevel::Offline).await;
    shop.post(&said("501", "m1", "A bouquet, please")).await;
    shop.ended(1).await;
    shop.runtime
        .simulated()
        .unwrap()
        .fail(Fault::next(1, Failure::error(100, 2_018_001)));
    shop.post(&said("502", "m2", "A bouquet, please")).await;
    let rows = shop.ended(2).await;
    let before = shop.traffic.open(rows[0].delivery_id, None).await.unwrap();
    let failed = shop.traffic.open(rows[1].delivery_id, None).await.unwrap();
    assert!(!before.sends.is_empty(), "{before:?}");
    let answer = failed.sends[0].answer.as_deref().unwrap();
    assert!(answer.contains("fbtrace_id"), "as it came: {answer}");
    let error = failed.sends[0].record.error.as_ref().unwrap();
    let answered = error.answered.as_ref().unwrap();
    assert!(
        answered.status >= 400 && answered.trace.is_some(),
        "{answered:?}"
    );
    let raw = before
        .headers
        .iter()
        .map(|one| one.value.len())
        .sum::<usize>();
    assert!(raw <= 16 * 1024, "{raw} bytes of headers");
    let took = [rows[0].micros, rows[1].micros];
    assert!(took.iter().all(Option::is_some), "{rows:?}");
    shop.stop().await;

    let shop = open_at(&path, GuardLevel::Observe).await;
    let rows = shop.ended(2).await;
    let after = shop.traffic.open(rows[0].delivery_id, None).await.unwrap();
    assert_eq!(after.headers, before.headers);
    assert_eq!(header(&after, "user-agent"), Some("facebookplatform/1.0"));
    assert_eq!(header(&after, "authorization"), Some("(not kept)"));
    assert_eq!(header(&after, "cookie"), Some("(not kept)"));
    assert_eq!(after.peer, before.peer);
    assert_eq!(after.signature, before.signature);
    assert_eq!(after.body, before.body);
    assert_eq!(after.spans, before.spans, "the waterfall");
    let kinds: Vec<SpanKind> = after.spans.iter().map(|span| span.kind).collect();
    for kind in [
        SpanKind::Listener,
        SpanKind::Queue,
        SpanKind::Decide,
        SpanKind::Send,
    ] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert_eq!(after.sends, before.sends);
    assert_eq!(after.story, before.story);
    let again = shop.traffic.open(rows[1].delivery_id, None).await.unwrap();
    assert_eq!(again, failed, "with the answer that refused it");
    assert_eq!([rows[0].micros, rows[1].micros], took, "how long they took");

    // A search says the same, and finds by it.
    let found = shop.found("ms:>0 signature:ok since:1h").await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!([found[1].micros, found[0].micros], took);
    assert_eq!(found[1].at, rows[0].at, "by the same clock");
    shop.stop().await;
}

#[tokio::test]
async fn what_is_not_noted_yet_is_when_another_profile_comes_in_front() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["shop.db", "other.db"] {
        furnish(&path(name)).await;
    }
    let shop = open_at(&path("shop.db"), GuardLevel::Offline).await;
    let other = open_at(&path("other.db"), GuardLevel::Offline).await;
    for number in 0..20 {
        shop.post(&said(
            "501",
            &format!("m{number}"),
            "nothing that is awaited",
        ))
        .await;
    }
    // Another one comes in front, and another one again at once, and the first is closed.
    let rows = shop.ended(20).await;
    for _ in 0..2 {
        shop.traffic.follow(Arc::clone(&other.runtime));
    }
    shop.traffic.note_all().await;
    shop.listener.stop().await;
    shop.runtime.stop().await;
    other.stop().await;

    let shop = open_at(&path("shop.db"), GuardLevel::Observe).await;
    shop.ended(20).await;
    for row in rows {
        let opened = shop.traffic.open(row.delivery_id, None).await.unwrap();
        assert!(header(&opened, "user-agent").is_some(), "{row:?}");
        assert!(!opened.spans.is_empty(), "{row:?}");
    }
    shop.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_finds_the_same_in_the_list_and_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    furnish(&path).await;
    let shop = open_at(&path, GuardLevel::Offline).await;
    shop.post(&said("501", "m1", "A bouquet, please")).await;
    shop.ended(1).await;
    shop.runtime
        .simulated()
        .unwrap()
        .fail(Fault::next(1, Failure::error(100, 2_018_001)));
    shop.post(&said("502", "m2", "A bouquet, please")).await;
    shop.ended(2).await;
    shop.post(&said("503", "m3", "nothing that anybody awaits"))
        .await;
    shop.ended(3).await;
    // It becomes no event, and what it holds stands in its body alone.
    shop.post(r#"{"object":"instagram","entry":[],"note":"Gr\u00D6\u00dfe 1\/2 \"new\""}"#)
        .await;
    let rows = shop.ended(4).await;
    let ids: Vec<DeliveryId> = rows.iter().map(|row| row.delivery_id.unwrap()).collect();
    let all = [0, 1, 2, 3];
    let code = {
        let failed = shop.traffic.open(rows[1].delivery_id, None).await.unwrap();
        failed.sends[0].record.error.as_ref().unwrap().code.unwrap()
    };
    let code = format!("error:{code}");
    for (filter, wanted) in [
        ("body:m2", &[1][..]),
        ("body:\"größe 1/2\"", &[3]),
        ("body:GR\\u00f6", &[3]),
        ("body:\"ÖßE 1/2 \\\"NEW\\\"\"", &[3]),
        ("body:sender body:503 -body:m1", &[2]),
        ("body:facebookplatform", &[]),
        ("ouque", &[0, 1]),
        ("text:\"that any\" ouquet", &[]),
        ("text:\"that any\"", &[2]),
        ("body:ouque kind:dm_text -error:any", &[0]),
        (code.as_str(), &[1]),
        ("error:any", &[1]),
        ("error:190/1", &[]),
        ("account:florist", &[0, 1, 2]),
        ("account:FLORIST.work account:1784", &[0, 1, 2]),
        ("account:somebody", &[]),
        ("signature:ok", &all),
        ("signature:none,wrong", &[]),
        ("state:none", &[2]),
        ("-state:none kind:dm_text", &[0, 1]),
        ("cache:store", &[0, 1, 2]),
        ("cache:workspace.hit", &[1, 2]),
        ("cache:error", &[]),
        ("since:1h", &all),
        ("since:today before:2h", &[]),
        ("time:10m", &all),
        ("-time:yesterday", &all),
        ("before:1h", &[]),
    ] {
        let wanted: Vec<DeliveryId> = wanted.iter().map(|place| ids[*place]).collect();
        let what = format!("rows of {filter}");
        let listed = until(&what, || async {
            let rows = shop.listed(filter).await;
            let listed: Vec<_> = rows.iter().filter_map(|row| row.delivery_id).collect();
            // Names of accounts are read a moment after they are asked for.
            (listed == wanted || !filter.contains("account")).then_some(listed)
        });
        assert_eq!(listed.await, wanted, "listed by {filter}");
        let mut found = shop.found(filter).await;
        found.reverse();
        let found: Vec<_> = found.iter().filter_map(|row| row.delivery_id).collect();
        // What became no event is found by its body only.
        let has_decision = |id: &&DeliveryId| filter.contains("body:") || **id != ids[3];
        let wanted: Vec<_> = wanted.iter().filter(has_decision).copied().collect();
        assert_eq!(found, wanted, "found by {filter}");
    }
    shop.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_when_it_was_received_also_where_it_waited_in_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    furnish(&path).await;
    let shop = open_at(&path, GuardLevel::Offline).await;
    // As of a worker that was away for ten minutes.
    let received_at = clock().now() - 10 * Millis::MINUTE;
    let waited = NewDelivery {
        received_at,
        source: DeliverySource::Listener,
        body: said("501", "m1", "A bouquet, please").into(),
        secret: None,
        accounts: Vec::new(),
    };
    shop.runtime.queue().push(waited).await.unwrap();
    shop.ended(1).await;
    shop.post(&said("502", "m2", "A bouquet, please")).await;
    let rows = shop.ended(2).await;
    assert_eq!(rows[0].at, received_at);
    shop.traffic.note_all().await;
    let ids: Vec<Option<DeliveryId>> = rows.iter().map(|row| row.delivery_id).collect();
    let check = async |shop: &Florist| {
        for (filter, wanted) in [
            ("before:5m", &ids[..1]),
            ("since:5m", &ids[1..]),
            ("time:11m", &ids[..]),
            ("-since:5m", &ids[..1]),
        ] {
            let id = |row: &TrafficRow| row.delivery_id;
            let listed: Vec<_> = shop.listed(filter).await.iter().map(id).collect();
            assert_eq!(listed, wanted, "listed by {filter}");
            let mut found: Vec<_> = shop.found(filter).await.iter().map(id).collect();
            found.reverse();
            assert_eq!(found, wanted, "found by {filter}");
        }
    };
    check(&shop).await;
    shop.stop().await;
    let shop = open_at(&path, GuardLevel::Observe).await;
    shop.ended(2).await;
    check(&shop).await;
    shop.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_filter_of_the_time_wants_goes_with_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    furnish(&path).await;
    let shop = open_at(&path, GuardLevel::Offline).await;
    shop.post(&said("501", "m1", "A bouquet, please")).await;
    shop.ended(1).await;
    let (new, old) = ("since:2s", "-since:2s");
    assert_eq!(shop.listed(new).await.len(), 1);
    let view = || shop.traffic.news(WINDOW);
    let first = view().view;
    until("it is older than that", || async {
        view().rows.is_empty().then_some(())
    })
    .await;
    assert_eq!(view().view, first, "the list is the same one");
    assert_eq!((view().first, view().end), (1, 1), "the row was its first");
    assert_eq!(shop.listed(old).await.len(), 1);
    shop.post(&said("501", "m2", "A bouquet, please")).await;
    until("both are older than that", || async {
        (view().rows.len() == 2).then_some(())
    })
    .await;
    shop.stop().await;
}
