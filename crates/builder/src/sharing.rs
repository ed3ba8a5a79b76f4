//! Automations in and out as a file.

use crate::builder::{free_name, names, no_automation};
use crate::{Builder, BuilderError, Result};
use heliograph_lab::{read_workspace, write_workspace};
use heliograph_model::{AutomationId, WorkspaceFile};

impl Builder {
    /// These automations as one workspace file in YAML, as they are drafted; without
    /// accounts, contacts and secrets.
    ///
    /// # Errors
    /// [`BuilderError::NotFound`] when one is not there, or when the store fails.
    pub async fn export(&self, ids: &[AutomationId]) -> Result<String> {
        let all = self.drafted().await?;
        let mut automations = Vec::with_capacity(ids.len());
        for id in ids {
            let found = all.iter().find(|automation| automation.id == *id);
            automations.push(found.ok_or_else(|| no_automation(id))?.clone());
        }
        Ok(write_workspace(&WorkspaceFile {
            heliograph: WorkspaceFile::VERSION,
            workspace: self.workspace.clone(),
            accounts: Vec::new(),
            automations,
            contacts: Vec::new(),
        })?)
    }

    /// Brings the automations of a workspace file in as drafts, so that nothing of them
    /// meets a webhook before somebody has looked at it. Returns their new ids.
    ///
    /// # Errors
    /// [`BuilderError::File`] when the text is no workspace file or holds no automation.
    pub async fn import(&self, text: &str) -> Result<Vec<AutomationId>> {
        let file = read_workspace(text)?;
        if file.automations.is_empty() {
            return Err(BuilderError::File(
                heliograph_lab::WorkspaceFileError::Read(
                    "this file holds no automation; choose one that was exported here or by \
                     `heliograph export`"
                        .into(),
                ),
            ));
        }
        let _turn = self.turn.lock().await;
        let mut taken = names(&self.all().await?);
        let mut ids = Vec::with_capacity(file.automations.len());
        for mut automation in file.automations {
            automation.name = free_name(&automation.name, &taken);
            taken.insert(automation.name.clone());
            ids.push(self.begin(automation)?);
        }
        Ok(ids)
    }
}
