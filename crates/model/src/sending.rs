//! The outbox, and how a send can end.

use crate::names::names;
use crate::{AccountId, ContactId, DeliveryId, Effect, MessageId, Millis, OutboxId};
use serde::{Deserialize, Serialize};

/// An effect that is committed and not finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OutboxItem {
    /// Its place in the outbox; sends of one contact leave in this order.
    pub id: OutboxId,
    /// The delivery that led to it.
    pub delivery_id: DeliveryId,
    /// The account that sends.
    pub account_id: AccountId,
    /// The contact it is for, where one is known (a comment may come without).
    pub contact_id: Option<ContactId>,
    /// What is to be sent.
    pub effect: Effect,
    /// Until when Instagram accepts it: end of the 24-hour window or of the comment's
    /// seven days.
    pub send_before: Millis,
    /// Not to be tried before.
    pub due_at: Millis,
    /// How often it has been tried.
    pub attempts: u32,
    /// A send was under way when the process ended, so nobody knows whether it arrived.
    pub uncertain: bool,
}

/// How a send stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Instagram took it.
    Sent,
    /// It is tried again later.
    Retrying,
    /// It was refused for good, or tried often enough: the dead letter.
    Failed,
    /// Nobody knows whether it arrived, and it is one-shot: not repeated.
    Unknown,
    /// It was too late, or the contact unsubscribed meanwhile: not attempted.
    Dropped,
}

names! {
    OutboxState {
        Sent => "sent",
        Retrying => "retrying",
        Failed => "failed",
        Unknown => "unknown",
        Dropped => "dropped",
    }
}

/// Instagram's answer to a send.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The message's id, or the public reply's.
    pub message_id: Option<MessageId>,
    /// To whom it went: on a private reply the commenter's instagram-scoped id.
    pub recipient_id: Option<ContactId>,
    /// The answer itself, where it came over HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Box<SendAnswer>>,
}

impl SendError {
    /// Whether the message may have arrived all the same, so that another try may be the
    /// second one: nobody knows what became of it, or Meta answered with code 1 or 2, which
    /// was seen although messages had arrived.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        self.class == ErrorClass::Unknown || self.is_unexplained()
    }

    /// Whether Meta refused without a reason, now and for a while (code 1 or 2 alone): to be
    /// tried again a few times only, for any of them may have arrived.
    #[must_use]
    pub fn is_unexplained(&self) -> bool {
        matches!((self.code, self.subcode), (Some(1 | 2), None))
    }
}

/// What Instagram answered to a request, as it came over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SendAnswer {
    /// The status of HTTP.
    pub status: u16,
    /// The number under which Meta finds the request: `fbtrace_id` of an error, else the
    /// header `x-fb-trace-id`; absent where it gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The body as text, at most [`SendAnswer::MOST`] bytes of it.
    pub body: String,
}

impl SendAnswer {
    /// The longest body that is kept, in bytes. Meta's answers have a few hundred.
    pub const MOST: usize = 4 * 1024;

    /// An answer of this status and body.
    #[must_use]
    pub fn new(status: u16, trace: Option<String>, body: &[u8]) -> Self {
        let body = String::from_utf8_lossy(&body[..body.len().min(Self::MOST)]);
        Self {
            status,
            trace,
            body: body.into_owned(),
        }
    }
}

/// What an error means for the one who retries, by Meta's code and subcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// Try again later.
    Retry,
    /// The token or a permission: stop this account's sends and ask to reconnect.
    Token,
    /// Never for this request.
    Permanent,
    /// Not before the person writes again.
    Window,
    /// It may have arrived.
    Unknown,
}

names! {
    ErrorClass {
        Retry => "retry",
        Token => "token",
        Permanent => "permanent",
        Window => "window",
        Unknown => "unknown",
    }
}

/// A send or a profile look-up that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct SendError {
    /// What it means.
    pub class: ErrorClass,
    /// Meta's code; absent when no answer came.
    pub code: Option<i32>,
    /// Meta's subcode.
    pub subcode: Option<i32>,
    /// What was said, for people.
    pub message: String,
    /// Not to be tried again before so many milliseconds, where Instagram said so.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub retry_after_ms: Option<i64>,
    /// The answer itself, where one came over HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Box<SendAnswer>>,
}
