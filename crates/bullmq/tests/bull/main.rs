//! BullMQ on real servers, with real Node clients beside it.

#![allow(clippy::unwrap_used, reason = "a test")]

mod failing;
mod jobs;
mod outage;
mod pausing;
mod rig;
mod sharing;
mod stalling;
mod stories;
mod tls;
