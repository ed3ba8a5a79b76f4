//! Requests that the listener refused, and why.

mod keeping;
mod ring;

pub(super) use keeping::keep;
pub(super) use ring::{FoundRefused, Ring};

use super::facets::Facets;
use super::note::{lines, shortened};
use super::row::{Refused, RowResult, RowSource, TrafficRow, excerpt};
use super::signature::{KnownSecret, SignatureResult, explain};
use bytes::Bytes;
use heliograph_engine::ports::searchable_body;
use heliograph_listener::{Received, Refusal, RefusalReason, signature};
use heliograph_model::{DeliveryId, Millis};
use serde::{Deserialize, Serialize};

/// A body that is longer than this is not kept of a refused request.
const LONGEST: usize = 64 * 1024;
/// How much of a body the list looks through for the words of a filter. A search looks
/// through all of it.
const SEARCHED: usize = 2 * 1024;

/// A request that was refused, as it came.
#[derive(Debug, Clone)]
pub(super) struct RefusedRequest {
    /// When, by the machine's clock.
    pub at: Millis,
    pub about: About,
    /// The body, where it was read and is not too long to be kept.
    pub body: Option<Bytes>,
}

/// What is known of it beside its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct About {
    /// Why, in a word,
    pub refusal: Refused,
    /// and in a few.
    pub text: String,
    /// What to do about it, in one sentence or two.
    pub advice: String,
    /// Whether and why the signature was the reason.
    pub signature: Option<SignatureResult>,
    /// Who sent it: the tunnel or proxy, where there is one.
    pub peer: String,
    /// Lines of `name: value`.
    pub headers: Box<str>,
    /// The length of the body as far as it was read.
    pub body_bytes: usize,
}

impl RefusedRequest {
    /// Its line of the list, without a number.
    pub(super) fn row(&self) -> TrafficRow {
        // The engine's clock says nothing about a request that never got there.
        let mut row = TrafficRow::arrived(DeliveryId(0), self.at, RowSource::Listener, 0);
        row.delivery_id = None;
        row.result = RowResult::Refused;
        row.refusal = Some(self.about.refusal);
        row.text = excerpt(&self.about.text);
        row
    }

    /// Its line of the list with what the list can be filtered by.
    pub(super) fn listed(&self) -> Listed {
        Listed {
            row: self.row(),
            words: self.haystack(SEARCHED).into(),
            body: self.body_text(SEARCHED).into(),
            facets: self.facets(),
        }
    }

    /// What is known beyond its line.
    fn facets(&self) -> Facets {
        Facets {
            signature: self.about.signature.as_ref().map(|result| result.state),
            ..Facets::default()
        }
    }

    /// The beginning of its body, as it is searched.
    fn body_text(&self, most: usize) -> String {
        let body = self.body.as_deref().unwrap_or_default();
        searchable_body(&String::from_utf8_lossy(&body[..body.len().min(most)]))
    }

    /// Everything that can be searched for, in lower case.
    fn haystack(&self, most: usize) -> String {
        let About {
            text,
            advice,
            peer,
            headers,
            ..
        } = &self.about;
        let known = format!("{text}\n{advice}\n{peer}\n{headers}\n").to_lowercase();
        known + &self.body_text(most)
    }

    /// How much of it is kept, in bytes.
    fn bytes(&self) -> usize {
        let About {
            text,
            advice,
            headers,
            ..
        } = &self.about;
        self.body.as_ref().map_or(0, Bytes::len) + headers.len() + text.len() + advice.len()
    }
}

/// A line of the list with what the list can be filtered by.
#[derive(Debug)]
pub(super) struct Listed {
    pub row: TrafficRow,
    /// In lower case.
    pub words: Box<str>,
    /// The beginning of the body, as it is searched.
    pub body: Box<str>,
    pub facets: Facets,
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
            headers: shortened(lines(request.headers())),
            claimed,
            body: request.body.cloned(),
        }
    }

    /// Finds out why, which may hash the body some times.
    pub(super) fn explained(self, known: &[KnownSecret], at: Millis) -> RefusedRequest {
        let signature = self.refusal.signature.map(|fault| {
            let claimed = self.claimed.as_deref().unwrap_or_default();
            explain(fault, claimed, self.body.as_deref(), known)
        });
        let (text, advice) = match &signature {
            Some(result) => (result.summary.clone(), result.advice.clone()),
            None => {
                let reason = self.refusal.reason;
                (summary(reason).to_owned(), advice(reason).to_owned())
            }
        };
        RefusedRequest {
            at,
            about: About {
                refusal: self.refusal.reason.into(),
                text,
                advice,
                signature,
                peer: self.refusal.peer.to_string(),
                headers: self.headers,
                body_bytes: self.refusal.body_bytes,
            },
            body: self.body.filter(|body| body.len() <= LONGEST),
        }
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
            "A verification has hub.mode, hub.verify_token and hub.challenge. Look whether \
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
            "The connection broke on the way. Look at the tunnel or proxy in front of the listener."
        }
        RefusalReason::NotJson => "The signature holds, so whoever signed it sent no JSON.",
        RefusalReason::TooDeep => "Meta's webhooks are nested a few levels; see who is posting.",
        RefusalReason::Busy | RefusalReason::QueueUnavailable => {
            "Meta posts it again by itself. Look at the queue and the disk."
        }
        RefusalReason::SignatureMissing
        | RefusalReason::SignatureMalformed
        | RefusalReason::SignatureWrong => "Sign the body with the app secret.",
    }
}
