//! How much room there is on the disk of the application's data.

use super::{NoticeKind, Sighting, words};
use std::path::Path;

const MIB: u64 = 1024 * 1024;
/// Less than this is told, in bytes,
const LITTLE: u64 = 200 * MIB;
/// and is over when there is as much as this.
const ENOUGH: u64 = 300 * MIB;

/// What is seen when so many bytes are free. Between little and enough nothing is new.
#[must_use]
pub fn disk(free: u64) -> Option<Sighting> {
    if free < LITTLE {
        return Some(Sighting::Wrong(words::disk_full(free)));
    }
    (free >= ENOUGH).then(|| Sighting::Fine(NoticeKind::Disk, String::new()))
}

/// How many bytes this user may still write in the folder; `None` where that cannot be
/// known.
#[cfg(unix)]
#[must_use]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

/// Nobody asks elsewhere.
#[cfg(not(unix))]
#[must_use]
pub fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}
