//! `heliograph`: the engine for terminals, servers and CI, without any window library.

mod bench;
mod commands;
mod config_file;
mod demo;
mod failure;
mod options;
mod output;
mod place;
mod secrets;
mod telemetry;
mod tell;

use clap::{CommandFactory, FromArgMatches, Parser};
use commands::Command;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Builds, tries and runs Instagram automations: routes webhooks, simulates
/// conversations, and receives what Meta sends.
///
/// Exit codes: 0 good, 1 the thing checked is not so or could not be done, 2 wrong usage.
#[derive(Debug, Parser)]
#[command(name = "heliograph", version, max_term_width = 100)]
struct Arguments {
    /// Print JSON with a stable schema instead of text.
    #[arg(long, global = true)]
    json: bool,

    #[command(flatten)]
    logs: telemetry::LogOptions,

    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let line = config_file::line();
    let arguments = match config_file::configured(Arguments::command(), &line) {
        Ok(command) => command.get_matches_from(&line),
        Err(error) => return failure::report(&error.into(), config_file::wants_json(&line)),
    };
    let arguments = match Arguments::from_arg_matches(&arguments) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    // One provider for every TLS connection of the process; a second call would mean that
    // somebody else installed it, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Kept until the end: then the last spans are sent.
    let _logs = match arguments.logs.start() {
        Ok(logs) => logs,
        Err(error) => return failure::report(&error, arguments.json),
    };
    match commands::run(arguments.command, arguments.json) {
        Ok(code) => code,
        Err(error) => failure::report(&error, arguments.json),
    }
}
