//! The accounts of a profile: for whose webhooks it answers.

use heliograph_engine::ports::Documents;
use heliograph_engine::workspaces::WorkspaceError;
use heliograph_model::{Account, Workspace};
use serde::Serialize;

/// The most accounts that are listed at once.
const MOST: usize = 500;

/// The accounts of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AccountsView {
    /// The workspaces that they belong to, by name.
    pub workspaces: Vec<Workspace>,
    /// The accounts, in the order of the workspaces and by username.
    pub accounts: Vec<Account>,
    /// Whether there are more, which are not listed.
    pub is_cut: bool,
}

impl AccountsView {
    /// Reads them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read(store: &dyn Documents) -> Result<Self, WorkspaceError> {
        let mut view = Self {
            workspaces: store.workspaces().await?,
            accounts: Vec::new(),
            is_cut: false,
        };
        for workspace in &view.workspaces {
            view.accounts.extend(store.accounts(&workspace.id).await?);
            if view.accounts.len() > MOST {
                view.accounts.truncate(MOST);
                view.is_cut = true;
                break;
            }
        }
        Ok(view)
    }
}
