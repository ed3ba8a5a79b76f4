//! The real binary `heliograph serve`: posted to over HTTP, sending to a simulated
//! Instagram, looked at through its database file.

mod kill;
mod metrics;
mod way;
