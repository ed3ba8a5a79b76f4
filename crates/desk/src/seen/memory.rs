//! What was seen, in memory and within a bound.

use crate::traffic::{delivery_of, haystack};
use heliograph_engine::ports::{JournalFilter, JournalPage, searchable_body};
use heliograph_engine::process::NO_DELIVERY;
use heliograph_model::{
    DecisionRecord, DeliveryId, DeliveryRecord, DeliverySource, Happening, Millis, Reason,
    SendRecord,
};
use heliograph_runtime::elsewhere::ToldElsewhere;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Deliveries that are kept.
const DELIVERIES: usize = 20_000;
/// Decisions by hand that are kept.
const BY_HAND: usize = 1_000;
/// Bytes of bodies, and of what workers elsewhere told, that are kept.
const BODY_BYTES: usize = 64 * 1024 * 1024;
/// Decisions of a page where nothing is said.
const PAGE: u32 = 100;

/// By id, which counts up with the time of arrival.
#[derive(Debug, Default)]
pub(super) struct Memory {
    deliveries: BTreeMap<DeliveryId, Delivered>,
    /// Of bodies and of what was told.
    bytes: usize,
    /// What was set by hand, which no delivery led to.
    by_hand: VecDeque<DecisionRecord>,
}

/// A delivery with what it led to. Its body is empty where nobody who had it told it.
#[derive(Debug)]
struct Delivered {
    record: DeliveryRecord,
    decisions: Vec<DecisionRecord>,
    sends: Vec<SendRecord>,
    /// The worker elsewhere that took it, where one told of it.
    worker: Option<Arc<str>>,
    /// How much of it was told, in bytes.
    told_bytes: usize,
    /// It was posted to the listener before this profile.
    is_accepted: bool,
}

/// Who handled a delivery elsewhere.
#[derive(Debug, Clone)]
pub(crate) struct HandledBy {
    pub worker: Option<Arc<str>>,
    /// It had been posted to the listener before this profile.
    pub is_accepted: bool,
}

impl Memory {
    /// A worker elsewhere told of something.
    pub(super) fn told(&mut self, worker: &Arc<str>, told: &ToldElsewhere) {
        self.happened(&told.happening, told.at);
        let Some(id) = delivery_of(&told.happening) else {
            return;
        };
        let Some(delivered) = self.deliveries.get_mut(&id) else {
            return;
        };
        let is_taken = matches!(told.happening, Happening::Delivery { .. });
        if is_taken || delivered.worker.is_none() {
            delivered.worker = Some(Arc::clone(worker));
        }
        delivered.told_bytes += told.bytes;
        self.bytes += told.bytes;
        self.forget_the_oldest();
    }

    /// Who handled a delivery; `None` where it is not known here any more.
    pub(super) fn handled_by(&self, id: DeliveryId) -> Option<HandledBy> {
        self.deliveries.get(&id).map(|delivered| HandledBy {
            worker: delivered.worker.clone(),
            is_accepted: delivered.is_accepted,
        })
    }

    /// The listener before this profile accepted a delivery.
    pub(super) fn accepted(&mut self, record: &DeliveryRecord) {
        let delivered = self.of(record.id, record.received_at);
        delivered.is_accepted = true;
        delivered.record.secret.clone_from(&record.secret);
        self.keep_body(record.id, record.body.as_bytes());
        self.forget_the_oldest();
    }

    /// An engine told of something.
    pub(super) fn happened(&mut self, happening: &Happening, at: Millis) {
        match happening {
            Happening::Delivery {
                id,
                received_at,
                source,
                secret,
                body,
                ..
            } => {
                let record = &mut self.of(*id, *received_at).record;
                record.received_at = *received_at;
                record.source = *source;
                if record.secret.is_none() {
                    record.secret.clone_from(secret);
                }
                self.keep_body(*id, body);
            }
            // As a journal has them: without the events that had been handled before.
            Happening::Decided(record) if record.decision.trace.reason != Reason::Duplicate => {
                let decisions = &mut self.of(record.delivery_id, at).decisions;
                decisions.push((**record).clone());
                decisions.sort_by_key(|one| one.index);
            }
            Happening::Sent(record) => {
                let sends = &mut self.of(record.delivery_id, at).sends;
                sends.push((**record).clone());
            }
            Happening::ByHand(record) => {
                if self.by_hand.len() >= BY_HAND {
                    self.by_hand.pop_front();
                }
                self.by_hand.push_back((**record).clone());
                return;
            }
            Happening::Removed { ids } => return self.are_removed(ids, Some(at)),
            Happening::PutBack { ids } => return self.are_removed(ids, None),
            // One that could not be routed is told of by nothing else.
            Happening::DeadLetter { id, .. } => {
                self.of(*id, at);
            }
            Happening::Decided(_) | Happening::AutomationChanged { .. } => return,
        }
        self.forget_the_oldest();
    }

    fn of(&mut self, id: DeliveryId, at: Millis) -> &mut Delivered {
        self.deliveries.entry(id).or_insert_with(|| Delivered {
            record: DeliveryRecord {
                id,
                received_at: at,
                source: DeliverySource::Listener,
                secret: None,
                body: String::new(),
                removed_at: None,
            },
            decisions: Vec::new(),
            sends: Vec::new(),
            worker: None,
            told_bytes: 0,
            is_accepted: false,
        })
    }

    /// Keeps the body of a delivery, unless it has one.
    fn keep_body(&mut self, id: DeliveryId, body: &[u8]) {
        if let Some(delivered) = self.deliveries.get_mut(&id)
            && delivered.record.body.is_empty()
        {
            delivered.record.body = String::from_utf8_lossy(body).into_owned();
            self.bytes += delivered.record.body.len();
        }
    }

    /// Somebody removed these by hand, or put them back.
    fn are_removed(&mut self, ids: &[DeliveryId], at: Option<Millis>) {
        for id in ids {
            if let Some(delivered) = self.deliveries.get_mut(id) {
                delivered.record.removed_at = at;
            }
        }
    }

    fn forget_the_oldest(&mut self) {
        while self.deliveries.len() > DELIVERIES || self.bytes > BODY_BYTES {
            let Some((_, oldest)) = self.deliveries.pop_first() else {
                return;
            };
            let gone = oldest.record.body.len() + oldest.told_bytes;
            self.bytes = self.bytes.saturating_sub(gone);
        }
    }
}

/// As a journal is read.
impl Memory {
    pub(super) fn delivery(&self, id: DeliveryId) -> Option<DeliveryRecord> {
        let delivered = self.deliveries.get(&id);
        delivered.map(|delivered| delivered.record.clone())
    }

    pub(super) fn of_delivery(&self, id: DeliveryId) -> JournalPage {
        if id == NO_DELIVERY {
            return JournalPage {
                decisions: self.by_hand.iter().cloned().collect(),
                ..JournalPage::default()
            };
        }
        let delivered = self.deliveries.get(&id);
        delivered.map_or_else(JournalPage::default, |delivered| JournalPage {
            decisions: delivered.decisions.clone(),
            sends: delivered.sends.clone(),
            ..JournalPage::default()
        })
    }

    pub(super) fn search(&self, filter: &JournalFilter) -> JournalPage {
        let most = if filter.most == 0 { PAGE } else { filter.most } as usize;
        let words: Vec<String> = filter
            .text
            .iter()
            .flat_map(|text| text.split_whitespace())
            .map(str::to_lowercase)
            .chain(filter.parts.iter().cloned())
            .collect();
        let before = filter.before.unwrap_or(DeliveryId(i64::MAX));
        let mut page = JournalPage::default();
        for (id, delivered) in self.deliveries.range(..before).rev() {
            if page.decisions.len() + page.bare.len() >= most {
                page.reached = Some(DeliveryId(id.0 + 1));
                break;
            }
            page.looked_at += 1;
            let at = delivered.record.received_at;
            if filter.since.is_some_and(|since| at < since)
                || filter.until.is_some_and(|until| at >= until)
                || !has_body(filter, &delivered.record.body)
            {
                continue;
            }
            let wanted = delivered
                .decisions
                .iter()
                .filter(|record| wants(filter, &words, record));
            let found = page.decisions.len();
            page.decisions.extend(wanted.cloned());
            if page.decisions.len() > found {
                page.sends.extend_from_slice(&delivered.sends);
            }
            if !filter.body.is_empty()
                && delivered.decisions.is_empty()
                && is_of_any(filter, &words)
            {
                page.bare.push(*id);
            }
        }
        page
    }

    pub(super) fn removed(&self, before: Option<DeliveryId>, most: u32) -> Vec<DeliveryId> {
        let before = before.unwrap_or(DeliveryId(i64::MAX));
        let removed = self.deliveries.range(..before).rev();
        let removed = removed.filter(|(_, delivered)| delivered.record.removed_at.is_some());
        removed.take(most as usize).map(|(id, _)| *id).collect()
    }

    pub(super) fn retain(&mut self, older_than: Millis) -> u64 {
        let before = self.deliveries.len();
        self.deliveries
            .retain(|_, delivered| delivered.record.received_at >= older_than);
        (before - self.deliveries.len()) as u64
    }
}

/// Whether a body is what a filter asks for of bodies.
fn has_body(filter: &JournalFilter, body: &str) -> bool {
    filter.body.is_empty() || {
        let body = searchable_body(body);
        let is_in = |texts: &Vec<String>| texts.iter().any(|text| body.contains(text.as_str()));
        filter.body.iter().all(is_in)
    }
}

/// Whether a filter asks for nothing of a decision.
fn is_of_any(filter: &JournalFilter, words: &[String]) -> bool {
    words.is_empty()
        && filter.account_id.is_none()
        && filter.contact_id.is_none()
        && filter.kind.is_none()
        && filter.reason.is_none()
}

fn wants(filter: &JournalFilter, words: &[String], record: &DecisionRecord) -> bool {
    let event = &record.event;
    let is_theirs = (filter.account_id.is_none() || filter.account_id == event.account_id)
        && (filter.contact_id.is_none() || filter.contact_id == event.contact_id);
    let reason = record.decision.trace.reason;
    is_theirs
        && filter.kind.is_none_or(|kind| kind == event.kind)
        && filter.reason.is_none_or(|wanted| wanted == reason)
        && (words.is_empty() || {
            let text = haystack(record);
            words.iter().all(|word| text.contains(word.as_str()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn taken(id: i64) -> Happening {
        Happening::Delivery {
            id: DeliveryId(id),
            received_at: Millis(1_000 + id),
            source: DeliverySource::Listener,
            events: 1,
            secret: None,
            body: Bytes::new(),
        }
    }

    fn accepted(id: i64, body: &str) -> DeliveryRecord {
        DeliveryRecord {
            id: DeliveryId(id),
            received_at: Millis(1_000 + id),
            source: DeliverySource::Listener,
            secret: Some("shop".to_owned()),
            body: body.to_owned(),
            removed_at: None,
        }
    }

    #[test]
    fn what_was_accepted_here_has_its_body_and_what_came_past_has_none() {
        let mut seen = Memory::default();
        seen.accepted(&accepted(1, r#"{"object":"instagram"}"#));
        for id in 1..=2 {
            seen.happened(&taken(id), Millis(5_000));
        }
        let here = seen.delivery(DeliveryId(1)).expect("it was seen");
        assert_eq!(here.body, r#"{"object":"instagram"}"#);
        assert_eq!(here.secret.as_deref(), Some("shop"));
        let past = seen.delivery(DeliveryId(2)).expect("it was seen");
        assert_eq!((past.body.as_str(), past.received_at), ("", Millis(1_002)));
        assert_eq!(seen.delivery(DeliveryId(3)), None);
    }

    #[test]
    fn a_body_that_an_engine_had_is_known_and_what_was_told_counts() {
        let mut seen = Memory::default();
        let worker: Arc<str> = "one".into();
        for (id, body) in [(1, "{}"), (2, "")] {
            let mut happening = taken(id);
            if let Happening::Delivery {
                body: has, secret, ..
            } = &mut happening
            {
                *has = Bytes::from(body);
                *secret = Some("shop".to_owned());
            }
            let told = ToldElsewhere {
                at: Millis(7),
                instant: std::time::Instant::now(),
                bytes: 40,
                happening,
            };
            seen.told(&worker, &told);
        }
        let one = seen.delivery(DeliveryId(1)).expect("it was told");
        assert_eq!(
            (one.body.as_str(), one.secret.as_deref()),
            ("{}", Some("shop"))
        );
        let by = seen.handled_by(DeliveryId(1)).expect("it was told");
        assert_eq!((by.worker.as_deref(), by.is_accepted), (Some("one"), false));
        assert!(seen.handled_by(DeliveryId(3)).is_none());
        assert_eq!(seen.bytes, 40 + 40 + 2);
    }

    #[test]
    fn what_was_removed_is_known_until_it_is_put_back() {
        let mut seen = Memory::default();
        for id in 1..=3 {
            seen.accepted(&accepted(id, "{}"));
        }
        let ids = vec![DeliveryId(1), DeliveryId(3), DeliveryId(9)];
        seen.happened(&Happening::Removed { ids }, Millis(50));
        assert_eq!(seen.removed(None, 10), [DeliveryId(3), DeliveryId(1)]);
        assert_eq!(seen.removed(Some(DeliveryId(3)), 10), [DeliveryId(1)]);
        let ids = vec![DeliveryId(3)];
        seen.happened(&Happening::PutBack { ids }, Millis(60));
        assert_eq!(seen.removed(None, 10), [DeliveryId(1)]);
    }

    #[test]
    fn the_oldest_are_forgotten_first() {
        let mut seen = Memory::default();
        let large = "x".repeat(BODY_BYTES / 4);
        for id in 1..=6 {
            seen.accepted(&accepted(id, &large));
        }
        for (id, is_there) in [(1, false), (2, false), (3, true), (6, true)] {
            assert_eq!(seen.delivery(DeliveryId(id)).is_some(), is_there, "{id}");
        }
        for id in 10..10 + i64::try_from(DELIVERIES).unwrap_or(i64::MAX) {
            seen.happened(&taken(id), Millis(id));
        }
        assert_eq!(seen.deliveries.len(), DELIVERIES);
        assert_eq!(seen.bytes, 0);
    }
}
