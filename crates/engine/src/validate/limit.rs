//! How long a text may be.

use crate::template::{self, Values};
use unicode_segmentation::UnicodeSegmentation;

/// How long a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// In UTF-8 bytes.
    Bytes(usize),
    /// In characters.
    Chars(usize),
}

impl Limit {
    /// The number.
    #[must_use]
    pub fn most(self) -> usize {
        match self {
            Self::Bytes(most) | Self::Chars(most) => most,
        }
    }

    /// What is counted, for people.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Bytes(_) => "bytes",
            Self::Chars(_) => "characters",
        }
    }

    /// How long a text is at the least: with nothing known that its variables stand for.
    #[must_use]
    pub fn least(self, text: &str) -> usize {
        self.length(&template::render(text, &Values::default()))
    }

    /// As much of the beginning of a text as fits. A variable stays whole or goes, and so
    /// does whatever people see as one character.
    #[must_use]
    pub fn cut(self, text: &str) -> &str {
        let mut end = 0;
        let mut used = 0;
        let mut rest = text;
        while !rest.is_empty() {
            let piece = first_piece(rest);
            used += self.least(piece);
            if used > self.most() {
                break;
            }
            end += piece.len();
            rest = &text[end..];
        }
        text[..end].trim_end()
    }

    pub(super) fn length(self, text: &str) -> usize {
        match self {
            Self::Bytes(_) => text.len(),
            Self::Chars(_) => text.chars().count(),
        }
    }
}

/// A variable with its braces, or what people see as one character.
fn first_piece(text: &str) -> &str {
    let braces = text
        .starts_with("{{")
        .then(|| text.find("}}").map(|end| end + 2))
        .flatten();
    match braces {
        Some(end) => &text[..end],
        None => text.graphemes(true).next().unwrap_or(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cut_leaves_variables_and_characters_whole() {
        let five = Limit::Chars(5);
        assert_eq!(five.cut("Hello there"), "Hello");
        assert_eq!(five.cut("Hi {{contact.first_name|you}}!"), "Hi");
        assert_eq!(
            five.cut("H{{contact.first_name|you}}!!"),
            "H{{contact.first_name|you}}!"
        );
        assert_eq!(
            five.cut("abcd👩🏽\u{200d}🍳"),
            "abcd",
            "three characters, seen as one"
        );
        assert_eq!(Limit::Bytes(5).cut("äöü"), "äö");
    }

    proptest! {
        #[test]
        fn what_was_cut_fits(text in "(\\{\\{|\\}\\}|contact.email|\\|| |.){0,40}", most in 0usize..30) {
            for limit in [Limit::Chars(most), Limit::Bytes(most)] {
                prop_assert!(limit.least(limit.cut(&text)) <= most);
            }
        }
    }
}
