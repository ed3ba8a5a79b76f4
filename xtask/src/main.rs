//! `cargo xtask setup | run | test | codegen | pictures | package | bench`: everything that is done to this
//! repository, in place of shell scripts.
//!
//! Nothing but `anyhow` is used here: this is the first thing that a fresh clone
//! compiles, and it must be there within seconds.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for terminals speaks on them"
)]

mod bench;
mod codegen;
mod display;
mod mongod;
mod package;
mod packages;
mod pictures;
mod repo;
mod run;
mod setup;
mod step;
mod test;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <verb>

  setup              install what is missing to build and test (does nothing when all is there)
  run [ARGS]         open the window; without a display, run `heliograph demo`
      --dev          with the development server of the UI, for working on it
  test               format, lints, UI, invariants, tests, and the window end to end
      --fast         without the window end to end
      --long         with the long versions of the tests that have one
  codegen            write ui/src/host/bindings.ts from the commands declared in Rust
      --check        only say whether it is up to date
  pictures           take the pictures of docs/ in the real window
  package            the packages that people install, below target/
      --cli          the command line's alone
  bench [ARGS]       the workloads of the performance table, as JSON
  bench production   Heliograph beside a Node system on the same Redis and MongoDB";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let verb = args.next();
    let rest: Vec<String> = args.collect();
    let done = match verb.as_deref() {
        Some("setup") => no_args(&rest).and_then(|()| setup::setup(setup::For::Tests)),
        Some("run") => run::run(rest),
        Some("test") => test::test(&rest),
        Some("codegen") => codegen::codegen(&rest),
        Some("pictures") => no_args(&rest).and_then(|()| pictures::pictures()),
        Some("package") => package::package(&rest),
        Some("bench") => bench::bench(rest),
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        Some(other) => Err(anyhow::anyhow!("there is no verb `{other}`\n\n{USAGE}")),
        None => Err(anyhow::anyhow!("{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn no_args(rest: &[String]) -> Result<()> {
    if let Some(arg) = rest.first() {
        bail!("`{arg}` means nothing here\n\n{USAGE}");
    }
    Ok(())
}
