//! Looking through the whole journal for what the list does not hold any more.

use super::elsewhere::came;
use super::facets::Facets;
use super::filter::{Accounts, Filter, Ready, Subject, Zone, parse};
use super::names;
use super::noted::Noted;
use super::refused::FoundRefused;
use super::row::{RowResult, RowSource, TrafficRow, excerpt};
use super::signature::SignatureState;
use super::words::haystack;
use super::{Result, Traffic};
use crate::seen::SeenJournal;
use heliograph_engine::ports::{Journal, JournalFilter, JournalPage, PortResult, searchable_body};
use heliograph_model::{DeliveryId, DeliveryRecord, Millis, OutboxState};
use heliograph_runtime::Runtime;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Decisions that are asked of the journal at once.
const PAGE: u32 = 200;
/// For how long one search looks before it says how far it came.
const STEP: Duration = Duration::from_millis(400);

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FoundTraffic {
    /// The rows, the newest first.
    pub rows: Vec<TrafficRow>,
    /// Where the next search goes on; absent at the end of the journal.
    pub next: Option<DeliveryId>,
    /// How many decisions were looked at; where bodies were looked for, how many deliveries.
    pub looked_at: u32,
    /// When what was looked at last arrived; absent at the end of the journal.
    pub reached: Option<Millis>,
}

impl Traffic {
    /// Looks in the journal for what a filter wants, the newest first, before a delivery
    /// or from the end, and among what was refused. It looks for a moment only and says
    /// where to go on.
    ///
    /// # Errors
    /// When the filter cannot be read, or the journal cannot.
    pub async fn search(&self, filter: &str, before: Option<DeliveryId>) -> Result<FoundTraffic> {
        let filter = parse(filter)?;
        let journal = self.journal()?;
        let runtime = self.runtime()?;
        let now = self.shared.clock.now();
        let wanted = filter.ready(now, Zone::Local);
        let refused = Arc::clone(&self.shared.refused.read());
        if filter.is_only_of(RowResult::Refused) {
            let found = refused.search(&wanted, None, None).into_iter();
            return Ok(FoundTraffic {
                rows: found.map(|one| one.row).collect(),
                ..FoundTraffic::default()
            });
        }
        let look = self.look_with(&*journal, &runtime, &filter, &wanted).await;
        // On a clock of its own the engine says nothing about when rows arrived.
        let asked = wanted.in_journal(look.by_machine);
        let begin = before.or(asked.before);
        let mut found = FoundTraffic::default();
        let mut goes_on = !filter.is_only_of(RowResult::Removed);
        if goes_on {
            found.next = begin;
        }
        let deadline = Instant::now() + STEP;
        while goes_on {
            let left = deadline.saturating_duration_since(Instant::now());
            let page = journal
                .search(&JournalFilter {
                    before: found.next,
                    most: PAGE,
                    within: Some(left),
                    ..asked.clone()
                })
                .await?;
            found.looked_at = found.looked_at.saturating_add(page.looked_at);
            found.next = page.reached;
            look.page(&page, &mut found.rows).await?;
            if found.next.is_some() && found.next <= filter.first() {
                found.next = None;
            }
            goes_on = found.next.is_some()
                && found.rows.len() < PAGE as usize
                && Instant::now() < deadline;
        }
        found.add_removed(&look, begin).await?;
        if let Some(next) = found.next {
            let record = journal.delivery(next).await?;
            found.reached = record.map(|record| record.received_at);
        }
        let refused = refused.search(&wanted, found.next, before);
        found.rows = merged(found.rows, refused);
        Ok(found)
    }

    /// Looks where the journal's index answers at once: for the newest events that have what
    /// a filter wants at the beginning of a word, such as an id, and among what was refused.
    /// What stands inside of a word is only found by [`Traffic::search`].
    ///
    /// # Errors
    /// As [`Traffic::search`].
    pub async fn find(&self, filter: &str) -> Result<FoundTraffic> {
        let filter = parse(filter)?;
        let journal = self.journal()?;
        let runtime = self.runtime()?;
        let wanted = filter.ready(self.shared.clock.now(), Zone::Local);
        let look = self.look_with(&*journal, &runtime, &filter, &wanted).await;
        let mut asked = wanted.in_journal(look.by_machine);
        let words = std::mem::take(&mut asked.parts);
        let mut found = FoundTraffic::default();
        if words.is_empty() {
            return Ok(found);
        }
        let page = journal
            .search(&JournalFilter {
                text: Some(words.join(" ")),
                most: PAGE,
                within: Some(STEP),
                ..asked
            })
            .await?;
        found.looked_at = page.looked_at;
        look.page(&page, &mut found.rows).await?;
        let refused = Arc::clone(&self.shared.refused.read());
        found.rows = merged(found.rows, refused.search(&wanted, None, None));
        Ok(found)
    }

    async fn look_with<'a>(
        &self,
        journal: &'a dyn Journal,
        runtime: &Runtime,
        filter: &Filter,
        wanted: &'a Ready<'a>,
    ) -> Look<'a> {
        let accounts = match filter.asks_for_accounts() {
            true => names::read(&*runtime.store()).await.unwrap_or_default(),
            false => Accounts::new(),
        };
        Look {
            journal,
            wanted,
            accounts,
            with_bodies: filter.asks_for_bodies(),
            by_machine: runtime.clock().is_of_the_machine(),
            seen: self.shared.seen.read().clone(),
        }
    }
}

/// What a search looks with.
struct Look<'a> {
    journal: &'a dyn Journal,
    wanted: &'a Ready<'a>,
    accounts: Accounts,
    /// Whether bodies are asked for.
    with_bodies: bool,
    /// Whether deliveries were received by the machine's clock.
    by_machine: bool,
    /// Who handled what, where no journal is kept.
    seen: Option<Arc<SeenJournal>>,
}

impl Look<'_> {
    /// Adds the rows of a page that are wanted, the newest first.
    async fn page(&self, page: &JournalPage, rows: &mut Vec<TrafficRow>) -> PortResult<()> {
        let mut deliveries = newest_first(page);
        deliveries.extend(&page.bare);
        deliveries.sort_unstable_by(|a, b| b.cmp(a));
        let noted = self.journal.notes(&deliveries).await?;
        for id in deliveries {
            let noted = noted.iter().find(|note| note.id == id);
            let noted = noted.and_then(Noted::read);
            let record = self.journal.delivery(id).await?;
            let mut found = rows_of(page, id);
            if found.is_empty() {
                // What somebody removed is added by itself.
                let bare = record.as_ref().filter(|one| one.removed_at.is_none());
                found.extend(bare.map(|record| bare_row(record, noted.as_ref())));
            }
            for one in &mut found {
                if let Some(record) = &record {
                    one.came(record, noted.as_ref(), self.by_machine);
                    (one.row.source, one.row.worker) =
                        came(self.seen.as_deref(), record, noted.as_ref());
                }
            }
            let body = match &record {
                Some(record) if self.with_bodies => searchable_body(&record.body),
                _ => String::new(),
            };
            let wanted = found.into_iter().filter(|one| self.wants(one, &body));
            rows.extend(wanted.map(|one| one.row));
        }
        Ok(())
    }

    fn wants(&self, one: &FoundRow, body: &str) -> bool {
        self.wanted.wants(&Subject {
            row: &one.row,
            words: &one.words,
            body,
            facets: &one.facets,
            accounts: &self.accounts,
        })
    }
}

impl FoundTraffic {
    /// Adds what somebody removed from the queue among what was looked through. Where that
    /// is too much for one search, it ends earlier.
    async fn add_removed(&mut self, look: &Look<'_>, before: Option<DeliveryId>) -> PortResult<()> {
        let journal = look.journal;
        let mut removed = journal.removed(before, PAGE).await?;
        if removed.len() == PAGE as usize
            && let Some(last) = removed.last()
            && self.next.is_none_or(|next| next < *last)
        {
            self.next = Some(*last);
            self.rows.retain(|row| row.delivery_id >= Some(*last));
        }
        removed.retain(|id| self.next.is_none_or(|next| *id >= next));
        for id in removed {
            if let Some(one) = removed_one(journal, id).await?
                && look.wants(&one.0, &one.1)
            {
                self.rows.push(one.0.row);
            }
            self.looked_at += 1;
        }
        self.rows.sort_by_key(|row| Reverse(row.delivery_id));
        Ok(())
    }
}

/// The row of a delivery that somebody removed from the queue; `None`: something of it was
/// decided before, and has a row of its own.
pub(super) async fn removed_row(
    journal: &dyn Journal,
    id: DeliveryId,
) -> PortResult<Option<TrafficRow>> {
    let removed = removed_one(journal, id).await?;
    Ok(removed.map(|(one, _)| one.row))
}

/// The same with what filters look at, and the body as it is searched.
async fn removed_one(
    journal: &dyn Journal,
    id: DeliveryId,
) -> PortResult<Option<(FoundRow, String)>> {
    let Some(record) = journal.delivery(id).await? else {
        return Ok(None);
    };
    if !journal.of_delivery(id).await?.decisions.is_empty() {
        return Ok(None);
    }
    let mut one = bare_row(&record, None);
    one.came(&record, None, true);
    one.row.result = RowResult::Removed;
    Ok(Some((one, searchable_body(&record.body))))
}

/// The row of a delivery that led to no decision.
fn bare_row(record: &DeliveryRecord, noted: Option<&Noted>) -> FoundRow {
    let source = RowSource::from(record.source);
    let mut row = TrafficRow::arrived(record.id, record.received_at, source, 0);
    let dead = noted.and_then(|noted| noted.dead.as_deref());
    if let Some(dead) = dead {
        row.result = RowResult::Dead;
        row.text = excerpt(dead);
    }
    FoundRow {
        row,
        words: dead.unwrap_or_default().to_lowercase().into(),
        facets: Facets::default(),
    }
}

/// Rows of deliveries and of refused requests, the newest first: a request stands before
/// the delivery behind which it came.
fn merged(deliveries: Vec<TrafficRow>, refused: Vec<FoundRefused>) -> Vec<TrafficRow> {
    let mut refused = refused.into_iter().peekable();
    let mut rows = Vec::with_capacity(deliveries.len() + refused.len());
    for row in deliveries {
        while let Some(one) = refused.next_if(|one| Some(one.after) >= row.delivery_id) {
            rows.push(one.row);
        }
        rows.push(row);
    }
    rows.extend(refused.map(|one| one.row));
    rows
}

/// The deliveries of a page, the newest first.
pub(super) fn newest_first(page: &JournalPage) -> Vec<DeliveryId> {
    let mut ids: Vec<DeliveryId> = page.decisions.iter().map(|one| one.delivery_id).collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    ids
}

/// A row with what filters look at beyond it.
struct FoundRow {
    row: TrafficRow,
    /// Everything that can be searched for, in lower case.
    words: Box<str>,
    facets: Facets,
}

impl FoundRow {
    /// Takes in how its delivery came, and how long it took.
    fn came(&mut self, record: &DeliveryRecord, noted: Option<&Noted>, by_machine: bool) {
        self.row.source = RowSource::from(record.source);
        let seen = noted.filter(|_| !by_machine);
        self.row.at = seen.map_or(record.received_at, |noted| noted.at);
        let index = self.row.index;
        self.row.micros = noted
            .zip(index)
            .and_then(|(noted, index)| noted.took(index));
        let is_signed =
            record.secret.is_some() || noted.is_some_and(|noted| noted.request.is_some());
        self.facets.signature = Some(match is_signed {
            true => SignatureState::Good,
            false => SignatureState::Unchecked,
        });
    }
}

/// The rows of a delivery, with what filters look at.
fn rows_of(page: &JournalPage, id: DeliveryId) -> Vec<FoundRow> {
    let decisions: Vec<_> = page
        .decisions
        .iter()
        .filter(|one| one.delivery_id == id)
        .collect();
    let events = u32::try_from(decisions.len()).unwrap_or(u32::MAX);
    let mut rows: Vec<(FoundRow, usize, usize)> = decisions
        .iter()
        .map(|record| {
            let at = record.decision.trace.at;
            let mut row = TrafficRow::arrived(id, at, RowSource::Listener, events);
            row.decided(record);
            let mut facets = Facets::default();
            facets.decided(record);
            let words = haystack(record);
            let found = FoundRow { row, words, facets };
            (found, record.decision.effects.len(), 0)
        })
        .collect();
    let mut seen = Vec::new();
    for send in page.sends.iter().filter(|send| send.delivery_id == id) {
        let known = seen.iter().find(|(outbox, _)| *outbox == send.outbox_id);
        let place = known.map(|(_, place)| *place).or_else(|| {
            rows.iter()
                .position(|(FoundRow { row, .. }, effects, ended)| {
                    ended < effects
                        && (row.contact_id == send.contact_id || send.contact_id.is_none())
                })
        });
        // All that it led to has been begun: this one was sent again by hand.
        let again = || {
            rows.iter().position(|(FoundRow { row, .. }, effects, _)| {
                *effects > 0 && row.contact_id == send.contact_id
            })
        };
        let is_again = place.is_none();
        let Some(place) = place.or_else(again) else {
            continue;
        };
        seen.push((send.outbox_id, place));
        if let Some((FoundRow { row, facets, .. }, effects, ended)) = rows.get_mut(place) {
            if let Some(error) = &send.error {
                facets.failed(error);
            }
            if is_again && *effects == 1 {
                row.sent_again();
            }
            *ended += usize::from(send.state != OutboxState::Retrying);
            row.sent(send, *ended >= *effects);
        }
    }
    rows.into_iter().map(|(found, ..)| found).collect()
}
