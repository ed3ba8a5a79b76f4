//! Telling somebody who looks what came in, and why a request was refused.

use crate::signature::SignatureFault;
use bytes::Bytes;
use heliograph_model::{DeliveryId, Millis};
use hyper::header::HeaderMap;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::time::Instant;

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// A verification without `hub.mode`, `hub.verify_token` or `hub.challenge`.
    ChallengeIncomplete,
    /// A verification with another token, or with another mode than `subscribe`.
    ChallengeRefused,
    /// A path that this port does not have.
    NotFound,
    /// A method that the path does not take.
    MethodNotAllowed,
    /// A content type that is not JSON in UTF-8, or a compressed body.
    UnsupportedMediaType,
    /// A body above the limit.
    TooLarge,
    /// A body that took too long.
    TooSlow,
    /// A body that ended early or was not framed as it said.
    BrokenBody,
    /// No `X-Hub-Signature-256`.
    SignatureMissing,
    /// An `X-Hub-Signature-256` of another form.
    SignatureMalformed,
    /// A signature that no app secret made.
    SignatureWrong,
    /// Signed, and not JSON.
    NotJson,
    /// Signed, and nested too deep.
    TooDeep,
    /// Too many bodies were under way.
    Busy,
    /// The queue did not take it.
    QueueUnavailable,
}

/// One refused request. What it held is in [`Received`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// When.
    pub at: Millis,
    /// Who sent it: the tunnel or proxy, where there is one.
    pub peer: SocketAddr,
    /// Why.
    pub reason: RefusalReason,
    /// What exactly is wrong with the signature, where that was the reason. Its
    /// [`SignatureFault::advice`] says what to do.
    pub signature: Option<SignatureFault>,
    /// The length of the body as far as it was read.
    pub body_bytes: usize,
}

/// A verification that was asked for: Meta's challenge, or somebody who tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// When, by the listener's clock.
    pub at: Millis,
    /// How it ended.
    pub outcome: VerificationOutcome,
}

/// How a verification ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerificationOutcome {
    /// The token is right, and the challenge was echoed.
    Answered,
    /// These parameters were missing.
    Incomplete(Vec<&'static str>),
    /// Another token than this listener's.
    WrongToken,
    /// The right token, and another mode than `subscribe`.
    WrongMode,
}

/// A delivery that was accepted: the queue has it durably.
#[derive(Debug, Clone, Copy)]
pub struct Accepted<'a> {
    /// Its place in the journal.
    pub id: DeliveryId,
    /// When it arrived, by the listener's clock.
    pub received_at: Millis,
    /// The name of the app secret that signed it.
    pub secret: &'a str,
    /// When the queue had it.
    pub durable: Instant,
}

/// A request as it came, for as long as somebody is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// Who sent it: the tunnel or proxy, where there is one.
    pub peer: SocketAddr,
    /// When its head had come.
    pub began: Instant,
    /// The body, where it was read to its end.
    pub body: Option<&'a Bytes>,
    pub(crate) headers: &'a HeaderMap,
}

impl Received<'_> {
    /// The headers in the order in which they stand, with names in lower case; bytes that
    /// are not UTF-8 are replaced for display.
    pub fn headers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str(), value)
        })
    }
}

/// Somebody who is told of each request, such as a screen. It is called on the
/// connection's task and must return at once.
pub trait Observer: Send + Sync + fmt::Debug {
    /// A request was refused.
    fn refused(&self, refusal: &Refusal, request: &Received<'_>);

    /// A delivery was accepted. The engine may have handled it already by then.
    fn accepted(&self, _accepted: &Accepted<'_>, _request: &Received<'_>) {}

    /// A verification was answered or refused. One that was refused is told as a refusal,
    /// too.
    fn verification(&self, _verification: &Verification, _request: &Received<'_>) {}
}
