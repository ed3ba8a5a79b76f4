//! At a fixed rate, whatever the answers do.
//!
//! Every request has a time at which it is meant to start, and its latency counts from
//! there. When the server stalls, the requests that should have started meanwhile are
//! charged for their waiting, too; a generator that waits for the answer before it sends
//! the next one would leave exactly those out (coordinated omission).

use super::{Latencies, apart, connection::Connection};
use crate::figures::Rate;
use anyhow::{Result, bail};
use bytes::Bytes;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc};

/// At a fixed rate.
#[derive(Debug, Clone)]
pub struct OpenLoop {
    /// Where they go.
    pub address: SocketAddr,
    /// The requests, each sent once, in this order.
    pub requests: Arc<Vec<Bytes>>,
    /// Requests that start in a second.
    pub per_second: f64,
    /// Connections that share the requests: whichever is free takes the next one.
    pub connections: usize,
}

/// Sends all requests at their times.
///
/// # Errors
/// When a connection breaks.
pub async fn open_loop(load: OpenLoop) -> Result<Rate> {
    if load.per_second <= 0.0 || load.connections == 0 {
        bail!("an open loop needs a rate and a connection");
    }
    apart(run(load)).await
}

/// A request that is due, by its place, and when it was meant to start.
type Due = (usize, Instant);

async fn run(load: OpenLoop) -> Result<Rate> {
    let mut ready = Vec::with_capacity(load.connections);
    for _ in 0..load.connections {
        ready.push(Connection::open(load.address).await?);
    }
    // A free connection holds the lock while it waits, so the requests are taken in order.
    let (due, dues) = mpsc::unbounded_channel::<Due>();
    let dues = Arc::new(Mutex::new(dues));
    let since = Instant::now() + Duration::from_millis(20);
    let pace = std::thread::Builder::new().name("pace".into()).spawn({
        let (all, per_second) = (load.requests.len(), load.per_second);
        move || keep_pace(all, per_second, since, &due)
    })?;
    let connections: Vec<_> = ready
        .into_iter()
        .map(|connection| {
            let (requests, dues) = (Arc::clone(&load.requests), Arc::clone(&dues));
            tokio::spawn(drive(connection, requests, dues))
        })
        .collect();
    let (mut answered, mut refused, mut latencies) = (0, 0, Latencies::new()?);
    for connection in connections {
        let done = connection.await??;
        answered += done.0;
        refused += done.1;
        latencies.add(&done.2)?;
    }
    if pace.join().is_err() {
        bail!("the pace of the load was lost");
    }
    let seconds = since.elapsed().as_secs_f64();
    Ok(Rate::new(answered, refused, seconds, latencies.summary()))
}

/// Hands out every request at its time. A thread of its own, because it wakes within some
/// ten microseconds where a timer of the runtime counts in milliseconds.
#[allow(
    clippy::disallowed_methods,
    reason = "a thread that does nothing but sleep, outside of every runtime"
)]
fn keep_pace(all: usize, per_second: f64, since: Instant, due: &mpsc::UnboundedSender<Due>) {
    #[allow(clippy::cast_precision_loss, reason = "some millions at the most")]
    for place in 0..all {
        let at = since + Duration::from_secs_f64(place as f64 / per_second);
        let left = at.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            std::thread::sleep(left);
        }
        if due.send((place, at)).is_err() {
            return;
        }
    }
}

async fn drive(
    mut connection: Connection,
    requests: Arc<Vec<Bytes>>,
    dues: Arc<Mutex<mpsc::UnboundedReceiver<Due>>>,
) -> Result<(u64, u64, Latencies)> {
    let (mut answered, mut refused, mut latencies) = (0, 0, Latencies::new()?);
    loop {
        let due = dues.lock().await.recv().await;
        let Some((place, at)) = due else {
            return Ok((answered, refused, latencies));
        };
        connection.send(&requests[place]).await?;
        match connection.answer().await? {
            200 => answered += 1,
            _ => refused += 1,
        }
        latencies.record(at.elapsed());
    }
}
