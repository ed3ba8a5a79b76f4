//! An account as a person saves it: under ids that are nobody else's.

use super::{Result, WorkspaceError, Workspaces};
use crate::matching::Folded;
use crate::ports::Documents;
use heliograph_model::{Account, AccountId};

/// The longest silence after a person answered, in minutes: a week, as long as Instagram
/// lets a person answer.
const MOST_SILENCE_MINUTES: u32 = 7 * 24 * 60;

/// An account that may be saved.
#[derive(Debug, Clone)]
pub struct AccountEdit {
    /// As it is to be stored: without blanks around what was typed, and nothing twice.
    pub account: Account,
    /// Every id under which it is or was known. What is cached of them is out of date once
    /// it is stored.
    pub known_as: Vec<AccountId>,
}

impl AccountEdit {
    /// Looks whether an account can be saved as it is: a new one, or instead of the one with
    /// its id.
    ///
    /// # Errors
    /// [`WorkspaceError::Account`] with what to change, [`WorkspaceError::Conflict`] when one
    /// of its ids is another account's, or when the store fails.
    pub async fn check(store: &dyn Documents, account: Account, is_new: bool) -> Result<Self> {
        let account = tidy(account)?;
        let workspaces = store.workspaces().await?;
        if !workspaces.iter().any(|one| one.id == account.workspace_id) {
            return Err(WorkspaceError::Account(format!(
                "There is no workspace “{}”. Choose the one that the account belongs to.",
                account.workspace_id
            )));
        }
        let mut known_as = Vec::new();
        for id in account.ids() {
            let Some(other) = store.account(id).await? else {
                continue;
            };
            if other.id != account.id {
                return Err(WorkspaceError::Conflict(format!(
                    "{id} is an id of @{} already, in the workspace “{}”. Take it away there first, or leave it out here.",
                    other.username, other.workspace_id
                )));
            }
            if *id != account.id {
                continue;
            }
            if is_new {
                return Err(WorkspaceError::Conflict(format!(
                    "There is an account with the id {id} already: @{}. Edit that one.",
                    other.username
                )));
            }
            known_as.extend(other.aliases);
        }
        if !is_new && store.account(&account.id).await?.is_none() {
            return Err(WorkspaceError::Account(format!(
                "The account {} is not there any more. Add it as a new one.",
                account.id
            )));
        }
        known_as.extend(account.ids().cloned());
        known_as.sort_unstable();
        known_as.dedup();
        Ok(Self { account, known_as })
    }
}

impl Workspaces {
    /// Saves an account as a person typed it: a new one, or instead of the one with its id.
    ///
    /// # Errors
    /// As [`AccountEdit::check`].
    pub async fn save_account(&self, account: Account, is_new: bool) -> Result<Account> {
        let AccountEdit { account, .. } = AccountEdit::check(&*self.store, account, is_new).await?;
        self.put_account(&account).await?;
        Ok(account)
    }
}

fn tidy(mut account: Account) -> Result<Account> {
    account.id = instagram_id(&account.id)?;
    let username = account.username.trim().trim_start_matches('@').to_owned();
    if username.is_empty() || username.contains(char::is_whitespace) {
        return Err(WorkspaceError::Account(
            "Type the account’s username, such as bakery.example: one word, without a space."
                .to_owned(),
        ));
    }
    account.username = username;
    let mut aliases: Vec<AccountId> = Vec::with_capacity(account.aliases.len());
    for alias in &account.aliases {
        let alias = instagram_id(alias)?;
        if alias != account.id && !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    account.aliases = aliases;
    let settings = &mut account.settings;
    match settings.silence_after_human_minutes {
        Some(0) => settings.silence_after_human_minutes = None,
        Some(minutes) if minutes > MOST_SILENCE_MINUTES => {
            return Err(WorkspaceError::Account(format!(
                "Automations can be silent for {MOST_SILENCE_MINUTES} minutes at the most, which are seven days."
            )));
        }
        Some(_) | None => {}
    }
    for words in [
        &mut settings.unsubscribe_keywords,
        &mut settings.resubscribe_keywords,
    ] {
        tidy_words(words);
    }
    let both = settings
        .unsubscribe_keywords
        .iter()
        .find(|word| contains(&settings.resubscribe_keywords, word));
    match both {
        Some(word) => Err(WorkspaceError::Account(format!(
            "“{word}” cannot both unsubscribe people and subscribe them again. Keep it in one of the two."
        ))),
        None => Ok(account),
    }
}

/// An id as Instagram gives it.
fn instagram_id(id: &AccountId) -> Result<AccountId> {
    let digits = id.as_str().trim();
    let is_good = !digits.is_empty()
        && digits.len() <= 32
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_good {
        return Ok(digits.into());
    }
    Err(WorkspaceError::Account(format!(
        "“{digits}” is no Instagram id. One is of digits alone, such as 17841400000000001; webhooks have it in entry[0].id."
    )))
}

fn tidy_words(words: &mut Vec<String>) {
    let typed = std::mem::take(words);
    for word in typed {
        let word = word.trim();
        if !word.is_empty() && !contains(words, word) {
            words.push(word.to_owned());
        }
    }
}

/// Whether a word is among these, as messages are compared with them.
fn contains(words: &[String], word: &str) -> bool {
    let word = Folded::new(word);
    words
        .iter()
        .any(|other| Folded::new(other).exactly() == word.exactly())
}
