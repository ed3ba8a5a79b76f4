//! The desk of the cache on real servers: what others write behind our back is seen, and
//! what is invalidated is obeyed by every worker.

use anyhow::{Context, Result};
use heliograph_desk::CacheDesk;
use heliograph_desk::cache::{
    AlertReason, CacheError, CacheNews, CacheSpan, KeyAgreement, KeySearch, OpenedKey, ScanState,
};
use heliograph_model::{Collection, GuardLevel};
use heliograph_tests::production::site::{Site, Worker};
use heliograph_tests::production::{PATIENCE, Servers};
use heliograph_tests::rig::shop;
use heliograph_tests::wait;
use mongodb::bson::{Document, doc};
use std::sync::Arc;

fn desk_on(worker: &Worker) -> CacheDesk {
    let desk = CacheDesk::default();
    desk.follow(Arc::clone(&worker.runtime));
    desk
}

/// Ana has begun a flow, and MongoDB has where she stands.
async fn begun(site: &Site, worker: &Worker) -> Result<String> {
    let (queue, account) = (site.queue().await?, site.account(0));
    let (_, body) = site.written(&account, "ana", "price");
    queue.push(body).await?;
    site.is_sent("ana", "Would you like to know the price?")
        .await?;
    worker.runtime.flush().await?;
    Ok(format!("user_state:{account}:ana"))
}

async fn news_until(desk: &CacheDesk, are_so: impl Fn(&CacheNews) -> bool) -> Result<CacheNews> {
    wait::until_within(PATIENCE, "the cache is so", || async {
        let news = desk.news(CacheSpan::FiveMinutes);
        Ok(news.filter(|news| are_so(news)))
    })
    .await
}

fn differs_at(opened: &OpenedKey, path: &str) -> (String, String) {
    assert_eq!(opened.agreement, KeyAgreement::Differs, "{opened:?}");
    let found = opened
        .differences
        .iter()
        .find(|difference| difference.path == path)
        .unwrap_or_else(|| panic!("{path} is no difference: {:?}", opened.differences));
    let text = |side: &Option<String>| side.clone().unwrap_or_default();
    (text(&found.cached), text(&found.stored))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_edited_by_redis_cli_and_a_document_edited_by_another_client_are_seen() -> Result<()>
{
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &shop::automations()).await?;
    let worker = site.worker().await?;
    let key = begun(&site, &worker).await?;
    // A person looks, who may only observe.
    let observer = site
        .worker_at(site.place.clone(), GuardLevel::Observe)
        .await?;
    let desk = desk_on(&observer);
    let opened = desk.open(&key).await?;
    assert_eq!(opened.agreement, KeyAgreement::Same, "{opened:?}");

    // As `redis-cli SET … KEEPTTL` does it.
    let mut redis = site.redis()?;
    let name = format!("{}{key}", site.place.redis.namespace);
    let cached: String = redis::cmd("GET").arg(&name).query(&mut redis)?;
    let edited = cached.replace("awaiting_opening_response", "awaiting_email");
    assert_ne!(edited, cached);
    let mut set = redis::cmd("SET");
    set.arg(&name).arg(&edited).arg("KEEPTTL");
    set.query::<()>(&mut redis)?;
    let opened = desk.open(&key).await?;
    assert_eq!(
        differs_at(&opened, "/state"),
        (
            "\"awaiting_email\"".to_owned(),
            "\"awaiting_opening_response\"".to_owned()
        )
    );
    assert!(opened.row.expires_at.is_some(), "its time runs");

    // And with the key as it was, the document is edited.
    let mut set = redis::cmd("SET");
    set.arg(&name).arg(&cached).arg("KEEPTTL");
    set.query::<()>(&mut redis)?;
    assert_eq!(desk.open(&key).await?.agreement, KeyAgreement::Same);
    let states = site.database.collection::<Document>("user_states");
    let edit = doc! { "$set": { "state": "awaiting_follow_confirmation" } };
    let done = states.update_one(doc! { "senderId": "ana" }, edit).await?;
    assert_eq!(done.modified_count, 1);
    let opened = desk.open(&key).await?;
    assert_eq!(
        differs_at(&opened, "/state"),
        (
            "\"awaiting_opening_response\"".to_owned(),
            "\"awaiting_follow_confirmation\"".to_owned()
        )
    );

    // A walk finds it, and what never goes, and what nobody has a document of.
    let forever = format!("{}workspace:99", site.place.redis.namespace);
    redis::cmd("SET")
        .arg(&forever)
        .arg("null")
        .query::<()>(&mut redis)?;
    let orphan = format!("{name}-gone");
    let mut set = redis::cmd("SET");
    set.arg(&orphan).arg(&cached).arg("PX").arg(60_000);
    set.query::<()>(&mut redis)?;
    desk.scan().await?;
    let over = |news: &CacheNews| {
        let scan = news.scan.as_ref();
        scan.is_some_and(|scan| scan.state != ScanState::Running)
    };
    let scan = news_until(&desk, over).await?.scan.context("it walked")?;
    assert_eq!(scan.state, ScanState::Finished, "{scan:?}");
    let states = scan.counts[Collection::UserState as usize];
    assert_eq!((states.different, states.orphans), (1, 1), "{scan:?}");
    assert_eq!(scan.counts[0].without_expiry, 1, "{scan:?}");

    // Nothing of it may be removed by who only observes.
    let error = desk.invalidate(std::slice::from_ref(&key)).await;
    assert!(matches!(error, Err(CacheError::Refused(_))), "{error:?}");
    let error = desk.invalidate_all(Collection::UserState).await;
    assert!(matches!(error, Err(CacheError::Refused(_))), "{error:?}");
    let still: Option<String> = redis::cmd("GET").arg(&name).query(&mut redis)?;
    assert_eq!(still.as_deref(), Some(cached.as_str()));
    desk.stop();
    observer.stop().await;
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_invalidated_is_announced_and_every_worker_obeys() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &shop::automations()).await?;
    let worker = site.worker().await?;
    begun(&site, &worker).await?;
    let other = site
        .worker_at(site.with_own_queue("other"), GuardLevel::Live)
        .await?;
    let desk = desk_on(&other);
    let search = KeySearch {
        collection: Collection::Automations,
        text: "dm_automation".to_owned(),
        from: None,
        most: 10,
    };
    let found = desk.keys(&search).await?;
    let key = found.keys.first().context("it was read")?.key.clone();
    let heard = |worker: &Worker| worker.runtime.engine().cached().heard()[1];
    let before = heard(&worker);
    let loads = |worker: &Worker| worker.runtime.engine().cache_figures().automations.misses;
    let loaded = loads(&worker);
    let done = desk.invalidate(std::slice::from_ref(&key)).await?;
    assert_eq!((done.removed, done.is_announced), (1, true));
    assert_eq!(done.heard, Some(1), "the other worker heard it");
    assert!(
        desk.keys(&search)
            .await?
            .keys
            .iter()
            .all(|row| row.key != key)
    );
    wait::until_within(PATIENCE, "the worker has heard it", || async {
        Ok((heard(&worker) > before).then_some(()))
    })
    .await?;
    // Its near copy is gone, so that the next event loads it again.
    let (queue, account) = (site.queue().await?, site.account(0));
    let (_, body) = site.written(&account, "ben", "price");
    queue.push(body).await?;
    site.is_sent("ben", "Would you like to know the price?")
        .await?;
    assert!(loads(&worker) > loaded, "it was read from MongoDB again");

    // The servers are told of beside the rates.
    let news = news_until(&desk, |news| !news.servers.is_empty()).await?;
    assert!(news.servers[0].name.starts_with("Redis "), "{news:?}");
    assert!(news.servers[0].clients.unwrap_or(0) > 0);
    assert!(
        news.alerts
            .iter()
            .all(|alert| alert.reason != AlertReason::Deaf)
    );

    // All of a collection.
    let done = desk.invalidate_all(Collection::UserState).await?;
    assert!(done.removed >= 2 && done.is_announced, "{done:?}");
    desk.stop();
    other.stop().await;
    worker.stop().await;
    Ok(())
}
