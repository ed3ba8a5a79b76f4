//! The indexes that the queries need: reported, and created on request only.

use crate::connection::Connection;
use crate::error::{MongoError, Result};
use crate::store::MongoStore;
use mongodb::IndexModel;
use mongodb::bson::{Bson, Document, doc};
use mongodb::error::ErrorKind;
use mongodb::options::IndexOptions;
use std::time::Duration;

/// How long deduplication marks are kept: Meta delivers again for a day and a half.
const MARKS_LIVE: Duration = Duration::from_secs(36 * 60 * 60);
/// What MongoDB answers for a collection that is not there.
const NO_COLLECTION: i32 = 26;

/// One needed index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexReport {
    /// The collection, by the name that it has in this database.
    pub collection: String,
    /// Its fields, such as `accountId, senderId`.
    pub fields: String,
    /// What it is for.
    pub purpose: &'static str,
    /// How it stands.
    pub state: IndexState,
}

/// How a needed index stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexState {
    /// It is there, or one that does the same.
    Present,
    /// It is not there.
    Missing,
    /// There is one on these fields that does not do the same, in words.
    Different(String),
    /// MongoDB refused to create it, in words.
    Refused(String),
}

/// An index as it is needed.
struct Needed {
    collection: String,
    keys: Document,
    is_unique: bool,
    /// How long a document stays after the time in the field.
    expires_after: Option<Duration>,
    purpose: &'static str,
}

impl MongoStore {
    /// Looks at which needed indexes are there.
    ///
    /// # Errors
    /// When MongoDB fails, or the user may not look.
    pub async fn check_indexes(&self) -> Result<Vec<IndexReport>> {
        let mut reports = Vec::new();
        for needed in self.needed() {
            let state = needed.state(&self.indexes(&needed.collection).await?);
            reports.push(needed.report(state));
        }
        Ok(reports)
    }

    /// Creates those that are missing, and says how all of them stand then. An index
    /// that is there and different is left as it is.
    ///
    /// # Errors
    /// When MongoDB fails. What it refuses stands in the reports.
    pub async fn create_indexes(&self) -> Result<Vec<IndexReport>> {
        let mut reports = Vec::new();
        for needed in self.needed() {
            let mut state = needed.state(&self.indexes(&needed.collection).await?);
            if state == IndexState::Missing {
                state = match self.create(&needed).await {
                    Ok(()) => IndexState::Present,
                    Err(error) if error.trouble().is_transient() => return Err(error),
                    Err(error) => IndexState::Refused(error.to_string()),
                };
            }
            reports.push(needed.report(state));
        }
        Ok(reports)
    }

    async fn create(&self, needed: &Needed) -> Result<()> {
        let mut options = IndexOptions::default();
        options.unique = needed.is_unique.then_some(true);
        options.expire_after = needed.expires_after;
        let index = IndexModel::builder()
            .keys(needed.keys.clone())
            .options(options)
            .build();
        let collection = self.connection.collection(&needed.collection);
        // Building one takes as long as the collection is large, so there is no limit.
        collection
            .create_index(index)
            .await
            .map(drop)
            .map_err(MongoError::from)
    }

    async fn indexes(&self, collection: &str) -> Result<Vec<IndexModel>> {
        self.connection.indexes(collection).await
    }

    fn needed(&self) -> [Needed; 7] {
        let names = &self.connection.names;
        let plain = |collection: &str, keys: Document, purpose| Needed {
            collection: collection.to_owned(),
            keys,
            is_unique: false,
            expires_after: None,
            purpose,
        };
        let expiring = |collection: &str, field: &str, after, purpose| Needed {
            expires_after: Some(after),
            ..plain(collection, doc! { field: 1 }, purpose)
        };
        [
            Needed {
                is_unique: true,
                ..plain(
                    &names.accounts,
                    doc! { "instagramUserId": 1 },
                    "the account behind a webhook, one document for each",
                )
            },
            plain(
                &names.accounts,
                doc! { "aliases": 1 },
                "the account behind another of its ids",
            ),
            plain(
                &names.automations,
                doc! { "workspaceId": 1, "type": 1, "isActive": 1, "priority": 1 },
                "the automations that are tried for an event",
            ),
            one_for_each_person(
                &names.user_states,
                "accountId",
                "where a contact stands, one document for each",
            ),
            expiring(
                &names.user_states,
                "expiresAt",
                Duration::ZERO,
                "what has expired goes away by itself",
            ),
            one_for_each_person(
                &names.contacts,
                "instagramUserId",
                "a contact, one document for each",
            ),
            expiring(
                &names.processed_events,
                "at",
                MARKS_LIVE,
                "deduplication marks go away by themselves after 36 hours",
            ),
        ]
    }
}

impl Connection {
    /// The indexes of a collection; none where it is not there.
    async fn indexes(&self, collection: &str) -> Result<Vec<IndexModel>> {
        let collection = self.collection(collection);
        let list = async {
            let mut indexes = Vec::new();
            let mut cursor = match collection.list_indexes().await {
                Ok(cursor) => cursor,
                Err(error) if is_no_collection(&error) => return Ok(indexes),
                Err(error) => return Err(error),
            };
            while cursor.advance().await? {
                indexes.push(cursor.deserialize_current()?);
            }
            Ok(indexes)
        };
        self.answer(list).await
    }

    /// How people are indexed in a collection that has them under these two fields. As it
    /// was when it was first asked for: one that was made since only makes things faster.
    pub(crate) async fn people(&self, collection: &str, account: &str) -> Result<People> {
        let known = &self.people[usize::from(collection == self.names.user_states)];
        let look = async {
            let indexes = self.indexes(collection).await?;
            let is_first = |index: &IndexModel| index.keys.keys().next().is_some_and(is_sender);
            let one_for_each = one_for_each_person(collection, account, "");
            Ok(People {
                by_sender: indexes.iter().any(is_first),
                are_unique: one_for_each.state(&indexes) == IndexState::Present,
            })
        };
        known.get_or_try_init(|| look).await.copied()
    }
}

/// How people are indexed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct People {
    /// By their own id first, so that one range finds many of many accounts.
    pub(crate) by_sender: bool,
    /// So that MongoDB refuses a second document of a person on an account.
    pub(crate) are_unique: bool,
}

/// The index that lets a person on an account have one document, by the sender first.
fn one_for_each_person(collection: &str, account: &str, purpose: &'static str) -> Needed {
    Needed {
        collection: collection.to_owned(),
        keys: doc! { "senderId": 1, account: 1 },
        is_unique: true,
        expires_after: None,
        purpose,
    }
}

fn is_sender(field: &String) -> bool {
    field == "senderId"
}

impl Needed {
    fn report(&self, state: IndexState) -> IndexReport {
        let fields: Vec<_> = self.keys.keys().map(String::as_str).collect();
        IndexReport {
            collection: self.collection.clone(),
            fields: fields.join(", "),
            purpose: self.purpose,
            state,
        }
    }

    fn state(&self, indexes: &[IndexModel]) -> IndexState {
        let must_match = self.is_unique || self.expires_after.is_some();
        let mut state = IndexState::Missing;
        for index in indexes {
            // One on the same fields in another order keeps the same documents apart.
            let is_same = same_keys(&index.keys, &self.keys)
                || (self.is_unique && same_fields(&index.keys, &self.keys));
            // For a mere query an index that begins with these fields does as well.
            if !is_same && (must_match || !begins_with(&index.keys, &self.keys)) {
                continue;
            }
            match self.difference(index.options.as_ref()) {
                None => return IndexState::Present,
                Some(difference) => state = IndexState::Different(difference),
            }
        }
        state
    }

    /// What is different about an index on the same fields, where it matters.
    fn difference(&self, options: Option<&IndexOptions>) -> Option<String> {
        let is_unique = options.and_then(|o| o.unique).unwrap_or(false);
        let is_partial = options.is_some_and(|o| o.partial_filter_expression.is_some());
        let expires_after = options.and_then(|o| o.expire_after);
        if self.is_unique && !is_unique {
            Some("It is not unique.".to_owned())
        } else if is_partial {
            Some("It does not hold every document (it is a partial one).".to_owned())
        } else if self.expires_after.is_some() && expires_after.is_none() {
            Some("Nothing expires by it.".to_owned())
        } else if expires_after < self.expires_after {
            Some("Documents expire too early by it.".to_owned())
        } else {
            None
        }
    }
}

fn same_keys(one: &Document, other: &Document) -> bool {
    one.len() == other.len() && begins_with(one, other)
}

fn same_fields(one: &Document, other: &Document) -> bool {
    one.len() == other.len() && one.keys().all(|key| other.contains_key(key))
}

fn begins_with(index: &Document, wanted: &Document) -> bool {
    let direction = |value: &Bson| match value {
        Bson::Int32(n) => Some(n.signum()),
        Bson::Int64(n) => Some(if *n < 0 { -1 } else { 1 }),
        Bson::Double(n) => Some(if *n < 0.0 { -1 } else { 1 }),
        _ => None,
    };
    index.len() >= wanted.len()
        && index
            .iter()
            .zip(wanted)
            .all(|(has, wants)| has.0 == wants.0 && direction(has.1) == direction(wants.1))
}

fn is_no_collection(error: &mongodb::error::Error) -> bool {
    matches!(&*error.kind, ErrorKind::Command(error) if error.code == NO_COLLECTION)
}
