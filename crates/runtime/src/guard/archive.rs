//! The write-behind's end, guarded: what a cache still holds for the documents is not
//! written behind the caller's back either.

use super::{Guard, GuardedDocuments};
use async_trait::async_trait;
use heliograph_engine::ports::{Archive, ConversationChange, Documents, Mark, PortResult};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId, Millis,
    Target, UserState, Workspace, WorkspaceId,
};
use std::sync::Arc;

/// An archive that is written only where the guard level allows it.
#[derive(Debug, Clone)]
pub struct GuardedArchive {
    documents: GuardedDocuments,
    inner: Arc<dyn Archive>,
    guard: Arc<Guard>,
}

impl GuardedArchive {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Archive>, guard: Arc<Guard>) -> Self {
        Self::of(Arc::clone(&inner) as _, inner, guard)
    }

    /// Guards an archive whose documents are read elsewhere, as they are in a dry run.
    #[must_use]
    pub fn of(documents: Arc<dyn Documents>, inner: Arc<dyn Archive>, guard: Arc<Guard>) -> Self {
        Self {
            documents: GuardedDocuments::new(documents, Arc::clone(&guard)),
            inner,
            guard,
        }
    }
}

#[async_trait]
impl Archive for GuardedArchive {
    async fn write(&self, changes: &[ConversationChange], marks: &[Mark]) -> PortResult<()> {
        self.guard.allow("Writing behind what was committed")?;
        self.inner.write(changes, marks).await
    }

    async fn are_processed(&self, marks: &[String]) -> PortResult<Vec<bool>> {
        self.inner.are_processed(marks).await
    }

    async fn newest_mark(&self) -> PortResult<Option<Millis>> {
        self.inner.newest_mark().await
    }
}

#[async_trait]
impl Documents for GuardedArchive {
    async fn workspaces(&self) -> PortResult<Vec<Workspace>> {
        self.documents.workspaces().await
    }

    async fn put_workspace(&self, workspace: &Workspace) -> PortResult<()> {
        self.documents.put_workspace(workspace).await
    }

    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>> {
        self.documents.account(id).await
    }

    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>> {
        self.documents.accounts(workspace).await
    }

    async fn put_account(&self, account: &Account) -> PortResult<()> {
        self.documents.put_account(account).await
    }

    async fn automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.documents.automation(id).await
    }

    async fn automations(&self, workspace: &WorkspaceId) -> PortResult<Vec<Automation>> {
        self.documents.automations(workspace).await
    }

    async fn active_automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) -> PortResult<Vec<Automation>> {
        self.documents
            .active_automations(workspace, kind, target)
            .await
    }

    async fn put_automation(
        &self,
        automation: &Automation,
        replaces: Option<u32>,
    ) -> PortResult<()> {
        self.documents.put_automation(automation, replaces).await
    }

    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.documents.delete_automation(id).await
    }

    async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        now: Millis,
    ) -> PortResult<Option<UserState>> {
        self.documents.user_state(account, contact, now).await
    }

    async fn user_states(
        &self,
        account: &AccountId,
        now: Millis,
        most: usize,
    ) -> PortResult<Vec<UserState>> {
        self.documents.user_states(account, now, most).await
    }

    async fn contact(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<Option<Contact>> {
        self.documents.contact(account, contact).await
    }

    async fn contacts(&self, account: &AccountId, most: usize) -> PortResult<Vec<Contact>> {
        self.documents.contacts(account, most).await
    }

    async fn put_contact(&self, contact: &Contact) -> PortResult<()> {
        self.documents.put_contact(contact).await
    }
}
