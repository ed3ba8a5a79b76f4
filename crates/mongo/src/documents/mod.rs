//! The documents of each collection, and how they become our vocabulary.
//!
//! Each module reads what it is given, by whomever it was written, and writes what a Node
//! application reads: camelCase fields, dates as dates, ids as object ids where they have
//! the shape of one.

pub(crate) mod account;
pub(crate) mod automation;
pub(crate) mod contact;
pub(crate) mod mark;
pub(crate) mod user_state;
pub(crate) mod workspace;
