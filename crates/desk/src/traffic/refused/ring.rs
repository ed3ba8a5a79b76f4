//! The requests that are kept: within a bound, whoever posts how many of them.

use super::{About, Listed, RefusedRequest};
use crate::traffic::filter::{Accounts, Ready, Subject};
use crate::traffic::row::{Refused, TrafficRow};
use heliograph_engine::ports::RefusedRecord;
use heliograph_model::{DeliveryId, RefusedId};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::Notify;

/// The most requests that are kept,
pub(super) const MOST: usize = 1_000;
/// and the most bytes of them.
pub(super) const MOST_BYTES: usize = 16 << 20;

/// What was refused before one profile. Where there is too much, the oldest of the kind of
/// which there is most goes: who knocks at wrong paths all day does not push out a webhook
/// that was signed wrongly.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    /// Held for a moment only, never while waiting.
    state: Mutex<State>,
    /// Rings when something is to be written down.
    pub(super) changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    kept: BTreeMap<RefusedId, Arc<Kept>>,
    /// How many of a kind, and how many bytes they have.
    kinds: HashMap<Refused, (usize, usize)>,
    bytes: usize,
    /// Not written down yet.
    fresh: BTreeSet<RefusedId>,
    /// Written down, and not kept any more.
    gone: Vec<RefusedId>,
    /// Nobody writes this down any more.
    is_closed: bool,
}

/// One that is kept.
#[derive(Debug)]
struct Kept {
    /// The newest delivery when it came.
    after: DeliveryId,
    request: RefusedRequest,
}

/// What is to be written down.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) new: Vec<RefusedRecord>,
    pub(super) gone: Vec<RefusedId>,
}

/// A row that a search found, with the delivery behind which it stands.
pub(crate) struct FoundRefused {
    pub(crate) after: DeliveryId,
    pub(crate) row: TrafficRow,
}

impl Ring {
    /// Takes one in, which came after a delivery.
    pub(crate) fn push(&self, request: RefusedRequest, after: DeliveryId) -> RefusedId {
        let mut state = self.state.lock();
        let last = state.kept.last_key_value().map_or(0, |(id, _)| id.0);
        // By the time, so that it is greater than those of an earlier run.
        let id = RefusedId((request.at.0.saturating_mul(1_000)).max(last + 1));
        state.put(id, Kept { after, request });
        state.fresh.insert(id);
        drop(state);
        self.changed.notify_one();
        id
    }

    /// Takes in what an earlier run has kept; answers with the latest of that, the
    /// oldest first, with what the list can be filtered by. What came since this run began
    /// is not among it: that is listed already.
    pub(crate) fn restore(&self, records: Vec<RefusedRecord>, most: usize) -> Vec<Listed> {
        let mut state = self.state.lock();
        let ids: BTreeSet<RefusedId> = records.iter().map(|record| record.id).collect();
        for record in records {
            let RefusedRecord {
                id,
                at,
                after,
                about,
                body,
            } = record;
            // What another version wrote and this one cannot read makes room.
            let Ok(about) = serde_json::from_str::<About>(&about) else {
                state.gone.push(id);
                continue;
            };
            let request = RefusedRequest { at, about, body };
            state.put(id, Kept { after, request });
        }
        let kept = state.kept.iter().rev();
        let earlier = kept.filter(|(id, _)| ids.contains(*id));
        let mut rows: Vec<_> = earlier.take(most).map(listed).collect();
        rows.reverse();
        rows
    }

    /// One of them.
    pub(crate) fn get(&self, id: RefusedId) -> Option<RefusedRequest> {
        let kept = self.state.lock().kept.get(&id).cloned();
        kept.map(|kept| kept.request.clone())
    }

    /// Those that a filter wants and that stand between deliveries: behind `from` or a
    /// later one, and before `before`; the newest first.
    pub(crate) fn search(
        &self,
        wanted: &Ready<'_>,
        from: Option<DeliveryId>,
        before: Option<DeliveryId>,
    ) -> Vec<FoundRefused> {
        let all: Vec<_> = {
            let state = self.state.lock();
            let all = state.kept.iter().rev();
            all.map(|(id, kept)| (*id, Arc::clone(kept))).collect()
        };
        let found = all.into_iter().filter(|(_, kept)| {
            from.is_none_or(|from| kept.after >= from)
                && before.is_none_or(|before| kept.after < before)
        });
        // A request that was refused is of no account.
        let none = Accounts::new();
        found
            .filter_map(|(id, kept)| {
                let mut row = kept.request.row();
                row.refused_id = Some(id);
                let subject = Subject {
                    row: &row,
                    words: &kept.request.haystack(usize::MAX),
                    body: &kept.request.body_text(usize::MAX),
                    facets: &kept.request.facets(),
                    accounts: &none,
                };
                wanted.wants(&subject).then_some(FoundRefused {
                    after: kept.after,
                    row,
                })
            })
            .collect()
    }

    /// Nobody is told of it any more; what is not written down yet is, and that is all.
    pub(crate) fn close(&self) {
        self.state.lock().is_closed = true;
        self.changed.notify_one();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.lock().is_closed
    }

    /// The next of what is to be written down: at most so many bytes, or one request.
    pub(super) fn take_change(&self, most_bytes: usize) -> Change {
        let mut state = self.state.lock();
        let mut change = Change {
            gone: std::mem::take(&mut state.gone),
            ..Change::default()
        };
        let mut bytes = 0;
        while bytes < most_bytes
            && let Some(id) = state.fresh.pop_first()
        {
            let Some(kept) = state.kept.get(&id) else {
                continue;
            };
            bytes += kept.request.bytes();
            change.new.push(RefusedRecord {
                id,
                at: kept.request.at,
                after: kept.after,
                about: serde_json::to_string(&kept.request.about).unwrap_or_default(),
                body: kept.request.body.clone(),
            });
        }
        change
    }
}

fn listed((id, kept): (&RefusedId, &Arc<Kept>)) -> Listed {
    let mut listed = kept.request.listed();
    listed.row.refused_id = Some(*id);
    listed
}

impl State {
    fn put(&mut self, id: RefusedId, kept: Kept) {
        let bytes = kept.request.bytes();
        let kind = self.kinds.entry(kept.request.about.refusal).or_default();
        kind.0 += 1;
        kind.1 += bytes;
        self.bytes += bytes;
        self.kept.insert(id, Arc::new(kept));
        while self.kept.len() > MOST {
            self.drop_of(|(rows, _)| *rows);
        }
        while self.bytes > MOST_BYTES && self.kept.len() > 1 {
            self.drop_of(|(_, bytes)| *bytes);
        }
    }

    /// Drops the oldest of the kind of which there is most.
    fn drop_of(&mut self, much: impl Fn(&(usize, usize)) -> usize) {
        let most = self.kinds.iter().max_by_key(|(_, counts)| much(counts));
        let Some(kind) = most.map(|(kind, _)| *kind) else {
            return;
        };
        let oldest = self.kept.iter();
        let oldest = oldest.filter(|(_, kept)| kept.request.about.refusal == kind);
        let Some(id) = oldest.map(|(id, _)| *id).next() else {
            return;
        };
        let Some(kept) = self.kept.remove(&id) else {
            return;
        };
        let bytes = kept.request.bytes();
        self.bytes -= bytes;
        if let Some(counts) = self.kinds.get_mut(&kind) {
            counts.0 -= 1;
            counts.1 -= bytes;
        }
        // What was never written down is forgotten without a write.
        if !self.fresh.remove(&id) {
            self.gone.push(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::filter::{Filter, Zone};
    use heliograph_model::Millis;

    fn request(at: i64, refusal: Refused, bytes: usize) -> RefusedRequest {
        RefusedRequest {
            at: Millis(at),
            about: About {
                refusal,
                text: format!("number {at}"),
                advice: String::new(),
                signature: None,
                peer: "127.0.0.1:1".to_owned(),
                headers: Box::default(),
                body_bytes: bytes,
            },
            body: (bytes > 0).then(|| vec![b'x'; bytes].into()),
        }
    }

    #[test]
    fn a_flood_of_one_kind_pushes_out_its_own() {
        let ring = Ring::default();
        let signed = ring.push(request(1, Refused::Signature, 10), DeliveryId(0));
        for at in 0..5_000 {
            ring.push(request(2 + at, Refused::NotHere, 0), DeliveryId(0));
        }
        let large = 60 * 1024;
        for at in 0..1_000 {
            ring.push(request(9_000 + at, Refused::Body, large), DeliveryId(0));
        }
        let state = ring.state.lock();
        assert!(state.kept.len() <= MOST);
        assert!(state.bytes <= MOST_BYTES);
        let bytes: usize = state.kept.values().map(|kept| kept.request.bytes()).sum();
        assert_eq!(state.bytes, bytes, "as they are counted");
        assert!(state.kept.contains_key(&signed));
        assert!(state.kinds[&Refused::NotHere].0 > 100, "{:?}", state.kinds);
        assert!(state.kinds[&Refused::Body].0 > 100, "{:?}", state.kinds);
    }

    #[test]
    fn what_is_written_down_is_what_is_kept() {
        let ring = Ring::default();
        let mut disk = BTreeMap::new();
        let write = |disk: &mut BTreeMap<RefusedId, RefusedRecord>| {
            let change = ring.take_change(usize::MAX);
            for id in change.gone {
                disk.remove(&id);
            }
            disk.extend(change.new.into_iter().map(|one| (one.id, one)));
        };
        for at in 0..2_500 {
            ring.push(request(at, Refused::Signature, 3), DeliveryId(at / 2));
            if at % 700 == 0 {
                write(&mut disk);
                assert!(disk.len() <= MOST);
            }
        }
        write(&mut disk);
        assert_eq!(disk.len(), MOST);

        let again = Ring::default();
        let listed = again.restore(disk.into_values().collect(), 10);
        assert_eq!(listed.len(), 10);
        assert!(
            again.take_change(usize::MAX).new.is_empty(),
            "it is written"
        );
        let all = |ring: &Ring| -> Vec<_> {
            let all = Filter::default();
            let found = ring.search(&all.ready(Millis(0), Zone::Local), None, None);
            found.into_iter().map(|one| (one.after, one.row)).collect()
        };
        assert_eq!(all(&again), all(&ring));
        let next = again.push(request(1, Refused::Body, 0), DeliveryId(9));
        let newest = all(&again);
        assert_eq!(newest[0].1.refused_id, Some(next), "the newest");
    }
}
