//! How many conversations a second the archive takes, on a mongod of its own:
//! `cargo run --release -p heliograph-mongo --example archive_rate`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement for a terminal"
)]

use heliograph_engine::ports::{Archive, ConversationChange, Documents, Mark};
use heliograph_model::{
    AutomationType, Awaiting, ContactChange, Millis, StateChange, Target, UserState,
};
use heliograph_mongo::{MongoConfig, MongoStore};
use heliograph_servers::mongod::Mongod;
use secrecy::SecretString;
use std::time::Instant;

const ACCOUNT: &str = "17841400000000001";
const PEOPLE: usize = 20_000;
const ROUNDS: usize = 10;
const BATCH: usize = 4_000;

fn change(n: usize, at: Millis) -> ConversationChange {
    let sender = format!("55{:013}", n % PEOPLE);
    ConversationChange {
        account_id: ACCOUNT.into(),
        contact_id: sender.as_str().into(),
        state: StateChange::Set(UserState {
            account_id: ACCOUNT.into(),
            sender_id: sender.into(),
            automation_id: "65f000000000000000000001".into(),
            automation_type: AutomationType::DmAutomation,
            target: Target::All,
            state: Awaiting::AwaitingOpeningResponse,
            asked: 1,
            started_by: Some(format!("mid.{n}").into()),
            event_at: at,
            updated_at: at,
            expires_at: at + Millis::DAY,
        }),
        contact: Some(ContactChange {
            username: Some("somebody".into()),
            last_message_at: Some(at),
            ..ContactChange::default()
        }),
        is_new: n < PEOPLE,
        state_is_new: n < PEOPLE,
        since: at,
        at,
    }
}

#[tokio::main]
async fn main() {
    let mongod = Mongod::start().unwrap();
    let url = SecretString::from(mongod.url());
    let store = MongoStore::connect(MongoConfig::new(url, "rate"))
        .await
        .unwrap();
    store.create_indexes().await.unwrap();
    for round in 0..ROUNDS {
        let first = round * BATCH;
        let at = Millis(1_795_478_400_000 + i64::try_from(round).unwrap());
        let changes: Vec<_> = (first..first + BATCH).map(|n| change(n, at)).collect();
        let marks: Vec<_> = (first..first + BATCH)
            .map(|n| Mark {
                mark: format!("{ACCOUNT}:message:mid.{n}"),
                at,
            })
            .collect();
        let start = Instant::now();
        store.write(&changes, &marks).await.unwrap();
        let took = start.elapsed().as_secs_f64();
        println!(
            "write {round}: {:.0} conversations a second",
            BATCH as f64 / took
        );
    }
    let start = Instant::now();
    let (account, looks) = (ACCOUNT.into(), 20_000);
    let asking = (0..looks).map(async |n| {
        let sender = format!("55{n:013}").into();
        store.contact(&account, &sender).await.unwrap()
    });
    let found = futures::future::join_all(asking).await;
    let took = start.elapsed().as_secs_f64();
    assert!(found.iter().all(Option::is_some));
    println!("look-ups: {:.0} contacts a second", f64::from(looks) / took);
}
