//! The integration tests: one binary, a module per topic.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests: a panic is how they fail, and they may look at the machine's clock"
)]

mod desktop;
mod invariants;
