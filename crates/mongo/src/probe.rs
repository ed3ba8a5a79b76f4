//! What the connection test says of MongoDB.

use crate::error::Result;
use crate::store::MongoStore;
use mongodb::bson::{Document, doc};
use mongodb::options::{ReadPreference, SelectionCriteria};
use std::time::{Duration, Instant};

/// What was found at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The server's version, such as `6.0.5`.
    pub version: String,
    /// What it is part of.
    pub topology: Topology,
    /// Whether what answered takes writes.
    pub is_writable: bool,
    /// Whether the database is there; `None` where the user may not know.
    pub has_database: Option<bool>,
    /// How long a ping took.
    pub round_trip: Duration,
}

/// The names of what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct There {
    /// The collections of the database.
    pub collections: Vec<String>,
    /// The databases; empty where the user may not know.
    pub databases: Vec<String>,
}

/// What a server is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topology {
    /// A replica set of that name.
    ReplicaSet(String),
    /// A sharded cluster, through a mongos.
    Sharded,
    /// It is alone: no change streams, and what it acknowledges is on one machine.
    Alone,
}

impl MongoStore {
    /// Connects, and looks at what is there. Nothing is written.
    ///
    /// # Errors
    /// With the [`crate::Trouble`] that says what is wrong.
    pub async fn probe(&self) -> Result<Probe> {
        // The first command connects; what it takes says nothing of the next ones.
        let hello = self.ask(doc! { "hello": 1 }).await?;
        let start = Instant::now();
        self.ask(doc! { "ping": 1 }).await?;
        let round_trip = start.elapsed();
        let build = self.ask(doc! { "buildInfo": 1 }).await?;
        let topology = match (hello.get_str("msg"), hello.get_str("setName")) {
            (Ok("isdbgrid"), _) => Topology::Sharded,
            (_, Ok(name)) => Topology::ReplicaSet(name.to_owned()),
            _ => Topology::Alone,
        };
        // Not every user may list the collections; that is no reason to fail.
        let list = self.connection.database.list_collection_names();
        let collections = self.connection.answer(list).await;
        Ok(Probe {
            version: build.get_str("version").unwrap_or_default().to_owned(),
            topology,
            is_writable: hello.get_bool("isWritablePrimary").unwrap_or(false),
            has_database: collections.ok().map(|names| !names.is_empty()),
            round_trip,
        })
    }

    /// The names of what is there: the collections of this database, and the other
    /// databases as far as the user may see them. Nothing is written.
    ///
    /// # Errors
    /// When MongoDB fails, or the user may not list the collections.
    pub async fn what_is_there(&self) -> Result<There> {
        let database = &self.connection.database;
        let list = database.list_collection_names();
        let mut collections = self.connection.answer(list).await?;
        collections.sort();
        let list = database.client().list_database_names();
        let databases = self.connection.answer(list).await.unwrap_or_default();
        Ok(There {
            collections,
            databases,
        })
    }

    /// The collections of people in which somebody's id is no text, and who is therefore
    /// not found. Nothing is written.
    ///
    /// # Errors
    /// When MongoDB fails, or has to read too much for it without the index.
    pub async fn people_without_text_ids(&self) -> Result<Vec<String>> {
        let names = &self.connection.names;
        let mut found = Vec::new();
        for name in [&names.contacts, &names.user_states] {
            // Types are apart from each other in an index that begins with the field.
            let other = doc! { "senderId": { "$type": ["number", "objectId"] } };
            let collection = self.connection.collection(name);
            let first = collection
                .find_one(other)
                .projection(doc! { "_id": 1 })
                .max_time(self.connection.patience.answer);
            if self.connection.answer(first).await?.is_some() {
                found.push(name.clone());
            }
        }
        Ok(found)
    }

    /// A question that a secondary may answer too.
    async fn ask(&self, question: Document) -> Result<Document> {
        let anybody =
            SelectionCriteria::ReadPreference(ReadPreference::PrimaryPreferred { options: None });
        let database = &self.connection.database;
        let command = database.run_command(question).selection_criteria(anybody);
        self.connection.answer(command).await
    }
}
