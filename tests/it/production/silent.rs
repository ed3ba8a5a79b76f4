//! Workers that stood still for so long that others took over what they were to send.

use super::promises::{is_handled, with_parrot};
use anyhow::Result;
use heliograph_engine::conformance::samples;
use heliograph_engine::ports::{Committed, Ledger, SendUpdate};
use heliograph_instagram::simulated::{Failure, Fault, Requests};
use heliograph_model::{DeliveryId, Millis, OutboxState};
use heliograph_tests::production::process::{WorkerProcess, hasten};
use heliograph_tests::production::site::Site;
use heliograph_tests::production::{PATIENCE, Servers, write_behind};
use heliograph_tests::wait;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_stood_still_asks_before_it_sends_what_stood_behind_another() -> Result<()> {
    let servers = Servers::start()?;
    let mut site = Site::open(&servers, 1, &with_parrot()).await?;
    hasten(&mut site.place);
    let queue = site.queue().await?;
    let refuses = site
        .instagram
        .fail(Fault::always(Failure::Status(500)).on(Requests::Sends));
    let process = "production::promises::a_worker_in_a_process_of_its_own";
    let stands_still = WorkerProcess::start(&site, process).await?;
    let say = async |text: &str| {
        let (mid, body) = site.written(&site.account(0), "ana", text);
        queue.push(body).await?;
        is_handled(&site, &mid).await
    };
    say("one").await?;
    wait::until_within(PATIENCE, "it does not go through", || async {
        Ok((site.instagram.counters().faulted > 0).then_some(()))
    })
    .await?;
    say("two").await?;
    stands_still.signal("STOP")?;
    site.instagram.lift(refuses);

    let other = site.worker().await?;
    let both = ["You wrote one", "You wrote two"];
    site.is_sent("ana", both[1]).await?;
    assert_eq!(site.texts("ana"), both);
    stands_still.signal("CONT")?;
    // Its wait for the next try was over long ago.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(site.texts("ana"), both, "nothing is sent twice");
    other.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_behind_a_try_that_failed_is_not_taken_for_sent() -> Result<()> {
    let servers = Servers::start()?;
    let place = servers.place();
    let (one, _) = write_behind(&place).await?;
    let delivery = DeliveryId(1);
    let message = |words: &str| samples::outbox(delivery, "ana", samples::text("ana", words));
    let record = samples::record(delivery, 0, "ana", "hi");
    let mut commit = samples::commit("mid.1", record);
    commit.outbox = vec![message("first"), message("second")];
    let Committed::Applied(items) = one.commit(commit).await? else {
        anyhow::bail!("it is new");
    };
    let later = samples::START + Millis::HOUR;
    let failed = SendUpdate {
        waiting: vec![items[1].id],
        ..samples::ended(&items[0], OutboxState::Retrying, Some(later))
    };
    one.end_sends(vec![failed]).await?;
    // It comes while these are on their way, so it is not begun with its commit.
    let mut behind = samples::commit("mid.2", samples::record(delivery, 1, "ana", "hi"));
    behind.outbox = vec![message("third")];
    behind.begins = false;
    one.commit(behind).await?;
    one.close().await?;
    drop(one);

    let (two, _) = write_behind(&place).await?;
    let left = wait::until_within(PATIENCE, "all of it is taken over", || async {
        let left = two.outbox().await?;
        Ok((left.len() == 3).then_some(left))
    })
    .await?;
    let uncertain: Vec<_> = left.iter().filter(|item| item.uncertain).collect();
    assert!(uncertain.is_empty(), "none was under way: {uncertain:?}");
    Ok(())
}
