//! Why a body cannot be routed.

/// A body that is no JSON document. Everything that is one can be routed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The grammar is broken.
    #[error(
        "the body is not JSON: {reason} at byte {position}. Use the body exactly as Meta posted \
         it, one complete JSON document"
    )]
    NotJson {
        /// Which byte of the body, counted from 0.
        position: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The bytes are no text.
    #[error(
        "the body is not JSON: it is not UTF-8 at byte {position}. Use the body exactly as Meta \
         posted it, without changing its encoding or compressing it"
    )]
    NotUtf8 {
        /// Which byte of the body, counted from 0.
        position: usize,
    },
    /// It is longer than 4 GiB; the listener's bound is a thousandth of that.
    #[error("the body has {bytes} bytes, which no webhook has. Split the file into deliveries")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
}

impl RouteError {
    /// Says in bytes what serde_json says in lines and columns. `text` begins `skipped`
    /// bytes into the body.
    pub(super) fn not_json(error: &serde_json::Error, text: &str, skipped: usize) -> Self {
        let position = if error.is_eof() {
            text.len()
        } else {
            let line_start: usize = text
                .split_inclusive('\n')
                .take(error.line().saturating_sub(1))
                .map(str::len)
                .sum();
            line_start + error.column().saturating_sub(1)
        };
        let whole = error.to_string();
        let reason = whole
            .rsplit_once(" at line ")
            .map_or(whole.as_str(), |(reason, _)| reason);
        Self::NotJson {
            position: skipped + position,
            reason: reason.to_owned(),
        }
    }
}
