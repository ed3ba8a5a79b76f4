//! The one way in which automations, accounts and workspaces change: validate, store,
//! invalidate, announce. An edit is seen by the very next webhook.

mod account;
mod error;
mod file;
mod id;

pub use account::AccountEdit;
pub use error::{Result, WorkspaceError};
pub use id::new_automation_id;

use crate::cache::Cached;
use crate::happenings::Happenings;
use crate::ports::{Clock, Documents};
use crate::validate;
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Happening, Severity, Workspace,
    WorkspaceId,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Creates, edits, switches, reorders and deletes.
#[derive(Debug)]
pub struct Workspaces {
    store: Arc<dyn Documents>,
    cached: Arc<Cached>,
    clock: Arc<dyn Clock>,
    happenings: Happenings,
}

impl Workspaces {
    /// Over a store and the cache in front of it.
    pub fn new(
        store: Arc<dyn Documents>,
        cached: Arc<Cached>,
        clock: Arc<dyn Clock>,
        happenings: Happenings,
    ) -> Self {
        Self {
            store,
            cached,
            clock,
            happenings,
        }
    }

    /// All workspaces.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self) -> Result<Vec<Workspace>> {
        Ok(self.store.workspaces().await?)
    }

    /// The accounts of a workspace.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn accounts(&self, workspace: &WorkspaceId) -> Result<Vec<Account>> {
        Ok(self.store.accounts(workspace).await?)
    }

    /// The automations of a workspace, active or not, in the order in which they are
    /// tried.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn automations(&self, workspace: &WorkspaceId) -> Result<Vec<Automation>> {
        Ok(self.store.automations(workspace).await?)
    }

    /// One automation.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`], or when the store fails.
    pub async fn automation(&self, id: &AutomationId) -> Result<Automation> {
        self.store
            .automation(id)
            .await?
            .ok_or_else(|| WorkspaceError::NotFound(id.to_string()))
    }

    /// Creates an automation. Its version and times are set here, and its id when a new
    /// one is wanted: see [`new_automation_id`].
    ///
    /// # Errors
    /// [`WorkspaceError::Invalid`] with every problem found;
    /// [`WorkspaceError::Conflict`] when the id is taken.
    pub async fn create(&self, mut automation: Automation) -> Result<Automation> {
        check(&automation)?;
        let now = self.clock.now();
        automation.version = 1;
        automation.created_at = now;
        automation.updated_at = now;
        self.store.put_automation(&automation, None).await?;
        self.changed(&automation).await;
        Ok(automation)
    }

    /// Replaces an automation. `automation.version` is the version that the editor saw.
    ///
    /// # Errors
    /// [`WorkspaceError::Invalid`], [`WorkspaceError::NotFound`], or
    /// [`WorkspaceError::Conflict`] when somebody else changed it meanwhile.
    pub async fn edit(&self, mut automation: Automation) -> Result<Automation> {
        check(&automation)?;
        let before = self.automation(&automation.id).await?;
        let seen = automation.version;
        automation.version = seen + 1;
        automation.created_at = before.created_at;
        automation.updated_at = self.clock.now();
        self.store.put_automation(&automation, Some(seen)).await?;
        // Also where it stood before: its type or its post may have changed.
        self.invalidate(&before).await;
        self.changed(&automation).await;
        Ok(automation)
    }

    /// Switches an automation on or off.
    ///
    /// # Errors
    /// As [`Workspaces::edit`]. Switching off never fails for what is wrong inside it.
    pub async fn toggle(&self, id: &AutomationId, is_active: bool) -> Result<Automation> {
        let mut automation = self.automation(id).await?;
        if automation.is_active == is_active {
            return Ok(automation);
        }
        automation.is_active = is_active;
        if is_active {
            check(&automation)?;
        }
        self.rewrite(automation).await
    }

    /// Puts the automations of one type into this order. Those not named keep theirs,
    /// behind the named ones.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`] for an id that is not among them; nothing is changed
    /// then. When the store fails half-way, the order is partly the new one.
    pub async fn reorder(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        order: &[AutomationId],
    ) -> Result<()> {
        let mut rest: Vec<_> = self.automations(workspace).await?;
        rest.retain(|automation| automation.kind == kind);
        let mut sorted = Vec::with_capacity(rest.len());
        for id in order {
            let place = rest
                .iter()
                .position(|automation| automation.id == *id)
                .ok_or_else(|| WorkspaceError::NotFound(id.to_string()))?;
            sorted.push(rest.remove(place));
        }
        sorted.append(&mut rest);
        let ids = sorted.into_iter().map(|automation| automation.id);
        let numbered: Vec<_> = ids.zip(0..).collect();
        self.prioritise(workspace, &numbered).await
    }

    /// Gives automations these priorities; those not named keep theirs.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`] for an id that the workspace does not have; nothing is
    /// changed then. When the store fails half-way, the order is partly the new one.
    pub async fn prioritise(
        &self,
        workspace: &WorkspaceId,
        order: &[(AutomationId, i32)],
    ) -> Result<()> {
        let mut known: HashMap<_, _> = self
            .automations(workspace)
            .await?
            .into_iter()
            .map(|automation| (automation.id.clone(), automation))
            .collect();
        let mut moved = Vec::new();
        for (id, priority) in order {
            let mut automation = known
                .remove(id)
                .ok_or_else(|| WorkspaceError::NotFound(id.to_string()))?;
            if automation.priority != *priority {
                automation.priority = *priority;
                moved.push(automation);
            }
        }
        for automation in moved {
            self.rewrite(automation).await?;
        }
        Ok(())
    }

    /// Puts a deleted automation back as it was, at its old place.
    ///
    /// # Errors
    /// As [`Workspaces::create`].
    pub async fn restore(&self, mut automation: Automation) -> Result<Automation> {
        check(&automation)?;
        automation.version += 1;
        automation.updated_at = self.clock.now();
        self.store.put_automation(&automation, None).await?;
        self.changed(&automation).await;
        Ok(automation)
    }

    /// Deletes an automation and returns it, so that it can be put back.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`], or when the store fails.
    pub async fn delete(&self, id: &AutomationId) -> Result<Automation> {
        let automation = self
            .store
            .delete_automation(id)
            .await?
            .ok_or_else(|| WorkspaceError::NotFound(id.to_string()))?;
        self.changed(&automation).await;
        Ok(automation)
    }

    /// Creates or replaces a workspace.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_workspace(&self, workspace: &Workspace) -> Result<()> {
        Ok(self.store.put_workspace(workspace).await?)
    }

    /// Creates or replaces an account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_account(&self, account: &Account) -> Result<()> {
        let before = self.store.account(&account.id).await?;
        self.store.put_account(account).await?;
        // Collected first: an iterator with closures that is held across an await keeps
        // the future from being `Send` for every lifetime.
        let mut known: Vec<&AccountId> = Vec::new();
        for account in before.iter().chain([account]) {
            known.extend(account.ids());
        }
        for id in known {
            self.cached.invalidate_account(id).await;
        }
        Ok(())
    }

    /// Writes a new version of an automation that is otherwise as it was.
    async fn rewrite(&self, mut automation: Automation) -> Result<Automation> {
        let seen = automation.version;
        automation.version = seen + 1;
        automation.updated_at = self.clock.now();
        self.store.put_automation(&automation, Some(seen)).await?;
        self.changed(&automation).await;
        Ok(automation)
    }

    async fn invalidate(&self, automation: &Automation) {
        self.cached
            .invalidate_automations(
                &automation.workspace_id,
                automation.kind,
                &automation.target,
            )
            .await;
    }

    /// Invalidates and announces.
    async fn changed(&self, automation: &Automation) {
        self.invalidate(automation).await;
        self.happenings.tell(|| Happening::AutomationChanged {
            workspace_id: automation.workspace_id.clone(),
            automation_id: automation.id.clone(),
            automation_type: automation.kind,
        });
    }
}

/// Refuses what Instagram would refuse, or what could not work.
fn check(automation: &Automation) -> Result<()> {
    let mut problems = validate::validate(automation);
    problems.retain(|problem| problem.severity == Severity::Error);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(WorkspaceError::Invalid {
            name: automation.name.clone(),
            problems,
        })
    }
}
