//! The listener over real TCP.
#![allow(clippy::unwrap_used, reason = "a test")]

mod deliveries;
mod durable;
mod limits;
mod raw_requests;
mod stopping;
mod support;
mod verification;
