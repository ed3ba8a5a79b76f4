//! What survives the end of a process that was given no time to say good-bye.

use heliograph_embedded::{Database, OpenReport, Settings};
use heliograph_engine::conformance::samples::{self, START};
use heliograph_engine::ports::{
    Commit, Committed, Documents, Finished, Ledger, Queue, VirtualClock,
};
use heliograph_model::{AccountId, ContactId, DeliveryId, Millis, OutboxState, StateChange};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const ACCOUNT: &str = "17841400000000001";
const FILE: &str = "HELIOGRAPH_TEST_FILE";

fn open(path: &Path) -> (Database, OpenReport, Arc<VirtualClock>) {
    let clock = Arc::new(VirtualClock::new(START));
    let (database, report) = Database::open(path, &Settings::new(clock.clone())).unwrap();
    (database, report, clock)
}

fn commit(mark: &str, delivery: DeliveryId, sends: usize) -> Commit {
    let item = samples::outbox(delivery, "501", samples::text("501", "hi"));
    Commit {
        outbox: vec![item; sends],
        ..samples::commit(mark, samples::record(delivery, 0, "501", "hello"))
    }
}

/// Run by the test below in a process of its own, which it ends without ceremony.
#[tokio::test]
async fn the_process_that_aborts() {
    let Some(path) = std::env::var_os(FILE) else {
        return;
    };
    let (database, _, _) = open(Path::new(&path));
    let mut ids = Vec::new();
    for n in 0..5 {
        let body = format!("body {n}");
        let id = database.push(samples::delivery(&body, START)).await;
        ids.push(id.unwrap());
    }
    let taken = database.take(3).await.unwrap();
    assert_eq!(taken.len(), 3);
    let Committed::Applied(items) = database.commit(commit("m0", ids[0], 3)).await.unwrap() else {
        panic!("it is new");
    };
    database
        .begin_sends(&[items[0].id, items[1].id])
        .await
        .unwrap();
    let sent = samples::ended(&items[0], OutboxState::Sent, None);
    database.end_sends(vec![sent]).await.unwrap();
    let retry = Finished::Retry {
        id: ids[2],
        at: START + 1_000,
        error: "later".into(),
    };
    let dead = Finished::Dead {
        id: ids[1],
        error: "unreadable".into(),
    };
    database.finish(vec![retry, dead]).await.unwrap();
    // Many people at once, so that their documents are still on the way to their place.
    let crowd = (0..300).map(|n| {
        let sender = format!("9{n}");
        let state = samples::user_state(ACCOUNT, &sender, START + Millis::DAY);
        let record = samples::record(ids[0], 1 + n, &sender, "hello");
        database.commit(Commit {
            state: StateChange::Set(state),
            contact: Some(samples::contact(ACCOUNT, &sender, START)),
            ..samples::commit(&sender, record)
        })
    });
    for committed in futures::future::join_all(crowd).await {
        committed.unwrap();
    }
    std::process::abort();
}

#[tokio::test]
async fn everything_acknowledged_survives_an_abort() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("heliograph.db");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::the_process_that_aborts"])
        .env(FILE, &path)
        .output()
        .unwrap();
    assert!(!child.status.success(), "it was aborted");
    assert!(
        folder.path().join("heliograph.db-wal").exists(),
        "it had no time to tidy up: {}",
        String::from_utf8_lossy(&child.stderr)
    );

    let (database, report, clock) = open(&path);
    assert!(report.recovered && !report.created && report.set_aside.is_none());
    assert_eq!(report.uncertain_sends, 1);

    // The outbox: one was sent, one was on its way, one had not begun.
    let held = database.outbox().await.unwrap();
    let uncertain: Vec<_> = held.iter().map(|item| item.uncertain).collect();
    assert_eq!(uncertain, [true, false]);
    let retrying = samples::ended(&held[0], OutboxState::Retrying, Some(START + 1));
    database.begin_sends(&[held[0].id]).await.unwrap();
    database.end_sends(vec![retrying]).await.unwrap();
    assert!(
        database.outbox().await.unwrap()[0].uncertain,
        "one more try does not tell whether the first one arrived"
    );

    // The queue: all but the dead one come again, in order, and the count goes on.
    let depth = database.depth().await.unwrap();
    assert_eq!((depth.waiting, depth.delayed, depth.dead), (3, 1, 1));
    clock.advance(1_000);
    let taken = database.take(10).await.unwrap();
    let bodies: Vec<_> = taken
        .iter()
        .map(|d| String::from_utf8(d.delivery.body.to_vec()).unwrap())
        .collect();
    assert_eq!(bodies, ["body 0", "body 2", "body 3", "body 4"]);
    assert_eq!(taken[1].attempt, 2, "it had been taken once");
    let dead = database.dead_letters(10).await.unwrap();
    assert_eq!((dead.len(), dead[0].error.as_str()), (1, "unreadable"));
    assert_eq!(dead[0].attempts, 1);

    // The mark: what took effect does not do so again.
    assert!(database.is_processed("m0").await.unwrap());
    let again = database.commit(commit("m0", taken[0].id, 3)).await.unwrap();
    assert_eq!(again, Committed::Duplicate);

    // The people: all of them, and in their tables.
    let account = AccountId::from(ACCOUNT);
    for n in 0..300 {
        let sender = ContactId::from(format!("9{n}"));
        let contact = database.contact(&account, &sender).await.unwrap();
        assert!(contact.is_some(), "{sender}");
        let state = database.user_state(&account, &sender, START).await.unwrap();
        assert!(state.is_some(), "{sender}");
    }
    let raw = rusqlite::Connection::open(&path).unwrap();
    let kept = raw.query_row("SELECT count(*) FROM user_states", (), |row| row.get(0));
    assert_eq!(kept, Ok(300_i64));
    drop(raw);

    // New ids do not collide with old ones.
    let new = database
        .push(samples::delivery("new", START))
        .await
        .unwrap();
    assert!(new > taken[3].id);
    let Committed::Applied(items) = database.commit(commit("m1", new, 1)).await.unwrap() else {
        panic!("it is new");
    };
    assert!(items[0].id > held[1].id);
}

#[tokio::test]
async fn attempts_are_counted_over_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("heliograph.db");
    let (database, ..) = open(&path);
    for body in ["poison", "second"] {
        database.push(samples::delivery(body, START)).await.unwrap();
    }
    assert_eq!(database.take(1).await.unwrap()[0].attempt, 1);
    // Dropped without being finished: for the queue that is what a crash is.
    drop(database);
    let (database, ..) = open(&path);
    let taken = database.take(2).await.unwrap();
    assert_eq!((taken[0].attempt, taken[1].attempt), (2, 1));
}
