//! Ids as types, so that an account's id never stands where a contact's belongs.
//!
//! Instagram's ids are numeric strings of 15 to 20 digits. They do not fit into a
//! double and must never become a number, so every id here is text. Short ones are
//! held inline without an allocation.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An id was empty where one is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id must not be empty")]
pub struct EmptyId;

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[serde(transparent)]
        pub struct $name(#[cfg_attr(feature = "specta", specta(type = String))] CompactString);

        impl $name {
            /// Takes the id as it stands; what is empty is refused.
            ///
            /// # Errors
            /// [`EmptyId`] for an empty or blank text.
            pub fn parse(text: &str) -> Result<Self, EmptyId> {
                if text.trim().is_empty() { Err(EmptyId) } else { Ok(Self(text.into())) }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self { Self(text.into()) }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self { Self(text.into()) }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str { &self.0 }
        }
    )*};
}

text_id! {
    /// A workspace: the business whose automations these are.
    WorkspaceId;
    /// An Instagram professional account, by the id that webhooks carry in `entry[].id`.
    AccountId;
    /// A person who wrote to an account: the instagram-scoped id.
    ContactId;
    /// An automation.
    AutomationId;
    /// What an event is about: a message id or a comment id, as Meta sent it.
    EventId;
    /// A message (`mid`).
    MessageId;
    /// A comment.
    CommentId;
    /// A post, reel, live video or story.
    MediaId;
    /// A job of a queue, as the queue calls it.
    JobId;
}

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[serde(transparent)]
        pub struct $name(
            #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))] pub i64,
        );

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) }
        }
    )*};
}

row_id! {
    /// A delivery's place in the journal, counted up by the queue that holds it.
    DeliveryId;
    /// A send's place in the outbox, counted up by the store that holds it.
    OutboxId;
    /// A request that was refused: the later, the greater.
    RefusedId;
}
