//! What the desk has seen of a profile that keeps no journal: a journal in memory, within a
//! bound, from the moment the profile came in front.

use crate::traffic::haystack;
use async_trait::async_trait;
use heliograph_engine::ports::{Journal, JournalFilter, JournalPage, PortResult};
use heliograph_engine::process::NO_DELIVERY;
use heliograph_model::{
    DecisionRecord, DeliveryId, DeliveryRecord, DeliverySource, Happening, Millis, Reason,
    SendRecord,
};
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};

/// Deliveries that are kept.
const DELIVERIES: usize = 20_000;
/// Decisions by hand that are kept.
const BY_HAND: usize = 1_000;
/// Bytes of bodies that are kept.
const BODY_BYTES: usize = 64 * 1024 * 1024;
/// Decisions of a page where nothing is said.
const PAGE: u32 = 100;

/// A journal of what was seen.
#[derive(Debug, Default)]
pub(crate) struct SeenJournal(Mutex<Seen>);

/// By id, which counts up with the time of arrival.
#[derive(Debug, Default)]
struct Seen {
    deliveries: BTreeMap<DeliveryId, Delivered>,
    body_bytes: usize,
    /// What was set by hand, which no delivery led to.
    by_hand: VecDeque<DecisionRecord>,
}

/// A delivery with what it led to. Its body is empty where somebody else put it into the
/// queue.
#[derive(Debug)]
struct Delivered {
    record: DeliveryRecord,
    decisions: Vec<DecisionRecord>,
    sends: Vec<SendRecord>,
}

impl SeenJournal {
    /// The listener before this profile accepted a body.
    pub(crate) fn accepted(&self, id: DeliveryId, at: Millis, secret: &str, body: &[u8]) {
        let mut seen = self.0.lock();
        seen.body_bytes += body.len();
        let record = &mut seen.of(id, at).record;
        record.secret = Some(secret.to_owned());
        record.body = String::from_utf8_lossy(body).into_owned();
        seen.forget_the_oldest();
    }

    /// An engine told of something.
    pub(crate) fn happened(&self, happening: &Happening, at: Millis) {
        let mut seen = self.0.lock();
        match happening {
            Happening::Delivery {
                id,
                received_at,
                source,
                ..
            } => {
                let record = &mut seen.of(*id, *received_at).record;
                record.received_at = *received_at;
                record.source = *source;
            }
            // As a journal has them: without the events that had been handled before.
            Happening::Decided(record) if record.decision.trace.reason != Reason::Duplicate => {
                let decisions = &mut seen.of(record.delivery_id, at).decisions;
                decisions.push((**record).clone());
                decisions.sort_by_key(|one| one.index);
            }
            Happening::Sent(record) => {
                let sends = &mut seen.of(record.delivery_id, at).sends;
                sends.push((**record).clone());
            }
            Happening::ByHand(record) => {
                if seen.by_hand.len() >= BY_HAND {
                    seen.by_hand.pop_front();
                }
                seen.by_hand.push_back((**record).clone());
                return;
            }
            Happening::Removed { ids } => return seen.removed(ids, Some(at)),
            Happening::PutBack { ids } => return seen.removed(ids, None),
            Happening::Decided(_)
            | Happening::AutomationChanged { .. }
            | Happening::DeadLetter { .. } => return,
        }
        seen.forget_the_oldest();
    }
}

impl Seen {
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
        })
    }

    /// Somebody removed these by hand, or put them back.
    fn removed(&mut self, ids: &[DeliveryId], at: Option<Millis>) {
        for id in ids {
            if let Some(delivered) = self.deliveries.get_mut(id) {
                delivered.record.removed_at = at;
            }
        }
    }

    fn forget_the_oldest(&mut self) {
        while self.deliveries.len() > DELIVERIES || self.body_bytes > BODY_BYTES {
            let Some((_, oldest)) = self.deliveries.pop_first() else {
                return;
            };
            self.body_bytes -= oldest.record.body.len().min(self.body_bytes);
        }
    }
}

#[async_trait]
impl Journal for SeenJournal {
    async fn delivery(&self, id: DeliveryId) -> PortResult<Option<DeliveryRecord>> {
        let seen = self.0.lock();
        let delivered = seen.deliveries.get(&id);
        Ok(delivered.map(|delivered| delivered.record.clone()))
    }

    async fn of_delivery(&self, id: DeliveryId) -> PortResult<JournalPage> {
        let seen = self.0.lock();
        if id == NO_DELIVERY {
            return Ok(JournalPage {
                decisions: seen.by_hand.iter().cloned().collect(),
                sends: Vec::new(),
            });
        }
        let delivered = seen.deliveries.get(&id);
        Ok(
            delivered.map_or_else(JournalPage::default, |delivered| JournalPage {
                decisions: delivered.decisions.clone(),
                sends: delivered.sends.clone(),
            }),
        )
    }

    async fn search(&self, filter: &JournalFilter) -> PortResult<JournalPage> {
        let most = if filter.most == 0 { PAGE } else { filter.most } as usize;
        let words: Vec<String> = filter
            .text
            .iter()
            .flat_map(|text| text.split_whitespace())
            .map(str::to_lowercase)
            .collect();
        let seen = self.0.lock();
        let before = filter.before.unwrap_or(DeliveryId(i64::MAX));
        let mut page = JournalPage::default();
        for (_, delivered) in seen.deliveries.range(..before).rev() {
            if page.decisions.len() >= most {
                break;
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
        }
        Ok(page)
    }

    async fn removed(&self, before: Option<DeliveryId>, most: u32) -> PortResult<Vec<DeliveryId>> {
        let seen = self.0.lock();
        let before = before.unwrap_or(DeliveryId(i64::MAX));
        let removed = seen.deliveries.range(..before).rev();
        let removed = removed.filter(|(_, delivered)| delivered.record.removed_at.is_some());
        Ok(removed.take(most as usize).map(|(id, _)| *id).collect())
    }

    async fn retain(&self, older_than: Millis, _most_bytes: u64) -> PortResult<u64> {
        let mut seen = self.0.lock();
        let before = seen.deliveries.len();
        seen.deliveries
            .retain(|_, delivered| delivered.record.received_at >= older_than);
        Ok((before - seen.deliveries.len()) as u64)
    }
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

    fn taken(id: i64) -> Happening {
        Happening::Delivery {
            id: DeliveryId(id),
            received_at: Millis(1_000 + id),
            source: DeliverySource::Listener,
            events: 1,
        }
    }

    #[tokio::test]
    async fn what_was_accepted_here_has_its_body_and_what_came_past_has_none() {
        let seen = SeenJournal::default();
        seen.accepted(
            DeliveryId(1),
            Millis(1_001),
            "shop",
            b"{\"object\":\"instagram\"}",
        );
        for id in 1..=2 {
            seen.happened(&taken(id), Millis(5_000));
        }
        let here = seen.delivery(DeliveryId(1)).await.expect("it is in memory");
        let here = here.expect("it was seen");
        assert_eq!(here.body, "{\"object\":\"instagram\"}");
        assert_eq!(here.secret.as_deref(), Some("shop"));
        let past = seen.delivery(DeliveryId(2)).await.expect("it is in memory");
        let past = past.expect("it was seen");
        assert_eq!((past.body.as_str(), past.received_at), ("", Millis(1_002)));
        let never = seen.delivery(DeliveryId(3)).await.expect("it is in memory");
        assert_eq!(never, None);
    }

    #[tokio::test]
    async fn what_was_removed_is_known_until_it_is_put_back() {
        let seen = SeenJournal::default();
        for id in 1..=3 {
            seen.accepted(DeliveryId(id), Millis(id), "shop", b"{}");
        }
        let ids = vec![DeliveryId(1), DeliveryId(3), DeliveryId(9)];
        seen.happened(&Happening::Removed { ids }, Millis(50));
        let removed = seen.removed(None, 10).await.expect("it is in memory");
        assert_eq!(removed, [DeliveryId(3), DeliveryId(1)]);
        let removed = seen.removed(Some(DeliveryId(3)), 10).await;
        assert_eq!(removed.expect("it is in memory"), [DeliveryId(1)]);
        let ids = vec![DeliveryId(3)];
        seen.happened(&Happening::PutBack { ids }, Millis(60));
        let removed = seen.removed(None, 10).await.expect("it is in memory");
        assert_eq!(removed, [DeliveryId(1)]);
    }

    #[tokio::test]
    async fn the_oldest_are_forgotten_first() {
        let seen = SeenJournal::default();
        let large = vec![b'x'; BODY_BYTES / 4];
        for id in 1..=6 {
            seen.accepted(DeliveryId(id), Millis(id), "shop", &large);
        }
        for (id, is_there) in [(1, false), (2, false), (3, true), (6, true)] {
            let kept = seen
                .delivery(DeliveryId(id))
                .await
                .expect("it is in memory");
            assert_eq!(kept.is_some(), is_there, "{id}");
        }
        for id in 10..10 + i64::try_from(DELIVERIES).unwrap_or(i64::MAX) {
            seen.happened(&taken(id), Millis(id));
        }
        let kept = seen.0.lock().deliveries.len();
        assert_eq!(kept, DELIVERIES);
        assert_eq!(seen.0.lock().body_bytes, 0);
    }
}
