//! What each guard level leaves alone, on real servers.

use super::promises::with_parrot;
use anyhow::Result;
use heliograph_model::{AutomationType, DeliverySource, GuardLevel, NewDelivery, Target};
use heliograph_tests::production::site::Site;
use heliograph_tests::production::{PATIENCE, Servers, places};
use heliograph_tests::rig::shop;
use heliograph_tests::wait;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_writes_only_in_its_own_namespace() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &with_parrot()).await?;
    // There is something to be changed.
    let worker = site.worker().await?;
    let (queue, account) = (site.queue().await?, site.account(0));
    site.asks_for_the_price("ana").await?;
    worker.stop().await;
    let (_, body) = site.written(&account, "ana", "it stays in the queue");
    queue.push(body).await?;
    let sent = site.instagram.counters().all_sent();
    let mut redis = site.redis()?;
    // What is kept for a moment only goes by itself meanwhile.
    let lasting = |mut keys: std::collections::BTreeMap<String, Vec<u8>>| {
        keys.retain(|name, _| !name.contains(":conversation:"));
        keys
    };
    let keys = lasting(places::keys(&mut redis)?);
    let documents = places::documents(&site.database).await?;

    let dry = site
        .worker_at(site.place.clone(), GuardLevel::DryRun)
        .await?;
    for text in ["price", "hi"] {
        let (_, body) = site.written(&account, "ben", text);
        let delivery = NewDelivery {
            received_at: dry.runtime.clock().now(),
            source: DeliverySource::Listener,
            body,
            secret: None,
            accounts: Vec::new(),
        };
        dry.runtime.queue().push(delivery).await?;
    }
    wait::until_within(
        PATIENCE,
        "the dry run would have sent two messages",
        || async { Ok((dry.runtime.would_have_sent().len() == 2).then_some(())) },
    )
    .await?;
    dry.runtime.flush().await?;
    dry.stop().await;

    let after = lasting(places::keys(&mut redis)?);
    for (name, value) in &keys {
        assert_eq!(after.get(name), Some(value), "{name} is as it was");
    }
    let new: Vec<_> = after
        .keys()
        .filter(|name| !keys.contains_key(*name))
        .collect();
    let own = [
        format!("{}:dry:tests:", site.place.redis.prefix),
        format!("dry:tests:{}", site.place.redis.namespace),
        format!("{{dry:tests:{}", site.place.redis.namespace),
        format!("bull:{}-dry:", site.place.queue.queue),
    ];
    let foreign: Vec<_> = new
        .iter()
        .filter(|name| !own.iter().any(|own| name.starts_with(own)))
        .collect();
    assert!(
        foreign.is_empty(),
        "{foreign:?} are not in the dry run's own namespace"
    );
    assert!(!new.is_empty(), "it does process");
    assert_eq!(places::documents(&site.database).await?, documents);
    assert_eq!(
        site.instagram.counters().all_sent(),
        sent,
        "nothing is sent"
    );
    let mut other = site.place.clone();
    other.mongo.database.push_str("_dryrun");
    let own = places::documents(&places::database(&other).await?).await?;
    assert_eq!(own["contacts"].len(), 1, "{own:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn observe_writes_nothing() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &with_parrot()).await?;
    let worker = site.worker().await?;
    let (queue, account) = (site.queue().await?, site.account(0));
    site.asks_for_the_price("ana").await?;
    worker.stop().await;
    for number in 0..20 {
        let (_, body) = site.written(&account, &format!("person-{number}"), "hi");
        queue.push(body).await?;
    }
    let sent = site.instagram.counters().all_sent();
    let mut redis = site.redis()?;
    let (keys, writes) = (places::keys(&mut redis)?, places::writes(&mut redis)?);
    let documents = places::documents(&site.database).await?;
    assert!(!keys.is_empty() && documents.values().any(|all| !all.is_empty()));

    let observer = site
        .worker_at(site.place.clone(), GuardLevel::Observe)
        .await?;
    let workspaces = observer.runtime.engine().workspaces();
    // It looks at everything, is asked to do what it may not, and is given time to do
    // something by itself.
    let looked = observer.runtime.engine().cached().account(&account).await?;
    assert!(looked.0.is_some(), "it reads");
    let set = observer
        .runtime
        .engine()
        .cached()
        .automations(
            &shop::WORKSPACE.into(),
            AutomationType::DmAutomation,
            &Target::All,
        )
        .await?;
    assert!(!set.0.is_empty(), "it reads");
    assert!(workspaces.toggle(&shop::id("price"), false).await.is_err());
    assert!(workspaces.delete(&shop::id("price")).await.is_err());
    let depth = observer.runtime.engine().depth().await?;
    assert_eq!(depth.waiting, 20, "they wait in the queue: {depth:?}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    observer.stop().await;

    let changed = places::writes(&mut redis)? - writes;
    let after = places::keys(&mut redis)?;
    // What was kept for a moment only has gone by itself.
    let gone = keys
        .keys()
        .filter(|name| !after.contains_key(*name))
        .count();
    for (name, value) in &after {
        assert_eq!(keys.get(name), Some(value), "{name} is as it was");
    }
    assert!(
        changed as usize <= gone,
        "{changed} writes, {gone} keys have expired"
    );
    assert_eq!(places::documents(&site.database).await?, documents);
    assert_eq!(
        site.instagram.counters().all_sent(),
        sent,
        "nothing is sent"
    );
    Ok(())
}
