//! Who is chosen in a list, to do something for all of them.

use super::error::{ConversationsError, Result};
use super::look::{PeopleLook, PersonRow};
use super::{Conversations, Shared};
use heliograph_model::{AccountId, ContactId, Millis};
use serde::{Deserialize, Serialize};

/// The most contacts for whom something is done at once.
pub const MOST_PICKED: u32 = 5_000;
/// Rows that are read at once.
const PAGE: u32 = 200;

/// A contact that is chosen, as they stood when somebody looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Picked {
    /// The account.
    pub account_id: AccountId,
    /// The contact.
    pub contact_id: ContactId,
    /// What they are called.
    pub name: String,
    /// When the state that was seen was entered; absent where nothing was awaited. With
    /// another one nothing is done.
    pub seen: Option<Millis>,
}

impl From<&PersonRow> for Picked {
    fn from(row: &PersonRow) -> Self {
        let handle = row.username.as_ref().map(|handle| format!("@{handle}"));
        Self {
            account_id: row.account_id.clone(),
            contact_id: row.contact_id.clone(),
            name: row
                .name
                .clone()
                .or(handle)
                .unwrap_or_else(|| row.contact_id.to_string()),
            seen: row.stands.as_ref().map(|stands| stands.since),
        }
    }
}

impl Conversations {
    /// Those rows of a list that a look names by `at` and `count`, whichever are in sight:
    /// from the first to the last of a range, or all of them. At most [`MOST_PICKED`].
    ///
    /// # Errors
    /// When nothing runs, or the documents cannot be read.
    pub async fn pick(&self, look: &PeopleLook) -> Result<Vec<Picked>> {
        let rows = self.shared.all_rows(look).await?;
        Ok(rows.iter().map(Picked::from).collect())
    }
}

impl Shared {
    async fn all_rows(&self, look: &PeopleLook) -> Result<Vec<PersonRow>> {
        let runtime = self.runtime()?;
        let known = self.known(&runtime).await?;
        let now = runtime.clock().now();
        let count = look.count.min(MOST_PICKED);
        let mut rows: Vec<PersonRow> = Vec::new();
        loop {
            let have = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            let wanted = count.saturating_sub(have).min(PAGE);
            if wanted == 0 {
                return Ok(rows);
            }
            let page = PeopleLook {
                at: look.at + have,
                count: wanted,
                ..look.clone()
            };
            let found = self.rows(&runtime, &known, &page, now).await?;
            let is_last = found.len() < wanted as usize;
            rows.extend(found);
            if is_last {
                return Ok(rows);
            }
        }
    }
}

/// What is wrong with a choice, if anything.
///
/// # Errors
/// [`ConversationsError::Refused`] for nobody, or too many.
pub(super) fn check(people: usize) -> Result<()> {
    match people {
        0 => Err(ConversationsError::Refused(
            "Nobody is chosen. Choose at least one contact in the list.".to_owned(),
        )),
        many if many > MOST_PICKED as usize => Err(ConversationsError::Refused(format!(
            "Choose at most {MOST_PICKED} contacts at once."
        ))),
        _ => Ok(()),
    }
}
