//! What a filter bar says: `kind:comment result:failed since:2h text:"menu"`.
//!
//! Terms are separated by spaces and all must hold. A term is a word to look for, or a
//! field with a value; several values of a field stand behind each other with commas, and
//! one of them must hold. A `-` in front turns a term around.

mod complete;
mod errors;
mod parse;
mod reads;
mod ready;
#[cfg(test)]
mod tests;
mod times;
mod what;

pub use complete::{Completion, Words, complete};
pub use errors::ErrorWanted;
pub use parse::{FilterError, parse};
pub use reads::ReadWanted;
pub use ready::{Accounts, Ready, Subject};
pub use times::{Moment, Side, Span, Zone};
pub use what::{Compare, What};

use super::row::RowResult;
use heliograph_model::DeliveryId;
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

/// The fields that can be asked for, with what they are.
pub const FIELDS: [(&str, &str); 19] = [
    ("text", "what was said or sent, ids and the summary"),
    ("body", "the raw body as it was received"),
    ("kind", "the kind of event"),
    ("result", "what became of it"),
    ("reason", "why the outcome is what it is"),
    ("since", "it arrived then or later: since:10m, since:14:30"),
    ("before", "it arrived earlier: before:today"),
    ("time", "it arrived within that: time:10m, time:2026-11-27"),
    ("account", "the account's name or id"),
    ("contact", "the person's id or handle"),
    ("automation", "the automation's name or id"),
    ("state", "what was awaited before or after it"),
    ("signature", "how its signature is"),
    ("cache", "a read that led to it: cache:user_state.miss"),
    (
        "error",
        "an error of its sends: error:190, error:10/2534022",
    ),
    ("source", "how it came in"),
    ("worker", "the worker elsewhere that handled it"),
    ("ms", "how long it took: ms:>50"),
    ("delivery", "the delivery's number"),
];

impl Filter {
    /// Whether nothing can be wanted but that of which this became.
    #[must_use]
    pub fn is_only_of(&self, result: RowResult) -> bool {
        self.asked()
            .any(|what| matches!(what, What::Result(all) if all[..] == [result]))
    }

    /// Whether what it wants changes while time goes by.
    #[must_use]
    pub fn moves(&self) -> bool {
        let mut terms = self.terms.iter();
        terms.any(|term| matches!(&term.what, What::Time(_, moment) if moment.moves()))
    }

    /// Whether it asks for the names of accounts.
    #[must_use]
    pub fn asks_for_accounts(&self) -> bool {
        let mut terms = self.terms.iter();
        terms.any(|term| matches!(term.what, What::Account(_)))
    }

    /// Whether it asks for bodies.
    #[must_use]
    pub fn asks_for_bodies(&self) -> bool {
        let mut terms = self.terms.iter();
        terms.any(|term| matches!(term.what, What::Body(_)))
    }

    /// The delivery before which nothing is wanted.
    #[must_use]
    pub fn first(&self) -> Option<DeliveryId> {
        self.asked()
            .filter_map(|what| match what {
                What::Delivery(id) => Some(DeliveryId(*id)),
                _ => None,
            })
            .max()
    }

    fn asked(&self) -> impl Iterator<Item = &What> {
        let terms = self.terms.iter().filter(|term| !term.negated);
        terms.map(|term| &term.what)
    }
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
