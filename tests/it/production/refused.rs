//! What MongoDB refuses for what it is keeps nothing else from being written, and is written
//! once somebody has put it right.

use anyhow::{Context, Result};
use heliograph_engine::conformance::samples::{self, START};
use heliograph_engine::ports::{Backlog, Committed, Documents, Ledger};
use heliograph_model::{AccountId, ContactChange, DeliveryId};
use heliograph_redis::{Redis, WriteBehind};
use heliograph_tests::production::{PATIENCE, Servers, places, write_behind};
use heliograph_tests::wait;
use mongodb::bson::{Document, doc};
use mongodb::options::IndexOptions;
use mongodb::{Collection, IndexModel};
use std::time::Duration;

const ACCOUNT: &str = "17841400000000001";

/// Somebody tells something about themselves.
async fn tells(worker: &WriteBehind, who: &str, mid: &str, told: ContactChange) -> Result<()> {
    let mut record = samples::record(DeliveryId(1), 0, who, "hi");
    record.event.account_id = Some(ACCOUNT.into());
    record.decision.contact = told;
    let mut commit = samples::commit(&format!("{ACCOUNT}:message:{mid}"), record);
    commit.contact = Some(samples::contact(ACCOUNT, who, START));
    let committed = worker.commit(commit).await?;
    anyhow::ensure!(matches!(committed, Committed::Applied(_)), "{committed:?}");
    Ok(())
}

fn address(email: &str) -> ContactChange {
    ContactChange {
        email: Some(email.to_owned()),
        last_message_at: Some(START),
        ..ContactChange::default()
    }
}

/// One address for one contact.
async fn unique_addresses(contacts: &Collection<Document>) -> Result<()> {
    let options = IndexOptions::builder()
        .unique(true)
        .sparse(true)
        .name("email_1".to_owned())
        .build();
    let index = IndexModel::builder()
        .keys(doc! { "email": 1 })
        .options(options)
        .build();
    contacts.create_index(index).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_document_that_mongodb_refuses_stops_nothing_else() -> Result<()> {
    const OTHERS: usize = 50;
    let servers = Servers::start()?;
    let mut place = servers.place();
    place.behind.refused_again = Duration::from_secs(1);
    let (worker, mongo) = write_behind(&place).await?;
    mongo.create_indexes().await?;
    let database = places::database(&place).await?;
    let contacts = database.collection::<Document>("contacts");
    unique_addresses(&contacts).await?;

    // The same person on two accounts, as far as anybody knows.
    tells(&worker, "ana", "m.ana", address("same@example.org")).await?;
    worker.flush().await?;
    tells(&worker, "leo", "m.leo", address("same@example.org")).await?;
    for number in 0..OTHERS {
        let (who, mid) = (format!("person-{number}"), format!("m.{number}"));
        let told = address(&format!("{who}@example.org"));
        tells(&worker, &who, &mid, told).await?;
    }
    worker
        .flush()
        .await
        .context("one of them is no reason to fail")?;
    assert_eq!(places::of(&database, "contacts").await?.len(), OTHERS + 1);
    let marks = places::of(&database, "processed_events").await?;
    assert_eq!(marks.len(), OTHERS + 2, "also that of the refused one");

    // It is counted, read, and changed like any other.
    let depth = worker.backlog().await?;
    assert_eq!((depth.waiting, depth.refused), (0, 1), "{depth:?}");
    let account = AccountId::from(ACCOUNT);
    let named = ContactChange {
        username: Some("leo.l".to_owned()),
        ..ContactChange::default()
    };
    tells(&worker, "leo", "m.leo.2", named).await?;
    worker.flush().await?;
    let depth = worker.backlog().await?;
    assert_eq!((depth.waiting, depth.refused), (0, 1), "{depth:?}");
    let leo = worker.contact(&account, &"leo".into()).await?;
    let leo = leo.context("he is known")?;
    assert_eq!(leo.email.as_deref(), Some("same@example.org"));
    assert_eq!(leo.username.as_deref(), Some("leo.l"));

    // Whoever starts later knows of it too, and tries it again.
    worker.close().await?;
    drop(worker);
    let redis = Redis::connect(&place.redis).await?;
    assert_eq!(redis.refused().await?, 1);
    let (worker, _) = write_behind(&place).await?;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let depth = worker.backlog().await?;
    // At this moment it may be on its way once more.
    assert_eq!(depth.waiting + depth.refused, 1, "{depth:?}");

    contacts.drop_index("email_1").await?;
    wait::until_within(PATIENCE, "it is written", || async {
        let depth = worker.backlog().await?;
        Ok((depth.refused + depth.waiting == 0).then_some(()))
    })
    .await?;
    let leo = contacts.find_one(doc! { "senderId": "leo" }).await?;
    let leo = leo.context("he is in MongoDB")?;
    assert_eq!(leo.get_str("email").ok(), Some("same@example.org"));
    assert_eq!(leo.get_str("username").ok(), Some("leo.l"));
    assert_eq!(redis.refused().await?, 0);
    Ok(())
}
