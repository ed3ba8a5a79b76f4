//! Drains in turn: each system drains the same jobs, on the same servers, one after the
//! other, and both must leave the same behind.

use crate::drain::{Drained, Micros, drain};
use crate::ground::Ground;
use crate::outcome::Outcome;
use crate::system::System;
use anyhow::{Result, bail};
use heliograph_bench::figures::rounded;
use serde::Serialize;
use std::collections::BTreeMap;

/// Differences that are told.
const MOST_TOLD: usize = 10;

/// All drains, and what follows from them.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rounds {
    pub(crate) drains: Vec<Drained>,
    /// The median of each system.
    pub(crate) jobs_per_second: BTreeMap<System, f64>,
    /// How many times as fast as Node.
    pub(crate) times_node: Option<f64>,
    /// What each drain left behind, which is the same for all of them.
    pub(crate) left: BTreeMap<&'static str, usize>,
}

/// Drains `rounds` times with each system.
///
/// # Errors
/// When a drain fails or leaves something else behind than the first.
pub(crate) fn measure(
    ground: &mut Ground,
    systems: &[System],
    workers: u32,
    rounds: u32,
) -> Result<Rounds> {
    let jobs = ground.workload()?.deliveries.len();
    let mut drains = Vec::new();
    let mut first: Option<(System, Outcome)> = None;
    for round in 1..=rounds {
        for system in systems {
            let drained = one(ground, *system, workers, jobs, &mut first)?;
            eprintln!(
                "drain {round} of {rounds}: {} {:.0} a second",
                system.name(),
                drained.jobs_per_second
            );
            drains.push(drained);
        }
    }
    let jobs_per_second: BTreeMap<_, _> = systems
        .iter()
        .map(|system| (*system, median(&drains, *system, |it| it.jobs_per_second)))
        .collect();
    let times_node = jobs_per_second
        .get(&System::Heliograph)
        .zip(jobs_per_second.get(&System::Node))
        .map(|(ours, node)| rounded(ours / node));
    Ok(Rounds {
        drains,
        jobs_per_second,
        times_node,
        left: first.map_or_else(BTreeMap::new, |(_, outcome)| outcome.counts()),
    })
}

/// One drain, compared with the first.
///
/// # Errors
/// When it fails, or leaves something else behind. Several Node workers may: nothing in
/// the Node system keeps two events of one contact apart, so with several of them it is a
/// matter of luck, and the differences are counted.
pub(crate) fn one(
    ground: &mut Ground,
    system: System,
    workers: u32,
    jobs: usize,
    first: &mut Option<(System, Outcome)>,
) -> Result<Drained> {
    ground.clear()?;
    ground.enqueue(0..jobs)?;
    let mut drained = drain(ground, system, workers, jobs, true)?;
    let outcome = Outcome::read(ground)?;
    let Some((by, expected)) = first else {
        *first = Some((system, outcome));
        return Ok(drained);
    };
    let mut told = expected.differences(&outcome);
    drained.differences = told.len();
    let may_differ = system == System::Node && workers > 1;
    if !told.is_empty() && !may_differ {
        told.truncate(MOST_TOLD);
        bail!(
            "{} and {} left {} differences behind (first {:?}, then {:?}):\n{}",
            by.name(),
            system.name(),
            drained.differences,
            expected.counts(),
            outcome.counts(),
            told.join("\n")
        );
    }
    Ok(drained)
}

/// The median of a figure over the drains of a system.
pub(crate) fn median(drains: &[Drained], system: System, figure: fn(&Drained) -> f64) -> f64 {
    let mut figures: Vec<_> = drains
        .iter()
        .filter(|drained| drained.system == system)
        .map(figure)
        .collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// The median processor time of each process for one job.
pub(crate) fn micros(drains: &[Drained], system: System) -> Micros {
    Micros {
        worker: median(drains, system, |it| it.micros_per_job.worker),
        redis: median(drains, system, |it| it.micros_per_job.redis),
        mongod: median(drains, system, |it| it.micros_per_job.mongod),
        graph: median(drains, system, |it| it.micros_per_job.graph),
    }
}
