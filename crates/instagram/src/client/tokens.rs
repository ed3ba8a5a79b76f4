//! Where the access tokens come from.

use async_trait::async_trait;
use heliograph_model::AccountId;
use parking_lot::RwLock;
use secrecy::SecretString;
use std::{collections::HashMap, fmt};

/// Access tokens by account. Asked before every request, so that a token that was
/// renewed is used at once; an implementation over a slow store keeps a copy.
#[async_trait]
pub trait Tokens: Send + Sync + fmt::Debug {
    /// The account's token; `None` where it is not connected, or not known yet.
    fn token(&self, account: &AccountId) -> Option<SecretString>;

    /// Reads the account's token where it is kept: there is none at hand, or Instagram
    /// refused it and somebody may have renewed it since. To be overridden by whoever
    /// keeps a copy.
    async fn read_again(&self, account: &AccountId) -> Option<SecretString> {
        self.token(account)
    }
}

/// Tokens in memory.
#[derive(Default)]
pub struct TokenMap {
    tokens: RwLock<HashMap<AccountId, SecretString>>,
}

impl TokenMap {
    /// Without tokens.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an account's token.
    pub fn set(&self, account: AccountId, token: SecretString) {
        self.tokens.write().insert(account, token);
    }

    /// Forgets an account's token.
    pub fn remove(&self, account: &AccountId) {
        self.tokens.write().remove(account);
    }
}

impl Tokens for TokenMap {
    fn token(&self, account: &AccountId) -> Option<SecretString> {
        self.tokens.read().get(account).cloned()
    }
}

impl fmt::Debug for TokenMap {
    /// Says how many there are and none of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenMap({} tokens)", self.tokens.read().len())
    }
}

/// The tokens of the simulated Instagram: every account has one.
#[derive(Debug, Clone, Copy, Default)]
pub struct SimulatedTokens;

impl Tokens for SimulatedTokens {
    fn token(&self, account: &AccountId) -> Option<SecretString> {
        Some(crate::simulated::simulated_token(account).into())
    }
}
