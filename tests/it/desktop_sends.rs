//! The failed sends in the real window, on a real Redis and MongoDB with a real worker: what
//! the person on call looks at, forgets, and sends again.

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
use thirtyfour::{Key, TypingData};

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
}

/// How many are in the list in Redis.
fn listed(site: &Site) -> Result<usize> {
    let mut redis = places::redis(&site.place)?;
    let pattern = format!("{}:*:failed", site.place.redis.prefix);
    let lists: Vec<String> = redis::cmd("KEYS").arg(pattern).query(&mut redis)?;
    let mut all = 0;
    for list in lists {
        all += redis::cmd("LLEN").arg(list).query::<usize>(&mut redis)?;
    }
    Ok(all)
}

/// What stands in the bar above the list and is not whole in sight.
const CUT_OFF: &str = "
    const tabs = document.querySelector('[data-testid=queue-tab-sends]').parentElement;
    const end = tabs.parentElement.getBoundingClientRect().right;
    const isCut = (part) => part.scrollWidth > part.clientWidth + 1;
    return [...tabs.parentElement.querySelectorAll('button')]
        .filter((one) => one.getBoundingClientRect().right > end
            || [...one.querySelectorAll('span')].some(isCut))
        .map((one) => one.textContent);";

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

    // The least window has room for the tabs and for what can be done, with a send open.
    window.resize(1024, 700).await?;
    let cut = window.script(CUT_OFF).await?;
    assert_eq!(cut, json!([]), "these are cut off");
    window.picture("queue-sends-open-light-small").await?;
    window.resize(1440, 900).await?;

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
    assert_eq!(listed(&failed.site)?, 3);

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
    assert_eq!(listed(&failed.site)?, 1);
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
    assert_eq!(listed(&failed.site)?, 0);
    assert_eq!(failed.site.instagram.sent().len(), sent, "nothing was sent");
    window.close().await?;
    failed.worker.stop().await;
    drop(failed.servers);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desktop_sends_that_failed_are_repaired_sent_again_and_arrive_once() -> Result<()> {
    const TEXT: &str = "You wrote The menu, please";
    let Failed {
        servers,
        site,
        worker,
    } = Failed::three().await?;
    let window = Window::open().await?;
    window.resize(1440, 900).await?;
    window.save_profile("Shop", &site.place, |_| ()).await?;
    window.connect("Shop", "observe").await?;
    window.click(&test_id("screen-queue")).await?;
    window
        .click(&test_id("queue-tab-sends").with_text("Failed sends 3"))
        .await?;
    let row = |who: &str| test_id("queue-send").with_text(who);
    window.click(&row(REFUSED)).await?;

    // At observe nothing is sent, whoever asks.
    let button = window.find(&test_id("queue-send-again")).await?;
    ensure!(!button.is_enabled().await?, "it only observes");
    let all = json!({ "choice": { "which": "all" } });
    let question = window.invoke_with("queue_ask_again", all).await?;
    assert_eq!(question["senders"], 1, "the worker runs: {question}");
    assert_eq!(question["onlyHere"], false, "{question}");
    assert_eq!(question["leftOut"], json!([]), "{question}");
    let ids = json!({ "ids": question["ids"] });
    let answer = window.invoke_with("queue_send_again", ids).await;
    let said = format!("{answer:?}");
    assert!(answer.is_err() && said.contains("observe"), "{said}");
    assert_eq!(listed(&site)?, 3);

    // What was in the way is repaired, and one is sent again: by the worker, for this window
    // handles nothing.
    site.instagram.lift_all();
    arm(&window).await?;
    window.click(&test_id("queue-send-again")).await?;
    let asked = window.text(&test_id("queue-ask")).await?;
    assert!(asked.contains("Send 1 failed send again?"), "{asked}");
    assert!(asked.contains(TEXT), "who gets what: {asked}");
    window.gone(&test_id("again-may_arrive_twice")).await?;
    window.gone(&test_id("again-nobody")).await?;
    window.click(&test_id("queue-confirm")).await?;
    site.is_sent(REFUSED, TEXT).await?;
    window
        .find(&test_id("queue-tab-sends").with_text("Failed sends 2"))
        .await?;
    assert_eq!(listed(&site)?, 2);

    // By the keys, from the row's menu; it says that one may come twice.
    window.click(&row(UNKNOWN)).await?;
    window
        .press(TypingData::from(Key::Shift) + Key::F10)
        .await?;
    window.find(&test_id("queue-send-again-menu")).await?;
    window.picture("queue-menu-light").await?;
    window.is_accessible("the menu of a failed send").await?;
    window.click(&test_id("queue-send-again-menu")).await?;
    window.find(&test_id("again-may_arrive_twice")).await?;
    window.press(Key::Escape + "").await?;
    window.gone(&test_id("queue-ask")).await?;
    assert_eq!(listed(&site)?, 2, "it was only asked");

    // With no worker they wait for one, and that is said before.
    worker.stop().await;
    window.click(&test_id("queue-again-all")).await?;
    let asked = window.text(&test_id("queue-ask")).await?;
    assert!(asked.contains("Send 2 failed sends again?"), "{asked}");
    window.find(&test_id("again-nobody")).await?;
    window.picture("queue-again-light").await?;
    window.is_accessible("sending again").await?;
    window.click(&test_id("queue-confirm")).await?;
    window
        .find(&test_id("queue-none").with_text("has been sent"))
        .await?;
    assert_eq!(listed(&site)?, 0);
    assert_eq!(site.texts(ALSO_REFUSED), [""; 0], "nobody sends");
    let worker = site.worker().await?;
    site.is_sent(ALSO_REFUSED, TEXT).await?;
    let twice = || async { Ok((site.texts(UNKNOWN).len() == 2).then_some(())) };
    wait::until("what may have arrived comes twice, as was said", twice).await?;
    assert_eq!(site.texts(REFUSED), [TEXT], "once");
    assert_eq!(site.texts(ALSO_REFUSED), [TEXT], "once");

    let log = window
        .invoke_with(
            "audit_search",
            json!({ "text": "Sending failed sends again" }),
        )
        .await?;
    assert_eq!(log["found"], 2, "{log}");
    let before = log["entries"][0].to_string();
    assert!(before.contains(ALSO_REFUSED), "what was there: {before}");
    window.close().await?;
    worker.stop().await;
    drop(servers);
    Ok(())
}
