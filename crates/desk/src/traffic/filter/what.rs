//! What a term asks of a row, and how it is written.

use super::errors::ErrorWanted;
use super::quoted;
use super::reads::ReadWanted;
use super::times::{Moment, Side};
use crate::traffic::row::{RowResult, RowSource};
use crate::traffic::signature::SignatureState;
use heliograph_model::{Awaiting, EventKind, Reason};
use std::fmt;

/// What is asked of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The text, an id, the summary or what was sent contains this; not empty.
    Text(String),
    /// The body contains this, as it was received; not empty.
    Body(String),
    /// It is one of these kinds.
    Kind(Vec<EventKind>),
    /// One of these became of it.
    Result(Vec<RowResult>),
    /// The outcome has one of these reasons.
    Reason(Vec<Reason>),
    /// It came in one of these ways.
    Source(Vec<RowSource>),
    /// Its signature is one of these.
    Signature(Vec<SignatureState>),
    /// One of these was awaited before it or after it; `None`: nothing, before and after.
    State(Vec<Option<Awaiting>>),
    /// One of the reads that led to it was one of these.
    Cache(Vec<ReadWanted>),
    /// One of its sends ended with one of these.
    Error(Vec<ErrorWanted>),
    /// The account's id or name contains this; not empty.
    Account(String),
    /// The contact's id or handle contains this; not empty.
    Contact(String),
    /// The automation's id or name contains this; not empty.
    Automation(String),
    /// The name of the worker elsewhere that handled it contains this; not empty.
    Worker(String),
    /// When it arrived.
    Time(Side, Moment),
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

/// The name of a conversation in which nothing is awaited.
pub(super) const NOTHING_AWAITED: &str = "none";

/// What can be awaited, by name.
pub(super) const STATES: [Option<Awaiting>; 4] = [
    Some(Awaiting::AwaitingOpeningResponse),
    Some(Awaiting::AwaitingFollowConfirmation),
    Some(Awaiting::AwaitingEmail),
    None,
];

/// What is awaited, as it is written in a filter.
pub(super) fn state_name(state: Option<Awaiting>) -> &'static str {
    state.map_or(NOTHING_AWAITED, Awaiting::as_str)
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "text:{}", quoted(text)),
            Self::Body(text) => write!(f, "body:{}", quoted(text)),
            Self::Kind(all) => list(f, "kind", all, |one| one.as_str()),
            Self::Result(all) => list(f, "result", all, |one| one.as_str()),
            Self::Reason(all) => list(f, "reason", all, |one| one.as_str()),
            Self::Source(all) => list(f, "source", all, |one| one.as_str()),
            Self::Signature(all) => list(f, "signature", all, |one| one.as_str()),
            Self::State(all) => list(f, "state", all, |one| state_name(*one)),
            Self::Cache(all) => list(f, "cache", all, ToString::to_string),
            Self::Error(all) => list(f, "error", all, ToString::to_string),
            Self::Account(part) => write!(f, "account:{}", quoted(part)),
            Self::Contact(part) => write!(f, "contact:{}", quoted(part)),
            Self::Automation(part) => write!(f, "automation:{}", quoted(part)),
            Self::Worker(part) => write!(f, "worker:{}", quoted(part)),
            Self::Time(side, moment) => write!(f, "{}:{moment}", side.as_str()),
            Self::Delivery(id) => write!(f, "delivery:{id}"),
            Self::Ms(Compare::Over, millis) => write!(f, "ms:>{millis}"),
            Self::Ms(Compare::Under, millis) => write!(f, "ms:<{millis}"),
        }
    }
}

fn list<T, N: AsRef<str>>(
    f: &mut fmt::Formatter<'_>,
    field: &str,
    all: &[T],
    name: impl Fn(&T) -> N,
) -> fmt::Result {
    write!(f, "{field}:")?;
    for (place, one) in all.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        write!(f, "{comma}{}", name(one).as_ref())?;
    }
    Ok(())
}
