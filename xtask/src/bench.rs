//! `cargo xtask bench`: the workloads of the performance table, as JSON on standard
//! output, measured on an optimised build. `cargo xtask bench production` measures beside
//! a Node system on the same Redis and MongoDB.

use crate::{
    mongod, repo, setup,
    step::{cargo, run},
};
use anyhow::Result;
use std::process::Command;

pub(crate) fn bench(args: Vec<String>) -> Result<()> {
    if args.first().is_some_and(|first| first == "production") {
        return production(&args[1..]);
    }
    build(&["heliograph-cli"])?;
    run(Command::new(repo::binary("release", "heliograph"))
        .args(["bench", "--json"])
        .args(args)
        .current_dir(repo::root()))
}

/// Starts servers of its own, so nothing of a real installation is touched.
fn production(args: &[String]) -> Result<()> {
    mongod::install()?;
    setup::node_packages(
        &repo::node_bench(),
        "the packages of the benched Node system",
    )?;
    build(&["heliograph-cli", "heliograph-bench-production"])?;
    run(Command::new(repo::binary("release", "bench-production"))
        .args(args)
        .current_dir(repo::root()))
}

/// The figures of the design that take minutes: 1,000,000 webhooks an hour for two minutes,
/// a burst of ten times that, and the hit rates of regulars. Fails where one is not reached.
pub(crate) fn long() -> Result<()> {
    let args = ["--parts", "pace,hits", "--jobs", "200000", "--demand"];
    production(&args.map(str::to_owned))
}

fn build(packages: &[&str]) -> Result<()> {
    eprintln!("Building with optimisation (some minutes the first time)");
    let named = packages.iter().flat_map(|package| ["--package", *package]);
    run(cargo(["build", "--release"]).args(named))
}
