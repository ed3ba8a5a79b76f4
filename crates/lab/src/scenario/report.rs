//! What became of a scenario: the transcript, and what was not as expected.

use super::node::Place;
use super::words;
use crate::simulator::Figures;
use heliograph_model::Millis;
use serde::Serialize;
use std::fmt::Write as _;

/// What became of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The scenario's name.
    pub scenario: String,
    /// Whether everything was as expected.
    pub passed: bool,
    /// How many steps were taken.
    pub steps: usize,
    /// The virtual time at the start.
    pub started: Millis,
    /// The virtual time at the end.
    pub ended: Millis,
    /// What happened, in order.
    pub transcript: Vec<Line>,
    /// What was not as expected.
    pub failures: Vec<Failure>,
    /// The engine's counters at the end.
    pub figures: Figures,
}

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// When, by the virtual clock.
    pub at: Millis,
    /// Whose doing it is.
    pub voice: Voice,
    /// Who: a person's name in the scenario, `account`, `operator`, …
    pub who: String,
    /// What.
    pub text: String,
}

/// Whose doing a line of a transcript is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// A person, or somebody at the account's inbox.
    Person,
    /// The account: something that Instagram took.
    Account,
    /// The engine: why it did what it did.
    Decision,
    /// The engine: a send that did not arrive.
    Trouble,
    /// Time, the operator, and what goes wrong on purpose.
    World,
}

/// Something that was not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Where the step stands in the file.
    #[serde(flatten)]
    pub place: Place,
    /// The step as it begins.
    pub step: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was expected, line by line.
    pub expected: Vec<String>,
    /// What there was, line by line.
    pub got: Vec<String>,
}

impl Failure {
    /// Expected against got: lines that are only expected begin with `-`, lines that are
    /// only there with `+`.
    #[must_use]
    pub fn diff(&self) -> String {
        diff(&self.expected, &self.got)
    }
}

impl Report {
    /// The transcript, for people.
    #[must_use]
    pub fn transcript_text(&self) -> String {
        let width = self
            .transcript
            .iter()
            .map(|line| line.who.chars().count())
            .max()
            .unwrap_or(0);
        let mut text = String::new();
        let mut last = None;
        for line in &self.transcript {
            let stamp = words::stamp(line.at);
            // The time is said where it changes.
            let shown = if last.as_ref() == Some(&stamp) {
                String::new()
            } else {
                stamp.clone()
            };
            last = Some(stamp);
            let mark = match line.voice {
                Voice::Person => '>',
                Voice::Account => '<',
                Voice::Decision => '·',
                Voice::Trouble => '!',
                Voice::World => '*',
            };
            for (index, part) in line.text.lines().enumerate() {
                let (time, who, mark) = if index == 0 {
                    (shown.as_str(), line.who.as_str(), mark)
                } else {
                    ("", "", ' ')
                };
                // Writing into a text cannot fail.
                let _ = writeln!(text, "{time:<19}  {who:>width$} {mark} {part}");
            }
        }
        text
    }

    /// The failures, for people; empty when there are none.
    #[must_use]
    pub fn failures_text(&self) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            let _ = writeln!(
                text,
                "line {}: {}\n  {}",
                failure.place.line, failure.step, failure.message
            );
            for line in failure.diff().lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
        text
    }

    /// Everything, for people.
    #[must_use]
    pub fn text(&self) -> String {
        let verdict = if self.passed { "passed" } else { "failed" };
        let count = self.failures.len();
        let mut text = format!("{}\n\n{}\n", self.scenario, self.transcript_text());
        if count > 0 {
            text.push_str(&self.failures_text());
            text.push('\n');
        }
        let _ = writeln!(
            text,
            "{verdict}: {} steps, {} by the virtual clock{}",
            self.steps,
            words::in_words(self.ended.since(self.started)),
            match count {
                0 => String::new(),
                1 => ", one thing not as expected".to_owned(),
                more => format!(", {more} things not as expected"),
            }
        );
        text
    }
}

/// The longest common lines stay; the others are marked (the textbook algorithm, for the
/// lists are short).
fn diff(expected: &[String], got: &[String]) -> String {
    let (rows, columns) = (expected.len(), got.len());
    let mut common = vec![vec![0_usize; columns + 1]; rows + 1];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            common[i][j] = if expected[i] == got[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut text = String::new();
    let mut line = |mark: char, content: &str| {
        let _ = writeln!(text, "{mark} {content}");
    };
    while i < rows || j < columns {
        if i < rows && j < columns && expected[i] == got[j] {
            line(' ', &expected[i]);
            i += 1;
            j += 1;
        } else if i < rows && (j == columns || common[i + 1][j] >= common[i][j + 1]) {
            line('-', &expected[i]);
            i += 1;
        } else {
            line('+', &got[j]);
            j += 1;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_keeps_what_is_common_and_marks_the_rest() {
        let lines = |list: &[&str]| {
            list.iter()
                .map(|line| (*line).to_owned())
                .collect::<Vec<_>>()
        };
        let text = diff(
            &lines(&["text: a", "buttons: x", "end"]),
            &lines(&["text: b", "buttons: x", "more", "end"]),
        );
        assert_eq!(text, "- text: a\n+ text: b\n  buttons: x\n+ more\n  end\n");
    }
}
