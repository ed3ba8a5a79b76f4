//! `cargo xtask test`: everything that must hold before a change is taken.
//!
//! The order is from cheap to dear, and all tests, the command line and the window are
//! compiled together, with one set of features. Where nobody builds a second time Clippy
//! looks on meanwhile; elsewhere it has what it needs compiled as metadata first, so that
//! the code stays as it was built between two runs.

use crate::{
    bench, package, packages, repo,
    setup::{For, setup},
    step::{Steps, cargo, npm, output, run},
};
use anyhow::{Result, bail};
use std::{num::NonZeroUsize, process::Command};

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
    if is_ci() {
        steps.step("Clippy and build", || {
            // Six hundred lines of "Compiling" help whoever waits at a terminal, and nobody else.
            let mut build = cargo(["build", "--quiet", "--workspace", "--all-targets"]);
            run(in_ci(build.args(FEATURES)))
        })?;
    } else {
        steps.step("Clippy", || {
            let mut clippy = cargo(["clippy", "--workspace", "--all-targets"]);
            run(clippy.args(FEATURES).args(["--", "--deny", "warnings"]))
        })?;
        steps.step("Build", || {
            // The binaries too: the tests of the command line and of the window start them.
            let mut build = cargo(["build", "--workspace", "--lib", "--bins", "--tests"]);
            run(build.args(FEATURES))
        })?;
    }
    if options.long {
        // A test installs them on a bare machine, which debootstrap makes, and another one
        // opens what this system does not install.
        steps.step("Packages", || {
            packages::install(&["debootstrap", "rpm", "cpio"])?;
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
        // Nobody looks at them, and taking them costs minutes.
        command.env("HELIOGRAPH_PICTURES", "0");
        if is_ci() {
            // As it was built.
            in_ci(command);
        }
        run(command)
    };
    if output(&mut cargo(["nextest", "--version"])).is_some() {
        let mut nextest = cargo(["nextest", "run", "--workspace", "--no-fail-fast"]);
        // Many wait for a server that starts, or for a time to pass: one more than cores.
        let threads = std::thread::available_parallelism().map_or(2, NonZeroUsize::get) + 1;
        nextest
            .args(FEATURES)
            .args(["--test-threads", &threads.to_string()]);
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

/// A cargo that compiles where nobody builds a second time: our crates through Clippy's
/// compiler, which says what it finds while it makes the code. By itself Clippy would have
/// everything compiled once more, as metadata, which takes longer than all that is ours.
fn in_ci(command: &mut Command) -> &mut Command {
    command
        .env("CARGO_INCREMENTAL", "0")
        // A failure names its line without them.
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
        // As `cargo clippy -- --deny warnings` hands it on.
        .env(
            "CLIPPY_ARGS",
            "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
        )
}

fn is_ci() -> bool {
    std::env::var_os("CI").is_some()
}
