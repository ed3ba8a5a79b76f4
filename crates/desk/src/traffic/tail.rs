//! The latest of what came in, within a bound: what the list shows.

mod looking;

use super::facets::Facets;
use super::filter::Accounts;
use super::note::{Ended, Note, Request};
use super::noted::ToNote;
use super::refused::Listed;
use super::row::{RowResult, RowSource, TrafficRow, excerpt};
use super::words::haystack;
use heliograph_model::{
    DecisionRecord, DeliveryId, DeliverySource, Happening, Millis, OutboxState, Reason, SendRecord,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows of deliveries that are kept,
pub(super) const ROWS: usize = 10_000;
/// and of requests that were refused: whoever posts many of these pushes out no delivery.
const REFUSED: usize = 1_000;
/// Changed rows that are remembered for the views; with more they look at all rows again.
const TOUCHED: usize = 8_192;

/// A delivery is listed with its first decision, or when it has waited for so long for one:
/// rows that say nothing yet would only flicker.
const PATIENCE: Duration = Duration::from_millis(250);

/// How much came in since the engine that is looked at began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TrafficCounts {
    /// Deliveries that an engine took.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub deliveries: u64,
    /// Events that were decided, repeats included.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub events: u64,
    /// Messages, replies and reactions that Instagram took.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub sent: u64,
    /// Sends that ended otherwise.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub failed: u64,
    /// Requests that the listener refused.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub refused: u64,
    /// Happenings that came too fast to be listed, and that the journal has.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub missed: u64,
    /// Happenings that came too fast to be listed where no journal is kept: they are known
    /// nowhere here.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub lost: u64,
    /// Deliveries that workers elsewhere handled and that are not listed, for there were too
    /// many to be told, or they were not heard.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub left_out: u64,
}

/// A row with what the list does not show of it.
#[derive(Debug)]
pub(super) struct Kept {
    pub row: TrafficRow,
    /// Everything that can be searched for, in lower case.
    pub haystack: Box<str>,
    /// Why, in one sentence. The journal has no decision of a repeat.
    pub summary: Box<str>,
    /// What is known of it beyond its row.
    pub facets: Facets,
    /// The beginning of the body of a request that was refused, as it is searched.
    body: Box<str>,
    /// What is to be sent because of it.
    effects: u32,
    /// How many of those have been begun.
    begun: u32,
    /// How many of those have ended.
    ended: u32,
    /// When the last thing happened to it.
    last: Option<Instant>,
}

/// A delivery of which nothing is decided yet.
#[derive(Debug)]
struct Arriving {
    id: DeliveryId,
    at: Millis,
    since: Instant,
    source: RowSource,
}

/// The latest of what came in.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// By number.
    rows: BTreeMap<u64, Kept>,
    /// The number that the next row gets, from 1; 0 before the first one.
    next: u64,
    /// The numbers of rows of deliveries,
    deliveries: VecDeque<u64>,
    /// and of those that were refused, ascending.
    refused: VecDeque<u64>,
    pub(super) notes: HashMap<DeliveryId, Note>,
    /// The newest delivery that was seen.
    latest: Option<DeliveryId>,
    pub counts: TrafficCounts,
    /// Deliveries that may not have a row yet, in the order of their arrival.
    arriving: VecDeque<Arriving>,
    /// Rows that changed since the views looked, by number.
    touched: Vec<u64>,
    /// There were too many of those.
    overflowed: bool,
    /// Who is behind accounts' ids.
    accounts: Arc<Accounts>,
    bodies: looking::Bodies,
    to_note: ToNote,
    /// Deliveries are received by the machine's clock.
    by_machine: bool,
}

impl Tail {
    /// Begins anew with another engine, whose deliveries have numbers of their own.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.deliveries.clear();
        self.refused.clear();
        self.notes.clear();
        self.latest = None;
        self.arriving.clear();
        self.touched.clear();
        self.overflowed = true;
        self.counts = TrafficCounts::default();
        self.clear_looks();
    }

    /// The number of the first row that is kept.
    pub(super) fn first(&self) -> u64 {
        self.rows.keys().next().copied().unwrap_or(self.end())
    }

    /// The number that the next row gets.
    pub(super) fn end(&self) -> u64 {
        self.next.max(1)
    }

    pub(super) fn get(&self, number: u64) -> Option<&Kept> {
        self.rows.get(&number)
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut Kept> {
        self.rows.get_mut(&number)
    }

    /// All rows with their numbers, the oldest first.
    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.rows.values()
    }

    pub(super) fn note(&self, id: DeliveryId) -> Option<&Note> {
        self.notes.get(&id)
    }

    /// The newest delivery that was seen; 0 when there was none.
    pub(super) fn latest(&self) -> DeliveryId {
        self.latest.unwrap_or(DeliveryId(0))
    }

    /// The rows that changed since the last call; `None`: all of them may have.
    pub(super) fn take_touched(&mut self) -> Option<Vec<u64>> {
        let touched = std::mem::take(&mut self.touched);
        (!std::mem::take(&mut self.overflowed)).then_some(touched)
    }

    fn touch(&mut self, number: u64) {
        if self.touched.len() >= TOUCHED {
            self.overflowed = true;
            self.touched.clear();
        }
        if !self.overflowed && self.touched.last() != Some(&number) {
            self.touched.push(number);
        }
    }

    fn push(&mut self, mut row: TrafficRow, haystack: Box<str>) -> u64 {
        let number = self.end();
        self.next = number + 1;
        row.number = number;
        if let Some(id) = row.delivery_id {
            let note = self.notes.entry(id).or_default();
            note.rows.push(number);
            note.at.get_or_insert(row.at);
            row.worker = note.worker.as_deref().map(str::to_owned);
        }
        let (numbers, most) = match row.result {
            RowResult::Refused => (&mut self.refused, REFUSED),
            _ => (&mut self.deliveries, ROWS),
        };
        numbers.push_back(number);
        let gone = (numbers.len() > most).then(|| numbers.pop_front());
        let facets = Facets {
            signature: self.signature(row.delivery_id),
            ..Facets::default()
        };
        let kept = Kept {
            row,
            haystack,
            summary: Box::default(),
            facets,
            body: Box::default(),
            effects: 0,
            begun: 0,
            ended: 0,
            last: None,
        };
        self.rows.insert(number, kept);
        if let Some(gone) = gone.flatten() {
            self.drop_row(gone);
        }
        self.touch(number);
        number
    }

    fn drop_row(&mut self, number: u64) {
        let Some(gone) = self.rows.remove(&number) else {
            return;
        };
        self.touch(number);
        if let Some(id) = gone.row.delivery_id
            && let Some(note) = self.notes.get_mut(&id)
        {
            note.rows.retain(|own| *own != number);
            if note.rows.is_empty() {
                self.leave(id);
            }
        }
    }

    /// Takes in what an engine tells.
    pub(super) fn happened(&mut self, happening: &Happening, at: Millis, now: Instant) {
        if self.is_known(happening) {
            return self.count_events(happening);
        }
        self.sweep(now);
        match happening {
            Happening::Delivery {
                id,
                source,
                events,
                secret,
                body,
                received_at,
            } => {
                let at = self.arrived(*received_at, at);
                self.counts.deliveries += 1;
                self.latest = self.latest.max(Some(*id));
                let known = self.notes.entry(*id).or_default();
                known.taken = Some(now);
                known.at.get_or_insert(at);
                known.events = *events;
                known.dead = None;
                known.is_removed = false;
                let (id, source) = (*id, known.came(*source));
                known.source = Some(source);
                let worker = known.worker.as_deref().map(str::to_owned);
                let rows = known.rows.clone();
                if rows.is_empty() && *events == 0 {
                    self.push(TrafficRow::arrived(id, at, source, 0), Box::default());
                } else if rows.is_empty() {
                    self.expect(id, at, now, source);
                }
                // The listener was quicker, and did not know how many events there are.
                for number in rows {
                    if let Some(kept) = self.get_mut(number) {
                        kept.row.events = *events;
                        kept.row.source = source;
                        kept.row.worker.clone_from(&worker);
                        if *events == 0 {
                            kept.row.result = RowResult::Nothing;
                        }
                    }
                    self.touch(number);
                }
                self.show_undecided(id);
                self.said(id, secret.is_some(), body);
                self.happens(id, now);
            }
            Happening::Decided(record) => {
                self.counts.events += 1;
                self.decided(record, at, now);
            }
            Happening::Sent(record) => {
                match record.state {
                    OutboxState::Sent => self.counts.sent += 1,
                    OutboxState::Retrying => {}
                    OutboxState::Failed | OutboxState::Unknown | OutboxState::Dropped => {
                        self.counts.failed += 1;
                    }
                }
                self.sent(record, Some(now));
            }
            Happening::DeadLetter { id, error } => self.dead(*id, error, at),
            Happening::Removed { ids } => self.removed(ids, true),
            Happening::PutBack { ids } => self.removed(ids, false),
            Happening::ByHand(_) | Happening::AutomationChanged { .. } => {}
        }
    }

    fn expect(&mut self, id: DeliveryId, at: Millis, since: Instant, source: RowSource) {
        self.arriving.push_back(Arriving {
            id,
            at,
            since,
            source,
        });
    }

    /// Lists what has waited for long; answers whether something goes on waiting.
    pub(super) fn sweep(&mut self, now: Instant) -> bool {
        while let Some(first) = self.arriving.front() {
            let note = self.notes.get(&first.id);
            let is_listed = note.is_none_or(|note| !note.rows.is_empty());
            if !is_listed && now.saturating_duration_since(first.since) < PATIENCE {
                return true;
            }
            let Some(arrived) = self.arriving.pop_front() else {
                break;
            };
            if !is_listed {
                let events = note.map_or(0, |note| note.events);
                let mut row = TrafficRow::arrived(arrived.id, arrived.at, arrived.source, events);
                row.result = note.map_or(RowResult::Waiting, Note::undecided);
                self.push(row, Box::default());
            }
        }
        false
    }

    /// Takes in a decision; `at` is when it was seen, for one whose delivery was not.
    pub(super) fn decided(&mut self, record: &DecisionRecord, at: Millis, now: Instant) {
        let id = record.delivery_id;
        let number = match self.row_for(record) {
            Some(number) => number,
            None => {
                let known = self.notes.get(&id);
                let source = known.map_or(RowSource::Listener, |note| {
                    let came = || note.came(DeliverySource::Listener);
                    note.source.unwrap_or_else(came)
                });
                let events = known.map_or(0, |note| note.events);
                let at = known.and_then(|note| note.at).unwrap_or(at);
                self.push(TrafficRow::arrived(id, at, source, events), Box::default())
            }
        };
        let haystack = haystack(record);
        if let Some(kept) = self.get_mut(number) {
            kept.row.decided(record);
            kept.haystack = haystack;
            kept.summary = record.decision.trace.summary.as_str().into();
            kept.effects = u32::try_from(record.decision.effects.len()).unwrap_or(u32::MAX);
            kept.facets.decided(record);
            kept.last = Some(now);
        }
        let note = self.notes.entry(id).or_default();
        note.decided.push((record.index, now));
        if record.decision.trace.reason == Reason::Duplicate {
            note.repeats.push(record.clone());
        }
        self.time(id);
        self.happens(id, now);
        self.touch(number);
    }

    /// The row that a decision belongs to: its own, or one that waits for a decision.
    fn row_for(&self, record: &DecisionRecord) -> Option<u64> {
        let note = self.notes.get(&record.delivery_id)?;
        let rows = || {
            note.rows
                .iter()
                .filter_map(|number| Some((*number, &self.get(*number)?.row)))
        };
        let own = rows().find(|(_, row)| row.index == Some(record.index));
        own.or_else(|| rows().find(|(_, row)| row.index.is_none()))
            .map(|(number, _)| number)
    }

    /// Takes in how a try to send ended.
    pub(super) fn sent(&mut self, record: &SendRecord, now: Option<Instant>) {
        let Some(note) = self.notes.get(&record.delivery_id) else {
            return;
        };
        let known = note.sends.iter().find(|one| one.outbox == record.outbox_id);
        let number = known.map(|one| one.row).or_else(|| {
            let rows = note.rows.iter().copied();
            rows.filter_map(|number| Some((number, self.get(number)?)))
                .find(|(_, kept)| {
                    let same = kept.row.contact_id == record.contact_id;
                    kept.begun < kept.effects && (same || record.contact_id.is_none())
                })
                .map(|(number, _)| number)
        });
        // All that it led to has been begun: this one is sent again by hand, under a new id.
        let again = || {
            let mut rows = note.rows.iter().copied();
            rows.find(|number| {
                self.get(*number).is_some_and(|kept| {
                    kept.effects > 0 && kept.row.contact_id == record.contact_id
                })
            })
        };
        let is_again = number.is_none();
        let Some(number) = number.or_else(again) else {
            return;
        };
        let is_new = known.is_none();
        let is_end = record.state != OutboxState::Retrying;
        if let Some(kept) = self.get_mut(number) {
            kept.begun += u32::from(is_new);
            kept.ended += u32::from(is_end);
            let all_ended = kept.ended >= kept.effects;
            if is_again && kept.effects == 1 {
                kept.row.sent_again();
            }
            kept.row.sent(record, all_ended);
            if let Some(error) = &record.error {
                kept.facets.failed(error);
            }
            if now.is_some() {
                kept.last = now;
            }
        }
        let index = self.get(number).and_then(|kept| kept.row.index);
        if let Some(note) = self.notes.get_mut(&record.delivery_id) {
            note.sends.push(Ended {
                outbox: record.outbox_id,
                attempt: record.attempt,
                row: number,
                index,
                at: now,
            });
        }
        self.time(record.delivery_id);
        if let Some(now) = now {
            self.happens(record.delivery_id, now);
        }
        self.touch(number);
    }

    fn dead(&mut self, id: DeliveryId, error: &str, at: Millis) {
        if self.notes.get(&id).is_none_or(|note| note.rows.is_empty()) {
            // It could not even be routed, so nobody has told of it before.
            self.counts.deliveries += 1;
            let note = self.notes.entry(id).or_default();
            let source = note.came(DeliverySource::Listener);
            self.push(TrafficRow::arrived(id, at, source, 0), Box::default());
        }
        let note = self.notes.entry(id).or_default();
        note.dead = Some(error.into());
        note.is_removed = false;
        for number in note.rows.clone() {
            if let Some(kept) = self.get_mut(number)
                && kept.row.reason.is_none()
            {
                kept.row.result = RowResult::Dead;
                kept.row.text = excerpt(error);
                kept.haystack = error.to_lowercase().into();
                kept.summary = error.into();
            }
            self.touch(number);
        }
    }

    /// Takes in that somebody removed these by hand, or put them back. What is not listed
    /// is not listed because of it.
    fn removed(&mut self, ids: &[DeliveryId], are_gone: bool) {
        for id in ids {
            if let Some(note) = self.notes.get_mut(id) {
                note.is_removed = are_gone;
                self.show_undecided(*id);
            }
        }
    }

    /// Lists what was removed in an earlier run, and of which nothing was decided.
    pub(super) fn was_removed(&mut self, row: TrafficRow) {
        if let Some(id) = row.delivery_id {
            self.latest = self.latest.max(Some(id));
            let note = self.notes.entry(id).or_default();
            note.is_removed = true;
            if !note.rows.is_empty() {
                return self.show_undecided(id);
            }
        }
        self.push(row, Box::default());
    }

    /// Shows how the rows of a delivery stand of which nothing is decided.
    fn show_undecided(&mut self, id: DeliveryId) {
        let Some(note) = self.notes.get(&id) else {
            return;
        };
        let result = note.undecided();
        for number in note.rows.clone() {
            if let Some(kept) = self.get_mut(number)
                && kept.row.reason.is_none()
                && kept.row.result != RowResult::Nothing
            {
                kept.row.result = result;
            }
            self.touch(number);
        }
    }

    /// Takes in that the listener accepted a delivery; the engine may have been quicker.
    pub(super) fn accepted(&mut self, id: DeliveryId, request: Request, at: Millis) {
        let since = request.durable;
        self.latest = self.latest.max(Some(id));
        let note = self.notes.entry(id).or_default();
        note.request = Some(request);
        note.at.get_or_insert(at);
        // A worker elsewhere was so quick that it had told of it before.
        let was_told = note.source == Some(RowSource::Worker);
        if was_told {
            note.source = Some(RowSource::Listener);
        }
        let rows = note.rows.clone();
        // Otherwise an engine was quicker.
        if note.rows.is_empty() && note.taken.is_none() {
            self.expect(id, at, since, RowSource::Listener);
        }
        for number in rows.into_iter().filter(|_| was_told) {
            if let Some(kept) = self.get_mut(number) {
                kept.row.source = RowSource::Listener;
            }
            self.touch(number);
        }
        self.time(id);
        self.is_signed(id);
        self.happens(id, since);
    }

    /// Takes in that the listener refused a request.
    pub(super) fn refused(&mut self, listed: Listed) {
        self.counts.refused += 1;
        self.was_refused(listed);
    }

    /// Lists what was refused in an earlier run.
    pub(super) fn was_refused(&mut self, listed: Listed) {
        let number = self.push(listed.row, listed.words);
        if let Some(kept) = self.get_mut(number) {
            kept.facets = listed.facets;
            kept.body = listed.body;
        }
    }

    /// Says of the rows of a delivery how long they took.
    fn time(&mut self, id: DeliveryId) {
        let Some(note) = self.notes.get(&id) else {
            return;
        };
        let Some(begun) = note.begun() else {
            return;
        };
        let rows = note.rows.clone();
        for number in rows {
            if let Some(kept) = self.get_mut(number)
                && let Some(last) = kept.last
            {
                let took = last.saturating_duration_since(begun).as_micros();
                kept.row.micros = Some(u64::try_from(took).unwrap_or(u64::MAX));
            }
        }
    }
}
