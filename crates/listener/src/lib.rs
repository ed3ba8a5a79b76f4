//! The HTTP edge: Meta's verification challenge and signed deliveries.
//!
//! Three paths and no more, because this port is what a tunnel exposes to the internet:
//! the webhook route, `/healthz` and `/readyz`. A delivery is answered with 200 only
//! when the queue has it durably; on anything else Meta posts it again.
//!
//! It stands on hyper itself rather than on a router: with three fixed paths there is
//! nothing to route, and body limits, timeouts and early refusals are decided here in
//! one place and in one order (see [`handle`]).

mod answer;
mod body;
mod challenge;
mod counters;
mod handle;
mod json;
mod observer;
mod ready;
mod serve;
mod settings;
pub mod signature;

pub use answer::accepted as accepted_answer;
pub use counters::ListenerCounters;
pub use observer::{
    Accepted, Observer, Received, Refusal, RefusalReason, Verification, VerificationOutcome,
};
pub use serve::{Listener, RunningListener, Stopped};
pub use settings::{AppSecret, ListenerSettings, SettingsError};
pub use signature::SignatureFault;
