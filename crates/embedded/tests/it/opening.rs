//! Opening files: whose they are, what version, and whether they are sound.

use heliograph_embedded::{Database, OpenError, OpenReport, Settings};
use heliograph_engine::conformance::samples::{self, START};
use heliograph_engine::ports::{
    Committed, Documents, FailedSends, Ledger, Queue, SendAgain, VirtualClock,
};
use heliograph_model::{DeliveryId, Millis, OutboxState};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

fn settings() -> Settings {
    Settings::new(Arc::new(VirtualClock::new(START)))
}

fn open(path: &Path) -> Result<(Database, OpenReport), OpenError> {
    Database::open(path, &settings())
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("heliograph.db");
    (folder, path)
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_closed_file_opens_again_with_everything_in_it() {
    let (folder, path) = folder();
    let (database, report) = open(&path).unwrap();
    assert!(report.created);
    let id = database
        .push(samples::delivery("one", START))
        .await
        .unwrap();
    let shop = samples::workspace("w1", "Shop");
    database.put_workspace(&shop).await.unwrap();
    drop(database);
    assert_eq!(
        names(&folder),
        ["heliograph.db", "heliograph.db.lock"],
        "a closed database is one file"
    );

    let (database, report) = open(&path).unwrap();
    assert_eq!(report, OpenReport::default(), "nothing is worth telling");
    assert_eq!(database.workspaces().await.unwrap(), [shop]);
    assert_eq!(database.take(1).await.unwrap()[0].id, id);
}

#[tokio::test]
async fn what_is_to_be_sent_again_waits_over_a_restart() {
    let (_folder, path) = folder();
    let (database, _) = open(&path).unwrap();
    let delivery = DeliveryId(1);
    let mut commit = samples::commit("m1", samples::record(delivery, 0, "501", "hi"));
    commit.outbox = vec![samples::outbox(
        delivery,
        "501",
        samples::text("501", "Here it is"),
    )];
    let Committed::Applied(items) = database.commit(commit).await.unwrap() else {
        panic!("the event came for the first time");
    };
    let ended = samples::ended(&items[0], OutboxState::Failed, None);
    database.begin_sends(&[items[0].id]).await.unwrap();
    database.end_sends(vec![ended]).await.unwrap();
    let again = SendAgain {
        id: items[0].id,
        send_before: START + Millis::HOUR,
    };
    assert_eq!(database.send_again(&[again], START).await.unwrap(), 1);
    // Nobody has taken it up by then.
    drop(database);
    let (database, _) = open(&path).unwrap();
    assert_eq!(database.count().await.unwrap(), 0);
    let waits = database.outbox().await.unwrap();
    assert_eq!(waits.len(), 1);
    assert_eq!(waits[0].effect, items[0].effect);
    assert!(waits[0].id > items[0].id && !waits[0].uncertain);
}

#[tokio::test]
async fn a_failed_send_that_cannot_be_read_keeps_no_other_from_being_sent_again() {
    let (_folder, path) = folder();
    let (database, _) = open(&path).unwrap();
    let mut ids = Vec::new();
    for number in 0..3 {
        let delivery = DeliveryId(number);
        let who = format!("50{number}");
        let record = samples::record(delivery, 0, &who, "hi");
        let mut commit = samples::commit(&format!("m{number}"), record);
        let effect = samples::text(&who, "Here it is");
        commit.outbox = vec![samples::outbox(delivery, &who, effect)];
        let Committed::Applied(items) = database.commit(commit).await.unwrap() else {
            panic!("the event came for the first time");
        };
        let ended = samples::ended(&items[0], OutboxState::Failed, None);
        database.begin_sends(&[items[0].id]).await.unwrap();
        database.end_sends(vec![ended]).await.unwrap();
        ids.push(items[0].id);
    }
    drop(database);
    let file = Connection::open(&path).unwrap();
    let changed = file.execute(
        "UPDATE failed_sends SET body = '{\"from\": \"another version\"}' WHERE outbox_id = ?1",
        (ids[1].0,),
    );
    assert_eq!(changed.unwrap(), 1);
    drop(file);

    let (database, _) = open(&path).unwrap();
    assert_eq!(database.count().await.unwrap(), 3);
    assert_eq!(database.list(0, 10).await.unwrap().len(), 2);
    let again = |id: &_| SendAgain {
        id: *id,
        send_before: START + Millis::HOUR,
    };
    let all: Vec<_> = ids.iter().map(again).collect();
    assert_eq!(database.send_again(&all, START).await.unwrap(), 2);
    assert_eq!(database.outbox().await.unwrap().len(), 2);
    assert_eq!(database.count().await.unwrap(), 1, "it stays");
}

#[tokio::test]
async fn a_closed_database_refuses_and_says_so() {
    let (_folder, path) = folder();
    let (database, _) = open(&path).unwrap();
    database.close();
    let refused = database.push(samples::delivery("late", START)).await;
    assert_eq!(refused.unwrap_err().to_string(), "The database is closed.");
}

#[test]
fn a_folder_is_not_taken_for_a_damaged_database() {
    let (folder, path) = folder();
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("letter.txt"), "dear").unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::NoFile { .. }), "{error}");
    assert_eq!(
        std::fs::read_to_string(path.join("letter.txt")).unwrap(),
        "dear",
        "it is where it was"
    );
    assert!(
        names(&folder).iter().all(|name| !name.contains("corrupt")),
        "nothing was set aside"
    );
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let (folder, path) = folder();
    drop(open(&path).unwrap());
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("PRAGMA user_version = 99").unwrap();
    raw.close().unwrap();
    let before = std::fs::read(&path).unwrap();

    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 99, .. }));
    let said = error.to_string();
    assert!(said.contains("Update Heliograph"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), before, "not a byte changed");
    assert_eq!(names(&folder), ["heliograph.db", "heliograph.db.lock"]);
}

#[test]
fn the_database_of_another_application_is_left_alone() {
    let (_folder, path) = folder();
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("CREATE TABLE recipes (id INTEGER)")
        .unwrap();
    raw.close().unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
    let raw = Connection::open(&path).unwrap();
    raw.execute("INSERT INTO recipes VALUES (1)", ()).unwrap();
}

#[tokio::test]
async fn what_is_no_database_is_set_aside_and_kept() {
    for content in [&b"Dear diary, today"[..], &b"x"[..], &[0; 70_000][..]] {
        let (_folder, path) = folder();
        std::fs::write(&path, content).unwrap();
        std::fs::write(path.with_extension("db-wal"), "its log").unwrap();
        let (database, report) = open(&path).unwrap();
        let aside = report.set_aside.expect("it is reported");
        assert_eq!(std::fs::read(&aside.to).unwrap(), content);
        let name = aside.to.file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(name, format!("heliograph.db.corrupt-{START}"));
        let log = aside.to.with_file_name(format!("{name}-wal"));
        assert_eq!(std::fs::read(log).unwrap(), b"its log");
        assert!(report.created);
        database
            .push(samples::delivery("one", START))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_and_a_second_one_beside_it() {
    let (folder, path) = folder();
    for round in 0..2 {
        let (database, _) = open(&path).unwrap();
        for n in 0..50 {
            let body = format!("{n}").repeat(1_000);
            database
                .push(samples::delivery(&body, START))
                .await
                .unwrap();
        }
        drop(database);
        // Garbage in the middle, and no word that it was closed.
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[4_096..40_000].fill(0x5a);
        std::fs::write(&path, &bytes).unwrap();
        std::fs::write(folder.path().join("heliograph.db.lock"), "4194304").unwrap();

        let (database, report) = open(&path).unwrap();
        let aside = report.set_aside.clone().expect("the damage is found");
        assert_eq!(std::fs::read(&aside.to).unwrap(), bytes, "round {round}");
        assert!(aside.to_string().contains("an empty one was started"));
        assert_eq!(database.depth().await.unwrap().waiting, 0);
    }
    let aside = names(&folder)
        .into_iter()
        .filter(|name| name.contains("corrupt"));
    assert_eq!(aside.count(), 2, "the second did not replace the first");
}

#[test]
fn one_process_at_a_time() {
    let (_folder, path) = folder();
    let first = open(&path).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }));
    let said = error.to_string();
    if cfg!(unix) {
        let own = format!("process {}", std::process::id());
        assert!(said.contains(&own), "{said}");
    }
    drop(first);
    open(&path).unwrap();
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let (folder, _) = folder();
    let error = open(&folder.path().join("no/such/heliograph.db")).unwrap_err();
    assert!(matches!(error, OpenError::Io { .. }));
    assert!(error.to_string().contains("Check that the folder exists"));
}
