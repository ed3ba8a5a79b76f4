//! As fast as it goes: each connection sends again when it was answered.

use super::{Latencies, apart, connection::Connection};
use crate::figures::Rate;
use anyhow::Result;
use bytes::Bytes;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// As fast as it goes.
#[derive(Debug, Clone)]
pub struct ClosedLoop {
    /// Where they go.
    pub address: SocketAddr,
    /// The requests, sent over and over; a connection starts at its own place in them.
    pub requests: Arc<Vec<Bytes>>,
    /// How many connections send.
    pub connections: usize,
    /// Requests that are written together before their answers are read.
    pub pipelined: usize,
    /// How long it lasts. Requests under way at its end are still answered, and count.
    pub lasting: Duration,
}

/// Sends until the time is over.
///
/// # Errors
/// When a connection breaks.
pub async fn closed_loop(load: ClosedLoop) -> Result<Rate> {
    apart(run(load)).await
}

async fn run(load: ClosedLoop) -> Result<Rate> {
    let since = Instant::now();
    let until = since + load.lasting;
    let connections: Vec<_> = (0..load.connections)
        .map(|place| tokio::spawn(drive(load.clone(), place, until)))
        .collect();
    let (mut answered, mut refused, mut latencies) = (0, 0, Latencies::new()?);
    for connection in connections {
        let done = connection.await??;
        answered += done.answered;
        refused += done.refused;
        latencies.add(&done.latencies)?;
    }
    let seconds = since.elapsed().as_secs_f64();
    Ok(Rate::new(answered, refused, seconds, latencies.summary()))
}

struct Done {
    answered: u64,
    refused: u64,
    latencies: Latencies,
}

async fn drive(load: ClosedLoop, place: usize, until: Instant) -> Result<Done> {
    let mut connection = Connection::open(load.address).await?;
    let mut done = Done {
        answered: 0,
        refused: 0,
        latencies: Latencies::new()?,
    };
    let all = load.requests.len().max(1);
    let first = all / load.connections.max(1) * place;
    let mut next = load.requests.iter().cycle().skip(first);
    let mut together = Vec::new();
    while Instant::now() < until {
        let sent_at = Instant::now();
        together.clear();
        for request in next.by_ref().take(load.pipelined) {
            together.extend_from_slice(request);
        }
        connection.send(&together).await?;
        for _ in 0..load.pipelined {
            match connection.answer().await? {
                200 => done.answered += 1,
                _ => done.refused += 1,
            }
            done.latencies.record(sent_at.elapsed());
        }
    }
    Ok(done)
}
