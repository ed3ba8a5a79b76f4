//! Where a contact stands.

use crate::{
    AccountId, AutomationId, AutomationType, ContactId, EventId, Millis, StepName, Target,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is awaited of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Awaiting {
    /// The opening message's button.
    AwaitingOpeningResponse,
    /// The "I follow" button.
    AwaitingFollowConfirmation,
    /// An email address.
    AwaitingEmail,
}

impl Awaiting {
    /// The step that asked.
    #[must_use]
    pub fn step(self) -> StepName {
        match self {
            Self::AwaitingOpeningResponse => StepName::Opening,
            Self::AwaitingFollowConfirmation => StepName::Follow,
            Self::AwaitingEmail => StepName::Email,
        }
    }

    /// The name as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingOpeningResponse => "awaiting_opening_response",
            Self::AwaitingFollowConfirmation => "awaiting_follow_confirmation",
            Self::AwaitingEmail => "awaiting_email",
        }
    }
}

impl fmt::Display for Awaiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where one contact stands in one automation on one account. Absent when nothing is
/// awaited; there is at most one for a contact on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct UserState {
    /// The account.
    pub account_id: AccountId,
    /// The contact.
    pub sender_id: ContactId,
    /// The automation that is under way.
    pub automation_id: AutomationId,
    /// Its type, which with `target` tells the cache key that holds the automation.
    pub automation_type: AutomationType,
    /// The post or story that the automation is for.
    #[serde(default, skip_serializing_if = "Target::is_all")]
    pub target: Target,
    /// What is awaited.
    pub state: Awaiting,
    /// How often the step in `state` has asked so far, the first time included.
    #[serde(default = "once")]
    pub asked: u32,
    /// The event that started the flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_by: Option<EventId>,
    /// Timestamp of the event that led to this state; an older event does not move it.
    pub event_at: Millis,
    /// When this state was entered or renewed.
    pub updated_at: Millis,
    /// From then on it counts as absent.
    pub expires_at: Millis,
}

fn once() -> u32 {
    1
}
