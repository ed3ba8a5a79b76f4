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
    /// Items whose send was under way when a process ended come back `uncertain`. What is
    /// taken over for this from other processes is handed over too
    /// ([`Self::handed_over`]), so that whoever wants only some of it leaves nothing behind.
    async fn outbox(&self) -> PortResult<Vec<OutboxItem>>;
    /// Waits for items that this process is to send and is not told of by
    /// [`Self::commit`]: those of a process that ended, those that belong behind earlier
    /// ones of a contact that are here, and those that are sent again. Those of a contact
    /// come in their order.
    ///
    /// Nothing is lost by an error or by dropping the future: what was not handed out comes
    /// again, and what was may come once more. Never returns where there is nothing of it.
    async fn handed_over(&self) -> PortResult<Vec<OutboxItem>> {
        std::future::pending().await
    }
    /// Whether items that are due when they are committed count as begun with the commit
    /// ([`Commit::begins`]), so that [`Self::begin_sends`] need not be asked for a first try
    /// right afterwards. To be asked then: it ends when nothing was heard of this process for
    /// a while.
    fn begins_with_commit(&self) -> bool {
        false
    }
    /// Whether the ledger itself writes [`Commit::cached`] to the shared cache: in the same
    /// step where both are in one place, else at once afterwards, and never over what a later
    /// commit of the contact has written.
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
    /// Whether what of it is due now counts as begun with the commit, for a ledger that says
    /// [`Ledger::begins_with_commit`]: not where it waits behind earlier ones.
    pub begins: bool,
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
    /// those that are handed over, because earlier ones of the same contact are at another
    /// process or on their way to this one.
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
    /// Those to the same contact that were begun with their commit and wait behind it now, so
    /// that they are not begun any more.
    pub waiting: Vec<OutboxId>,
}
