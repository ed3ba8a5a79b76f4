//! One database, with a limit to how long it may take.

use crate::config::{Collections, MongoConfig, Patience};
use crate::error::{MongoError, Result};
use crate::indexes::People;
use crate::values::Name;
use mongodb::bson::{Document, RawDocument, RawDocumentBuf, doc, rawdoc};
use mongodb::options::{ClientOptions, FindOptions, ReadConcern, SelectionCriteria, WriteConcern};
use mongodb::{Client, Collection, Database};
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;

/// A document as it came, so that one that cannot be read does not fail its neighbours.
pub(crate) type Raw = RawDocumentBuf;

/// How many connections there may be to one server, unless the connection string says it.
const MOST_CONNECTIONS: u32 = 24;

/// A database, as it is configured.
pub(crate) struct Connection {
    pub(crate) database: Database,
    pub(crate) names: Collections,
    pub(crate) patience: Patience,
    /// How contacts, and user states, are indexed.
    pub(crate) people: [OnceCell<People>; 2],
}

impl Connection {
    /// Reads the connection string; nothing is connected to before it is needed.
    pub(crate) async fn new(config: MongoConfig) -> Result<Self> {
        let mut options = ClientOptions::parse(config.url.expose_secret())
            .await
            .map_err(|error| MongoError::of_connection_string(&error, &config.url))?;
        let MongoConfig {
            database,
            collections,
            patience,
            ..
        } = config;
        options.server_selection_timeout = Some(patience.selection);
        options.connect_timeout = Some(patience.connect);
        options
            .app_name
            .get_or_insert_with(|| "heliograph".to_owned());
        // Look-ups need a connection also while many writes are under way.
        options.max_pool_size.get_or_insert(MOST_CONNECTIONS);
        // What is read decides what is sent, so it is read where it was written.
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(
            mongodb::options::ReadPreference::Primary,
        ));
        options.read_concern = Some(ReadConcern::local());
        options.write_concern = Some(
            WriteConcern::builder()
                .w(mongodb::options::Acknowledgment::Majority)
                .w_timeout(patience.majority)
                .build(),
        );
        let client = Client::with_options(options)
            .map_err(|error| MongoError::of_connection_string(&error, &config.url))?;
        Ok(Self {
            database: client.database(&database),
            names: collections,
            patience,
            people: [OnceCell::new(), OnceCell::new()],
        })
    }

    pub(crate) fn collection(&self, name: &str) -> Collection<Raw> {
        self.database.collection(name)
    }

    /// Waits for an answer, and not for ever.
    pub(crate) async fn answer<T>(
        &self,
        asking: impl IntoFuture<Output = mongodb::error::Result<T>>,
    ) -> Result<T> {
        match tokio::time::timeout(self.patience.answer, asking.into_future()).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(MongoError::timeout()),
        }
    }

    /// The first document that matches.
    pub(crate) async fn one(&self, name: &str, filter: Document) -> Result<Option<Raw>> {
        self.answer(self.collection(name).find_one(filter)).await
    }

    /// Every document that matches, read; those that cannot be read are left out, with a
    /// warning that names them.
    pub(crate) async fn list<T>(
        &self,
        name: &str,
        filter: Document,
        options: FindOptions,
        read: impl Fn(&RawDocument) -> crate::values::Read<T>,
    ) -> Result<Vec<T>> {
        self.answer(async {
            let collection = self.collection(name);
            let mut cursor = collection.find(filter).with_options(options).await?;
            let mut all = Vec::new();
            while cursor.advance().await? {
                let document = cursor.current();
                match read(document) {
                    Ok(value) => all.push(value),
                    Err(error) => skipped(name, document, &error),
                }
            }
            Ok(all)
        })
        .await
    }

    /// The write concern of commands that the driver does not know.
    pub(crate) fn write_concern(&self) -> RawDocumentBuf {
        let limit = i64::try_from(self.patience.majority.as_millis()).unwrap_or(i64::MAX);
        rawdoc! { "w": "majority", "wtimeout": limit }
    }

    /// Runs a command on the database.
    pub(crate) async fn command(&self, command: RawDocumentBuf) -> Result<Document> {
        self.answer(self.database.run_raw_command(command)).await
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The client's own output would show the connection's options.
        f.debug_struct("Connection")
            .field("database", &self.database.name())
            .finish_non_exhaustive()
    }
}

/// Says which document is left out, and nothing of its content.
pub(crate) fn skipped(collection: &str, document: &RawDocument, error: &crate::values::Unreadable) {
    tracing::warn!(collection, id = %Name(document), %error, "a document is left out");
}

/// Options for a list that is read in few round trips.
pub(crate) fn in_order(sort: Option<Document>, most: Option<usize>) -> FindOptions {
    let mut options = FindOptions::default();
    options.sort = sort;
    options.limit = most.map(|most| i64::try_from(most).unwrap_or(i64::MAX));
    options.batch_size = Some(1_000);
    options
}

/// Two fields that are each as given.
pub(crate) fn pair(one: &str, is: &str, other: &str, too: &str) -> Document {
    doc! { one: is, other: too }
}
