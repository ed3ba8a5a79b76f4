//! The accepting side: signed POSTs as fast as they are answered. An answer means that
//! Redis has the job.

use crate::drain::{Micros, per_job};
use crate::ground::Ground;
use crate::process::{self, Process};
use crate::system::{QUEUE, Route, SECRET, System};
use anyhow::{Context, Result, ensure};
use heliograph_bench::figures::Rate;
use heliograph_bench::load::{ClosedLoop, Target, closed_loop};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Connections that post, each waiting for its answer.
const CONNECTIONS: usize = 64;

/// What one route accepted.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Accepted {
    pub(crate) route: Route,
    pub(crate) connections: usize,
    pub(crate) rate: Rate,
    /// For each request. `worker` is the accepting process, `graph` the load generator.
    pub(crate) micros_per_request: Micros,
}

/// Measures each route once.
///
/// # Errors
/// When one refuses a request, or not every request that was answered is in the queue.
pub(crate) fn measure(
    ground: &mut Ground,
    systems: &[System],
    lasting: Duration,
) -> Result<Vec<Accepted>> {
    Route::of(systems)
        .into_iter()
        .map(|route| {
            eprintln!("accepting: {}", route.name());
            one(ground, route, lasting)
        })
        .collect()
}

fn one(ground: &mut Ground, route: Route, lasting: Duration) -> Result<Accepted> {
    ground.clear()?;
    // A paused queue takes jobs and gives none out: where a worker runs in the same
    // process, it rests.
    redis::cmd("HSET")
        .arg(format!("bull:{QUEUE}:meta"))
        .arg("paused")
        .arg(1)
        .query::<()>(&mut ground.redis()?)?;
    let mut command = ground
        .programs
        .accepting(route, &ground.at, ground.tokens()?);
    let server = Process::start(&mut command, ground.folder(), "accepting")?;
    let target = where_it_listens(&server)?;
    let requests: Vec<_> = ground
        .workload()?
        .bodies()
        .map(|body| target.request(body))
        .collect();
    let load = ClosedLoop {
        address: target.address,
        requests: Arc::new(requests),
        connections: CONNECTIONS,
        pipelined: 1,
        lasting,
    };
    let (before, server_before) = (ground.processor()?, server.stat()?.processor);
    let rate = ground.runtime.block_on(closed_loop(load))?;
    let (after, server_after) = (ground.processor()?, server.stat()?.processor);
    let waiting = ground.waiting()?;
    server.stop()?;
    ensure!(
        rate.refused == 0 && usize::try_from(rate.accepted)? == waiting,
        "{} requests were answered with 200, {} otherwise, and {waiting} jobs are there",
        rate.accepted,
        rate.refused
    );
    Ok(Accepted {
        route,
        connections: CONNECTIONS,
        rate,
        micros_per_request: per_job(server_after - server_before, &before, &after, waiting),
    })
}

/// What a program says of itself when it has started.
#[derive(Debug, Deserialize)]
struct Started {
    /// The URL of the webhook.
    listening: String,
}

pub(crate) fn where_it_listens(server: &Process) -> Result<Target> {
    let mut started = None;
    process::wait_until(
        "the accepting program says where it listens",
        Duration::from_secs(60),
        Duration::from_millis(10),
        || {
            ensure!(!server.stat()?.has_ended, "it ended: {}", server.said()?);
            let said = server.said()?;
            let line = said.lines().next().unwrap_or_default();
            started = serde_json::from_str::<Started>(line).ok();
            Ok(started.is_some())
        },
    )?;
    let url = started.context("it has said it")?.listening;
    let rest = url.strip_prefix("http://").unwrap_or(&url);
    let (address, path) = rest.split_once('/').context("the URL has a path")?;
    let address: SocketAddr = address.parse().context("the URL names an address")?;
    Ok(Target {
        address,
        path: format!("/{path}"),
        secret: SecretString::from(SECRET),
    })
}
