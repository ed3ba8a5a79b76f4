//! Documents that a port has beside its own calls.

/// Makes a port's documents those of its field `documents`, which guards them.
macro_rules! documents_pass_on {
    ($port:ty) => {
        const _: () = {
            use async_trait::async_trait;
            use heliograph_engine::ports::{Documents, PortResult};
            use heliograph_model::{
                Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId,
                Millis, Target, UserState, Workspace, WorkspaceId,
            };

            #[async_trait]
            impl Documents for $port {
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

                async fn automations(
                    &self,
                    workspace: &WorkspaceId,
                ) -> PortResult<Vec<Automation>> {
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

                async fn delete_automation(
                    &self,
                    id: &AutomationId,
                ) -> PortResult<Option<Automation>> {
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

                async fn contacts(
                    &self,
                    account: &AccountId,
                    most: usize,
                ) -> PortResult<Vec<Contact>> {
                    self.documents.contacts(account, most).await
                }

                async fn put_contact(&self, contact: &Contact) -> PortResult<()> {
                    self.documents.put_contact(contact).await
                }
            }
        };
    };
}

pub(super) use documents_pass_on;
