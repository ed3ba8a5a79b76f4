//! Reading the journal. It is written by the queue (deliveries) and the store
//! (decisions, sends), so that what it says is what was committed.

use super::PortResult;
use async_trait::async_trait;
use bytes::Bytes;
use heliograph_model::{
    AccountId, ContactId, DecisionRecord, DeliveryId, DeliveryRecord, EventKind, Millis, Reason,
    RefusedId, SendRecord,
};
use std::time::Duration;

/// The local record of deliveries, decisions and sends.
#[async_trait]
pub trait Journal: Send + Sync + std::fmt::Debug {
    /// A delivery by its id; `None` when retention has removed it.
    async fn delivery(&self, id: DeliveryId) -> PortResult<Option<DeliveryRecord>>;
    /// What a delivery led to, in order.
    async fn of_delivery(&self, id: DeliveryId) -> PortResult<JournalPage>;
    /// Decisions and the sends that belong to their deliveries, newest delivery first. A
    /// page ends with a whole delivery, because the next one begins before it; only a
    /// delivery that fills a page by itself is cut, and `of_delivery` has all of it.
    async fn search(&self, filter: &JournalFilter) -> PortResult<JournalPage>;
    /// Removes what is older than `older_than`, and then the oldest until at most
    /// `most_bytes` of bodies and records are left. What is still queued stays. Returns
    /// how many deliveries went.
    async fn retain(&self, older_than: Millis, most_bytes: u64) -> PortResult<u64>;
    /// Deliveries that somebody removed from the queue by hand and did not put back, at most
    /// `most` before `before`, the newest first.
    async fn removed(&self, before: Option<DeliveryId>, most: u32) -> PortResult<Vec<DeliveryId>>;
    /// Requests that were refused, which were never deliveries, the oldest first. They stand
    /// apart, so that whoever posts them pushes out nothing else; how many there are is
    /// bounded by whoever keeps them.
    async fn refused(&self) -> PortResult<Vec<RefusedRecord>> {
        Ok(Vec::new())
    }
    /// What was noted of deliveries beside what they led to, for those that something was
    /// noted of.
    async fn notes(&self, _of: &[DeliveryId]) -> PortResult<Vec<NoteRecord>> {
        Ok(Vec::new())
    }
    /// Notes something of deliveries, in place of what was noted of them before. It goes
    /// with its delivery; of one that has gone nothing is noted. A journal in memory notes
    /// nothing.
    async fn keep_notes(&self, _notes: Vec<NoteRecord>) -> PortResult<()> {
        Ok(())
    }
    /// Keeps some, and forgets others, in one step. A journal in memory keeps none.
    async fn keep_refused(
        &self,
        _new: Vec<RefusedRecord>,
        _gone: Vec<RefusedId>,
    ) -> PortResult<()> {
        Ok(())
    }
}

/// What was noted of a delivery: how it came, and when what happened, by whoever saw it.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteRecord {
    /// Of which.
    pub id: DeliveryId,
    /// A JSON object of whoever keeps it.
    pub about: String,
}

impl std::fmt::Debug for NoteRecord {
    /// Headers are in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NoteRecord({}, {} bytes)", self.id, self.about.len())
    }
}

/// A request that was refused, as the journal has it.
#[derive(Clone, PartialEq, Eq)]
pub struct RefusedRecord {
    /// Which.
    pub id: RefusedId,
    /// When it came, by the machine's clock.
    pub at: Millis,
    /// The newest delivery at that time; 0 when there was none.
    pub after: DeliveryId,
    /// What is known of it: a JSON object of whoever keeps it.
    pub about: String,
    /// The body, where it was read.
    pub body: Option<Bytes>,
}

impl std::fmt::Debug for RefusedRecord {
    /// Nobody knows what is in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.body.as_ref().map_or(0, Bytes::len);
        write!(f, "RefusedRecord({}, {bytes} bytes)", self.id)
    }
}

/// What to look for; a field that is `None` is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Words, all of which must begin one of the event's text, ids, the summary or what was
    /// sent.
    pub text: Option<String>,
    /// Texts, all of which must be anywhere in [`searchable`](super::searchable), in lower
    /// case. No index answers this: everything is looked at.
    pub parts: Vec<String>,
    /// Of each group one text must be anywhere in [`searchable_body`](super::searchable_body)
    /// of the body. Everything is looked at, and the words of `text` may stand inside of
    /// others.
    pub body: Vec<Vec<String>>,
    /// Only what arrived then or later,
    pub since: Option<Millis>,
    /// and only what arrived before.
    pub until: Option<Millis>,
    /// The account.
    pub account_id: Option<AccountId>,
    /// The contact.
    pub contact_id: Option<ContactId>,
    /// The kind of event.
    pub kind: Option<EventKind>,
    /// The reason of the decision.
    pub reason: Option<Reason>,
    /// Only deliveries before this one: the last of the page before.
    pub before: Option<DeliveryId>,
    /// At most so many decisions; 0 means 100.
    pub most: u32,
    /// Ends the page after so long, wherever it is then.
    pub within: Option<Duration>,
}

/// A page of the journal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JournalPage {
    /// Decisions, newest first (of one delivery: in order).
    pub decisions: Vec<DecisionRecord>,
    /// The tries to send that belong to them, in order.
    pub sends: Vec<SendRecord>,
    /// Deliveries that are what was looked for by their bodies and led to no decision, the
    /// newest first.
    pub bare: Vec<DeliveryId>,
    /// How many decisions were looked at; where bodies were looked at, how many deliveries.
    pub looked_at: u32,
    /// From this delivery on everything was looked at, and before it the next page goes
    /// on; absent: there is no next page.
    pub reached: Option<DeliveryId>,
}
