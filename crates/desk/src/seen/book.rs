//! What was seen of all profiles that are in front, or were a moment ago.

use super::{SeenFiles, SeenJournal};
use heliograph_runtime::Runtime;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use tokio::task::spawn_blocking;

/// What the screens have seen of profiles that keep no journal. They share it: each profile
/// in front is heard once.
#[derive(Debug, Default)]
pub struct SeenBook {
    /// Where it is kept, where it is.
    files: Option<SeenFiles>,
    /// Whether somebody wants it to be kept.
    is_kept: AtomicBool,
    /// Held for a moment only, never while waiting.
    open: Mutex<Vec<Open>>,
    /// One change of what is kept at a time.
    changing: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Open {
    runtime: Weak<Runtime>,
    profile: String,
    seen: Arc<SeenJournal>,
}

impl SeenBook {
    /// One that can keep what is seen in the application's own folder, and does once it is
    /// told to: see [`Self::keep`].
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self {
            files: Some(SeenFiles::of(folder)),
            ..Self::default()
        }
    }

    /// What is seen of a profile; `None`: it keeps a journal itself.
    pub(crate) fn of(&self, runtime: &Arc<Runtime>) -> Option<Arc<SeenJournal>> {
        if runtime.journal().is_some() {
            return None;
        }
        let mut open = self.open.lock();
        open.retain(|one| one.runtime.strong_count() > 0);
        if let Some(one) = open.iter().find(|one| one.is_of(runtime)) {
            return Some(Arc::clone(&one.seen));
        }
        let seen = Arc::new(SeenJournal::of(runtime));
        let profile = runtime.guard().profile().to_owned();
        if let Some(path) = self.path(&profile) {
            seen.keep_in(path);
        }
        open.push(Open {
            runtime: Arc::downgrade(runtime),
            profile,
            seen: Arc::clone(&seen),
        });
        Some(seen)
    }

    /// Writes what is not written yet of a profile that is not in front any more, or whose
    /// window closes, and closes its file.
    pub async fn close(&self, runtime: &Arc<Runtime>) {
        let mut closed = Vec::new();
        self.open.lock().retain(|one| {
            let is_it = one.is_of(runtime);
            if is_it {
                closed.push(Arc::clone(&one.seen));
            }
            !is_it
        });
        for seen in closed {
            seen.close().await;
        }
    }

    /// Keeps what is seen from now on, over restarts, or keeps none of it any more and
    /// deletes what was kept.
    pub async fn keep(&self, is_kept: bool) {
        let _turn = self.changing.lock().await;
        let was_kept = self.is_kept.swap(is_kept, Relaxed);
        match (was_kept, is_kept) {
            (_, false) => {
                for seen in self.all() {
                    seen.keep_none().await;
                }
                self.delete().await;
            }
            (false, true) => self.keep_on(),
            (true, true) => {}
        }
    }

    /// Forgets everything that was seen, of every profile, and deletes what is kept of it.
    pub async fn forget(&self) {
        let _turn = self.changing.lock().await;
        for seen in self.all() {
            seen.forget().await;
        }
        self.delete().await;
        self.keep_on();
    }

    fn all(&self) -> Vec<Arc<SeenJournal>> {
        let open = self.open.lock();
        open.iter().map(|one| Arc::clone(&one.seen)).collect()
    }

    async fn delete(&self) {
        if let Some(files) = self.files.clone()
            && spawn_blocking(move || files.forget_all()).await.is_err()
        {
            tracing::error!("what was seen is still kept");
        }
    }

    fn keep_on(&self) {
        for one in self.open.lock().iter() {
            if let Some(path) = self.path(&one.profile) {
                one.seen.keep_in(path);
            }
        }
    }

    /// Where a profile is kept, where it is.
    fn path(&self, profile: &str) -> Option<PathBuf> {
        let files = self.files.as_ref()?;
        self.is_kept.load(Relaxed).then(|| files.file(profile))
    }
}

impl Open {
    fn is_of(&self, runtime: &Arc<Runtime>) -> bool {
        std::ptr::eq(self.runtime.as_ptr(), Arc::as_ptr(runtime))
    }
}
