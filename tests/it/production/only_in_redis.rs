//! User states that only Redis has are found and cleared, and what is cleared is held
//! nowhere: on a real Redis and a real mongod.

use anyhow::{Context, Result};
use heliograph_desk::conversations::{
    BulkChange, BulkState, Conversations, ConversationsError, OnlyCached, PeopleList, PeopleLook,
    PeopleNews, PersonChange, StraysState,
};
use heliograph_engine::process::{ByHand, HandChange};
use heliograph_model::{AccountId, Millis};
use heliograph_runtime::Runtime;
use heliograph_tests::production::site::Site;
use heliograph_tests::production::{PATIENCE, Servers};
use heliograph_tests::rig::shop;
use heliograph_tests::wait;
use mongodb::bson::{DateTime, Document, doc};
use serde_json::json;
use std::sync::Arc;

/// The window that looks.
const WINDOW: &str = "main";

fn only_cached() -> PeopleLook {
    PeopleLook {
        list: PeopleList::OnlyCached,
        count: 50,
        ..PeopleLook::default()
    }
}

async fn until_news(
    desk: &Conversations,
    what: &str,
    are_so: impl Fn(&PeopleNews) -> bool,
) -> Result<PeopleNews> {
    wait::until_within(PATIENCE, what, || async {
        let news = desk.look(WINDOW, only_cached()).await?;
        Ok(are_so(&news).then_some(news))
    })
    .await
}

/// The name of a state's key, as it is in Redis, with the namespace.
fn name_of(site: &Site, account: &AccountId, contact: &str) -> Result<Option<String>> {
    let end = format!("user_state:{account}:{contact}");
    let mut redis = site.redis()?;
    let names: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut redis)?;
    Ok(names.into_iter().find(|name| name.ends_with(&end)))
}

/// Somebody whose state is copied in Redis to so many who have no document.
fn copied(site: &Site, account: &AccountId, people: usize) -> Result<()> {
    let name = name_of(site, account, "ana")?.context("ana is cached")?;
    let mut redis = site.redis()?;
    let state: String = redis::cmd("GET").arg(&name).query(&mut redis)?;
    let beginning = name.strip_suffix("ana").context("it ends so")?;
    for number in 0..people {
        redis::cmd("SET")
            .arg(format!("{beginning}lost-{number:04}"))
            .arg(state.replace("\"ana\"", &format!("\"lost-{number:04}\"")))
            .arg("PX")
            .arg(3_600_000)
            .query::<()>(&mut redis)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_that_only_redis_has_are_found_released_and_cleared() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &shop::automations()).await?;
    let worker = site.worker().await?;
    let account = site.account(0);
    site.asks_for_the_price("ana").await?;
    worker.runtime.flush().await?;
    copied(&site, &account, 700)?;

    let person = site.at_hand().await?;
    let desk = Arc::new(Conversations::new());
    desk.follow(Arc::clone(&person));
    let news = desk.look(WINDOW, only_cached()).await?;
    assert!(news.has_cache && news.strays.is_none());
    assert_eq!(news.total, 0, "nobody has looked");
    desk.find_strays().await?;
    let finished = |news: &PeopleNews| {
        let strays = news.strays.as_ref();
        strays.is_some_and(|strays| strays.state == StraysState::Finished)
    };
    let news = until_news(&desk, "all of Redis is looked through", finished).await?;
    assert_eq!(news.total, 700, "Ana has her document: {:?}", news.strays);
    assert_eq!(news.rows.len(), 50);
    let row = &news.rows[0];
    assert_eq!(row.only_cached, Some(OnlyCached::NoDocument));
    let since = row.stands.as_ref().context("they stand")?.since;
    let one = desk
        .look(
            WINDOW,
            PeopleLook {
                text: "lost-0042".to_owned(),
                ..only_cached()
            },
        )
        .await?;
    assert_eq!(
        (one.total, one.rows[0].contact_id.as_str()),
        (1, "lost-0042")
    );
    let opened = desk.open(WINDOW, &account, &"lost-0042".into()).await?;
    assert_eq!(opened.person.only_cached, Some(OnlyCached::NoDocument));
    assert!(opened.person.stands.is_some(), "a worker relies on it too");

    // A document that somebody writes meanwhile takes it off the list.
    let states = site.database.collection::<Document>("user_states");
    let ana = states.find_one(doc! { "senderId": "ana" }).await?;
    let mut copy = ana.context("ana is stored")?;
    copy.remove("_id");
    copy.insert("senderId", "lost-0042");
    states.insert_one(copy).await?;
    let gone = desk
        .look(
            WINDOW,
            PeopleLook {
                text: "lost-0042".to_owned(),
                ..only_cached()
            },
        )
        .await?;
    assert_eq!(gone.total, 0);

    // Refused at observe, before anything is done.
    let people = desk
        .pick(&PeopleLook {
            count: 5_000,
            ..only_cached()
        })
        .await?;
    assert_eq!(people.len(), 699);
    assert!(people.iter().all(|one| one.seen == Some(since)));
    let setting = |desk: &Arc<Conversations>| {
        let desk = Arc::clone(desk);
        move |runtime: Arc<Runtime>, asked: PersonChange| {
            let desk = Arc::clone(&desk);
            async move { desk.set(&runtime, asked).await }
        }
    };
    let refused = desk.begin(BulkChange::Clear, people.clone(), setting(&desk));
    assert!(matches!(refused, Err(ConversationsError::Refused(_))));

    // Live, some of them are released and others cleared; the rest stays.
    person.guard().arm(Millis::HOUR)?;
    for (change, some) in [
        (BulkChange::Release, &people[..10]),
        (BulkChange::Clear, &people[10..40]),
    ] {
        let begun = desk.begin(change, some.to_vec(), setting(&desk))?;
        let ended = |news: &PeopleNews| {
            let bulk = news.bulk.as_ref();
            bulk.is_some_and(|it| it.number == begun.number && it.state != BulkState::Running)
        };
        let news = until_news(&desk, "all are done", ended).await?;
        let bulk = news.bulk.context("it was begun")?;
        assert_eq!(
            (bulk.done, bulk.total),
            (begun.total, begun.total),
            "{bulk:?}"
        );
    }
    let news = until_news(&desk, "they are off the list", |news| news.total == 659).await?;
    assert_eq!(news.strays.context("it was looked for")?.found, 659);
    for one in &people[10..40] {
        assert_eq!(name_of(&site, &account, one.contact_id.as_str())?, None);
    }
    person.stop().await;
    worker.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cleared_is_held_nowhere_and_the_contact_starts_anew() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &shop::automations()).await?;
    let worker = site.worker().await?;
    let (queue, account) = (site.queue().await?, site.account(0));
    site.asks_for_the_price("ana").await?;
    worker.runtime.flush().await?;
    // Somebody else's clock was ahead when it was stamped: a release would leave it.
    let states = site.database.collection::<Document>("user_states");
    let ahead = DateTime::from_millis(DateTime::now().timestamp_millis() + 600_000);
    states
        .update_one(
            doc! { "senderId": "ana" },
            doc! { "$set": { "updatedAt": ahead } },
        )
        .await?;
    let person = site.at_hand().await?;
    person.guard().arm(Millis::HOUR)?;
    let hand = |contact: &str| ByHand {
        account_id: account.clone(),
        contact_id: contact.into(),
        change: HandChange::Clear,
        seen: None,
    };
    person.by_hand(hand("ana")).await?;
    let stored = states.find_one(doc! { "senderId": "ana" }).await?;
    assert_eq!(stored, None, "nothing is in MongoDB");
    assert_eq!(name_of(&site, &account, "ana")?, None, "nor in Redis");

    // What has expired goes too.
    let over = DateTime::from_millis(DateTime::now().timestamp_millis() - 60_000);
    states
        .insert_one(doc! {
            "accountId": account.as_str(), "senderId": "leo", "automationId": "price",
            "automationType": "dm_automation", "state": "awaiting_opening_response",
            "updatedAt": over, "expiresAt": over,
        })
        .await?;
    person.by_hand(hand("leo")).await?;
    assert_eq!(states.find_one(doc! { "senderId": "leo" }).await?, None);

    // The next message begins from the beginning.
    let before = site.texts("ana").len();
    let (_, body) = site.written(&account, "ana", "price");
    queue.push(body).await?;
    wait::until_within(PATIENCE, "she is asked once more", || async {
        let texts = site.texts("ana");
        let again = texts.len() > before;
        Ok(again.then_some(()))
    })
    .await?;
    let asked = site.texts("ana").last().cloned().context("a text")?;
    assert!(asked.contains("Would you like"), "{}", json!(asked));
    person.stop().await;
    worker.stop().await;
    Ok(())
}
