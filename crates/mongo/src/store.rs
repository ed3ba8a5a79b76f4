//! The documents port on MongoDB.

use crate::config::MongoConfig;
use crate::connection::{Connection, Raw, in_order, pair};
use crate::documents::{account, automation, contact, user_state, workspace};
use crate::error::{MongoError, Result, Trouble};
use crate::gather::Gather;
use crate::lookups::{Contacts, Marks, UserStates, unreadable};
use crate::rewrite;
use crate::tokens::Tokens;
use crate::values::{Read, forms, id_bson};
use async_trait::async_trait;
use heliograph_engine::ports::{Documents, PortError, PortResult};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId, Millis,
    Target, UserState, Workspace, WorkspaceId,
};
use mongodb::bson::{Bson, Document, RawDocument, doc};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How often a rewrite begins anew because somebody else wrote in between.
const TRIES: usize = 8;

/// The documents in a MongoDB database.
pub struct MongoStore {
    pub(crate) connection: Arc<Connection>,
    contacts: Arc<Gather<Contacts>>,
    user_states: Arc<Gather<UserStates>>,
    pub(crate) marks: Arc<Gather<Marks>>,
    tokens: Tokens,
}

impl MongoStore {
    /// Reads the connection string. Nothing is connected to before it is needed, so a
    /// server that is down is found by [`Self::probe`], or by the first call.
    ///
    /// # Errors
    /// [`Trouble::ConnectionString`] where it cannot be read, and [`Trouble::Dns`] where
    /// its SRV record cannot be found.
    pub async fn connect(config: MongoConfig) -> Result<Self> {
        let connection = Arc::new(Connection::new(config).await?);
        Ok(Self {
            contacts: Gather::new(Contacts(Arc::clone(&connection))),
            user_states: Gather::new(UserStates(Arc::clone(&connection))),
            marks: Gather::new(Marks(Arc::clone(&connection))),
            tokens: Tokens::default(),
            connection,
        })
    }

    /// The access token that the account's document held when it was last read. It is
    /// known under the account's aliases too.
    #[must_use]
    pub fn token(&self, account: &AccountId) -> Option<SecretString> {
        self.tokens.get(account)
    }

    /// Reads the account's document again, and returns the token that it holds now.
    ///
    /// # Errors
    /// When MongoDB fails, or the document cannot be read.
    pub async fn refresh_token(&self, account: &AccountId) -> PortResult<Option<SecretString>> {
        if self.find_account(account).await?.is_none() {
            self.tokens.forget(account);
        }
        Ok(self.token(account))
    }

    async fn find_account(&self, id: &AccountId) -> Result<Option<Account>> {
        let name = &self.connection.names.accounts;
        let ids = forms(id.as_str());
        // Its own id first: an alias of one may be the id of another.
        for field in ["instagramUserId", "aliases"] {
            let filter = doc! { field: { "$in": &ids } };
            if let Some(document) = self.connection.one(name, filter).await? {
                return Ok(Some(self.read_account(&document)?));
            }
        }
        Ok(None)
    }

    fn read_account(&self, document: &RawDocument) -> Result<Account> {
        let name = &self.connection.names.accounts;
        let (account, token) =
            account::read(document).map_err(|error| unreadable(name, document, &error))?;
        self.tokens.learn(&account, token.as_ref());
        Ok(account)
    }

    /// The automations that match, in the order in which they are tried.
    async fn automations_that(&self, filter: Document) -> Result<Vec<Automation>> {
        let name = &self.connection.names.automations;
        let options = in_order(None, None);
        let mut all = self
            .connection
            .list(name, filter, options, automation::read)
            .await?;
        // Here and not on the server, where a missing priority is before 0.
        all.sort_by(|a, b| a.cmp_tried(b));
        Ok(all)
    }

    async fn stored_automation(&self, id: &AutomationId) -> Result<Option<(Automation, Raw)>> {
        let name = &self.connection.names.automations;
        let filter = doc! { "_id": { "$in": forms(id.as_str()) } };
        let Some(document) = self.connection.one(name, filter).await? else {
            return Ok(None);
        };
        let read = required(name, &document, automation::read)?;
        Ok(Some((read, document)))
    }

    /// Writes the document that `filter` finds: what is there is changed, and what is not
    /// is created with this `key`.
    async fn put<T>(
        &self,
        name: &str,
        filter: Document,
        key: Document,
        new: &Document,
        (read, write): (
            impl Fn(&RawDocument) -> Read<T> + Sync,
            impl Fn(&T) -> mongodb::bson::error::Result<Document> + Sync,
        ),
    ) -> Result<()> {
        let collection = self.connection.collection(name);
        let mut refused = busy(name);
        for _ in 0..TRIES {
            let Some(raw) = self.connection.one(name, filter.clone()).await? else {
                let create = doc! { "$setOnInsert": new };
                let update = collection.update_one(key.clone(), create);
                match self.connection.answer(update.upsert(true)).await {
                    Ok(result) if result.upserted_id.is_some() => return Ok(()),
                    // Somebody created it in between.
                    Ok(_) => {}
                    Err(error) if error.trouble() == Trouble::Document => refused = error,
                    Err(error) => return Err(error),
                }
                continue;
            };
            let old = write(&required(name, &raw, &read)?).map_err(unwritable)?;
            let stored = Document::try_from(raw).map_err(unwritable)?;
            let Some(update) = rewrite::update(&stored, &old, new) else {
                return Ok(());
            };
            let update = collection.update_one(rewrite::unchanged(&stored), update);
            if self.connection.answer(update).await?.matched_count > 0 {
                return Ok(());
            }
        }
        Err(refused)
    }
}

#[async_trait]
impl Documents for MongoStore {
    async fn workspaces(&self) -> PortResult<Vec<Workspace>> {
        let names = &self.connection.names;
        let options = in_order(None, None);
        let own = self
            .connection
            .list(&names.workspaces, doc! {}, options, workspace::read)
            .await?;
        // Those that only accounts or automations name exist too.
        let mut all = BTreeMap::new();
        for collection in [&names.accounts, &names.automations] {
            let collection = self.connection.collection(collection);
            let distinct = collection.distinct("workspaceId", doc! {});
            for id in self.connection.answer(distinct).await? {
                if let Some(id) = workspace::named(&id) {
                    let name = id.to_string();
                    all.insert(id.clone(), Workspace { id, name });
                }
            }
        }
        all.extend(own.into_iter().map(|one| (one.id.clone(), one)));
        let mut all: Vec<_> = all.into_values().collect();
        all.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        Ok(all)
    }

    async fn put_workspace(&self, workspace: &Workspace) -> PortResult<()> {
        let name = &self.connection.names.workspaces;
        let filter = doc! { "_id": { "$in": forms(workspace.id.as_str()) } };
        let id = match self.connection.one(name, filter).await? {
            Some(stored) => stored.get("_id").ok().flatten().map(Bson::try_from),
            None => None,
        };
        let id = match id {
            Some(id) => id.map_err(unwritable)?,
            None => id_bson(workspace.id.as_str()),
        };
        let collection = self.connection.collection(name);
        let change = doc! { "$set": { "name": &workspace.name } };
        let update = collection.update_one(doc! { "_id": id }, change);
        self.connection.answer(update.upsert(true)).await?;
        Ok(())
    }

    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>> {
        Ok(self.find_account(id).await?)
    }

    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>> {
        let filter = doc! { "workspaceId": { "$in": forms(workspace.as_str()) } };
        let options = in_order(None, None);
        let name = &self.connection.names.accounts;
        let read = self
            .connection
            .list(name, filter, options, account::read)
            .await?;
        let mut accounts = Vec::with_capacity(read.len());
        for (account, token) in read {
            self.tokens.learn(&account, token.as_ref());
            accounts.push(account);
        }
        accounts.sort_by(|a, b| (&a.username, &a.id).cmp(&(&b.username, &b.id)));
        Ok(accounts)
    }

    async fn put_account(&self, account: &Account) -> PortResult<()> {
        let new = account::document(account).map_err(unwritable)?;
        let filter = doc! { "instagramUserId": { "$in": forms(account.id.as_str()) } };
        let name = &self.connection.names.accounts;
        let key = doc! { "instagramUserId": account.id.as_str() };
        let write = |old: &(Account, _)| account::document(&old.0);
        let shape = (account::read, write);
        self.put(name, filter, key, &new, shape).await?;
        Ok(())
    }

    async fn automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        let found = self.stored_automation(id).await?;
        Ok(found.map(|(automation, _)| automation))
    }

    async fn automations(&self, workspace: &WorkspaceId) -> PortResult<Vec<Automation>> {
        let filter = doc! { "workspaceId": { "$in": forms(workspace.as_str()) } };
        Ok(self.automations_that(filter).await?)
    }

    async fn active_automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) -> PortResult<Vec<Automation>> {
        let filter = doc! {
            "workspaceId": { "$in": forms(workspace.as_str()) },
            "type": kind.as_str(),
            "isActive": true,
            automation::media_field(kind): { "$in": automation::media_forms(target) },
        };
        Ok(self.automations_that(filter).await?)
    }

    async fn put_automation(&self, new: &Automation, replaces: Option<u32>) -> PortResult<()> {
        let name = &self.connection.names.automations;
        let collection = self.connection.collection(name);
        let document = automation::document(new).map_err(unwritable)?;
        let mut refused = busy(name);
        for _ in 0..TRIES {
            let stored = self.stored_automation(&new.id).await?;
            let (old, raw) = match (stored, replaces) {
                (None, None) => {
                    let mut create = doc! { "_id": id_bson(new.id.as_str()) };
                    create.extend(document.clone());
                    let create = Raw::try_from(&create).map_err(unwritable)?;
                    let insert = collection.insert_one(create);
                    match self.connection.answer(insert).await {
                        Ok(_) => return Ok(()),
                        // Somebody created it in between; what is there now is seen next.
                        Err(error) if error.trouble() == Trouble::Document => {
                            refused = error;
                            continue;
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                (Some((old, raw)), Some(version)) if old.version == version => (old, raw),
                (Some(_), _) | (None, Some(_)) => return Err(conflict(new)),
            };
            let old = automation::document(&old).map_err(unwritable)?;
            let stored = Document::try_from(raw).map_err(unwritable)?;
            let Some(update) = rewrite::update(&stored, &old, &document) else {
                return Ok(());
            };
            let update = collection.update_one(rewrite::unchanged(&stored), update);
            if self.connection.answer(update).await?.matched_count > 0 {
                return Ok(());
            }
        }
        Err(refused.into())
    }

    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        let name = &self.connection.names.automations;
        let filter = doc! { "_id": { "$in": forms(id.as_str()) } };
        let collection = self.connection.collection(name);
        let delete = collection.find_one_and_delete(filter);
        let Some(document) = self.connection.answer(delete).await? else {
            return Ok(None);
        };
        Ok(Some(required(name, &document, automation::read)?))
    }

    async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        now: Millis,
    ) -> PortResult<Option<UserState>> {
        let key = (account.clone(), contact.clone());
        let state = self.user_states.one(key).await?;
        Ok(state.filter(|state| state.expires_at > now))
    }

    async fn user_states(
        &self,
        account: &AccountId,
        now: Millis,
        most: usize,
    ) -> PortResult<Vec<UserState>> {
        let filter = doc! {
            "accountId": account.as_str(),
            // So that one without an expiry is there, until it is read.
            "expiresAt": { "$not": { "$lte": crate::values::date(now) } },
        };
        let options = in_order(Some(doc! { "updatedAt": -1, "senderId": 1 }), Some(most));
        let name = &self.connection.names.user_states;
        let mut states = self
            .connection
            .list(name, filter, options, user_state::read)
            .await?;
        states.retain(|state| state.expires_at > now);
        Ok(states)
    }

    async fn contact(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<Option<Contact>> {
        let key = (account.clone(), contact.clone());
        Ok(self.contacts.one(key).await?.transpose()?)
    }

    async fn contacts(&self, account: &AccountId, most: usize) -> PortResult<Vec<Contact>> {
        let filter = doc! { "instagramUserId": account.as_str() };
        let options = in_order(
            Some(doc! { "lastMessageAt": -1, "senderId": 1 }),
            Some(most),
        );
        let name = &self.connection.names.contacts;
        Ok(self
            .connection
            .list(name, filter, options, contact::read)
            .await?)
    }

    async fn put_contact(&self, contact: &Contact) -> PortResult<()> {
        let filter = pair(
            "instagramUserId",
            contact.account_id.as_str(),
            "senderId",
            contact.sender_id.as_str(),
        );
        let name = &self.connection.names.contacts;
        let new = contact::document(contact);
        let shape = (contact::read, |old: &Contact| Ok(contact::document(old)));
        self.put(name, filter.clone(), filter, &new, shape).await?;
        Ok(())
    }
}

impl std::fmt::Debug for MongoStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MongoStore")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

/// A document that is needed.
fn required<T>(
    name: &str,
    document: &RawDocument,
    read: impl Fn(&RawDocument) -> Read<T>,
) -> Result<T> {
    read(document).map_err(|error| unreadable(name, document, &error))
}

fn conflict(automation: &Automation) -> PortError {
    PortError::Conflict(format!("The automation “{}”", automation.name))
}

/// Others write the same document all the time.
fn busy(name: &str) -> MongoError {
    MongoError::new(
        Trouble::Timeout,
        format!("A document of the collection {name} is being changed by others all the time."),
    )
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it is called by `map_err`, which hands it over"
)]
fn unwritable(_: mongodb::bson::error::Error) -> MongoError {
    MongoError::new(
        Trouble::Document,
        "A document cannot be written as BSON, or one that is stored is damaged.",
    )
}
