//! The three look-ups that stand in every event's way.

use crate::connection::{Connection, skipped};
use crate::documents::{contact, user_state};
use crate::error::{MongoError, Result, Trouble};
use crate::gather::Find;
use crate::values::{Name, Unreadable};
use heliograph_model::{AccountId, Contact, ContactId, UserState};
use mongodb::bson::{Bson, Document, RawDocument, doc};
use mongodb::options::FindOptions;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A contact on an account.
pub(crate) type Person = (AccountId, ContactId);

/// Contacts by account and sender.
pub(crate) struct Contacts(pub(crate) Arc<Connection>);

impl Find for Contacts {
    type Key = Person;
    /// One that cannot be read fails those alone who asked for it: whether the person
    /// unsubscribed must be known.
    type Value = Result<Contact>;

    async fn find(&self, keys: &[Person]) -> Result<HashMap<Person, Result<Contact>>> {
        let name = &self.0.names.contacts;
        let mut found = HashMap::with_capacity(keys.len());
        let filter = self
            .0
            .of_people(name, keys.iter().map(parts), "instagramUserId")
            .await?;
        self.0
            .each(name, filter, keys.len(), None, |document| {
                let value = contact::read(document);
                let Some(key) = person(document, "instagramUserId") else {
                    return;
                };
                let value = value.map_err(|error| unreadable(name, document, &error));
                found.insert(key, value);
            })
            .await?;
        Ok(found)
    }
}

/// User states by account and sender.
pub(crate) struct UserStates(pub(crate) Arc<Connection>);

impl Find for UserStates {
    type Key = Person;
    type Value = UserState;

    async fn find(&self, keys: &[Person]) -> Result<HashMap<Person, UserState>> {
        let name = &self.0.names.user_states;
        let mut found: HashMap<Person, UserState> = HashMap::with_capacity(keys.len());
        let filter = self
            .0
            .of_people(name, keys.iter().map(parts), "accountId")
            .await?;
        self.0
            .each(name, filter, keys.len(), None, |document| {
                match user_state::read(document) {
                    Ok(state) => {
                        let key = (state.account_id.clone(), state.sender_id.clone());
                        // Without the unique index there may be several.
                        let known = found.get(&key).map(|known| known.updated_at);
                        if known.is_none_or(|known| known < state.updated_at) {
                            found.insert(key, state);
                        }
                    }
                    // What awaits something that we do not know awaits nothing of ours.
                    Err(error) => skipped(name, document, &error),
                }
            })
            .await?;
        Ok(found)
    }
}

/// The `_id`s of deduplication marks.
pub(crate) struct Marks(pub(crate) Arc<Connection>);

impl Find for Marks {
    type Key = String;
    type Value = ();

    async fn find(&self, keys: &[String]) -> Result<HashMap<String, ()>> {
        let name = &self.0.names.processed_events;
        let mut found = HashMap::with_capacity(keys.len());
        let filter = doc! { "_id": { "$in": keys } };
        let only = Some(doc! { "_id": 1 });
        self.0
            .each(name, filter, keys.len(), only, |document| {
                if let Ok(id) = document.get_str("_id") {
                    found.insert(id.to_owned(), ());
                }
            })
            .await?;
        Ok(found)
    }
}

impl Connection {
    /// A filter for all of these, as the collection's index has them. By the sender first
    /// it is one range of the index, and half the work for MongoDB.
    async fn of_people<'a>(
        &self,
        name: &str,
        people: impl Iterator<Item = (&'a AccountId, &'a ContactId)>,
        account: &str,
    ) -> Result<Document> {
        Ok(if self.people(name, account).await?.by_sender {
            by_person(people, account)
        } else {
            by_account(people, account)
        })
    }

    /// Everything that matches, in one round trip where there are no more than `about`.
    async fn each(
        &self,
        name: &str,
        filter: Document,
        about: usize,
        only: Option<Document>,
        mut take: impl FnMut(&RawDocument) + Send,
    ) -> Result<()> {
        let mut options = FindOptions::default();
        // One more than there can be: a batch that is not full says that it is the last.
        options.batch_size = u32::try_from(about + 1).ok();
        options.projection = only;
        self.answer(async {
            let collection = self.collection(name);
            let mut cursor = collection.find(filter).with_options(options).await?;
            while cursor.advance().await? {
                take(cursor.current());
            }
            Ok(())
        })
        .await
    }
}

/// A filter for all of these, by their own ids. It may find more: whoever wrote to several
/// of these accounts.
fn by_person<'a>(
    people: impl Iterator<Item = (&'a AccountId, &'a ContactId)>,
    account: &str,
) -> Document {
    let (mut accounts, mut senders) = (HashSet::new(), Vec::new());
    for (of, sender) in people {
        accounts.insert(of.as_str());
        senders.push(Bson::from(sender.as_str()));
    }
    let accounts: Vec<Bson> = accounts.into_iter().map(Bson::from).collect();
    doc! { "senderId": { "$in": senders }, account: { "$in": accounts } }
}

/// A filter for all of these, by account.
fn by_account<'a>(
    people: impl Iterator<Item = (&'a AccountId, &'a ContactId)>,
    account: &str,
) -> Document {
    let mut senders: HashMap<&AccountId, HashSet<&str>> = HashMap::new();
    for (of, sender) in people {
        senders.entry(of).or_default().insert(sender.as_str());
    }
    let mut filters: Vec<_> = senders
        .into_iter()
        .map(|(of, senders)| {
            let senders: Vec<Bson> = senders.into_iter().map(Bson::from).collect();
            doc! { account: of.as_str(), "senderId": { "$in": senders } }
        })
        .collect();
    match filters.len() {
        1 => filters.swap_remove(0),
        _ => doc! { "$or": filters },
    }
}

/// Both parts of a key.
fn parts((account, contact): &Person) -> (&AccountId, &ContactId) {
    (account, contact)
}

fn person(document: &RawDocument, account: &str) -> Option<Person> {
    let account = document.get_str(account).ok()?;
    let sender = document.get_str("senderId").ok()?;
    Some((account.into(), sender.into()))
}

/// A document that is needed and cannot be read.
pub(crate) fn unreadable(
    collection: &str,
    document: &RawDocument,
    error: &Unreadable,
) -> MongoError {
    let id = Name(document);
    MongoError::new(
        Trouble::Document,
        format!("The document {id} of the collection {collection} cannot be used: {error}."),
    )
}
