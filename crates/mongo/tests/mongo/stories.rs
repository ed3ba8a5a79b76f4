//! The stories that every adapter walks.

use crate::rig::Rig;
use heliograph_engine::conformance::{archive_story, documents_story};
use heliograph_engine::ports::{Archive, Documents};

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
