//! Requests that the listener refused, and why.

use super::note::lines;
use super::row::{RowResult, RowSource, TrafficRow, excerpt};
use super::signature::{KnownSecret, SignatureResult, explain};
use bytes::Bytes;
use heliograph_listener::{Received, Refusal, RefusalReason, signature};
use heliograph_model::{DeliveryId, Millis};

/// A body that is longer than this is not kept of a refused request.
const LONGEST: usize = 64 * 1024;

/// A request that was refused, as it came.
#[derive(Debug, Clone)]
pub(super) struct RefusedRequest {
    pub peer: String,
    pub headers: Box<str>,
    /// The body, where it was read and is not too long to be kept.
    pub body: Option<Bytes>,
    pub body_bytes: usize,
    /// Whether and why the signature was the reason.
    pub signature: Option<SignatureResult>,
    /// What to do about it, in one sentence or two.
    pub advice: String,
}

/// A refusal on its way to be explained.
#[derive(Debug)]
pub(super) struct Observed {
    refusal: Refusal,
    headers: Box<str>,
    claimed: Option<String>,
    body: Option<Bytes>,
}

impl Observed {
    pub(super) fn new(refusal: &Refusal, request: &Received<'_>) -> Self {
        let claimed = request
            .headers()
            .find(|(name, _)| *name == signature::HEADER)
            .map(|(_, value)| value.into_owned());
        Self {
            refusal: refusal.clone(),
            headers: lines(request.headers()),
            claimed,
            body: request.body.cloned(),
        }
    }

    /// Finds out why, which may hash the body some times.
    pub(super) fn explained(
        self,
        known: &[KnownSecret],
        at: Millis,
    ) -> (TrafficRow, RefusedRequest) {
        let signature = self.refusal.signature.map(|fault| {
            let claimed = self.claimed.as_deref().unwrap_or_default();
            explain(fault, claimed, self.body.as_deref(), known)
        });
        let advice = match &signature {
            Some(result) => result.advice.clone(),
            None => advice(self.refusal.reason).to_owned(),
        };
        let text = match &signature {
            Some(result) => result.summary.clone(),
            None => summary(self.refusal.reason).to_owned(),
        };
        // The engine's clock says nothing about a request that never got there.
        let mut row = TrafficRow::arrived(DeliveryId(0), at, RowSource::Listener, 0);
        row.delivery_id = None;
        row.result = RowResult::Refused;
        row.refusal = Some(self.refusal.reason.into());
        row.text = excerpt(&text);
        let request = RefusedRequest {
            peer: self.refusal.peer.to_string(),
            headers: self.headers,
            body: self.body.filter(|body| body.len() <= LONGEST),
            body_bytes: self.refusal.body_bytes,
            signature,
            advice,
        };
        (row, request)
    }
}

/// Why, in a few words.
fn summary(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::ChallengeIncomplete => "Verification without all its parameters",
        RefusalReason::ChallengeRefused => "Verification with another token",
        RefusalReason::NotFound => "A path that the listener does not have",
        RefusalReason::MethodNotAllowed => "A method that the path does not take",
        RefusalReason::UnsupportedMediaType => "Not JSON by its content type",
        RefusalReason::TooLarge => "Body too large",
        RefusalReason::TooSlow => "Body came too slowly",
        RefusalReason::BrokenBody => "Body broke off",
        RefusalReason::SignatureMissing => "No signature",
        RefusalReason::SignatureMalformed => "Signature of another form",
        RefusalReason::SignatureWrong => "Wrong signature",
        RefusalReason::NotJson => "Signed, and not JSON",
        RefusalReason::TooDeep => "Signed, and nested too deep",
        RefusalReason::Busy => "Too many requests at once",
        RefusalReason::QueueUnavailable => "The queue did not take it",
    }
}

/// What to do about it.
fn advice(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::ChallengeIncomplete => {
            "A verification has hub.mode, hub.verify_token and hub.challenge. TrafficLook whether \
             something on the way drops the query."
        }
        RefusalReason::ChallengeRefused => {
            "Copy the verify token from the listener's panel into Meta's dashboard, and save \
             again there."
        }
        RefusalReason::NotFound => {
            "The webhook route is /api/webhooks/instagram; there are only /healthz and /readyz \
             beside it. Correct the callback URL."
        }
        RefusalReason::MethodNotAllowed => "Deliveries are posted; verifications are got.",
        RefusalReason::UnsupportedMediaType => {
            "Post with Content-Type: application/json, in UTF-8 and not compressed."
        }
        RefusalReason::TooLarge => "Meta sends far less than the limit; see who is posting.",
        RefusalReason::TooSlow | RefusalReason::BrokenBody => {
            "The connection broke on the way. TrafficLook at the tunnel or proxy in front of the listener."
        }
        RefusalReason::NotJson => "The signature holds, so whoever signed it sent no JSON.",
        RefusalReason::TooDeep => "Meta's webhooks are nested a few levels; see who is posting.",
        RefusalReason::Busy | RefusalReason::QueueUnavailable => {
            "Meta posts it again by itself. TrafficLook at the queue and the disk."
        }
        RefusalReason::SignatureMissing
        | RefusalReason::SignatureMalformed
        | RefusalReason::SignatureWrong => "Sign the body with the app secret.",
    }
}
