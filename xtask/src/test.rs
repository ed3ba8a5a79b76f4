//! `cargo xtask test`: everything that must hold before a change is taken.
//!
//! The order is from cheap to dear, and the dependencies are compiled no more often
//! than needed: once as metadata for clippy, once as code for all tests, the command
//! line and the window together, with one set of features.

use crate::{
    bench, package, packages, repo,
    setup::{For, setup},
    step::{Steps, cargo, npm, output, run},
};
use anyhow::{Result, bail};
use std::process::Command;

/// What to leave out and what to do at length.
#[derive(Debug, Clone, Copy, Default)]
struct Options {
    fast: bool,
    long: bool,
}

/// The window loads the built UI out of the binary, also in the tests.
pub(crate) const FEATURES: [&str; 2] = ["--features", "heliograph-desktop/custom-protocol"];

pub(crate) fn test(args: &[String]) -> Result<()> {
    let mut options = Options::default();
    for arg in args {
        match arg.as_str() {
            "--fast" => options.fast = true,
            "--long" => options.long = true,
            other => bail!("test knows --fast and --long, not `{other}`"),
        }
    }
    let mut steps = Steps::default();
    let result = all(&mut steps, options);
    steps.summary();
    result
}

fn all(steps: &mut Steps, options: Options) -> Result<()> {
    steps.step("Set-up", || setup(For::Tests))?;
    steps.step("Format", || run(&mut cargo(["fmt", "--all", "--check"])))?;
    steps.step("UI: lint", || run(&mut npm(["run", "--silent", "lint"])))?;
    steps.step("UI: types", || {
        run(&mut npm(["run", "--silent", "typecheck"]))
    })?;
    steps.step("UI: tests", || run(&mut npm(["run", "--silent", "test"])))?;
    steps.step("UI: build", || run(&mut npm(["run", "--silent", "build"])))?;
    if output(&mut cargo(["deny", "--version"])).is_some() {
        let checks = ["deny", "--offline", "check", "licenses", "bans", "sources"];
        steps.step("Licences", || run(&mut cargo(checks)))?;
    }
    steps.step("Clippy", || {
        let mut clippy = cargo(["clippy", "--workspace", "--all-targets"]);
        run(quiet_in_ci(&mut clippy)
            .args(FEATURES)
            .args(["--", "--deny", "warnings"]))
    })?;
    steps.step("Build", || {
        // The binaries too: the tests of the command line and of the window start them.
        let mut build = cargo(["build", "--workspace", "--lib", "--bins", "--tests"]);
        run(quiet_in_ci(&mut build).args(FEATURES))
    })?;
    if options.long {
        // A test installs them on a bare machine, which debootstrap makes.
        steps.step("Packages", || {
            packages::install(&["debootstrap"])?;
            package::package(&[])
        })?;
    }
    let name = if options.fast {
        "Tests (without the window)"
    } else {
        "Tests (with the window)"
    };
    steps.step(name, || tests(options))?;
    if options.long {
        steps.step("Pace and hit rates on servers", bench::long)?;
    }
    Ok(())
}

fn tests(options: Options) -> Result<()> {
    let with_environment = |command: &mut Command| {
        command
            .env("HELIOGRAPH_BIN", repo::binary("debug", "heliograph"))
            .env(
                "HELIOGRAPH_DESKTOP_BIN",
                repo::binary("debug", "heliograph-desktop"),
            );
        if options.long {
            command.env("HELIOGRAPH_LONG", "1");
        }
        // As it was built.
        if is_ci() {
            command.env("CARGO_INCREMENTAL", "0");
        }
        run(command)
    };
    if output(&mut cargo(["nextest", "--version"])).is_some() {
        let mut nextest = cargo(["nextest", "run", "--workspace", "--no-fail-fast"]);
        nextest.args(FEATURES);
        if options.fast {
            nextest.args(["-E", "not test(/^desktop/)"]);
        }
        return with_environment(&mut nextest);
    }
    println!(
        "cargo-nextest is not installed, so `cargo test` runs the tests (slower, same tests)."
    );
    let mut rest = cargo(["test", "--workspace", "--no-fail-fast"]);
    rest.args(["--lib", "--bins", "--tests"]).args(FEATURES);
    with_environment(rest.args(["--", "--skip", "desktop"]))?;
    if options.fast {
        return Ok(());
    }
    let mut window = cargo(["test", "--package", "heliograph-tests", "--test", "it"]);
    with_environment(window.args(["--", "desktop", "--test-threads", "1"]))
}

/// Six hundred lines of "Compiling" help whoever waits at a terminal, and nobody else; nor
/// does anybody build there a second time.
fn quiet_in_ci(command: &mut Command) -> &mut Command {
    if is_ci() {
        command.arg("--quiet").env("CARGO_INCREMENTAL", "0");
    }
    command
}

fn is_ci() -> bool {
    std::env::var_os("CI").is_some()
}
