//! A person who wrote to an account.

use crate::{AccountId, ContactId, Millis};
use serde::{Deserialize, Serialize};

/// A contact of one account. The same person has another id on another account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// The account that the person wrote to.
    pub account_id: AccountId,
    /// The person's instagram-scoped id.
    pub sender_id: ContactId,
    /// The handle without `@`, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The display name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address that the person gave in an email step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the person follows the account, as of the last time the profile was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<bool>,
    /// An unsubscribed contact gets no message.
    #[serde(default)]
    pub unsubscribed: bool,
    /// Until when automations leave the contact alone because a human stepped in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silenced_until: Option<Millis>,
    /// When the person last wrote or clicked: the 24-hour window counts from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message_at: Option<Millis>,
    /// When the contact was first seen.
    #[serde(default)]
    pub created_at: Millis,
    /// When this document last changed.
    #[serde(default)]
    pub updated_at: Millis,
}

impl Contact {
    /// A contact of whom nothing is known yet.
    #[must_use]
    pub fn new(account_id: AccountId, sender_id: ContactId, now: Millis) -> Self {
        Self {
            account_id,
            sender_id,
            username: None,
            name: None,
            email: None,
            follows: None,
            unsubscribed: false,
            silenced_until: None,
            last_message_at: None,
            created_at: now,
            updated_at: now,
        }
    }
}

/// What a decision changes on a contact. A field that is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct ContactChange {
    /// The handle, where the event or the profile told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The display name, where the profile told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A captured address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The follow state that the profile told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<bool>,
    /// Subscribed or not, from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribed: Option<bool>,
    /// Automations leave the contact alone until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silenced_until: Option<Millis>,
    /// The person wrote at this time. Never moves backwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message_at: Option<Millis>,
}

impl ContactChange {
    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds a later change. `last_message_at` only ever moves forward.
    pub fn then(&mut self, later: Self) {
        let Self {
            username,
            name,
            email,
            follows,
            unsubscribed,
            silenced_until,
            last_message_at,
        } = later;
        self.username = username.or(self.username.take());
        self.name = name.or(self.name.take());
        self.email = email.or(self.email.take());
        self.follows = follows.or(self.follows);
        self.unsubscribed = unsubscribed.or(self.unsubscribed);
        self.silenced_until = silenced_until.or(self.silenced_until);
        self.last_message_at = self.last_message_at.max(last_message_at);
    }

    /// Writes the change onto `contact`. `last_message_at` only ever moves forward.
    pub fn apply(&self, contact: &mut Contact, now: Millis) {
        fn set<T: Clone>(to: &mut Option<T>, from: Option<&T>) {
            if let Some(value) = from {
                *to = Some(value.clone());
            }
        }
        set(&mut contact.username, self.username.as_ref());
        set(&mut contact.name, self.name.as_ref());
        set(&mut contact.email, self.email.as_ref());
        set(&mut contact.follows, self.follows.as_ref());
        set(&mut contact.silenced_until, self.silenced_until.as_ref());
        if let Some(unsubscribed) = self.unsubscribed {
            contact.unsubscribed = unsubscribed;
        }
        contact.last_message_at = contact.last_message_at.max(self.last_message_at);
        contact.updated_at = now;
    }
}
