//! Sends of workers that ended, and those that are handed over: none is left behind by a
//! Redis that fails in the middle, or by who asks for some of them only.

use anyhow::{Context, Result};
use heliograph_engine::conformance::samples;
use heliograph_engine::ports::{Committed, FailedSends, Ledger, SendAgain, Senders};
use heliograph_model::{DeliveryId, Millis, OutboxId, OutboxItem, OutboxState};
use heliograph_redis::WriteBehind;
use heliograph_runtime::ProductionPlace;
use heliograph_tests::production::{PATIENCE, Servers, places, write_behind};
use heliograph_tests::wait;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;

/// Partitions of what workers share.
const PARTITIONS: usize = 4;

fn place(servers: &Servers) -> ProductionPlace {
    let mut place = servers.place();
    place.behind.partitions = Some(PARTITIONS);
    place
}

/// Commits something to be sent to somebody; the ids that are to be sent here.
async fn send_to(worker: &WriteBehind, who: &str, number: i64) -> Result<Vec<OutboxItem>> {
    let delivery = DeliveryId(number);
    let record = samples::record(delivery, 0, who, "hi");
    let mut commit = samples::commit(&format!("mid.{who}.{number}"), record);
    let effect = samples::text(who, &format!("answer {number}"));
    commit.outbox = vec![samples::outbox(delivery, who, effect)];
    match worker.commit(commit).await? {
        Committed::Applied(items) => Ok(items),
        other => anyhow::bail!("{other:?}"),
    }
}

fn ids(items: &[OutboxItem]) -> impl Iterator<Item = OutboxId> {
    items.iter().map(|item| item.id)
}

/// What is handed over to a worker, until it is all of this; failures in between are met.
async fn handed(worker: &WriteBehind, all: &BTreeSet<OutboxId>) -> Result<Vec<OutboxItem>> {
    let mut handed = Vec::new();
    let everything = async {
        while !all.is_subset(&ids(&handed).collect()) {
            if let Ok(some) = worker.handed_over().await {
                handed.extend(some);
            }
        }
    };
    let is_all = timeout(PATIENCE, everything).await.is_ok();
    anyhow::ensure!(is_all, "{} of {} are handed over", handed.len(), all.len());
    Ok(handed)
}

/// The workers, as Redis knows them.
fn workers(place: &ProductionPlace) -> Result<Vec<String>> {
    let mut range = redis::cmd("ZRANGE");
    range
        .arg(format!("{}:workers", place.redis.prefix))
        .arg(&[0, -1]);
    Ok(range.query(&mut places::redis(place)?)?)
}

/// The name of the one worker that there is.
async fn name_of_the_only(place: &ProductionPlace) -> Result<String> {
    wait::until_within(PATIENCE, "it says that it is alive", || async {
        Ok(workers(place)?.pop())
    })
    .await
}

/// Makes a key of a partition unusable for its purpose.
fn break_key(place: &ProductionPlace, partition: usize, name: &str) -> Result<()> {
    let key = format!("{}:{{{partition}}}:{name}", place.redis.prefix);
    let mut redis = places::redis(place)?;
    redis::cmd("DEL").arg(&key).query::<()>(&mut redis)?;
    Ok(redis::cmd("SET").arg(&key).arg("x").query(&mut redis)?)
}

fn mend_key(place: &ProductionPlace, partition: usize, name: &str) -> Result<()> {
    let key = format!("{}:{{{partition}}}:{name}", place.redis.prefix);
    Ok(redis::cmd("DEL")
        .arg(&key)
        .query(&mut places::redis(place)?)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_over_before_a_failure_is_sent_all_the_same() -> Result<()> {
    let servers = Servers::start()?;
    let place = place(&servers);
    let (two, _) = write_behind(&place).await?;
    let heir = name_of_the_only(&place).await?;
    let (one, _) = write_behind(&place).await?;
    let mut left = BTreeSet::new();
    for number in 0..400 {
        // Two to each.
        let who = format!("person-{}", number % 200);
        left.extend(ids(&send_to(&one, &who, number).await?));
    }
    let at = |id: &OutboxId| usize::try_from(id.0).unwrap() % PARTITIONS;
    let places: BTreeSet<_> = left.iter().map(at).collect();
    assert_eq!(places.len(), PARTITIONS, "there are some everywhere");

    // The last partition cannot be taken over.
    let broken = PARTITIONS - 1;
    let outbox = format!("outbox:{heir}");
    break_key(&place, broken, &outbox)?;
    one.close().await?;
    drop(one);
    let mut taken = Vec::new();
    let error = loop {
        match timeout(PATIENCE, two.handed_over()).await? {
            Ok(some) => taken.extend(some),
            Err(error) => break error,
        }
    };
    assert!(taken.iter().all(|item| at(&item.id) != broken), "{error}");
    mend_key(&place, broken, &outbox)?;
    let missing: BTreeSet<_> = left.difference(&ids(&taken).collect()).copied().collect();
    assert!(missing.iter().any(|id| at(id) == broken));
    taken.extend(handed(&two, &missing).await?);
    // In their order for each.
    for who in 0..200 {
        let of_one = taken.iter().filter(|item| item.delivery_id.0 % 200 == who);
        assert!(of_one.is_sorted_by_key(|item| item.delivery_id), "{who}");
    }
    let held: BTreeSet<_> = ids(&two.outbox().await?).collect();
    assert_eq!(held, left, "all of it is in its outbox");
    for id in left {
        let begun = two.begin_sends(&[id]).await;
        begun.context("it is this worker's to send")?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_over_before_a_failure_is_handed_over_again() -> Result<()> {
    let servers = Servers::start()?;
    let place = place(&servers);
    let (one, _) = write_behind(&place).await?;
    let owner = name_of_the_only(&place).await?;
    let (two, _) = write_behind(&place).await?;
    let mut behind = 0;
    for number in 0..40 {
        let who = format!("person-{number}");
        send_to(&one, &who, number).await?;
        let sent = send_to(&two, &who, 100 + number).await?;
        behind += usize::from(sent.is_empty());
    }
    assert_eq!(behind, 40, "the other worker has earlier ones");
    let list = format!("handed:{owner}");
    break_key(&place, PARTITIONS - 1, &list)?;
    let error = timeout(PATIENCE, one.handed_over()).await?;
    error.expect_err("one list cannot be read");
    mend_key(&place, PARTITIONS - 1, &list)?;
    // Of the list that was broken nothing is left; of the others everything is.
    let all = one.outbox().await?.into_iter().filter(|item| {
        let place = usize::try_from(item.id.0).unwrap() % PARTITIONS;
        item.delivery_id.0 >= 100 && place != PARTITIONS - 1
    });
    let all: BTreeSet<_> = all.map(|item| item.id).collect();
    assert!(!all.is_empty());
    let again = handed(&one, &all).await?;
    assert_eq!(ids(&again).collect::<BTreeSet<_>>(), all);
    // What was taken up does not come again.
    let more = timeout(Duration::from_millis(500), one.handed_over()).await;
    assert!(more.is_err(), "{more:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_some_of_an_outbox_leaves_nothing_behind() -> Result<()> {
    let servers = Servers::start()?;
    let place = place(&servers);
    let (one, _) = write_behind(&place).await?;
    let mut left = BTreeSet::new();
    for number in 0..20 {
        left.extend(ids(
            &send_to(&one, &format!("person-{number}"), number).await?
        ));
    }
    let (two, _) = write_behind(&place).await?;
    one.close().await?;
    drop(one);
    // As the engine asks for the sends of one delivery whose commit's answer was lost.
    wait::until_within(PATIENCE, "all of it is taken over", || async {
        let held: BTreeSet<_> = ids(&two.outbox().await?).collect();
        Ok((held == left).then_some(()))
    })
    .await?;
    let handed = handed(&two, &left).await?;
    assert_eq!(handed.len(), left.len(), "each once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_back_before_a_failure_is_told_and_sent() -> Result<()> {
    let servers = Servers::start()?;
    let place = servers.place();
    let (one, _) = write_behind(&place).await?;
    let (two, _) = write_behind(&place).await?;
    wait::until_within(PATIENCE, "both are alive", || async {
        Ok((workers(&place)?.len() == 2).then_some(()))
    })
    .await?;
    let mut failed = Vec::new();
    for number in 0..120 {
        let who = format!("person-{number}");
        for item in send_to(&one, &who, number).await? {
            one.begin_sends(&[item.id]).await?;
            let ended = samples::ended(&item, OutboxState::Failed, None);
            one.end_sends(vec![ended]).await?;
            failed.push(item.id);
        }
    }
    assert_eq!(failed.len(), 120);
    let again = |id: &OutboxId| SendAgain {
        id: *id,
        send_before: samples::START + Millis::HOUR,
    };
    let all: Vec<_> = failed.iter().map(again).collect();
    // A hundred go together; in the second hundred one cannot be put back.
    let conversation = "conversation:17841400000000001:person-110";
    break_key(&place, 0, conversation)?;
    let count = two.send_again(&all, samples::START).await?;
    assert_eq!(count, 100, "so many are known to be put back");
    assert_eq!(two.senders().await?, Senders::Workers(2));
    mend_key(&place, 0, conversation)?;
    let back: BTreeSet<String> = (0..100).map(|number| format!("person-{number}")).collect();
    let mut reached = BTreeSet::new();
    let everybody = async {
        while !back.is_subset(&reached) {
            let some = two.handed_over().await?;
            let people = some.into_iter().filter_map(|item| item.contact_id);
            reached.extend(people.map(|contact| contact.to_string()));
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, everybody).await??;

    // Where there is nothing to put back, nothing is left among the workers.
    let strangers: Vec<_> = (10_000..10_010).map(|id| again(&OutboxId(id))).collect();
    assert_eq!(two.send_again(&strangers, samples::START).await?, 0);
    wait::until_within(PATIENCE, "only workers are there", || async {
        Ok((workers(&place)?.len() == 2).then_some(()))
    })
    .await
}
