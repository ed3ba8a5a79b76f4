//! The adapters on real redis-servers, which the tests start.
#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

mod announcements;
mod bulletins;
mod cache;
mod connection;
mod keys;
mod probe;
