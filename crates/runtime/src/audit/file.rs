//! The file of the audit log.

use super::{AuditEntry, AuditOutcome};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The log is nobody else's business.
#[cfg(unix)]
const MODE: u32 = 0o600;

/// The audit log of this program.
#[derive(Debug)]
pub struct AuditLog {
    path: PathBuf,
    /// Opened with the first line. Held while a line is written, so that none is torn.
    file: Mutex<Option<File>>,
}

/// What was found in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AuditSearch {
    /// Those that match, the newest first; a page of them.
    pub entries: Vec<AuditEntry>,
    /// How many that match are newer than these.
    pub newer: u32,
    /// How many match in all.
    pub found: u32,
    /// How many there are.
    pub all: u32,
    /// Lines that cannot be read.
    pub unreadable: u32,
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
    /// A log in this file, which is made with the first line.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            file: Mutex::default(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down that a change begins. On the disk when it returns.
    ///
    /// # Errors
    /// When it cannot be written; the change must not be made then.
    pub fn begin(&self, entry: &AuditEntry) -> io::Result<()> {
        self.append(&serde_json::to_string(entry)?)
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
        self.append(&serde_json::to_string(&End {
            of: id.to_owned(),
            outcome,
            why: failed.map(ToOwned::to_owned),
        })?)
    }

    fn append(&self, line: &str) -> io::Result<()> {
        let mut file = self.file.lock();
        let file = match &mut *file {
            Some(open) => open,
            none => none.insert(open(&self.path)?),
        };
        let mut whole = String::with_capacity(line.len() + 1);
        whole.push_str(line);
        whole.push('\n');
        file.write_all(whole.as_bytes())?;
        file.sync_data()
    }

    /// The newest entries in which every word of `text` stands, at most `most`. Reads the
    /// whole file.
    ///
    /// # Errors
    /// When the file cannot be read. One that is not there yet holds nothing.
    pub fn search(&self, text: &str, most: usize) -> io::Result<AuditSearch> {
        self.search_before(text, None, most)
    }

    /// As [`Self::search`], of what is older than the entry with this id; of all where there
    /// is none. An id says the same place whatever is added meanwhile.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn search_before(
        &self,
        text: &str,
        before: Option<&str>,
        most: usize,
    ) -> io::Result<AuditSearch> {
        let (all, unreadable) = self.entries()?;
        let end = before
            .and_then(|id| all.iter().rposition(|entry| entry.id == id))
            .unwrap_or(all.len());
        let words = words(text);
        let mut search = AuditSearch {
            all: u32::try_from(all.len()).unwrap_or(u32::MAX),
            unreadable,
            ..AuditSearch::default()
        };
        for (at, entry) in all.into_iter().enumerate().rev() {
            if !matches(&entry, &words) {
                continue;
            }
            search.found += 1;
            if at >= end {
                search.newer += 1;
            } else if search.entries.len() < most {
                search.entries.push(entry);
            }
        }
        Ok(search)
    }

    /// All entries, the oldest first, each with how it ended; and how many lines cannot be
    /// read.
    fn entries(&self) -> io::Result<(Vec<AuditEntry>, u32)> {
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

    /// Writes the entries in which every word of `text` stands as CSV into a file that only
    /// its owner can read.
    ///
    /// # Errors
    /// When the log cannot be read, or the file not written.
    pub fn export(&self, text: &str, path: &Path) -> io::Result<()> {
        let csv = self.csv(text)?;
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(MODE);
        }
        options.open(path)?.write_all(csv.as_bytes())
    }

    /// The entries in which every word of `text` stands, as CSV with a line of names, the
    /// oldest first. Times are UTC.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn csv(&self, text: &str) -> io::Result<String> {
        let words = words(text);
        let (mut entries, _) = self.entries()?;
        entries.retain(|entry| matches(entry, &words));
        let mut csv =
            String::from("at_utc_ms,profile,level,what,subject,before,after,outcome,why\r\n");
        for entry in entries {
            let outcome = match entry.outcome {
                AuditOutcome::Begun => "begun",
                AuditOutcome::Done => "done",
                AuditOutcome::Failed => "failed",
            };
            let cells = [
                &entry.at.0.to_string(),
                &entry.profile,
                entry.level.as_str(),
                &entry.what,
                &entry.subject,
                entry.before.as_deref().unwrap_or(""),
                entry.after.as_deref().unwrap_or(""),
                outcome,
                entry.why.as_deref().unwrap_or(""),
            ];
            csv.push_str(&cells.map(cell).join(","));
            csv.push_str("\r\n");
        }
        Ok(csv)
    }
}

/// A cell of a table, in quotes where it needs them. What a spreadsheet would take for a
/// formula gets an apostrophe before it.
fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
}

fn matches(entry: &AuditEntry, words: &[String]) -> bool {
    let parts = [
        Some(entry.profile.as_str()),
        Some(entry.level.as_str()),
        Some(entry.what.as_str()),
        Some(entry.subject.as_str()),
        entry.before.as_deref(),
        entry.after.as_deref(),
        entry.why.as_deref(),
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}

/// Opens the file for lines at its end. One whose last line was torn by a power cut gets a
/// new line first.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(MODE);
    }
    let mut file = options.open(path)?;
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != [b'\n'] {
        file.write_all(b"\n")?;
    }
    Ok(file)
}
