//! `cargo xtask setup`: a machine with Rust and Node becomes one that builds and tests
//! this repository. A second call finds everything there and does nothing.

use crate::{
    mongod, packages, repo,
    step::{npm, npm_in, output, run},
};
use anyhow::{Context, Result, bail};
use std::{fs, path::Path, process::Command};

/// What the machine is being made ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// To build and open the window.
    Window,
    /// To run every test as well.
    Tests,
}

/// Installs what is missing, and says so only where something is.
pub(crate) fn setup(purpose: For) -> Result<()> {
    packages::install(packages::TO_BUILD)?;
    if purpose == For::Tests {
        packages::install(packages::TO_TEST)?;
        mongod::install()?;
        rust_components()?;
    }
    node_packages(&repo::ui(), "the UI's packages")?;
    if purpose == For::Tests {
        node_packages(
            &repo::node_peers(),
            "the packages of the tests' Node programs",
        )?;
    }
    println!("Everything that is needed is there.");
    Ok(())
}

/// rustfmt and clippy, which `rust-toolchain.toml` names; a toolchain that was installed
/// without rustup may still lack them.
fn rust_components() -> Result<()> {
    let lacks =
        |program: &str| output(Command::new("cargo").args([program, "--version"])).is_none();
    if !lacks("fmt") && !lacks("clippy") {
        return Ok(());
    }
    println!("Installing the Rust components rustfmt and clippy");
    run(Command::new("rustup")
        .args(["component", "add", "rustfmt", "clippy"])
        .current_dir(repo::root()))
    .context("install rustfmt and clippy for the toolchain in rust-toolchain.toml")
}

/// `npm ci`, when the lock file is not the one that was installed from.
pub(crate) fn node_packages(folder: &Path, what: &str) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("{} is missing", lock.display()))?;
    // A copy of the lock file beside what was installed from it is the stamp.
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    node_is_there()?;
    println!("Installing {what} (npm ci)");
    let ci = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    run(&mut npm_in(folder, ci))?;
    fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))
}

fn node_is_there() -> Result<()> {
    const WANTED: &str = "Install Node.js 20.19 or newer with npm and call again \
        (Debian and Ubuntu: the packages nodejs and npm, where they are new enough).";
    let Some(version) = output(Command::new("node").arg("--version")) else {
        bail!("the UI is built with Node.js, and there is no `node` here. {WANTED}");
    };
    let mut numbers = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else {
        bail!("`node --version` says `{}`. {WANTED}", version.trim());
    };
    if (major, minor) < (20, 19) {
        bail!(
            "the UI needs a newer Node.js than {}. {WANTED}",
            version.trim()
        );
    }
    if output(npm(["--version"]).current_dir(repo::root())).is_none() {
        bail!("there is a `node` here and no `npm`. {WANTED}");
    }
    Ok(())
}
