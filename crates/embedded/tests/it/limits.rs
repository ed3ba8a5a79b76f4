//! At the edges: a full disk, a crowd, a backlog, and what is removed in time.

use heliograph_embedded::{Database, Settings};
use heliograph_engine::conformance::samples::{self, START};
use heliograph_engine::ports::{
    Commit, Committed, Documents, Finished, Journal, JournalFilter, Ledger, PortError, Queue,
    VirtualClock,
};
use heliograph_model::{AccountId, ContactId, Delivery, DeliveryId, Millis, StateChange, limits};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn open(most_bytes: Option<u64>) -> (Database, Arc<VirtualClock>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(VirtualClock::new(START));
    let settings = Settings {
        most_bytes,
        ..Settings::new(clock.clone())
    };
    let (database, _) = Database::open(&folder.path().join("heliograph.db"), &settings).unwrap();
    (database, clock, folder)
}

fn count(path: &Path, table: &str) -> i64 {
    let raw = Connection::open(path).unwrap();
    raw.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| {
        row.get(0)
    })
    .unwrap()
}

/// Polls until it holds; the writer looks after upkeep when it has time.
async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < until, "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn done(deliveries: &[Delivery]) -> Vec<Finished> {
    deliveries.iter().map(|d| Finished::Done(d.id)).collect()
}

#[tokio::test]
async fn a_full_disk_refuses_loses_nothing_and_goes_on_when_there_is_space() {
    let (database, _, _folder) = open(Some(1 << 20));
    let body = "x".repeat(10_000);
    let mut accepted = Vec::new();
    let error = loop {
        match database.push(samples::delivery(&body, START)).await {
            Ok(id) => accepted.push(id),
            Err(error) => break error,
        }
        assert!(accepted.len() < 200, "1 MiB does not hold 2 MB");
    };
    assert!(matches!(error, PortError::Unavailable(_)), "{error:?}");
    assert!(error.to_string().contains("Make space"), "{error}");
    assert!(accepted.len() > 50, "{} were accepted", accepted.len());

    // A commit does not fit either, and none of it is there.
    let big = "y".repeat(100_000);
    let record = samples::record(accepted[0], 0, "501", &big);
    let commit = Commit {
        contact: Some(samples::contact("17841400000000001", "501", START)),
        ..samples::commit("m1", record)
    };
    let error = database.commit(commit.clone()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(!database.is_processed("m1").await.unwrap());
    let account = commit.account_id.clone().unwrap();
    let contact = commit.contact_id.clone().unwrap();
    assert_eq!(database.contact(&account, &contact).await.unwrap(), None);

    // What was accepted is there, and finishing it and clearing up makes space.
    let taken = database.take(1_000).await.unwrap();
    let ids: Vec<_> = taken.iter().map(|d| d.id).collect();
    assert_eq!(ids, accepted);
    database.finish(done(&taken)).await.unwrap();
    let mut removed = 0;
    let until = Instant::now() + Duration::from_secs(20);
    while removed < accepted.len() as u64 {
        assert!(Instant::now() < until, "only {removed} were removed");
        removed += database.retain(START + 1, 0).await.unwrap();
        tokio::task::yield_now().await;
    }
    let answer = database.commit(commit).await.unwrap();
    assert_eq!(answer, Committed::Applied(Vec::new()));
    let id = database
        .push(samples::delivery(&body, START))
        .await
        .unwrap();
    assert!(id > accepted[accepted.len() - 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_in_a_shared_transaction_is_its_own() {
    let (database, ..) = open(None);
    let database = Arc::new(database);
    let automation = samples::automation("a", "w1", 0);
    database.put_automation(&automation, None).await.unwrap();
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let (database, mut edited) = (database.clone(), automation.clone());
            tokio::spawn(async move {
                database.push(samples::delivery("x", START)).await.unwrap();
                edited.version = 2;
                edited.name = format!("Edit {n}");
                database.put_automation(&edited, Some(1)).await
            })
        })
        .collect();
    let mut edited = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => edited += 1,
            Err(PortError::Conflict(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(edited, 1, "one editor won, and all pushes went through");
    assert_eq!(database.depth().await.unwrap().waiting, 200);
}

#[tokio::test]
async fn a_backlog_is_handed_out_in_order_also_beyond_what_memory_holds() {
    let (database, ..) = open(None);
    let total = 5_000;
    let pushes = (0..total).map(|n| {
        let body = format!("{n}");
        database.push(samples::delivery(&body, START + n))
    });
    // Buffered, so that they share transactions and still arrive in order.
    let mut pushes = Box::pin(futures::stream::StreamExt::buffered(
        futures::stream::iter(pushes),
        256,
    ));
    while let Some(id) = futures::stream::StreamExt::next(&mut pushes).await {
        id.unwrap();
    }
    assert_eq!(database.depth().await.unwrap().waiting, 5_000);
    let mut last = DeliveryId(0);
    let mut seen = 0;
    while seen < total {
        let taken = database.take(97).await.unwrap();
        for delivery in &taken {
            assert!(delivery.id > last, "in the order of arrival");
            last = delivery.id;
        }
        seen += i64::try_from(taken.len()).unwrap();
        database.finish(done(&taken)).await.unwrap();
        // Something new arrives behind the backlog all the time.
        if seen % 3 == 0 {
            database
                .push(samples::delivery("new", START))
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn what_has_expired_is_removed_in_time() {
    let (database, clock, folder) = open(None);
    let path = folder.path().join("heliograph.db");
    for n in 0..1_200 {
        let sender = format!("{n}");
        let expires_at = START + if n % 2 == 0 { 1_000 } else { 100 * Millis::DAY };
        let state = samples::user_state("17841400000000001", &sender, expires_at);
        let commit = Commit {
            state: StateChange::Set(state),
            ..samples::commit(&sender, samples::record(DeliveryId(1), n, &sender, "hi"))
        };
        database.commit(commit).await.unwrap();
    }
    assert_eq!(count(&path, "user_states"), 1_200);
    eventually("removing half of the states", || {
        clock.advance(1_000);
        count(&path, "user_states") == 600
    })
    .await;
    assert!(database.is_processed("7").await.unwrap());
    clock.advance(limits::DEDUPLICATION_MS);
    eventually("removing the marks", || {
        clock.advance(1_000);
        count(&path, "processed_events") + count(&path, "processed_lately") == 0
    })
    .await;
    assert!(!database.is_processed("7").await.unwrap());
}

#[tokio::test]
async fn the_journal_is_kept_to_its_size_and_the_oldest_go_first() {
    let (database, ..) = open(None);
    for n in 0..500 {
        let body = format!("{n:>1000}");
        let id = database
            .push(samples::delivery(&body, START + n))
            .await
            .unwrap();
        let record = samples::record(id, 0, "501", &format!("word{n}"));
        let commit = samples::commit(&format!("m{n}"), record);
        database.commit(commit).await.unwrap();
    }
    let taken = database.take(1_000).await.unwrap();
    let (queued, finished) = taken.split_first().unwrap();
    database.finish(done(finished)).await.unwrap();
    // A write that is acknowledged carries the finished ones with it.
    let shop = samples::workspace("w1", "Shop");
    database.put_workspace(&shop).await.unwrap();

    let before = database.journal_bytes().await.unwrap();
    let half = before / 2;
    let gone = database.retain(START, half).await.unwrap();
    let after = database.journal_bytes().await.unwrap();
    assert!(after <= half && after > half - 4_000, "{after} of {before}");
    assert!((240..=260).contains(&gone), "{gone} went");
    assert!(database.delivery(queued.id).await.unwrap().is_some());
    assert!(database.delivery(finished[0].id).await.unwrap().is_none());
    let newest = finished[finished.len() - 1].id;
    assert!(database.delivery(newest).await.unwrap().is_some());
    let found = async |word: &str| {
        let filter = JournalFilter {
            text: Some(word.to_owned()),
            ..JournalFilter::default()
        };
        database.search(&filter).await.unwrap().decisions.len()
    };
    assert_eq!(found("word10").await, 0);
    assert_eq!(found("word499").await, 1);
    // A search after more was written, and after more was forgotten, is still right.
    database.retain(START + 450, u64::MAX).await.unwrap();
    assert_eq!(found("word44").await, 0, "word440 to word449 went too");
    assert_eq!(found("word45").await, 10);
    assert_eq!(database.retain(START + 1_000, 0).await.unwrap(), 50);
    let filter = JournalFilter::default();
    let left = database.search(&filter).await.unwrap();
    assert_eq!(left.decisions.len(), 1, "what the queued one led to");
    let body = database.delivery(queued.id).await.unwrap().unwrap().body;
    let records = serde_json::to_string(&left.decisions[0]).unwrap();
    assert_eq!(
        database.journal_bytes().await.unwrap(),
        (body.len() + records.len()) as u64,
        "the bytes are counted exactly"
    );
}

#[tokio::test]
async fn marks_are_found_while_they_are_put_in_order_and_after() {
    let (database, clock, folder) = open(None);
    let path = folder.path().join("heliograph.db");
    let total = 52_000;
    let commits = (0..total).map(|n| {
        let record = samples::record(DeliveryId(1 + n), 0, "501", "hi");
        database.commit(samples::commit(&format!("m{n}"), record))
    });
    let mut commits = Box::pin(futures::stream::StreamExt::buffered(
        futures::stream::iter(commits),
        512,
    ));
    while let Some(committed) = futures::stream::StreamExt::next(&mut commits).await {
        assert_eq!(committed.unwrap(), Committed::Applied(Vec::new()));
    }
    drop(commits);
    assert!(count(&path, "processed_events") > 1_000, "it has begun");
    for n in (0..total).step_by(371) {
        assert!(
            database.is_processed(&format!("m{n}")).await.unwrap(),
            "{n}"
        );
        let record = samples::record(DeliveryId(100_000 + n), 0, "501", "hi");
        let again = database
            .commit(samples::commit(&format!("m{n}"), record))
            .await
            .unwrap();
        assert_eq!(again, Committed::Duplicate, "{n}");
    }
    drop(database);
    let (database, _) = Database::open(&path, &Settings::new(clock)).unwrap();
    for n in (0..total).step_by(371) {
        assert!(
            database.is_processed(&format!("m{n}")).await.unwrap(),
            "{n}"
        );
    }
    assert!(!database.is_processed("never").await.unwrap());
}

/// Contacts and states are appended while much is going on, and put in their place when
/// it is quiet. Nobody can tell the difference.
#[tokio::test]
async fn a_crowd_reads_what_it_wrote_and_the_tables_are_whole_when_it_is_quiet() {
    const PEOPLE: i64 = 700;
    let account = AccountId::from("17841400000000001");
    let (database, _, folder) = open(None);
    let path = folder.path().join("heliograph.db");
    let write = |round: i64, n: i64| {
        let sender = format!("{n}");
        let at = START + 1_000 * round + n;
        let mut state = samples::user_state(account.as_str(), &sender, at + Millis::DAY);
        state.updated_at = at;
        let record = samples::record(DeliveryId(1 + round), 0, &sender, "hi");
        let commit = Commit {
            // The last round clears every third state, and every fifth has expired.
            state: match (round, n % 3, n % 5) {
                (29, 0, _) => StateChange::Clear,
                (29, _, 0) => {
                    state.expires_at = START;
                    StateChange::Set(state)
                }
                _ => StateChange::Set(state),
            },
            contact: Some(samples::contact(account.as_str(), &sender, at)),
            ..samples::commit(&format!("{round}/{n}"), record)
        };
        let (database, account, sender) = (&database, &account, ContactId::from(sender));
        async move {
            database.commit(commit).await.unwrap();
            let contact = database.contact(account, &sender).await.unwrap().unwrap();
            assert_eq!(contact.last_message_at, Some(at), "round {round}, {n}");
            let state = database.user_state(account, &sender, START).await.unwrap();
            let there = round < 29 || (n % 3 != 0 && n % 5 != 0);
            assert_eq!(state.map(|s| s.updated_at), there.then_some(at));
        }
    };
    for round in 0..30 {
        futures::future::join_all((0..PEOPLE).map(|n| write(round, n))).await;
    }
    let there = |n: &i64| n % 3 != 0 && n % 5 != 0;
    let standing: Vec<_> = (0..PEOPLE).rev().filter(there).collect();
    let check = async |database: &Database| {
        let states = database.user_states(&account, START, 10_000).await.unwrap();
        let states: Vec<i64> = states
            .iter()
            .map(|s| s.sender_id.as_str().parse().unwrap())
            .collect();
        assert_eq!(states, standing, "newest first, none twice");
        let contacts = database.contacts(&account, 5).await.unwrap();
        let contacts: Vec<i64> = contacts
            .iter()
            .map(|c| c.last_message_at.unwrap().since(START + 29_000))
            .collect();
        assert_eq!(contacts, [699, 698, 697, 696, 695]);
    };
    check(&database).await;

    eventually("putting everything in its place", || {
        count(&path, "people_lately") == 0
    })
    .await;
    assert_eq!(count(&path, "contacts"), PEOPLE);
    let kept = (0..PEOPLE).filter(|n| n % 3 != 0).count();
    assert_eq!(count(&path, "user_states"), i64::try_from(kept).unwrap());
    check(&database).await;
    // From here on they go to their place at once.
    write(30, 1).await;
    assert_eq!(count(&path, "people_lately"), 0);
}
