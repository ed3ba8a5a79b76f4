//! Taking automations out of a workspace, and bringing them back.

use crate::builder::no_automation;
use crate::shelf::{Draft, Stored};
use crate::{Builder, PutAwayWhy, Result};
use heliograph_model::AutomationId;

impl Builder {
    /// Takes an automation out of the workspace and keeps it until somebody wants it.
    ///
    /// # Errors
    /// [`crate::BuilderError::NotFound`], or when the store or the shelf fails.
    pub async fn archive(&self, id: &AutomationId) -> Result<()> {
        self.put_away(id, PutAwayWhy::Archived).await
    }

    /// Deletes an automation; for thirty days it can be brought back.
    ///
    /// # Errors
    /// [`crate::BuilderError::NotFound`], or when the store or the shelf fails.
    pub async fn delete(&self, id: &AutomationId) -> Result<()> {
        self.put_away(id, PutAwayWhy::Deleted).await
    }

    async fn put_away(&self, id: &AutomationId, why: PutAwayWhy) -> Result<()> {
        let _turn = self.turn.lock().await;
        let published = self.stored(id).await?;
        let draft = self.shelf.draft(id)?.map(|draft| draft.automation);
        if published.is_none() && draft.is_none() {
            return Err(no_automation(id));
        }
        // On the shelf first: whatever fails then, it is not lost.
        let was_published = published.is_some();
        self.shelf.put_away(&Stored {
            id: id.clone(),
            why,
            at: self.clock.now(),
            published,
            draft,
        })?;
        if was_published {
            self.workspaces().delete(id).await?;
        }
        self.changed();
        Ok(())
    }

    /// Brings back what was archived or deleted. What was deleted is as it was before;
    /// what was archived is off, because much may have changed since.
    ///
    /// # Errors
    /// [`crate::BuilderError::NotFound`], or when the store refuses it.
    pub async fn bring_back(&self, id: &AutomationId) -> Result<()> {
        let _turn = self.turn.lock().await;
        let all = self.shelf.all_put_away()?;
        let found = all.into_iter().find(|stored| stored.id == *id);
        let stored = found.ok_or_else(|| no_automation(id))?;
        let mut base = None;
        if let Some(mut published) = stored.published {
            if stored.why == PutAwayWhy::Archived {
                published.is_active = false;
            }
            base = Some(self.workspaces().restore(published).await?);
        }
        if let Some(automation) = stored.draft {
            self.shelf.put_draft(&Draft {
                revision: 1,
                automation,
                base,
            })?;
        }
        self.shelf.forget(id)?;
        self.changed();
        Ok(())
    }
}
