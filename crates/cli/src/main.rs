//! `heliograph`: the engine for terminals, servers and CI, without any window library.

mod bench;
mod commands;
mod config_file;
mod demo;
mod failure;
mod live;
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
    #[arg(long, global = true, env = "HELIOGRAPH_JSON", value_parser = options::flag)]
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Options that must not be set for several runs at once; why, stands where they are.
    const OF_ONE_RUN: [&str; 2] = ["help", "version"];

    #[test]
    fn every_option_of_a_command_on_servers_has_a_variable() {
        // As it is parsed: with the options of all commands in each.
        let mut whole = Arguments::command();
        whole.build();
        for name in ["serve", "worker", "doctor", "import", "export"] {
            let command = whole
                .find_subcommand(name)
                .expect("there is such a command");
            let mut seen = 0;
            for option in command.get_arguments().filter(|it| !it.is_positional()) {
                let id = option.get_id().as_str();
                let variable = option.get_env().and_then(std::ffi::OsStr::to_str);
                if OF_ONE_RUN.contains(&id) {
                    assert_eq!(variable, None, "{name} --{id}");
                    continue;
                }
                let variable = variable.unwrap_or_else(|| panic!("{name} --{id} has no variable"));
                let expected = id.to_ascii_uppercase();
                assert_eq!(variable, format!("HELIOGRAPH_{expected}"), "{name}");
                seen += 1;
            }
            assert!(seen > 20, "{name} has those of a profile and of the log");
        }
    }
}
