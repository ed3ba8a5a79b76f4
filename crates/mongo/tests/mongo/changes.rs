//! Edits by other applications, as they are told.

use crate::rig::{Rig, any, database_name, store};
use heliograph_engine::conformance::samples::automation;
use heliograph_engine::ports::{Documents, PortError};
use heliograph_model::{AutomationType, Target};
use heliograph_mongo::{Change, Changes};
use heliograph_servers::mongod::Mongod;
use mongodb::bson::{doc, oid::ObjectId};
use std::collections::HashSet;
use std::time::Duration;

/// Within this an edit must be known.
const KNOWN: Duration = Duration::from_secs(2);

async fn next(changes: &mut Changes) -> Change {
    let next = tokio::time::timeout(KNOWN, changes.next()).await;
    next.expect("it is told within two seconds").unwrap()
}

async fn nothing(changes: &mut Changes) {
    let next = tokio::time::timeout(Duration::from_millis(300), changes.next()).await;
    assert!(next.is_err(), "nothing more: {next:?}");
}

fn set(workspace: &str, post: Option<&str>) -> Change {
    Change::Automations {
        workspace: workspace.into(),
        kind: AutomationType::CommentReplyFlow,
        target: post.map_or(Target::All, |post| Target::Media(post.into())),
    }
}

#[tokio::test]
async fn raw_edits_are_told_with_what_they_concern() {
    let rig = Rig::new().await;
    let workspace = ObjectId::new();
    let id = ObjectId::new();
    let w = workspace.to_hex();
    rig.insert(
        "automations",
        doc! {
            "_id": id, "workspaceId": workspace, "type": "comment_reply_flow", "postId": "p1",
            "isActive": true, "trigger": { "mode": "any_reply" },
        },
    )
    .await;
    let mut changes = rig.store.changes().await.unwrap();
    nothing(&mut changes).await;

    let automations = rig.raw("automations");
    let update = async |change| {
        automations
            .update_one(doc! { "_id": id }, change)
            .await
            .unwrap();
    };
    update(doc! { "$set": { "isActive": false } }).await;
    assert_eq!(next(&mut changes).await, set(&w, Some("p1")));

    // From one post to all: both sets are not what they were.
    update(doc! { "$unset": { "postId": "" } }).await;
    let both = HashSet::from([next(&mut changes).await, next(&mut changes).await]);
    assert_eq!(both, HashSet::from([set(&w, Some("p1")), set(&w, None)]));

    let other = doc! {
        "_id": "new", "workspaceId": "w2", "type": "comment_reply_flow", "postId": "all",
    };
    rig.insert("automations", other).await;
    assert_eq!(next(&mut changes).await, set("w2", None));
    automations.delete_one(doc! { "_id": id }).await.unwrap();
    assert_eq!(
        next(&mut changes).await,
        set(&w, None),
        "it was seen before"
    );

    rig.insert(
        "accounts",
        doc! {
            "instagramUserId": "1784", "workspaceId": "w2", "aliases": ["99"],
        },
    )
    .await;
    let account = Change::Account(vec!["1784".into(), "99".into()]);
    assert_eq!(next(&mut changes).await, account);
    let renamed = doc! { "$set": { "username": "shop" } };
    rig.raw("accounts")
        .update_one(any(), renamed)
        .await
        .unwrap();
    assert_eq!(next(&mut changes).await, account);
    let lost = doc! { "$set": { "aliases": [] } };
    rig.raw("accounts").update_one(any(), lost).await.unwrap();
    assert_eq!(
        next(&mut changes).await,
        Change::AllAccounts,
        "99 is nowhere to be read"
    );

    rig.insert(
        "contacts",
        doc! { "instagramUserId": "1784", "senderId": "5" },
    )
    .await;
    nothing(&mut changes).await;
    automations.drop().await.unwrap();
    assert_eq!(next(&mut changes).await, Change::Everything);
    // And it goes on.
    rig.store
        .put_automation(&automation("a", "w3", 0), None)
        .await
        .unwrap();
    let dm = Change::Automations {
        workspace: "w3".into(),
        kind: AutomationType::DmAutomation,
        target: Target::All,
    };
    assert_eq!(next(&mut changes).await, dm);
}

#[tokio::test]
async fn a_server_that_comes_back_tells_what_was_missed() {
    let mut mongod = Mongod::start().unwrap();
    let store = store(&mongod.url(), &database_name()).await;
    let first = automation("a", "w", 0);
    store.put_automation(&first, None).await.unwrap();
    let mut changes = store.changes().await.unwrap();
    let mut edited = first.clone();
    edited.version = 2;
    store.put_automation(&edited, Some(1)).await.unwrap();
    let dm = Change::Automations {
        workspace: "w".into(),
        kind: AutomationType::DmAutomation,
        target: Target::All,
    };
    assert_eq!(next(&mut changes).await, dm);

    mongod.kill();
    mongod.restart().unwrap();
    edited.version = 3;
    crate::rig::soon("a write", async || {
        store.put_automation(&edited, Some(2)).await.is_ok()
    })
    .await;
    let told = tokio::time::timeout(crate::rig::SOON, changes.next()).await;
    assert_eq!(told.unwrap(), Some(dm), "it goes on where it was");
}

#[tokio::test]
async fn a_server_alone_says_that_it_cannot() {
    let mongod = Mongod::alone().unwrap();
    let store = store(&mongod.url(), &database_name()).await;
    let error = store.changes().await.unwrap_err();
    assert!(
        matches!(error, PortError::Other(_)),
        "asking again would not help"
    );
    assert!(error.to_string().contains("replica set"), "{error}");
    // All the rest works.
    store
        .put_automation(&automation("a", "w", 0), None)
        .await
        .unwrap();
    let probe = store.probe().await.unwrap();
    assert_eq!(probe.topology, heliograph_mongo::Topology::Alone);
    assert!(probe.is_writable);
}
