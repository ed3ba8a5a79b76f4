//! What somebody sets by hand on production, beside workers that go on, and what *observe*
//! keeps them from: on a real Redis and a real mongod.

use anyhow::{Context, Result};
use heliograph_desk::conversations::{
    Conversations, HeldVerdict, HistoryEntry, PeopleList, PeopleLook, ToldBy,
};
use heliograph_engine::process::{ByHand, HandChange, HandError};
use heliograph_model::{AccountId, Awaiting, GuardLevel, Millis};
use heliograph_servers::mongod::Mongod;
use heliograph_servers::redis::Redis as RedisServer;
use heliograph_tests::production::site::Site;
use heliograph_tests::production::{AnyRedis, PATIENCE, Servers};
use heliograph_tests::rig::shop;
use heliograph_tests::wait;
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use std::sync::Arc;

/// The window that looks.
const WINDOW: &str = "main";

/// The shop, with an automation that asks for an address.
fn automations() -> Vec<Value> {
    let mut automations = shop::automations();
    let news = json!({
        "opening": { "text": "The news?", "button": "Yes" },
        "email": { "text": "Where to?" },
        "main": { "messages": [{ "type": "text", "text": "You get the news." }] },
    });
    automations.push(shop::automation(
        "news",
        "dm_automation",
        5,
        &["news"],
        &news,
    ));
    automations
}

fn hand(account: &AccountId, change: HandChange) -> ByHand {
    ByHand {
        account_id: account.clone(),
        contact_id: "ana".into(),
        change,
        seen: None,
    }
}

fn to_email() -> HandChange {
    HandChange::Move {
        automation_id: shop::id("news"),
        state: Awaiting::AwaitingEmail,
    }
}

async fn stored(site: &Site) -> Result<Option<Document>> {
    let states = site.database.collection::<Document>("user_states");
    Ok(states.find_one(doc! { "senderId": "ana" }).await?)
}

fn cached(site: &Site, account: &AccountId) -> Result<Option<String>> {
    let mut redis = site.redis()?;
    let names: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut redis)?;
    let end = format!("user_state:{account}:ana");
    let name = names.iter().find(|name| name.ends_with(&end));
    let name = name.context("its state is cached")?;
    Ok(redis::cmd("GET").arg(name).query(&mut redis)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn observe_shows_and_refuses_and_live_is_seen_by_redis_mongodb_and_the_workers() -> Result<()>
{
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &automations()).await?;
    let worker = site.worker().await?;
    let (queue, account) = (site.queue().await?, site.account(0));
    site.asks_for_the_price("ana").await?;
    worker.runtime.flush().await?;

    // A person looks at it, and only that.
    let person = site.at_hand().await?;
    let desk = Conversations::new();
    desk.follow(Arc::clone(&person));
    let look = PeopleLook {
        list: PeopleList::Standing,
        count: 50,
        ..PeopleLook::default()
    };
    let news = desk.look(WINDOW, look.clone()).await?;
    assert_eq!((news.total, news.funnel.opening), (1, 1));
    assert_eq!(news.guard, Some(GuardLevel::Observe));
    let opened = desk.open(WINDOW, &account, &"ana".into()).await?;
    assert_eq!((&*opened.cache, &*opened.documents), ("Redis", "MongoDB"));
    assert_eq!(opened.holdings[0].verdict, HeldVerdict::Same);
    assert!(!opened.holdings[0].behind);
    assert!(
        matches!(opened.told_by, ToldBy::Desk { .. }),
        "production keeps no journal"
    );
    let before = (stored(&site).await?, cached(&site, &account)?);
    for change in [
        HandChange::Release,
        HandChange::Clear,
        to_email(),
        HandChange::Subscribed(false),
        HandChange::EndTakeover,
    ] {
        let refused = person.by_hand(hand(&account, change)).await;
        let refused = refused.expect_err("it only observes").to_string();
        assert!(refused.contains("observe"), "{refused}");
    }
    let past_the_guard = person.engine().by_hand(hand(&account, to_email())).await;
    assert!(
        matches!(&past_the_guard, Err(HandError::Port(error)) if error.is_refused()),
        "the ports refuse it too: {past_the_guard:?}"
    );
    assert_eq!(before, (stored(&site).await?, cached(&site, &account)?));

    // Live, and no worker: what is set is everywhere when it is said to be done.
    person.guard().arm(Millis::HOUR)?;
    assert!(!person.guard().works_here());
    person.by_hand(hand(&account, to_email())).await?;
    let state = stored(&site).await?.context("it is stored")?;
    assert_eq!(state.get_str("state")?, "awaiting_email");
    assert_eq!(state.get_str("automationId")?, "news");
    let in_redis = cached(&site, &account)?.context("it is cached")?;
    assert!(in_redis.contains("awaiting_email"), "{in_redis}");
    let opened = desk.open(WINDOW, &account, &"ana".into()).await?;
    assert_eq!(opened.holdings[0].verdict, HeldVerdict::Same, "{opened:?}");
    wait::until_within(PATIENCE, "the desk has seen it", || async {
        let opened = desk.open(WINDOW, &account, &"ana".into()).await?;
        let by_hand =
            |entry: &HistoryEntry| matches!(entry, HistoryEntry::Stands { by_hand: true, .. });
        Ok(opened.history.iter().any(by_hand).then_some(()))
    })
    .await?;

    // The worker goes on from there.
    let (_, body) = site.written(&account, "ana", "ana@example.org");
    queue.push(body).await?;
    site.is_sent("ana", "You get the news.").await?;

    // And begins anew where a conversation was released.
    let (_, body) = site.written(&account, "ana", "news");
    queue.push(body).await?;
    site.is_sent("ana", "The news?").await?;
    // What the worker writes behind at this very moment would come after the release, and
    // stand in MongoDB until it writes again.
    worker.runtime.flush().await?;
    let opened = desk.open(WINDOW, &account, &"ana".into()).await?;
    let seen = opened.person.stands.context("they stand again")?.since;
    let moved_on = ByHand {
        seen: Some(seen - 1),
        ..hand(&account, HandChange::Release)
    };
    let error = person.by_hand(moved_on).await.expect_err("another state");
    assert!(matches!(error, HandError::MovedOn), "{error}");
    let release = ByHand {
        seen: Some(seen),
        ..hand(&account, HandChange::Release)
    };
    person.by_hand(release).await?;
    assert_eq!(stored(&site).await?, None, "nothing is awaited in MongoDB");
    assert_eq!(cached(&site, &account)?.as_deref(), Some("null"));
    person
        .by_hand(hand(&account, HandChange::Subscribed(false)))
        .await?;
    let contacts = site.database.collection::<Document>("contacts");
    let ana = contacts.find_one(doc! { "senderId": "ana" }).await?;
    assert!(ana.context("ana is stored")?.get_bool("unsubscribed")?);
    let sent = site.texts("ana").len();
    let (mid, body) = site.written(&account, "ana", "hello");
    queue.push(body).await?;
    wait::until_within(PATIENCE, "the message is handled", || async {
        let events = site.database.collection::<Document>("processed_events");
        Ok(events.find_one(doc! { "_id": &mid }).await?)
    })
    .await?;
    assert_eq!(site.texts("ana").len(), sent, "they get no message");
    let news = desk.look(WINDOW, look).await?;
    assert_eq!((news.total, news.contacts), (0, 1));
    person.stop().await;
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_mongodb_does_not_take_is_cleared_where_everybody_looks_first() -> Result<()> {
    let servers = Servers {
        redis: AnyRedis::One(RedisServer::start()?),
        mongod: Arc::new(Mongod::with(&["--setParameter", "enableTestCommands=1"])?),
    };
    let site = Site::open(&servers, 1, &automations()).await?;
    let worker = site.worker().await?;
    let account = site.account(0);
    site.asks_for_the_price("ana").await?;
    worker.runtime.flush().await?;
    let person = site.at_hand().await?;
    person.guard().arm(Millis::HOUR)?;
    let deletes_fail = async |mode: &str| -> Result<()> {
        let set = doc! {
            "configureFailPoint": "failCommand",
            "mode": mode,
            "data": { "failCommands": ["delete"], "errorCode": 1 },
        };
        let admin = site.database.client().database("admin");
        admin.run_command(set).await?;
        Ok(())
    };
    deletes_fail("alwaysOn").await?;
    person.by_hand(hand(&account, HandChange::Clear)).await?;
    assert!(stored(&site).await?.is_some(), "MongoDB did not take it");
    // Whoever finds nothing in the cache would read the document.
    assert_eq!(cached(&site, &account)?.as_deref(), Some("null"));
    let contact = "ana".into();
    let stands = person
        .store()
        .user_state(&account, &contact, Millis(0))
        .await?;
    assert_eq!(stands, None, "and Redis knows better than the document");

    deletes_fail("off").await?;
    wait::until_within(PATIENCE, "the worker writes it", || async {
        Ok(stored(&site).await?.is_none().then_some(()))
    })
    .await?;
    person.stop().await;
    worker.stop().await;
    Ok(())
}
