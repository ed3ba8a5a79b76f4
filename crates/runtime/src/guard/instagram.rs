//! Sending, guarded.

use super::Guard;
use super::sent::Sending;
use async_trait::async_trait;
use heliograph_engine::ports::{Clock, Instagram, PortResult, Profile, SendRequest};
use heliograph_model::{
    AccountId, ContactId, Effect, ErrorClass, GuardLevel, MessageId, Millis, Receipt, SendError,
    SendRecord,
};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much of what a dry run would have sent is kept to be looked at.
const KEPT: usize = 1_000;
/// When a refused send is asked for again: an item of the outbox waits, and costs nothing.
const ASK_AGAIN_MS: i64 = Millis::MINUTE;
/// What the id of a message begins with that a dry run did not send.
const SIMULATED: &str = "dry-run:";

/// Instagram that is sent to only where the guard level allows it.
///
/// At *observe* a send is refused and its item stays in the outbox. At *dry run* it is
/// recorded, and answered with a receipt whose message id begins with `dry-run:`. At *live*
/// it has a line in the audit log where the profile has one; while that cannot be written
/// nothing is sent, and the item stays in the outbox too. Profiles are read at every level.
#[derive(Debug)]
pub struct GuardedInstagram {
    inner: Arc<dyn Instagram>,
    guard: Arc<Guard>,
    clock: Arc<dyn Clock>,
    recorded: AtomicU64,
    /// The latest of what a dry run would have sent. Held for a moment only.
    would_send: Mutex<VecDeque<WouldSend>>,
}

/// Whether a try that ended as sent was of a dry run, which sends nothing.
#[must_use]
pub fn is_of_dry_run(record: &SendRecord) -> bool {
    let id = record
        .receipt
        .as_ref()
        .and_then(|it| it.message_id.as_ref());
    id.is_some_and(|id| id.as_str().starts_with(SIMULATED))
}

/// Something that a dry run did not send.
#[derive(Debug, Clone, PartialEq)]
pub struct WouldSend {
    /// When it would have been sent.
    pub at: Millis,
    /// The account that would have sent it.
    pub account_id: AccountId,
    /// What.
    pub effect: Effect,
}

impl GuardedInstagram {
    /// Guards `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Instagram>, guard: Arc<Guard>, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner,
            guard,
            clock,
            recorded: AtomicU64::new(0),
            would_send: Mutex::default(),
        }
    }

    /// The latest of what a dry run would have sent, the oldest first.
    #[must_use]
    pub fn would_have_sent(&self) -> Vec<WouldSend> {
        self.would_send.lock().iter().cloned().collect()
    }

    /// Sends, with a line in the audit log about it.
    async fn sent(&self, request: &SendRequest<'_>) -> Result<Receipt, SendError> {
        let may = self.guard.may_send();
        may.map_err(|error| ask_again(error.to_string()))?;
        let sending = Sending::begin(&self.guard, request);
        let answer = self.inner.send(request).await;
        sending.end(&answer);
        answer
    }

    fn record(&self, request: &SendRequest<'_>) -> Receipt {
        let number = self.recorded.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::info!(account = %request.account_id, number, "dry run: would have sent a message");
        let mut kept = self.would_send.lock();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(WouldSend {
            at: self.clock.now(),
            account_id: request.account_id.clone(),
            effect: request.effect.clone(),
        });
        Receipt {
            message_id: Some(MessageId::from(format!("{SIMULATED}{number}").as_str())),
            recipient_id: None,
            answered: None,
        }
    }
}

/// Nothing was tried, and may be later.
fn ask_again(why: String) -> SendError {
    SendError {
        class: ErrorClass::Retry,
        code: None,
        subcode: None,
        message: why,
        retry_after_ms: Some(ASK_AGAIN_MS),
        answered: None,
    }
}

#[async_trait]
impl Instagram for GuardedInstagram {
    async fn send(&self, request: &SendRequest<'_>) -> Result<Receipt, SendError> {
        match self.guard.level() {
            GuardLevel::DryRun => Ok(self.record(request)),
            GuardLevel::Observe => Err(ask_again(self.guard.refusal("Sending a message"))),
            GuardLevel::Offline | GuardLevel::Live => self.sent(request).await,
        }
    }

    async fn profile(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> Result<Profile, SendError> {
        self.inner.profile(account, contact).await
    }

    async fn reset(&self, account: &AccountId) -> PortResult<()> {
        self.inner.reset(account).await
    }
}
