//! The laboratory as its users meet it: scenarios, simulator, what-if and recordings.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: a panic is how they fail"
)]

mod explore;
mod explore_anything;
mod outside;
mod playback;
mod scenario_docs;
mod scenarios;
mod simulator;
mod writing;
