//! The engine: what becomes of a webhook, whatever it runs on.
//!
//! It knows no host: no window, no HTTP server, no database. What it needs of the world
//! are the [`ports`], and time comes in through one of them.

pub mod bulletins;
pub mod cache;
pub mod decide;
pub mod email;
pub mod happenings;
pub mod histogram;
pub mod matching;
pub mod ports;
pub mod process;
pub mod route;
pub mod steps;
pub mod template;
pub mod validate;
pub mod workspaces;

#[cfg(feature = "conformance")]
pub mod conformance;
