//! What the archive leaves in the collections, beside another application.

use crate::rig::{Rig, any};
use heliograph_engine::conformance::samples::{START, user_state};
use heliograph_engine::ports::{Archive, ConversationChange, Documents, Mark};
use heliograph_model::{ContactChange, Millis, StateChange, UserState};
use mongodb::IndexModel;
use mongodb::bson::{DateTime, doc};
use mongodb::options::IndexOptions;

const ACCOUNT: &str = "17841400000000001";

fn change(sender: &str, state: Option<UserState>, at: Millis) -> ConversationChange {
    ConversationChange {
        account_id: ACCOUNT.into(),
        contact_id: sender.into(),
        state: state.map_or(StateChange::Keep, StateChange::Set),
        contact: Some(ContactChange {
            email: Some(format!("{sender}@example.org")),
            last_message_at: Some(at),
            ..ContactChange::default()
        }),
        is_new: true,
        state_is_new: true,
        since: at,
        at,
    }
}

fn state(sender: &str, at: Millis) -> UserState {
    UserState {
        automation_id: "65f000000000000000000001".into(),
        updated_at: at,
        ..user_state(ACCOUNT, sender, START + Millis::DAY)
    }
}

#[tokio::test]
async fn without_indexes_a_second_write_makes_no_second_document() {
    let rig = Rig::bare().await;
    let new = [change("500", Some(state("500", START)), START)];
    for _ in 0..2 {
        rig.store.write(&new, &[]).await.unwrap();
    }
    rig.only("contacts", doc! { "senderId": "500" }).await;
    rig.only("user_states", doc! { "senderId": "500" }).await;
}

#[tokio::test]
async fn what_others_keep_there_survives() {
    let rig = Rig::new().await;
    let date = |at: Millis| DateTime::from_millis(at.0);
    rig.insert(
        "contacts",
        doc! {
            "instagramUserId": ACCOUNT, "senderId": "501", "phone": "+1", "unsubscribed": true,
            "createdAt": date(START), "lastMessageAt": date(START + 99),
        },
    )
    .await;
    rig.insert("user_states", doc! {
        "accountId": ACCOUNT, "senderId": "501", "campaign": "spring", "target": { "media": "old" },
    }).await;
    let both = [
        change("501", Some(state("501", START + 5)), START + 5),
        change("502", Some(state("502", START + 5)), START + 5),
    ];
    rig.store.write(&both, &[]).await.unwrap();

    let contact = rig.only("contacts", doc! { "senderId": "501" }).await;
    assert_eq!(contact.get_str("phone").ok(), Some("+1"));
    assert_eq!(contact.get_str("email").ok(), Some("501@example.org"));
    assert_eq!(contact.get_bool("unsubscribed").ok(), Some(true));
    assert_eq!(contact.get_datetime("createdAt").ok(), Some(&date(START)));
    assert_eq!(
        contact.get_datetime("lastMessageAt").ok(),
        Some(&date(START + 99))
    );
    assert_eq!(
        contact.get_datetime("updatedAt").ok(),
        Some(&date(START + 5))
    );
    let new = rig.only("contacts", doc! { "senderId": "502" }).await;
    assert_eq!(new.get_bool("unsubscribed").ok(), Some(false));
    assert!(new.get_object_id("_id").is_ok());

    let state = rig.only("user_states", doc! { "senderId": "501" }).await;
    assert_eq!(state.get_str("campaign").ok(), Some("spring"));
    assert_eq!(state.get_str("state").ok(), Some("awaiting_email"));
    assert!(state.get_object_id("automationId").is_ok());
    assert!(!state.contains_key("target"));
    assert_eq!(
        state.get_datetime("expiresAt").ok(),
        Some(&date(START + Millis::DAY))
    );
}

#[tokio::test]
async fn two_workers_at_once_leave_one_document_for_each_contact() {
    let rig = Rig::new().await;
    let other = rig.another().await;
    let batch = |at: Millis| -> Vec<_> {
        let who = (0..400).map(|n| format!("9{n:03}"));
        who.map(|who| change(&who, Some(state(&who, at)), at))
            .collect()
    };
    let marks: Vec<_> = (0..400)
        .map(|n| Mark {
            mark: format!("{ACCOUNT}:message:mid.{n}"),
            at: START,
        })
        .collect();
    let (older, newer) = (batch(START), batch(START + 1));
    let (one, two) = futures::join!(rig.store.write(&older, &marks), other.write(&newer, &marks));
    one.unwrap();
    two.unwrap();
    // The older batch once more, late, as after an answer that was lost.
    rig.store.write(&older, &marks).await.unwrap();
    for collection in ["contacts", "user_states", "processed_events"] {
        let count = rig.raw(collection).count_documents(any()).await;
        assert_eq!(count.unwrap(), 400, "{collection}");
    }
    let states = other
        .user_states(&ACCOUNT.into(), START, 1_000)
        .await
        .unwrap();
    let newest = states.iter().filter(|state| state.updated_at == START + 1);
    assert_eq!(
        newest.count(),
        400,
        "the newer one counts, whoever came first"
    );
}

#[tokio::test]
async fn marks_are_shared_with_node() {
    let rig = Rig::new().await;
    rig.insert(
        "processed_events",
        doc! { "_id": "mid.node", "at": DateTime::now() },
    )
    .await;
    let marks = [
        format!("{ACCOUNT}:message:mid.node"),
        format!("{ACCOUNT}:deleted:mid.node"),
        format!("{ACCOUNT}:comment:1784_55"),
    ];
    let are = rig.store.are_processed(&marks).await.unwrap();
    assert_eq!(are, [true, false, false], "a deletion is not the message");
    let ours = marks.iter().skip(1).map(|mark| Mark {
        mark: mark.clone(),
        at: START,
    });
    let ours: Vec<_> = ours.collect();
    rig.store.write(&[], &ours).await.unwrap();
    let comment = rig
        .only("processed_events", doc! { "_id": "1784_55" })
        .await;
    assert_eq!(
        comment.get_datetime("at").ok(),
        Some(&DateTime::from_millis(START.0))
    );
    rig.only("processed_events", doc! { "_id": &marks[1] })
        .await;
}

#[tokio::test]
async fn what_a_collection_refuses_keeps_nothing_else_from_being_written() {
    let rig = Rig::new().await;
    // Rules that are none of ours: one address for one contact, and nothing of some.
    let unique = IndexOptions::builder().unique(true).sparse(true).build();
    let unique = IndexModel::builder()
        .keys(doc! { "email": 1 })
        .options(unique)
        .build();
    rig.raw("contacts").create_index(unique).await.unwrap();
    rig.insert("processed_events", doc! { "_id": "mid.before" })
        .await;
    for (collection, refused) in [
        ("user_states", doc! { "senderId": { "$ne": "612" } }),
        ("processed_events", doc! { "_id": { "$ne": "mid.refused" } }),
    ] {
        let rule = doc! { "collMod": collection, "validator": refused };
        rig.raw.run_command(rule).await.unwrap();
    }
    let changes = [
        change("610", Some(state("610", START)), START),
        // Has the address of the first.
        ConversationChange {
            contact: Some(ContactChange {
                email: Some("610@example.org".to_owned()),
                ..ContactChange::default()
            }),
            ..change("611", Some(state("611", START)), START)
        },
        change("612", Some(state("612", START)), START),
        change("613", Some(state("613", START)), START),
    ];
    let marks = ["before", "refused", "new"].map(|mid| Mark {
        mark: format!("{ACCOUNT}:message:mid.{mid}"),
        at: START,
    });
    // As often as anybody tries.
    for _ in 0..2 {
        let refused = rig.store.write(&changes, &marks).await.unwrap();
        let places: Vec<_> = refused.changes.iter().map(|one| one.place).collect();
        assert_eq!(places, [1, 2], "{refused:?}");
        let whys: Vec<_> = refused.changes.iter().map(|one| &*one.why).collect();
        assert!(whys[0].contains("index email_1"), "{whys:?}");
        assert!(whys[1].contains("validation rules"), "{whys:?}");
        let places: Vec<_> = refused.marks.iter().map(|one| one.place).collect();
        assert_eq!(places, [1], "{refused:?}");
    }
    let all = |collection: &str, field: &'static str| {
        let collection = rig.raw(collection);
        async move {
            let found = collection.distinct(field, any()).await.unwrap();
            let mut texts: Vec<_> = found
                .iter()
                .map(|it| it.as_str().unwrap().to_owned())
                .collect();
            texts.sort();
            texts
        }
    };
    assert_eq!(all("contacts", "senderId").await, ["610", "612", "613"]);
    assert_eq!(all("user_states", "senderId").await, ["610", "611", "613"]);
    assert_eq!(
        all("processed_events", "_id").await,
        ["mid.before", "mid.new"]
    );
}
