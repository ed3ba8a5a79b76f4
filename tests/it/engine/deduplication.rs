//! Each event takes effect once, however often Meta delivers it.

use anyhow::{Context, Result};
use heliograph_engine::ports::Queue;
use heliograph_model::{AccountId, DeliverySource, NewDelivery, Reason};
use heliograph_tests::rig::{Rig, shop, webhook};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_comes_twice_takes_effect_once() -> Result<()> {
    let rig = Rig::start().await?;
    let body = rig.written("ana", "hello");
    rig.deliver(body.clone()).await?;
    rig.settle().await?;
    rig.deliver(body).await?;
    rig.settle().await?;

    assert_eq!(rig.texts("ana"), ["Hello!"]);
    let reasons: Vec<_> = rig
        .decisions("ana")
        .await?
        .iter()
        .map(|record| record.decision.trace.reason)
        .collect();
    assert_eq!(reasons, [Reason::Started, Reason::Duplicate]);
    assert_eq!(rig.engine().work().duplicates, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_is_in_a_delivery_twice_takes_effect_once() -> Result<()> {
    let rig = Rig::start().await?;
    let account = rig.account();
    let item = rig.write_to(&account, "ana", "hello");
    let items = [item.clone(), item];
    rig.deliver(webhook::messaging(&account, &items, rig.clock_now()))
        .await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    assert_eq!(rig.engine().work().duplicates, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_the_same_delivery_takes_effect_once() -> Result<()> {
    let rig = Rig::start().await?;
    let body = rig.written("ana", "hello");
    for _ in 0..50 {
        rig.deliver(body.clone()).await?;
    }
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    assert_eq!(rig.engine().work().duplicates, 49);
    assert_eq!(rig.engine().work().decisions, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_comes_again_after_a_restart_takes_effect_once() -> Result<()> {
    let mut rig = Rig::start().await?;
    let body = rig.written("ana", "price");
    rig.deliver(body.clone()).await?;
    rig.settle().await?;
    rig.stop().await;
    rig.restart().await?;
    rig.deliver(body).await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana").len(), 1);
    assert!(
        rig.state("ana").await?.is_some(),
        "the state outlives the process"
    );
    assert_eq!(rig.engine().work().duplicates, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_comment_gets_one_private_reply() -> Result<()> {
    let rig = Rig::start().await?;
    let id = rig.comment("ana", "info please").await?;
    rig.settle().await?;
    let now = rig.clock_now();
    let body = webhook::comment(
        &rig.account(),
        &"ana".into(),
        (&id, "18000000000000071"),
        "info please",
        now,
    );
    rig.deliver(body).await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["Here is the information."]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stranger_claims_first_does_not_silence_the_event_itself() -> Result<()> {
    let rig = Rig::start().await?;
    let body = rig.written("ana", "hello");
    let forged = NewDelivery {
        received_at: rig.clock_now(),
        source: DeliverySource::Listener,
        body: body.clone(),
        secret: Some("another tenant".to_owned()),
        accounts: vec!["17841499999999999".into()],
    };
    rig.database.push(forged).await?;
    rig.settle().await?;
    assert!(rig.texts("ana").is_empty(), "it may not speak for the shop");
    rig.deliver(body).await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_before_its_account_was_known_takes_effect_when_it_comes_again() -> Result<()> {
    let rig = Rig::start().await?;
    let alias: AccountId = "17841499999999999".into();
    let item = rig.write_to(&rig.account(), "ana", "hello");
    let body = webhook::messaging(&alias, &[item], rig.clock_now());
    rig.deliver(body.clone()).await?;
    rig.settle().await?;
    assert!(rig.texts("ana").is_empty());

    let workspaces = rig.engine().workspaces();
    let accounts = workspaces.accounts(&shop::WORKSPACE.into()).await?;
    let mut account = accounts.into_iter().next().context("the shop has one")?;
    account.aliases.push(alias);
    workspaces.put_account(&account).await?;
    rig.deliver(body).await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    Ok(())
}
