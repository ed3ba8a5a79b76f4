//! What is counted.

use anyhow::Result;
use bytes::Bytes;
use heliograph_model::{Collection, Outcome, Tier};
use heliograph_tests::rig::{Rig, shop, webhook};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_is_counted() -> Result<()> {
    let rig = Rig::start().await?;
    let account = rig.account();
    let items: Vec<_> = ["a", "b", "c"]
        .map(|who| rig.write_to(&account, who, "hello"))
        .to_vec();
    let body = webhook::messaging(&account, &items, rig.clock_now());
    rig.deliver(body.clone()).await?;
    rig.settle().await?;
    rig.deliver(body).await?;
    rig.deliver(Bytes::from_static(b"no")).await?;
    rig.say("d", "nothing that matches").await?;
    rig.settle().await?;
    let work = rig.engine().work();
    assert_eq!(work.deliveries, 3, "what is no JSON is none");
    assert_eq!(work.events, 7);
    assert_eq!(work.decisions, 4);
    assert_eq!(work.duplicates, 3);
    assert_eq!(work.sent, 3);
    assert_eq!(work.dead, 1);
    assert_eq!(
        (work.retried, work.failed, work.unknown, work.dropped),
        (0, 0, 0, 0)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hit_rates_are_counted_by_collection_and_tier() -> Result<()> {
    let rig = Rig::start().await?;
    rig.say("ana", "price").await?;
    rig.settle().await?;
    let cold = rig.engine().cache_figures();
    assert_eq!((cold.workspace.reads, cold.workspace.misses), (1, 1));
    assert_eq!((cold.automations.reads, cold.automations.misses), (1, 1));
    assert_eq!((cold.user_state.reads, cold.user_state.misses), (1, 1));
    assert_eq!(cold.contact.bypasses, 1, "contacts are read fresh");

    for number in 0..99 {
        rig.say(&format!("c{number}"), "hello").await?;
        rig.settle().await?;
    }
    let warm = rig.engine().cache_figures();
    assert_eq!((warm.workspace.reads, warm.workspace.near_hits), (100, 99));
    assert_eq!(
        (warm.automations.reads, warm.automations.near_hits),
        (100, 99)
    );
    assert!((warm.workspace.hit_rate() - 0.99).abs() < 1e-9);
    // The tap reads the state that the first message wrote through.
    rig.tap("ana").await?;
    rig.settle().await?;
    let tapped = rig.engine().cache_figures();
    assert_eq!(tapped.user_state.shared_hits, 1);
    assert_eq!(tapped.of(Collection::Contact).reads, 101);

    let decision = rig.decisions("ana").await?.pop().unwrap().decision;
    let read = |collection| {
        let mut reads = decision.trace.reads.iter();
        let read = reads.find(|read| read.collection == collection).unwrap();
        (read.tier, read.outcome)
    };
    assert_eq!(read(Collection::UserState), (Tier::Shared, Outcome::Hit));
    assert_eq!(read(Collection::Workspace), (Tier::Near, Outcome::Hit));
    assert_eq!(read(Collection::Contact), (Tier::Store, Outcome::Bypass));

    rig.engine().cached().bypass_near(true);
    rig.say("d", "hello").await?;
    rig.settle().await?;
    let bypassed = rig.engine().cache_figures();
    assert_eq!(bypassed.automations.near_hits, tapped.automations.near_hits);
    assert_eq!(
        bypassed.automations.shared_hits,
        tapped.automations.shared_hits + 1
    );

    let invalidations = bypassed.automations.invalidations;
    rig.workspaces().toggle(&shop::id("hello"), false).await?;
    let edited = rig.engine().cache_figures();
    assert_eq!(edited.automations.invalidations, invalidations + 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_goes_its_way() -> Result<()> {
    let rig = Rig::start().await?;
    rig.say("ana", "What is the PRICE?").await?;
    rig.settle().await?;
    let state = rig.state("ana").await?.unwrap();
    assert_eq!(state.state.as_str(), "awaiting_opening_response");
    rig.tap("ana").await?;
    rig.settle().await?;
    assert_eq!(
        rig.texts("ana"),
        ["Would you like to know the price?", "It is 10 euros."]
    );
    assert!(rig.state("ana").await?.is_none());
    Ok(())
}
