//! The register, quiet and while much is going on.

use heliograph_embedded::Database;
use heliograph_engine::conformance::{
    register_story, registered,
    samples::{self, START},
};
use heliograph_engine::ports::{Commit, Documents, Journal, JournalFilter, Ledger, VirtualClock};
use heliograph_model::{DeliveryId, Millis, StateChange, UserState};
use std::sync::Arc;

fn open() -> Database {
    Database::temporary(Arc::new(VirtualClock::new(START))).unwrap()
}

/// Commits a state, with an index of its own.
async fn put_state(database: &Database, index: u32, state: &UserState) {
    let mut record = samples::record(DeliveryId(1), index, state.sender_id.as_str(), "hi");
    record.event.account_id = Some(state.account_id.clone());
    let commit = Commit {
        state: StateChange::Set(state.clone()),
        ..samples::commit(&format!("m{index}"), record)
    };
    database.commit(commit).await.unwrap();
}

#[tokio::test]
async fn the_database_is_a_register() {
    let database = open();
    let there = registered();
    for (index, state) in (0..).zip(&there.states) {
        put_state(&database, index, state).await;
    }
    for contact in &there.contacts {
        database.put_contact(contact).await.unwrap();
    }
    register_story(&database).await;
}

#[tokio::test]
async fn the_register_shows_what_is_on_its_way_to_its_table() {
    let database = open();
    let there = registered();
    // So many at once that they are appended first.
    let busy = (0..400).map(|number: u32| {
        let index = 100 + number;
        let mut record = samples::record(DeliveryId(2), index, &format!("{index}"), "hi");
        record.event.account_id = Some("elsewhere".into());
        let sender = format!("{index}");
        let commit = Commit {
            state: StateChange::Set(samples::user_state("elsewhere", &sender, START)),
            contact: Some(samples::contact("elsewhere", &sender, START)),
            ..samples::commit(&format!("busy{index}"), record)
        };
        database.commit(commit)
    });
    let states = async {
        for (index, state) in (0..).zip(&there.states) {
            put_state(&database, index, state).await;
        }
    };
    let contacts = there.contacts.iter().map(|one| database.put_contact(one));
    let (busy, (), contacts) = futures::join!(
        futures::future::join_all(busy),
        states,
        futures::future::join_all(contacts)
    );
    assert!(busy.iter().all(Result::is_ok) && contacts.iter().all(Result::is_ok));
    register_story(&database).await;
}

#[tokio::test]
async fn what_no_delivery_led_to_is_forgotten_when_it_is_old() {
    let database = open();
    for (index, minutes) in [(1, 0), (2, 90)] {
        let mut record = samples::record(DeliveryId(0), index, "501", "by hand");
        record.decision.trace.at = START + minutes * Millis::MINUTE;
        let commit = samples::commit(&format!("by-hand{index}"), record);
        database.commit(commit).await.unwrap();
    }
    let words = JournalFilter {
        text: Some("hand".to_owned()),
        ..JournalFilter::default()
    };
    assert_eq!(database.search(&words).await.unwrap().decisions.len(), 2);
    let before = database.journal_bytes().await.unwrap();
    let gone = database.retain(START + Millis::HOUR, u64::MAX).await;
    assert_eq!(gone.unwrap(), 0, "no delivery went");
    let left = database.of_delivery(DeliveryId(0)).await.unwrap().decisions;
    assert_eq!(left.iter().map(|one| one.index).collect::<Vec<_>>(), [2]);
    assert_eq!(database.search(&words).await.unwrap().decisions, left);
    let after = database.journal_bytes().await.unwrap();
    assert!(0 < after && after < before, "{after} of {before}");
}
