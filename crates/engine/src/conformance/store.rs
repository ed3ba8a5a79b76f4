//! The story of a store.

use super::documents::{ACCOUNT, documents_story};
use super::samples::{START, commit, contact, ended, outbox, record, text, user_state};
use crate::ports::{Commit, Committed, Store};
use heliograph_model::{
    AccountId, ContactId, DeliveryId, Millis, OutboxItem, OutboxState, StateChange,
};

/// Walks over everything that the engine relies on in a store.
pub async fn store_story(store: &dyn Store) {
    documents_story(store).await;
    commits(store).await;
    states_and_contacts(store).await;
    sends(store).await;
    crowd(store).await;
}

async fn commits(store: &dyn Store) {
    let (account, sender) = (AccountId::from(ACCOUNT), ContactId::from("501"));
    let delivery = DeliveryId(1);
    let state = user_state(ACCOUNT, "501", START + 1_000);
    let person = contact(ACCOUNT, "501", START);
    let mut said = record(delivery, 0, "501", "hello");
    said.decision.contact.last_message_at = person.last_message_at;
    let whole = Commit {
        state: StateChange::Set(state.clone()),
        contact: Some(person.clone()),
        outbox: vec![
            outbox(delivery, "501", text("501", "one")),
            outbox(delivery, "501", text("501", "two")),
        ],
        ..commit("m1", said)
    };
    assert!(!store.is_processed("m1").await.expect("an answer"));
    let Committed::Applied(items) = store.commit(whole.clone()).await.expect("written") else {
        panic!("the event came for the first time");
    };
    assert!(store.is_processed("m1").await.expect("an answer"));
    assert_eq!(items.len(), 2);
    assert!(items[0].id < items[1].id, "in the order of the effects");
    for (item, new) in items.iter().zip(&whole.outbox) {
        let expected = OutboxItem {
            id: item.id,
            delivery_id: delivery,
            account_id: account.clone(),
            contact_id: Some(sender.clone()),
            effect: new.effect.clone(),
            send_before: new.send_before,
            due_at: new.due_at,
            attempts: 0,
            uncertain: false,
        };
        assert_eq!(item, &expected);
    }
    assert_eq!(store.outbox().await.expect("an answer"), items);
    let found = store.contact(&account, &sender).await.expect("an answer");
    assert_eq!(found, Some(person.clone()));
    let standing = store
        .user_state(&account, &sender, START + 999)
        .await
        .expect("an answer");
    assert_eq!(standing, Some(state.clone()));

    // The same event again: nothing of it is written.
    let mut renamed = person.clone();
    renamed.name = Some("Changed".into());
    let again = Commit {
        state: StateChange::Clear,
        contact: Some(renamed),
        ..whole
    };
    assert_eq!(
        store.commit(again).await.expect("written"),
        Committed::Duplicate
    );
    assert_eq!(
        store.outbox().await.expect("an answer").len(),
        2,
        "nothing was added"
    );
    let found = store.contact(&account, &sender).await.expect("an answer");
    assert_eq!(found, Some(person));
    let standing = store
        .user_state(&account, &sender, START)
        .await
        .expect("an answer");
    assert_eq!(standing, Some(state), "and nothing was cleared");
}

async fn states_and_contacts(store: &dyn Store) {
    let (account, sender) = (AccountId::from(ACCOUNT), ContactId::from("501"));
    // Expiry counts at the moment it says, whether or not anybody has swept.
    let expired = store
        .user_state(&account, &sender, START + 1_000)
        .await
        .expect("an answer");
    assert_eq!(expired, None, "from expires_at on it is absent");

    for (n, who) in ["502", "503", "504"].into_iter().enumerate() {
        let at = START + 1 + i64::try_from(n).expect("small");
        let mut state = user_state(ACCOUNT, who, START + 10_000);
        state.updated_at = at;
        let mut said = record(DeliveryId(2), 0, who, "hi");
        said.decision.contact.last_message_at = Some(at);
        let commit = Commit {
            now: at,
            state: StateChange::Set(state),
            contact: Some(contact(ACCOUNT, who, at)),
            ..commit(&format!("m{who}"), said)
        };
        store.commit(commit).await.expect("written");
    }
    let states = async |at: Millis, most| -> Vec<String> {
        let states = store
            .user_states(&account, at, most)
            .await
            .expect("an answer");
        states.iter().map(|s| s.sender_id.to_string()).collect()
    };
    assert_eq!(states(START + 1_000, 10).await, ["504", "503", "502"]);
    assert_eq!(states(START + 1_000, 2).await, ["504", "503"]);
    assert_eq!(states(START + 10_000, 10).await, [""; 0]);
    let contacts = store.contacts(&account, 3).await.expect("an answer");
    let contacts: Vec<_> = contacts.iter().map(|c| c.sender_id.as_str()).collect();
    assert_eq!(contacts, ["504", "503", "502"], "the last who wrote first");

    // Replacing, clearing, and a contact of its own.
    let mut moved = user_state(ACCOUNT, "503", START + 20_000);
    moved.asked = 2;
    let replace = Commit {
        state: StateChange::Set(moved.clone()),
        ..commit("m503b", record(DeliveryId(3), 0, "503", "again"))
    };
    store.commit(replace).await.expect("written");
    let found = store
        .user_state(&account, &"503".into(), START)
        .await
        .expect("an answer");
    assert_eq!(found, Some(moved), "there is one state for a contact");
    let clear = Commit {
        state: StateChange::Clear,
        ..commit("m503c", record(DeliveryId(3), 1, "503", "done"))
    };
    store.commit(clear).await.expect("written");
    let found = store
        .user_state(&account, &"503".into(), START)
        .await
        .expect("an answer");
    assert_eq!(found, None);
}

async fn sends(store: &dyn Store) {
    let held = store.outbox().await.expect("an answer");
    let [one, two] = held.as_slice() else {
        panic!("two items are in the outbox and not {held:?}");
    };
    store.begin_sends(&[one.id]).await.expect("written");
    let left = store.outbox().await.expect("an answer");
    assert!(left.contains(two), "it waits still");
    if !store.begins_with_commit() {
        // Where a commit begins what is due, its process alone knows what it has sent.
        assert_eq!(left.len(), 1, "what is being sent is nobody else's to send");
    }
    store
        .end_sends(vec![ended(one, OutboxState::Sent, None)])
        .await
        .expect("written");
    assert_eq!(
        store.outbox().await.expect("an answer"),
        std::slice::from_ref(two)
    );

    let retry_at = START + 5_000;
    store.begin_sends(&[two.id]).await.expect("written");
    store
        .end_sends(vec![ended(two, OutboxState::Retrying, Some(retry_at))])
        .await
        .expect("written");
    let expected = OutboxItem {
        due_at: retry_at,
        attempts: 1,
        ..two.clone()
    };
    assert_eq!(
        store.outbox().await.expect("an answer"),
        std::slice::from_ref(&expected),
        "it is kept with its attempts and its time"
    );
    store.begin_sends(&[two.id]).await.expect("written");
    store
        .end_sends(vec![ended(&expected, OutboxState::Failed, None)])
        .await
        .expect("written");
    assert_eq!(store.outbox().await.expect("an answer"), []);
    store.begin_sends(&[]).await.expect("nothing to do");
    store.end_sends(Vec::new()).await.expect("nothing to do");
}

/// Many at once, half of them the same events: each takes effect once.
async fn crowd(store: &dyn Store) {
    const EVENTS: usize = 100;
    let commits = (0..2 * EVENTS).map(|n| {
        let event = n % EVENTS;
        let delivery = DeliveryId(100 + i64::try_from(event).expect("small"));
        let sender = format!("7{event}");
        let commit = Commit {
            outbox: vec![outbox(delivery, &sender, text(&sender, "hi"))],
            ..commit(&format!("crowd{event}"), record(delivery, 0, &sender, "hi"))
        };
        store.commit(commit)
    });
    let mut applied = 0;
    let mut items = Vec::new();
    for committed in futures::future::join_all(commits).await {
        if let Committed::Applied(new) = committed.expect("written") {
            applied += 1;
            items.extend(new);
        }
    }
    assert_eq!(applied, EVENTS, "each event once");
    items.sort_by_key(|item| item.id);
    items.dedup_by_key(|item| item.id);
    assert_eq!(items.len(), EVENTS, "ids are given once");
    assert_eq!(store.outbox().await.expect("an answer"), items);
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    store.begin_sends(&ids).await.expect("written");
    let ends = items
        .iter()
        .map(|item| ended(item, OutboxState::Sent, None))
        .collect();
    store.end_sends(ends).await.expect("written");
    assert_eq!(store.outbox().await.expect("an answer"), []);
}
