//! The access tokens that the documents of accounts hold.

use heliograph_model::{Account, AccountId};
use parking_lot::RwLock;
use secrecy::SecretString;
use std::collections::HashMap;

/// The tokens of the accounts that were read, by every id that an account is known under.
#[derive(Default)]
pub(crate) struct Tokens {
    /// Locked for a look or an insertion only.
    known: RwLock<HashMap<AccountId, SecretString>>,
}

impl Tokens {
    pub(crate) fn get(&self, id: &AccountId) -> Option<SecretString> {
        self.known.read().get(id).cloned()
    }

    /// Takes over what an account's document holds now; one that has no token any more
    /// has none here either.
    pub(crate) fn learn(&self, account: &Account, token: Option<&SecretString>) {
        let mut known = self.known.write();
        for id in account.ids() {
            match token {
                Some(token) => known.insert(id.clone(), token.clone()),
                None => known.remove(id),
            };
        }
    }

    /// Forgets the token of an account that is not there any more.
    pub(crate) fn forget(&self, id: &AccountId) {
        self.known.write().remove(id);
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}
