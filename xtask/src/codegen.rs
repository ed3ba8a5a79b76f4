//! `cargo xtask codegen`: the UI's bindings to the commands of the desktop shell.
//!
//! The generator is a test of the desktop package, which alone knows the commands: it
//! compares, and writes where it is told to.

use crate::step::{cargo, run};
use anyhow::{Result, bail};

pub(crate) fn codegen(args: &[String]) -> Result<()> {
    let check = match args {
        [] => false,
        [arg] if arg == "--check" => true,
        _ => bail!("codegen knows only --check"),
    };
    let mut test = cargo([
        "test",
        "--quiet",
        "--package",
        "heliograph-desktop",
        "--lib",
    ]);
    test.args(["--", "bindings_are_up_to_date"]);
    if !check {
        test.env("HELIOGRAPH_CODEGEN", "write");
    }
    run(&mut test)?;
    println!(
        "ui/src/host/bindings.ts {}",
        if check { "is up to date" } else { "is written" }
    );
    Ok(())
}
