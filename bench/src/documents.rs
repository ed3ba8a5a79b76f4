//! The documents that both systems read: accounts and automations in the design's form.

use crate::system::DATABASE;
use anyhow::{Context, Result};
use futures::{StreamExt, TryStreamExt};
use heliograph_bench::workload::Workload;
use heliograph_model::{Account, Automation, AutomationType, Millis};
use mongodb::bson::{Bson, DateTime, Document, doc, serialize_to_document};
use mongodb::options::{Acknowledgment, IndexOptions, WriteConcern};
use mongodb::{Client, Database, IndexModel};
use std::time::Duration;

/// Documents that are inserted together.
const TOGETHER: usize = 2_000;
/// How long deduplication marks are kept.
const MARKS_LIVE: Duration = Duration::from_secs(36 * 60 * 60);

/// The database, empty but for the documents of a workload and the indexes.
pub(crate) async fn seed(client: &Client, workload: &Workload) -> Result<()> {
    let database = client.database(DATABASE);
    database.drop().await?;
    create_indexes(&database).await?;
    let mut accounts = Vec::new();
    let mut automations = Vec::new();
    let mut workspaces = Vec::new();
    for file in &workload.workspaces {
        let workspace = &file.workspace;
        workspaces.push(doc! { "_id": workspace.id.as_str(), "name": &workspace.name });
        accounts.extend(file.accounts.iter().map(account));
        for one in &file.automations {
            automations.push(automation(one)?);
        }
    }
    for (name, documents) in [
        ("workspaces", workspaces),
        ("accounts", accounts),
        ("automations", automations),
    ] {
        let collection = database.collection::<Document>(name);
        for together in documents.chunks(TOGETHER) {
            collection
                .insert_many(together)
                .write_concern(WriteConcern::builder().w(Acknowledgment::Nodes(1)).build())
                .await
                .with_context(|| format!("{name} cannot be written"))?;
        }
    }
    // What was written so far is not to be flushed while it is measured.
    client
        .database("admin")
        .run_command(doc! { "fsync": 1 })
        .await?;
    Ok(())
}

/// The token of an account.
pub(crate) fn token(account: &Account) -> String {
    format!("bench-token-{}", account.id)
}

/// All documents of a collection.
pub(crate) async fn all(client: &Client, name: &str) -> Result<Vec<Document>> {
    let collection = client.database(DATABASE).collection::<Document>(name);
    let found = collection.find(doc! {}).await?;
    Ok(found.boxed().try_collect().await?)
}

fn account(account: &Account) -> Document {
    doc! {
        "_id": account.id.as_str(),
        "instagramUserId": account.id.as_str(),
        "workspaceId": account.workspace_id.as_str(),
        "username": &account.username,
        "accessToken": token(account),
        "isActive": account.is_active,
    }
}

/// The model's own form, with the id as `_id`, the post or story in a field of its own,
/// and times as dates.
fn automation(automation: &Automation) -> Result<Document> {
    let mut document = serialize_to_document(automation)?;
    document.remove("id");
    document.insert("_id", automation.id.as_str());
    document.remove("target");
    if let Some(media) = automation.target.media() {
        let field = match automation.kind {
            AutomationType::StoryReplyFlow => "storyId",
            AutomationType::CommentReplyFlow | AutomationType::DmAutomation => "postId",
        };
        document.insert(field, media.as_str());
    }
    document.insert("createdAt", date(automation.created_at));
    document.insert("updatedAt", date(automation.updated_at));
    Ok(document)
}

fn date(at: Millis) -> Bson {
    Bson::DateTime(DateTime::from_millis(at.0))
}

/// The indexes that Heliograph asks for, which are those of the Node system as well.
async fn create_indexes(database: &Database) -> Result<()> {
    let unique = || IndexOptions::builder().unique(true).build();
    let plain = IndexOptions::default;
    let expiring = |after| IndexOptions::builder().expire_after(after).build();
    let automation = doc! { "workspaceId": 1, "type": 1, "isActive": 1, "priority": 1 };
    let contact = doc! { "senderId": 1, "instagramUserId": 1 };
    let state = doc! { "senderId": 1, "accountId": 1 };
    for (name, keys, options) in [
        ("accounts", doc! { "instagramUserId": 1 }, unique()),
        ("accounts", doc! { "aliases": 1 }, plain()),
        ("automations", automation, plain()),
        ("user_states", state, unique()),
        (
            "user_states",
            doc! { "expiresAt": 1 },
            expiring(Duration::ZERO),
        ),
        ("contacts", contact, unique()),
        ("processed_events", doc! { "at": 1 }, expiring(MARKS_LIVE)),
    ] {
        let index = IndexModel::builder().keys(keys).options(options).build();
        let collection = database.collection::<Document>(name);
        collection.create_index(index).await?;
    }
    Ok(())
}
