//! The last lines that a tunnel's program wrote, without secrets.

use heliograph_model::Millis;
use serde::Serialize;
use std::collections::VecDeque;

/// So many lines are kept.
const MOST: usize = 200;
/// What is kept of a line, in characters.
const LONGEST: usize = 1_000;

/// A line of a program's output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OutputLine {
    /// When it was read.
    pub at: Millis,
    /// What it says.
    pub text: String,
    /// Whether the desk says it, and not the program.
    pub ours: bool,
}

/// The lines, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Output(VecDeque<OutputLine>);

impl Output {
    pub(crate) fn add(&mut self, at: Millis, text: &str, ours: bool) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        let text = redacted(text).chars().take(LONGEST).collect();
        self.0.push_back(OutputLine { at, text, ours });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The last `most` of them.
    pub(crate) fn last(&self, most: usize) -> Vec<OutputLine> {
        let from = self.0.len().saturating_sub(most);
        self.0.iter().skip(from).cloned().collect()
    }
}

/// Words behind which ngrok, for one, repeats the token that it refuses.
const BEFORE_SECRETS: [&str; 3] = ["authtoken: ", "authtoken=", "token: "];

/// The line without what a program repeats of its token.
pub(crate) fn redacted(line: &str) -> String {
    let mut text = line.to_owned();
    for before in BEFORE_SECRETS {
        let mut from = 0;
        while let Some(found) = find(&text, before, from) {
            let begins = found + before.len();
            let ends = text[begins..]
                .find(|c: char| c.is_whitespace() || matches!(c, '\\' | '"' | ','))
                .map_or(text.len(), |length| begins + length);
            let hidden = if ends > begins { "•••" } else { "" };
            text.replace_range(begins..ends, hidden);
            from = begins + hidden.len();
        }
    }
    text
}

fn find(text: &str, word: &str, from: usize) -> Option<usize> {
    let found = text[from..].to_ascii_lowercase().find(word)?;
    Some(from + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_a_program_repeats_is_not_kept() {
        let line = r#"{"err":"The authtoken you specified does not look right.\nYour authtoken: 1yaP1QLD0cVVKBknmtX9TAduxr6_6BSa\nInstructions: https://dashboard.ngrok.com","lvl":"eror"}"#;
        let kept = redacted(line);
        assert!(!kept.contains("1yaP1"), "{kept}");
        assert!(
            kept.contains("Your authtoken: •••\\nInstructions"),
            "{kept}"
        );
        assert_eq!(redacted("nothing to hide"), "nothing to hide");
    }

    #[test]
    fn the_last_lines_are_kept() {
        let mut output = Output::default();
        for number in 0..(MOST + 50) {
            output.add(Millis(0), &format!("line {number}"), false);
        }
        let last = output.last(2);
        assert_eq!(last[1].text, format!("line {}", MOST + 49));
        assert_eq!(output.last(usize::MAX).len(), MOST);
    }
}
