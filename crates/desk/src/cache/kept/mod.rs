//! The history of a profile over restarts: a day of minutes in a file beside what else the
//! application keeps of the profile.
//!
//! In it are numbers only: how often what was read from where and how long that took, what
//! was invalidated, and what the servers of the cache said of themselves. No key, no value
//! and no address stands in it.

mod file;
mod histories;
mod minute;

pub(crate) use file::stem as file_stem;
pub use histories::Histories;
pub(super) use minute::Minute;

use super::history::History;
use super::sample::Sample;
use file::Written;
use heliograph_model::Millis;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a piece is, in milliseconds.
const PIECE: i64 = Millis::MINUTE;
/// What is older is let go, in milliseconds.
const OLDEST: i64 = Millis::DAY;
/// How often it is written while a profile is looked at.
const BETWEEN_WRITES: Duration = Duration::from_mins(5);

/// Where the histories of a profile are kept.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    written_at: Instant,
    /// Counts what was given to be written.
    number: u64,
    writing: Arc<Mutex<Written>>,
    /// The minutes of the workers elsewhere, as they were read, while none is asked.
    resting: Vec<String>,
}

/// What was kept of a profile.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// Of this window's own engine.
    pub(super) window: Vec<Minute>,
    /// Of all workers elsewhere together.
    pub(super) workers: Vec<Minute>,
}

/// Something that is to be written, where it may take its time.
#[derive(Debug)]
pub(super) struct Writing {
    path: PathBuf,
    number: u64,
    text: String,
    writing: Arc<Mutex<Written>>,
}

impl Kept {
    /// What is kept there, with what is not older than a day. A file that cannot be read is
    /// set aside, and the history begins anew.
    pub(super) fn open(path: &Path, now: Millis) -> (Self, Past) {
        let past = match file::read(path) {
            Ok(past) => past.of_the_last_day(now),
            Err(why) => {
                file::set_aside(path, &why);
                Past::default()
            }
        };
        let kept = Self {
            path: path.to_owned(),
            written_at: Instant::now(),
            number: 0,
            writing: Arc::default(),
            resting: Vec::new(),
        };
        (kept, past)
    }

    /// Nobody asks workers elsewhere for now: what is known of their day stays as it is.
    pub(super) fn rest(&mut self, workers: &[Minute]) {
        self.resting = workers.iter().map(Minute::line).collect();
    }

    /// Whether it is time to write.
    pub(super) fn is_due(&self) -> bool {
        self.written_at.elapsed() >= BETWEEN_WRITES
    }

    /// What is to be written now.
    pub(super) fn write(&mut self, window: &History, workers: Option<&History>) -> Writing {
        self.written_at = Instant::now();
        self.number += 1;
        let workers = workers.map(History::lines);
        let resting = (!self.resting.is_empty()).then_some(&self.resting);
        Writing {
            path: self.path.clone(),
            number: self.number,
            text: file::text(
                &window.lines(),
                workers.as_ref().or(resting).map(Vec::as_slice),
            ),
            writing: Arc::clone(&self.writing),
        }
    }
}

impl Writing {
    /// Writes it, unless something later was written meanwhile. What cannot be written is
    /// logged: the charts go on without it.
    pub(super) fn run(self) {
        let mut written = self.writing.lock();
        if written.is_later_than(self.number) {
            return;
        }
        match file::write(&self.path, &self.text) {
            Ok(()) => *written = Written(self.number),
            Err(error) => tracing::warn!(
                %error,
                path = %self.path.display(),
                "the history of the cache cannot be kept; after a restart it begins anew"
            ),
        }
    }
}

impl Past {
    fn of_the_last_day(mut self, now: Millis) -> Self {
        for minutes in [&mut self.window, &mut self.workers] {
            // What is in the future was written while the clock was wrong.
            minutes.retain(|minute| minute.at > now + -OLDEST && minute.at <= now);
        }
        self
    }
}

/// The minutes of one history, as they are written.
#[derive(Debug)]
pub(super) struct Minutes {
    /// Where the minute that goes on began.
    from: (Millis, Arc<Sample>),
    lines: VecDeque<(Millis, String)>,
}

impl Minutes {
    pub(super) fn begin(from: (Millis, Arc<Sample>)) -> Self {
        Self {
            from,
            lines: VecDeque::new(),
        }
    }

    /// Takes up what is counted now, and ends the minute where it is over.
    pub(super) fn record(&mut self, latest: &(Millis, Arc<Sample>)) {
        if latest.0.since(self.from.0) >= PIECE {
            self.end(latest);
        }
        let oldest = latest.0 + -OLDEST;
        while self.lines.front().is_some_and(|(at, _)| *at <= oldest) {
            self.lines.pop_front();
        }
    }

    /// Nobody looked until now.
    pub(super) fn gap(&mut self, before: &(Millis, Arc<Sample>), latest: &(Millis, Arc<Sample>)) {
        self.end(before);
        self.from = latest.clone();
    }

    /// After what was read from the file, from here on.
    pub(super) fn go_on(&mut self, latest: &(Millis, Arc<Sample>)) {
        self.from = latest.clone();
    }

    /// A minute that was read from the file.
    pub(super) fn add(&mut self, minute: &Minute) {
        self.lines.push_back((minute.at, minute.line()));
    }

    /// All lines, with what there is of the minute that goes on.
    pub(super) fn all(&self, latest: &(Millis, Arc<Sample>)) -> Vec<String> {
        let mut lines: Vec<String> = self.lines.iter().map(|(_, line)| line.clone()).collect();
        if latest.0 > self.from.0 {
            lines.push(Minute::between(&self.from, latest).line());
        }
        lines
    }

    fn end(&mut self, latest: &(Millis, Arc<Sample>)) {
        if latest.0 > self.from.0 {
            let minute = Minute::between(&self.from, latest);
            self.add(&minute);
            self.from = latest.clone();
        }
    }
}

#[cfg(test)]
mod tests;
