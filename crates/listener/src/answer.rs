//! What the listener can answer.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ALLOW, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};

pub(crate) type Reply = Response<Full<Bytes>>;

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $code:literal, $message:literal;)*) => {
        /// One of the answers of a listener, except the challenge that is echoed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Answer { $($(#[$doc])* $name,)* }

        impl Answer {
            /// The status.
            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The body: made at compile time, so that an answer costs no formatting.
            fn body(self) -> &'static str {
                match self {
                    $(Self::$name => concat!(
                        "{\"code\":\"", $code, "\",\"message\":\"", $message, "\"}"
                    ),)*
                }
            }

            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

answers! {
    /// The queue has the delivery.
    Accepted = OK, "accepted", "The delivery is in the queue.";
    /// The process runs.
    Alive = OK, "alive", "The listener is running.";
    /// The queue answers.
    Ready = OK, "ready", "Deliveries can be accepted.";
    /// The queue does not answer.
    NotReady = SERVICE_UNAVAILABLE, "not_ready", "The queue does not answer.";
    /// A verification without its parameters.
    ChallengeIncomplete = BAD_REQUEST, "challenge_incomplete",
        "A verification needs hub.mode, hub.verify_token and hub.challenge in its query.";
    /// A verification with another token or mode.
    ChallengeRefused = FORBIDDEN, "challenge_refused",
        "The verify token or hub.mode is not what this listener expects.";
    /// No valid signature.
    BadSignature = UNAUTHORIZED, "bad_signature",
        "X-Hub-Signature-256 does not sign this body with an app secret of this listener.";
    /// Signed, and not JSON.
    NotJson = BAD_REQUEST, "not_json", "The body is not valid JSON in UTF-8.";
    /// Signed, and nested deeper than anything Meta sends.
    TooDeep = BAD_REQUEST, "too_deep", "The body is JSON nested more than 100 levels deep.";
    /// The body broke off or was not chunked as it should be.
    BrokenBody = BAD_REQUEST, "broken_body", "The body ended early or is not framed as it says.";
    /// There is nothing at this path.
    NotFound = NOT_FOUND, "not_found", "There is nothing here.";
    /// The webhook route takes GET and POST.
    WebhookMethod = METHOD_NOT_ALLOWED, "method_not_allowed",
        "This path takes GET for the verification and POST for deliveries.";
    /// The health routes take GET and HEAD.
    HealthMethod = METHOD_NOT_ALLOWED, "method_not_allowed", "This path takes GET.";
    /// The body took too long.
    TooSlow = REQUEST_TIMEOUT, "too_slow", "The body took too long to arrive.";
    /// The body is too long.
    TooLarge = PAYLOAD_TOO_LARGE, "too_large", "The body is longer than this listener accepts.";
    /// Not JSON by its own account.
    NotJsonType = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type",
        "Deliveries are application/json in UTF-8, not compressed.";
    /// Too many bodies are under way.
    Busy = SERVICE_UNAVAILABLE, "busy", "Too much is arriving at once. Post it again.";
    /// The queue does not take the delivery.
    QueueUnavailable = SERVICE_UNAVAILABLE, "queue_unavailable",
        "The delivery could not be stored. Post it again.";
}

/// What whoever posts a delivery is answered when the queue has it: the status and the
/// body.
#[must_use]
pub fn accepted() -> (u16, &'static str) {
    let answer = Answer::Accepted;
    (answer.status().as_u16(), answer.body())
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");

impl Answer {
    /// The answer as a response.
    pub(crate) fn reply(self) -> Reply {
        let mut reply = with_type(
            self.status(),
            JSON,
            Bytes::from_static(self.body().as_bytes()),
        );
        if let Some((name, value)) = self.header() {
            reply.headers_mut().insert(name, value);
        }
        reply
    }

    /// The answer to a request whose body was not read to its end: the connection cannot
    /// carry another one.
    pub(crate) fn closing_reply(self) -> Reply {
        let mut reply = self.reply();
        let close = HeaderValue::from_static("close");
        reply.headers_mut().insert(CONNECTION, close);
        reply
    }

    fn header(self) -> Option<(HeaderName, HeaderValue)> {
        let (name, value) = match self.status() {
            StatusCode::SERVICE_UNAVAILABLE => (RETRY_AFTER, "5"),
            StatusCode::METHOD_NOT_ALLOWED if self == Self::HealthMethod => (ALLOW, "GET, HEAD"),
            StatusCode::METHOD_NOT_ALLOWED => (ALLOW, "GET, POST"),
            _ => return None,
        };
        Some((name, HeaderValue::from_static(value)))
    }
}

/// The challenge, echoed byte for byte. It is never to be taken for HTML.
pub(crate) fn challenge(echo: Vec<u8>) -> Reply {
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    let mut reply = with_type(StatusCode::OK, plain, echo.into());
    reply.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    reply
}

fn with_type(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Reply {
    let mut reply = Response::new(Full::new(body));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, content_type);
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_an_object_with_a_code_and_a_message() {
        for answer in Answer::ALL {
            let body: serde_json::Value =
                serde_json::from_str(answer.body()).expect("an answer is JSON");
            assert!(body["code"].is_string() && body["message"].is_string());
            assert!(!body["message"].as_str().unwrap_or_default().is_empty());
        }
    }
}
