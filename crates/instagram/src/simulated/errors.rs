//! The errors that the simulated Instagram answers with: one constructor for each rule.
//!
//! Codes and subcodes are those of Meta's pages "Error codes" and "Handle errors"; the
//! sentences are our own.

use serde_json::{Value, json};

/// One of Meta's error objects, with the status that it comes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    /// HTTP status. Mostly 400; a client must go by the code.
    pub status: u16,
    /// Meta's code.
    pub code: i32,
    /// Meta's subcode.
    pub subcode: Option<i32>,
    /// For developers.
    pub message: String,
    /// Whether Meta says that the same request may pass later.
    pub is_transient: bool,
    /// A heading for people.
    pub user_title: Option<String>,
    /// A sentence for people.
    pub user_message: Option<String>,
    /// The header `Retry-After`, in seconds.
    pub retry_after_s: Option<u32>,
}

impl GraphError {
    /// An error with a code and nothing else.
    #[must_use]
    pub fn new(code: i32, subcode: impl Into<Option<i32>>, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            subcode: subcode.into(),
            message: message.into(),
            is_transient: false,
            user_title: None,
            user_message: None,
            retry_after_s: None,
        }
    }

    /// The body of the answer. `trace` is what Meta calls `fbtrace_id`.
    #[must_use]
    pub fn to_json(&self, trace: &str) -> Value {
        let mut error = json!({
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": trace,
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
            error["is_transient"] = self.is_transient.into();
        }
        if let Some(title) = &self.user_title {
            error["error_user_title"] = title.as_str().into();
        }
        if let Some(message) = &self.user_message {
            error["error_user_msg"] = message.as_str().into();
        }
        json!({ "error": error })
    }

    fn for_people(mut self, title: &str, message: &str) -> Self {
        self.user_title = Some(title.into());
        self.user_message = Some(message.into());
        self
    }

    fn transient(mut self) -> Self {
        self.is_transient = true;
        self
    }

    pub(super) fn no_token() -> Self {
        Self::new(
            190,
            None,
            "An access token is required to request this resource.",
        )
    }

    pub(super) fn invalid_token() -> Self {
        Self::new(
            190,
            None,
            "Invalid OAuth access token - Cannot parse access token",
        )
    }

    pub(super) fn expired_token() -> Self {
        Self::new(
            190,
            463,
            "Error validating access token: Session has expired",
        )
    }

    pub(super) fn no_such_object(what: &str) -> Self {
        Self::new(
            100,
            33,
            format!(
                "Unsupported request. Object with ID '{what}' does not exist, cannot be loaded \
                 due to missing permissions, or does not support this operation"
            ),
        )
    }

    pub(super) fn unknown_path(path: &str) -> Self {
        Self::new(2500, None, format!("Unknown path components: {path}"))
    }

    pub(super) fn bad_parameter(message: impl Into<String>) -> Self {
        Self::new(100, None, format!("(#100) {}", message.into()))
    }

    pub(super) fn bad_message(message: impl Into<String>) -> Self {
        Self::new(100, 2_534_015, format!("(#100) {}", message.into()))
    }

    pub(super) fn unknown_person() -> Self {
        Self::new(100, 2_534_014, "(#100) The requested user cannot be found")
    }

    pub(super) fn outside_window() -> Self {
        Self::new(
            10,
            2_534_022,
            "(#10) This message is sent outside of allowed window",
        )
        .for_people(
            "Outside of the allowed window",
            "The person has not written within the last 24 hours.",
        )
    }

    pub(super) fn comment_not_for_private_reply(why: &str) -> Self {
        Self::new(
            100,
            2_534_025,
            format!("(#100) The comment is not valid for a private reply: {why}"),
        )
    }

    pub(super) fn consent_missing() -> Self {
        Self::new(
            230,
            None,
            "(#230) User consent is required to access user profile",
        )
    }

    pub(super) fn person_unavailable() -> Self {
        Self::new(
            551,
            1_545_041,
            "(#551) This person isn't available right now",
        )
    }

    pub(super) fn message_deleted() -> Self {
        Self::new(9_000_001, None, "The message was deleted")
    }

    pub(super) fn too_many_sends() -> Self {
        Self::new(
            613,
            2_534_040,
            "(#613) Calls to this api have exceeded the rate limit",
        )
        .transient()
    }

    pub(super) fn too_many_private_replies() -> Self {
        Self::new(
            80_002,
            None,
            "(#80002) There have been too many calls to this Instagram account",
        )
        .transient()
    }

    pub(super) fn unknown_error() -> Self {
        Self::new(1, None, "An unknown error occurred").transient()
    }
}

/// What a rule answers.
pub(super) type Ruling<T> = Result<T, GraphError>;
