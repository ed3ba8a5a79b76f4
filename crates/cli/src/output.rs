//! Printing. A closed pipe (`heliograph route … | head`) is an error here, which ends the
//! program quietly: see [`crate::failure::report`].

use serde::Serialize;
use std::io::{self, Write};

/// Prints one line on standard output.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn line(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}

/// Prints a document as one line of JSON.
///
/// # Errors
/// As [`line`].
pub(crate) fn json<T: Serialize>(document: &T) -> anyhow::Result<()> {
    line(&serde_json::to_string(document)?)
}

/// Prints one line on standard error; there is nobody to tell if that fails.
pub(crate) fn error_line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
