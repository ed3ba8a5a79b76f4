//! An Instagram professional account of a workspace.

use crate::{AccountId, WorkspaceId};
use serde::{Deserialize, Serialize};

/// An Instagram professional account. Its access token is a secret and is not in here:
/// it lives in the keyring (the design, "Desktop").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The professional account id, as webhooks carry it in `entry[].id`.
    pub id: AccountId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The handle without `@`.
    pub username: String,
    /// An inactive account's events are journaled and nothing else.
    #[serde(default = "yes")]
    pub is_active: bool,
    /// Other ids under which webhooks and the API know the same account (`/me` gives an
    /// app-scoped `id` beside the `user_id` of the webhooks).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<AccountId>,
    /// What differs from account to account in how automations behave.
    #[serde(default)]
    pub settings: AccountSettings,
}

impl Account {
    /// Every id under which webhooks and the API know it, its own first.
    pub fn ids(&self) -> impl Iterator<Item = &AccountId> {
        std::iter::once(&self.id).chain(&self.aliases)
    }
}

/// What an operator may set for one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct AccountSettings {
    /// After a human answered from the app or the inbox, automations leave the contact
    /// alone for so many minutes. Absent: they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence_after_human_minutes: Option<u32>,
    /// A message that is exactly one of these words unsubscribes the contact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsubscribe_keywords: Vec<String>,
    /// A message that is exactly one of these words subscribes the contact again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resubscribe_keywords: Vec<String>,
}

fn yes() -> bool {
    true
}
