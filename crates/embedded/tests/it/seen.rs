//! What was seen elsewhere, in a file: under the numbers that it has there, in the order in
//! which it was seen.

use heliograph_embedded::SeenFile;
use heliograph_engine::conformance::samples::{self, START};
use heliograph_engine::ports::{
    Clock, Journal, JournalFilter, NoteRecord, RefusedRecord, Seen, SeenLog, VirtualClock,
};
use heliograph_model::{
    DeliveryId, DeliveryRecord, DeliverySource, Millis, OutboxId, OutboxItem, OutboxState,
    RefusedId, SendRecord,
};
use std::path::Path;
use std::sync::Arc;

/// As a queue in Redis numbers deliveries: too large for what this file counts with.
const FIRST: i64 = 1_780_000_000_000 * 1_024;

fn open(path: &Path) -> SeenFile {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(START));
    SeenFile::open(path, &clock).unwrap().0
}

fn id(n: i64) -> DeliveryId {
    DeliveryId(FIRST + n)
}

fn delivery(n: i64, body: &str) -> Seen {
    Seen::Delivery(DeliveryRecord {
        id: id(n),
        received_at: START + n,
        source: DeliverySource::Listener,
        secret: None,
        body: body.to_owned(),
        removed_at: None,
    })
}

fn decided(n: i64, index: u32, who: &str, text: &str) -> Seen {
    Seen::Decided {
        record: samples::record(id(n), index, who, text),
        at: START + n,
    }
}

fn send(n: i64, outbox: i64, state: OutboxState) -> SendRecord {
    let item = OutboxItem {
        id: OutboxId(outbox),
        delivery_id: id(n),
        account_id: "1".into(),
        contact_id: Some("501".into()),
        effect: samples::text("501", "hi"),
        send_before: START,
        due_at: START,
        attempts: 0,
        uncertain: false,
    };
    samples::ended(&item, state, None).record
}

fn sent(n: i64, outbox: i64) -> Seen {
    Seen::Sent {
        record: send(n, outbox, OutboxState::Sent),
        at: START + n,
    }
}

/// The deliveries that a search finds, and where the next one goes on.
async fn found(file: &SeenFile, filter: JournalFilter) -> (Vec<i64>, Option<i64>) {
    let page = file.search(&filter).await.unwrap();
    let mut numbers: Vec<i64> = page.decisions.iter().map(|one| one.delivery_id.0).collect();
    numbers.extend(page.bare.iter().map(|one| one.0));
    let numbers = numbers.into_iter().map(|number| number - FIRST).collect();
    (numbers, page.reached.map(|reached| reached.0 - FIRST))
}

#[tokio::test]
async fn what_was_seen_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seen").join("shop.sqlite");
    let by_hand = samples::record(DeliveryId(0), 5, "501", "set by hand");
    let file = open(&path);
    assert_eq!(file.oldest().await.unwrap(), None);
    let first = vec![
        delivery(1, r#"{"a":"one"}"#),
        decided(1, 0, "501", "a needle in the hay"),
        decided(1, 1, "502", "of somebody else"),
        sent(1, 7),
        // Of this one nothing else was seen, and its decision came before the delivery.
        decided(2, 0, "501", "more hay"),
        delivery(2, ""),
        Seen::ByHand(by_hand.clone()),
    ];
    file.keep(first).await.unwrap();
    let note = NoteRecord {
        id: id(2),
        about: "{}".to_owned(),
    };
    let of_none = NoteRecord {
        id: id(9),
        about: "{}".to_owned(),
    };
    file.keep_notes(vec![note.clone(), of_none]).await.unwrap();
    let refused = RefusedRecord {
        id: RefusedId(4),
        at: START,
        after: id(2),
        about: "{}".to_owned(),
        body: None,
    };
    file.keep_refused(vec![refused.clone()], Vec::new())
        .await
        .unwrap();
    drop(file);

    let file = open(&path);
    assert_eq!(file.oldest().await.unwrap(), Some(START + 1));
    let record = file.delivery(id(1)).await.unwrap().unwrap();
    assert_eq!((record.id, record.body.as_str()), (id(1), r#"{"a":"one"}"#));
    assert_eq!(file.delivery(id(9)).await.unwrap(), None);
    let page = file.of_delivery(id(1)).await.unwrap();
    assert_eq!((page.decisions.len(), page.sends.len()), (2, 1));
    assert_eq!(page.decisions[0].delivery_id, id(1));
    let page = file.of_delivery(DeliveryId(0)).await.unwrap();
    assert_eq!(page.decisions, [by_hand]);
    let words = JournalFilter {
        text: Some("needle".to_owned()),
        ..JournalFilter::default()
    };
    assert_eq!(found(&file, words).await, (vec![1], None));
    let of_contact = JournalFilter {
        contact_id: Some("501".into()),
        ..JournalFilter::default()
    };
    assert_eq!(
        found(&file, of_contact).await,
        (vec![2, 1], None),
        "what no delivery led to is not among it"
    );
    let body = JournalFilter {
        body: vec![vec!["one".to_owned()]],
        ..JournalFilter::default()
    };
    assert_eq!(found(&file, body).await, (vec![1, 1], None));
    let notes = file.notes(&[id(1), id(2), id(9)]).await.unwrap();
    assert_eq!(notes, [note]);
    assert_eq!(file.refused().await.unwrap(), [refused]);

    // What goes on is told of the same delivery.
    file.keep(vec![sent(2, 8), delivery(2, r#"{"a":"two"}"#)])
        .await
        .unwrap();
    let record = file.delivery(id(2)).await.unwrap().unwrap();
    assert_eq!(record.body, r#"{"a":"two"}"#);
    assert_eq!(file.of_delivery(id(2)).await.unwrap().sends.len(), 1);
}

#[tokio::test]
async fn pages_are_in_the_order_in_which_it_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    let file = open(&folder.path().join("shop.sqlite"));
    // A worker that began earlier gives smaller numbers than one that began later.
    for n in [500, 100, 501, 101, 102, 502] {
        file.keep(vec![decided(n, 0, "501", "hay")]).await.unwrap();
    }
    let page = |before: Option<i64>, most| JournalFilter {
        before: before.map(id),
        most,
        ..JournalFilter::default()
    };
    let (first, next) = found(&file, page(None, 4)).await;
    assert_eq!((first, next), (vec![502, 102, 101, 501], Some(501)));
    let (second, next) = found(&file, page(next, 4)).await;
    assert_eq!((second, next), (vec![100, 500], None));
    // Before a number that no delivery has, are all with smaller ones, and what was seen
    // before the last of these.
    let smaller = found(&file, page(Some(400), 9)).await.0;
    assert_eq!(smaller, [102, 101, 501, 100, 500]);
    assert_eq!(found(&file, page(Some(50), 9)).await.0, [] as [i64; 0]);
    assert_eq!(found(&file, page(Some(900), 9)).await.0.len(), 6);
    let lately = JournalFilter {
        since: Some(START + 101),
        until: Some(START + 502),
        ..JournalFilter::default()
    };
    assert_eq!(found(&file, lately).await.0, [102, 101, 501, 500]);
}

#[tokio::test]
async fn what_was_removed_by_hand_is_known_until_it_is_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = open(&folder.path().join("shop.sqlite"));
    let seen = (1..=3).map(|n| delivery(n, "{}")).collect();
    file.keep(seen).await.unwrap();
    let ids = vec![id(1), id(3), id(9)];
    let at = Some(Millis(50));
    file.keep(vec![Seen::Removed { ids, at }]).await.unwrap();
    assert_eq!(file.removed(None, 9).await.unwrap(), [id(3), id(1)]);
    assert_eq!(file.removed(Some(id(3)), 9).await.unwrap(), [id(1)]);
    let ids = vec![id(3)];
    file.keep(vec![Seen::Removed { ids, at: None }])
        .await
        .unwrap();
    assert_eq!(file.removed(None, 9).await.unwrap(), [id(1)]);
}

#[tokio::test]
async fn what_was_seen_first_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.sqlite");
    let file = open(&path);
    for n in 0..450 {
        // The numbers there count down.
        let n = 1_000 - n;
        file.keep(vec![delivery(n, "{}"), decided(n, 0, "501", "hay")])
            .await
            .unwrap();
    }
    assert_eq!(file.retain_latest(450).await.unwrap(), 0);
    assert_eq!(file.retain_latest(10).await.unwrap(), 440);
    let everything = || JournalFilter {
        contact_id: Some("501".into()),
        ..JournalFilter::default()
    };
    let (left, next) = found(&file, everything()).await;
    assert_eq!((left, next), ((551..=560).collect(), None));
    assert_eq!(file.delivery(id(561)).await.unwrap(), None);
    assert_eq!(file.retain_latest(10).await.unwrap(), 0);
    drop(file);
    let file = open(&path);
    file.keep(vec![decided(2_000, 0, "501", "hay")])
        .await
        .unwrap();
    assert_eq!(file.retain_latest(10).await.unwrap(), 1, "they count on");
    // Everything that is left was received before.
    let gone = file.retain(START + 2_001, u64::MAX).await.unwrap();
    assert_eq!(gone, 10);
    assert_eq!(file.oldest().await.unwrap(), None);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seen").join("shop.sqlite");
    let file = open(&path);
    file.keep(vec![delivery(1, "{}")]).await.unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let seen = path.parent().unwrap();
    assert_eq!(mode(seen), 0o700);
    let mut files = 0;
    for entry in std::fs::read_dir(seen).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 3, "the database, its log and its lock");
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_it_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.sqlite");
    std::fs::write(&path, "no database, by any means").unwrap();
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(START));
    let (file, report) = SeenFile::open(&path, &clock).unwrap();
    let set_aside = report.set_aside.unwrap();
    let kept = std::fs::read_to_string(set_aside.to).unwrap();
    assert_eq!(kept, "no database, by any means");
    file.keep(vec![delivery(1, "{}")]).await.unwrap();
    assert!(file.delivery(id(1)).await.unwrap().is_some());
}
