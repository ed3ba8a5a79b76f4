//! Setting something by hand.

use super::Conversations;
use super::error::{ConversationsError, Result};
use heliograph_engine::process::{ByHand, HandChange};
use heliograph_model::{AccountId, AutomationId, Awaiting, ContactId, Millis, UserState};
use heliograph_runtime::Runtime;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What somebody wants to set for a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PersonChange {
    /// The account.
    pub account_id: AccountId,
    /// The contact.
    pub contact_id: ContactId,
    /// What.
    pub change: ChangeKind,
    /// When the state that somebody saw was entered: with another one nothing is done.
    pub seen: Option<Millis>,
}

/// What is to be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "change",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum ChangeKind {
    /// Nothing is awaited any more.
    Release,
    /// Nothing is awaited any more, and what is held of a state goes altogether, from the
    /// cache and from the documents.
    Clear,
    /// A state that was released or cleared stands again, where nothing stands now.
    PutBack {
        /// As it was.
        state: Box<UserState>,
    },
    /// This is awaited, as if the automation had just asked.
    Move {
        /// The automation.
        automation_id: AutomationId,
        /// What is awaited.
        state: Awaiting,
    },
    /// They get messages again.
    Subscribe,
    /// They get no message.
    Unsubscribe,
    /// Automations may answer again although a human stepped in.
    EndTakeover,
}

impl From<PersonChange> for ByHand {
    fn from(asked: PersonChange) -> Self {
        Self {
            account_id: asked.account_id,
            contact_id: asked.contact_id,
            change: match asked.change {
                ChangeKind::Release => HandChange::Release,
                ChangeKind::Clear => HandChange::Clear,
                ChangeKind::PutBack { state } => HandChange::PutBack(state),
                ChangeKind::Move {
                    automation_id,
                    state,
                } => HandChange::Move {
                    automation_id,
                    state,
                },
                ChangeKind::Subscribe => HandChange::Subscribed(true),
                ChangeKind::Unsubscribe => HandChange::Subscribed(false),
                ChangeKind::EndTakeover => HandChange::EndTakeover,
            },
            seen: asked.seen,
        }
    }
}

impl Conversations {
    /// Sets it in a profile, behind the contact's events that are under way.
    ///
    /// # Errors
    /// When that profile is not in front any more, the guard level does not allow it, or
    /// they do not stand any more where they stood; nothing is changed then.
    pub async fn set(&self, runtime: &Arc<Runtime>, asked: PersonChange) -> Result<()> {
        if !self.shared.is_in_front(runtime) {
            return Err(other_in_front());
        }
        runtime.by_hand(asked.into()).await?;
        Ok(())
    }
}

/// What was asked for is not done in another profile.
pub(super) fn other_in_front() -> ConversationsError {
    ConversationsError::Refused(
        "Another profile is in front now, so nothing was changed. Connect the one that was looked at, and do it there."
            .to_owned(),
    )
}
