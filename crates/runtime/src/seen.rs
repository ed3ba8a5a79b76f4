//! A file of what somebody has seen of a profile that keeps no journal. It is in their own
//! folder: nothing of the profile's place is written.

use crate::{Result, RuntimeError};
use heliograph_embedded::{OpenError, SeenFile};
use heliograph_engine::ports::{Clock, SeenLog};
use std::path::Path;
use std::sync::Arc;

/// A file with what was seen.
#[derive(Debug)]
pub struct OpenedSeen {
    /// What was seen. Dropping it writes what waits and closes the file.
    pub journal: Arc<dyn SeenLog>,
    /// What had become of the file that was there before, where it was damaged.
    pub notice: Option<String>,
}

/// Opens a file of what was seen, or makes it, so that only its owner can read it. `None`:
/// it is in use, by this process or another one.
///
/// # Errors
/// When it cannot be opened; the message says what to do.
pub fn open(path: &Path, clock: &Arc<dyn Clock>) -> Result<Option<OpenedSeen>> {
    match SeenFile::open(path, clock) {
        Ok((file, report)) => Ok(Some(OpenedSeen {
            journal: Arc::new(file),
            notice: report.set_aside.map(|set_aside| set_aside.to_string()),
        })),
        Err(OpenError::InUse { .. }) => Ok(None),
        Err(error) => Err(RuntimeError::from(error)),
    }
}
