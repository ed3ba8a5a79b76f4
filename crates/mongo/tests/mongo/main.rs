//! The adapter on a real mongod.

#![allow(clippy::unwrap_used, reason = "tests")]

mod archive;
mod changes;
mod indexes;
mod outage;
mod rig;
mod secrets;
mod sharing;
mod stories;
