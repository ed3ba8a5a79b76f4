//! What the journal keeps of a delivery beside what it led to: the request that brought it,
//! and when what happened. It is written a moment later, in batches, so that no delivery
//! waits for it, and with it a delivery opens after a restart as it did before.

use super::Shared;
use super::note::{Ended, Note, Request};
use super::written::Written;
use heliograph_engine::ports::{Journal, NoteRecord};
use heliograph_model::{DeliveryId, Millis, OutboxId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How deliveries came, each with its number.
pub(super) type Notes = Vec<(DeliveryId, Noted)>;

/// Between two writes,
const PAUSE: Duration = Duration::from_millis(250);
/// each of no more than so many deliveries, of some 1,200 bytes each. What comes faster for
/// longer than the list is long is not noted: some 4,000 deliveries in a second.
const AT_ONCE: usize = 1_000;
/// A delivery that nothing more happened to for so long is noted, whether it has ended or
/// not.
const QUIET: Duration = Duration::from_secs(1);
/// How long the last ones are waited for.
const PATIENCE: Duration = Duration::from_secs(3);
/// The most deliveries that wait to be noted and are not listed any more.
const LEAVING: usize = 2_000;
/// Of longer headers no more is kept, in bytes.
pub(super) const LONGEST_HEADERS: usize = 16 * 1024;

/// Everything that is noted of a delivery. Times are in microseconds since it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Noted {
    /// When it arrived, by the machine's clock.
    pub at: Millis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<NotedRequest>,
    /// When an engine took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<u64>,
    /// When each event was decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<(u32, u64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<NotedSend>,
    /// Why it could not be handled, where it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead: Option<Box<str>>,
    /// The worker elsewhere that took it, where one told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<Box<str>>,
}

/// The request that brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotedRequest {
    pub peer: String,
    /// The name of the app secret that signed it.
    pub secret: String,
    /// Lines of `name: value`, without credentials.
    pub headers: Box<str>,
    /// When the queue had it.
    pub durable: u64,
}

/// A try to send that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotedSend {
    pub outbox: OutboxId,
    pub attempt: u32,
    /// The event that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    pub at: u64,
}

impl Noted {
    /// What is known of a delivery; `None` where nobody has seen anything of it.
    pub(super) fn of(note: &Note) -> Option<Self> {
        let (begun, at) = (note.begun()?, note.at?);
        let since = |at: Instant| micros(at.saturating_duration_since(begun));
        Some(Self {
            at,
            request: note.request.as_ref().map(|request| NotedRequest {
                peer: request.peer.clone(),
                secret: request.secret.clone(),
                headers: request.headers.clone(),
                durable: since(request.durable),
            }),
            taken: note.taken.map(since),
            decided: note
                .decided
                .iter()
                .map(|(index, at)| (*index, since(*at)))
                .collect(),
            sends: note
                .sends
                .iter()
                .filter_map(|one| {
                    Some(NotedSend {
                        outbox: one.outbox,
                        attempt: one.attempt,
                        index: one.index,
                        at: since(one.at?),
                    })
                })
                .collect(),
            dead: note.dead.clone(),
            worker: note.worker.as_deref().map(Box::from),
        })
    }

    /// As the journal has it; `None` for what this version cannot read.
    pub(super) fn read(record: &NoteRecord) -> Option<Self> {
        serde_json::from_str(&record.about).ok()
    }

    /// The same as it was in memory, begun at a moment. Rows are counted as events are.
    pub(super) fn as_note(&self, begun: Instant) -> Note {
        let at = |micros: u64| begun + Duration::from_micros(micros);
        Note {
            request: self.request.as_ref().map(|request| Request {
                peer: request.peer.clone(),
                secret: request.secret.clone(),
                headers: request.headers.clone(),
                began: begun,
                durable: at(request.durable),
            }),
            taken: self.taken.map(at),
            decided: self
                .decided
                .iter()
                .map(|(index, micros)| (*index, at(*micros)))
                .collect(),
            sends: self
                .sends
                .iter()
                .map(|send| Ended {
                    outbox: send.outbox,
                    attempt: send.attempt,
                    row: send.index.map_or(0, |index| u64::from(index) + 1),
                    index: send.index,
                    at: Some(at(send.at)),
                })
                .collect(),
            dead: self.dead.clone(),
            worker: self.worker.as_deref().map(Arc::from),
            at: Some(self.at),
            ..Note::default()
        }
    }

    /// How long an event took, to the end of its last send.
    pub(super) fn took(&self, index: u32) -> Option<u64> {
        let decided = self.decided.iter().filter(|(own, _)| *own == index);
        let sends = self.sends.iter().filter(|send| send.index == Some(index));
        let ends = decided.map(|(_, at)| *at).chain(sends.map(|send| send.at));
        ends.max()
    }

    fn record(&self, id: DeliveryId) -> Option<NoteRecord> {
        let about = serde_json::to_string(self).ok()?;
        Some(NoteRecord { id, about })
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// Which deliveries are to be noted.
#[derive(Debug, Default)]
pub(super) struct ToNote {
    /// Whether somebody writes it down.
    is_wanted: bool,
    /// Something has happened to these since they were noted.
    fresh: BTreeSet<DeliveryId>,
    /// These are not listed any more.
    leaving: Notes,
}

impl ToNote {
    /// Begins anew.
    pub(super) fn clear(&mut self, is_wanted: bool) {
        *self = Self {
            is_wanted,
            ..Self::default()
        };
    }

    /// Something happened to a delivery.
    pub(super) fn happened(&mut self, id: DeliveryId) {
        if self.is_wanted {
            self.fresh.insert(id);
        }
    }

    /// The journal knows all of it.
    pub(super) fn is_known(&mut self, id: DeliveryId) {
        self.fresh.remove(&id);
    }

    /// A delivery is not listed any more.
    pub(super) fn leaves(&mut self, id: DeliveryId, noted: impl FnOnce() -> Option<Noted>) {
        if self.fresh.remove(&id)
            && self.leaving.len() < LEAVING
            && let Some(noted) = noted()
        {
            self.leaving.push((id, noted));
        }
    }

    /// What is to be written down next: what has left, and of the rest what `noted` has
    /// something to say of. What it says nothing of is asked for again, where that is
    /// `Later`.
    pub(super) fn take(&mut self, most: usize, noted: impl Fn(DeliveryId) -> Known) -> Notes {
        let gone = self.leaving.len().min(most);
        let mut taken: Vec<_> = self.leaving.drain(..gone).collect();
        let mut seen = Vec::new();
        for id in &self.fresh {
            if taken.len() >= most {
                break;
            }
            match noted(*id) {
                Known::Later => continue,
                Known::Nothing => {}
                Known::Noted(noted) => taken.push((*id, *noted)),
            }
            seen.push(*id);
        }
        for id in seen {
            self.fresh.remove(&id);
        }
        taken
    }
}

/// What there is to say of a delivery.
pub(super) enum Known {
    /// Something is still to come.
    Later,
    Nothing,
    Noted(Box<Noted>),
}

/// Whether nothing more is to be expected soon of a delivery that changed then.
pub(super) fn is_quiet(changed: Option<Instant>, now: Instant) -> bool {
    changed.is_none_or(|at| now.saturating_duration_since(at) >= QUIET)
}

/// Writes down what is seen of deliveries, until whoever follows the profile ends. A profile
/// that is only observed is not written to; there it is known for as long as it is listed.
pub(super) async fn keep(shared: &Shared, written: &Written) {
    loop {
        tokio::time::sleep(PAUSE).await;
        let taken = shared.state.lock().tail.take_notes(AT_ONCE, false);
        if written.may_be() {
            // One that panicked has said so.
            let _ = shared.noting.write(&written.journal, taken).await;
        }
    }
}

/// Counts the writes that are under way. Each goes on when whoever began it ends.
#[derive(Debug)]
pub(super) struct Noting(watch::Sender<usize>);

impl Default for Noting {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Noting {
    /// Writes notes into a journal, in a task that goes on by itself.
    pub(super) fn write(&self, journal: &Arc<dyn Journal>, notes: Notes) -> JoinHandle<()> {
        let (journal, under_way) = (Arc::clone(journal), UnderWay::begin(&self.0));
        tokio::spawn(async move {
            write(&*journal, &notes).await;
            drop(under_way);
        })
    }

    /// Returns when none is under way, or has been for too long.
    pub(super) async fn all_written(&self) {
        let mut under_way = self.0.subscribe();
        let none = under_way.wait_for(|writes| *writes == 0);
        if tokio::time::timeout(PATIENCE, none).await.is_err() {
            tracing::warn!("how the last deliveries came is not written yet, and not waited for");
        }
    }
}

/// A write, until it has ended, however it does.
struct UnderWay(watch::Sender<usize>);

impl UnderWay {
    fn begin(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|writes| *writes += 1);
        Self(count.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|writes| *writes -= 1);
    }
}

/// Writes notes into a journal.
async fn write(journal: &dyn Journal, notes: &[(DeliveryId, Noted)]) {
    let records: Vec<NoteRecord> = notes
        .iter()
        .filter_map(|(id, noted)| noted.record(*id))
        .collect();
    if records.is_empty() {
        return;
    }
    if let Err(error) = journal.keep_notes(records).await {
        tracing::warn!(%error, "how deliveries came is not kept for later");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

    use super::*;

    #[test]
    fn what_is_noted_is_the_same_when_it_is_read_again() {
        let began = Instant::now();
        let at = |micros| began + Duration::from_micros(micros);
        let note = Note {
            request: Some(Request {
                peer: "127.0.0.1:5".to_owned(),
                secret: "shop".to_owned(),
                headers: "a: b\n".into(),
                began,
                durable: at(900),
            }),
            taken: Some(at(850)),
            decided: vec![(0, at(1_000)), (1, at(1_500))],
            sends: vec![Ended {
                outbox: OutboxId(4),
                attempt: 1,
                row: 8,
                index: Some(1),
                at: Some(at(2_500)),
            }],
            worker: Some("blue".into()),
            at: Some(Millis(7)),
            ..Note::default()
        };
        let noted = Noted::of(&note).unwrap();
        let record = noted.record(DeliveryId(3)).unwrap();
        let again = Noted::read(&record).unwrap();
        assert_eq!(again, noted);
        assert_eq!((again.took(0), again.took(1)), (Some(1_000), Some(2_500)));
        assert_eq!(again.took(2), None);
        let back = again.as_note(began);
        assert_eq!(back.sends[0].row, 2, "a row for each event");
        assert_eq!(Noted::of(&back).unwrap(), noted);
        assert_eq!(Noted::of(&Note::default()), None);
    }

    #[test]
    fn what_has_left_the_list_is_noted_all_the_same() {
        let noted = Noted {
            at: Millis(1),
            request: None,
            taken: Some(0),
            decided: Vec::new(),
            sends: Vec::new(),
            dead: None,
            worker: None,
        };
        let mut to_note = ToNote::default();
        to_note.happened(DeliveryId(1));
        assert_eq!(
            to_note.take(9, |_| Known::Nothing),
            [],
            "nobody asks for it"
        );
        to_note.clear(true);
        for id in 1..=4 {
            to_note.happened(DeliveryId(id));
        }
        to_note.leaves(DeliveryId(2), || Some(noted.clone()));
        to_note.leaves(DeliveryId(7), || panic!("nothing happened to it"));
        let known = |id: DeliveryId| match id.0 {
            1 => Known::Later,
            3 => Known::Nothing,
            _ => Known::Noted(Box::new(noted.clone())),
        };
        let ids = |taken: Notes| -> Vec<i64> { taken.into_iter().map(|(id, _)| id.0).collect() };
        assert_eq!(ids(to_note.take(9, known)), [2, 4]);
        let all = |_| Known::Noted(Box::new(noted.clone()));
        assert_eq!(ids(to_note.take(9, all)), [1], "what was to come later");
        assert_eq!(ids(to_note.take(9, all)), [] as [i64; 0]);
    }
}
