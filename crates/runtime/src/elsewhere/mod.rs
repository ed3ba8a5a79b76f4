//! What workers elsewhere tell of what they handle.
//!
//! One subscription serves whoever watches in this process, and there is none while nobody
//! does. What this process tells itself is passed over.

mod workers;

use heliograph_engine::bulletins::{SIGN_OF_LIFE, Teller};
use heliograph_engine::ports::{Bulletins, Clock, HeardBulletin};
use heliograph_model::{Happening, Millis};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use workers::Workers;

/// How many bulletins a watcher may be behind before it misses some.
const BUFFER: usize = 1_024;
/// How often it is looked whether workers are silent and watchers gone.
const LOOK: Duration = Duration::from_secs(1);
/// After how much silence a worker is not counted any more: three signs of life.
pub(crate) const SILENCE: Duration = SIGN_OF_LIFE.saturating_mul(3);

/// The workers elsewhere, as far as they tell what they handle.
#[derive(Debug)]
pub struct Elsewhere {
    shared: Arc<Shared>,
    /// Held for a moment only.
    listening: Arc<Mutex<Option<JoinHandle<()>>>>,
}

#[derive(Debug)]
struct Shared {
    port: Arc<dyn Bulletins>,
    clock: Arc<dyn Clock>,
    /// The run of this process.
    own: String,
    told: broadcast::Sender<Arc<FromElsewhere>>,
    hearing: watch::Sender<Hearing>,
}

/// What a worker elsewhere told at once.
#[derive(Debug)]
pub struct FromElsewhere {
    /// Its name.
    pub worker: Arc<str>,
    /// Deliveries that were handled and are not told, or were told and not heard.
    pub left_out: u64,
    /// What happened, in order.
    pub told: Vec<ToldElsewhere>,
}

/// Something that happened at a worker elsewhere.
#[derive(Debug)]
pub struct ToldElsewhere {
    /// When, by this machine's clock.
    pub at: Millis,
    /// The same instant, comparable with every other one of the same worker, and within
    /// the way of a message with those of this process.
    pub instant: Instant,
    /// About how many bytes it takes.
    pub bytes: usize,
    /// What. The delivery's number is its own here: two workers may give the same.
    pub happening: Happening,
}

/// Whether workers elsewhere are heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hearing {
    /// Whether what they tell would be heard.
    pub state: HearingState,
    /// How many workers have told something lately.
    pub workers: u32,
}

/// Whether what is told is heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum HearingState {
    /// Nobody watches, or the subscription is being made.
    #[default]
    Beginning,
    /// It is.
    Listening,
    /// It is not; it is tried again until it is.
    Deaf {
        /// Since when.
        since: Millis,
        /// Why.
        why: String,
    },
}

impl Elsewhere {
    /// Those who tell over this port, but for the run of this process.
    pub(crate) fn new(port: Arc<dyn Bulletins>, clock: Arc<dyn Clock>, own: String) -> Self {
        Self {
            shared: Arc::new(Shared {
                port,
                clock,
                own,
                told: broadcast::Sender::new(BUFFER),
                hearing: watch::Sender::default(),
            }),
            listening: Arc::default(),
        }
    }

    /// Who this process is to the others, under a name.
    pub(crate) fn teller(&self, worker: &str) -> Teller {
        Teller {
            worker: worker.to_owned(),
            run: self.shared.own.clone(),
        }
    }

    /// The port.
    pub(crate) fn port(&self) -> &Arc<dyn Bulletins> {
        &self.shared.port
    }

    /// Everything that workers elsewhere tell from now on. What goes on in a run that was
    /// heard of before is told under the same numbers of deliveries.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Arc<FromElsewhere>> {
        let mut listening = self.listening.lock();
        let told = self.shared.told.subscribe();
        if listening.as_ref().is_none_or(JoinHandle::is_finished) {
            let (shared, own) = (Arc::clone(&self.shared), Arc::clone(&self.listening));
            *listening = Some(tokio::spawn(listen(shared, own)));
        }
        told
    }

    /// Whether workers are heard, now and whenever that changes.
    #[must_use]
    pub fn hearing(&self) -> watch::Receiver<Hearing> {
        self.shared.hearing.subscribe()
    }

    /// Whether some worker tells what it handles, and is heard.
    #[must_use]
    pub fn is_told(&self) -> bool {
        let hearing = self.shared.hearing.borrow();
        hearing.state == HearingState::Listening && hearing.workers > 0
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.lock().take() {
            listening.abort();
        }
    }
}

/// What this machine is called, for people.
#[must_use]
pub fn machine_name() -> String {
    let of_the_kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    of_the_kernel
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this machine".to_owned())
}

/// Listens until nobody watches any more.
async fn listen(shared: Arc<Shared>, own: Arc<Mutex<Option<JoinHandle<()>>>>) {
    let mut heard = shared.port.listen();
    let mut workers = Workers::default();
    let mut look = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            next = heard.recv() => match next {
                Some(next) => hear(&shared, &mut workers, next),
                None => return,
            },
            _ = look.tick() => {
                shared.count(&workers);
                let mut own = own.lock();
                // Under the lock, so that nobody begins to watch in between.
                if shared.told.receiver_count() == 0 {
                    *own = None;
                    shared.hearing.send_replace(Hearing::default());
                    return;
                }
            }
        }
    }
}

fn hear(shared: &Shared, workers: &mut Workers, heard: HeardBulletin) {
    match heard {
        HeardBulletin::Listening => shared.is_now(HearingState::Listening),
        HeardBulletin::Deaf(why) => {
            workers.are_not_heard();
            let since = shared.clock.now();
            shared.hearing.send_if_modified(|hearing| {
                // Since when is told of the first try that failed, why of the latest.
                let since = match &hearing.state {
                    HearingState::Deaf { since, .. } => *since,
                    HearingState::Beginning | HearingState::Listening => since,
                };
                let deaf = HearingState::Deaf { since, why };
                let is_new = hearing.state != deaf || hearing.workers > 0;
                *hearing = Hearing {
                    state: deaf,
                    workers: 0,
                };
                is_new
            });
        }
        HeardBulletin::Told(bulletin, bytes) => {
            if bulletin.run == shared.own {
                return;
            }
            let (at, now) = (shared.clock.now(), Instant::now());
            let told = workers.heard(*bulletin, bytes, at, now);
            shared.count(workers);
            if told.left_out > 0 || !told.told.is_empty() {
                // Fails only when the last watcher has left in between.
                let _ = shared.told.send(Arc::new(told));
            }
        }
    }
}

impl Shared {
    fn is_now(&self, state: HearingState) {
        self.hearing.send_if_modified(|hearing| {
            let is_new = hearing.state != state;
            hearing.state = state;
            is_new
        });
    }

    fn count(&self, workers: &Workers) {
        let count = workers.count(Instant::now());
        self.hearing.send_if_modified(|hearing| {
            let is_new = hearing.workers != count;
            hearing.workers = count;
            is_new
        });
    }
}

#[cfg(test)]
mod tests;
