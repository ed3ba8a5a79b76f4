//! The language of a simulated person.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The language in which a person writes, as a BCP 47 tag such as `ar` or `pt-BR`. It is
/// how the person is shown and nothing else: Instagram tells no language, so the engine
/// is given none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// Reads a tag, and writes it as is usual; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split(['-', '_']);
        let first = parts.next()?;
        let is_language =
            (2..=8).contains(&first.len()) && first.chars().all(|c| c.is_ascii_alphabetic());
        if !is_language {
            return None;
        }
        let mut tag = first.to_ascii_lowercase();
        // Behind a letter that stands alone begins what somebody agreed on elsewhere.
        let mut is_extended = false;
        for part in parts {
            let is_part =
                (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
            if !is_part {
                return None;
            }
            is_extended |= part.len() == 1;
            let lower = part.to_ascii_lowercase();
            let letters = part.chars().all(|c| c.is_ascii_alphabetic());
            tag.push('-');
            match part.len() {
                2 if letters && !is_extended => tag.push_str(&part.to_ascii_uppercase()),
                4 if letters && !is_extended => {
                    tag.push_str(&lower[..1].to_ascii_uppercase());
                    tag.push_str(&lower[1..]);
                }
                _ => tag.push_str(&lower),
            }
        }
        let is_ended = tag.rsplit('-').next().is_some_and(|last| last.len() > 1);
        is_ended.then_some(Self(tag))
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_as_is_usual() {
        for (text, tag) in [
            ("ar", "ar"),
            (" AR ", "ar"),
            ("pt_br", "pt-BR"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("de-1996", "de-1996"),
            ("en-x-Club", "en-x-club"),
            ("no", "no"),
        ] {
            let read = Language::parse(text).map(|language| language.to_string());
            assert_eq!(read.as_deref(), Some(tag), "{text}");
        }
    }

    #[test]
    fn what_is_no_tag_is_none() {
        for text in [
            "",
            "a",
            "Arabic language",
            "العربية",
            "ar-",
            "-ar",
            "en-x",
            "12",
            "ar--EG",
        ] {
            assert_eq!(Language::parse(text), None, "{text}");
        }
    }
}
