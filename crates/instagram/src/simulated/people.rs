//! The people who write to the accounts.

use heliograph_model::{ContactId, Millis};

/// A person, as one account knows them: the id is scoped to the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The instagram-scoped id.
    pub id: ContactId,
    /// The display name; Meta may withhold it.
    pub name: Option<String>,
    /// The handle without `@`.
    pub username: Option<String>,
    /// Whether the person follows the account.
    pub follows: bool,
    /// Whether the person blocked the account, or cannot be reached for another reason.
    pub blocked: bool,
    /// When the person last wrote or clicked; the 24-hour window counts from here, and
    /// without it there is no consent to read the profile.
    pub last_message_at: Option<Millis>,
}

impl Person {
    /// Somebody of whom only the id is known.
    #[must_use]
    pub fn new(id: ContactId) -> Self {
        Self {
            id,
            name: None,
            username: None,
            follows: false,
            blocked: false,
            last_message_at: None,
        }
    }

    /// Somebody with a name and a handle.
    #[must_use]
    pub fn named(id: impl Into<ContactId>, name: &str, username: &str) -> Self {
        Self {
            name: Some(name.into()),
            username: Some(username.into()),
            ..Self::new(id.into())
        }
    }

    /// The person wrote at `at`; never moves backwards.
    pub(super) fn wrote(&mut self, at: Millis) {
        self.last_message_at = self.last_message_at.max(Some(at));
    }
}
