//! The audit log: what was changed or sent from here on a profile that is not offline.
//!
//! One JSON object a line, and no line is ever rewritten. A change has two lines in a file
//! that is never shortened: one that is on the disk before it is made, and one that says how
//! it ended. A change without the second one was begun, and the program ended before it was
//! known what became of it. What the engine sends, while somebody lets this program handle
//! deliveries, has one line each in a file of its own, which is bounded: it is written within
//! a second, so that sending does not wait for the disk, and where it cannot be written
//! nothing more is sent. What the engine writes besides is in the log as a whole: that it
//! began, that it ended, and how much was done.

mod entry;
mod file;
mod lines;
mod messages;
mod search;

#[cfg(test)]
mod tests;

pub use entry::{AuditEntry, AuditOutcome, Change, without_secrets};
pub use file::AuditLog;
pub use search::{AuditPart, AuditSearch};
