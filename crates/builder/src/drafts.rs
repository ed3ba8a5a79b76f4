//! Editing one automation: its draft, and publishing it.

use crate::builder::{One, content, no_automation};
use crate::shelf::Draft;
use crate::{Builder, BuilderError, Entry, Result};
use heliograph_engine::workspaces::WorkspaceError;
use heliograph_model::{Automation, AutomationId};
use serde::{Deserialize, Serialize};

/// An automation that is opened for editing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    /// As it is drafted, or as it is published where there is no draft.
    pub automation: Automation,
    /// As it is published now.
    pub published: Option<Automation>,
    /// As it was published when the draft was begun; the same as `published` where there
    /// is no draft.
    pub base: Option<Automation>,
    /// Which save of the draft this is; 0 where there is no draft.
    pub revision: u32,
    /// It was changed elsewhere since the draft was begun.
    pub conflict: bool,
}

/// What saving a draft answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Saved {
    /// The automation at a glance.
    pub entry: Entry,
    /// Which save this was; 0 when the draft is gone, because it says what is published.
    pub revision: u32,
}

impl Builder {
    /// Opens an automation for editing.
    ///
    /// # Errors
    /// [`BuilderError::NotFound`], or when the store or the shelf fails.
    pub async fn open_automation(&self, id: &AutomationId) -> Result<Opened> {
        let stored = self.stored(id).await?;
        if let Some(stored) = &stored {
            // What an editor sees now is what its draft is based on, also when somebody
            // else publishes before the first save.
            self.shelf.keep_version(stored)?;
        }
        let draft = self.shelf.draft(id)?;
        let (base, revision) = match &draft {
            Some(draft) => (draft.base.clone(), draft.revision),
            None => (stored.clone(), 0),
        };
        let one = One::new(stored, draft.as_ref()).ok_or_else(|| no_automation(id))?;
        Ok(Opened {
            automation: one.shown,
            published: one.stored,
            base,
            revision,
            conflict: one.conflict,
        })
    }

    /// Keeps a draft. `revision` is that of the draft which the editor saw; `onto` says
    /// that the editor has taken in what is published in this version. A draft that says
    /// what is published anyway is taken away.
    ///
    /// # Errors
    /// [`BuilderError::Conflict`] when another window saved a draft meanwhile, or when
    /// `onto` is not the version that is published.
    pub async fn save(
        &self,
        automation: Automation,
        revision: u32,
        onto: Option<u32>,
    ) -> Result<Saved> {
        let _turn = self.turn.lock().await;
        let id = automation.id.clone();
        let stored = self.stored(&id).await?;
        let known = self.shelf.draft(&id)?;
        if known.as_ref().map_or(0, |known| known.revision) != revision {
            return Err(BuilderError::Conflict(format!(
                "“{}” was edited in another window meanwhile; open it again to see that draft",
                automation.name
            )));
        }
        let base = match (onto, known) {
            (Some(version), _) => {
                let stored = stored.clone();
                Some(
                    stored
                        .filter(|stored| stored.version == version)
                        .ok_or_else(|| {
                            BuilderError::Conflict(
                                "it was published once more meanwhile; look at the changes again"
                                    .into(),
                            )
                        })?,
                )
            }
            (None, Some(known)) => known.base,
            // The first save: on the version that the editor saw.
            (None, None) => match &stored {
                Some(stored) if stored.version == automation.version => Some(stored.clone()),
                Some(_) => self.shelf.version(&id, automation.version)?,
                None => return Err(no_automation(&id)),
            },
        };
        let mut draft = Draft {
            revision: revision + 1,
            automation,
            base,
        };
        draft.automation.updated_at = self.clock.now();
        let same = stored.as_ref().is_some_and(|stored| {
            let shown = draft.onto(Some(stored));
            content(stored) == content(&shown)
                && (stored.priority, stored.is_active) == (shown.priority, shown.is_active)
        });
        let (draft, revision) = if same {
            self.shelf.remove_draft(&id)?;
            (None, 0)
        } else {
            self.shelf.put_draft(&draft)?;
            let revision = draft.revision;
            (Some(draft), revision)
        };
        self.changed();
        let one = One::new(stored, draft.as_ref()).ok_or_else(|| no_automation(&id))?;
        Ok(Saved {
            entry: one.entry(),
            revision,
        })
    }

    /// Throws the draft away; one that was never published goes to what was deleted.
    ///
    /// # Errors
    /// [`BuilderError::NotFound`], or when the store or the shelf fails.
    pub async fn discard(&self, id: &AutomationId) -> Result<()> {
        if self.stored(id).await?.is_none() {
            return self.delete(id).await;
        }
        let _turn = self.turn.lock().await;
        self.shelf.remove_draft(id)?;
        self.changed();
        Ok(())
    }

    /// Publishes the draft: the very next webhook meets it. `over` names the version that
    /// the editor knows to be replaced, where it is not the one that the draft was begun
    /// on; 0: it was deleted.
    ///
    /// # Errors
    /// [`WorkspaceError::Invalid`] with everything that is wrong,
    /// [`BuilderError::Conflict`] when it was changed elsewhere, or when the store or the
    /// shelf fails.
    pub async fn publish(&self, id: &AutomationId, over: Option<u32>) -> Result<Automation> {
        let _turn = self.turn.lock().await;
        let stored = self.stored(id).await?;
        let Some(draft) = self.shelf.draft(id)? else {
            return stored.ok_or_else(|| no_automation(id));
        };
        let version = stored.as_ref().map_or(0, |stored| stored.version);
        if draft.conflicts(stored.as_ref()) && over != Some(version) {
            return Err(changed_elsewhere(&draft.automation, stored.as_ref()));
        }
        let automation = draft.onto(stored.as_ref());
        let published = match &stored {
            Some(stored) => {
                self.shelf.keep_version(stored)?;
                self.workspaces().edit(automation).await
            }
            None => self.workspaces().create(automation).await,
        };
        let published = match published {
            // Between the look and the write.
            Err(WorkspaceError::Conflict(_)) => {
                return Err(changed_elsewhere(&draft.automation, stored.as_ref()));
            }
            other => other?,
        };
        self.shelf.keep_version(&published)?;
        self.shelf.remove_draft(id)?;
        self.changed();
        Ok(published)
    }
}

fn changed_elsewhere(draft: &Automation, stored: Option<&Automation>) -> BuilderError {
    let what = if stored.is_some() {
        "was changed"
    } else {
        "was deleted"
    };
    BuilderError::Conflict(format!(
        "“{}” {what} elsewhere since this draft was begun; compare the two and choose",
        draft.name
    ))
}
