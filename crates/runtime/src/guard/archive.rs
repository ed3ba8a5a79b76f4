//! The write-behind's end, guarded: what a cache still holds for the documents is not
//! written behind the caller's back either.

use super::pass_on::documents_pass_on;
use super::{Guard, GuardedDocuments};
use async_trait::async_trait;
use heliograph_engine::ports::{
    Archive, ConversationChange, Documents, Mark, PortResult, Refusals,
};
use heliograph_model::{AccountId, ContactId, Millis};
use std::sync::Arc;

/// An archive that is written only where the guard level allows it and a worker's work is
/// done here.
#[derive(Debug, Clone)]
pub struct GuardedArchive {
    documents: GuardedDocuments,
    inner: Arc<dyn Archive>,
    guard: Arc<Guard>,
    /// What is written is a worker's work.
    is_work: bool,
}

impl GuardedArchive {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Archive>, guard: Arc<Guard>) -> Self {
        Self::of(Arc::clone(&inner) as _, inner, guard)
    }

    /// Guards an archive whose documents are read elsewhere, as they are in a dry run.
    #[must_use]
    pub fn of(documents: Arc<dyn Documents>, inner: Arc<dyn Archive>, guard: Arc<Guard>) -> Self {
        Self {
            documents: GuardedDocuments::new(documents, Arc::clone(&guard)),
            inner,
            guard,
            is_work: true,
        }
    }

    /// Guards `inner` for what somebody sets by hand, which is no worker's work.
    #[must_use]
    pub fn by_hand(inner: Arc<dyn Archive>, guard: Arc<Guard>) -> Self {
        Self {
            is_work: false,
            ..Self::new(inner, guard)
        }
    }

    fn allow(&self) -> PortResult<()> {
        match self.is_work {
            true => self.guard.allow_work("Writing behind what was committed"),
            false => self.guard.allow("Writing down what was set by hand"),
        }
    }
}

#[async_trait]
impl Archive for GuardedArchive {
    async fn write(&self, changes: &[ConversationChange], marks: &[Mark]) -> PortResult<Refusals> {
        self.allow()?;
        self.inner.write(changes, marks).await
    }

    async fn remove_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        entered: Millis,
    ) -> PortResult<()> {
        self.allow()?;
        self.inner.remove_state(account, contact, entered).await
    }

    async fn are_processed(&self, marks: &[String]) -> PortResult<Vec<bool>> {
        self.inner.are_processed(marks).await
    }

    async fn newest_mark(&self) -> PortResult<Option<Millis>> {
        self.inner.newest_mark().await
    }
}

documents_pass_on!(GuardedArchive);
