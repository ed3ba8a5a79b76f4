//! The Graph API client: the engine's port `Instagram` over HTTP.
//!
//! One attempt for each call, classified by Meta's code and subcode ([`errors`]). Whether
//! and when it is tried again is the engine's. What is remembered between calls is in one
//! gate for each account: its pace, a pause that Instagram asked for, a refused token, and a
//! circuit breaker. [`GraphClient::account_states`] tells of it.

pub(crate) mod answer;
mod breaker;
mod config;
pub mod errors;
mod flavour;
mod graph;
mod pacing;
mod state;
mod subscriptions;
mod telling;
mod tokens;
mod transport;
mod usage;

pub use breaker::{BreakerSettings, BreakerState};
pub use config::{API_VERSION, GraphConfig, GraphConfigError};
pub use flavour::{Flavour, UnknownFlavour};
pub use graph::GraphClient;
pub use pacing::Pacing;
pub use state::AccountState;
pub use tokens::{SimulatedTokens, TokenMap, Tokens};
