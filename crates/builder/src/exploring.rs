//! Walking every way through an automation as it is edited.

use crate::{Builder, BuilderError, Result};
use heliograph_lab::explore::{Exploration, explore};
use heliograph_model::Automation;

impl Builder {
    /// Walks every way through an automation as it is edited, among all others as they
    /// are drafted. Takes a moment of computing, on a thread for that.
    ///
    /// # Errors
    /// [`BuilderError::NotFound`] when the workspace has no account; or when the store or
    /// the shelf fails.
    pub async fn explore(&self, automation: Automation) -> Result<Exploration> {
        let all = self.drafted().await?;
        let accounts = self.workspaces().accounts(&self.workspace.id).await?;
        let account = accounts
            .into_iter()
            .next()
            .ok_or_else(|| BuilderError::NotFound("account in this workspace".into()))?;
        let walked = tokio::task::spawn_blocking(move || explore(&automation, &all, &account));
        Ok(walked.await?)
    }
}
