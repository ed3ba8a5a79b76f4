//! What the pure core answers to one event.

use crate::{
    AutomationId, CommentId, ContactChange, ContactId, MessageId, OutgoingMessage, StepName, Trace,
    UserState,
};
use serde::{Deserialize, Serialize};

/// What is to happen because of one event. Also the decision to do nothing is one, and
/// its trace says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// What becomes of the user state.
    pub state: StateChange,
    /// What becomes of the contact.
    #[serde(default)]
    pub contact: ContactChange,
    /// What is to be sent, in this order.
    #[serde(default)]
    pub effects: Vec<Effect>,
    /// Why.
    pub trace: Trace,
}

/// What becomes of the user state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum StateChange {
    /// It stays as it is.
    Keep,
    /// It is this one from now on.
    Set(UserState),
    /// Nothing is awaited any more.
    Clear,
}

/// Something to send through Instagram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "effect",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Effect {
    /// A direct message, or the one private reply to a comment.
    Send {
        /// To whom.
        to: Recipient,
        /// What.
        message: OutgoingMessage,
        /// The automation that says it.
        automation_id: AutomationId,
        /// The step that says it.
        step: StepName,
        /// Not before so many milliseconds have passed since the decision.
        #[serde(default)]
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        delay_ms: i64,
    },
    /// An answer below a comment, where everybody sees it.
    ReplyToComment {
        /// The comment.
        comment_id: CommentId,
        /// What.
        text: String,
        /// The automation that says it.
        automation_id: AutomationId,
    },
    /// A reaction to a message.
    React {
        /// Whose message.
        contact_id: ContactId,
        /// Which message.
        message_id: MessageId,
        /// `love` or an emoji.
        reaction: String,
        /// The automation that reacts.
        automation_id: AutomationId,
    },
}

impl Effect {
    /// The automation that wants it.
    #[must_use]
    pub fn automation_id(&self) -> &AutomationId {
        match self {
            Self::Send { automation_id, .. }
            | Self::ReplyToComment { automation_id, .. }
            | Self::React { automation_id, .. } => automation_id,
        }
    }
}

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A person who wrote; the 24-hour window applies.
    Contact(ContactId),
    /// Whoever wrote this comment: the private reply. One for each comment.
    Comment(CommentId),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OutgoingQuickReply;

    #[test]
    fn fields_are_camel_case_all_the_way_down() {
        let effect = Effect::Send {
            to: Recipient::Contact("1".into()),
            message: OutgoingMessage::Text {
                text: "Hello".to_owned(),
                quick_replies: vec![OutgoingQuickReply {
                    title: "Menu".to_owned(),
                    payload: "MENU".to_owned(),
                }],
            },
            automation_id: "a".into(),
            step: StepName::Main,
            delay_ms: 5,
        };
        assert_eq!(
            serde_json::to_value(&effect).expect("an effect is JSON"),
            serde_json::json!({
                "effect": "send",
                "to": { "contact": "1" },
                "message": {
                    "type": "text",
                    "text": "Hello",
                    "quickReplies": [{ "title": "Menu", "payload": "MENU" }],
                },
                "automationId": "a",
                "step": "main",
                "delayMs": 5,
            })
        );
    }
}
