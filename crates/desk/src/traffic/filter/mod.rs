//! What a filter bar says: `kind:comment result:failed text:"menu"`.
//!
//! Terms are separated by spaces and all must hold. A term is a word to look for, or a
//! field with a value; several values of a field stand behind each other with commas, and
//! one of them must hold. A `-` in front turns a term around.

mod complete;
mod parse;
#[cfg(test)]
mod tests;

pub use complete::{Completion, Words, complete};
pub use parse::{FilterError, parse};

use super::row::{RowResult, RowSource, TrafficRow};
use heliograph_engine::ports::JournalFilter;
use heliograph_model::{DeliveryId, EventKind, Reason};
use std::fmt;

/// A filter, read. The empty one lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// All of them must hold.
    pub terms: Vec<Term>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// It must not hold.
    pub negated: bool,
    /// What is asked.
    pub what: What,
}

/// What is asked of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The text, an id, the summary or what was sent contains this; not empty.
    Text(String),
    /// It is one of these kinds.
    Kind(Vec<EventKind>),
    /// One of these became of it.
    Result(Vec<RowResult>),
    /// The outcome has one of these reasons.
    Reason(Vec<Reason>),
    /// It came in one of these ways.
    Source(Vec<RowSource>),
    /// The account's id contains this; not empty.
    Account(String),
    /// The contact's id or handle contains this; not empty.
    Contact(String),
    /// The automation's id or name contains this; not empty.
    Automation(String),
    /// It is of this delivery.
    Delivery(i64),
    /// It took longer, or less, than so many milliseconds.
    Ms(Compare, u32),
}

/// How a number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// It is greater.
    Over,
    /// It is smaller.
    Under,
}

/// The fields that can be asked for, with what they are.
pub const FIELDS: [(&str, &str); 10] = [
    ("text", "what was said or sent, ids and the summary"),
    ("kind", "the kind of event"),
    ("result", "what became of it"),
    ("reason", "why the outcome is what it is"),
    ("account", "the account's id"),
    ("contact", "the person's id or handle"),
    ("automation", "the automation's name or id"),
    ("source", "how it came in"),
    ("ms", "how long it took: ms:>50"),
    ("delivery", "the delivery's number"),
];

impl Filter {
    /// Whether a row is wanted. `haystack` is everything of it that can be searched for,
    /// in lower case.
    #[must_use]
    pub fn wants(&self, row: &TrafficRow, haystack: &str) -> bool {
        self.terms
            .iter()
            .all(|term| term.what.holds(row, haystack) != term.negated)
    }

    /// Whether nothing can be wanted but that of which this became.
    #[must_use]
    pub fn is_only_of(&self, result: RowResult) -> bool {
        let mut terms = self.terms.iter().filter(|term| !term.negated);
        terms.any(|term| matches!(&term.what, What::Result(all) if all[..] == [result]))
    }

    /// The part of it that a journal can look for. What it finds has still to be asked
    /// whether it is wanted.
    #[must_use]
    pub fn in_journal(&self) -> JournalFilter {
        let mut filter = JournalFilter::default();
        let mut words: Vec<&str> = Vec::new();
        for term in self.terms.iter().filter(|term| !term.negated) {
            match &term.what {
                What::Text(text) => words.push(text),
                What::Kind(kinds) if kinds.len() == 1 => filter.kind = kinds.first().copied(),
                What::Reason(all) if all.len() == 1 => filter.reason = all.first().copied(),
                What::Delivery(id) => filter.before = Some(DeliveryId(id.saturating_add(1))),
                _ => {}
            }
        }
        if !words.is_empty() {
            filter.text = Some(words.join(" "));
        }
        filter
    }
}

impl What {
    fn holds(&self, row: &TrafficRow, haystack: &str) -> bool {
        match self {
            Self::Text(text) => haystack.contains(&text.to_lowercase()),
            Self::Kind(kinds) => row.kind.is_some_and(|kind| kinds.contains(&kind)),
            Self::Result(results) => results.contains(&row.result),
            Self::Reason(reasons) => row.reason.is_some_and(|reason| reasons.contains(&reason)),
            Self::Source(sources) => sources.contains(&row.source),
            Self::Account(part) => contains(row.account_id.as_ref().map(AsRef::as_ref), part),
            Self::Contact(part) => {
                contains(row.contact_id.as_ref().map(AsRef::as_ref), part)
                    || contains(row.username.as_deref(), part)
            }
            Self::Automation(part) => {
                contains(row.automation_id.as_ref().map(AsRef::as_ref), part)
                    || contains(row.automation.as_deref(), part)
            }
            Self::Delivery(id) => row.delivery_id.is_some_and(|own| own.0 == *id),
            Self::Ms(compare, millis) => row.micros.is_some_and(|micros| {
                let limit = u64::from(*millis) * 1_000;
                match compare {
                    Compare::Over => micros > limit,
                    Compare::Under => micros < limit,
                }
            }),
        }
    }
}

fn contains(text: Option<&str>, part: &str) -> bool {
    text.is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()))
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            if term.negated {
                f.write_str("-")?;
            }
            write!(f, "{}", term.what)?;
        }
        Ok(())
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: Vec<&str>| names.join(",");
        match self {
            Self::Text(text) => write!(f, "text:{}", quoted(text)),
            Self::Kind(all) => write!(
                f,
                "kind:{}",
                list(all.iter().map(|one| one.as_str()).collect())
            ),
            Self::Result(all) => {
                write!(
                    f,
                    "result:{}",
                    list(all.iter().map(|one| one.as_str()).collect())
                )
            }
            Self::Reason(all) => {
                write!(
                    f,
                    "reason:{}",
                    list(all.iter().map(|one| one.as_str()).collect())
                )
            }
            Self::Source(all) => {
                write!(
                    f,
                    "source:{}",
                    list(all.iter().map(|one| one.as_str()).collect())
                )
            }
            Self::Account(part) => write!(f, "account:{}", quoted(part)),
            Self::Contact(part) => write!(f, "contact:{}", quoted(part)),
            Self::Automation(part) => write!(f, "automation:{}", quoted(part)),
            Self::Delivery(id) => write!(f, "delivery:{id}"),
            Self::Ms(Compare::Over, millis) => write!(f, "ms:>{millis}"),
            Self::Ms(Compare::Under, millis) => write!(f, "ms:<{millis}"),
        }
    }
}

/// A value as it is written in a filter: in quotes where it needs them.
#[must_use]
pub(super) fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|sign| !sign.is_whitespace() && sign != '"' && sign != '\\');
    if plain {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
