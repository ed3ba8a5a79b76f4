//! Conversations that a worker takes while Redis stands still, is full, or holds something
//! that cannot be read.

use anyhow::{Context, Result};
use futures::future::join_all;
use heliograph_engine::conformance::samples;
use heliograph_engine::ports::{Committed, Conversations, EventTime, Ledger};
use heliograph_model::{AccountId, ContactId, DeliveryId, Millis, OutboxState};
use heliograph_redis::WriteBehind;
use heliograph_tests::production::{Servers, places, write_behind};
use std::time::{Duration, Instant};

const ACCOUNT: &str = "17841400000000001";

async fn open(worker: &WriteBehind, who: &str) -> Result<bool> {
    let (account, contact) = (AccountId::from(ACCOUNT), ContactId::from(who));
    let mark = format!("{ACCOUNT}:message:m.{who}");
    let opened = worker
        .open(&account, &contact, &mark, EventTime::default())
        .await?;
    Ok(opened.hold.is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_redis_gave_without_saying_so_is_not_lost_to_its_event() -> Result<()> {
    let mut servers = Servers::start()?;
    let (worker, _) = write_behind(&servers.place()).await?;
    // Redis knows the scripts.
    assert!(open(&worker, "leo").await?);
    servers.one_redis().process().signal("STOP")?;
    let early = open(&worker, "ana").await;
    servers.one_redis().process().signal("CONT")?;
    early.expect_err("nobody answered in time");
    let began = Instant::now();
    let taken = loop {
        match open(&worker, "ana").await {
            Ok(taken) => break taken,
            // It comes to itself.
            Err(_) if began.elapsed() < Duration::from_secs(8) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => return Err(error),
        }
    };
    assert!(taken);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "its own hold: {took:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_of_one_contact_costs_nobody_else_their_event() -> Result<()> {
    let servers = Servers::start()?;
    let place = servers.place();
    let (worker, _) = write_behind(&place).await?;
    assert!(open(&worker, "first").await?);
    let mut redis = places::redis(&place)?;
    let prefix = &place.redis.prefix;
    redis::cmd("HSET")
        .arg(format!("{prefix}:{{0}}:conversation:{ACCOUNT}:person-13"))
        .arg(&["changes", "not JSON"])
        .query::<()>(&mut redis)?;
    let people: Vec<_> = (0..30).map(|number| format!("person-{number}")).collect();
    let opened = join_all(people.iter().map(|who| open(&worker, who))).await;
    let failed: Vec<_> = people
        .iter()
        .zip(&opened)
        .filter(|(_, opened)| opened.is_err())
        .map(|(who, _)| who.as_str())
        .collect();
    assert_eq!(failed, ["person-13"]);
    // And it is free for whoever puts it right.
    let held: Option<String> = redis::cmd("HGET")
        .arg(format!("{prefix}:{{0}}:conversation:{ACCOUNT}:person-13"))
        .arg("hold")
        .query(&mut redis)?;
    assert_eq!(held, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_takes_the_end_of_every_try() -> Result<()> {
    let servers = Servers::start()?;
    let place = servers.place();
    let (worker, _) = write_behind(&place).await?;
    let mut items = Vec::new();
    for number in 0..4 {
        let (who, delivery) = (format!("person-{number}"), DeliveryId(number));
        let record = samples::record(delivery, 0, &who, "hi");
        let mut commit = samples::commit(&format!("mid.{number}"), record);
        let effect = samples::text(&who, "hello");
        commit.outbox = vec![samples::outbox(delivery, &who, effect)];
        let Committed::Applied(some) = worker.commit(commit).await? else {
            anyhow::bail!("it is new");
        };
        items.extend(some);
    }
    worker.flush().await?;
    let mut redis = places::redis(&place)?;
    let mut limit = |bytes: u64| {
        let mut set = redis::cmd("CONFIG");
        set.arg("SET").arg("maxmemory").arg(bytes);
        set.query::<()>(&mut redis)
    };
    limit(1_000_000)?;
    let later = Some(samples::START + Millis::HOUR);
    let retries = samples::ended(&items[0], OutboxState::Retrying, later);
    let ended = worker.end_sends(vec![retries]).await;
    let mixed = items[1..]
        .iter()
        .enumerate()
        .map(|(place, item)| match place {
            0 => samples::ended(item, OutboxState::Retrying, later),
            _ => samples::ended(item, OutboxState::Sent, None),
        });
    let mixed = worker.end_sends(mixed.collect()).await;
    limit(0)?;
    ended.context("a try that is repeated")?;
    mixed.context("some of each")?;
    let left = worker.outbox().await?;
    let left: Vec<_> = left.iter().map(|item| (item.id, item.attempts)).collect();
    assert_eq!(left, [(items[0].id, 1), (items[1].id, 1)]);
    Ok(())
}
