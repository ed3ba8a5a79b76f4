//! The documents, guarded.

use super::Guard;
use crate::audit::Change;
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
        let change = Change::new("Saving a workspace", workspace.id.as_str()).to(json(workspace));
        let before = async {
            let all = self.inner.workspaces().await.ok()?;
            all.iter().find(|it| it.id == workspace.id).map(json)
        };
        let call = self.inner.put_workspace(workspace);
        self.guard.change_on_real(change, before, call).await
    }

    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>> {
        self.inner.account(id).await
    }

    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>> {
        self.inner.accounts(workspace).await
    }

    async fn put_account(&self, account: &Account) -> PortResult<()> {
        let change = Change::new("Saving an account", account.id.as_str()).to(json(account));
        let before = async { shown(self.inner.account(&account.id).await) };
        let call = self.inner.put_account(account);
        self.guard.change_on_real(change, before, call).await
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
        let change =
            Change::new("Saving an automation", automation.id.as_str()).to(json(automation));
        let before = async { shown(self.inner.automation(&automation.id).await) };
        let call = self.inner.put_automation(automation, replaces);
        self.guard.change_on_real(change, before, call).await
    }

    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        let change = Change::new("Deleting an automation", id.as_str());
        let before = async { shown(self.inner.automation(id).await) };
        let call = self.inner.delete_automation(id);
        self.guard.change_on_real(change, before, call).await
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
        let who = format!("{} of {}", contact.sender_id, contact.account_id);
        let change = Change::new("Saving a contact", who).to(json(contact));
        let before = async {
            shown(
                self.inner
                    .contact(&contact.account_id, &contact.sender_id)
                    .await,
            )
        };
        let call = self.inner.put_contact(contact);
        self.guard.change(change, before, call).await
    }
}

fn json(document: &impl serde::Serialize) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

/// What was found, where it could be read.
fn shown(found: PortResult<Option<impl serde::Serialize>>) -> Option<String> {
    found.ok().flatten().as_ref().map(json)
}
