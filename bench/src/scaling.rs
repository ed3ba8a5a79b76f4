//! How rate and cost grow: with the workers on one queue, and with the automations of a
//! workspace.

use crate::drain::Drained;
use crate::ground::{Ground, People, Shape};
use crate::rounds;
use crate::system::System;
use anyhow::Result;
use serde::Serialize;

/// Workers on one queue.
const WORKERS: [u32; 4] = [1, 2, 3, 4];
/// Automations of a workspace.
const AUTOMATIONS: [usize; 4] = [10, 100, 1_000, 10_000];
/// Accounts where there are many automations: 10 accounts with 10,000 each are 100,000
/// documents.
const ACCOUNTS: usize = 10;
/// Node reads and parses all automations of a workspace for each event, so with many of
/// them fewer jobs say as much. So many automations in all are parsed at the most.
const NODE_PARSES: usize = 5_000_000;
/// But never fewer jobs than this.
const FEWEST_JOBS: usize = 1_000;

/// Both ways to grow.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scaling {
    /// From 1 to 4 workers on one queue.
    pub(crate) workers: Vec<Drained>,
    /// From 10 to 10,000 automations a workspace, with one worker.
    pub(crate) automations: Vec<WithAutomations>,
}

/// One drain with so many automations in each workspace.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WithAutomations {
    pub(crate) automations: usize,
    pub(crate) accounts: usize,
    pub(crate) drained: Drained,
}

/// Measures each system in each size once.
pub(crate) fn measure(ground: &mut Ground, systems: &[System], shape: &Shape) -> Result<Scaling> {
    let mut scaling = Scaling {
        workers: Vec::new(),
        automations: Vec::new(),
    };
    ground.prepare(shape)?;
    let mut first = None;
    for workers in WORKERS {
        for system in systems {
            let drained = rounds::one(ground, *system, workers, shape.jobs, &mut first)?;
            eprintln!(
                "{workers} workers: {} {:.0} a second",
                system.name(),
                drained.jobs_per_second
            );
            scaling.workers.push(drained);
        }
    }
    for automations in AUTOMATIONS {
        for system in systems {
            let jobs = match system {
                System::Node => shape.jobs.min(NODE_PARSES / automations).max(FEWEST_JOBS),
                System::Heliograph => shape.jobs,
            };
            ground.prepare(&Shape {
                accounts: ACCOUNTS,
                automations,
                jobs,
                people: People::Many,
            })?;
            let drained = rounds::one(ground, *system, 1, jobs, &mut None)?;
            eprintln!(
                "{automations} automations: {} {:.0} a second",
                system.name(),
                drained.jobs_per_second
            );
            scaling.automations.push(WithAutomations {
                automations,
                accounts: ACCOUNTS,
                drained,
            });
        }
    }
    Ok(scaling)
}
