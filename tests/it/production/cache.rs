//! The desk of the cache on real servers: what others write behind our back is seen, and
//! what is invalidated is obeyed by every worker.

use anyhow::{Context, Result};
use heliograph_desk::CacheDesk;
use heliograph_desk::cache::{
    AlertReason, CacheAlert, CacheError, CacheNews, CacheSpan, KeyAgreement, KeySearch, OpenedKey,
    ScanState,
};
use heliograph_model::{Collection, GuardLevel, Tier};
use heliograph_tests::production::site::{Pushing, Site, Worker};
use heliograph_tests::production::{PATIENCE, Servers, places};
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
    let account = site.account(0);
    site.asks_for_the_price("ana").await?;
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
    let obeyed = done.obeyed.context("they can be asked")?;
    assert_eq!(
        (obeyed.asked, obeyed.names.len()),
        (Some(1), 1),
        "{obeyed:?}"
    );
    assert!(heard(&worker) > before, "whoever says so has heard it");
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
    site.asks_for_the_price("ben").await?;
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

/// Waits until Cache names this reason for a collection's rate. What the servers count is
/// known two seconds later than what the engine does.
async fn alerted(
    desk: &CacheDesk,
    collection: Collection,
    reason: AlertReason,
) -> Result<CacheAlert> {
    let of = |news: &CacheNews| {
        let mut alerts = news.alerts.iter();
        let of = |it: &&CacheAlert| it.collection == Some(collection) && it.reason == reason;
        alerts.find(of).cloned()
    };
    let news = news_until(desk, |news| of(news).is_some()).await;
    let last = desk.news(CacheSpan::FiveMinutes).map(|news| news.alerts);
    let news = news.with_context(|| format!("not {reason:?}: {last:?}"))?;
    of(&news).context("it was there")
}

/// So many people write what nothing answers, and the worker is done with it.
async fn everybody_writes(
    site: &Site,
    queue: &Pushing,
    worker: &Worker,
    people: u64,
) -> Result<()> {
    let account = site.account(0);
    let engine = worker.runtime.engine();
    let read = || engine.cache_figures().user_state.reads;
    let before = read();
    let bodies = (0..people).map(|number| {
        let (_, body) = site.written(&account, &format!("p{number}"), "nothing of note");
        queue.push(body)
    });
    futures::future::try_join_all(bodies).await?;
    wait::until_within(PATIENCE, "everybody's state was read", || async {
        Ok((read() >= before + people).then_some(()))
    })
    .await?;
    engine.settle().await?;
    Ok(())
}

/// What a worker read for in Redis after its time was over.
fn expired(worker: &Worker, collection: Collection) -> u64 {
    let reads = worker.runtime.engine().cached().reads();
    let of_it = reads.iter();
    let of_it = of_it.filter(|it| (it.collection, it.tier) == (collection, Tier::Shared));
    of_it.map(|it| it.expired).sum()
}

/// What is cached of a collection, by its whole names in Redis.
fn names(site: &Site, redis: &mut redis::Connection, begin: &str) -> Result<Vec<String>> {
    let pattern = format!("{}{begin}*", site.place.redis.namespace);
    Ok(redis::cmd("KEYS").arg(pattern).query(redis)?)
}

fn configure(redis: &mut redis::Connection, name: &str, value: &str) -> Result<()> {
    let mut set = redis::cmd("CONFIG");
    set.arg("SET").arg(name).arg(value);
    Ok(set.query(redis)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_a_rate_fell_is_said_as_real_servers_bring_it_about() -> Result<()> {
    let servers = Servers::start()?;
    let answered = |news: &CacheNews| !news.servers.is_empty();

    // Another application edits automations all the time, and says so each time.
    let site = Site::open(&servers, 1, &shop::automations()).await?;
    let (worker, queue) = (site.worker().await?, site.queue().await?);
    let desk = desk_on(&worker);
    let mut redis = site.redis()?;
    let channel = format!("{}:invalidations", site.place.redis.prefix);
    let heard = || worker.runtime.engine().cached().heard()[Collection::Automations as usize];
    // One read in eight is a miss then, and two hundred are judged.
    for _ in 0..26 {
        everybody_writes(&site, &queue, &worker, 8).await?;
        let before = heard();
        for name in names(&site, &mut redis, "automation:")? {
            let key = &name[site.place.redis.namespace.len()..];
            let mut both = redis::pipe();
            both.cmd("DEL").arg(&name);
            both.cmd("PUBLISH").arg(&channel).arg(key);
            both.query::<()>(&mut redis)?;
        }
        wait::until("the worker heard it", || async {
            Ok((heard() > before).then_some(()))
        })
        .await?;
    }
    let storm = AlertReason::InvalidationStorm;
    let alert = alerted(&desk, Collection::Automations, storm).await?;
    assert!(alert.to_do.contains("who edits so often"), "{alert:?}");
    assert_eq!(expired(&worker, Collection::Automations), 0, "removed");
    desk.stop();
    worker.stop().await;

    // States that live for a quarter of a second are gone before anybody writes again.
    let mut site = Site::open(&servers, 1, &shop::automations()).await?;
    site.settings.cache.user_state_ms = 250;
    let (worker, queue) = (site.worker().await?, site.queue().await?);
    let desk = desk_on(&worker);
    news_until(&desk, answered).await?;
    for _ in 0..3 {
        everybody_writes(&site, &queue, &worker, 80).await?;
        wait::until("every state has expired", || {
            let left = names(&site, &mut redis, "user_state:");
            async move { Ok(left?.is_empty().then_some(())) }
        })
        .await?;
    }
    let alert = alerted(&desk, Collection::UserState, AlertReason::TtlTooShort).await?;
    assert!(alert.says.contains("250 ms"), "{alert:?}");
    assert_eq!(expired(&worker, Collection::UserState), 160, "twice each");
    let state = |news: &CacheNews| news.rows[Collection::UserState as usize].shared;
    news_until(&desk, |news| state(news).expired == 160).await?;
    desk.stop();
    worker.stop().await;

    // Another application fills the same Redis, which lets go of what may go.
    let site = Site::open(&servers, 1, &shop::automations()).await?;
    let (worker, queue) = (site.worker().await?, site.queue().await?);
    let desk = desk_on(&worker);
    news_until(&desk, answered).await?;
    everybody_writes(&site, &queue, &worker, 120).await?;
    let room = places::used_memory(&mut redis)? + 3_000_000;
    configure(&mut redis, "maxmemory-policy", "volatile-random")?;
    configure(&mut redis, "maxmemory", &room.to_string())?;
    for number in 0..250 {
        let mut set = redis::cmd("SET");
        set.arg(format!("somebody:{number}"));
        set.arg("x".repeat(30_000)).arg("EX").arg(3_600);
        set.query::<()>(&mut redis)?;
    }
    // Room again, or what the worker holds for a moment would go as well.
    configure(&mut redis, "maxmemory", "0")?;
    everybody_writes(&site, &queue, &worker, 120).await?;
    let alert = alerted(&desk, Collection::UserState, AlertReason::Eviction).await?;
    assert!(alert.to_do.contains("noeviction"), "{alert:?}");
    assert_eq!(expired(&worker, Collection::UserState), 0, "evicted");
    desk.stop();
    worker.stop().await;
    Ok(())
}
