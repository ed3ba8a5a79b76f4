//! Taking in what an engine and a listener tell.

use super::elsewhere;
use super::names;
use super::note::{Request, lines, shortened};
use super::noted::{self, Noted};
use super::refused::{Observed, Ring, keep};
use super::search::{newest_first, removed_row};
use super::written::Written;
use super::{Shared, Traffic};
use crate::seen::SeenJournal;
use bytes::Bytes;
use heliograph_engine::ports::{Journal, JournalFilter, JournalPage, PortResult};
use heliograph_listener::{Accepted, Observer, Received, Refusal};
use heliograph_model::{DeliveryId, Happening, Millis};
use heliograph_runtime::Runtime;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

/// Rows of the journal that a list begins with.
const BEGINNING: u32 = 200;

impl Traffic {
    /// Looks at this profile from now on, instead of at the one before. The list begins
    /// anew, with what the journal has.
    pub fn follow(&self, runtime: Arc<Runtime>) {
        let mut listening = self.listening.lock();
        if let Some(before) = listening.take() {
            before.abort();
        }
        // It may be the same journal, with which the list begins. What was taken to be noted
        // is written also where this profile is followed no longer than a moment.
        let last = self.note_the_rest();
        let seen = self.book.of(&runtime);
        let written = Written::of(&runtime, seen.as_ref());
        self.shared.change(|tail| {
            tail.clear();
            tail.received_by(runtime.clock().is_of_the_machine());
            if written.is_some() {
                tail.note_down();
            }
        });
        self.written.write().clone_from(&written);
        let shared = Arc::clone(&self.shared);
        shared.seen.write().clone_from(&seen);
        let begun = shared.clock.now();
        shared.state.lock().elsewhere = None;
        let theirs = runtime.elsewhere().map(|theirs| elsewhere::Following {
            told: theirs.watch(),
            hearing: theirs.hearing(),
        });
        let refused = Arc::<Ring>::default();
        std::mem::replace(&mut *shared.refused.write(), Arc::clone(&refused)).close();
        let mut happenings = runtime.engine().happenings().watch();
        let store = runtime.store();
        *self.runtime.write() = Some(runtime);
        let task = tokio::spawn(async move {
            if let Some(last) = last {
                // One that panicked has said so.
                let _ = last.await;
            }
            if let Some(written) = written.clone() {
                if written.is_kept {
                    restore(&shared, &refused, &*written.journal).await;
                    begin(&shared, &*written.journal, seen.as_deref(), begun).await;
                }
                tokio::spawn(keep(refused, written));
            }
            let notes = async {
                if let Some(written) = &written {
                    noted::keep(&shared, written).await;
                }
            };
            let names = names::keep(&shared, &*store);
            let elsewhere = async {
                if let Some(theirs) = theirs {
                    elsewhere::follow(&shared, seen.as_deref(), theirs).await;
                }
            };
            let here = async {
                loop {
                    match happenings.recv().await {
                        Ok(happening) => {
                            let (at, now) = (shared.clock.now(), Instant::now());
                            if let Some(seen) = &seen {
                                seen.catch_up();
                            }
                            shared.change(|tail| tail.happened(&happening, at, now));
                        }
                        Err(RecvError::Lagged(missed)) => {
                            shared.change(|tail| {
                                let counts = &mut tail.counts;
                                match seen {
                                    Some(_) => counts.lost += missed,
                                    None => counts.missed += missed,
                                }
                            });
                        }
                        Err(RecvError::Closed) => return,
                    }
                }
            };
            // It ends with the engine.
            tokio::select! {
                _ = async { tokio::join!(here, elsewhere) } => {}
                _ = async { tokio::join!(notes, names) } => {}
            }
        });
        *listening = Some(task.abort_handle());
    }

    /// Writes what is not written down yet of how deliveries came to the profile that is
    /// followed, in a task that goes on by itself.
    fn note_the_rest(&self) -> Option<JoinHandle<()>> {
        let written = self.written.read().clone()?;
        let notes = self.shared.state.lock().tail.take_notes(usize::MAX, true);
        let may_be = written.may_be();
        may_be.then(|| self.shared.noting.write(&written.journal, notes))
    }

    /// Writes what is not written down yet of how deliveries came, and waits until all of it
    /// is, also that of a profile that was followed before: to be called before that one is
    /// closed. It waits for some seconds at the most.
    pub async fn note_all(&self) {
        // Waited for with the others.
        drop(self.note_the_rest());
        self.shared.noting.all_written().await;
    }

    /// Somebody for a listener to tell what comes in.
    #[must_use]
    pub fn observer(&self) -> Arc<dyn Observer> {
        Arc::new(Front(Arc::clone(&self.shared)))
    }
}

/// Begins the list with what was refused in an earlier run.
async fn restore(shared: &Shared, refused: &Ring, journal: &dyn Journal) {
    match journal.refused().await {
        Ok(records) => {
            for listed in refused.restore(records, BEGINNING as usize) {
                shared.change(|tail| tail.was_refused(listed));
            }
        }
        Err(error) => tracing::warn!(%error, "what was refused before is not known"),
    }
}

/// Fills the list with the newest rows of the journal. Of what was seen it counts what was
/// received since it is looked at.
async fn begin(shared: &Shared, journal: &dyn Journal, seen: Option<&SeenJournal>, begun: Millis) {
    let filter = JournalFilter {
        most: BEGINNING,
        ..JournalFilter::default()
    };
    let page = match journal.search(&filter).await {
        Ok(page) => page,
        Err(error) => {
            tracing::warn!(%error, "the list does not begin with the journal");
            return;
        }
    };
    let mut deliveries: Vec<DeliveryId> = newest_first(&page);
    let removed = match removed_beside(journal, deliveries.last().copied()).await {
        Ok(removed) => removed,
        Err(error) => {
            tracing::warn!(%error, "what was removed from the queue is not listed");
            Vec::new()
        }
    };
    deliveries.extend(&removed);
    deliveries.sort_unstable();
    deliveries.dedup();
    let too_many = deliveries.len().saturating_sub(BEGINNING as usize);
    deliveries.drain(..too_many);
    let noted = match journal.notes(&deliveries).await {
        Ok(noted) => noted,
        Err(error) => {
            tracing::warn!(%error, "how deliveries came before is not known");
            Vec::new()
        }
    };
    for id in deliveries {
        let noted = noted.iter().find(|record| record.id == id);
        let noted = noted.and_then(Noted::read);
        if removed.binary_search_by(|own| id.cmp(own)).is_ok()
            && let Ok(Some(row)) = removed_row(journal, id).await
        {
            shared.change(|tail| tail.was_removed(row));
            continue;
        }
        let Ok(Some(record)) = journal.delivery(id).await else {
            continue;
        };
        let JournalPage {
            decisions, sends, ..
        } = &page;
        let decisions: Vec<_> = decisions
            .iter()
            .filter(|one| one.delivery_id == id)
            .collect();
        let by = seen.and_then(|seen| seen.handled_by(id));
        let by = by.and_then(|by| by.worker);
        let worker = by.or_else(|| noted.as_ref()?.worker.as_deref().map(Arc::from));
        shared.change(|tail| {
            let (now, counts) = (Instant::now(), tail.counts);
            tail.is_of(id, worker);
            let told = Happening::Delivery {
                id,
                received_at: record.received_at,
                source: record.source,
                events: u32::try_from(decisions.len()).unwrap_or(u32::MAX),
                secret: record.secret.clone(),
                body: Bytes::copy_from_slice(record.body.as_bytes()),
            };
            tail.happened(&told, record.received_at, now);
            for decision in decisions {
                let told = Happening::Decided(Box::new(decision.clone()));
                tail.happened(&told, record.received_at, now);
            }
            for send in sends.iter().filter(|send| send.delivery_id == id) {
                tail.happened(
                    &Happening::Sent(Box::new(send.clone())),
                    record.received_at,
                    now,
                );
            }
            // When that was is another matter than when it is told.
            tail.forget_times(id);
            if let Some(noted) = &noted {
                tail.restore(id, record.received_at, noted, shared.clock.now());
            }
            if seen.is_some() && record.received_at < begun {
                tail.counts = counts;
            }
        });
    }
}

/// What somebody removed from the queue, the newest first, as far as it stands beside the
/// deliveries from `oldest` on.
async fn removed_beside(
    journal: &dyn Journal,
    oldest: Option<DeliveryId>,
) -> PortResult<Vec<DeliveryId>> {
    let mut removed = journal.removed(None, BEGINNING).await?;
    let before = JournalFilter {
        before: oldest,
        most: 1,
        ..JournalFilter::default()
    };
    if oldest.is_some() && !journal.search(&before).await?.decisions.is_empty() {
        removed.retain(|id| Some(*id) >= oldest);
    }
    Ok(removed)
}

/// The desk as a listener sees it.
#[derive(Debug)]
struct Front(Arc<Shared>);

impl Observer for Front {
    fn accepted(&self, accepted: &Accepted<'_>, request: &Received<'_>) {
        let kept = Request {
            peer: request.peer.to_string(),
            secret: accepted.secret.to_owned(),
            headers: shortened(lines(request.headers())),
            began: request.began,
            durable: accepted.durable,
        };
        if let Some(body) = request.body {
            self.0.expecting.accepted(accepted.id, body);
        }
        let at = self.0.clock.now();
        if let (Some(seen), Some(body)) = (&*self.0.seen.read(), request.body) {
            seen.accepted(accepted, body);
        }
        self.0.change(|tail| {
            let at = tail.arrived(accepted.received_at, at);
            tail.accepted(accepted.id, kept, at);
            if let Some(body) = request.body {
                tail.said(accepted.id, true, body);
            }
        });
    }

    fn refused(&self, refusal: &Refusal, request: &Received<'_>) {
        let observed = Observed::new(refusal, request);
        let shared = Arc::clone(&self.0);
        let at = shared.clock.now();
        // Finding out why takes some digests, for which no connection waits.
        tokio::spawn(async move {
            let secrets = shared.secrets.all();
            let request = observed.explained(&secrets, at);
            let mut listed = request.listed();
            let ring = Arc::clone(&shared.refused.read());
            shared.change(|tail| {
                listed.row.refused_id = Some(ring.push(request, tail.latest()));
                tail.refused(listed);
            });
        });
    }
}
