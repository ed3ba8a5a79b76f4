//! The files of the audit log.

use super::lines::Lines;
use super::messages::Messages;
use super::{AuditEntry, AuditOutcome, AuditPart};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The audit log of this program.
#[derive(Debug)]
pub struct AuditLog {
    path: PathBuf,
    /// Held while a line is written, so that none is torn.
    changes: Mutex<Lines>,
    messages: Arc<Messages>,
}

/// The second line of a change.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct End {
    of: String,
    outcome: AuditOutcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// A line as it is read.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    End(End),
    Entry(Box<AuditEntry>),
}

impl AuditLog {
    /// A log whose changes are in this file, which is made with the first line. What was
    /// sent is in files beside it: of `audit.jsonl` in `audit-messages.jsonl` and
    /// `audit-messages.older.jsonl`.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let messages = Messages::beside(&path);
        Self::of(path, messages)
    }

    pub(super) fn of(path: PathBuf, messages: Messages) -> Self {
        Self {
            changes: Mutex::new(Lines::at(path.clone())),
            path,
            messages: Arc::new(messages),
        }
    }

    /// Where the changes are.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down that a change begins. On the disk when it returns.
    ///
    /// # Errors
    /// When it cannot be written; the change must not be made then.
    pub fn begin(&self, entry: &AuditEntry) -> io::Result<()> {
        self.append(serde_json::to_vec(entry)?)
    }

    /// Writes down how a change ended; `failed` is why it was not made.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(&self, id: &str, failed: Option<&str>) -> io::Result<()> {
        let outcome = match failed {
            None => AuditOutcome::Done,
            Some(_) => AuditOutcome::Failed,
        };
        self.append(serde_json::to_vec(&End {
            of: id.to_owned(),
            outcome,
            why: failed.map(ToOwned::to_owned),
        })?)
    }

    fn append(&self, mut line: Vec<u8>) -> io::Result<()> {
        line.push(b'\n');
        self.changes.lock().append(&line)
    }

    /// Writes down something that was sent, with how that ended. On the disk within about a
    /// second, together with what else was sent in that time, and [`Self::trouble`] when it
    /// cannot be written.
    pub fn sent(&self, entry: &AuditEntry) {
        if let Err(error) = self.messages.push(entry) {
            tracing::warn!(%error, "what was sent is not in the audit log");
        }
    }

    /// Why what was sent is not written down: it waits in memory, and nothing more may be
    /// sent. `None` while all is well.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.messages.trouble()
    }

    /// Writes down what was sent and waits to be written.
    ///
    /// # Errors
    /// When it cannot be written; it waits on.
    pub fn flush(&self) -> io::Result<()> {
        self.messages.write()
    }

    /// Shows all entries of a part, the oldest first, each with how it ended; answers with
    /// how many lines cannot be read.
    pub(super) fn each(&self, part: AuditPart, mut see: impl FnMut(AuditEntry)) -> io::Result<u32> {
        let (changes, mut unreadable) = match part {
            AuditPart::Messages => (Vec::new(), 0),
            AuditPart::All | AuditPart::Changes => self.changes()?,
        };
        let mut changes = changes.into_iter().peekable();
        if part != AuditPart::Changes {
            // What was sent a moment ago is looked for too; why it is not there, `trouble`
            // says.
            let _ = self.flush();
            for file in self.messages.open()? {
                for line in BufReader::new(file).split(b'\n') {
                    let line = line?;
                    if line.is_empty() {
                        continue;
                    }
                    let Ok(message) = serde_json::from_slice::<AuditEntry>(&line) else {
                        unreadable += 1;
                        continue;
                    };
                    while let Some(change) = changes.next_if(|change| change.at <= message.at) {
                        see(change);
                    }
                    see(message);
                }
            }
        }
        changes.for_each(see);
        Ok(unreadable)
    }

    /// All changes, the oldest first, each with how it ended; and how many lines cannot be
    /// read.
    fn changes(&self) -> io::Result<(Vec<AuditEntry>, u32)> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((Vec::new(), 0));
            }
            Err(error) => return Err(error),
        };
        let (mut entries, mut places) = (Vec::<AuditEntry>::new(), HashMap::new());
        let mut unreadable = 0;
        for line in BufReader::new(file).split(b'\n') {
            let line = line?;
            if line.is_empty() {
                continue;
            }
            match serde_json::from_slice(&line) {
                Ok(Line::Entry(entry)) => {
                    places.insert(entry.id.clone(), entries.len());
                    entries.push(*entry);
                }
                Ok(Line::End(end)) => {
                    if let Some(entry) = places.get(&end.of).and_then(|at| entries.get_mut(*at)) {
                        entry.outcome = end.outcome;
                        entry.why = end.why;
                    }
                }
                Err(_) => unreadable += 1,
            }
        }
        Ok((entries, unreadable))
    }
}
