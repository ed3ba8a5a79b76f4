//! Indexes: reported, created on request, and never changed.

use crate::rig::{Rig, any};
use heliograph_mongo::{IndexReport, IndexState};
use mongodb::IndexModel;
use mongodb::bson::doc;
use mongodb::options::IndexOptions;
use std::time::Duration;

fn states(reports: &[IndexReport]) -> Vec<&IndexState> {
    reports.iter().map(|report| &report.state).collect()
}

#[tokio::test]
async fn they_are_reported_and_created_on_request() {
    let rig = Rig::bare().await;
    let before = rig.store.check_indexes().await.unwrap();
    assert!(
        before.iter().all(|one| one.state == IndexState::Missing),
        "{before:?}"
    );
    assert_eq!(before.len(), 7);
    let names = rig.raw.list_collection_names().await.unwrap();
    assert_eq!(names, [""; 0], "looking creates nothing");

    let created = rig.store.create_indexes().await.unwrap();
    assert!(
        created.iter().all(|one| one.state == IndexState::Present),
        "{created:?}"
    );
    let after = rig.store.check_indexes().await.unwrap();
    assert_eq!(states(&after), states(&created));
    let again = rig.store.create_indexes().await.unwrap();
    assert_eq!(states(&again), states(&created));

    let twice = doc! { "accountId": "1", "senderId": "2" };
    rig.insert("user_states", twice.clone()).await;
    assert!(
        rig.raw("user_states").insert_one(twice).await.is_err(),
        "it is unique"
    );
}

#[tokio::test]
async fn what_is_different_is_said_and_left() {
    let rig = Rig::bare().await;
    let index = |keys, options| IndexModel::builder().keys(keys).options(options).build();
    let people = index(
        doc! { "accountId": 1, "senderId": 1 },
        IndexOptions::default(),
    );
    rig.raw("user_states").create_index(people).await.unwrap();
    let mut hour = IndexOptions::default();
    hour.expire_after = Some(Duration::from_secs(3_600));
    let early = index(doc! { "at": 1 }, hour);
    rig.raw("processed_events")
        .create_index(early)
        .await
        .unwrap();
    let longer = index(
        doc! { "workspaceId": 1.0, "type": 1, "isActive": 1, "priority": 1, "createdAt": 1 },
        IndexOptions::default(),
    );
    rig.raw("automations").create_index(longer).await.unwrap();
    // Two documents for one account: the unique index cannot be built.
    for _ in 0..2 {
        rig.insert("accounts", doc! { "instagramUserId": "1" })
            .await;
    }
    for reports in [
        rig.store.check_indexes().await.unwrap(),
        rig.store.create_indexes().await.unwrap(),
    ] {
        let state = |collection: &str, fields: &str| {
            let found = reports
                .iter()
                .find(|one| one.collection == collection && one.fields == fields);
            found.unwrap().state.clone()
        };
        assert!(matches!(
            state("user_states", "senderId, accountId"),
            IndexState::Different(_)
        ));
        assert!(matches!(
            state("processed_events", "at"),
            IndexState::Different(_)
        ));
        let automations = state("automations", "workspaceId, type, isActive, priority");
        assert_eq!(
            automations,
            IndexState::Present,
            "a longer one does as well"
        );
    }
    let reports = rig.store.create_indexes().await.unwrap();
    let IndexState::Refused(reason) = &reports[0].state else {
        panic!("two documents have the same id: {reports:?}");
    };
    assert!(reason.contains("unique"), "{reason}");
    let count = rig.raw("accounts").count_documents(any()).await.unwrap();
    assert_eq!(count, 2);
}
