//! `heliograph`: the engine for terminals, servers and CI, without any window library.

mod bench;
mod commands;
mod demo;
mod failure;
mod options;
mod output;
mod profile;
mod secrets;
mod tell;

use clap::Parser;
use commands::Command;
use std::io::IsTerminal;
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

    /// How much to log on standard error, as in `info` or `heliograph_engine=debug`.
    #[arg(
        long,
        global = true,
        env = "HELIOGRAPH_LOG",
        default_value = "warn",
        value_name = "FILTER"
    )]
    log: String,

    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(error) = start_logging(&arguments.log) {
        return failure::report(&error, arguments.json);
    }
    // One provider for every TLS connection of the process; a second call would mean that
    // somebody else installed it, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match commands::run(arguments.command, arguments.json) {
        Ok(code) => code,
        Err(error) => failure::report(&error, arguments.json),
    }
}

fn start_logging(filter: &str) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).map_err(|error| {
        failure::Usage(format!(
            "--log {filter:?} is not a filter: {error}. Try info, or debug."
        ))
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}
