//! Requests and their answers, whatever way they come and go.

use super::{errors::GraphError, pacing::Usage};
use heliograph_model::{AccountId, CommentId};
use serde_json::Value;

/// A request, whatever way it came.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// `POST /{node}/messages`.
    Messages {
        /// The account: `me`, its id, its app-scoped id or its Page.
        node: String,
        /// The JSON body, without a token.
        body: Value,
    },
    /// `POST /{comment}/replies`.
    Reply {
        /// The comment.
        comment: CommentId,
        /// The JSON body: `message`.
        body: Value,
    },
    /// `GET /{node}?fields=…`: an account or a person.
    Node {
        /// `me`, or an id.
        id: String,
        /// The fields asked for; none means Meta's default.
        fields: Vec<String>,
    },
    /// `GET /{node}/subscribed_apps`.
    Subscriptions {
        /// The account.
        node: String,
    },
    /// `POST /{node}/subscribed_apps`.
    Subscribe {
        /// The account.
        node: String,
        /// What to subscribe to.
        fields: Vec<String>,
    },
}

/// What comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The answer proper.
    pub outcome: Outcome,
    /// It is to be held back for so many milliseconds.
    pub delay_ms: u64,
    /// What the account has used up, for the headers; absent where no account is known.
    pub usage: Option<(AccountId, Usage)>,
}

impl Answer {
    /// At once, without headers.
    pub(super) fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            delay_ms: 0,
            usage: None,
        }
    }
}

/// The answer proper.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// 200 with this body.
    Success(Value),
    /// An error object; `trace` is its `fbtrace_id`.
    Refused {
        /// The error.
        error: GraphError,
        /// The request's trace id.
        trace: String,
    },
    /// A status with a body that is not Meta's.
    Broken {
        /// The status.
        status: u16,
        /// The body.
        body: &'static str,
    },
    /// There is no answer, ever.
    Silence,
    /// The connection is dropped.
    Dropped,
}
