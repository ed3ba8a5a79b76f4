//! Automations in the making: the library of a workspace, drafts, publishing, versions.
//!
//! What is published is in the profile's own store, and changes through
//! [`heliograph_engine::workspaces`] alone. What is not published yet, what was published
//! before, and what was put away is on a [`Shelf`]: a file beside the window's settings
//! that no engine reads.

mod accounts;
mod builder;
mod drafts;
mod error;
mod exploring;
mod library;
mod overlay;
mod sharing;
mod shelf;
mod shelving;
mod template;
mod tester;
#[cfg(test)]
mod tests;

pub use builder::Builder;
pub use drafts::{Opened, Saved};
pub use error::{BuilderError, Result};
pub use library::{Entry, EntryState, Library, PutAway, PutAwayWhy};
pub use overlay::{Overlay, Passage, Period, WayFrom, WayTo, overlay};
pub use shelf::{Shelf, Version};
pub use template::{Template, template, templates};
pub use tester::{Tested, WinnerOf};
