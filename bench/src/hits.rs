//! The hit rates of a worker whose regulars have been there before: the first half of half
//! a day fills what is shared, a worker of its own handles the second half and counts.

use crate::drain::drain;
use crate::ground::{Ground, People, Shape};
use crate::system::System;
use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;

/// What one worker's caches did.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hits {
    pub(crate) jobs: usize,
    pub(crate) jobs_per_second: f64,
    /// By collection, as the worker prints them at its end.
    pub(crate) rates: Vec<Value>,
}

impl Hits {
    /// # Errors
    /// Where a collection that has an aim does not reach it (the design).
    pub(crate) fn demand(&self) -> Result<()> {
        for rate in self.rates.iter().filter(|rate| !rate["target"].is_null()) {
            ensure!(
                rate["verdict"] == "reached",
                "the hit rate is too low: {rate}"
            );
        }
        Ok(())
    }
}

/// Measures with half of the shape's jobs behind it.
///
/// # Errors
/// When a drain fails.
pub(crate) fn measure(ground: &mut Ground, shape: &Shape) -> Result<Hits> {
    ground.prepare(&Shape {
        people: People::Regulars,
        ..*shape
    })?;
    ground.clear()?;
    let half = shape.jobs / 2;
    ground.enqueue(0..half)?;
    drain(ground, System::Heliograph, 1, half, true)?;
    ground.enqueue(half..shape.jobs)?;
    let drained = drain(ground, System::Heliograph, 1, shape.jobs - half, true)?;
    let figures = drained.figures.first().context("a worker's figures")?;
    let rates = figures["hitRates"].as_array().context("its hit rates")?;
    Ok(Hits {
        jobs: drained.jobs,
        jobs_per_second: drained.jobs_per_second,
        rates: rates.clone(),
    })
}
