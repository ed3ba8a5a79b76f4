//! What the log says of accounts whose sends stop, and go on again: once each time, with
//! the account's id and never with its token.

use super::pacing::Kind;
use heliograph_model::{AccountId, Millis, SendError};
use secrecy::{ExposeSecret, SecretString};

/// What was told of one account and still holds.
#[derive(Default)]
pub(super) struct Told {
    /// The token that is refused.
    refused: Option<SecretString>,
    /// What it may not do, by the error's code and subcode.
    not_allowed: Option<(Kind, Option<i32>, Option<i32>)>,
}

impl Told {
    /// Instagram refuses this token. Another one that is refused too is told again: it was
    /// meant to help.
    pub(super) fn refused(&mut self, account: &AccountId, token: &SecretString, error: &SendError) {
        let is_known = self
            .refused
            .as_ref()
            .is_some_and(|known| known.expose_secret() == token.expose_secret());
        if !is_known {
            self.refused = Some(token.clone());
            let why = without(token, error);
            tracing::warn!(%account, why, "the account's sends stop, because Instagram refuses its access token; they go on by themselves once it has another one");
        }
    }

    /// Instagram does not let the account make such a request.
    pub(super) fn not_allowed(
        &mut self,
        account: &AccountId,
        token: &SecretString,
        kind: Kind,
        error: &SendError,
    ) {
        let lacking = Some((kind, error.code, error.subcode));
        if self.not_allowed != lacking {
            self.not_allowed = lacking;
            let why = without(token, error);
            let what = what(kind);
            tracing::warn!(%account, why, "Instagram does not let the account {what}; what it may do goes on");
        }
    }

    /// A request of this kind went through.
    pub(super) fn done(&mut self, account: &AccountId, kind: Kind) {
        if self.refused.take().is_some() {
            tracing::info!(%account, "the account's sends go on: Instagram accepts its access token");
        }
        if self.not_allowed.is_some_and(|(which, ..)| which == kind) {
            self.not_allowed = None;
            let what = what(kind);
            tracing::info!(%account, "Instagram lets the account {what} again");
        }
    }
}

/// The service is at fault for this account.
pub(super) fn at_fault(account: &AccountId, wait_ms: i64) {
    let seconds = (wait_ms + Millis::SECOND - 1) / Millis::SECOND;
    tracing::warn!(%account, "the account's sends wait, because Instagram is at fault or cannot be reached; one request tries again in {seconds} s, and none is given up for it");
}

/// It is not any more.
pub(super) fn well_again(account: &AccountId) {
    tracing::info!(%account, "the account's sends go on: Instagram answers again");
}

/// There is no token to send with.
pub(super) fn lacks_token(account: &AccountId) {
    tracing::warn!(%account, "the account sends nothing, because it has no access token; connect the account");
}

/// There is one now.
pub(super) fn has_token(account: &AccountId) {
    tracing::info!(%account, "the account has an access token now");
}

/// Somebody wants its refused token tried again.
pub(super) fn tried_again(account: &AccountId) {
    tracing::info!(%account, "the account's access token is tried again, because somebody asked for it");
}

fn what(kind: Kind) -> &'static str {
    match kind {
        Kind::Look => "read profiles",
        Kind::Send => "send",
        Kind::PrivateReply => "answer comments privately",
    }
}

/// What Instagram said. Should it, or something before it, quote the token, that is left
/// out.
fn without(token: &SecretString, error: &SendError) -> String {
    match token.expose_secret() {
        "" => error.message.clone(),
        token => error.message.replace(token, "…"),
    }
}
