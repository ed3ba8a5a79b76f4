//! The documents of a dry run: what people built is read where it is, and what the run
//! itself learns goes into documents of its own.

use async_trait::async_trait;
use heliograph_engine::ports::{Documents, PortResult};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId, Millis,
    Target, UserState, Workspace, WorkspaceId,
};
use std::sync::Arc;

/// Workspaces, accounts and automations from the real documents; states and contacts from
/// those of the dry run. A contact that the run has not changed yet is read from the real
/// ones, so that who has unsubscribed counts as unsubscribed.
///
/// Every write goes to the run's own documents, where the guard lets it through at all.
#[derive(Debug, Clone)]
pub struct DryDocuments {
    real: Arc<dyn Documents>,
    own: Arc<dyn Documents>,
}

impl DryDocuments {
    /// Reads from `real` and writes to `own`.
    #[must_use]
    pub fn new(real: Arc<dyn Documents>, own: Arc<dyn Documents>) -> Self {
        Self { real, own }
    }
}

#[async_trait]
impl Documents for DryDocuments {
    async fn workspaces(&self) -> PortResult<Vec<Workspace>> {
        self.real.workspaces().await
    }

    async fn put_workspace(&self, workspace: &Workspace) -> PortResult<()> {
        self.own.put_workspace(workspace).await
    }

    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>> {
        self.real.account(id).await
    }

    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>> {
        self.real.accounts(workspace).await
    }

    async fn put_account(&self, account: &Account) -> PortResult<()> {
        self.own.put_account(account).await
    }

    async fn automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.real.automation(id).await
    }

    async fn automations(&self, workspace: &WorkspaceId) -> PortResult<Vec<Automation>> {
        self.real.automations(workspace).await
    }

    async fn active_automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) -> PortResult<Vec<Automation>> {
        self.real.active_automations(workspace, kind, target).await
    }

    async fn put_automation(
        &self,
        automation: &Automation,
        replaces: Option<u32>,
    ) -> PortResult<()> {
        self.own.put_automation(automation, replaces).await
    }

    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.own.delete_automation(id).await
    }

    async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        now: Millis,
    ) -> PortResult<Option<UserState>> {
        self.own.user_state(account, contact, now).await
    }

    async fn user_states(
        &self,
        account: &AccountId,
        now: Millis,
        most: usize,
    ) -> PortResult<Vec<UserState>> {
        self.own.user_states(account, now, most).await
    }

    async fn contact(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<Option<Contact>> {
        match self.own.contact(account, contact).await? {
            Some(person) => Ok(Some(person)),
            None => self.real.contact(account, contact).await,
        }
    }

    async fn contacts(&self, account: &AccountId, most: usize) -> PortResult<Vec<Contact>> {
        self.own.contacts(account, most).await
    }

    async fn put_contact(&self, contact: &Contact) -> PortResult<()> {
        self.own.put_contact(contact).await
    }
}
