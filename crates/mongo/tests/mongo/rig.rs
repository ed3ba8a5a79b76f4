//! A database of a test's own, seen through the adapter and past it.

use heliograph_mongo::{MongoConfig, MongoStore};
use heliograph_servers::mongod::{Mongod, given};
use mongodb::bson::{Document, doc};
use mongodb::{Client, Collection, Database};
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long what should happen soon may take.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Rig {
    pub(crate) store: MongoStore,
    /// What another application would use.
    pub(crate) raw: Database,
    pub(crate) url: String,
    /// Stopped with the last test of this process that uses it.
    server: Option<Arc<Mongod>>,
}

impl Rig {
    /// A new database, with its indexes, on the server that `MONGODB_URI` names or on one
    /// that the tests of this process share.
    pub(crate) async fn new() -> Self {
        let rig = Self::bare().await;
        rig.store.create_indexes().await.unwrap();
        rig
    }

    /// The same without indexes.
    pub(crate) async fn bare() -> Self {
        let (server, url) = match given() {
            Some(url) => (None, url),
            None => {
                let server = Mongod::shared().unwrap();
                let url = server.url();
                (Some(server), url)
            }
        };
        let name = database_name();
        Self {
            store: store(&url, &name).await,
            raw: Client::with_uri_str(&url).await.unwrap().database(&name),
            url,
            server,
        }
    }

    /// Another process on the same database.
    pub(crate) async fn another(&self) -> MongoStore {
        store(&self.url, self.raw.name()).await
    }

    pub(crate) fn raw(&self, name: &str) -> Collection<Document> {
        self.raw.collection(name)
    }

    /// Writes a document as another application does.
    pub(crate) async fn insert(&self, name: &str, document: Document) {
        self.raw(name).insert_one(document).await.unwrap();
    }

    /// The only document of a collection that matches, as it stands there.
    pub(crate) async fn only(&self, name: &str, filter: Document) -> Document {
        let count = self.raw(name).count_documents(filter.clone()).await;
        assert_eq!(count.unwrap(), 1, "{name} {filter}");
        self.raw(name).find_one(filter).await.unwrap().unwrap()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if self.server.is_some() {
            return;
        }
        // The server is somebody else's, so nothing is left behind on it.
        let (url, name) = (self.url.clone(), self.raw.name().to_owned());
        let clean = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let client = Client::with_uri_str(url).await?;
                client.database(&name).drop().await
            })
        });
        let _ = clean.join();
    }
}

/// A name that no other test has.
pub(crate) fn database_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("heliograph_test_{}_{count}", std::process::id())
}

pub(crate) async fn store(url: &str, database: &str) -> MongoStore {
    let config = MongoConfig::new(SecretString::from(url.to_owned()), database);
    MongoStore::connect(config).await.unwrap()
}

/// Polls until something holds.
pub(crate) async fn soon(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + SOON;
    while !holds().await {
        assert!(Instant::now() < deadline, "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A document without what the server or the test chose.
pub(crate) fn any() -> Document {
    doc! {}
}
