//! The messaging window (Meta: "Send a message"): 24 hours after the person last wrote,
//! seven days for a human agent's answer.

use super::{
    errors::{GraphError, Ruling},
    people::Person,
};
use heliograph_model::{Millis, limits};
use serde_json::Value;

/// By what right a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// As an answer within the window.
    Response,
    /// With the tag `HUMAN_AGENT`.
    HumanAgent,
}

impl Standing {
    /// Reads `messaging_type` and `tag`.
    pub(super) fn read(body: &Value) -> Ruling<Self> {
        let text = |key| body.get(key).and_then(Value::as_str);
        match (text("messaging_type"), text("tag")) {
            (Some("MESSAGE_TAG"), Some("HUMAN_AGENT")) => Ok(Self::HumanAgent),
            (Some("MESSAGE_TAG"), None) => Err(GraphError::bad_parameter(
                "A message of type MESSAGE_TAG needs a tag",
            )),
            // The others were retired in April 2026.
            (Some("MESSAGE_TAG") | None, Some(tag)) => Err(GraphError::bad_parameter(format!(
                "The message tag {tag} is not supported"
            ))),
            (Some("RESPONSE" | "UPDATE") | None, None) => Ok(Self::Response),
            (Some("RESPONSE" | "UPDATE"), Some(_)) => Err(GraphError::bad_parameter(
                "A tag needs the type MESSAGE_TAG",
            )),
            (Some(other), _) => Err(GraphError::bad_parameter(format!(
                "{other} is not a messaging_type"
            ))),
        }
    }

    fn span_ms(self) -> i64 {
        match self {
            Self::Response => limits::WINDOW_MS,
            Self::HumanAgent => 7 * Millis::DAY,
        }
    }
}

/// Whether the person may be written to now.
pub(super) fn check(person: &Person, standing: Standing, now: Millis) -> Ruling<()> {
    if person.blocked {
        return Err(GraphError::person_unavailable());
    }
    let open = person
        .last_message_at
        .is_some_and(|at| now.since(at) < standing.span_ms());
    if open {
        Ok(())
    } else {
        Err(GraphError::outside_window())
    }
}
