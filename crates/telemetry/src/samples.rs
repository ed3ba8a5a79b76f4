//! Samples for the tests of this crate.

use crate::process::ProcessFacts;
use crate::sample::{QueueWaiting, Sample};
use heliograph_engine::cache::ReadFigures;
use heliograph_engine::histogram::Histogram;
use heliograph_engine::ports::QueueDepth;
use heliograph_engine::process::{Work, WorkFigures};
use heliograph_model::{
    CacheFigures, Collection, ErrorClass, EventKind, Millis, OutboxState, Outcome, Reason, Tier,
};

/// When the samples were taken: so long after the start.
pub(crate) const SECONDS: i64 = 40;

/// A server that has done nothing yet, or stands still.
pub(crate) fn idle() -> Sample {
    let times = || Histogram::default().read();
    let reads = Collection::ALL.into_iter().flat_map(|collection| {
        Tier::ALL.map(|tier| ReadFigures {
            collection,
            tier,
            outcomes: [0; Outcome::ALL.len()],
            expired: 0,
            times: times(),
        })
    });
    Sample {
        worker: "0123456789abcdef".to_owned(),
        at: Millis(1_795_500_000_000 + SECONDS * 1_000),
        work: WorkFigures {
            started_at: Millis(1_795_500_000_000),
            work: Work::default(),
            events: [0; EventKind::ALL.len()],
            decisions: [0; Reason::ALL.len()],
            sends: [0; OutboxState::ALL.len()],
            send_errors: [0; ErrorClass::ALL.len()],
            queue_wait: times(),
            handling: times(),
            accept_to_send: times(),
            requests: times(),
        },
        caches: CacheFigures::default(),
        reads: reads.collect(),
        queue: Some(QueueWaiting {
            depth: QueueDepth::default(),
            oldest_at: None,
        }),
        backlog: None,
        requests: None,
        process: ProcessFacts::default(),
    }
}
