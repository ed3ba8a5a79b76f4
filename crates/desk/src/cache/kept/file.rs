//! The file: read as a whole, written as a whole, and set aside where it is none.

use super::{Minute, Past};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// More than a day of busy minutes takes.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// What the file is written as.
const VERSION: u32 = 1;

/// A name for the history of a profile.
pub(super) fn name(profile: &str) -> String {
    format!("{}.jsonl", stem(profile))
}

/// How files of a profile are called, but for their ending: a name that every system takes,
/// and another one for each profile.
pub(crate) fn stem(profile: &str) -> String {
    let letters = profile.to_lowercase();
    let words = letters.split(|sign: char| !sign.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut name: String = words.join("-").chars().take(40).collect();
    // FNV-1a: what two names share as words tells them apart no more.
    let hash = profile
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    if !name.is_empty() {
        name.push('-');
    }
    format!("{name}{hash:016x}")
}

/// The number of what was written last.
#[derive(Debug, Default)]
pub(super) struct Written(pub(super) u64);

impl Written {
    pub(super) fn is_later_than(&self, number: u64) -> bool {
        self.0 > number
    }
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    cache_history: u32,
}

/// A line before the minutes of a source.
#[derive(Debug, Serialize, Deserialize)]
struct Of {
    of: Source,
}

/// Whose minutes follow.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    Window,
    Workers,
}

pub(super) fn text(window: &[String], workers: Option<&[String]>) -> String {
    let line = |value: serde_json::Result<String>| value.unwrap_or_default() + "\n";
    let mut text = line(serde_json::to_string(&Head {
        cache_history: VERSION,
    }));
    for (of, lines) in [(Source::Window, Some(window)), (Source::Workers, workers)] {
        let Some(lines) = lines else { continue };
        text += &line(serde_json::to_string(&Of { of }));
        for minute in lines {
            text += minute;
            text.push('\n');
        }
    }
    text
}

/// What a file says; nothing where there is none.
///
/// # Errors
/// Why it cannot be read, in words.
pub(super) fn read(path: &Path) -> Result<Past, String> {
    let length = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Past::default()),
        Err(error) => return Err(error.to_string()),
    };
    if length > MOST_BYTES {
        return Err(format!("it has {length} bytes"));
    }
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut lines = text.lines();
    let head: Option<Head> = lines
        .next()
        .and_then(|line| serde_json::from_str(line).ok());
    match head {
        Some(head) if head.cache_history == VERSION => {}
        Some(head) => return Err(format!("it is of version {}", head.cache_history)),
        None => return Err("it does not begin as a history".to_owned()),
    }
    let mut past = Past::default();
    let mut into = None;
    for (number, line) in (2..).zip(lines) {
        if let Ok(Of { of }) = serde_json::from_str(line) {
            into = Some(of);
            continue;
        }
        let minutes = match into {
            Some(Source::Window) => &mut past.window,
            Some(Source::Workers) => &mut past.workers,
            None => return Err(format!("line {number} belongs to nobody")),
        };
        let minute = Minute::read(line).ok_or_else(|| format!("line {number} is no minute"))?;
        let last = minutes.last().map(|last: &Minute| last.at);
        if last.is_some_and(|last| last > minute.began_at()) {
            return Err(format!("line {number} comes before the one above it"));
        }
        minutes.push(minute);
    }
    Ok(past)
}

/// Writes it beside first, so that a crash leaves the old file whole.
///
/// # Errors
/// When the folder cannot be made or the file cannot be written.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)
}

/// Moves a file that cannot be read out of the way, in place of one that was moved there
/// before, so that somebody may look at it.
pub(super) fn set_aside(path: &Path, why: &str) {
    let aside = path.with_extension("broken");
    let moved = fs::rename(path, &aside);
    tracing::warn!(
        %why,
        path = %path.display(),
        aside = %aside.display(),
        moved = moved.is_ok(),
        "the history of the cache cannot be read and was set aside; it begins anew"
    );
}
