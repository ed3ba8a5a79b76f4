//! What workers elsewhere handle, listed as what is handled here.

use super::Shared;
use super::noted::Noted;
use super::row::RowSource;
use super::tail::Tail;
use crate::seen::SeenJournal;
use heliograph_model::{DeliveryId, DeliveryRecord, Happening, Millis};
use heliograph_runtime::elsewhere::{FromElsewhere, Hearing, HearingState, ToldElsewhere};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

/// Whether what workers elsewhere handle is heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WorkersElsewhere {
    /// Whether it is heard.
    pub state: WorkersHeard,
    /// Since when it is not, where it is not.
    pub since: Option<Millis>,
    /// Why not.
    pub why: Option<String>,
    /// How many workers have told something in the last seconds, if only that they are
    /// there.
    pub workers: u32,
}

/// Whether what workers elsewhere handle is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum WorkersHeard {
    /// It is about to be.
    Beginning,
    /// It is.
    Listening,
    /// The subscription is broken; it is tried again until it holds.
    Deaf,
}

impl From<&Hearing> for WorkersElsewhere {
    fn from(hearing: &Hearing) -> Self {
        let (state, since, why) = match &hearing.state {
            HearingState::Beginning => (WorkersHeard::Beginning, None, None),
            HearingState::Listening => (WorkersHeard::Listening, None, None),
            HearingState::Deaf { since, why } => {
                (WorkersHeard::Deaf, Some(*since), Some(why.clone()))
            }
        };
        Self {
            state,
            since,
            why,
            workers: hearing.workers,
        }
    }
}

/// What workers elsewhere tell of a profile.
#[derive(Debug)]
pub(super) struct Following {
    pub told: broadcast::Receiver<Arc<FromElsewhere>>,
    pub hearing: watch::Receiver<Hearing>,
}

/// Takes in what workers elsewhere tell, for as long as the profile is open.
pub(super) async fn follow(shared: &Shared, seen: Option<&SeenJournal>, following: Following) {
    let Following {
        mut told,
        mut hearing,
    } = following;
    loop {
        let now = WorkersElsewhere::from(&*hearing.borrow_and_update());
        shared.state.lock().elsewhere = Some(now);
        shared.changed.send_replace(());
        loop {
            tokio::select! {
                from = told.recv() => match from {
                    Ok(from) => take_in(shared, seen, &from),
                    // So many bulletins at least, each of which told something.
                    Err(RecvError::Lagged(missed)) => {
                        shared.change(|tail| tail.counts.left_out += missed);
                    }
                    Err(RecvError::Closed) => return,
                },
                changed = hearing.changed() => match changed {
                    Ok(()) => break,
                    Err(_) => return,
                },
            }
        }
    }
}

fn take_in(shared: &Shared, seen: Option<&SeenJournal>, from: &FromElsewhere) {
    if let Some(seen) = seen {
        seen.catch_up();
    }
    shared.change(|tail| {
        tail.counts.left_out += from.left_out;
        for told in &from.told {
            tail.told(&from.worker, told);
        }
    });
}

/// How a delivery came in, and the worker elsewhere that handled it, where one told of it:
/// as was seen in this run, or else as was noted in an earlier one.
pub(super) fn came(
    seen: Option<&SeenJournal>,
    record: &DeliveryRecord,
    noted: Option<&Noted>,
) -> (RowSource, Option<String>) {
    let by = seen.and_then(|seen| seen.handled_by(record.id));
    let noted = noted.filter(|_| seen.is_some());
    let told = by.as_ref().and_then(|by| by.worker.as_deref());
    let worker = told.or_else(|| noted?.worker.as_deref());
    let is_accepted = by.as_ref().is_some_and(|by| by.is_accepted)
        || noted.is_some_and(|noted| noted.request.is_some());
    let source = RowSource::of(record.source, worker.is_some(), is_accepted);
    (source, worker.map(str::to_owned))
}

impl Tail {
    /// Takes in what a worker elsewhere tells.
    fn told(&mut self, worker: &Arc<str>, told: &ToldElsewhere) {
        match &told.happening {
            // Who takes it has it from now on.
            Happening::Delivery { id, .. } => {
                self.notes.entry(*id).or_default().worker = Some(Arc::clone(worker));
            }
            Happening::Decided(record) => self.told_by(record.delivery_id, worker),
            Happening::DeadLetter { id, .. } => self.told_by(*id, worker),
            Happening::Sent(_)
            | Happening::ByHand(_)
            | Happening::AutomationChanged { .. }
            | Happening::Removed { .. }
            | Happening::PutBack { .. } => {}
        }
        self.happened(&told.happening, told.at, told.instant);
    }

    /// A worker elsewhere had this delivery, where one had, before it is listed.
    pub(super) fn is_of(&mut self, id: DeliveryId, worker: Option<Arc<str>>) {
        if worker.is_some() {
            self.notes.entry(id).or_default().worker = worker;
        }
    }

    fn told_by(&mut self, id: DeliveryId, worker: &Arc<str>) {
        let note = self.notes.entry(id).or_default();
        note.worker.get_or_insert_with(|| Arc::clone(worker));
    }
}

/// The delivery that something happened to, where it is one alone.
pub(crate) fn delivery_of(happening: &Happening) -> Option<DeliveryId> {
    match happening {
        Happening::Delivery { id, .. } | Happening::DeadLetter { id, .. } => Some(*id),
        Happening::Decided(record) => Some(record.delivery_id),
        Happening::Sent(record) => Some(record.delivery_id),
        Happening::ByHand(_)
        | Happening::AutomationChanged { .. }
        | Happening::Removed { .. }
        | Happening::PutBack { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::note::Request;
    use bytes::Bytes;
    use heliograph_model::DeliverySource;
    use std::time::Instant;

    fn taken(id: i64, source: DeliverySource) -> ToldElsewhere {
        ToldElsewhere {
            at: Millis(1_000),
            instant: Instant::now(),
            bytes: 100,
            happening: Happening::Delivery {
                id: DeliveryId(id),
                received_at: Millis(900),
                source,
                events: 0,
                secret: None,
                body: Bytes::new(),
            },
        }
    }

    fn request() -> Request {
        Request {
            peer: "127.0.0.1:1".to_owned(),
            secret: "shop".to_owned(),
            headers: Box::default(),
            began: Instant::now(),
            durable: Instant::now(),
        }
    }

    /// How a delivery is listed.
    fn listed(tail: &Tail, id: i64) -> Vec<(RowSource, Option<String>)> {
        let of_it = tail
            .rows()
            .filter(|kept| kept.row.delivery_id == Some(DeliveryId(id)));
        of_it
            .map(|kept| (kept.row.source, kept.row.worker.clone()))
            .collect()
    }

    #[test]
    fn a_row_says_which_worker_had_it_and_how_it_came() {
        let mut tail = Tail::default();
        let (blue, green): (Arc<str>, Arc<str>) = ("blue".into(), "green".into());
        tail.told(&blue, &taken(1, DeliverySource::Listener));
        tail.told(&blue, &taken(2, DeliverySource::Replay));
        assert_eq!(
            listed(&tail, 1),
            [(RowSource::Worker, Some("blue".to_owned()))]
        );
        assert_eq!(
            listed(&tail, 2),
            [(RowSource::Replay, Some("blue".to_owned()))]
        );
        assert_eq!(tail.counts.deliveries, 2, "they count");

        // It was posted to this window's listener, which was slower to say so.
        tail.accepted(DeliveryId(1), request(), Millis(950));
        assert_eq!(
            listed(&tail, 1),
            [(RowSource::Listener, Some("blue".to_owned()))]
        );
        // Another worker takes it after the first.
        tail.told(&green, &taken(1, DeliverySource::Listener));
        assert_eq!(
            listed(&tail, 1),
            [(RowSource::Listener, Some("green".to_owned()))]
        );
    }

    #[test]
    fn what_is_not_listed_leaves_nothing_and_what_cannot_be_routed_is_listed() {
        let mut tail = Tail::default();
        let told = |happening| ToldElsewhere {
            at: Millis(1),
            instant: Instant::now(),
            bytes: 1,
            happening,
        };
        let worker: Arc<str> = "blue".into();
        let ids = vec![DeliveryId(9)];
        tail.told(&worker, &told(Happening::Removed { ids }));
        assert!(tail.notes.is_empty());
        let error = "it is no JSON".to_owned();
        let id = DeliveryId(3);
        tail.told(&worker, &told(Happening::DeadLetter { id, error }));
        assert_eq!(
            listed(&tail, 3),
            [(RowSource::Worker, Some("blue".to_owned()))]
        );
    }
}
