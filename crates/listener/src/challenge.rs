//! Meta's verification of a subscription.
//!
//! The dashboard sends `GET ?hub.mode=subscribe&hub.challenge=…&hub.verify_token=…` and
//! expects the challenge back as the bare body (Meta: "Webhooks, getting started"). The
//! names have dots; `hub_mode` is what PHP makes of them and is not accepted.

use crate::signature::Verifier;
use percent_encoding::percent_decode;
use std::borrow::Cow;

/// How a verification ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// The token is right: this is to be echoed, byte for byte.
    Echo(Vec<u8>),
    /// These parameters are missing.
    Incomplete(Vec<&'static str>),
    /// The token is wrong.
    WrongToken,
    /// The token is right, and the mode is not `subscribe`.
    WrongMode,
}

/// Answers the query of a verification.
pub(crate) fn verify(query: &str, verifier: &Verifier) -> Challenge {
    let (mut mode, mut token, mut challenge) = (None, None, None);
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let slot = match &*decoded(name) {
            b"hub.mode" => &mut mode,
            b"hub.verify_token" => &mut token,
            b"hub.challenge" => &mut challenge,
            _ => continue,
        };
        // The first of its name counts.
        slot.get_or_insert_with(|| decoded(value));
    }
    let (Some(mode), Some(token), Some(challenge)) = (&mode, &token, &mut challenge) else {
        let all = [
            ("hub.mode", mode.is_none()),
            ("hub.verify_token", token.is_none()),
            ("hub.challenge", challenge.is_none()),
        ];
        let missing = all.into_iter().filter(|(_, is_missing)| *is_missing);
        return Challenge::Incomplete(missing.map(|(name, _)| name).collect());
    };
    // The token is compared first and always, so that the time tells nothing.
    match (verifier.is_verify_token(token), mode == b"subscribe") {
        (true, true) => Challenge::Echo(std::mem::take(challenge)),
        (true, false) => Challenge::WrongMode,
        (false, _) => Challenge::WrongToken,
    }
}

/// A part of a query, with `+` and `%XX` undone, as bytes: what it says need not be UTF-8.
fn decoded(part: &str) -> Vec<u8> {
    let spaced: Cow<'_, str> = if part.contains('+') {
        part.replace('+', " ").into()
    } else {
        part.into()
    };
    percent_decode(spaced.as_bytes()).collect()
}
