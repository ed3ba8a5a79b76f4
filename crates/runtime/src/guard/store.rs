//! The store, guarded: the documents, and the ledger of what is committed and sent.

use super::{Guard, GuardedDocuments};
use async_trait::async_trait;
use heliograph_engine::ports::{
    Commit, Committed, Documents, Ledger, PortResult, SendUpdate, Store,
};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId, GuardLevel,
    Millis, OutboxId, OutboxItem, Target, UserState, Workspace, WorkspaceId,
};
use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;

/// A store that is written only where the guard level allows it.
///
/// With one exception: how a send ended that was begun while it was allowed is written
/// down also when *live* has ended meanwhile. Otherwise nobody would know of a message that
/// a person has received, and the next start would send it again.
#[derive(Debug)]
pub struct GuardedStore {
    documents: GuardedDocuments,
    ledger: Arc<dyn Ledger>,
    guard: Arc<Guard>,
    /// Sends whose end is not written down yet. Held for a look-up only.
    begun: Mutex<HashSet<OutboxId>>,
}

impl GuardedStore {
    /// Guards a store.
    #[must_use]
    pub fn new(store: &Arc<dyn Store>, guard: Arc<Guard>) -> Self {
        Self::of(Arc::clone(store) as _, Arc::clone(store) as _, guard)
    }

    /// Guards documents and a ledger that stand apart, as they do in a dry run.
    #[must_use]
    pub fn of(documents: Arc<dyn Documents>, ledger: Arc<dyn Ledger>, guard: Arc<Guard>) -> Self {
        Self {
            documents: GuardedDocuments::new(documents, Arc::clone(&guard)),
            ledger,
            guard,
            begun: Mutex::default(),
        }
    }
}

#[async_trait]
impl Ledger for GuardedStore {
    async fn is_processed(&self, mark: &str) -> PortResult<bool> {
        self.ledger.is_processed(mark).await
    }

    async fn commit(&self, commit: Commit) -> PortResult<Committed> {
        self.guard.allow("Committing a decision")?;
        let now = commit.now;
        let committed = self.ledger.commit(commit).await?;
        if let Committed::Applied(items) = &committed
            && self.ledger.begins_with_commit()
        {
            let due = items.iter().filter(|item| item.due_at <= now);
            self.begun.lock().extend(due.map(|item| item.id));
        }
        Ok(committed)
    }

    /// Empty at *observe*: nothing is to be sent, and to hand items out an adapter may
    /// have to claim them.
    async fn outbox(&self) -> PortResult<Vec<OutboxItem>> {
        match self.guard.level() {
            GuardLevel::Observe => Ok(Vec::new()),
            GuardLevel::Offline | GuardLevel::DryRun | GuardLevel::Live => {
                self.ledger.outbox().await
            }
        }
    }

    async fn handed_over(&self) -> PortResult<Vec<OutboxItem>> {
        let call = self.ledger.handed_over();
        self.guard
            .while_allowed("Taking over sends of other workers", call)
            .await
    }

    fn begins_with_commit(&self) -> bool {
        self.ledger.begins_with_commit()
    }

    async fn begin_sends(&self, ids: &[OutboxId]) -> PortResult<()> {
        self.guard.allow("Beginning a send")?;
        self.ledger.begin_sends(ids).await?;
        self.begun.lock().extend(ids);
        Ok(())
    }

    async fn end_sends(&self, updates: Vec<SendUpdate>) -> PortResult<()> {
        let ids: Vec<_> = updates
            .iter()
            .map(|update| update.record.outbox_id)
            .collect();
        let were_begun = {
            let begun = self.begun.lock();
            ids.iter().all(|id| begun.contains(id))
        };
        if !were_begun {
            self.guard.allow("Writing down how a send ended")?;
        }
        self.ledger.end_sends(updates).await?;
        let mut begun = self.begun.lock();
        for id in &ids {
            begun.remove(id);
        }
        Ok(())
    }
}

#[async_trait]
impl Documents for GuardedStore {
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
