//! A store that takes longer than it needs, on purpose: to see what a conversation is like
//! when the database is slow.

use async_trait::async_trait;
use heliograph_engine::ports::{
    Commit, Committed, Documents, Ledger, PortResult, SendUpdate, Store,
};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId, Millis,
    OutboxId, OutboxItem, Target, UserState, Workspace, WorkspaceId,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How much longer a store takes, in milliseconds of real time; can be changed while it
/// runs.
#[derive(Debug, Clone, Default)]
pub struct StoreDelay(Arc<AtomicU64>);

impl StoreDelay {
    /// From now on it is so much.
    pub fn set(&self, millis: u64) {
        self.0.store(millis, Ordering::Relaxed);
    }

    /// How much it is.
    #[must_use]
    pub fn millis(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    async fn pass(&self) {
        let millis = self.millis();
        if millis > 0 {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
    }
}

/// Delays what the engine asks of a store on an event's way; everything else passes.
#[derive(Debug)]
pub(crate) struct SlowStore {
    inner: Arc<dyn Store>,
    delay: StoreDelay,
}

impl SlowStore {
    pub(crate) fn new(inner: Arc<dyn Store>, delay: StoreDelay) -> Self {
        Self { inner, delay }
    }
}

#[async_trait]
impl Documents for SlowStore {
    async fn workspaces(&self) -> PortResult<Vec<Workspace>> {
        self.inner.workspaces().await
    }

    async fn put_workspace(&self, workspace: &Workspace) -> PortResult<()> {
        self.inner.put_workspace(workspace).await
    }

    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>> {
        self.delay.pass().await;
        self.inner.account(id).await
    }

    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>> {
        self.inner.accounts(workspace).await
    }

    async fn put_account(&self, account: &Account) -> PortResult<()> {
        self.inner.put_account(account).await
    }

    async fn automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.delay.pass().await;
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
        self.delay.pass().await;
        self.inner.active_automations(workspace, kind, target).await
    }

    async fn put_automation(
        &self,
        automation: &Automation,
        replaces: Option<u32>,
    ) -> PortResult<()> {
        self.inner.put_automation(automation, replaces).await
    }

    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.inner.delete_automation(id).await
    }

    async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        now: Millis,
    ) -> PortResult<Option<UserState>> {
        self.delay.pass().await;
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
        self.delay.pass().await;
        self.inner.contact(account, contact).await
    }

    async fn contacts(&self, account: &AccountId, most: usize) -> PortResult<Vec<Contact>> {
        self.inner.contacts(account, most).await
    }

    async fn put_contact(&self, contact: &Contact) -> PortResult<()> {
        self.inner.put_contact(contact).await
    }
}

#[async_trait]
impl Ledger for SlowStore {
    async fn is_processed(&self, mark: &str) -> PortResult<bool> {
        self.delay.pass().await;
        self.inner.is_processed(mark).await
    }

    async fn commit(&self, commit: Commit) -> PortResult<Committed> {
        self.delay.pass().await;
        self.inner.commit(commit).await
    }

    async fn outbox(&self) -> PortResult<Vec<OutboxItem>> {
        self.inner.outbox().await
    }

    async fn handed_over(&self) -> PortResult<Vec<OutboxItem>> {
        self.inner.handed_over().await
    }

    fn begins_with_commit(&self) -> bool {
        self.inner.begins_with_commit()
    }

    fn caches_with_commit(&self) -> bool {
        self.inner.caches_with_commit()
    }

    async fn begin_sends(&self, ids: &[OutboxId]) -> PortResult<()> {
        self.delay.pass().await;
        self.inner.begin_sends(ids).await
    }

    async fn end_sends(&self, updates: Vec<SendUpdate>) -> PortResult<()> {
        self.delay.pass().await;
        self.inner.end_sends(updates).await
    }
}
