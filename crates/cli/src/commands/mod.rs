//! The commands, one file for each.

mod completions;
mod demo;
mod doctor;
mod export;
mod import;
mod lint;
mod man;
mod route;
mod serve;
mod simulate;
mod worker;

use clap::Subcommand;
use std::future::Future;
use std::process::ExitCode;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts everything with the demo workspace, posts signed webhooks to its own
    /// listener, and prints the conversation, the states and the hit rates.
    Demo(demo::DemoArguments),
    /// Turns deliveries into events, one line of JSON for each.
    Route(route::RouteArguments),
    /// Plays scenarios on a virtual clock, and fails where something is not as expected.
    Simulate(simulate::SimulateArguments),
    /// Receives webhooks and answers them: listener and worker, headless.
    #[command(after_help = serve::SECRETS_HELP)]
    Serve(serve::ServeArguments),
    /// Works on the queue of a production profile, headless. Any number of workers may
    /// share a queue.
    #[command(after_help = worker::SECRETS_HELP)]
    Worker(worker::WorkerArguments),
    /// Tries the connections of a profile, and says what is wrong and what to do.
    Doctor(doctor::DoctorArguments),
    /// Brings a workspace in from a JSON or YAML file.
    Import(import::ImportArguments),
    /// Writes a workspace as one JSON or YAML file, without secrets.
    Export(export::ExportArguments),
    /// Finds automations that can never fire, exceed Instagram's limits, or are empty.
    Lint(lint::LintArguments),
    /// Runs the workloads of the performance table and prints one JSON object.
    Bench(crate::bench::BenchArguments),
    /// Prints what a shell completes.
    Completions(completions::CompletionsArguments),
    /// Prints the manual.
    Man(man::ManArguments),
}

/// Runs a command to its end.
///
/// # Errors
/// What could not be done, for people; [`crate::failure::Usage`] for wrong usage.
pub(crate) fn run(command: Command, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(arguments) => block_on(demo::run(arguments, json)),
        Command::Route(arguments) => route::run(&arguments),
        Command::Simulate(arguments) => block_on(simulate::run(arguments, json)),
        Command::Serve(arguments) => block_on(serve::run(arguments, json)),
        Command::Worker(arguments) => block_on(worker::run(arguments, json)),
        Command::Doctor(arguments) => block_on(doctor::run(arguments, json)),
        Command::Import(arguments) => block_on(import::run(arguments, json)),
        Command::Export(arguments) => block_on(export::run(arguments, json)),
        Command::Lint(arguments) => block_on(lint::run(arguments, json)),
        Command::Bench(arguments) => block_on(crate::bench::run(arguments, json)),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(future)
}
