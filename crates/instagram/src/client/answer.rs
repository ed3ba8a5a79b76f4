//! What an answer means: a receipt, a profile, or an error with its class.
//!
//! The in-process adapter reads its answers here too, so that both say the same.

use super::errors::{self, Meaning};
use crate::wire::Again;
use bytes::Bytes;
use heliograph_engine::ports::Profile;
use heliograph_model::{ErrorClass, Receipt, SendAnswer, SendError};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

/// Meta's error object.
#[derive(Debug, Deserialize)]
struct MetaError {
    code: i32,
    #[serde(default)]
    error_subcode: Option<i32>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    is_transient: Option<bool>,
    #[serde(default)]
    error_user_msg: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ErrorBody {
    error: MetaError,
}

/// An answer without the token that was used. Meta quotes it where it cannot be parsed, and
/// what is answered is kept and shown.
pub(super) fn without(token: &SecretString, bytes: Bytes) -> Bytes {
    let token = token.expose_secret();
    match std::str::from_utf8(&bytes) {
        Ok(text) if !token.is_empty() && text.contains(token) => text.replace(token, "…").into(),
        Ok(_) | Err(_) => bytes,
    }
}

/// Reads an answer: the document, or the error with its class.
pub(crate) fn read(status: u16, bytes: &[u8], again: Again) -> Result<Value, SendError> {
    match serde_json::from_slice(bytes) {
        Ok(document) => judge(status, document, again),
        Err(_) => Err(strange(status, again)),
    }
}

/// The same for a document that is read already.
pub(crate) fn judge(status: u16, document: Value, again: Again) -> Result<Value, SendError> {
    if document.get("error").is_some() {
        return Err(serde_json::from_value::<ErrorBody>(document).map_or_else(
            |_| strange(status, again),
            |body| refused(status, &body.error, again),
        ));
    }
    if (200..300).contains(&status) && document.is_object() {
        Ok(document)
    } else {
        Err(strange(status, again))
    }
}

/// The answer as it came, for whoever looks at the send later.
pub(crate) fn as_it_came(status: u16, header: Option<&str>, bytes: &[u8]) -> SendAnswer {
    #[derive(Deserialize)]
    struct Traced {
        error: Trace,
    }
    #[derive(Deserialize)]
    struct Trace {
        fbtrace_id: Option<String>,
    }
    let said = match status {
        200..=299 => None,
        _ => serde_json::from_slice(bytes).ok(),
    };
    let trace = said.and_then(|Traced { error }| error.fbtrace_id);
    SendAnswer::new(status, trace.or_else(|| header.map(str::to_owned)), bytes)
}

/// The receipt of a send.
pub(crate) fn receipt(document: &Value) -> Receipt {
    let id = |key: &str| document.get(key).and_then(Value::as_str);
    Receipt {
        message_id: id("message_id").or_else(|| id("id")).map(Into::into),
        recipient_id: id("recipient_id").map(Into::into),
        answered: None,
    }
}

/// A person's profile.
pub(crate) fn profile(document: &Value) -> Profile {
    let text = |key: &str| document.get(key).and_then(Value::as_str).map(Into::into);
    Profile {
        name: text("name"),
        username: text("username"),
        follows: document
            .get("is_user_follow_business")
            .and_then(Value::as_bool),
    }
}

/// Meta refused.
fn refused(status: u16, error: &MetaError, again: Again) -> SendError {
    let row = errors::look_up(
        error.code,
        error.error_subcode,
        status,
        error.is_transient.unwrap_or(false),
    );
    let code = match error.error_subcode {
        Some(subcode) => format!("{}/{subcode}", error.code),
        None => error.code.to_string(),
    };
    let said = error
        .error_user_msg
        .as_deref()
        .or(error.message.as_deref())
        .filter(|said| !said.is_empty());
    let message = match said {
        Some(said) => format!("{} Instagram said: “{said}” (error {code})", row.says),
        None => format!("{} (error {code})", row.says),
    };
    SendError {
        class: row.meaning.class(again),
        code: Some(error.code),
        subcode: error.error_subcode,
        message,
        retry_after_ms: row.meaning.wait_ms(),
        answered: None,
    }
}

/// An answer that Meta's API does not give: from something in between, or cut off.
fn strange(status: u16, again: Again) -> SendError {
    let (meaning, says) = match status {
        // It was taken, and what became of it cannot be read.
        200..=299 => (
            Meaning::Happened,
            "Instagram took the request and gave an answer that cannot be read.",
        ),
        429 => (
            Meaning::Later(1000),
            "Instagram or a proxy before it limits how fast requests may come.",
        ),
        // None of these reached the rules, so it did not happen.
        300..=499 => (
            Meaning::Later(1000),
            "Something before Instagram refused the request. Check the network and the address of the API.",
        ),
        _ => (
            Meaning::Doubtful,
            "Instagram has a temporary fault and gave no reason.",
        ),
    };
    SendError {
        retry_after_ms: meaning.wait_ms(),
        ..no_answer(meaning.class(again), format!("{says} (HTTP {status})"))
    }
}

/// An error without Meta's code.
pub(crate) fn no_answer(class: ErrorClass, message: impl Into<String>) -> SendError {
    SendError {
        class,
        code: None,
        subcode: None,
        message: message.into(),
        retry_after_ms: None,
        answered: None,
    }
}

/// No answer came although the request was on its way.
pub(crate) fn cut_off(again: Again, why: &str) -> SendError {
    no_answer(
        Meaning::Happened.class(again),
        format!("Instagram did not answer: {why}. Nobody knows whether it arrived."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_is_quoted_is_left_out() {
        let token = SecretString::from("EAAB-secret");
        let quoted = Bytes::from_static(b"{\"error\":{\"message\":\"Malformed EAAB-secret\"}}");
        let kept = without(&token, quoted);
        assert_eq!(
            &kept[..],
            "{\"error\":{\"message\":\"Malformed …\"}}".as_bytes()
        );
        let other = Bytes::from_static(b"{\"id\":1}");
        assert_eq!(without(&token, other.clone()), other);
        assert_eq!(without(&SecretString::from(""), other.clone()), other);
    }
}
