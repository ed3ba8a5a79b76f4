//! The lines about what was sent. There may be many of them, so they are kept apart from
//! those about changes: written in batches, and of the oldest only so much is kept.

use super::AuditEntry;
use super::lines::Lines;
use parking_lot::Mutex;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

/// So long a line waits for others before all of them are written.
const WAIT: Duration = Duration::from_secs(1);
/// A file that would become larger than this, in bytes, takes the place of the older one.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Messages {
    older: PathBuf,
    most: u64,
    /// Held while something is written, and while the files are opened to be read.
    file: Mutex<Lines>,
    /// Held for a moment only, so that nobody who sends waits for the disk.
    waiting: Mutex<Waiting>,
}

/// What is not on the disk yet.
#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    /// Somebody will write it.
    is_due: bool,
    /// Why it could not be written the last time.
    trouble: Option<String>,
}

impl Messages {
    /// Those of the log in this file, in files beside it.
    pub(super) fn beside(log: &Path) -> Self {
        Self::of_at_most(log, MOST_BYTES)
    }

    pub(super) fn of_at_most(log: &Path, most: u64) -> Self {
        let stem = log.file_stem().unwrap_or_default().to_string_lossy();
        let file = log.with_file_name(format!("{stem}-messages.jsonl"));
        Self {
            older: log.with_file_name(format!("{stem}-messages.older.jsonl")),
            most,
            file: Mutex::new(Lines::at(file)),
            waiting: Mutex::default(),
        }
    }

    /// Takes a line that is on the disk a second later.
    pub(super) fn push(self: &Arc<Self>, entry: &AuditEntry) -> io::Result<()> {
        let line = serde_json::to_vec(entry)?;
        let mut waiting = self.waiting.lock();
        waiting.lines.extend_from_slice(&line);
        waiting.lines.push(b'\n');
        if waiting.is_due {
            return Ok(());
        }
        let Ok(here) = Handle::try_current() else {
            drop(waiting);
            return self.write();
        };
        waiting.is_due = true;
        drop(waiting);
        let all = Arc::clone(self);
        here.spawn(all.write_until_done());
        Ok(())
    }

    /// Why lines wait that should have been written.
    pub(super) fn trouble(&self) -> Option<String> {
        self.waiting.lock().trouble.clone()
    }

    async fn write_until_done(self: Arc<Self>) {
        loop {
            tokio::time::sleep(WAIT).await;
            let all = Arc::clone(&self);
            // Whether it could be written is in `trouble`.
            let _ = spawn_blocking(move || all.write()).await;
            let mut waiting = self.waiting.lock();
            if waiting.lines.is_empty() {
                waiting.is_due = false;
                return;
            }
        }
    }

    /// Writes what waits. What cannot be written waits on.
    pub(super) fn write(&self) -> io::Result<()> {
        let mut file = self.file.lock();
        let lines = std::mem::take(&mut self.waiting.lock().lines);
        if lines.is_empty() {
            return Ok(());
        }
        let written = self.append(&mut file, &lines);
        let mut waiting = self.waiting.lock();
        waiting.trouble = written.as_ref().err().map(ToString::to_string);
        if let Err(error) = &written {
            tracing::warn!(%error, "what was sent cannot be written into the audit log");
            let later = std::mem::replace(&mut waiting.lines, lines);
            waiting.lines.extend(later);
        }
        written
    }

    fn append(&self, file: &mut Lines, lines: &[u8]) -> io::Result<()> {
        let size = file.size()?;
        let more = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        if size > 0 && size.saturating_add(more) > self.most {
            file.move_to(&self.older)?;
        }
        file.append(lines)
    }

    /// Opens what there is, the oldest first.
    pub(super) fn open(&self) -> io::Result<Vec<File>> {
        // One that is given its other name in between would be missing.
        let file = self.file.lock();
        [&*self.older, file.path()]
            .into_iter()
            .filter_map(|path| match File::open(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                opened => Some(opened),
            })
            .collect()
    }
}
