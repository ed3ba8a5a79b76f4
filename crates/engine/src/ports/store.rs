//! Documents, the deduplication marks and the outbox.

use super::{CacheWrite, Hold, PortResult};
use async_trait::async_trait;
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId,
    DecisionRecord, DeliveryId, Effect, Millis, OutboxId, OutboxItem, SendRecord, StateChange,
    Target, UserState, Workspace, WorkspaceId,
};

/// Where everything is kept that outlives a process: the documents, and the ledger of what
/// was decided and is to be sent. Reads see every commit that has returned.
pub trait Store: Documents + Ledger {}

impl<T: Documents + Ledger + ?Sized> Store for T {}

/// Where documents are kept.
#[async_trait]
pub trait Documents: Send + Sync + std::fmt::Debug {
    /// All workspaces, by name.
    async fn workspaces(&self) -> PortResult<Vec<Workspace>>;
    /// Creates or replaces a workspace.
    async fn put_workspace(&self, workspace: &Workspace) -> PortResult<()>;

    /// The account with this id or alias.
    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>>;
    /// The accounts of a workspace, by username.
    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>>;
    /// Creates or replaces an account.
    async fn put_account(&self, account: &Account) -> PortResult<()>;

    /// An automation by its id, active or not.
    async fn automation(&self, id: &AutomationId) -> PortResult<Option<Automation>>;
    /// All automations of a workspace, active or not, in the order in which they are tried.
    async fn automations(&self, workspace: &WorkspaceId) -> PortResult<Vec<Automation>>;
    /// The **active** automations of one type and target, in the order in which they are
    /// tried: by priority, then creation time, then id.
    async fn active_automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) -> PortResult<Vec<Automation>>;
    /// Writes an automation. `replaces` is the version that the editor saw, or `None`
    /// for a new one.
    ///
    /// # Errors
    /// [`super::PortError::Conflict`] when another version, or none, is stored.
    async fn put_automation(
        &self,
        automation: &Automation,
        replaces: Option<u32>,
    ) -> PortResult<()>;
    /// Deletes an automation and returns it; `None` when there was none.
    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>>;

    /// Where a contact stands. What has expired at `now` is absent.
    async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        now: Millis,
    ) -> PortResult<Option<UserState>>;
    /// The states of an account that have not expired, newest first, at most `most`.
    async fn user_states(
        &self,
        account: &AccountId,
        now: Millis,
        most: usize,
    ) -> PortResult<Vec<UserState>>;

    /// A contact.
    async fn contact(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<Option<Contact>>;
    /// The contacts of an account, the last who wrote first, at most `most`.
    async fn contacts(&self, account: &AccountId, most: usize) -> PortResult<Vec<Contact>>;
    /// Creates or replaces a contact.
    async fn put_contact(&self, contact: &Contact) -> PortResult<()>;
}

/// What was decided, once for each event, and what of it is still to be sent.
#[async_trait]
pub trait Ledger: Send + Sync + std::fmt::Debug {
    /// Whether an event with this mark was committed before.
    async fn is_processed(&self, mark: &str) -> PortResult<bool>;

    /// Writes everything that a decision changes, at once or not at all. Durable when it
    /// returns. When `mark` was there already nothing is written but the journal's line
    /// that the event came again. [`Commit::hold`] ends with it, however it ends.
    async fn commit(&self, commit: Commit) -> PortResult<Committed>;

    /// What the outbox holds and no other process is sending, oldest first: for the start.
    /// Items whose send was under way when a process ended come back `uncertain`.
    async fn outbox(&self) -> PortResult<Vec<OutboxItem>>;
    /// Waits for items that this process is to send and did not commit itself: those of a
    /// process that ended, and those that another one committed for a contact whose
    /// earlier sends are here. Never returns where there is one process only.
    async fn handed_over(&self) -> PortResult<Vec<OutboxItem>> {
        std::future::pending().await
    }
    /// Whether items that are due when they are committed count as begun with the commit,
    /// so that [`Self::begin_sends`] need not be asked for their first try.
    fn begins_with_commit(&self) -> bool {
        false
    }
    /// Whether the shared cache is where the ledger is, so that [`Commit::cached`] is
    /// written in the same step: no later commit of the contact can come between the two.
    fn caches_with_commit(&self) -> bool {
        false
    }
    /// Says that these sends start now. Durable when it returns, so that after a crash it
    /// is known which ones may have arrived.
    ///
    /// # Errors
    /// [`super::PortError::Conflict`] when another process has taken them over, because
    /// nothing was heard of this one for long: they are not to be sent here.
    async fn begin_sends(&self, ids: &[OutboxId]) -> PortResult<()>;
    /// Says how tries ended, and journals them. [`SendUpdate::retry_at`] keeps the item.
    async fn end_sends(&self, updates: Vec<SendUpdate>) -> PortResult<()>;
}

/// Everything that one decision changes.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The deduplication mark of the event: its id and kind.
    pub mark: String,
    /// Now.
    pub now: Millis,
    /// The account, where it is known.
    pub account_id: Option<AccountId>,
    /// The contact, where it is known.
    pub contact_id: Option<ContactId>,
    /// What becomes of the user state of that contact on that account.
    pub state: StateChange,
    /// The contact as it is to be stored, with what the decision in `record` changes;
    /// `None` leaves it.
    pub contact: Option<Contact>,
    /// What is to be sent.
    pub outbox: Vec<NewOutboxItem>,
    /// For the journal: the event and the decision.
    pub record: DecisionRecord,
    /// The hold on the conversation under which this was decided. With it, nothing is
    /// written once another worker has taken the conversation over.
    pub hold: Option<Hold>,
    /// What the shared cache is to hold of where the contact stands from now on: only for
    /// a ledger that says [`Ledger::caches_with_commit`].
    pub cached: Option<CacheWrite>,
}

/// An effect that is to go into the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutboxItem {
    /// The delivery that led to it.
    pub delivery_id: DeliveryId,
    /// The account that sends.
    pub account_id: AccountId,
    /// The contact it is for.
    pub contact_id: Option<ContactId>,
    /// What is to be sent.
    pub effect: Effect,
    /// Until when Instagram accepts it.
    pub send_before: Millis,
    /// Not to be tried before.
    pub due_at: Millis,
}

/// How a commit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// It is written; these are the outbox items, in the order of the effects, without
    /// those that another process sends because it has earlier ones of the same contact.
    Applied(Vec<OutboxItem>),
    /// The mark was there already, and nothing changed.
    Duplicate,
    /// The hold had ended and another worker took the conversation over: nothing changed,
    /// and the event has to be handled from its beginning.
    Overtaken,
}

/// How one try to send ended.
#[derive(Debug, Clone, PartialEq)]
pub struct SendUpdate {
    /// What the journal says of it.
    pub record: SendRecord,
    /// When it is tried again; `None` takes the item out of the outbox.
    pub retry_at: Option<Millis>,
}
