//! A public address for the listener: tunnels that are started, watched and asked.
//!
//! A tunnel is a program that somebody else wrote (`cloudflared`, `ngrok`, `ssh`, any
//! other), or an address that leads here already. This crate starts the program without a
//! shell, reads what it prints ([`reading`]), decides what that means ([`machine`], which is
//! pure), starts it again when it dies, and asks through the public address whether the
//! listener answers there ([`health`]). Nothing of a tunnel outlives the application.
//!
//! No window is known here, and no secret: a program's own token stays in its own
//! configuration.

mod challenges;
mod check;
mod child;
mod client;
mod error;
mod health;
mod keep;
mod machine;
mod output;
mod plan;
mod programs;
mod reading;
mod settings;
mod state;
pub mod subscribed;
mod tunnel;

pub use challenges::{Asker, ChallengeOutcome, Challenges, SeenChallenge};
pub use check::{CheckStep, SelfCheck, check};
pub use error::{Result, TunnelError};
pub use health::{Health, HealthProblem};
pub use keep::TunnelFile;
pub use output::OutputLine;
pub use plan::Plan;
pub use programs::{Program, Programs};
pub use settings::{SshSettings, TunnelKind, TunnelSettings};
pub use state::TunnelState;
pub use subscribed::{SubscribedAccount, SubscribedApp};
pub use tunnel::{Tunnel, TunnelStatus};
