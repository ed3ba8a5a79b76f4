//! What other applications edit behind our back, as MongoDB tells it.
//!
//! A change stream says what became of a document and not what it was before: pre-images
//! are off unless somebody switched them on. What an automation was for is therefore
//! remembered here, and where that is not known, the widest change is told.

use crate::connection::Connection;
use crate::documents::automation::{kind_of, target};
use crate::error::{MongoError, Result};
use crate::store::MongoStore;
use crate::values::{id, text};
use heliograph_engine::ports::PortResult;
use heliograph_model::{AccountId, AutomationType, Target, WorkspaceId};
use mongodb::bson::{Bson, RawDocument, RawDocumentBuf, doc};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::ResumeToken;
use mongodb::options::{ChangeStreamOptions, FindOptions, FullDocumentType, ReadConcern};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How many changes may wait for whoever obeys them.
const MOST_WAITING: usize = 1_000;
/// How many automations are remembered. Beyond that, changes are told wider than they are.
const MOST_KNOWN: usize = 100_000;
/// Pauses between the tries to watch again.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// What is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Change {
    /// The automations of one type and target.
    Automations {
        /// Whose they are.
        workspace: WorkspaceId,
        /// What they answer.
        kind: AutomationType,
        /// The post or story they are for.
        target: Target,
    },
    /// Automations, and it is not known which.
    AllAutomations,
    /// One account, by every id that it is known under.
    Account(Vec<AccountId>),
    /// Accounts, and it is not known which.
    AllAccounts,
    /// Anything: for a time nobody could see what was edited.
    Everything,
}

/// Changes as they come. They end with it.
#[derive(Debug)]
pub struct Changes {
    changes: mpsc::Receiver<Change>,
    watching: JoinHandle<()>,
}

impl Changes {
    /// The next one. Dropping the future loses nothing. `None` only when the runtime
    /// ends.
    pub async fn next(&mut self) -> Option<Change> {
        self.changes.recv().await
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

impl MongoStore {
    /// Watches what is edited from now on, by whomever, this process included. A
    /// connection that breaks is made again, and what was edited meanwhile is told then.
    ///
    /// # Errors
    /// [`heliograph_engine::ports::PortError::Other`] where MongoDB is no replica set and
    /// cannot tell, and `Unavailable` where it is not there now.
    pub async fn changes(&self) -> PortResult<Changes> {
        let mut watch = Watch {
            connection: Arc::clone(&self.connection),
            known: HashMap::new(),
            is_settled: false,
        };
        let stream = watch.open(None).await?;
        watch.learn().await?;
        let (tell, changes) = mpsc::channel(MOST_WAITING);
        let watching = tokio::spawn(watch.run(stream, tell));
        Ok(Changes { changes, watching })
    }
}

/// An event, of which only this is looked at.
type Stream = ChangeStream<RawDocumentBuf>;
/// Where an automation is looked for.
type Place = (WorkspaceId, AutomationType, Target);

struct Watch {
    connection: Arc<Connection>,
    /// Where each automation was when it was last seen, by its `_id`.
    known: HashMap<String, Place>,
    /// Whether everything that was edited before `known` was loaded has been told: until
    /// then it may hold what an event is yet to tell.
    is_settled: bool,
}

/// Nobody listens any more.
struct Gone;

impl Watch {
    async fn open(&self, after: Option<ResumeToken>) -> Result<Stream> {
        let names = &self.connection.names;
        let pipeline = [
            doc! { "$match": { "$or": [
                { "ns.coll": { "$in": [&names.accounts, &names.automations] } },
                { "operationType": { "$in": ["dropDatabase", "invalidate"] } },
            ] } },
            // Neither tokens nor texts are needed to know what changed.
            doc! { "$project": {
                "operationType": 1, "ns": 1, "documentKey": 1,
                "fullDocument.workspaceId": 1, "fullDocument.type": 1,
                "fullDocument.postId": 1, "fullDocument.storyId": 1,
                "fullDocument.instagramUserId": 1, "fullDocument.aliases": 1,
                "changed": { "$map": {
                    "input": { "$objectToArray": {
                        "$ifNull": ["$updateDescription.updatedFields", {}],
                    } },
                    "in": "$$this.k",
                } },
                "removed": "$updateDescription.removedFields",
            } },
        ];
        let mut options = ChangeStreamOptions::default();
        options.full_document = Some(FullDocumentType::UpdateLookup);
        // A stream tells what a majority has, and takes no other read concern.
        options.read_concern = Some(ReadConcern::majority());
        options.start_after = after;
        let watch = self.connection.database.watch().pipeline(pipeline);
        let stream = self.connection.answer(watch.with_options(options)).await?;
        Ok(stream.with_type())
    }

    /// Remembers where every automation is.
    async fn learn(&mut self) -> Result<()> {
        self.known.clear();
        self.is_settled = false;
        let mut options = FindOptions::default();
        options.projection = Some(doc! { "workspaceId": 1, "type": 1, "postId": 1, "storyId": 1 });
        options.limit = i64::try_from(MOST_KNOWN).ok();
        let read = |document: &RawDocument| {
            // What cannot be read is not in a cache either.
            Ok(key(document).zip(place(document)))
        };
        let name = &self.connection.names.automations;
        let found = self.connection.list(name, doc! {}, options, read).await?;
        self.known.extend(found.into_iter().flatten());
        Ok(())
    }

    async fn run(mut self, mut stream: Stream, tell: mpsc::Sender<Change>) {
        loop {
            let error = match self.follow(&mut stream, &tell).await {
                Ok(()) => None,
                Err(Lost::Nobody(Gone)) => return,
                Err(Lost::Broken(error)) => Some(error),
            };
            if let Some(error) = &error {
                tracing::warn!(%error, "MongoDB does not tell of changes now");
            }
            // After the end of a stream there is nothing to go on from.
            let after = error.and(stream.resume_token());
            match self.again(after, &tell).await {
                Ok(next) => stream = next,
                Err(Gone) => return,
            }
        }
    }

    /// Tells what comes, until the stream ends or breaks.
    async fn follow(
        &mut self,
        stream: &mut Stream,
        tell: &mpsc::Sender<Change>,
    ) -> std::result::Result<(), Lost> {
        while stream.is_alive() {
            let event = tokio::select! {
                event = stream.next_if_any() => event.map_err(MongoError::from)?,
                () = tell.closed() => return Err(Gone.into()),
            };
            let Some(event) = event else {
                self.is_settled = true;
                continue;
            };
            for change in self.meaning(&event) {
                tell.send(change).await.map_err(|_| Gone)?;
            }
        }
        Ok(())
    }

    /// Watches again, from where the last stream was if MongoDB still knows that.
    async fn again(
        &mut self,
        mut after: Option<ResumeToken>,
        tell: &mpsc::Sender<Change>,
    ) -> std::result::Result<Stream, Gone> {
        let mut pauses = PAUSES.iter().chain(PAUSES.last().into_iter().cycle());
        loop {
            let pause = pauses.next().copied().unwrap_or_default();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = tell.closed() => return Err(Gone),
            }
            match self.open(after.clone()).await {
                Ok(stream) => {
                    if after.is_none() {
                        // What was edited in between nobody has seen.
                        if let Err(error) = self.learn().await {
                            tracing::warn!(%error, "what automations are for could not be read; changes are told wider than they are");
                        }
                        tell.send(Change::Everything).await.map_err(|_| Gone)?;
                    }
                    tracing::info!("MongoDB tells of changes again");
                    return Ok(stream);
                }
                Err(error) if error.trouble().is_transient() => {}
                // The place is no longer known there (the oplog has moved on).
                Err(_) => after = None,
            }
        }
    }

    /// What an event means, each thing once.
    fn meaning(&mut self, event: &RawDocument) -> HashSet<Change> {
        let names = &self.connection.names;
        let collection = event
            .get_document("ns")
            .and_then(|ns| ns.get_str("coll"))
            .unwrap_or_default();
        let operation = event.get_str("operationType").unwrap_or_default();
        let is_edit = matches!(operation, "insert" | "update" | "replace" | "delete");
        let document = event.get_document("fullDocument").ok();
        if is_edit && collection == names.accounts {
            return HashSet::from([account_change(operation, event, document)]);
        }
        if is_edit && collection == names.automations {
            return self.automation_change(operation, event, document);
        }
        if collection == names.automations {
            self.known.clear();
        }
        // Dropped, renamed: whatever it is, it is about all of it.
        HashSet::from([Change::Everything])
    }

    fn automation_change(
        &mut self,
        operation: &str,
        event: &RawDocument,
        document: Option<&RawDocument>,
    ) -> HashSet<Change> {
        let key = event.get_document("documentKey").ok().and_then(key);
        let now = document.and_then(place);
        let before = key.as_ref().and_then(|key| self.known.get(key)).cloned();
        if let Some(key) = key {
            match &now {
                Some(now) if self.known.len() < MOST_KNOWN => {
                    self.known.insert(key, now.clone());
                }
                _ => {
                    self.known.remove(&key);
                }
            }
        }
        let moves = ["workspaceId", "type", "postId", "storyId"];
        let stays = operation == "insert" || (operation == "update" && !touches(event, &moves));
        let before = match (stays, before) {
            // It is looked for where it was before.
            (true, _) => None,
            (false, Some(before)) if self.is_settled => Some(before),
            (false, _) => return HashSet::from([Change::AllAutomations]),
        };
        if now.is_none() && operation != "delete" {
            // Deleted since, so that what it became cannot be looked up; or unreadable.
            return HashSet::from([Change::AllAutomations]);
        }
        let places = now.into_iter().chain(before);
        places
            .map(|(workspace, kind, target)| Change::Automations {
                workspace,
                kind,
                target,
            })
            .collect()
    }
}

enum Lost {
    Nobody(Gone),
    Broken(MongoError),
}

impl From<Gone> for Lost {
    fn from(gone: Gone) -> Self {
        Self::Nobody(gone)
    }
}

impl From<MongoError> for Lost {
    fn from(error: MongoError) -> Self {
        Self::Broken(error)
    }
}

fn account_change(operation: &str, event: &RawDocument, document: Option<&RawDocument>) -> Change {
    // Ids that it had before are nowhere to be read.
    let may_lose_ids = !matches!(operation, "insert" | "update")
        || touches(event, &["instagramUserId", "aliases"]);
    let Some(document) = document.filter(|_| !may_lose_ids || operation == "insert") else {
        return Change::AllAccounts;
    };
    let mut ids = Vec::new();
    let field = |name| document.get(name).ok().flatten();
    ids.extend(field("instagramUserId").and_then(id));
    if let Some(aliases) = field("aliases").and_then(|value| value.as_array()) {
        ids.extend(aliases.into_iter().filter_map(|alias| id(alias.ok()?)));
    }
    if ids.is_empty() {
        return Change::AllAccounts;
    }
    Change::Account(ids.iter().map(|id| (&**id).into()).collect())
}

/// Whether an update changed one of these fields.
fn touches(event: &RawDocument, fields: &[&str]) -> bool {
    ["changed", "removed"].into_iter().any(|list| {
        let Ok(names) = event.get_array(list) else {
            return false;
        };
        names.into_iter().flatten().any(|name| {
            let Some(name) = name.as_str() else {
                return false;
            };
            let name = name.split_once('.').map_or(name, |(name, _)| name);
            fields.contains(&name)
        })
    })
}

/// An `_id` as text, whatever it is.
fn key(document: &RawDocument) -> Option<String> {
    let id = document.get("_id").ok().flatten()?;
    match text(id) {
        Some(id) => Some(id.into_owned()),
        None => Some(Bson::try_from(id).ok()?.to_string()),
    }
}

fn place(document: &RawDocument) -> Option<Place> {
    let field = |name| {
        let value = document.get(name).ok().flatten()?;
        (!crate::values::is_null(value)).then_some(value)
    };
    let workspace = field("workspaceId").and_then(id)?;
    let kind = field("type")
        .and_then(text)
        .and_then(|name| kind_of(&name))?;
    let target = target(kind, field("postId"), field("storyId")).ok()?;
    Some(((&*workspace).into(), kind, target))
}
