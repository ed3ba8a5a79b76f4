//! How the cache is, what is in it beside the documents, and invalidating.

use crate::site::{self, START, Site, message, until};
use bytes::Bytes;
use heliograph_desk::cache::{
    CacheDesk, CacheError, CacheNews, CacheScan, CacheSource, CacheSpan, Histories, KeyAgreement,
    KeyList, KeySearch, ScanProblem, ScanState, test_metrics,
};
use heliograph_engine::ports::SystemClock;
use heliograph_model::{Collection, GuardLevel};
use heliograph_telemetry::{Source, serve};
use std::future::ready;
use std::sync::Arc;
use tokio::net::TcpListener;

const ACCOUNT: &str = "17841400000000001";
const STATE: &str = "user_state:17841400000000001:900000000000011";

struct Place {
    site: Site,
    cache: CacheDesk,
}

/// Somebody has begun a flow, so that there are a state and the automations.
async fn open() -> Place {
    let site = site::open().await;
    let cache = CacheDesk::new(Arc::new(SystemClock));
    cache.follow(site.simulator.runtime());
    site.post(&message("900000000000011", "m1", "menu")).await;
    site.row("contact:900000000000011").await;
    Place { site, cache }
}

impl Place {
    async fn keys(&self, collection: Collection, text: &str) -> KeyList {
        let search = KeySearch {
            collection,
            text: text.to_owned(),
            from: None,
            most: 100,
        };
        self.cache.keys(&search).await.unwrap()
    }

    async fn put(&self, key: &str, value: String, ttl: i64) {
        let cache = self.site.simulator.runtime().cache();
        cache.put(key, Bytes::from(value), ttl).await.unwrap();
    }

    /// What is cached under a key.
    async fn cached(&self, key: &str) -> String {
        let cache = self.site.simulator.runtime().cache();
        let value = cache.peek(key).await.unwrap().unwrap();
        String::from_utf8(value.to_vec()).unwrap()
    }

    async fn news_until(&self, are_so: impl Fn(&CacheNews) -> bool) -> CacheNews {
        until("news", || async {
            let news = self.cache.news(CacheSpan::FiveMinutes)?;
            are_so(&news).then_some(news)
        })
        .await
    }

    async fn scanned(&self) -> CacheScan {
        self.cache.scan().await.unwrap();
        let over = |news: &CacheNews| {
            let scan = news.scan.as_ref();
            scan.is_some_and(|scan| scan.state != ScanState::Running)
        };
        self.news_until(over).await.scan.unwrap()
    }
}

#[tokio::test]
async fn what_is_read_is_in_the_table_and_in_the_points() {
    let place = open().await;
    for number in 0..20 {
        let id = format!("m2.{number}");
        place
            .site
            .post(&message("900000000000012", &id, "menu"))
            .await;
    }
    let read = |news: &CacheNews| {
        let state = &news.rows[Collection::UserState as usize];
        let filled = news.servers.iter().any(|server| server.keys >= 3);
        state.total.reads >= 21 && filled
    };
    let news = place.news_until(read).await;
    assert_eq!(news.guard, GuardLevel::Offline);
    assert!(news.now >= START, "the engine's time is the simulator's");
    let automations = &news.rows[Collection::Automations as usize];
    assert!(automations.near.reads > 0, "{automations:?}");
    assert!(automations.rate.unwrap() > 0.5, "{automations:?}");
    assert!(automations.store.mean.unwrap() > automations.near.mean.unwrap());
    assert_eq!(automations.target, Some(0.9));
    let points: u32 = news.points.iter().map(|point| point.user_state.reads).sum();
    let state = &news.rows[Collection::UserState as usize];
    assert_eq!(
        points, state.total.reads,
        "the table is the sum of the points"
    );
    assert!(state.per_minute > 0.0);
    assert_eq!(news.servers[0].name, "Memory");
    assert_eq!(news.alerts, [], "so few reads are not judged");

    // Another profile in front begins anew.
    place.site.simulator.reset().await.unwrap();
    place.cache.follow(place.site.simulator.runtime());
    let fresh = place.cache.news(CacheSpan::FiveMinutes).unwrap();
    assert!(
        fresh.front != news.front && fresh.points.is_empty(),
        "{fresh:?}"
    );
    assert_eq!(fresh.rows[0].total.reads, 0);
    place.cache.stop();
    assert!(place.cache.news(CacheSpan::Hour).is_none());
    let gone = place.cache.open(STATE).await.unwrap_err();
    assert!(matches!(gone, CacheError::NothingRuns), "{gone}");
}

#[tokio::test]
async fn a_watcher_gets_all_points_at_first_and_then_the_new_ones() {
    let place = open().await;
    place.news_until(|news| news.points.len() > 1).await;
    let mut told: Vec<CacheNews> = Vec::new();
    let watch = place.cache.watch(CacheSpan::FiveMinutes, None, |news| {
        told.push(news);
        ready(told.len() < 4)
    });
    watch.await;
    assert_eq!(told[0].from, 0);
    let mut known = 0;
    for news in &told {
        assert!(news.from <= known, "no gap");
        assert!(news.from > 0 || known == 0, "only the first one has all");
        known = news.from + news.points.len() as u64;
    }
    assert!(known > told[0].points.len() as u64, "it goes on");
}

#[tokio::test]
async fn keys_are_listed_and_opened_beside_their_documents() {
    let place = open().await;
    let states = place.keys(Collection::UserState, "").await;
    assert_eq!(states.keys.len(), 1, "{states:?}");
    assert_eq!((states.keys[0].key.as_str(), &states.next), (STATE, &None));
    assert!(states.keys[0].expires_at.unwrap() > START);
    assert!(states.keys[0].bytes.unwrap() > 100);
    assert_eq!(
        place.keys(Collection::UserState, "00011").await.keys.len(),
        1
    );
    assert!(
        place
            .keys(Collection::UserState, "00012")
            .await
            .keys
            .is_empty()
    );
    assert_eq!(
        place.keys(Collection::Workspace, ACCOUNT).await.keys.len(),
        1
    );
    assert!(
        !place
            .keys(Collection::Automations, "")
            .await
            .keys
            .is_empty()
    );

    let opened = place.cache.open(STATE).await.unwrap();
    assert_eq!(opened.agreement, KeyAgreement::Same, "{opened:?}");
    assert!(opened.is_stored && opened.differences.is_empty());
    assert!(opened.idle_ms.is_some());
    let text = |lines: &[heliograph_desk::cache::JsonLine]| -> String {
        lines.iter().map(|line| line.text.as_str()).collect()
    };
    assert_eq!(text(&opened.cached), text(&opened.stored));

    // Somebody else writes the cached copy, and leaves a field of their own in it.
    let cached = place.cached(STATE).await;
    let (before, after) = ("awaiting_opening_response", "awaiting_email");
    let changed = cached
        .replace(before, after)
        .replacen('{', "{\"theirs\":1,", 1);
    assert_ne!(changed, cached);
    place.put(STATE, changed, 60_000).await;
    let opened = place.cache.open(STATE).await.unwrap();
    assert_eq!(opened.agreement, KeyAgreement::Differs);
    let [difference] = opened.differences.as_slice() else {
        panic!("one difference: {:?}", opened.differences);
    };
    assert_eq!(difference.path, "/state");
    assert_eq!(difference.cached.as_deref(), Some("\"awaiting_email\""));
    assert_eq!(
        difference.stored.as_deref(),
        Some("\"awaiting_opening_response\"")
    );
    for lines in [&opened.cached, &opened.stored] {
        let marked: Vec<_> = lines.iter().filter(|line| line.differs).collect();
        assert_eq!(marked.len(), 1, "{marked:?}");
        assert!(marked[0].text.starts_with("\"state\": "), "{marked:?}");
    }
    assert!(
        text(&opened.cached).contains("theirs"),
        "shown, and not a difference"
    );

    let gone = place.cache.open("user_state:1:2").await.unwrap_err();
    assert!(matches!(gone, CacheError::Gone(_)), "{gone}");
    let other = place.cache.open("bull:jobs:1").await.unwrap_err();
    assert!(matches!(other, CacheError::Invalid(_)), "{other}");
}

#[tokio::test]
async fn an_edit_behind_the_caches_back_is_seen() {
    let place = open().await;
    let runtime = place.site.simulator.runtime();
    let list = place
        .keys(Collection::Automations, "dm_automation:all")
        .await;
    let key = list.keys[0].key.clone();
    assert_eq!(
        place.cache.open(&key).await.unwrap().agreement,
        KeyAgreement::Same
    );
    // Not by the engine's own way, which would invalidate it.
    let store = runtime.store();
    let workspace = runtime
        .engine()
        .workspaces()
        .list()
        .await
        .unwrap()
        .remove(0);
    let automations = store.automations(&workspace.id).await.unwrap();
    let mut edited = automations
        .into_iter()
        .find(|automation| automation.is_active && key.contains(automation.kind.as_str()))
        .unwrap();
    edited.name = "Edited by somebody else".to_owned();
    edited.version += 1;
    let seen = Some(edited.version - 1);
    store.put_automation(&edited, seen).await.unwrap();
    let opened = place.cache.open(&key).await.unwrap();
    assert_eq!(opened.agreement, KeyAgreement::Differs, "{opened:?}");
    let name = opened
        .differences
        .iter()
        .find(|difference| difference.path.ends_with("/name"));
    assert!(
        name.unwrap()
            .stored
            .as_deref()
            .unwrap()
            .contains("somebody else")
    );
}

#[tokio::test]
async fn a_walk_finds_what_should_not_be_there_and_changes_nothing() {
    let place = open().await;
    let state = place.cached(STATE).await;
    let orphan = "user_state:17841400000000001:7777";
    place
        .put(orphan, state.replace("900000000000011", "7777"), 60_000)
        .await;
    place.put("workspace:99", "null".to_owned(), -1).await;
    place
        .put("automation:old:name", "{not json".to_owned(), -1)
        .await;
    let changed = state.replace("awaiting_opening_response", "awaiting_email");
    place.put(STATE, changed, 60_000).await;
    let before = place.cached(STATE).await;

    let scan = place.scanned().await;
    assert_eq!(scan.state, ScanState::Finished, "{scan:?}");
    assert!(scan.looked_at >= scan.total && scan.total >= 5, "{scan:?}");
    let of = |collection| scan.counts[collection as usize];
    let states = of(Collection::UserState);
    assert_eq!((states.keys, states.orphans, states.different), (2, 1, 1));
    assert_eq!(of(Collection::Workspace).without_expiry, 1);
    assert_eq!(of(Collection::Automations).unreadable, 1);
    let mut found: Vec<_> = place
        .cache
        .findings()
        .into_iter()
        .map(|finding| (finding.row.key, finding.problems))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(
        found,
        [
            (
                "automation:old:name".to_owned(),
                vec![ScanProblem::WithoutExpiry, ScanProblem::Unreadable]
            ),
            (orphan.to_owned(), vec![ScanProblem::Orphan]),
            (STATE.to_owned(), vec![ScanProblem::Different]),
            ("workspace:99".to_owned(), vec![ScanProblem::WithoutExpiry]),
        ]
    );
    assert_eq!(place.cached(STATE).await, before, "nothing was changed");
    assert_eq!((scan.listed, scan.not_listed), (4, 0));

    // What is invalidated leaves the list.
    let keys = [orphan.to_owned(), "workspace:99".to_owned()];
    let done = place.cache.invalidate(&keys).await.unwrap();
    assert_eq!((done.removed, done.is_announced), (2, false));
    assert_eq!(place.cache.findings().len(), 2);
    place
        .cache
        .invalidate_all(Collection::Automations)
        .await
        .unwrap();
    assert_eq!(place.cache.findings().len(), 1);
    assert!(
        place
            .keys(Collection::Automations, "")
            .await
            .keys
            .is_empty()
    );
    assert!(
        place
            .keys(Collection::Workspace, "99")
            .await
            .keys
            .is_empty()
    );
    let automations = |news: &CacheNews| news.rows[1].total.invalidations > 0;
    place.news_until(automations).await;
}

#[tokio::test]
async fn a_walk_can_be_stopped() {
    let place = open().await;
    for number in 0..3_000 {
        let key = format!("user_state:1:{number}");
        place.put(&key, "null".to_owned(), 60_000).await;
    }
    place.cache.scan().await.unwrap();
    place.cache.cancel_scan();
    let scan = place.cache.news(CacheSpan::Hour).unwrap().scan.unwrap();
    assert_eq!(scan.state, ScanState::Cancelled);
    assert!(
        scan.ended_at.is_some() && scan.looked_at < scan.total,
        "{scan:?}"
    );
}

#[tokio::test]
async fn what_is_no_key_of_the_cache_is_not_removed() {
    let place = open().await;
    let jobs = ["bull:jobs:1".to_owned()];
    let error = place.cache.invalidate(&jobs).await.unwrap_err();
    assert!(
        error.to_string().contains("is no key of the cache"),
        "{error}"
    );
    let many = vec![STATE.to_owned(); 1_001];
    assert!(place.cache.invalidate(&many).await.is_err());
    assert_eq!(place.keys(Collection::UserState, "").await.keys.len(), 1);
}

#[tokio::test]
async fn what_heliograph_prints_of_itself_is_read_as_it_was_counted() {
    let place = open().await;
    let runtime = place.site.simulator.runtime();
    let clock = Arc::clone(runtime.clock());
    let source = Source::new(runtime.engine().measured(), runtime.queue(), clock);
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let metrics = serve(tcp, source, std::future::pending()).unwrap();
    let figures = runtime.engine().cached().figures();
    let reads: u64 = Collection::ALL.iter().map(|it| figures.of(*it).reads).sum();
    assert!(reads > 0, "somebody wrote");

    let found = test_metrics(&metrics.url()).await.unwrap();
    assert_eq!(found.reads, reads);
    assert!(!found.version.is_empty(), "{found:?}");
    let trouble = test_metrics(&metrics.url().replace("/metrics", "/healthz"))
        .await
        .unwrap_err();
    assert!(trouble.says.contains("line 1"), "{trouble:?}");
    let trouble = test_metrics(&metrics.url().replace("/metrics", "/stats"))
        .await
        .unwrap_err();
    assert!(trouble.says.contains("404"), "{trouble:?}");
    assert_eq!(trouble.to_do, "End the address with /metrics.");

    // It names itself, so that two addresses of it are one worker.
    let page = async || {
        let answer = reqwest::get(metrics.url()).await.unwrap();
        let page = answer.text().await.unwrap();
        let mut lines = page.lines().map(str::to_owned);
        lines.find(|line| line.starts_with("heliograph_worker_info{id="))
    };
    let name = page().await;
    assert!(name.is_some() && name == page().await, "{name:?}");

    // An offline profile asks nobody, and says nothing of workers.
    let offline = CacheDesk::new(Arc::new(SystemClock));
    offline.follow_beside(runtime, &[metrics.url()], None);
    let news = offline.news(CacheSpan::FiveMinutes).unwrap();
    assert_eq!(
        (news.source, news.workers),
        (CacheSource::Window, Vec::new())
    );
    metrics.stop().await;
}

#[tokio::test]
async fn the_history_of_a_profile_is_there_again_after_a_restart_with_a_gap_between() {
    let site = site::open().await;
    let runtime = site.simulator.runtime();
    let folder = tempfile::tempdir().unwrap();
    let path = Histories::of(folder.path()).file("Shop");
    let reads = |desk: &CacheDesk| {
        let news = desk.news(CacheSpan::Hour).unwrap();
        let rows = news.rows.iter();
        rows.map(|row| row.total.reads).sum::<u32>()
    };
    let first = CacheDesk::new(Arc::new(SystemClock));
    first.follow_beside(Arc::clone(&runtime), &[], Some(&path));
    site.post(&site::message("900000000000011", "m1", "menu"))
        .await;
    until("what is read is counted", || async {
        (reads(&first) > 0).then_some(())
    })
    .await;
    let begun_at = first.news(CacheSpan::Hour).unwrap().begun_at;
    first.stop();
    assert!(path.exists(), "written when it is looked at no more");
    let before = std::fs::read_to_string(&path).unwrap();
    assert!(
        !before.contains("900000000000011"),
        "no id is in it: {before}"
    );

    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let again = CacheDesk::new(Arc::new(SystemClock));
    again.follow_beside(Arc::clone(&runtime), &[], Some(&path));
    let news = again.news(CacheSpan::Hour).unwrap();
    assert_eq!(news.begun_at, begun_at);
    assert!(reads(&again) > 0, "what was read before counts");
    until("it goes on", || async {
        let points = again.news(CacheSpan::FiveMinutes).unwrap().points;
        let gap = points
            .windows(2)
            .any(|two| two[1].at + -i64::from(two[1].millis) > two[0].at);
        gap.then_some(())
    })
    .await;
    drop(again);

    // Where no worker is asked, what is known of their day stays.
    let minute = before.lines().last().unwrap();
    let of_workers = format!("{{\"of\":\"workers\"}}\n{minute}\n");
    std::fs::write(&path, format!("{before}{of_workers}")).unwrap();
    let unasked = CacheDesk::new(Arc::new(SystemClock));
    unasked.follow_beside(Arc::clone(&runtime), &[], Some(&path));
    unasked.stop();
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(after.ends_with(&of_workers), "{after}");

    // What cannot be read is set aside, and it begins anew.
    std::fs::write(&path, "not a history").unwrap();
    let anew = CacheDesk::new(Arc::new(SystemClock));
    anew.follow_beside(runtime, &[], Some(&path));
    assert!(anew.news(CacheSpan::Hour).unwrap().begun_at > begun_at);
    assert!(path.with_extension("broken").exists());
}
