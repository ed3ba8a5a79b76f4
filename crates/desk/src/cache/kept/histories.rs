//! The files of all profiles: each has one of its own, which goes with it when it is called
//! otherwise, and is not another's who is called the same later.

use super::file;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Is what was kept of the profile that was removed last, for as long as it can be put back.
const REMOVED: &str = "removed.jsonl";

/// Where the histories of the profiles are kept.
#[derive(Debug, Clone)]
pub struct Histories {
    folder: PathBuf,
}

impl Histories {
    /// Those in the application's own folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self {
            folder: folder.join("cache-history"),
        }
    }

    /// The file of a profile.
    #[must_use]
    pub fn file(&self, profile: &str) -> PathBuf {
        self.folder.join(file::name(profile))
    }

    /// A profile is called otherwise from now on. What cannot be done is logged, here and
    /// below: no profile is kept from being changed by a chart.
    pub(crate) fn rename(&self, profile: &str, to: &str) {
        self.forget(to);
        renamed(&self.file(profile), &self.file(to));
    }

    /// A profile begins that was not there: nothing of a namesake is its own.
    pub(crate) fn forget(&self, profile: &str) {
        removed(&self.file(profile));
    }

    /// A profile is removed, and may be put back until another one is.
    pub(crate) fn remove(&self, profile: &str) {
        self.forget_removed();
        removed(&self.file(profile).with_extension("broken"));
        renamed(&self.file(profile), &self.folder.join(REMOVED));
    }

    /// The profile that was removed last is there again.
    pub(crate) fn put_back(&self, profile: &str) {
        self.forget(profile);
        renamed(&self.folder.join(REMOVED), &self.file(profile));
    }

    /// No profile can be put back any more.
    pub(crate) fn forget_removed(&self) {
        removed(&self.folder.join(REMOVED));
    }
}

fn renamed(from: &Path, to: &Path) {
    said(from, fs::rename(from, to));
}

fn removed(path: &Path) {
    said(path, fs::remove_file(path));
}

fn said(path: &Path, done: io::Result<()>) {
    // Nothing was kept of it, as of most.
    if let Err(error) = done
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "a history of the cache stays where it is");
    }
}
