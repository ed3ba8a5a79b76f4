//! Taking in what an engine and a listener tell.

use super::note::{Request, lines};
use super::refused::{Observed, Ring, keep};
use super::search::{newest_first, removed_row};
use super::{Shared, Traffic};
use crate::seen::SeenJournal;
use heliograph_engine::ports::{Journal, JournalFilter, JournalPage, PortResult};
use heliograph_listener::{Accepted, Observer, Received, Refusal};
use heliograph_model::{DeliveryId, Happening};
use heliograph_runtime::Runtime;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::broadcast::error::RecvError;

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
        self.shared.change(super::tail::Tail::clear);
        let shared = Arc::clone(&self.shared);
        let journal = runtime.journal().cloned();
        let guard = Arc::clone(runtime.guard());
        let seen = journal.is_none().then(Arc::<SeenJournal>::default);
        shared.seen.write().clone_from(&seen);
        let refused = Arc::<Ring>::default();
        std::mem::replace(&mut *shared.refused.write(), Arc::clone(&refused)).close();
        let mut happenings = runtime.engine().happenings().watch();
        *self.runtime.write() = Some(runtime);
        let task = tokio::spawn(async move {
            let keeps_none = journal.is_none();
            if let Some(journal) = journal {
                restore(&shared, &refused, &*journal).await;
                begin(&shared, &*journal).await;
                tokio::spawn(keep(refused, journal, guard));
            }
            loop {
                match happenings.recv().await {
                    Ok(happening) => {
                        let (at, now) = (shared.clock.now(), Instant::now());
                        if let Some(seen) = &seen {
                            seen.happened(&happening, at);
                        }
                        shared.change(|tail| tail.happened(&happening, at, now));
                    }
                    Err(RecvError::Lagged(missed)) => {
                        shared.change(|tail| {
                            let counts = &mut tail.counts;
                            if keeps_none {
                                counts.lost += missed;
                            } else {
                                counts.missed += missed;
                            }
                        });
                    }
                    Err(RecvError::Closed) => return,
                }
            }
        });
        *listening = Some(task.abort_handle());
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
            for (row, words) in refused.restore(records, BEGINNING as usize) {
                shared.change(|tail| tail.was_refused(row, words));
            }
        }
        Err(error) => tracing::warn!(%error, "what was refused before is not known"),
    }
}

/// Fills the list with the newest rows of the journal.
async fn begin(shared: &Shared, journal: &dyn Journal) {
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
    for id in deliveries {
        if removed.binary_search_by(|own| id.cmp(own)).is_ok()
            && let Ok(Some(row)) = removed_row(journal, id).await
        {
            shared.change(|tail| tail.was_removed(row));
            continue;
        }
        let Ok(Some(record)) = journal.delivery(id).await else {
            continue;
        };
        let JournalPage { decisions, sends } = &page;
        let decisions: Vec<_> = decisions
            .iter()
            .filter(|one| one.delivery_id == id)
            .collect();
        shared.change(|tail| {
            let now = Instant::now();
            let told = Happening::Delivery {
                id,
                received_at: record.received_at,
                source: record.source,
                events: u32::try_from(decisions.len()).unwrap_or(u32::MAX),
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
            // How long it took, nobody has seen.
            tail.forget_times(id);
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
            headers: lines(request.headers()),
            began: request.began,
            durable: accepted.durable,
        };
        if let Some(body) = request.body {
            self.0.expecting.accepted(accepted.id, body);
        }
        let at = self.0.clock.now();
        if let (Some(seen), Some(body)) = (&*self.0.seen.read(), request.body) {
            seen.accepted(accepted.id, accepted.received_at, accepted.secret, body);
        }
        self.0.change(|tail| tail.accepted(accepted.id, kept, at));
    }

    fn refused(&self, refusal: &Refusal, request: &Received<'_>) {
        let observed = Observed::new(refusal, request);
        let shared = Arc::clone(&self.0);
        let at = shared.clock.now();
        // Finding out why takes some digests, for which no connection waits.
        tokio::spawn(async move {
            let secrets = shared.secrets.read().clone();
            let request = observed.explained(&secrets, at);
            let (mut row, words) = (request.row(), request.words());
            let ring = Arc::clone(&shared.refused.read());
            shared.change(|tail| {
                row.refused_id = Some(ring.push(request, tail.latest()));
                tail.refused(row, words);
            });
        });
    }
}
