//! The files of all profiles: each has one of its own, which goes with it when it is called
//! otherwise, and is not another's who is called the same later.

use crate::cache::file_stem;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What was seen of the profile that was removed last, for as long as it can be put back.
const REMOVED: &str = "removed.sqlite";

/// Where what was seen of the profiles is kept.
#[derive(Debug, Clone)]
pub(crate) struct SeenFiles {
    folder: PathBuf,
}

impl SeenFiles {
    /// Those in the application's own folder.
    pub(crate) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.join("seen"),
        }
    }

    /// The file of a profile.
    pub(crate) fn file(&self, profile: &str) -> PathBuf {
        self.folder.join(name(profile))
    }

    /// A profile is called otherwise from now on. What cannot be done is logged, here and
    /// below: no profile is kept from being changed because of it.
    pub(crate) fn rename(&self, profile: &str, to: &str) {
        self.forget(to);
        self.move_to(&name(profile), &name(to));
    }

    /// A profile begins that was not there: nothing of a namesake is its own.
    pub(crate) fn forget(&self, profile: &str) {
        self.delete(&name(profile));
    }

    /// A profile is removed, and may be put back until another one is.
    pub(crate) fn remove(&self, profile: &str) {
        self.forget_removed();
        self.move_to(&name(profile), REMOVED);
    }

    /// The profile that was removed last is there again.
    pub(crate) fn put_back(&self, profile: &str) {
        self.forget(profile);
        self.move_to(REMOVED, &name(profile));
    }

    /// No profile can be put back any more.
    pub(crate) fn forget_removed(&self) {
        self.delete(REMOVED);
    }

    /// Nothing that was seen is kept any more, whosesoever it was.
    pub(crate) fn forget_all(&self) {
        for (path, _) in self.parts("") {
            said(&path, fs::remove_file(&path));
        }
    }

    fn delete(&self, name: &str) {
        for (path, _) in self.parts(name) {
            said(&path, fs::remove_file(&path));
        }
    }

    fn move_to(&self, name: &str, to: &str) {
        for (path, rest) in self.parts(name) {
            said(
                &path,
                fs::rename(&path, self.folder.join(format!("{to}{rest}"))),
            );
        }
    }

    /// The files of this name: the database, those beside it, and those that were damaged
    /// and set aside; each with what stands behind the name.
    fn parts(&self, name: &str) -> Vec<(PathBuf, String)> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            // Nothing was kept of anything.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                said(&self.folder, Err(error));
                return Vec::new();
            }
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        paths
            .filter_map(|path| {
                let file = path.file_name().and_then(OsStr::to_str)?;
                let rest = file.strip_prefix(name)?.to_owned();
                Some((path, rest))
            })
            .collect()
    }
}

fn name(profile: &str) -> String {
    format!("{}.sqlite", file_stem(profile))
}

fn said(path: &Path, done: io::Result<()>) {
    if let Err(error) = done
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "what was seen stays where it is");
    }
}
