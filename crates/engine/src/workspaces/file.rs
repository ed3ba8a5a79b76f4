//! A whole workspace in and out as one document.

use super::{Result, WorkspaceError, Workspaces, check};
use heliograph_model::{AutomationId, WorkspaceFile, WorkspaceId};
use std::collections::HashSet;

impl Workspaces {
    /// Everything of a workspace but its secrets.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`], or when the store fails.
    pub async fn export(&self, id: &WorkspaceId) -> Result<WorkspaceFile> {
        let workspace = self
            .store
            .workspaces()
            .await?
            .into_iter()
            .find(|workspace| workspace.id == *id)
            .ok_or_else(|| WorkspaceError::NotFound(id.to_string()))?;
        let accounts = self.store.accounts(id).await?;
        let mut contacts = Vec::new();
        for account in &accounts {
            contacts.extend(self.store.contacts(&account.id, usize::MAX).await?);
        }
        Ok(WorkspaceFile {
            heliograph: WorkspaceFile::VERSION,
            workspace,
            accounts,
            automations: self.store.automations(id).await?,
            contacts,
        })
    }

    /// Brings a workspace in: what it names is created or replaced, what it does not name
    /// stays. Nothing is written when anything in it is wrong.
    ///
    /// # Errors
    /// [`WorkspaceError::File`] for what does not belong together,
    /// [`WorkspaceError::Invalid`] for an automation that could not work.
    pub async fn import(&self, file: &WorkspaceFile) -> Result<()> {
        if file.heliograph > WorkspaceFile::VERSION {
            return Err(WorkspaceError::File(format!(
                "the file is of format {} and this build reads up to {}; use a newer Heliograph",
                file.heliograph,
                WorkspaceFile::VERSION,
            )));
        }
        let id = &file.workspace.id;
        if id.as_str().trim().is_empty() {
            return Err(WorkspaceError::File(
                "the workspace has no id; give it one, such as `bakery`".to_owned(),
            ));
        }
        for account in &file.accounts {
            if account.id.as_str().trim().is_empty() {
                return Err(WorkspaceError::File(format!(
                    "the account “{}” has no id; it is the one that webhooks have in entry[0].id",
                    account.username
                )));
            }
        }
        if let Some(twice) = named_twice(file) {
            return Err(WorkspaceError::File(format!(
                "two automations have the id “{twice}”; give one of them another"
            )));
        }
        for automation in &file.automations {
            if automation.workspace_id != *id {
                return Err(foreign("automation", &automation.name, id));
            }
            check(automation)?;
        }
        for account in &file.accounts {
            if account.workspace_id != *id {
                return Err(foreign("account", &account.username, id));
            }
        }
        for contact in &file.contacts {
            if !file
                .accounts
                .iter()
                .any(|account| account.id == contact.account_id)
            {
                return Err(WorkspaceError::File(format!(
                    "contact {} belongs to account {}, which is not in the file; add the account",
                    contact.sender_id, contact.account_id,
                )));
            }
        }
        self.put_workspace(&file.workspace).await?;
        for account in &file.accounts {
            self.put_account(account).await?;
        }
        for automation in &file.automations {
            let stored = self.store.automation(&automation.id).await?;
            let mut automation = automation.clone();
            let seen = stored.as_ref().map(|stored| stored.version);
            automation.version = seen.unwrap_or(0) + 1;
            if automation.created_at.0 == 0 {
                automation.created_at = self.clock.now();
            }
            automation.updated_at = self.clock.now();
            self.store.put_automation(&automation, seen).await?;
            if let Some(stored) = stored {
                self.invalidate(&stored).await;
            }
            self.changed(&automation).await;
        }
        for contact in &file.contacts {
            self.store.put_contact(contact).await?;
            self.cached.put_contact(contact).await;
        }
        Ok(())
    }
}

/// An id that two automations of the file share: the second would replace the first.
fn named_twice(file: &WorkspaceFile) -> Option<&AutomationId> {
    let mut seen = HashSet::new();
    let mut ids = file.automations.iter().map(|automation| &automation.id);
    ids.find(|id| !seen.insert(*id))
}

fn foreign(what: &str, name: &str, workspace: &WorkspaceId) -> WorkspaceError {
    WorkspaceError::File(format!(
        "{what} “{name}” belongs to another workspace than “{workspace}”; set its workspaceId to that"
    ))
}
