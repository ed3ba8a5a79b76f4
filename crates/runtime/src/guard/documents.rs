//! The documents, guarded.

use super::Guard;
use async_trait::async_trait;
use heliograph_engine::ports::{Documents, PortResult};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId, Millis,
    Target, UserState, Workspace, WorkspaceId,
};
use std::sync::Arc;

/// Documents that are written only where the guard level allows it.
#[derive(Debug, Clone)]
pub struct GuardedDocuments {
    inner: Arc<dyn Documents>,
    guard: Arc<Guard>,
}

impl GuardedDocuments {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Documents>, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

#[async_trait]
impl Documents for GuardedDocuments {
    async fn workspaces(&self) -> PortResult<Vec<Workspace>> {
        self.inner.workspaces().await
    }

    async fn put_workspace(&self, workspace: &Workspace) -> PortResult<()> {
        self.guard.allow_on_real("Saving a workspace")?;
        self.inner.put_workspace(workspace).await
    }

    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>> {
        self.inner.account(id).await
    }

    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>> {
        self.inner.accounts(workspace).await
    }

    async fn put_account(&self, account: &Account) -> PortResult<()> {
        self.guard.allow_on_real("Saving an account")?;
        self.inner.put_account(account).await
    }

    async fn automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.inner.automation(id).await
    }

    async fn automations(&self, workspace: &WorkspaceId) -> PortResult<Vec<Automation>> {
        self.inner.automations(workspace).await
    }

    async fn active_automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) -> PortResult<Vec<Automation>> {
        self.inner.active_automations(workspace, kind, target).await
    }

    async fn put_automation(
        &self,
        automation: &Automation,
        replaces: Option<u32>,
    ) -> PortResult<()> {
        self.guard.allow_on_real("Saving an automation")?;
        self.inner.put_automation(automation, replaces).await
    }

    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.guard.allow_on_real("Deleting an automation")?;
        self.inner.delete_automation(id).await
    }

    async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        now: Millis,
    ) -> PortResult<Option<UserState>> {
        self.inner.user_state(account, contact, now).await
    }

    async fn user_states(
        &self,
        account: &AccountId,
        now: Millis,
        most: usize,
    ) -> PortResult<Vec<UserState>> {
        self.inner.user_states(account, now, most).await
    }

    async fn contact(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<Option<Contact>> {
        self.inner.contact(account, contact).await
    }

    async fn contacts(&self, account: &AccountId, most: usize) -> PortResult<Vec<Contact>> {
        self.inner.contacts(account, most).await
    }

    async fn put_contact(&self, contact: &Contact) -> PortResult<()> {
        self.guard.allow("Saving a contact")?;
        self.inner.put_contact(contact).await
    }
}
