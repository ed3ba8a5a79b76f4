//! The accounts that the simulated Instagram knows, and their tokens.

use super::{
    errors::{GraphError, Ruling},
    pacing::Pace,
    settings::SimulatedSettings,
};
use heliograph_model::{AccountId, Millis};
use std::collections::HashMap;

/// An account's access token at the simulated Instagram, unless another one was set. It
/// opens nothing anywhere else.
#[must_use]
pub fn simulated_token(account: &AccountId) -> String {
    format!("{TOKEN_PREFIX}{account}")
}

const TOKEN_PREFIX: &str = "IGSIMULATED.";

/// An account to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The professional account id, as webhooks carry it.
    pub id: AccountId,
    /// The handle without `@`.
    pub username: String,
    /// The app-scoped id that `/me` answers beside the professional one.
    pub app_scoped_id: Option<String>,
    /// The Facebook Page that the account is linked to.
    pub page_id: Option<String>,
}

impl NewAccount {
    /// An account with an id and a handle.
    #[must_use]
    pub fn new(id: impl Into<AccountId>, username: &str) -> Self {
        Self {
            id: id.into(),
            username: username.into(),
            app_scoped_id: None,
            page_id: None,
        }
    }
}

/// An account as it stands.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) id: AccountId,
    pub(super) username: String,
    pub(super) app_scoped_id: String,
    pub(super) page_id: Option<String>,
    /// Fields that the account's webhooks are subscribed to.
    pub(super) subscribed: Vec<String>,
    pub(super) pace: Pace,
    token: String,
    expired: bool,
}

impl Account {
    /// Whether a path's first segment means this account.
    pub(super) fn is_node(&self, node: &str) -> bool {
        node == "me"
            || node == self.id.as_str()
            || node == self.app_scoped_id
            || self.page_id.as_deref() == Some(node)
    }
}

/// All accounts, by id and by token.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    by_id: HashMap<AccountId, Account>,
    by_token: HashMap<String, AccountId>,
}

impl Accounts {
    /// Adds an account; one that is there already keeps its token, pace and
    /// subscriptions.
    pub(super) fn add(&mut self, new: NewAccount, settings: &SimulatedSettings, now: Millis) {
        if let Some(account) = self.by_id.get_mut(&new.id) {
            account.username = new.username;
            account.page_id = new.page_id.or(account.page_id.take());
            if let Some(id) = new.app_scoped_id {
                account.app_scoped_id = id;
            }
            return;
        }
        let token = simulated_token(&new.id);
        self.by_token.insert(token.clone(), new.id.clone());
        self.by_id.insert(
            new.id.clone(),
            Account {
                app_scoped_id: new
                    .app_scoped_id
                    .unwrap_or_else(|| format!("app-{}", new.id)),
                id: new.id,
                username: new.username,
                page_id: new.page_id,
                subscribed: Vec::new(),
                pace: Pace::new(settings, now),
                token,
                expired: false,
            },
        );
    }

    /// The account that a token is for. Where `lenient`, the token of an account that is
    /// not there yet makes it exist.
    pub(super) fn authenticate(
        &mut self,
        token: Option<&str>,
        settings: &SimulatedSettings,
        now: Millis,
    ) -> Ruling<&mut Account> {
        let token = token.ok_or_else(GraphError::no_token)?;
        if !settings.strict
            && !self.by_token.contains_key(token)
            && let Some(id) = token.strip_prefix(TOKEN_PREFIX)
            && !id.trim().is_empty()
            && !self.by_id.contains_key(&AccountId::from(id))
        {
            self.add(NewAccount::new(id, &format!("account.{id}")), settings, now);
        }
        let account = self
            .by_token
            .get(token)
            .and_then(|id| self.by_id.get_mut(id))
            .ok_or_else(GraphError::invalid_token)?;
        if account.expired {
            return Err(GraphError::expired_token());
        }
        Ok(account)
    }

    pub(super) fn get_mut(&mut self, id: &AccountId) -> Option<&mut Account> {
        self.by_id.get_mut(id)
    }

    pub(super) fn get(&self, id: &AccountId) -> Option<&Account> {
        self.by_id.get(id)
    }

    /// The account's token, expired or not.
    pub(super) fn token(&self, id: &AccountId) -> Option<&str> {
        self.by_id.get(id).map(|account| account.token.as_str())
    }

    /// Gives the account another token, which is good; the one before is unknown from
    /// now on.
    pub(super) fn set_token(&mut self, id: &AccountId, token: &str) -> bool {
        let Some(account) = self.by_id.get_mut(id) else {
            return false;
        };
        self.by_token.remove(&account.token);
        account.token = token.to_owned();
        account.expired = false;
        self.by_token.insert(token.to_owned(), id.clone());
        true
    }

    pub(super) fn set_expired(&mut self, id: &AccountId, expired: bool) -> bool {
        let found = self.by_id.get_mut(id);
        found.is_some_and(|account| {
            account.expired = expired;
            true
        })
    }

    pub(super) fn ids(&self) -> Vec<AccountId> {
        let mut ids: Vec<_> = self.by_id.keys().cloned().collect();
        ids.sort();
        ids
    }
}
