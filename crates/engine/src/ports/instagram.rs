//! Sending, and reading profiles.

use super::PortResult;
use async_trait::async_trait;
use heliograph_model::{AccountId, ContactId, Effect, Receipt, SendError};

/// Instagram as the engine sees it: the Graph API, or the simulated one that keeps its
/// rules. The adapter paces per account; a call may therefore take a while.
#[async_trait]
pub trait Instagram: Send + Sync + std::fmt::Debug {
    /// Sends one effect. Exactly one attempt: retrying is the caller's.
    async fn send(&self, request: &SendRequest<'_>) -> Result<Receipt, SendError>;

    /// Reads a person's profile.
    async fn profile(&self, account: &AccountId, contact: &ContactId)
    -> Result<Profile, SendError>;

    /// Forgets what is remembered of an account's token and pacing, after it was
    /// reconnected.
    async fn reset(&self, account: &AccountId) -> PortResult<()>;
}

/// One effect to send.
#[derive(Debug, Clone, Copy)]
pub struct SendRequest<'a> {
    /// The account that sends.
    pub account_id: &'a AccountId,
    /// The person whom it answers, where that is known.
    pub contact_id: Option<&'a ContactId>,
    /// What.
    pub effect: &'a Effect,
}

/// What a profile says (Meta: "User profile").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The display name; Meta may withhold it.
    pub name: Option<String>,
    /// The handle.
    pub username: Option<String>,
    /// Whether the person follows the account (`is_user_follow_business`).
    pub follows: Option<bool>,
}
