//! `cargo xtask bench production`: Heliograph and a Node system written as such systems
//! are (`bench/node/`), in turn on the same redis-server, mongod and Graph API stand-in,
//! with the same jobs enqueued by Node. What both leave behind is compared.
//!
//! One JSON object goes to standard output, tables for people to standard error.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for terminals speaks on them"
)]

mod accepting;
mod ceiling;
mod documents;
mod drain;
mod ground;
mod hits;
mod outcome;
mod pace;
mod plot;
mod process;
mod report;
mod rounds;
mod scaling;
mod stand_in;
mod system;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use heliograph_bench::machine::Machine;
use std::path::PathBuf;
use std::time::Duration;
use system::System;

/// Heliograph beside a Node system on the same servers.
#[derive(Debug, Parser)]
struct Arguments {
    /// Webhooks that each drain takes from the queue.
    #[arg(long, default_value_t = 50_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1_000..))]
    jobs: u32,
    /// How often each system is measured; they take turns.
    #[arg(long, default_value_t = 3, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Only this system; there is nothing to compare then.
    #[arg(long, value_enum, value_name = "SYSTEM")]
    only: Option<System>,
    /// Worker processes on the one queue.
    #[arg(long, default_value_t = 1, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=16))]
    workers: u32,
    /// Automations of each workspace.
    #[arg(long, default_value_t = 15, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(4..))]
    automations: u32,
    /// Accounts, each with a workspace of its own.
    #[arg(long, default_value_t = 100, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    accounts: u32,
    /// What to measure.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "PART",
        default_value = "ceiling,drain,accepting"
    )]
    parts: Vec<Part>,
    /// How long the accepting side is measured.
    #[arg(long, default_value_t = 10, value_name = "SECONDS")]
    seconds: u64,
    /// How long 1,000,000 webhooks an hour are kept up.
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    steady_seconds: u64,
    /// Fail where `pace` or `hits` do not reach what the design asks for.
    #[arg(long)]
    demand: bool,
    /// The binary of Heliograph. Default: the one that was built beside this.
    #[arg(long, value_name = "FILE")]
    heliograph: Option<PathBuf>,
    /// Where the plot of `scaling` goes.
    #[arg(
        long,
        default_value = "docs/production-scaling.svg",
        value_name = "FILE"
    )]
    plot: PathBuf,
    /// Ends as a worker that does nothing with its jobs; the benchmark starts itself so.
    #[arg(long, hide = true, value_name = "QUEUE", requires = "redis")]
    no_op_worker: Option<String>,
    #[arg(long, hide = true, value_name = "URL")]
    redis: Option<String>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Jobs that nothing is done with: what the queue itself can do.
    Ceiling,
    /// From a full queue to everything sent and saved.
    Drain,
    /// From a signed POST to the answer.
    Accepting,
    /// 1,000,000 webhooks an hour, then ten times that: from accepting to having sent.
    Pace,
    /// Hit rates of a worker whose regulars have been there before.
    Hits,
    /// From 1 to 4 workers, and from 10 to 10,000 automations a workspace.
    Scaling,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let (Some(queue), Some(redis)) = (&arguments.no_op_worker, &arguments.redis) {
        return ceiling::work_without_effect(redis, queue);
    }
    let systems = System::chosen(arguments.only);
    let programs = system::Programs::find(arguments.heliograph.as_deref(), &systems)?;
    let shape = ground::Shape {
        accounts: usize::try_from(arguments.accounts)?,
        automations: usize::try_from(arguments.automations)?,
        jobs: usize::try_from(arguments.jobs)?,
        people: ground::People::Many,
    };
    let mut ground = ground::Ground::start(programs)?;
    let mut report = report::Report::new(Machine::look(ground.folder())?);
    let wants = |part: Part| arguments.parts.contains(&part);
    if wants(Part::Ceiling) {
        ground.prepare(&shape)?;
        report.ceiling = Some(ceiling::measure(&mut ground, &systems, shape.jobs)?);
    }
    if wants(Part::Drain) {
        ground.prepare(&shape)?;
        report.drain = Some(rounds::measure(
            &mut ground,
            &systems,
            arguments.workers,
            arguments.rounds,
        )?);
    }
    if wants(Part::Accepting) {
        ground.prepare(&shape)?;
        let lasting = Duration::from_secs(arguments.seconds);
        report.accepting = Some(accepting::measure(&mut ground, &systems, lasting)?);
    }
    if wants(Part::Pace) {
        let lasting = Duration::from_secs(arguments.steady_seconds);
        report.pace = Some(pace::measure(&mut ground, &shape, lasting)?);
    }
    if wants(Part::Hits) {
        report.hits = Some(hits::measure(&mut ground, &shape)?);
    }
    if wants(Part::Scaling) {
        let scaling = scaling::measure(&mut ground, &systems, &shape)?;
        std::fs::write(&arguments.plot, plot::svg(&scaling))
            .with_context(|| format!("{} cannot be written", arguments.plot.display()))?;
        report.scaling = Some(scaling);
    }
    eprintln!("{report}");
    println!("{}", serde_json::to_string_pretty(&report)?);
    if arguments.demand {
        report.pace.as_ref().map_or(Ok(()), pace::Paced::demand)?;
        report.hits.as_ref().map_or(Ok(()), hits::Hits::demand)?;
    }
    Ok(())
}
