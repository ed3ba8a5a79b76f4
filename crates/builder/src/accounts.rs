//! The accounts of the workspace: for which webhooks it answers.

use crate::{Builder, Result};
use heliograph_model::Account;

impl Builder {
    /// The accounts, by username.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        Ok(self.workspaces().accounts(&self.workspace.id).await?)
    }

    /// Saves an account: a new one, or instead of the one with its id. It counts at once;
    /// accounts have no drafts.
    ///
    /// # Errors
    /// As [`AccountEdit::check`](heliograph_engine::workspaces::AccountEdit::check).
    pub async fn save_account(&self, account: Account, is_new: bool) -> Result<Account> {
        let _turn = self.turn.lock().await;
        let saved = self.workspaces().save_account(account, is_new).await?;
        self.changed();
        Ok(saved)
    }
}
