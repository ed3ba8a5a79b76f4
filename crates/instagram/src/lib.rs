//! Instagram: the Graph API client, and a simulated Instagram that keeps the real one's
//! rules.
//!
//! Both stand behind the engine's port `Instagram`. [`client::GraphClient`] speaks HTTP to
//! whichever address it is given: Meta's, or that of the server around
//! [`simulated::SimulatedInstagram`]. [`simulated::DirectInstagram`] takes the same
//! requests to the same rules without HTTP, for benchmarks. What a request looks like is
//! written down once, in [`wire`].
//!
//! This crate decides nothing: which message goes to whom, and whether a failed send is
//! tried again, is the engine's.

mod bucket;
pub mod client;
pub mod simulated;
pub mod wire;
