//! Telling somebody who looks why a request was refused.

use crate::signature::SignatureFault;
use heliograph_model::Millis;
use serde::Serialize;
use std::fmt;
use std::net::SocketAddr;

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

/// One refused request. It holds nothing of the payload.
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

/// Somebody who is told of each refused request, such as a screen. It is called on the
/// connection's task and must return at once.
pub trait Observer: Send + Sync + fmt::Debug {
    /// A request was refused.
    fn refused(&self, refusal: &Refusal);
}
