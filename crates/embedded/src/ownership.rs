//! One process for one file.
//!
//! Two workers on one embedded queue would hand out the same delivery twice, and each
//! keeps in memory what it has handed out. So whoever opens the file holds a lock on a
//! small file beside it. The lock ends with the process, however that ends; the file
//! itself stays, because removing a lock file races with the next owner.

use crate::OpenError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The lock, and what its file said about the last owner.
#[derive(Debug)]
pub(crate) struct Ownership {
    file: File,
    /// Whether the last owner closed the database.
    pub(crate) closed_before: bool,
}

impl Ownership {
    /// Takes the lock of `database`.
    pub(crate) fn take(database: &Path) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io {
            path: database.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(database, ".lock"))
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                // Where the lock also keeps others from reading, the id stays unknown.
                let mut owner = String::new();
                let _ = file.read_to_string(&mut owner);
                return Err(OpenError::InUse {
                    path: database.to_owned(),
                    process: owner.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let mut owner = String::new();
        file.read_to_string(&mut owner).map_err(io)?;
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        write!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self {
            file,
            closed_before: owner.trim().is_empty(),
        })
    }

    /// Notes that everything is written and closed.
    pub(crate) fn closed(&self) {
        if let Err(error) = self.file.set_len(0) {
            tracing::warn!(%error, "the lock file could not be emptied");
        }
    }
}

/// A file beside the database: `heliograph.db` and `-wal` make `heliograph.db-wal`.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
