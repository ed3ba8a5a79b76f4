//! The stories that every adapter walks.

use crate::rig::Rig;
use heliograph_engine::conformance::{
    archive_story, documents_story, register_story, registered, samples::START,
};
use heliograph_engine::ports::{Archive, ConversationChange, Documents};
use heliograph_model::StateChange;

#[tokio::test]
async fn it_keeps_documents() {
    let rig = Rig::new().await;
    documents_story(&rig.store).await;
}

#[tokio::test]
async fn it_is_an_archive() {
    let rig = Rig::new().await;
    archive_story(&rig.store).await;
}

#[tokio::test]
async fn an_empty_database_is_no_error() {
    let rig = Rig::bare().await;
    assert_eq!(rig.store.workspaces().await.unwrap(), []);
    assert_eq!(rig.store.accounts(&"w".into()).await.unwrap(), []);
    assert_eq!(rig.store.newest_mark().await.unwrap(), None);
}

#[tokio::test]
async fn it_is_a_register() {
    let rig = Rig::new().await;
    let there = registered();
    let changes: Vec<_> = there
        .states
        .iter()
        .map(|state| ConversationChange {
            account_id: state.account_id.clone(),
            contact_id: state.sender_id.clone(),
            state: StateChange::Set(state.clone()),
            state_is_new: true,
            contact: None,
            is_new: false,
            since: START,
            at: START,
        })
        .collect();
    rig.store.write(&changes, &[]).await.unwrap();
    for contact in &there.contacts {
        rig.store.put_contact(contact).await.unwrap();
    }
    register_story(&rig.store).await;
}
