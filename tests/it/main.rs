//! The integration tests: one binary, a module per topic.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests: a panic is how they fail, they may look at the machine's clock, and they print figures"
)]

mod commands;
mod desktop;
mod desktop_accessibility;
mod desktop_accounts;
mod desktop_appearance;
mod desktop_builder;
mod desktop_cache;
mod desktop_connections;
mod desktop_conversations;
mod desktop_conversations_bulk;
mod desktop_elsewhere;
mod desktop_guard;
mod desktop_keyring;
mod desktop_listener;
mod desktop_load;
mod desktop_memory;
mod desktop_notices;
mod desktop_observe;
mod desktop_pace;
mod desktop_pictures;
mod desktop_queue;
mod desktop_sends;
mod desktop_simulator;
mod desktop_start;
mod desktop_traffic;
mod desktop_tunnel;
mod desktop_welcome;
mod desktop_windows;
mod desktop_workers;
mod engine;
mod invariants;
mod packages;
mod production;
mod serve;
