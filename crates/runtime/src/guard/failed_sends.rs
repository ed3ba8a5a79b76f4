//! The dead letter of sends, guarded.

use super::Guard;
use crate::audit::Change;
use async_trait::async_trait;
use heliograph_engine::ports::{FailedSends, PortResult, SendAgain, Senders};
use heliograph_model::{Millis, OutboxId, SendRecord};
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;

/// So many are written down whole; the rest by their ids. Nobody can look at them afterwards.
const WHOLE: usize = 20;
/// Among how many of the latest they are looked for.
const LOOKED_AT: usize = 20_000;

/// Failed sends that are looked at at every guard level, and forgotten or sent again only
/// where it allows it.
#[derive(Debug, Clone)]
pub struct GuardedFailedSends {
    inner: Arc<dyn FailedSends>,
    guard: Arc<Guard>,
}

impl GuardedFailedSends {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn FailedSends>, guard: Arc<Guard>) -> Self {
        Self { inner, guard }
    }

    async fn shown(&self, ids: &[OutboxId]) -> Option<String> {
        let first: HashSet<_> = ids.iter().take(WHOLE).collect();
        let mut records = self.inner.list(0, LOOKED_AT).await.ok()?;
        records.retain(|record| first.contains(&record.outbox_id));
        Some(json!({ "ids": ids, "first": records }).to_string())
    }
}

#[async_trait]
impl FailedSends for GuardedFailedSends {
    async fn count(&self) -> PortResult<u64> {
        self.inner.count().await
    }

    async fn list(&self, skip: usize, most: usize) -> PortResult<Vec<SendRecord>> {
        self.inner.list(skip, most).await
    }

    async fn forget(&self, ids: &[OutboxId]) -> PortResult<u64> {
        let change = Change::new("Forgetting failed sends", subject(ids));
        let call = self.inner.forget(ids);
        self.guard.change(change, self.shown(ids), call).await
    }

    async fn send_again(&self, sends: &[SendAgain], now: Millis) -> PortResult<u64> {
        let ids: Vec<OutboxId> = sends.iter().map(|send| send.id).collect();
        let change = Change::new("Sending failed sends again", subject(&ids));
        let call = self.inner.send_again(sends, now);
        self.guard.change(change, self.shown(&ids), call).await
    }

    async fn senders(&self) -> PortResult<Senders> {
        self.inner.senders().await
    }
}

fn subject(ids: &[OutboxId]) -> String {
    match ids {
        [id] => format!("send {id}"),
        ids => format!("{} sends", ids.len()),
    }
}
