//! Faults around real parts: a store and a cache that pass every call on to the real one,
//! and ask a hook before and after, which may wait, fail or panic.

use async_trait::async_trait;
use bytes::Bytes;
use heliograph_engine::ports::{
    Cache, Commit, Committed, Documents, Lease, Ledger, Lookup, PortError, PortResult, SendUpdate,
    Store, Ttl,
};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId, Millis,
    OutboxId, OutboxItem, Target, UserState, Workspace, WorkspaceId,
};
use parking_lot::{Mutex, RwLock};
use std::{collections::HashMap, fmt, pin::Pin, sync::Arc};

/// A call on its way to the real part, or back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The name of the port's function.
    pub name: &'static str,
    /// What it is about: a key, an id.
    pub subject: String,
    /// Whether the real part has done it already.
    pub done: bool,
}

/// What a hook answers: go on, or fail with this.
pub type Answer = Pin<Box<dyn Future<Output = PortResult<()>> + Send>>;

/// Is asked before and after every call.
pub type Hook = Arc<dyn Fn(Call) -> Answer + Send + Sync>;

/// Where a test hangs its hook, and how often each function was called.
#[derive(Default)]
pub struct Hooks {
    hook: RwLock<Option<Hook>>,
    calls: Mutex<HashMap<&'static str, u64>>,
}

impl Hooks {
    /// Sets the hook, which may wait.
    pub fn set<F, A>(&self, hook: F)
    where
        F: Fn(Call) -> A + Send + Sync + 'static,
        A: Future<Output = PortResult<()>> + Send + 'static,
    {
        *self.hook.write() = Some(Arc::new(move |call| Box::pin(hook(call))));
    }

    /// Lets every call that `which` picks fail as unavailable before it reaches the real
    /// part.
    pub fn fail(&self, which: impl Fn(&Call) -> bool + Send + Sync + 'static) {
        self.set(move |call| {
            let fails = which(&call);
            async move { if fails { Err(down()) } else { Ok(()) } }
        });
    }

    /// Takes the hook away.
    pub fn clear(&self) {
        *self.hook.write() = None;
    }

    /// How often a function was called.
    #[must_use]
    pub fn calls(&self, name: &str) -> u64 {
        self.calls.lock().get(name).copied().unwrap_or(0)
    }

    async fn before(&self, name: &'static str, subject: &str) -> PortResult<()> {
        *self.calls.lock().entry(name).or_default() += 1;
        self.ask(name, subject, false).await
    }

    async fn ask(&self, name: &'static str, subject: &str, done: bool) -> PortResult<()> {
        let hook = self.hook.read().clone();
        match hook {
            Some(hook) => {
                let subject = subject.to_owned();
                hook(Call {
                    name,
                    subject,
                    done,
                })
                .await
            }
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").finish_non_exhaustive()
    }
}

/// The error of a backend that is down for a while.
#[must_use]
pub fn down() -> PortError {
    PortError::Unavailable("the test has taken it down".to_owned())
}

/// A store with hooks around it.
#[derive(Debug)]
pub struct HookedStore {
    inner: Arc<dyn Store>,
    /// Where to hang a hook.
    pub hooks: Hooks,
}

impl HookedStore {
    /// Around a real store.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            hooks: Hooks::default(),
        }
    }
}

/// A cache with hooks around it.
#[derive(Debug)]
pub struct HookedCache {
    inner: Arc<dyn Cache>,
    /// Where to hang a hook.
    pub hooks: Hooks,
}

impl HookedCache {
    /// Around a real cache.
    #[must_use]
    pub fn new(inner: Arc<dyn Cache>) -> Self {
        Self {
            inner,
            hooks: Hooks::default(),
        }
    }
}

macro_rules! hooked {
    ($self:ident . $name:ident ( $($argument:expr),* ) about $subject:expr) => {{
        let subject = $subject.to_string();
        $self.hooks.before(stringify!($name), &subject).await?;
        let answer = $self.inner.$name($($argument),*).await?;
        $self.hooks.ask(stringify!($name), &subject, true).await?;
        Ok(answer)
    }};
}

#[async_trait]
impl Documents for HookedStore {
    async fn workspaces(&self) -> PortResult<Vec<Workspace>> {
        hooked!(self.workspaces() about "")
    }
    async fn put_workspace(&self, workspace: &Workspace) -> PortResult<()> {
        hooked!(self.put_workspace(workspace) about workspace.id)
    }
    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>> {
        hooked!(self.account(id) about id)
    }
    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>> {
        hooked!(self.accounts(workspace) about workspace)
    }
    async fn put_account(&self, account: &Account) -> PortResult<()> {
        hooked!(self.put_account(account) about account.id)
    }
    async fn automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        hooked!(self.automation(id) about id)
    }
    async fn automations(&self, workspace: &WorkspaceId) -> PortResult<Vec<Automation>> {
        hooked!(self.automations(workspace) about workspace)
    }
    async fn active_automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) -> PortResult<Vec<Automation>> {
        hooked!(self.active_automations(workspace, kind, target) about kind)
    }
    async fn put_automation(
        &self,
        automation: &Automation,
        replaces: Option<u32>,
    ) -> PortResult<()> {
        hooked!(self.put_automation(automation, replaces) about automation.id)
    }
    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        hooked!(self.delete_automation(id) about id)
    }
    async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        now: Millis,
    ) -> PortResult<Option<UserState>> {
        hooked!(self.user_state(account, contact, now) about contact)
    }
    async fn user_states(
        &self,
        account: &AccountId,
        now: Millis,
        most: usize,
    ) -> PortResult<Vec<UserState>> {
        hooked!(self.user_states(account, now, most) about account)
    }
    async fn contact(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<Option<Contact>> {
        hooked!(self.contact(account, contact) about contact)
    }
    async fn contacts(&self, account: &AccountId, most: usize) -> PortResult<Vec<Contact>> {
        hooked!(self.contacts(account, most) about account)
    }
    async fn put_contact(&self, contact: &Contact) -> PortResult<()> {
        hooked!(self.put_contact(contact) about contact.sender_id)
    }
}

#[async_trait]
impl Ledger for HookedStore {
    async fn is_processed(&self, mark: &str) -> PortResult<bool> {
        hooked!(self.is_processed(mark) about mark)
    }
    async fn commit(&self, commit: Commit) -> PortResult<Committed> {
        let contact = commit.contact_id.as_ref();
        let subject = contact.map_or_else(String::new, ToString::to_string);
        hooked!(self.commit(commit) about subject)
    }
    async fn outbox(&self) -> PortResult<Vec<OutboxItem>> {
        hooked!(self.outbox() about "")
    }
    async fn begin_sends(&self, ids: &[OutboxId]) -> PortResult<()> {
        hooked!(self.begin_sends(ids) about "")
    }
    async fn end_sends(&self, updates: Vec<SendUpdate>) -> PortResult<()> {
        hooked!(self.end_sends(updates) about "")
    }
}

#[async_trait]
impl Cache for HookedCache {
    async fn get(&self, key: &str) -> PortResult<Lookup> {
        hooked!(self.get(key) about key)
    }
    async fn peek(&self, key: &str) -> PortResult<Option<Bytes>> {
        hooked!(self.peek(key) about key)
    }
    async fn add(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<bool> {
        hooked!(self.add(key, value, ttl_ms) about key)
    }
    async fn fill(&self, key: &str, lease: Lease, value: Bytes, ttl_ms: i64) -> PortResult<bool> {
        hooked!(self.fill(key, lease, value, ttl_ms) about key)
    }
    async fn put(&self, key: &str, value: Bytes, ttl_ms: i64) -> PortResult<()> {
        hooked!(self.put(key, value, ttl_ms) about key)
    }
    async fn remove(&self, keys: &[String]) -> PortResult<u64> {
        hooked!(self.remove(keys) about keys.join(" "))
    }
    async fn remove_matching(&self, pattern: &str) -> PortResult<u64> {
        hooked!(self.remove_matching(pattern) about pattern)
    }
    async fn ttl(&self, key: &str) -> PortResult<Ttl> {
        hooked!(self.ttl(key) about key)
    }
}
