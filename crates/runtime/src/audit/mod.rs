//! The audit log: what was changed or sent from here on a profile that is not offline.
//!
//! One file, one JSON object a line, and nothing in it is ever rewritten. A change that
//! takes a moment has two lines: one that is on the disk before it is made, and one that
//! says how it ended. A change without the second one was begun, and the program ended
//! before it was known what became of it. The engine's own work is not in it line by line:
//! when somebody lets this program handle deliveries, it is said that it began, that it
//! ended, and how much was done.

mod entry;
mod file;

#[cfg(test)]
mod tests;

pub use entry::{AuditEntry, AuditOutcome, Change, without_secrets};
pub use file::{AuditLog, AuditSearch};
