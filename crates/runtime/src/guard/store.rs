//! The store, guarded: the documents, and the ledger of what is committed and sent.

use super::pass_on::documents_pass_on;
use super::{Guard, GuardedDocuments};
use async_trait::async_trait;
use heliograph_engine::ports::{
    Commit, Committed, Documents, Ledger, PortResult, SendUpdate, Store,
};
use heliograph_model::{OutboxId, OutboxItem};
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

    /// Empty where no worker's work is done: nothing is to be sent, and to hand items out
    /// an adapter may have to claim them.
    async fn outbox(&self) -> PortResult<Vec<OutboxItem>> {
        if !self.guard.works_here() {
            return Ok(Vec::new());
        }
        self.ledger.outbox().await
    }

    async fn handed_over(&self) -> PortResult<Vec<OutboxItem>> {
        let call = self.ledger.handed_over();
        self.guard
            .while_working("Taking over sends of other workers", call)
            .await
    }

    fn begins_with_commit(&self) -> bool {
        self.ledger.begins_with_commit()
    }

    fn caches_with_commit(&self) -> bool {
        self.ledger.caches_with_commit()
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

documents_pass_on!(GuardedStore);
