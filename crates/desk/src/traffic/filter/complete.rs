//! What can be written next in a filter.

use super::errors::ANY;
use super::parse::{Reader, utf16};
use super::reads::ReadWanted;
use super::what::{STATES, state_name};
use super::{FIELDS, quoted};
use crate::traffic::row::{RowResult, RowSource};
use crate::traffic::signature::SignatureState;
use heliograph_model::{ErrorClass, EventKind, Reason};
use serde::{Deserialize, Serialize};

/// The most completions that are offered.
const MOST: usize = 40;

/// Names that only the running system knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Names of accounts, or ids where a name is not known.
    pub accounts: Vec<String>,
    /// Handles or ids of contacts, those of the latest events first.
    pub contacts: Vec<String>,
    /// Names of automations.
    pub automations: Vec<String>,
    /// Names of workers elsewhere.
    pub workers: Vec<String>,
    /// Codes of errors, with their subcodes.
    pub errors: Vec<String>,
}

/// Something that could be written at the caret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// What is offered.
    pub label: String,
    /// What it is, for people.
    pub about: Option<String>,
    /// What is written in place of `from..to`.
    pub insert: String,
    /// Where that begins, in UTF-16 units.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
}

/// What can be written at the caret, which stands behind so many UTF-16 units.
#[must_use]
pub fn complete(text: &str, caret: u32, words: &Words) -> Vec<Completion> {
    let caret = bytes(text, caret);
    // The word that the caret stands in or behind.
    let mut reader = Reader {
        text: &text[..caret],
        at: 0,
    };
    let mut begun = (None, String::new(), caret);
    loop {
        let from = reader.at;
        match reader.piece() {
            Ok(Some(piece))
                if piece.to == caret && !(piece.was_quoted && caret > piece.value_from) =>
            {
                let from = piece.from + usize::from(piece.negated);
                let start = piece.field.as_ref().map_or(from, |_| piece.value_from);
                begun = (piece.field, piece.value, start);
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            // A quote that is open: its beginning is completed.
            Err(_) => {
                let open = &text[from..caret];
                if let Some((field, value)) = open.trim_start().split_once(":\"") {
                    let start = caret - value.len() - 1;
                    begun = (
                        Some(field.trim_start_matches('-').to_ascii_lowercase()),
                        value.to_owned(),
                        start,
                    );
                }
                break;
            }
        }
    }
    let (field, value, from) = begun;
    let Some(field) = field else {
        return fields(text, &value, from, caret);
    };
    // Of several values the last one is completed.
    let list = matches!(
        field.as_str(),
        "kind" | "result" | "reason" | "source" | "signature" | "state" | "cache" | "error"
    );
    let last = if list {
        let is_between = |sign| sign == ',' || sign == '.' && field == "cache";
        value.rfind(is_between).map_or(0, |at| at + 1)
    } else {
        0
    };
    let from = if list { from + last } else { from };
    let begun = value[last..].trim_start_matches('@').to_lowercase();
    let names = values(&field, words);
    let fits = |name: &&String| name.to_lowercase().contains(&begun);
    let (mut first, second): (Vec<&String>, Vec<&String>) = names
        .iter()
        .filter(fits)
        .filter(|name| name.to_lowercase() != begun)
        .partition(|name| name.to_lowercase().starts_with(&begun));
    first.extend(second);
    first
        .into_iter()
        .take(MOST)
        .map(|name| Completion {
            label: name.clone(),
            about: None,
            insert: format!("{} ", quoted(name)),
            from: utf16(text, from),
            to: utf16(text, caret),
        })
        .collect()
}

/// What can stand behind the name of a field.
fn values(field: &str, words: &Words) -> Vec<String> {
    fn owned(names: impl IntoIterator<Item = &'static str>) -> Vec<String> {
        names.into_iter().map(str::to_owned).collect()
    }
    match field {
        "kind" => owned(EventKind::ALL.map(EventKind::as_str)),
        "result" => owned(RowResult::ALL.map(RowResult::as_str)),
        "reason" => owned(Reason::ALL.map(Reason::as_str)),
        "source" => owned(RowSource::ALL.map(RowSource::as_str)),
        "signature" => owned(SignatureState::ALL.map(SignatureState::as_str)),
        "state" => owned(STATES.map(state_name)),
        "cache" => owned(ReadWanted::names()),
        "error" => {
            let mut names = words.errors.clone();
            names.push(ANY.to_owned());
            names.extend(owned(ErrorClass::ALL.map(ErrorClass::as_str)));
            names
        }
        "account" => words.accounts.clone(),
        "contact" => words.contacts.clone(),
        "automation" => words.automations.clone(),
        "worker" => words.workers.clone(),
        "since" => owned(["10m", "1h", "1d", "today", "yesterday"]),
        "before" => owned(["10m", "1h", "today", "yesterday"]),
        "time" => owned(["10m", "1h", "today", "yesterday"]),
        "ms" => owned([">10", ">50", ">200", "<5"]),
        _ => Vec::new(),
    }
}

fn fields(text: &str, begun: &str, from: usize, caret: usize) -> Vec<Completion> {
    let begun = begun.to_ascii_lowercase();
    FIELDS
        .iter()
        .filter(|(name, _)| name.starts_with(&begun))
        .map(|(name, about)| Completion {
            label: format!("{name}:"),
            about: Some((*about).to_owned()),
            insert: format!("{name}:"),
            from: utf16(text, from),
            to: utf16(text, caret),
        })
        .collect()
}

/// A place in UTF-16 units as a place in bytes.
fn bytes(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, sign) in text.char_indices() {
        if left < sign.len_utf16() {
            return at;
        }
        left -= sign.len_utf16();
    }
    text.len()
}
