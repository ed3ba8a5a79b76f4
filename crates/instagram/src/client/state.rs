//! How an account stands with Instagram, for whoever watches.

use super::breaker::BreakerState;
use heliograph_model::{AccountId, Millis};
use serde::Serialize;

/// How an account stands with Instagram, as the client sees it. An account that has not
/// sent since the start, or since it was reset, has none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountState {
    /// The account.
    pub account_id: AccountId,
    /// How many sends a second it may make now: less than configured while Instagram says
    /// that a limit is nearly used up. `None` where it is not paced.
    pub sends_per_second: Option<f64>,
    /// How much of Instagram's limit is used up, in percent, by the last answer.
    pub used_percent: u32,
    /// Nothing goes before then, because Instagram asked for a pause.
    pub paused_until: Option<Millis>,
    /// No private reply goes before then.
    pub private_replies_paused_until: Option<Millis>,
    /// Why Instagram refused the account's token, where it did: nothing goes until there
    /// is another.
    pub token_refused: Option<String>,
    /// Whether the service is at fault for this account.
    pub breaker: BreakerState,
}

impl AccountState {
    /// Whether a message would go now.
    #[must_use]
    pub fn is_sending(&self) -> bool {
        self.paused_until.is_none()
            && self.token_refused.is_none()
            && self.breaker == BreakerState::Closed
    }
}
