//! Finding lines of the audit log, and writing them as a table.

use super::lines::private;
use super::{AuditEntry, AuditLog};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// A part of the audit log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum AuditPart {
    /// All of it.
    #[default]
    All,
    /// What was changed, and done by hand.
    Changes,
    /// What was sent.
    Messages,
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
    /// How many there are in the part that was searched.
    pub all: u32,
    /// Lines that cannot be read.
    pub unreadable: u32,
    /// Why what was sent cannot be written down, so that nothing more is sent; `None` while
    /// all is well.
    pub trouble: Option<String>,
}

impl AuditLog {
    /// The newest entries in which every word of `text` stands, at most `most`. Reads the
    /// whole log.
    ///
    /// # Errors
    /// When a file cannot be read. One that is not there yet holds nothing.
    pub fn search(&self, text: &str, most: usize) -> io::Result<AuditSearch> {
        self.page(AuditPart::All, text, None, most)
    }

    /// As [`Self::search`], in a part of it, and of what is older than the entry with this
    /// id; of all where there is none. An id says the same place whatever is added
    /// meanwhile.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn page(
        &self,
        part: AuditPart,
        text: &str,
        before: Option<&str>,
        most: usize,
    ) -> io::Result<AuditSearch> {
        let words = words(text);
        let (mut all, mut found, mut newer) = (0_u32, 0_u32, 0_u32);
        let mut page = VecDeque::new();
        let mut is_newer = false;
        let unreadable = self.each(part, |entry| {
            all = all.saturating_add(1);
            is_newer |= before == Some(&*entry.id);
            if !matches(&entry, &words) {
                return;
            }
            found = found.saturating_add(1);
            if is_newer {
                newer = newer.saturating_add(1);
                return;
            }
            page.push_front(entry);
            page.truncate(most);
        })?;
        Ok(AuditSearch {
            entries: page.into(),
            newer,
            found,
            all,
            unreadable,
            trouble: self.trouble(),
        })
    }

    /// Writes the entries of a part in which every word of `text` stands into a file that
    /// only its owner can read: as CSV with a line of names, the oldest first. Times are
    /// UTC.
    ///
    /// # Errors
    /// When the log cannot be read, or the file not written.
    pub fn export(&self, part: AuditPart, text: &str, path: &Path) -> io::Result<()> {
        let file = private()
            .create(true)
            .write(true)
            .truncate(true)
            .open(path)?;
        let mut table = BufWriter::new(file);
        table.write_all(b"at_utc_ms,profile,level,what,subject,before,after,outcome,why\r\n")?;
        let words = words(text);
        let mut written = Ok(());
        self.each(part, |entry| {
            if written.is_ok() && matches(&entry, &words) {
                written = table.write_all(row(&entry).as_bytes());
            }
        })?;
        written?;
        table.flush()
    }
}

fn row(entry: &AuditEntry) -> String {
    let cells = [
        &entry.at.0.to_string(),
        &entry.profile,
        entry.level.as_str(),
        &entry.what,
        &entry.subject,
        entry.before.as_deref().unwrap_or(""),
        entry.after.as_deref().unwrap_or(""),
        entry.outcome.as_str(),
        entry.why.as_deref().unwrap_or(""),
    ];
    let mut row = cells.map(cell).join(",");
    row.push_str("\r\n");
    row
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
    if words.is_empty() {
        return true;
    }
    let parts = [
        Some(entry.profile.as_str()),
        Some(entry.level.as_str()),
        Some(entry.what.as_str()),
        Some(entry.subject.as_str()),
        entry.before.as_deref(),
        entry.after.as_deref(),
        Some(entry.outcome.as_str()),
        entry.why.as_deref(),
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}
