//! Pages as workers print them, restarts, silence, and what answers that is no worker.
#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

use super::page::{Page, Unusable};
use super::*;
use heliograph_model::{Outcome, Tier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const START: Millis = Millis(1_790_000_000_000);
const SECOND: i64 = 1_000;

/// A page of a worker that began `started` seconds after 1970 and has so many hits and
/// misses of user states.
fn page(started: u64, hits: u64, misses: u64) -> String {
    let all = hits + misses;
    format!(
        "# TYPE heliograph_deliveries counter\n\
         heliograph_deliveries_total {all}\n\
         heliograph_events_total{{kind=\"dm_text\"}} {all}\n\
         heliograph_events_total{{kind=\"comment\"}} 2\n\
         heliograph_sends_total{{result=\"sent\"}} {hits}\n\
         heliograph_sends_total{{result=\"retrying\"}} 9\n\
         heliograph_sends_total{{result=\"failed\"}} 1\n\
         heliograph_cache_reads_total{{collection=\"user_state\",tier=\"shared\",outcome=\"hit\"}} {hits}\n\
         heliograph_cache_reads_total{{collection=\"user_state\",tier=\"store\",outcome=\"miss\"}} {misses}\n\
         heliograph_cache_read_seconds_bucket{{collection=\"user_state\",tier=\"shared\",le=\"0.0001\"}} {hits}\n\
         heliograph_cache_read_seconds_bucket{{collection=\"user_state\",tier=\"shared\",le=\"0.00025\"}} {hits}\n\
         heliograph_cache_read_seconds_bucket{{collection=\"user_state\",tier=\"shared\",le=\"+Inf\"}} {hits}\n\
         heliograph_cache_read_seconds_sum{{collection=\"user_state\",tier=\"shared\"}} 0.5\n\
         heliograph_cache_read_seconds_count{{collection=\"user_state\",tier=\"shared\"}} {hits}\n\
         heliograph_cache_expired_total{{collection=\"user_state\",tier=\"shared\"}} {misses}\n\
         heliograph_cache_writes_total{{collection=\"user_state\"}} {misses}\n\
         heliograph_cache_invalidations_total{{collection=\"user_state\"}} 3\n\
         heliograph_cache_errors_total{{collection=\"user_state\"}} 1\n\
         heliograph_build_info{{version=\"0.1.0\"}} 1.0\n\
         process_start_time_seconds {started}.25\n"
    )
}

fn read(started: u64, hits: u64, misses: u64) -> Result<Page, MetricsTrouble> {
    Ok(Page::read(&page(started, hits, misses)).unwrap())
}

/// As [`read`], of a worker that tells what it is called.
fn named(worker: &str, started: u64, hits: u64) -> Result<Page, MetricsTrouble> {
    let name = format!("heliograph_worker_info{{id=\"{worker}\"}} 1.0\n");
    Ok(Page::read(&(page(started, hits, 0) + &name)).unwrap())
}

fn silent() -> Result<Page, MetricsTrouble> {
    Err(MetricsTrouble::new("Nothing listens there.", "Start it."))
}

/// Reads and hits of user states over five minutes.
fn states(workers: &Workers, source: &CacheSource) -> (u32, u32) {
    let over = workers
        .history(source)
        .unwrap()
        .over(CacheSpan::FiveMinutes);
    let total = over.collection(Collection::UserState);
    (total.reads, total.shared_hits)
}

fn one(address: &str) -> CacheSource {
    CacheSource::Worker {
        address: address.to_owned(),
    }
}

#[test]
fn a_page_says_what_the_worker_counted() {
    let page = read(1_790_000_000, 90, 10).unwrap();
    assert_eq!(page.started_at, Millis(1_790_000_000_250));
    assert_eq!((page.version.as_str(), page.deliveries), ("0.1.0", 100));
    assert_eq!((page.events, page.sent, page.failed), (102, 90, 1));
    let figures = page.counted.figures();
    let state = figures.of(Collection::UserState);
    assert_eq!(
        (state.reads, state.shared_hits, state.misses),
        (100, 90, 10)
    );
    assert_eq!(
        (state.writes, state.invalidations, state.errors),
        (10, 3, 1)
    );
    assert_eq!(figures.of(Collection::Workspace).reads, 0);
    let shared = &page.counted.reads[Collection::UserState as usize * 3 + Tier::Shared as usize];
    assert_eq!(shared.outcomes[Outcome::Hit as usize], 90);
    assert_eq!(shared.expired, 10);
    assert_eq!((shared.times.count(), shared.times.at_most(100)), (90, 90));
    assert_eq!(shared.times.sum_micros(), 500_000);
}

#[test]
fn what_is_no_page_of_a_worker_is_refused_in_words() {
    let with = |line: &str| Page::read(&format!("{}{line}\n", page(1, 1, 1))).unwrap_err();
    let read = |name: &str| {
        format!(
            "heliograph_cache_reads_total{{collection=\"{name}\",tier=\"near\",outcome=\"hit\"}} 1"
        )
    };
    for (refused, says) in [
        (with(&read("carts")), "knows no collection “carts”"),
        (
            with("heliograph_cache_writes_total{collection=\"contact\"} 1.5"),
            "1.5 cannot have been counted",
        ),
        (
            with("heliograph_cache_writes_total{collection=\"contact\"} -1"),
            "-1 cannot have been counted",
        ),
        (
            with("heliograph_cache_writes_total{collection=\"contact\"} NaN"),
            "NaN cannot have been counted",
        ),
        (
            with(
                "heliograph_cache_read_seconds_bucket{collection=\"contact\",tier=\"near\",le=\"x\"} 1",
            ),
            "no bound",
        ),
        (
            with(
                "heliograph_cache_read_seconds_bucket{collection=\"user_state\",tier=\"shared\",le=\"1\"} 1",
            ),
            "do not rise",
        ),
        (
            with("heliograph_build_info{version=\"0.1.0\"} 1.0"),
            "there twice",
        ),
        (with("<p>"), "no name of a metric"),
    ] {
        let Unusable::Malformed(malformed) = refused else {
            panic!("{says}: {refused:?}");
        };
        assert!(malformed.why.contains(says), "{says}: {malformed:?}");
        assert_eq!(malformed.line, 21, "{says}");
    }
    let others = "go_goroutines 7\nprocess_start_time_seconds 1\n";
    assert_eq!(Page::read(others), Err(Unusable::Foreign));
    assert_eq!(Page::read(""), Err(Unusable::Foreign));
}

#[test]
fn rates_come_from_differences_summed_and_one_by_one() {
    let addresses = ["a", "b", "a"].map(str::to_owned);
    let mut workers = Workers::begin(START, &addresses);
    assert_eq!(workers.addresses(), ["a", "b"], "each is asked once");
    // What they counted before is of no time that is looked at.
    workers.take(
        START + 5 * SECOND,
        vec![read(1, 900, 100), read(2, 10, 10)],
        None,
    );
    assert_eq!(states(&workers, &CacheSource::Workers), (0, 0));
    workers.take(
        START + 10 * SECOND,
        vec![read(1, 990, 110), read(2, 15, 15)],
        None,
    );
    assert_eq!(states(&workers, &CacheSource::Workers), (110, 95));
    assert_eq!(states(&workers, &one("a")), (100, 90));
    assert_eq!(states(&workers, &one("b")), (10, 5));
    let figures = workers.figures().unwrap();
    assert_eq!((figures.named, figures.answering), (2, 2));
    assert_eq!((figures.deliveries, figures.events), (1_130, 1_134));
    assert_eq!(figures.cache.of(Collection::UserState).reads, 1_130);
    let now = workers.now(CacheSpan::FiveMinutes);
    let rate = now[0].rates[Collection::UserState as usize];
    assert_eq!((rate.rate, rate.reads), (Some(0.9), 100));
    assert_eq!(
        (rate.since_start, rate.reads_since_start),
        (Some(0.9), 1_100)
    );
    assert_eq!(now[0].rates[0].since_start, None, "nothing was read");
    let (points, _) = workers
        .history(&one("a"))
        .unwrap()
        .points(CacheSpan::FiveMinutes, 0);
    let reads: Vec<_> = points
        .iter()
        .map(|it| (it.millis, it.user_state.reads))
        .collect();
    assert_eq!(reads, [(5_000, 0), (5_000, 100)]);
    assert!(workers.history(&one("c")).is_none());
}

#[test]
fn a_worker_that_was_started_again_goes_on_and_one_that_is_silent_adds_nothing() {
    let mut workers = Workers::begin(START, &["a".to_owned()]);
    let mut at = START;
    let mut take = |workers: &mut Workers, answer| {
        at = at + 5 * SECOND;
        workers.take(at, vec![answer], None);
    };
    take(&mut workers, read(1, 100, 0));
    take(&mut workers, read(1, 150, 0));
    assert_eq!(states(&workers, &one("a")), (50, 50));
    take(&mut workers, silent());
    let now = &workers.now(CacheSpan::Hour)[0];
    assert_eq!(now.trouble.as_ref().unwrap().says, "Nothing listens there.");
    assert_eq!(now.answered_at, Some(START + 10 * SECOND));
    assert_eq!(states(&workers, &one("a")), (50, 50), "nothing is invented");
    assert_eq!(workers.figures().unwrap().answering, 0);
    // Started again, it has counted more than before already: only its start tells.
    take(&mut workers, read(9, 160, 40));
    let now = &workers.now(CacheSpan::Hour)[0];
    assert_eq!((now.restarts, &now.trouble), (1, &None));
    assert_eq!(states(&workers, &one("a")), (250, 210));
    // A counter that fell tells it too, where the clocks were set.
    take(&mut workers, read(9, 10, 0));
    assert_eq!(workers.now(CacheSpan::Hour)[0].restarts, 2);
    assert_eq!(states(&workers, &one("a")), (260, 220));
    // Two workers in turn under one address would count everything again and again.
    take(&mut workers, read(1, 900, 0));
    let trouble = workers.now(CacheSpan::Hour)[0].trouble.clone().unwrap();
    assert!(trouble.says.contains("in turn"), "{trouble:?}");
    take(&mut workers, read(9, 12, 0));
    assert_eq!(states(&workers, &CacheSource::Workers), (262, 222));
}

#[test]
fn a_worker_with_two_addresses_is_counted_once() {
    let addresses = ["a", "b", "c"].map(str::to_owned);
    let mut workers = Workers::begin(START, &addresses);
    let mut at = START;
    let mut take = |workers: &mut Workers, answers| {
        at = at + 5 * SECOND;
        workers.take(at, answers, None);
        states(workers, &CacheSource::Workers).0
    };
    let all = |a, b, c| vec![named("one", 1, a), named("one", 1, b), named("two", 1, c)];
    assert_eq!(take(&mut workers, all(100, 100, 10)), 0);
    let now = workers.now(CacheSpan::Hour);
    let same: Vec<_> = now.iter().map(|it| it.same_as.as_deref()).collect();
    assert_eq!(same, [None, Some("a"), None]);
    // The second address was asked a moment earlier.
    assert_eq!(take(&mut workers, all(150, 149, 20)), 60);
    assert_eq!(take(&mut workers, all(150, 150, 20)), 60);
    assert_eq!(states(&workers, &one("b")).0, 50, "it is the same worker's");
    let figures = workers.figures().unwrap();
    assert_eq!((figures.named, figures.answering), (2, 2));
    assert_eq!(figures.deliveries, 170);
    // Where one address is silent, the other one counts, and nothing is counted again.
    let half = vec![silent(), named("one", 1, 180), silent()];
    assert_eq!(take(&mut workers, half), 90);
    let figures = workers.figures().unwrap();
    assert_eq!((figures.named, figures.answering), (2, 1));
    assert_eq!(take(&mut workers, all(200, 200, 20)), 110);
    // Started again, at the same second and with more than before, it has another name.
    let again = |hits| vec![named("three", 1, hits), named("three", 1, hits), silent()];
    assert_eq!(take(&mut workers, again(300)), 410);
    assert_eq!(take(&mut workers, again(301)), 411);
    let now = workers.now(CacheSpan::Hour);
    assert_eq!((now[0].restarts, now[1].restarts), (1, 1));
    assert_eq!(now[1].same_as.as_deref(), Some("a"));
}

#[tokio::test]
async fn nobody_at_the_address_is_said() {
    let trouble = test_metrics(&metrics_url_of_nobody().await)
        .await
        .unwrap_err();
    assert_eq!(trouble.says, "Nothing listens there.");
}

/// An address at which nobody listens any more.
async fn metrics_url_of_nobody() -> String {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/metrics", tcp.local_addr().unwrap())
}

/// A server that answers every request with these bytes, over and over where `endless`.
async fn answers(head: &'static str, body: &'static [u8], endless: bool) -> String {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/metrics", tcp.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let _ = stream.read(&mut [0; 4_096]).await;
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(body).await.is_ok() && endless {}
        }
    });
    url
}

#[tokio::test]
async fn an_answer_is_bounded_whoever_gives_it() {
    static MUCH: [u8; 65_536] = [b'a'; 65_536];
    let url = answers("HTTP/1.1 200 OK\r\n\r\n", &MUCH, true).await;
    let trouble = test_metrics(&url).await.unwrap_err();
    assert!(trouble.says.contains("more than 4 MiB"), "{trouble:?}");
    let moved = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n";
    let trouble = test_metrics(&answers(moved, b"", false).await)
        .await
        .unwrap_err();
    assert!(trouble.to_do.contains("not followed"), "{trouble:?}");
    let binary = answers(
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n",
        b"\xff\xfe",
        false,
    )
    .await;
    let trouble = test_metrics(&binary).await.unwrap_err();
    assert!(
        trouble.says.contains("no metrics of Heliograph"),
        "{trouble:?}"
    );
    let short = answers("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", b"a", false).await;
    let trouble = test_metrics(&short).await.unwrap_err();
    assert!(trouble.says.contains("broke"), "{trouble:?}");
}

#[tokio::test]
async fn a_silent_address_is_given_up() {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/metrics", tcp.local_addr().unwrap());
    let trouble = test_metrics(&url).await.unwrap_err();
    assert!(
        trouble.says.contains("does not answer within 4 s"),
        "{trouble:?}"
    );
    drop(tcp);
}

#[test]
fn an_address_is_one_of_the_web_without_a_password() {
    for (text, kept) in [
        (
            " http://10.0.0.5:9464/metrics ",
            "http://10.0.0.5:9464/metrics",
        ),
        ("http://worker-1:9464", "http://worker-1:9464/metrics"),
        (
            "https://inner.example/a/b?x=1#y",
            "https://inner.example/a/b?x=1",
        ),
    ] {
        assert_eq!(metrics_address(text).unwrap(), kept);
    }
    for none in [
        "",
        "worker",
        "localhost:9464",
        "ftp://a/metrics",
        "10.0.0.5:9464",
        "http://",
    ] {
        let refused = metrics_address(none).unwrap_err();
        assert!(
            refused.contains("no address of metrics"),
            "{none}: {refused}"
        );
    }
    let refused = metrics_address("http://me:hunter2@host/metrics").unwrap_err();
    assert!(
        refused.contains("no password") && !refused.contains("hunter2"),
        "{refused}"
    );
}

#[test]
fn sends_that_did_not_go_through_are_added_up_over_restarts() {
    let tells = |started, refused: u64| {
        let errors = format!(
            "heliograph_send_errors_total{{class=\"token\"}} {refused}\n\
             heliograph_send_errors_total{{class=\"retry\"}} 7\n"
        );
        vec![Ok(Page::read(&(page(started, 1, 1) + &errors)).unwrap())]
    };
    let mut workers = Workers::begin(START, &["http://a/metrics".to_owned()]);
    let mut take = |second: i64, answers| {
        workers.take(Millis(START.0 + second * SECOND), answers, None);
        let count = |class| workers.send_errors(class);
        (count(ErrorClass::Token), count(ErrorClass::Retry))
    };
    assert_eq!(take(0, tells(1, 3)), (0, 0), "what was before is no news");
    assert_eq!(take(5, tells(1, 5)), (2, 0));
    assert_eq!(take(10, vec![silent()]), (2, 0));
    assert_eq!(take(15, tells(9, 1)), (3, 7), "it was started again");
}
