//! The embedded profile on real files: its store, queue and cache, and what survives.
#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

mod age;
mod cache;
mod crash;
mod limits;
mod opening;
mod register;
mod removing;
mod seen;
mod stories;
