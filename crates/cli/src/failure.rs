//! How a command fails: what went wrong and what to do, as text or JSON, with the exit
//! code of the design.

use crate::output;
use std::io;
use std::process::ExitCode;

/// The command was used wrongly: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub String);

/// Prints the error on standard error and gives its exit code.
pub(crate) fn report(error: &anyhow::Error, json: bool) -> ExitCode {
    // Whoever read our output has seen enough.
    let closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    if error.downcast_ref().is_some_and(closed) {
        return ExitCode::SUCCESS;
    }
    // Some errors repeat their source in their own text; each sentence is said once.
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !message.contains(&cause) {
            if !message.is_empty() {
                message.push_str(": ");
            }
            message.push_str(&cause);
        }
    }
    if json {
        output::error_line(&serde_json::json!({ "error": message }).to_string());
    } else {
        output::error_line(&format!("heliograph: {message}"));
    }
    if error.is::<Usage>() {
        ExitCode::from(2)
    } else {
        ExitCode::from(1)
    }
}
