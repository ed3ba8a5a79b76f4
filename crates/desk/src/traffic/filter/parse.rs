//! Reading a filter, with the place of what cannot be read.

use super::errors::ErrorWanted;
use super::reads::ReadWanted;
use super::times::{Moment, Side};
use super::what::{STATES, state_name};
use super::{Compare, FIELDS, Filter, Term, What};
use crate::traffic::row::{RowResult, RowSource};
use crate::traffic::signature::SignatureState;
use heliograph_model::{Awaiting, EventKind, Reason};
use serde::{Deserialize, Serialize};

/// Why a filter cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct FilterError {
    /// Where it begins, in UTF-16 units as a text field counts them.
    pub at: u32,
    /// How long it is, in the same units; at least 1.
    pub length: u32,
    /// What is wrong and what could stand there, for people.
    pub message: String,
}

/// Reads a filter.
///
/// # Errors
/// The first thing that cannot be read.
pub fn parse(text: &str) -> Result<Filter, FilterError> {
    let mut reader = Reader { text, at: 0 };
    let mut terms = Vec::new();
    while let Some(piece) = reader.piece()? {
        terms.push(term(&piece, text)?);
    }
    Ok(Filter { terms })
}

/// One term as it stands, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub negated: bool,
    /// What stands before the colon, where there is one outside of quotes.
    pub field: Option<String>,
    /// The value without its quotes.
    pub value: String,
    /// Whether it was in quotes.
    pub was_quoted: bool,
    /// Where it begins and ends, in bytes.
    pub from: usize,
    pub to: usize,
    /// Where the value begins.
    pub value_from: usize,
}

pub(super) struct Reader<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let sign = self.peek()?;
        self.at += sign.len_utf8();
        Some(sign)
    }

    /// The next term; `None` at the end.
    pub(super) fn piece(&mut self) -> Result<Option<Piece>, FilterError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
        let from = self.at;
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let negated = first == '-';
        if negated {
            self.next();
        }
        let field = self.field();
        let value_from = self.at;
        let was_quoted = self.peek() == Some('"');
        let value = if was_quoted {
            self.in_quotes()?
        } else {
            let rest = &self.text[self.at..];
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            self.at += end;
            rest[..end].to_owned()
        };
        if self.peek().is_some_and(|sign| !sign.is_whitespace()) {
            let message = "Put a space behind the closing quote.";
            return Err(error(self.text, self.at, self.at + 1, message));
        }
        Ok(Some(Piece {
            negated,
            field,
            value,
            was_quoted,
            from,
            to: self.at,
            value_from,
        }))
    }

    /// The name of a field with its colon, where one begins here.
    fn field(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let end = rest.find(|sign: char| !sign.is_ascii_alphabetic())?;
        if end == 0 || !rest[end..].starts_with(':') {
            return None;
        }
        self.at += end + 1;
        Some(rest[..end].to_ascii_lowercase())
    }

    fn in_quotes(&mut self) -> Result<String, FilterError> {
        let from = self.at;
        self.next();
        let mut value = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(value),
                Some('\\') => value.extend(self.next()),
                Some(sign) => value.push(sign),
                None => {
                    let message = "The quote is not closed. Write a \" at its end.";
                    return Err(error(self.text, from, self.text.len(), message));
                }
            }
        }
    }
}

fn term(piece: &Piece, text: &str) -> Result<Term, FilterError> {
    let wrong = |message: String| error(text, piece.from, piece.to, &message);
    let wrong_value = |message: String| error(text, piece.value_from, piece.to, &message);
    let value = &piece.value;
    if value.trim().is_empty() {
        return Err(wrong(match &piece.field {
            Some(field) => format!("Say what is looked for, such as {}.", example(field)),
            None => "Write a word to look for, or a field such as kind:comment.".to_owned(),
        }));
    }
    let Some(field) = &piece.field else {
        return Ok(Term {
            negated: piece.negated,
            what: What::Text(value.clone()),
        });
    };
    let one_of = |known: &[&'static str]| -> FilterError {
        wrong_value(format!("“{value}” is none of: {}.", known.join(", ")))
    };
    let what = match field.as_str() {
        "text" => What::Text(value.clone()),
        "body" => What::Body(value.clone()),
        "since" | "before" | "time" => {
            let sides = [Side::Since, Side::Before, Side::Within];
            let side = sides.into_iter().find(|side| side.as_str() == field);
            What::Time(
                side.unwrap_or(Side::Within),
                Moment::read(value).map_err(wrong_value)?,
            )
        }
        "state" => {
            let names = STATES.map(state_name);
            What::State(listed(value, state).ok_or_else(|| one_of(&names))?)
        }
        "signature" => {
            let (list, names) = named(value, &SignatureState::ALL, SignatureState::as_str);
            What::Signature(list.ok_or_else(|| one_of(&names))?)
        }
        "cache" => What::Cache(listed(value, ReadWanted::read).ok_or_else(|| {
            wrong_value(format!(
                "“{value}” is no read. There are: {}; several with dots between, such as \
                 cache:user_state.miss.",
                ReadWanted::names().join(", ")
            ))
        })?),
        "error" => What::Error(listed(value, ErrorWanted::read).ok_or_else(|| {
            wrong_value(
                "An error has Meta's code, and a subcode behind a slash, such as error:190 or \
                 error:10/2534022. There are also any, retry, token, permanent, window and \
                 unknown."
                    .to_owned(),
            )
        })?),
        "account" => What::Account(value.trim_start_matches('@').to_owned()),
        "contact" => What::Contact(value.trim_start_matches('@').to_owned()),
        "automation" => What::Automation(value.clone()),
        "worker" => What::Worker(value.clone()),
        "kind" => {
            let (list, names) = named(value, &EventKind::ALL, EventKind::as_str);
            What::Kind(list.ok_or_else(|| one_of(&names))?)
        }
        "reason" => {
            let (list, names) = named(value, &Reason::ALL, Reason::as_str);
            What::Reason(list.ok_or_else(|| one_of(&names))?)
        }
        "result" => {
            let (list, names) = named(value, &RowResult::ALL, RowResult::as_str);
            What::Result(list.ok_or_else(|| one_of(&names))?)
        }
        "source" => {
            let (list, names) = named(value, &RowSource::ALL, RowSource::as_str);
            What::Source(list.ok_or_else(|| one_of(&names))?)
        }
        "delivery" => {
            let id = value
                .trim_start_matches('#')
                .parse()
                .ok()
                .filter(|id| *id >= 0);
            What::Delivery(id.ok_or_else(|| {
                wrong_value("A delivery has a number, such as delivery:12.".to_owned())
            })?)
        }
        "ms" => {
            let (compare, number) = match value.split_at_checked(1) {
                Some((">", rest)) => (Compare::Over, rest),
                Some(("<", rest)) => (Compare::Under, rest),
                _ => (Compare::Over, value.as_str()),
            };
            let number = number.trim_end_matches("ms").trim();
            let millis = number.parse().map_err(|_| {
                wrong_value("Compare with whole milliseconds, such as ms:>50 or ms:<5.".to_owned())
            })?;
            What::Ms(compare, millis)
        }
        other => {
            let known: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
            return Err(wrong(format!(
                "There is no field “{other}”. There are: {}. To look for it as a text, put it in \
                 quotes.",
                known.join(", ")
            )));
        }
    };
    // “@” alone is nothing to look for.
    if matches!(&what, What::Contact(part) | What::Account(part) if part.is_empty()) {
        return Err(wrong(format!("Say whose, such as {}.", example(field))));
    }
    Ok(Term {
        negated: piece.negated,
        what,
    })
}

/// The values that a list of names means, and all names there are.
fn named<T: Copy>(
    value: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> (Option<Vec<T>>, Vec<&'static str>) {
    let find = |wanted: &str| {
        let wanted = wanted.trim().to_ascii_lowercase();
        all.iter().copied().find(|one| name(*one) == wanted)
    };
    let list = listed(value, find);
    (list, all.iter().map(|one| name(*one)).collect())
}

/// The values of a list; `None` where one of them is none, or there is none.
fn listed<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    value
        .split(',')
        .filter(|part| !part.trim().is_empty())
        .map(read)
        .collect::<Option<Vec<T>>>()
        .filter(|list| !list.is_empty())
}

/// What is awaited, by its name or by the step that asked.
fn state(name: &str) -> Option<Option<Awaiting>> {
    let name = name.trim().to_ascii_lowercase();
    match name.as_str() {
        "opening" => Some(Some(Awaiting::AwaitingOpeningResponse)),
        "follow" => Some(Some(Awaiting::AwaitingFollowConfirmation)),
        "email" => Some(Some(Awaiting::AwaitingEmail)),
        _ => STATES.into_iter().find(|one| state_name(*one) == name),
    }
}

fn example(field: &str) -> &'static str {
    match field {
        "kind" => "kind:comment",
        "result" => "result:failed",
        "reason" => "reason:no_match",
        "account" => "account:17841400000000001",
        "contact" => "contact:maya",
        "automation" => "automation:Menu",
        "source" => "source:listener",
        "worker" => "worker:blue",
        "body" => "body:ig_reel",
        "since" => "since:10m",
        "before" => "before:today",
        "time" => "time:14:30",
        "state" => "state:awaiting_email",
        "signature" => "signature:wrong",
        "cache" => "cache:miss",
        "error" => "error:190",
        "ms" => "ms:>50",
        "delivery" => "delivery:12",
        _ => "text:menu",
    }
}

pub(super) fn error(text: &str, from: usize, to: usize, message: &str) -> FilterError {
    let at = utf16(text, from);
    let end = utf16(text, to.min(text.len()));
    FilterError {
        at,
        length: end.saturating_sub(at).max(1),
        message: message.to_owned(),
    }
}

/// A place in bytes as a place in UTF-16 units.
pub(super) fn utf16(text: &str, bytes: usize) -> u32 {
    let before = text.get(..bytes).unwrap_or(text);
    u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
}
