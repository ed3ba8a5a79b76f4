//! The simulated Instagram: the rules of the real one in memory ([`SimulatedInstagram`]),
//! an HTTP server with Meta's paths around them ([`serve`]), and the engine's port over
//! them without HTTP ([`DirectInstagram`]).
//!
//! What is deliberately absent: pictures (media is taken by its address and never
//! fetched), other people's replies to what is sent (the simulator plays those), and
//! webhooks (the simulator builds those; [`Sent::echo`] is how Meta would tell of a send).

mod accounts;
mod apps;
mod comments;
mod core;
mod direct;
mod errors;
mod fault;
mod input;
mod messages;
mod observe;
mod pacing;
mod people;
mod profile;
mod request;
mod sent;
mod server;
mod settings;
mod state;
mod subscriptions;
mod templates;
mod window;
mod world;

pub use accounts::{NewAccount, simulated_token};
pub use comments::{Comment, Media, SimulatedMedia};
pub use core::SimulatedInstagram;
pub use direct::DirectInstagram;
pub use errors::GraphError;
pub use fault::{Failure, Fault, FaultId, Requests};
pub use pacing::Usage;
pub use people::Person;
pub use request::{Answer, Outcome, Request};
pub use sent::{Counters, Sent, SentKind};
pub use server::{SimulatedServer, serve};
pub use settings::SimulatedSettings;
