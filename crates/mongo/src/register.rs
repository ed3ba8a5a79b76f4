//! Looking through many user states and contacts.

use crate::connection::in_order;
use crate::documents::{contact, user_state};
use crate::error::Result;
use crate::store::MongoStore;
use crate::values::{date, id, integer};
use async_trait::async_trait;
use heliograph_engine::ports::{
    ContactFilter, ContactKind, Page, PortResult, Register, StateCounts, StateFilter, StateOrder,
};
use heliograph_model::{AccountId, Awaiting, Contact, Millis, UserState};
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::FindOptions;

/// So many people who have the words in a name are looked for among the states. Whoever
/// searches for what so many have writes more of it.
const MOST_PEOPLE: i64 = 10_000;

#[async_trait]
impl Register for MongoStore {
    async fn count_states(&self, filter: &StateFilter, now: Millis) -> PortResult<StateCounts> {
        let mut counts = StateCounts::default();
        let Some(which) = self.which_states(filter, now).await? else {
            return Ok(counts);
        };
        let collection = self
            .connection
            .collection(&self.connection.names.user_states);
        let stages = [
            doc! { "$match": which },
            doc! { "$group": { "_id": "$state", "count": { "$sum": 1_i64 } } },
        ];
        let groups: Vec<(String, i64)> = self
            .connection
            .answer(async {
                let mut cursor = collection.aggregate(stages).await?;
                let mut groups = Vec::new();
                while cursor.advance().await? {
                    let group = cursor.current();
                    let name = group.get("_id").ok().flatten().and_then(id);
                    let count = group.get("count").ok().flatten().and_then(integer);
                    groups.extend(name.map(|name| name.into_owned()).zip(count));
                }
                Ok(groups)
            })
            .await?;
        for awaiting in AWAITED {
            let of = |(name, _): &&(String, i64)| name == awaiting.as_str();
            if let Some((_, count)) = groups.iter().find(of) {
                *counts.of_mut(awaiting) = u64::try_from(*count).unwrap_or(0);
            }
        }
        Ok(counts)
    }

    async fn states(
        &self,
        filter: &StateFilter,
        now: Millis,
        page: Page,
    ) -> PortResult<Vec<UserState>> {
        let Some(mut which) = self.which_states(filter, now).await? else {
            return Ok(Vec::new());
        };
        if let Some(state) = filter.state {
            which.insert("state", state.as_str());
        }
        let order = match filter.order {
            StateOrder::Oldest => doc! { "updatedAt": 1, "senderId": 1 },
            StateOrder::Newest => doc! { "updatedAt": -1, "senderId": 1 },
            StateOrder::Expiring => doc! { "expiresAt": 1, "senderId": 1 },
        };
        let name = &self.connection.names.user_states;
        let options = paged(order, page);
        let mut states = self
            .connection
            .list(name, which, options, user_state::read)
            .await?;
        states.retain(|state| state.expires_at > now);
        Ok(states)
    }

    async fn count_contacts(&self, filter: &ContactFilter, now: Millis) -> PortResult<u64> {
        let collection = self.connection.collection(&self.connection.names.contacts);
        let count = collection.count_documents(which_contacts(filter, now));
        Ok(self.connection.answer(count).await?)
    }

    async fn contacts(
        &self,
        filter: &ContactFilter,
        now: Millis,
        page: Page,
    ) -> PortResult<Vec<Contact>> {
        let which = which_contacts(filter, now);
        let options = paged(doc! { "lastMessageAt": -1, "senderId": 1 }, page);
        let name = &self.connection.names.contacts;
        Ok(self
            .connection
            .list(name, which, options, contact::read)
            .await?)
    }
}

const AWAITED: [Awaiting; 3] = [
    Awaiting::AwaitingOpeningResponse,
    Awaiting::AwaitingFollowConfirmation,
    Awaiting::AwaitingEmail,
];

impl MongoStore {
    /// The filter for states, whatever is awaited; `None` where there can be none.
    async fn which_states(&self, filter: &StateFilter, now: Millis) -> Result<Option<Document>> {
        if filter.accounts.is_empty() {
            return Ok(None);
        }
        let mut which = doc! {
            "accountId": one_of(&filter.accounts),
            // So that one without an expiry is there.
            "expiresAt": { "$not": { "$lte": date(now) } },
        };
        if let Some(automation) = &filter.automation {
            let forms = crate::values::forms(automation.as_str());
            which.insert("automationId", doc! { "$in": forms });
        }
        if let Some(words) = words(filter.text.as_deref()) {
            let people = self.people_with(&filter.accounts, words).await?;
            which.insert(
                "$or",
                vec![
                    doc! { "senderId": { "$in": people } },
                    doc! { "senderId": holding(words) },
                ],
            );
        }
        Ok(Some(which))
    }

    /// The ids of the contacts who have the words in a name or an address.
    async fn people_with(&self, accounts: &[AccountId], words: &str) -> Result<Vec<String>> {
        let named = doc! { "instagramUserId": one_of(accounts), "$or": names_with(words) };
        let mut options = FindOptions::default();
        options.projection = Some(doc! { "_id": 0, "senderId": 1 });
        options.limit = Some(MOST_PEOPLE);
        let name = &self.connection.names.contacts;
        self.connection
            .list(name, named, options, |document| {
                let sender = document.get("senderId").ok().flatten().and_then(id);
                Ok(sender.unwrap_or_default().into_owned())
            })
            .await
    }
}

fn which_contacts(filter: &ContactFilter, now: Millis) -> Document {
    let mut which = doc! { "instagramUserId": one_of(&filter.accounts) };
    if let Some(words) = words(filter.text.as_deref()) {
        let mut anywhere = names_with(words);
        anywhere.push(doc! { "senderId": holding(words) });
        which.insert("$or", anywhere);
    }
    match filter.kind {
        None => {}
        Some(ContactKind::WithEmail) => {
            which.insert("email", doc! { "$gt": "" });
        }
        Some(ContactKind::Following) => {
            which.insert("follows", true);
        }
        Some(ContactKind::Unsubscribed) => {
            which.insert("unsubscribed", true);
        }
        Some(ContactKind::Silenced) => {
            which.insert("silencedUntil", doc! { "$gt": date(now) });
        }
    }
    which
}

fn one_of(accounts: &[AccountId]) -> Document {
    let ids: Vec<&str> = accounts.iter().map(AccountId::as_str).collect();
    doc! { "$in": ids }
}

fn words(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn names_with(words: &str) -> Vec<Document> {
    ["username", "name", "email"]
        .into_iter()
        .map(|field| doc! { field: holding(words) })
        .collect()
}

/// A pattern for texts with the words in them, in which no sign means anything else.
fn holding(words: &str) -> Bson {
    let mut pattern = String::with_capacity(words.len());
    for sign in words.chars() {
        if sign.is_ascii() && !sign.is_ascii_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    Bson::Document(doc! { "$regex": pattern, "$options": "i" })
}

fn paged(order: Document, page: Page) -> FindOptions {
    let mut options = in_order(Some(order), Some(page.most as usize));
    options.skip = Some(page.skip);
    options
}
