//! The archive's documents, with what it does not have yet.

use super::{WriteBehind, conversations, keys};
use async_trait::async_trait;
use heliograph_engine::ports::{Documents, PortError, PortResult};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId, Millis,
    Target, UserState, Workspace, WorkspaceId,
};

impl WriteBehind {
    /// One field of a conversation, where the archive does not have it yet.
    async fn newer(
        &self,
        account: &AccountId,
        contact: &ContactId,
        [field, dirty]: [&str; 2],
    ) -> PortResult<Option<(String, Millis)>> {
        let partition = self.shared.partition(account.as_str(), contact.as_str());
        let mut get = redis::cmd("HMGET");
        get.arg(partition.keys.conversation(&keys::name(account, contact)))
            .arg(&[field, dirty, "at"]);
        let (value, dirty, at): (Option<String>, Option<String>, Option<i64>) =
            self.shared.redis.commands().run(&get).await?;
        Ok(value
            .filter(|_| dirty.is_some())
            .map(|value| (value, Millis(at.unwrap_or(0)))))
    }
}

#[async_trait]
impl Documents for WriteBehind {
    async fn workspaces(&self) -> PortResult<Vec<Workspace>> {
        self.shared.archive.workspaces().await
    }

    async fn put_workspace(&self, workspace: &Workspace) -> PortResult<()> {
        self.shared.archive.put_workspace(workspace).await
    }

    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>> {
        self.shared.archive.account(id).await
    }

    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>> {
        self.shared.archive.accounts(workspace).await
    }

    async fn put_account(&self, account: &Account) -> PortResult<()> {
        self.shared.archive.put_account(account).await
    }

    async fn automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.shared.archive.automation(id).await
    }

    async fn automations(&self, workspace: &WorkspaceId) -> PortResult<Vec<Automation>> {
        self.shared.archive.automations(workspace).await
    }

    async fn active_automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) -> PortResult<Vec<Automation>> {
        self.shared
            .archive
            .active_automations(workspace, kind, target)
            .await
    }

    async fn put_automation(
        &self,
        automation: &Automation,
        replaces: Option<u32>,
    ) -> PortResult<()> {
        self.shared
            .archive
            .put_automation(automation, replaces)
            .await
    }

    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.shared.archive.delete_automation(id).await
    }

    async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        now: Millis,
    ) -> PortResult<Option<UserState>> {
        // Redis first: what is written between the two looks is in the second one.
        let newer = self
            .newer(account, contact, ["state", "stateDirty"])
            .await?;
        let Some((state, _)) = newer else {
            return self.shared.archive.user_state(account, contact, now).await;
        };
        let state: Option<UserState> = serde_json::from_str(&state).map_err(PortError::other)?;
        Ok(state.filter(|state| state.expires_at > now))
    }

    async fn user_states(
        &self,
        account: &AccountId,
        now: Millis,
        most: usize,
    ) -> PortResult<Vec<UserState>> {
        self.flush().await?;
        self.shared.archive.user_states(account, now, most).await
    }

    async fn contact(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<Option<Contact>> {
        let newer = self
            .newer(account, contact, ["changes", "contactDirty"])
            .await?;
        let stored = self.shared.archive.contact(account, contact).await?;
        let Some((changes, at)) = newer else {
            return Ok(stored);
        };
        let mut person =
            stored.unwrap_or_else(|| Contact::new(account.clone(), contact.clone(), at));
        conversations::merged(&changes)?.apply(&mut person, at);
        Ok(Some(person))
    }

    async fn contacts(&self, account: &AccountId, most: usize) -> PortResult<Vec<Contact>> {
        self.flush().await?;
        self.shared.archive.contacts(account, most).await
    }

    async fn put_contact(&self, contact: &Contact) -> PortResult<()> {
        // What waits would otherwise be written over this later.
        self.flush().await?;
        self.shared.archive.put_contact(contact).await
    }
}
