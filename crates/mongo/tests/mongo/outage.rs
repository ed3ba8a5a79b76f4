//! A server that ends, freezes, or hands over.

use crate::rig::{SOON, database_name, soon, store};
use heliograph_engine::conformance::samples::{START, automation, contact};
use heliograph_engine::ports::{Archive, Documents, Mark, PortError, PortResult};
use heliograph_mongo::{MongoConfig, MongoStore, Topology, Trouble};
use heliograph_servers::mongod::Mongod;
use secrecy::SecretString;
use std::time::{Duration, Instant};

fn is_unavailable<T: std::fmt::Debug>(what: &str, result: &PortResult<T>) {
    assert!(
        matches!(result, Err(PortError::Unavailable(_))),
        "{what}: {result:?}"
    );
}

fn mark() -> [Mark; 1] {
    [Mark {
        mark: "1:message:mid.1".into(),
        at: START,
    }]
}

#[tokio::test]
async fn a_stopped_server_is_noticed_soon_and_comes_back() {
    let mut mongod = Mongod::start().unwrap();
    let store = store(&mongod.url(), &database_name()).await;
    let person = contact("1", "2", START);
    store.put_contact(&person).await.unwrap();
    let probe = store.probe().await.unwrap();
    assert_eq!(probe.topology, Topology::ReplicaSet("rs0".into()));
    assert!(probe.version.contains('.') && probe.is_writable);
    assert_eq!(probe.has_database, Some(true));

    mongod.kill();
    let start = Instant::now();
    let (account, sender) = ("1".into(), "2".into());
    let (marks, workspace) = (mark(), "w".into());
    let (read, listed, written, archived, changed) = futures::join!(
        store.contact(&account, &sender),
        store.automations(&workspace),
        store.put_contact(&person),
        store.write(&[], &marks),
        store.changes(),
    );
    is_unavailable("read", &read);
    is_unavailable("listed", &listed);
    is_unavailable("written", &written);
    is_unavailable("archived", &archived);
    is_unavailable("changes", &changed);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(8), "it took {took:?} to notice");
    assert_eq!(store.probe().await.unwrap_err().trouble(), Trouble::Refused);

    mongod.restart().unwrap();
    let back = async || store.contact(&account, &sender).await.is_ok();
    soon("a read after the restart", back).await;
    let read = store.contact(&account, &sender).await.unwrap();
    assert_eq!(read, Some(person), "what was acknowledged is there");
    store.write(&[], &mark()).await.unwrap();
}

#[tokio::test]
async fn a_step_down_is_over_by_itself() {
    let mongod = Mongod::start().unwrap();
    let store = store(&mongod.url(), &database_name()).await;
    store
        .put_automation(&automation("a", "w", 0), None)
        .await
        .unwrap();
    mongod.step_down().unwrap();
    let start = Instant::now();
    let mut version = 1;
    while version < 20 {
        let mut next = automation("a", "w", 0);
        next.version = version + 1;
        match store.put_automation(&next, Some(version)).await {
            Ok(()) => version += 1,
            Err(PortError::Unavailable(_)) => {}
            Err(error) => panic!("an election is nothing else than unavailable: {error}"),
        }
        let archived = store.write(&[], &mark()).await;
        assert!(archived.is_ok() || archived.is_err_and(|error| error.is_transient()));
        assert!(start.elapsed() < SOON, "it stands at version {version}");
    }
}

#[tokio::test]
async fn a_frozen_server_gives_no_answer_and_holds_nobody() {
    let mongod = Mongod::start().unwrap();
    let url = SecretString::from(mongod.url());
    let mut config = MongoConfig::new(url, database_name());
    config.patience.answer = Duration::from_millis(700);
    let store = MongoStore::connect(config).await.unwrap();
    let person = contact("1", "2", START);
    store.put_contact(&person).await.unwrap();
    mongod.process().signal("STOP").unwrap();
    let start = Instant::now();
    let (account, sender) = ("1".into(), "2".into());
    let looks = (0..50).map(|_| store.contact(&account, &sender));
    for found in futures::future::join_all(looks).await {
        is_unavailable("frozen", &found);
    }
    let took = start.elapsed();
    mongod.process().signal("CONT").unwrap();
    assert!(took < Duration::from_secs(5), "it took {took:?}");
    let back = async || store.contact(&account, &sender).await.is_ok();
    soon("an answer", back).await;
}
