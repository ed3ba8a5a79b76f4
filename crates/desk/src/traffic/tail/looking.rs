//! What filters look at beyond the rows, and what of it the journal gets to keep.

use super::{Kept, Tail};
use crate::traffic::filter::{Accounts, Ready, Subject};
use crate::traffic::note::{Ended, Note};
use crate::traffic::noted::{Known, Noted, Notes, is_quiet};
use crate::traffic::row::RowSource;
use crate::traffic::signature::SignatureState;
use heliograph_engine::ports::searchable_body;
use heliograph_model::{DeliveryId, Happening, Millis};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest part of a body that the list looks through, in bytes; a search looks through
/// all of it.
const BODY: usize = 64 * 1024;
/// How much of bodies the list looks through, in bytes.
const BODIES: usize = 16 << 20;

/// The bodies that are looked through, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    of: VecDeque<DeliveryId>,
    bytes: usize,
}

/// A body as it is looked through.
fn body_text(body: &[u8]) -> Box<str> {
    let body = &body[..body.len().min(BODY)];
    searchable_body(&String::from_utf8_lossy(body)).into()
}

impl Tail {
    /// Whether a filter wants a row.
    pub(in crate::traffic) fn wants(&self, filter: &Ready<'_>, kept: &Kept) -> bool {
        let note = kept.row.delivery_id.and_then(|id| self.notes.get(&id));
        filter.wants(&Subject {
            row: &kept.row,
            words: &kept.haystack,
            body: note.map_or(&kept.body, |note| &note.body),
            facets: &kept.facets,
            accounts: &self.accounts,
        })
    }

    /// Accounts by their names, from now on. Every filter looks at every row again.
    pub(in crate::traffic) fn name_accounts(&mut self, accounts: Arc<Accounts>) {
        if self.accounts != accounts {
            self.accounts = accounts;
            self.touched.clear();
            self.overflowed = true;
        }
    }

    /// The name of an account.
    pub(in crate::traffic) fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// How the signature of a delivery is, as far as was seen.
    pub(super) fn signature(&self, id: Option<DeliveryId>) -> Option<SignatureState> {
        let note = self.notes.get(&id?);
        let is_signed = note.is_some_and(|note| note.request.is_some() || note.is_signed);
        Some(match is_signed {
            true => SignatureState::Good,
            false => SignatureState::Unchecked,
        })
    }

    /// Whoever put a delivery into the queue had checked its signature.
    pub(super) fn is_signed(&mut self, id: DeliveryId) {
        let Some(note) = self.notes.get_mut(&id) else {
            return;
        };
        note.is_signed = true;
        for number in note.rows.clone() {
            if let Some(kept) = self.get_mut(number) {
                kept.facets.signature = Some(SignatureState::Good);
            }
            self.touch(number);
        }
    }

    /// Whether the journal has told the same, with which the list began.
    pub(super) fn is_known(&self, happening: &Happening) -> bool {
        let from_journal = |id: &DeliveryId| self.notes.get(id).filter(|note| note.from_journal);
        match happening {
            Happening::Delivery { id, .. } => from_journal(id).is_some(),
            Happening::Decided(record) => from_journal(&record.delivery_id).is_some_and(|note| {
                let index = Some(record.index);
                let mut rows = note.rows.iter().filter_map(|number| self.get(*number));
                rows.any(|kept| kept.row.index == index)
            }),
            Happening::Sent(record) => from_journal(&record.delivery_id).is_some_and(|note| {
                let same = |one: &Ended| (one.outbox, one.attempt);
                let own = (record.outbox_id, record.attempt);
                note.sends.iter().any(|one| same(one) == own)
            }),
            Happening::ByHand(_)
            | Happening::DeadLetter { .. }
            | Happening::Removed { .. }
            | Happening::PutBack { .. }
            | Happening::AutomationChanged { .. } => false,
        }
    }

    /// How many events a delivery has of which the journal told while it was being handled:
    /// it knew those that had been decided by then.
    pub(super) fn count_events(&mut self, happening: &Happening) {
        let Happening::Delivery { id, events, .. } = happening else {
            return;
        };
        let Some(note) = self.notes.get_mut(id) else {
            return;
        };
        note.events = *events;
        for number in note.rows.clone() {
            if let Some(kept) = self.get_mut(number) {
                kept.row.events = *events;
            }
            self.touch(number);
        }
    }

    /// What a delivery said, as its queue or its listener has it, and whether it was signed.
    pub(in crate::traffic) fn said(&mut self, id: DeliveryId, is_signed: bool, body: &[u8]) {
        if is_signed {
            self.is_signed(id);
        }
        let is_new = |note: &Note| note.body.is_empty() && !body.is_empty();
        if self.notes.get(&id).is_some_and(is_new) {
            self.has_body(id, body_text(body));
        }
    }

    /// What a delivery said, to be looked through. What is too much pushes out the oldest.
    fn has_body(&mut self, id: DeliveryId, body: Box<str>) {
        let Some(note) = self.notes.get_mut(&id) else {
            return;
        };
        self.bodies.bytes += body.len();
        self.bodies.bytes -= note.body.len();
        note.body = body;
        self.bodies.of.push_back(id);
        let rows = note.rows.clone();
        while let Some(oldest) = self.bodies.of.front() {
            match self.notes.get_mut(oldest) {
                Some(note) if self.bodies.bytes > BODIES => {
                    self.bodies.bytes -= note.body.len();
                    note.body = Box::default();
                }
                Some(_) => break,
                None => {}
            }
            self.bodies.of.pop_front();
        }
        for number in rows {
            self.touch(number);
        }
    }

    /// A delivery is not listed any more.
    pub(super) fn leave(&mut self, id: DeliveryId) {
        if let Some(note) = self.notes.remove(&id) {
            self.bodies.bytes -= note.body.len();
            self.to_note.leaves(id, || Noted::of(&note));
        }
    }

    /// Forgets everything that is looked through.
    pub(super) fn clear_looks(&mut self) {
        self.bodies = Bodies::default();
        self.accounts = Arc::default();
        self.to_note.clear(false);
    }

    /// Whether what comes from now on is received by the machine's clock.
    pub(in crate::traffic) fn received_by(&mut self, machine: bool) {
        self.by_machine = machine;
    }

    /// When a delivery came, as its row shows it: when it was received, or where that is by
    /// another clock, when it was seen.
    pub(in crate::traffic) fn arrived(&self, received_at: Millis, seen_at: Millis) -> Millis {
        match self.by_machine {
            true => received_at,
            false => seen_at,
        }
    }

    /// From now on somebody writes down how deliveries come.
    pub(in crate::traffic) fn note_down(&mut self) {
        self.to_note.clear(true);
    }

    /// Something happened to a delivery.
    pub(super) fn happens(&mut self, id: DeliveryId, now: Instant) {
        if let Some(note) = self.notes.get_mut(&id) {
            note.changed = Some(now);
            self.to_note.happened(id);
        }
    }

    /// What is to be written down next of how deliveries came: of those that have ended, or
    /// of all.
    pub(in crate::traffic) fn take_notes(&mut self, most: usize, all: bool) -> Notes {
        let now = Instant::now();
        let (notes, rows) = (&self.notes, &self.rows);
        let has_ended = |note: &Note| {
            let mut rows = note.rows.iter().filter_map(|number| rows.get(number));
            note.is_decided() && rows.all(|kept| kept.ended >= kept.effects)
        };
        self.to_note.take(most, |id| match notes.get(&id) {
            None => Known::Nothing,
            Some(note) if all || has_ended(note) || is_quiet(note.changed, now) => {
                let noted = Noted::of(note).map(Box::new);
                noted.map_or(Known::Nothing, Known::Noted)
            }
            Some(_) => Known::Later,
        })
    }

    /// Times that nobody has seen are not shown.
    pub(in crate::traffic) fn forget_times(&mut self, id: DeliveryId) {
        let Some(note) = self.notes.get_mut(&id) else {
            return;
        };
        self.to_note.is_known(id);
        note.from_journal = true;
        note.taken = None;
        note.decided.clear();
        for send in &mut note.sends {
            send.at = None;
        }
        for number in note.rows.clone() {
            if let Some(kept) = self.get_mut(number) {
                kept.last = None;
                kept.row.micros = None;
            }
            self.touch(number);
        }
    }

    /// Takes in what the journal has noted of a delivery with which the list began: when it
    /// came, and how long it took. `now` is by the machine's clock.
    pub(in crate::traffic) fn restore(
        &mut self,
        id: DeliveryId,
        received_at: Millis,
        noted: &Noted,
        now: Millis,
    ) {
        let arrived = self.arrived(received_at, noted.at);
        let Some(note) = self.notes.get(&id) else {
            return;
        };
        let index_of = |number: u64| self.rows.get(&number).and_then(|kept| kept.row.index);
        let rows: Vec<(u64, Option<u32>)> = note
            .rows
            .iter()
            .map(|number| (*number, index_of(*number)))
            .collect();
        // So long ago as the clock says, so that what happens later takes as long as it did.
        let ago = Duration::from_millis(u64::try_from(now.since(noted.at)).unwrap_or(0));
        let now = Instant::now();
        let restored = noted.as_note(now.checked_sub(ago).unwrap_or(now));
        let is_signed = restored.request.is_some();
        let mut source = None;
        if let Some(note) = self.notes.get_mut(&id) {
            // A worker elsewhere handled what was posted here.
            source = note
                .source
                .filter(|source| *source == RowSource::Worker && is_signed);
            source = source.map(|_| RowSource::Listener);
            note.source = source.or(note.source);
            note.at = Some(arrived);
            note.request = restored.request;
            note.taken = restored.taken;
            note.decided = restored.decided;
            for send in &mut note.sends {
                let own = (send.outbox, send.attempt);
                let mut kept = restored.sends.iter();
                let kept = kept.find(|one| (one.outbox, one.attempt) == own);
                send.at = kept.and_then(|one| one.at);
            }
            note.dead = restored.dead.or(note.dead.take());
        }
        for (number, index) in rows {
            if let Some(kept) = self.get_mut(number) {
                kept.row.at = arrived;
                kept.row.micros = index.and_then(|index| noted.took(index));
                kept.row.source = source.unwrap_or(kept.row.source);
            }
            self.touch(number);
        }
        if is_signed {
            self.is_signed(id);
        }
    }
}
