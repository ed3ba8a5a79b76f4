//! `heliograph completions`: what a shell completes.

use clap::CommandFactory;
use clap_complete::Shell;
use std::io::{self, Write};
use std::process::ExitCode;

/// What is asked for.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArguments {
    /// For which shell. Put what is printed where it looks for completions, such as
    /// `heliograph completions bash > /etc/bash_completion.d/heliograph`.
    shell: Shell,
}

/// Prints the completions of a shell.
///
/// # Errors
/// When they cannot be printed.
pub(crate) fn run(arguments: &CompletionsArguments) -> anyhow::Result<ExitCode> {
    // Made in memory first: a reader that goes away is an error and no panic.
    let mut made = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut crate::Arguments::command(),
        "heliograph",
        &mut made,
    );
    io::stdout().lock().write_all(&made)?;
    Ok(ExitCode::SUCCESS)
}
