//! What was seen is kept, bounded, found again, and forgotten.

#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

use super::*;
use bytes::Bytes;
use heliograph_engine::conformance::samples;
use heliograph_model::{DecisionRecord, OutboxId, OutboxItem, OutboxState};
use heliograph_runtime::elsewhere::ToldElsewhere;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tokio::sync::broadcast::Sender;

/// As a queue in Redis numbers deliveries.
const FIRST: i64 = 1_780_000_000_000 * 1_024;

/// Somebody who sees what is told, and those who tell it.
struct Seer {
    seen: SeenJournal,
    here: Sender<Arc<Happening>>,
    elsewhere: Sender<Arc<FromElsewhere>>,
}

impl Seer {
    fn new() -> Self {
        let (here, elsewhere) = (Sender::new(64), Sender::new(64));
        let seen = SeenJournal::hearing(here.subscribe(), Some(elsewhere.subscribe()));
        Self {
            seen,
            here,
            elsewhere,
        }
    }

    fn keeping(path: &Path) -> Self {
        let seer = Self::new();
        seer.seen.keep_in(path.to_owned());
        seer
    }

    fn tell(&self, happening: Happening) {
        self.here.send(Arc::new(happening)).unwrap();
    }

    async fn found(&self, words: &str) -> Vec<i64> {
        let filter = JournalFilter {
            text: Some(words.to_owned()),
            ..JournalFilter::default()
        };
        let page = self.seen.search(&filter).await.unwrap();
        let ids = page.decisions.iter().map(|one| one.delivery_id.0 - FIRST);
        ids.collect()
    }
}

fn id(n: i64) -> DeliveryId {
    DeliveryId(FIRST + n)
}

fn taken(n: i64, received_at: Millis, body: &'static str) -> Happening {
    Happening::Delivery {
        id: id(n),
        received_at,
        source: DeliverySource::Listener,
        events: 1,
        secret: None,
        body: Bytes::from_static(body.as_bytes()),
    }
}

fn decided(n: i64, text: &str) -> Happening {
    Happening::Decided(Box::new(samples::record(id(n), 0, "501", text)))
}

fn sent(n: i64) -> Happening {
    let item = OutboxItem {
        id: OutboxId(n),
        delivery_id: id(n),
        account_id: "1".into(),
        contact_id: Some("501".into()),
        effect: samples::text("501", "hi"),
        send_before: Millis(0),
        due_at: Millis(0),
        attempts: 0,
        uncertain: false,
    };
    Happening::Sent(Box::new(
        samples::ended(&item, OutboxState::Sent, None).record,
    ))
}

fn by_hand() -> DecisionRecord {
    samples::record(DeliveryId(0), 3, "501", "set by hand")
}

fn file(folder: &tempfile::TempDir) -> PathBuf {
    SeenFiles::of(folder.path()).file("Shop")
}

#[tokio::test]
async fn what_was_seen_is_found_at_once_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let now = SystemClock.now();
    let hour_ago = now - 60 * Millis::MINUTE;
    let before = Seer::keeping(&path);
    before.tell(taken(1, hour_ago, r#"{"a":1}"#));
    before.tell(decided(1, "a needle in the hay"));
    before.tell(sent(1));
    before.tell(Happening::ByHand(Box::new(by_hand())));
    let told = |happening| ToldElsewhere {
        at: now,
        instant: Instant::now(),
        bytes: 10,
        happening,
    };
    let from = FromElsewhere {
        worker: "blue".into(),
        left_out: 0,
        told: vec![told(taken(2, now, "")), told(decided(2, "a second needle"))],
    };
    before.elsewhere.send(Arc::new(from)).unwrap();
    assert_eq!(
        before.found("needle").await,
        [2, 1],
        "as soon as it is told"
    );
    let by = before.seen.handled_by(id(2)).unwrap();
    assert_eq!(by.worker.as_deref(), Some("blue"));
    before.tell(decided(3, "the last needle"));
    before.seen.close().await;
    assert!(!before.seen.is_kept());

    let again = Seer::keeping(&path);
    assert_eq!(again.found("needle").await, [3, 2, 1]);
    assert_eq!(again.seen.since(), hour_ago);
    let record = again.seen.delivery(id(1)).await.unwrap().unwrap();
    assert_eq!(
        (record.received_at, record.body.as_str()),
        (hour_ago, r#"{"a":1}"#)
    );
    let page = again.seen.of_delivery(id(1)).await.unwrap();
    assert_eq!((page.decisions.len(), page.sends.len()), (1, 1));
    let page = again.seen.of_delivery(DeliveryId(0)).await.unwrap();
    assert_eq!(page.decisions, [by_hand()]);
    // A delivery that was not through when the window was closed.
    again.tell(sent(3));
    let page = again.seen.of_delivery(id(3)).await.unwrap();
    assert_eq!((page.decisions.len(), page.sends.len()), (1, 1));
}

#[tokio::test]
async fn what_is_a_week_old_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let now = SystemClock.now();
    let seer = Seer::keeping(&path);
    seer.tell(taken(1, now - 8 * Millis::DAY, "{}"));
    seer.tell(decided(1, "an old needle"));
    seer.tell(taken(2, now - 6 * Millis::DAY, "{}"));
    seer.tell(decided(2, "a needle"));
    assert_eq!(seer.found("needle").await, [2, 1]);
    seer.seen.close().await;
    let again = Seer::keeping(&path);
    assert_eq!(again.found("needle").await, [2]);
    assert_eq!(again.seen.since(), now - 6 * Millis::DAY);
}

#[tokio::test]
async fn a_damaged_file_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "no database, by any means").unwrap();
    let seer = Seer::keeping(&path);
    seer.tell(decided(1, "a needle"));
    assert_eq!(seer.found("needle").await, [1]);
    seer.seen.close().await;
    let aside = std::fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains(".corrupt-"))
        .unwrap();
    let kept = std::fs::read_to_string(aside).unwrap();
    assert_eq!(kept, "no database, by any means");
    assert_eq!(Seer::keeping(&path).found("needle").await, [1]);
}

#[tokio::test]
async fn where_it_cannot_be_kept_it_is_known_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seen");
    std::fs::write(&path, "a file where the folder would be").unwrap();
    let seer = Seer::keeping(&file(&folder));
    seer.tell(taken(1, SystemClock.now(), "{}"));
    seer.tell(decided(1, "a needle"));
    assert_eq!(seer.found("needle").await, [1]);
    assert!(!seer.seen.is_kept());
    seer.tell(decided(2, "a second needle"));
    assert_eq!(seer.found("needle").await, [2, 1]);
    assert!(seer.seen.delivery(id(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn who_comes_second_waits_until_the_file_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let first = Seer::keeping(&path);
    first.tell(decided(1, "a needle"));
    assert_eq!(first.found("needle").await, [1]);
    // The same profile is connected again, and what was in front before is being closed.
    let second = Seer::keeping(&path);
    second.tell(decided(2, "a second needle"));
    let (found, ()) = tokio::join!(second.found("needle"), first.seen.close());
    assert_eq!(found, [2, 1]);
}

#[tokio::test]
async fn what_is_forgotten_is_nowhere_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let files = SeenFiles::of(folder.path());
    let path = files.file("Shop");
    let seer = Seer::keeping(&path);
    seer.tell(decided(1, "a needle"));
    assert_eq!(seer.found("needle").await, [1]);
    seer.tell(decided(2, "a second needle"));
    seer.seen.forget().await;
    files.forget_all();
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap();
    assert_eq!(left.count(), 0);
    assert_eq!(seer.found("needle").await, [] as [i64; 0]);

    seer.seen.keep_in(path.clone());
    seer.tell(decided(3, "a third needle"));
    assert_eq!(seer.found("needle").await, [3]);
    // Nothing is kept any more; what was seen in this run is known.
    seer.seen.keep_none().await;
    seer.tell(decided(4, "a fourth needle"));
    assert_eq!(seer.found("needle").await, [4, 3]);
    drop(seer);
    assert_eq!(Seer::keeping(&path).found("needle").await, [3]);
}

#[test]
fn the_files_of_a_profile_go_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let files = SeenFiles::of(folder.path());
    files.remove("Shop");
    let shop = files.file("Shop");
    std::fs::create_dir_all(shop.parent().unwrap()).unwrap();
    let beside = |path: &Path, part: &str| PathBuf::from(format!("{}{part}", path.display()));
    for part in ["", "-wal", ".corrupt-7"] {
        std::fs::write(beside(&shop, part), part).unwrap();
    }
    std::fs::write(files.file("Shopping"), "another's").unwrap();
    files.rename("Shop", "Store");
    let store = files.file("Store");
    for part in ["", "-wal", ".corrupt-7"] {
        assert!(!beside(&shop, part).exists());
        assert_eq!(std::fs::read_to_string(beside(&store, part)).unwrap(), part);
    }
    files.remove("Store");
    assert!(!store.exists());
    files.put_back("Store");
    assert!(beside(&store, "-wal").exists(), "it is whole");
    files.remove("Store");
    files.forget_removed();
    let left: Vec<_> = std::fs::read_dir(shop.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(left, [files.file("Shopping")]);
}
