//! What the writer binds: documents as JSON text, made by the callers on their own cores.

use crate::error::json;
use crate::marks::Key;
use heliograph_engine::ports::{Commit, NewOutboxItem, PortResult, SendUpdate};
use heliograph_model::{
    ContactChange, DecisionRecord, Millis, OutboxItem, Reason, StateChange, Trace, UserState,
};
use sha2::{Digest, Sha256};

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
pub(crate) fn mark_key(mark: &str) -> Key {
    let mut key = [0; 16];
    key.copy_from_slice(&Sha256::digest(mark.as_bytes())[..16]);
    Key::from_be_bytes(key)
}

/// The first id of what belongs to a delivery.
pub(crate) fn first_of(delivery: i64) -> i64 {
    delivery << DELIVERY_SHIFT
}

/// The id of a decision that is made for the first time.
fn decision_id(record: &DecisionRecord) -> i64 {
    first_of(record.delivery_id.0) | i64::from(record.index.min(LAST_INDEX) << TIMES_SHIFT)
}

/// A count as SQLite takes it.
pub(crate) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A commit, ready to be bound.
pub(crate) struct CommitRows {
    pub(crate) mark: Key,
    pub(crate) now: Millis,
    pub(crate) state: StateRow,
    /// The contact as it is to be stored: account, sender, document.
    pub(crate) contact: Option<[String; 3]>,
    pub(crate) outbox: Vec<OutboxRow>,
    pub(crate) decision_id: i64,
    pub(crate) decision: String,
    /// What would become of the record if the event turns out to have come before; the
    /// document is made only then.
    pub(crate) record: DecisionRecord,
}

/// What becomes of the user state.
pub(crate) enum StateRow {
    Keep,
    Set {
        account: String,
        sender: String,
        expires_at: i64,
        body: String,
    },
    Clear {
        account: String,
        sender: String,
    },
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
    pub(crate) body: String,
}

impl CommitRows {
    /// Makes the rows, and leaves the outbox items to the caller, who gets their ids.
    pub(crate) fn new(commit: Commit) -> PortResult<(Self, Vec<NewOutboxItem>)> {
        let state = match &commit.state {
            StateChange::Keep => StateRow::Keep,
            StateChange::Set(state) => StateRow::set(state)?,
            StateChange::Clear => match (&commit.account_id, &commit.contact_id) {
                (Some(account), Some(contact)) => StateRow::Clear {
                    account: account.as_str().to_owned(),
                    sender: contact.as_str().to_owned(),
                },
                // Without a contact there is no state that could be cleared.
                _ => StateRow::Keep,
            },
        };
        let contact = commit
            .contact
            .as_ref()
            .map(|contact| -> PortResult<_> {
                Ok([
                    contact.account_id.as_str().to_owned(),
                    contact.sender_id.as_str().to_owned(),
                    json(contact)?,
                ])
            })
            .transpose()?;
        let outbox = commit
            .outbox
            .iter()
            .map(OutboxRow::new)
            .collect::<PortResult<_>>()?;
        Ok((
            Self {
                mark: mark_key(&commit.mark),
                now: commit.now,
                state,
                contact,
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
        record.decision.trace = Trace {
            kind: record.event.kind,
            at: self.now,
            reason: Reason::Duplicate,
            summary: "This event was handled before, so nothing was done.".to_owned(),
            automation_id: None,
            state_before: before,
            state_after: before,
            looked_at: Vec::new(),
            not_listed: 0,
            notes: Vec::new(),
            reads: record.decision.trace.reads,
        };
        serde_json::to_string(&record)
    }
}

impl StateRow {
    fn set(state: &UserState) -> PortResult<Self> {
        Ok(Self::Set {
            account: state.account_id.as_str().to_owned(),
            sender: state.sender_id.as_str().to_owned(),
            expires_at: state.expires_at.0,
            body: json(state)?,
        })
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
        Ok(Self {
            outbox_id: update.record.outbox_id.0,
            delivery_id: update.record.delivery_id.0,
            attempt: update.record.attempt,
            uncertain: update.record.uncertain,
            retry_at: update.retry_at.map(|at| at.0),
            body: json(&update.record)?,
        })
    }
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
