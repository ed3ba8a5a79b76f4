//! The failed sends in the real window, on a real Redis and MongoDB with a real worker: what
//! the person on call looks at, and forgets.

use crate::desktop_queue::arm;
use anyhow::{Context, Result, ensure};
use heliograph_instagram::simulated::{Failure, Fault, Requests};
use heliograph_model::OutboxState;
use heliograph_tests::production::site::{Site, Worker};
use heliograph_tests::production::{Servers, places};
use heliograph_tests::rig::shop;
use heliograph_tests::wait;
use heliograph_tests::window::{Locator, Window, test_id};
use serde_json::{Value, json};

/// What Instagram refused, and what may have arrived, in the Redis that the workers share.
struct Failed {
    servers: Servers,
    site: Site,
    worker: Worker,
}

impl Failed {
    /// Two sends are refused, and of one nobody knows whether it arrived.
    async fn three() -> Result<Self> {
        let servers = Servers::start()?;
        let site = Site::open(&servers, 1, &[shop::parrot()]).await?;
        let on = |who: &str, failure| {
            let fault = Fault::always(failure).on(Requests::Sends);
            site.instagram.fail(fault.for_person(who.into()))
        };
        for who in [REFUSED, ALSO_REFUSED] {
            on(who, Failure::error(10, 2_534_022));
        }
        on(UNKNOWN, Failure::DropAfter);
        let worker = site.worker().await?;
        let queue = site.queue().await?;
        let account = site.account(0);
        for (n, who) in [REFUSED, ALSO_REFUSED, UNKNOWN].into_iter().enumerate() {
            let (_, body) = site.written(&account, who, "The menu, please");
            queue.push(body).await?;
            let ended = || async { Ok((worker.sends().len() > n).then_some(())) };
            wait::until("its send has ended", ended).await?;
        }
        let ends: Vec<_> = worker.sends().iter().map(|record| record.state).collect();
        let unknown = OutboxState::Unknown;
        ensure!(ends == [OutboxState::Failed, OutboxState::Failed, unknown]);
        Ok(Self {
            servers,
            site,
            worker,
        })
    }

    /// How many are in the list in Redis.
    fn listed(&self) -> Result<usize> {
        let mut redis = places::redis(&self.site.place)?;
        let pattern = format!("{}:*:failed", self.site.place.redis.prefix);
        let lists: Vec<String> = redis::cmd("KEYS").arg(pattern).query(&mut redis)?;
        let mut all = 0;
        for list in lists {
            all += redis::cmd("LLEN").arg(list).query::<usize>(&mut redis)?;
        }
        Ok(all)
    }
}

const REFUSED: &str = "900000000000031";
const ALSO_REFUSED: &str = "900000000000032";
const UNKNOWN: &str = "900000000000033";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desktop_sends_that_instagram_refused_are_looked_at_and_forgotten() -> Result<()> {
    let failed = Failed::three().await?;
    let sent = failed.site.instagram.sent().len();
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window
        .save_profile("Shop", &failed.site.place, |_| ())
        .await?;
    window.connect("Shop", "observe").await?;
    window.click(&test_id("screen-queue")).await?;

    // The worker says which version it is.
    window.click(&test_id("queue-workers")).await?;
    let program = concat!("Heliograph ", env!("CARGO_PKG_VERSION"));
    window
        .find(&test_id("queue-worker-list").with_text(program))
        .await?;
    window.click(&test_id("queue-workers")).await?;

    // Why they failed, and for whom they were.
    window
        .click(&test_id("queue-tab-sends").with_text("Failed sends 3"))
        .await?;
    let refused = test_id("queue-send-reason").with_text("(error 10/2534022)");
    let text = window.text(&refused).await?;
    assert!(text.trim().starts_with('2'), "{text}");
    window
        .find(&test_id("queue-send-reason").with_text("may have arrived"))
        .await?;
    let row = |who: &str| test_id("queue-send").with_text(who);
    window.find(&row(ALSO_REFUSED)).await?;
    window.click(&row(UNKNOWN)).await?;
    window.find(&test_id("queue-send-uncertain")).await?;
    let said = window.text(&test_id("queue-send-text")).await?;
    assert_eq!(said.trim(), "You wrote The menu, please");
    window.picture("queue-sends-light").await?;
    window.is_accessible("failed sends").await?;
    window.click(&row(REFUSED)).await?;
    window.gone(&test_id("queue-send-uncertain")).await?;
    let code = window.text(&test_id("queue-send-code")).await?;
    assert_eq!(code.trim(), "10/2534022");

    // At observe one looks, and forgets nothing.
    let forget = window.find(&test_id("queue-forget")).await?;
    ensure!(!forget.is_enabled().await?, "it only observes");
    let ids = window
        .invoke_with(
            "queue_choose_sends",
            json!({ "choice": { "which": "all" } }),
        )
        .await?;
    assert_eq!(ids.as_array().map(Vec::len), Some(3), "{ids}");
    let answer = window
        .invoke_with("queue_forget_sends", json!({ "ids": ids }))
        .await;
    let said = format!("{answer:?}");
    assert!(answer.is_err() && said.contains("observe"), "{said}");
    assert_eq!(failed.listed()?, 3);

    // From one of them to the conversation.
    window.click(&test_id("queue-send-conversation")).await?;
    window.find(&test_id("person").with_text(REFUSED)).await?;

    // All of a kind, with what they were in a file first.
    arm(&window).await?;
    window.click(&test_id("screen-queue")).await?;
    let forget = "[data-testid=queue-send-reason]:first-child [data-testid=queue-forget-reason]";
    window.click(&Locator::css(forget)).await?;
    let asked = window.text(&test_id("queue-ask")).await?;
    assert!(asked.contains("Forget 2 failed sends?"), "{asked}");
    assert!(asked.contains("Nothing is sent"), "{asked}");
    window.click(&test_id("queue-save")).await?;
    let saved = window
        .find(&test_id("queue-saved").with_text("2 failed sends saved"))
        .await?;
    let saved = saved.text().await?;
    window.picture("queue-forget-light").await?;
    window.is_accessible("forgetting failed sends").await?;
    let path = saved.split_once("saved to ").context("a path")?.1;
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path.trim())?)?;
    std::fs::remove_file(path.trim())?;
    assert_eq!(file[0]["error"]["subcode"], 2_534_022, "{file}");
    assert_eq!(file[1]["contactId"], REFUSED, "{file}");
    window.click(&test_id("queue-confirm")).await?;
    window
        .find(&test_id("queue-tab-sends").with_text("Failed sends 1"))
        .await?;
    window.gone(&refused).await?;
    assert_eq!(failed.listed()?, 1);
    let log = window
        .invoke_with("audit_search", json!({ "text": "Forgetting failed sends" }))
        .await?;
    assert_eq!(log["found"], 1, "{log}");
    let before = log["entries"][0].to_string();
    assert!(before.contains(ALSO_REFUSED), "what was there: {before}");
    window.resize(1024, 700).await?;
    window.click(&test_id("theme")).await?;
    window.click(&row(UNKNOWN)).await?;
    window.picture("queue-sends-dark-small").await?;
    window.click(&test_id("queue-forget")).await?;
    window.click(&test_id("queue-confirm")).await?;
    window
        .find(&test_id("queue-none").with_text("has been sent"))
        .await?;
    assert_eq!(failed.listed()?, 0);
    assert_eq!(failed.site.instagram.sent().len(), sent, "nothing was sent");
    window.close().await?;
    failed.worker.stop().await;
    drop(failed.servers);
    Ok(())
}
