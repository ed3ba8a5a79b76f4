//! Writing what was seen into a file, a moment later and in batches, so that nothing that
//! is told waits for the disk.

use super::memory::Memory;
use super::{SeenJournal, Shared};
use heliograph_engine::ports::{Clock, PortResult, Seen, SeenLog};
use heliograph_model::Millis;
use heliograph_runtime::seen;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;

/// The newest deliveries that are kept,
const DELIVERIES: u64 = 100_000;
/// for so long, in milliseconds,
const OLDEST: i64 = 7 * Millis::DAY;
/// and in so many bytes of bodies and records at the most.
const BYTES: u64 = 256 * 1024 * 1024;
/// Between two writes.
const PAUSE: Duration = Duration::from_millis(250);
/// The most that one write takes, so that a reader does not wait for long.
const AT_ONCE: usize = 2_000;
/// The bound is looked at so often, and after so much was written.
const LOOK: Duration = Duration::from_secs(60);
const LOOK_AFTER: u64 = 10_000;
/// How long it is waited for whoever has the file: what was in front before is being closed.
const PATIENCE: Duration = Duration::from_secs(20);
const AGAIN: Duration = Duration::from_millis(100);

/// Whether what is seen is kept in a file.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    /// It is not.
    Not,
    /// It will be, as soon as the file is open.
    Opening,
    /// It is.
    In(Arc<dyn SeenLog>),
}

impl SeenJournal {
    /// Keeps what is seen from now on in a file, in which there may be more. What it cannot
    /// keep is logged, and known for as long as the profile is in front.
    pub(super) fn keep_in(&self, path: PathBuf) {
        self.shared.kept.send_replace(Kept::Opening);
        let task = tokio::spawn(keep(Arc::downgrade(&self.shared), path));
        let mut state = self.shared.state.lock();
        state.waiting.begin();
        if let Some(before) = state.keeping.replace(task.abort_handle()) {
            before.abort();
        }
    }

    /// Keeps nothing from now on. The file is closed without what was not written yet; what
    /// was seen in this run is known in memory.
    pub(super) async fn keep_none(&self) {
        self.shared.opened().await;
        let _turn = self.shared.turn.lock().await;
        {
            let mut state = self.shared.state.lock();
            state.waiting.end();
            state.since = state.begun;
        }
        let kept = self.shared.kept.send_replace(Kept::Not);
        close(kept).await;
    }

    /// Writes what was told until now and closes the file. What was seen in this run stays
    /// in memory for whoever still reads it; nothing more is heard.
    pub(super) async fn close(&self) {
        self.shared.opened().await;
        self.shared.written().await;
        self.keep_none().await;
        self.shared.state.lock().ears = None;
    }

    /// Forgets everything that was seen, and leaves the file to whoever deletes it.
    pub(super) async fn forget(&self) {
        self.keep_none().await;
        let now = self.shared.clock.now();
        self.shared.caught_up(|state| {
            state.memory = Memory::default();
            (state.begun, state.since) = (now, now);
        });
    }
}

impl Shared {
    /// Waits until the file is open, where there is one.
    pub(super) async fn opened(&self) {
        let mut kept = self.kept.subscribe();
        let is_open = |kept: &Kept| !matches!(kept, Kept::Opening);
        // Whoever tells of it is held here.
        let _ = kept.wait_for(is_open).await;
    }

    /// Writes what waits. Answers with the file; `None`: there is none, or not any more. It
    /// goes on when whoever asked for it does not wait any more.
    pub(super) async fn written(self: &Arc<Self>) -> Option<Arc<dyn SeenLog>> {
        if !matches!(*self.kept.borrow(), Kept::In(_)) {
            return None;
        }
        let shared = Arc::clone(self);
        let writing = tokio::spawn(async move { shared.write().await });
        writing.await.ok().flatten().map(|(log, _)| log)
    }

    /// Writes what waits; answers with the file, and how much it was.
    async fn write(&self) -> Option<(Arc<dyn SeenLog>, u64)> {
        let _turn = self.turn.lock().await;
        let log = match &*self.kept.borrow() {
            Kept::In(log) => Arc::clone(log),
            Kept::Not | Kept::Opening => return None,
        };
        let (is_too_much, heard) =
            self.caught_up(|state| (state.waiting.is_too_much(), state.waiting.take()));
        let mut seen = Vec::new();
        for one in heard {
            one.seen(&mut seen);
        }
        let many = seen.len() as u64;
        if let Err(error) = write_all(&*log, seen).await {
            self.lost(&error);
            return None;
        }
        if is_too_much {
            self.lost(&"more comes than can be written");
            return None;
        }
        Some((log, many))
    }

    /// It cannot be kept any more.
    fn lost(&self, why: &dyn std::fmt::Display) {
        tracing::error!(
            %why,
            "what is seen of the profile is not kept from here on; it is known until the \
             profile is disconnected"
        );
        self.state.lock().waiting.end();
        let kept = self.kept.send_replace(Kept::Not);
        tokio::spawn(close(kept));
    }

    /// The file is open, or cannot be.
    async fn has(&self, opened: Option<Arc<dyn SeenLog>>) {
        let Some(log) = opened else {
            self.state.lock().waiting.end();
            self.kept.send_replace(Kept::Not);
            return;
        };
        self.bound(&*log).await;
        self.kept.send_replace(Kept::In(log));
    }

    /// Removes from the file what is too old or too much.
    async fn bound(&self, log: &dyn SeenLog) {
        if let Err(error) = bounded(log, self.clock.now()).await {
            tracing::warn!(%error, "what was seen long ago is still kept");
        }
        match log.oldest().await {
            Ok(oldest) => {
                let mut state = self.state.lock();
                state.since = oldest.map_or(state.begun, |oldest| oldest.min(state.begun));
            }
            Err(error) => tracing::warn!(%error, "since when something is kept is not known"),
        }
    }
}

/// Opens the file and writes into it for as long as it is kept.
async fn keep(shared: Weak<Shared>, path: PathBuf) {
    let Some(clock) = shared.upgrade().map(|shared| Arc::clone(&shared.clock)) else {
        return;
    };
    let opened = open(&path, &clock).await;
    let Some(held) = shared.upgrade() else {
        return close(opened.map_or(Kept::Not, Kept::In)).await;
    };
    held.has(opened).await;
    drop(held);
    let (mut looked, mut since) = (Instant::now(), 0);
    loop {
        tokio::time::sleep(PAUSE).await;
        let Some(shared) = shared.upgrade() else {
            return;
        };
        let Some((log, many)) = shared.write().await else {
            return;
        };
        since += many;
        if since >= LOOK_AFTER || looked.elapsed() >= LOOK {
            (looked, since) = (Instant::now(), 0);
            shared.bound(&*log).await;
        }
    }
}

/// Opens the file where that disturbs nobody.
async fn open(path: &Path, clock: &Arc<dyn Clock>) -> Option<Arc<dyn SeenLog>> {
    let began = Instant::now();
    loop {
        let (file, clock) = (path.to_owned(), Arc::clone(clock));
        let opened = spawn_blocking(move || seen::open(&file, &clock)).await;
        let why = match opened {
            Ok(Ok(Some(opened))) => {
                if let Some(notice) = opened.notice {
                    tracing::warn!(%notice, "what was seen of the profile before is not known");
                }
                return Some(opened.journal);
            }
            Ok(Ok(None)) if began.elapsed() < PATIENCE => {
                tokio::time::sleep(AGAIN).await;
                continue;
            }
            Ok(Ok(None)) => "another Heliograph keeps it".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::error!(
            %why,
            path = %path.display(),
            "what is seen of the profile is not kept; it is known until the profile is \
             disconnected"
        );
        return None;
    }
}

async fn write_all(log: &dyn SeenLog, mut seen: Vec<Seen>) -> PortResult<()> {
    while !seen.is_empty() {
        let rest = seen.split_off(seen.len().min(AT_ONCE));
        log.keep(std::mem::replace(&mut seen, rest)).await?;
    }
    Ok(())
}

async fn bounded(log: &dyn SeenLog, now: Millis) -> PortResult<()> {
    log.retain_latest(DELIVERIES).await?;
    log.retain(now - OLDEST, BYTES).await?;
    Ok(())
}

/// Closes the file as soon as whoever reads it has ended. It waits for the disk.
async fn close(kept: Kept) {
    let Kept::In(log) = kept else {
        return;
    };
    let began = Instant::now();
    while Arc::strong_count(&log) > 1 && began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    if spawn_blocking(move || drop(log)).await.is_err() {
        tracing::error!("the file of what was seen was not closed");
    }
}
