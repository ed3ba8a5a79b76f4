//! The simulated Instagram and the client, over real HTTP on the loopback address.

#![allow(clippy::unwrap_used, reason = "a test")]

mod breaker;
mod client;
mod comments;
mod direct;
mod faults;
mod meanings;
mod messages;
mod observe;
mod pacing;
mod profiles;
mod round_trip;
mod sent;
mod subscriptions;
mod support;
mod telling;
mod tokens;
mod window;
