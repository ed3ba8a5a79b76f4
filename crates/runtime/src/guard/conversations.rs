//! What workers tell each other, guarded.

use super::Guard;
use async_trait::async_trait;
use heliograph_engine::ports::{
    Announcements, Asked, Conversations, EventTime, Heard, Hold, Opened, PortResult, Stale,
};
use heliograph_model::{AccountId, ContactId};
use std::sync::Arc;

/// Conversations that are taken only where the guard level allows it: a lock is a key.
#[derive(Debug, Clone)]
pub struct GuardedConversations {
    inner: Arc<dyn Conversations>,
    guard: Arc<Guard>,
}

impl GuardedConversations {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Conversations>, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

#[async_trait]
impl Conversations for GuardedConversations {
    async fn open(
        &self,
        account: &AccountId,
        contact: &ContactId,
        mark: &str,
        time: EventTime,
    ) -> PortResult<Opened> {
        self.guard.allow("Taking a conversation")?;
        self.inner.open(account, contact, mark, time).await
    }

    /// At *observe* the hold is left to end by itself.
    async fn release(&self, account: &AccountId, contact: &ContactId, hold: Hold) {
        if self.guard.allow("Giving a conversation back").is_ok() {
            self.inner.release(account, contact, hold).await;
        }
    }

    /// Nothing is written before the commit.
    fn more_follow(&self, hold: Hold) {
        self.inner.more_follow(hold);
    }

    async fn postpone(&self, account: &AccountId, contact: &ContactId, hold: Hold) {
        if self.guard.allow("Giving a conversation back").is_ok() {
            self.inner.postpone(account, contact, hold).await;
        }
    }
}

/// Announcements that are made only where the guard level allows it, and always heard.
#[derive(Debug, Clone)]
pub struct GuardedAnnouncements {
    inner: Arc<dyn Announcements>,
    guard: Arc<Guard>,
}

impl GuardedAnnouncements {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Announcements>, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }
}

#[async_trait]
impl Announcements for GuardedAnnouncements {
    async fn announce(&self, stale: &Stale) -> PortResult<Option<u64>> {
        self.guard.allow("Announcing an invalidation")?;
        self.inner.announce(stale).await
    }

    async fn ask(&self) -> PortResult<Option<Asked>> {
        self.guard.allow("Asking who obeyed an invalidation")?;
        self.inner.ask().await
    }

    /// Whoever only observes obeys, and cannot say so.
    async fn obeyed(&self, ask: &str) -> PortResult<()> {
        self.guard.allow("Saying that an invalidation was obeyed")?;
        self.inner.obeyed(ask).await
    }

    async fn who_obeyed(&self, ask: &str) -> PortResult<Vec<String>> {
        self.inner.who_obeyed(ask).await
    }

    fn call(&self, name: &str) {
        self.inner.call(name);
    }

    async fn hear(&self) -> Heard {
        self.inner.hear().await
    }
}
