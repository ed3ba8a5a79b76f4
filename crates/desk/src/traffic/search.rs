//! Looking through the whole journal for what the list does not hold any more.

use super::filter::{Filter, parse};
use super::refused::FoundRefused;
use super::row::{RowResult, RowSource, TrafficRow};
use super::words::haystack;
use super::{Result, Traffic};
use heliograph_engine::ports::{Journal, JournalFilter, JournalPage, PortResult};
use heliograph_model::{DeliveryId, OutboxState};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::sync::Arc;

/// Decisions that are asked of the journal at once.
const PAGE: u32 = 200;
/// Pages that one search looks through before it says how far it came.
const PAGES: usize = 20;

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FoundTraffic {
    /// The rows, the newest first.
    pub rows: Vec<TrafficRow>,
    /// Where the next search goes on; absent at the end of the journal.
    pub next: Option<DeliveryId>,
    /// How many decisions were looked at.
    pub looked_at: u32,
}

impl Traffic {
    /// Looks in the journal for what a filter wants, the newest first, before a delivery
    /// or from the end, and among what was refused.
    ///
    /// # Errors
    /// When the filter cannot be read, or the journal cannot.
    pub async fn search(&self, filter: &str, before: Option<DeliveryId>) -> Result<FoundTraffic> {
        let wanted = parse(filter)?;
        let journal = self.journal()?;
        let refused = Arc::clone(&self.shared.refused.read());
        if wanted.is_only_of(RowResult::Refused) {
            let found = refused.search(&wanted, None, None).into_iter();
            return Ok(FoundTraffic {
                rows: found.map(|one| one.row).collect(),
                ..FoundTraffic::default()
            });
        }
        let asked = wanted.in_journal();
        let begin = before.or(asked.before);
        let mut found = FoundTraffic::default();
        let pages = if wanted.is_only_of(RowResult::Removed) {
            0
        } else {
            found.next = begin;
            PAGES
        };
        for _ in 0..pages {
            let page = journal
                .search(&JournalFilter {
                    before: found.next,
                    most: PAGE,
                    ..asked.clone()
                })
                .await?;
            found.looked_at += u32::try_from(page.decisions.len()).unwrap_or(u32::MAX);
            let deliveries = newest_first(&page);
            found.next = deliveries.last().copied();
            if found.next.is_none() {
                break;
            }
            for id in deliveries {
                let record = journal.delivery(id).await?;
                for (mut row, words) in rows(&page, id) {
                    if let Some(record) = &record {
                        row.source = RowSource::from(record.source);
                        row.at = record.received_at;
                    }
                    if wanted.wants(&row, &words) {
                        found.rows.push(row);
                    }
                }
            }
            if found.rows.len() >= PAGE as usize {
                break;
            }
        }
        found.add_removed(&*journal, &wanted, begin).await?;
        let refused = refused.search(&wanted, found.next, before);
        found.rows = merged(found.rows, refused);
        Ok(found)
    }
}

impl FoundTraffic {
    /// Adds what somebody removed from the queue among what was looked through. Where that
    /// is too much for one search, it ends earlier.
    async fn add_removed(
        &mut self,
        journal: &dyn Journal,
        wanted: &Filter,
        before: Option<DeliveryId>,
    ) -> PortResult<()> {
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
            if let Some(row) = removed_row(journal, id).await?
                && wanted.wants(&row, "")
            {
                self.rows.push(row);
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
    let Some(record) = journal.delivery(id).await? else {
        return Ok(None);
    };
    if !journal.of_delivery(id).await?.decisions.is_empty() {
        return Ok(None);
    }
    let source = RowSource::from(record.source);
    let mut row = TrafficRow::arrived(id, record.received_at, source, 0);
    row.result = RowResult::Removed;
    Ok(Some(row))
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

/// The rows of a delivery, with what can be searched for in each.
fn rows(page: &JournalPage, id: DeliveryId) -> Vec<(TrafficRow, Box<str>)> {
    let decisions: Vec<_> = page
        .decisions
        .iter()
        .filter(|one| one.delivery_id == id)
        .collect();
    let events = u32::try_from(decisions.len()).unwrap_or(u32::MAX);
    let mut rows: Vec<(TrafficRow, Box<str>, usize, usize)> = decisions
        .iter()
        .map(|record| {
            let at = record.decision.trace.at;
            let mut row = TrafficRow::arrived(id, at, RowSource::Listener, events);
            row.decided(record);
            (row, haystack(record), record.decision.effects.len(), 0)
        })
        .collect();
    let mut seen = Vec::new();
    for send in page.sends.iter().filter(|send| send.delivery_id == id) {
        let known = seen.iter().find(|(outbox, _)| *outbox == send.outbox_id);
        let place = known.map(|(_, place)| *place).or_else(|| {
            rows.iter().position(|(row, _, effects, ended)| {
                ended < effects && (row.contact_id == send.contact_id || send.contact_id.is_none())
            })
        });
        let Some(place) = place else { continue };
        seen.push((send.outbox_id, place));
        if let Some((row, _, effects, ended)) = rows.get_mut(place) {
            *ended += usize::from(send.state != OutboxState::Retrying);
            row.sent(send, *ended >= *effects);
        }
    }
    rows.into_iter()
        .map(|(row, words, ..)| (row, words))
        .collect()
}
