//! What the writer binds: documents as JSON text, made by the callers on their own cores.

use crate::error::json;
use crate::marks;
use crate::people::{Document, Key, Kind};
use heliograph_engine::ports::{Commit, NewOutboxItem, PortResult, SendUpdate};
use heliograph_model::{
    AccountId, Contact, ContactChange, DecisionRecord, Millis, OutboxItem, OutboxState, Reason,
    StateChange, Trace,
};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Rows of the journal belong to a delivery: its id stands in the upper bits of theirs.
pub(crate) const DELIVERY_SHIFT: u32 = 20;
/// A decision's id leaves room for the same event coming again in the same delivery.
const TIMES_SHIFT: u32 = 3;
/// The last of the places for the same event in the same delivery.
pub(crate) const LAST_TIME: i64 = (1 << TIMES_SHIFT) - 1;
/// The greatest index that has a place of its own: a body of 4 MiB cannot hold more
/// events than this.
const LAST_INDEX: u32 = (1 << (DELIVERY_SHIFT - TIMES_SHIFT)) - 1;

/// The key of a deduplication mark. Cryptographic, because a person chooses the text of
/// some ids and must not be able to make two events look like one.
pub(crate) fn mark_key(mark: &str) -> marks::Key {
    let mut key = [0; 16];
    key.copy_from_slice(&Sha256::digest(mark.as_bytes())[..16]);
    marks::Key::from_be_bytes(key)
}

/// The first id of what belongs to a delivery.
pub(crate) fn first_of(delivery: i64) -> i64 {
    delivery << DELIVERY_SHIFT
}

/// The id of a decision that is made for the first time.
fn decision_id(record: &DecisionRecord) -> i64 {
    place_of(record.delivery_id.0, record.index)
}

/// The first place for the decisions about an event of a delivery.
pub(crate) fn place_of(delivery: i64, index: u32) -> i64 {
    first_of(delivery) | i64::from(index.min(LAST_INDEX) << TIMES_SHIFT)
}

/// A count as SQLite takes it.
pub(crate) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A commit, ready to be bound.
pub(crate) struct CommitRows {
    pub(crate) mark: marks::Key,
    pub(crate) now: Millis,
    /// The user state and the contact, where they change.
    pub(crate) people: Vec<(Key, Document)>,
    pub(crate) outbox: Vec<OutboxRow>,
    pub(crate) decision_id: i64,
    pub(crate) decision: String,
    /// What would become of the record if the event turns out to have come before; the
    /// document is made only then.
    pub(crate) record: DecisionRecord,
}

/// One effect for the outbox.
pub(crate) struct OutboxRow {
    pub(crate) delivery_id: i64,
    pub(crate) account_id: String,
    pub(crate) contact_id: Option<String>,
    pub(crate) send_before: i64,
    pub(crate) due_at: i64,
    pub(crate) effect: String,
}

/// The end of a try to send.
pub(crate) struct SendRows {
    pub(crate) outbox_id: i64,
    pub(crate) delivery_id: i64,
    pub(crate) attempt: u32,
    pub(crate) uncertain: bool,
    pub(crate) retry_at: Option<i64>,
    /// When it failed for good.
    pub(crate) failed_at: Option<i64>,
    pub(crate) body: String,
}

impl CommitRows {
    /// Makes the rows, and leaves the outbox items to the caller, who gets their ids.
    pub(crate) fn new(commit: Commit) -> PortResult<(Self, Vec<NewOutboxItem>)> {
        let mut people = Vec::with_capacity(2);
        let account = |id: &AccountId| Arc::from(id.as_str());
        match &commit.state {
            StateChange::Keep => {}
            StateChange::Set(state) => people.push((
                Key {
                    kind: Kind::State,
                    account: account(&state.account_id),
                    sender: Arc::from(state.sender_id.as_str()),
                },
                Document {
                    expires_at: state.expires_at.0,
                    body: Some(Arc::from(json(state)?)),
                },
            )),
            // Without a contact there is no state that could be cleared.
            StateChange::Clear => {
                if let (Some(id), Some(contact)) = (&commit.account_id, &commit.contact_id) {
                    people.push((
                        Key {
                            kind: Kind::State,
                            account: account(id),
                            sender: Arc::from(contact.as_str()),
                        },
                        Document {
                            expires_at: 0,
                            body: None,
                        },
                    ));
                }
            }
        }
        if let Some(contact) = &commit.contact {
            people.push(contact_document(contact)?);
        }
        let outbox = commit
            .outbox
            .iter()
            .map(OutboxRow::new)
            .collect::<PortResult<_>>()?;
        Ok((
            Self {
                mark: mark_key(&commit.mark),
                now: commit.now,
                people,
                outbox,
                decision_id: decision_id(&commit.record),
                decision: json(&commit.record)?,
                record: commit.record,
            },
            commit.outbox,
        ))
    }

    /// The journal's line for an event that was committed before.
    pub(crate) fn duplicate(&self) -> serde_json::Result<String> {
        let mut record = self.record.clone();
        let before = record.decision.trace.state_before;
        record.decision.state = StateChange::Keep;
        record.decision.contact = ContactChange::default();
        record.decision.effects.clear();
        let summary = "This event was handled before, so nothing was done.".to_owned();
        record.decision.trace = Trace {
            state_before: before,
            state_after: before,
            reads: record.decision.trace.reads,
            ..Trace::new(record.event.kind, self.now, Reason::Duplicate, summary)
        };
        serde_json::to_string(&record)
    }
}

impl OutboxRow {
    fn new(item: &NewOutboxItem) -> PortResult<Self> {
        Ok(Self {
            delivery_id: item.delivery_id.0,
            account_id: item.account_id.as_str().to_owned(),
            contact_id: item.contact_id.as_ref().map(|id| id.as_str().to_owned()),
            send_before: item.send_before.0,
            due_at: item.due_at.0,
            effect: json(&item.effect)?,
        })
    }
}

impl SendRows {
    pub(crate) fn new(update: &SendUpdate) -> PortResult<Self> {
        let failed = match update.record.state {
            OutboxState::Failed | OutboxState::Unknown => update.retry_at.is_none(),
            OutboxState::Sent | OutboxState::Retrying | OutboxState::Dropped => false,
        };
        Ok(Self {
            outbox_id: update.record.outbox_id.0,
            delivery_id: update.record.delivery_id.0,
            attempt: update.record.attempt,
            uncertain: update.record.uncertain,
            retry_at: update.retry_at.map(|at| at.0),
            failed_at: failed.then_some(update.record.at.0),
            body: json(&update.record)?,
        })
    }
}

/// A contact as it is stored.
pub(crate) fn contact_document(contact: &Contact) -> PortResult<(Key, Document)> {
    Ok((
        Key {
            kind: Kind::Contact,
            account: Arc::from(contact.account_id.as_str()),
            sender: Arc::from(contact.sender_id.as_str()),
        },
        Document {
            expires_at: 0,
            body: Some(Arc::from(json(contact)?)),
        },
    ))
}

/// The outbox items that a commit made.
pub(crate) fn outbox_items(first: i64, items: Vec<NewOutboxItem>) -> Vec<OutboxItem> {
    (first..)
        .zip(items)
        .map(|(id, item)| OutboxItem {
            id: heliograph_model::OutboxId(id),
            delivery_id: item.delivery_id,
            account_id: item.account_id,
            contact_id: item.contact_id,
            effect: item.effect,
            send_before: item.send_before,
            due_at: item.due_at,
            attempts: 0,
            uncertain: false,
        })
        .collect()
}
