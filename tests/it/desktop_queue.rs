//! Queue in the real window, against a real Redis with real Node workers: what the person on
//! call does when jobs fail.

use anyhow::{Context, Result, ensure};
use heliograph_listener::signature::sign;
use heliograph_servers::mongod::Mongod;
use heliograph_servers::node::{self, Peer};
use heliograph_servers::redis::Redis;
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, test_id};
use serde_json::{Value, json};
use thirtyfour::Key;

const ACCOUNT: &str = "17841400000000001";
const QUEUE: &str = "webhooks";

/// Servers as a Node application has them.
struct Servers {
    redis: Redis,
    mongod: Mongod,
}

impl Servers {
    fn start() -> Result<Self> {
        Ok(Self {
            redis: Redis::start()?,
            mongod: Mongod::start()?,
        })
    }

    /// What a Node program gets: where the queue is, and more.
    fn on(&self, mut more: Value) -> Value {
        more["redis"] = self.redis.url().into();
        more["queue"] = QUEUE.into();
        more
    }

    async fn node(&self, program: &str, more: Value) -> Result<Vec<Value>> {
        node::run(program, &self.on(more)).await
    }

    async fn worker(&self, more: Value) -> Result<Peer> {
        let mut peer = Peer::start("work", &self.on(more))?;
        peer.says("ready").await?;
        Ok(peer)
    }

    /// Has so many jobs fail for a reason, each job once.
    async fn fail(&self, worker: &str, reason: &str, count: usize) -> Result<Peer> {
        let data = json!({ "webhook": webhook("{n}", "501") });
        let add = json!({ "name": "webhook", "data": data, "count": count });
        self.node("add", add).await?;
        let work = json!({
            "work": "fail", "fail": reason, "times": 1, "quiet": true, "name": worker,
        });
        let mut peer = self.worker(work).await?;
        for _ in 0..count {
            peer.says("reason").await?;
        }
        Ok(peer)
    }

    async fn counts(&self) -> Result<Value> {
        let mut seen = self.node("inspect", json!({})).await?;
        Ok(seen[0]["counts"].take())
    }
}

fn webhook(id: &str, from: &str) -> Value {
    json!({ "object": "instagram", "entry": [{
        "id": ACCOUNT, "time": 1_790_000_000_500_i64,
        "messaging": [{
            "sender": { "id": from }, "recipient": { "id": ACCOUNT },
            "timestamp": 1_790_000_000_123_i64,
            "message": { "mid": format!("mid-{id}"), "text": "The menu, please" },
        }],
    }]})
}

/// Connects the window to the servers, by the settings of the Node application.
async fn connect(window: &Window, servers: &Servers) -> Result<()> {
    let env = format!(
        "REDIS_URL={}\nMONGODB_URI={}\nMONGODB_DB=bakery\nQUEUE_NAME={QUEUE}",
        servers.redis.url(),
        servers.mongod.url(),
    );
    window
        .invoke_with(
            "connections_import_env",
            json!({ "text": env, "name": "Shop" }),
        )
        .await?;
    window.click(&test_id("screen-connections")).await?;
    window.click(&test_id("connect-Shop")).await?;
    level(window, "observe").await
}

async fn level(window: &Window, level: &str) -> Result<()> {
    let strip = Locator::css(format!("[data-testid=strip][data-level={level}]"));
    window.find(&strip).await.map(drop)
}

pub(crate) async fn arm(window: &Window) -> Result<()> {
    window
        .invoke_with("connection_arm", json!({ "name": "Shop", "minutes": 5 }))
        .await?;
    level(window, "live").await
}

/// Waits until a number is this.
async fn number(window: &Window, state: &str, value: &str) -> Result<()> {
    let what = format!("{state} is {value}");
    wait::until(&what, || async {
        let shown = window
            .text(&test_id(&format!("queue-number-{state}")))
            .await?;
        Ok(shown.lines().any(|line| line == value).then_some(()))
    })
    .await
}

/// A group of failed jobs.
fn group(reason: &str) -> Locator {
    test_id("queue-reason").with_text(reason)
}

#[tokio::test]
async fn desktop_queue_a_job_that_a_node_worker_failed_is_retried_from_the_window_and_completed()
-> Result<()> {
    let servers = Servers::start()?;
    let luck = servers
        .fail("shop-1", "no account 17841400000000001", 3)
        .await?;
    drop(luck);
    let mut worker = servers
        .fail("shop-2", "connect ECONNREFUSED 127.0.0.1:27017", 2)
        .await?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    connect(&window, &servers).await?;
    window.click(&test_id("screen-queue")).await?;
    number(&window, "failed", "5").await?;
    number(&window, "waiting", "0").await?;
    let three = window.text(&group("no account …")).await?;
    assert!(three.trim().starts_with("3"), "{three}");
    window.find(&group("connect ECONNREFUSED …")).await?;
    window.picture("queue-observe-light").await?;
    window.click(&test_id("theme")).await?;
    window.picture("queue-observe-dark").await?;
    window.click(&test_id("theme")).await?;

    // At observe one looks, and moves nothing.
    let button = window.find(&test_id("queue-retry-reason")).await?;
    ensure!(!button.is_enabled().await?, "it only observes");
    for (command, arguments) in [
        ("queue_retry", json!({ "choice": { "which": "all" } })),
        (
            "queue_discard",
            json!({ "from": "failed", "choice": { "which": "all" } }),
        ),
        (
            "queue_promote",
            json!({ "choice": { "which": "some", "ids": ["1"] } }),
        ),
        (
            "queue_discard",
            json!({ "from": "waiting", "choice": { "which": "some", "ids": ["1"] } }),
        ),
        ("queue_pause", json!({})),
        ("queue_resume", json!({ "merging": false })),
    ] {
        let answer = window.invoke_with(command, arguments).await;
        let said = format!("{answer:?}");
        assert!(
            answer.is_err() && said.contains("observe"),
            "{command}: {said}"
        );
    }
    assert_eq!(servers.counts().await?["failed"], 5);

    // What is known of one.
    window
        .click(&test_id("queue-row").with_text("ECONNREFUSED"))
        .await?;
    window
        .find(&test_id("queue-job").with_text("worker"))
        .await?;
    let stack = window.text(&test_id("queue-job-stack")).await?;
    assert!(stack.contains("work.mjs"), "{stack}");
    let data = window.text(&test_id("queue-job-data")).await?;
    assert!(data.contains("The menu, please"), "{data}");
    window.click(&test_id("queue-workers")).await?;
    let workers = window.text(&test_id("queue-worker-list")).await?;
    assert!(workers.contains("shop-2"), "{workers}");
    let opened_by = window.text(&test_id("queue-opened-by")).await?;
    let version = servers.node("inspect", json!({})).await?[0]["version"].take();
    let version = version.as_str().context("its version")?;
    let version = version.trim_start_matches("bullmq:");
    assert!(
        version.starts_with("6.") && opened_by.contains(&format!("BullMQ {version}.")),
        "{opened_by}, and Node says {version}"
    );
    window.picture("queue-workers-light").await?;
    window.click(&test_id("queue-workers")).await?;
    window.picture("queue-job-light").await?;

    // One, then all of a kind.
    arm(&window).await?;
    window.click(&test_id("queue-retry")).await?;
    window.click(&test_id("queue-confirm")).await?;
    let done = worker.says("completed").await?;
    number(&window, "failed", "4").await?;
    window
        .find(&test_id("queue-tab-completed").with_text("Completed 1"))
        .await?;
    window.click(&test_id("queue-job-close")).await?;
    let retry = test_id("queue-reason").inside("[data-testid=queue-retry-reason]");
    window.click(&retry.with_text("Retry all 3")).await?;
    let asked = window.text(&test_id("queue-ask")).await?;
    assert!(asked.contains("Retry 3 jobs?"), "{asked}");
    assert!(asked.contains("really sent"), "{asked}");
    window.picture("queue-ask-light").await?;
    window.click(&test_id("queue-confirm")).await?;
    window
        .find(&test_id("notice").with_text("3 jobs went back"))
        .await?;
    // To this worker they are new, so that it fails each once more.
    for _ in 0..3 {
        assert_eq!(
            worker.says("reason").await?,
            "connect ECONNREFUSED 127.0.0.1:27017"
        );
    }
    let four = test_id("queue-reason").inside("[data-testid=queue-retry-reason]");
    window.click(&four.with_text("Retry all 4")).await?;
    window.click(&test_id("queue-confirm")).await?;
    number(&window, "failed", "0").await?;
    wait::until("Node sees all completed", || async {
        let counts = servers.counts().await?;
        Ok((counts["completed"] == 5).then_some(()))
    })
    .await?;
    window.click(&test_id("queue-tab-completed")).await?;
    let id = done.as_str().context("an id")?;
    window.find(&test_id("queue-row").with_text(id)).await?;
    window.picture("queue-completed-light").await?;
    let log = window
        .invoke_with("audit_search", json!({ "text": "Retrying" }))
        .await?;
    assert_eq!(log["found"], 3, "each is in the audit log: {log}");
    window.close().await
}

#[tokio::test]
async fn desktop_queue_what_is_discarded_is_put_back_and_a_pause_is_everybodys() -> Result<()> {
    let servers = Servers::start()?;
    drop(
        servers
            .fail("shop-1", "job 4711 has no such luck", 4)
            .await?,
    );
    let window = Window::open_with(|settings| settings["theme"] = "dark".into()).await?;
    window.resize(1024, 700).await?;
    connect(&window, &servers).await?;
    arm(&window).await?;
    window.click(&test_id("screen-queue")).await?;
    number(&window, "failed", "4").await?;
    window.click(&test_id("queue-row")).await?;
    window.find(&test_id("queue-job-stack")).await?;
    window.picture("queue-job-dark-small").await?;
    window.is_accessible("a job that failed, dark").await?;

    window.click(&test_id("queue-discard-reason")).await?;
    let asked = window.text(&test_id("queue-ask")).await?;
    assert!(asked.contains("Discard 4 jobs?"), "{asked}");
    window.picture("queue-discard-dark-small").await?;
    window.click(&test_id("queue-confirm")).await?;
    number(&window, "failed", "0").await?;
    window.find(&test_id("queue-job-gone")).await?;
    assert_eq!(servers.counts().await?["failed"], 0);
    window.click(&test_id("notice-action")).await?;
    number(&window, "failed", "4").await?;
    assert_eq!(servers.counts().await?["failed"], 4);

    window.click(&test_id("queue-pause")).await?;
    window.click(&test_id("queue-confirm")).await?;
    window.find(&test_id("queue-paused")).await?;
    assert_eq!(servers.node("inspect", json!({})).await?[0]["paused"], true);
    window.picture("queue-paused-dark-small").await?;
    window.click(&test_id("queue-resume")).await?;
    window.gone(&test_id("queue-paused")).await?;
    assert_eq!(
        servers.node("inspect", json!({})).await?[0]["paused"],
        false
    );

    // What a client of BullMQ 5 paused is resumed only on purpose.
    let data = json!({ "webhook": webhook("5", "501") });
    let add = json!({ "library": "bullmq5", "name": "x", "data": data });
    servers.node("add", add).await?;
    servers
        .node("pause", json!({ "library": "bullmq5" }))
        .await?;
    window.find(&test_id("queue-paused")).await?;
    number(&window, "waiting", "1").await?;
    window.picture("queue-version5-dark-small").await?;
    window.click(&test_id("queue-resume")).await?;
    let asked = window.text(&test_id("queue-ask")).await?;
    assert!(
        asked.contains("BullMQ 5") && asked.contains("1 job aside"),
        "{asked}"
    );
    window.click(&test_id("queue-confirm")).await?;
    window.gone(&test_id("queue-paused")).await?;
    assert_eq!(servers.counts().await?["waiting"], 1);
    window.close().await
}

#[tokio::test]
async fn desktop_queue_what_waits_is_removed_before_a_worker_takes_it_and_put_back() -> Result<()> {
    let servers = Servers::start()?;
    let job = |name: &str, n: u32, opts: Value| {
        let data = json!({ "webhook": webhook(&n.to_string(), "501") });
        json!({ "name": name, "data": data, "opts": opts })
    };
    let hour = json!({ "delay": 3_600_000 });
    let mut jobs: Vec<Value> = (0..4).map(|n| job("webhook", n, json!({}))).collect();
    jobs.push(job("report", 4, json!({})));
    jobs.push(job("webhook", 5, json!({ "priority": 3 })));
    jobs.push(job("webhook", 6, hour.clone()));
    jobs.push(job("report", 7, hour));
    servers.node("add", json!({ "jobs": jobs })).await?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    connect(&window, &servers).await?;
    window.click(&test_id("screen-queue")).await?;
    number(&window, "waiting", "6").await?;
    window.click(&test_id("queue-tab-waiting")).await?;
    // At observe one may select, and nothing is removed.
    window
        .click(&Locator::css("#queue-job-1 [data-mark]"))
        .await?;
    window.find(&test_id("queue-marked")).await?;
    let remove = window.find(&test_id("queue-remove-marked")).await?;
    ensure!(!remove.is_enabled().await?, "it only observes");

    arm(&window).await?;
    let list = window.find(&test_id("queue-list")).await?;
    list.send_keys(Key::Shift + Key::Down).await?;
    window
        .find(&test_id("queue-marked").with_text("2 selected"))
        .await?;
    window.picture("queue-selected-light").await?;
    window.is_accessible("jobs that are selected").await?;
    window.click(&test_id("queue-remove-marked")).await?;
    let asked = window.text(&test_id("queue-ask")).await?;
    assert!(asked.contains("Remove 2 jobs?"), "{asked}");
    assert!(asked.contains("does not send them again"), "{asked}");
    window.click(&test_id("queue-save")).await?;
    let saved = window
        .find(&test_id("queue-saved").with_text("2 jobs saved"))
        .await?;
    let saved = saved.text().await?;
    window.picture("queue-remove-light").await?;
    window.is_accessible("removing jobs").await?;
    let path = saved.split_once("saved to ").context("a path")?.1;
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path.trim())?)?;
    std::fs::remove_file(path.trim())?;
    assert_eq!(file.as_array().map(Vec::len), Some(2));
    let data = file[0]["data"].as_str().context("its data")?;
    assert!(data.contains("The menu, please"), "{data}");
    window.click(&test_id("queue-confirm")).await?;
    number(&window, "waiting", "4").await?;
    let log = window
        .invoke_with("audit_search", json!({ "text": "Removing waiting" }))
        .await?;
    assert_eq!(log["found"], 1, "it is in the audit log: {log}");
    let before = log["entries"][0].to_string();
    assert!(
        before.contains("The menu, please"),
        "what was there: {before}"
    );
    window.click(&test_id("notice-action")).await?;
    number(&window, "waiting", "6").await?;

    // All of a kind, from one of them; delayed ones too.
    window
        .click(&test_id("queue-row").with_text("report"))
        .await?;
    window.click(&test_id("queue-remove-like")).await?;
    let asked = window.text(&test_id("queue-ask")).await?;
    assert!(asked.contains("Remove 1 job?"), "{asked}");
    window.click(&test_id("queue-confirm")).await?;
    number(&window, "waiting", "5").await?;
    window.click(&test_id("queue-job-close")).await?;
    window.click(&test_id("queue-tab-delayed")).await?;
    window.resize(1024, 700).await?;
    window.click(&test_id("theme")).await?;
    window.click(&test_id("queue-remove-all")).await?;
    window.picture("queue-remove-dark-small").await?;
    window.click(&test_id("queue-confirm")).await?;
    number(&window, "delayed", "0").await?;

    // What is left is done by a worker of Node, in its order, and nothing else.
    let mut worker = servers.worker(json!({ "quiet": true })).await?;
    for id in ["1", "2", "3", "4", "6"] {
        assert_eq!(worker.says("completed").await?, id);
    }
    let counts = servers.counts().await?;
    assert_eq!(counts["completed"], 5, "{counts}");
    assert_eq!(counts["waiting"], 0, "{counts}");
    window.close().await
}

#[tokio::test]
async fn desktop_queue_offline_what_is_held_up_is_seen_and_handled_later() -> Result<()> {
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.click(&test_id("screen-queue")).await?;
    window.find(&test_id("queue-empty")).await?;
    window.picture("queue-empty-light").await?;

    window.click(&test_id("queue-pause")).await?;
    let asked = window.text(&test_id("queue-ask")).await?;
    assert!(asked.contains("close the application"), "{asked}");
    window.click(&test_id("queue-confirm")).await?;
    window.find(&test_id("queue-paused")).await?;
    let url = wait::until("the listener runs", || async {
        let status = window.invoke("listener_status").await?;
        Ok(status["address"].as_str().map(str::to_owned))
    })
    .await?;
    let secret = window.invoke("listener_app_secret").await?;
    let secret = secret.as_str().context("a text")?.to_owned();
    for n in 0..3 {
        let body = webhook(&format!("q{n}"), "900000000000042").to_string();
        let signature = sign(&secret.as_str().into(), body.as_bytes());
        let answer = reqwest::Client::new()
            .post(&url)
            .header("X-Hub-Signature-256", signature)
            .body(body)
            .send()
            .await?;
        ensure!(answer.status().is_success(), "{}", answer.status());
    }
    number(&window, "waiting", "3").await?;
    window.click(&test_id("queue-number-waiting")).await?;
    // Whose messages wait is seen before one is opened.
    let asks = test_id("queue-row").with_text("The menu, please");
    window.click(&asks).await?;
    window.find(&test_id("queue-job-data")).await?;
    window.press(Key::Up + "").await?;
    window.picture("queue-waiting-light").await?;
    let data = window.text(&test_id("queue-job-data")).await?;
    assert!(data.contains("The menu, please"), "{data}");
    window
        .is_accessible("a queue that is paused, light")
        .await?;

    // What is removed is so in Traffic too, until it is put back.
    window.click(&test_id("queue-remove")).await?;
    window.click(&test_id("queue-confirm")).await?;
    number(&window, "waiting", "2").await?;
    let shows = async |result: &str, count: usize| {
        let rows = Locator::css(format!("[data-testid=traffic-row][data-result={result}]"));
        wait::until(&format!("{count} rows are {result}"), || async {
            Ok((window.all(&rows).await?.len() == count).then_some(()))
        })
        .await
    };
    window.click(&test_id("screen-traffic")).await?;
    shows("removed", 1).await?;
    shows("waiting", 2).await?;
    window
        .click(&test_id("traffic-row").with_text("Removed by hand"))
        .await?;
    window
        .find(&test_id("traffic-story").with_text("removed it from the queue by hand"))
        .await?;
    window.picture("traffic-removed-light").await?;
    window.click(&test_id("notice-action")).await?;
    shows("waiting", 3).await?;
    window.click(&test_id("screen-queue")).await?;
    number(&window, "waiting", "3").await?;
    window.click(&test_id("queue-row")).await?;
    window.find(&test_id("queue-job-data")).await?;
    window.click(&test_id("queue-resume")).await?;
    number(&window, "waiting", "0").await?;
    window.find(&test_id("queue-job-gone")).await?;
    window.click(&test_id("queue-to-traffic")).await?;
    window
        .find(&test_id("traffic-panel").with_text("The menu, please"))
        .await?;
    window.close().await
}
