//! The laboratory: simulated people, scenarios and linting of automations.
//!
//! Nothing in here decides anything: what a person does becomes a webhook, goes through
//! the engine of a real profile, and what is shown is what that engine did.

pub mod explore;
pub mod lint;
pub mod scenario;
pub mod simulator;
mod workspace;

pub use workspace::{
    WorkspaceFileError, demo_workspace, read_workspace, unread_fields, write_workspace,
};
