//! `cargo xtask bench`: the workloads of the performance table, as JSON on standard
//! output, measured on an optimised build.

use crate::{
    repo,
    step::{cargo, run},
};
use anyhow::Result;
use std::process::Command;

pub(crate) fn bench(args: Vec<String>) -> Result<()> {
    eprintln!("Building `heliograph` with optimisation (about four minutes the first time)");
    run(&mut cargo([
        "build",
        "--release",
        "--package",
        "heliograph-cli",
    ]))?;
    let heliograph = repo::binary("release", "heliograph");
    run(Command::new(heliograph)
        .args(["bench", "--json"])
        .args(args)
        .current_dir(repo::root()))
}
