//! The listener: verify, enqueue durably, answer.

use super::subject;
use anyhow::{Result, ensure};
use bytes::Bytes;
use heliograph_bench::figures::Rate;
use heliograph_bench::load::{ClosedLoop, OpenLoop, Target, closed_loop, open_loop};
use heliograph_bench::workload::{Plan, Workload};
use heliograph_engine::ports::{Clock, Queue, SystemClock};
use heliograph_listener::{AppSecret, Listener, ListenerCounters, ListenerSettings};
use secrecy::SecretString;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// 1,000,000 an hour.
pub(crate) const MILLION_AN_HOUR: f64 = 1_000_000.0 / 3_600.0;

const CONNECTIONS: usize = 256;
/// Two at a time on a connection keep it busy while an answer is on its way.
const PIPELINED: usize = 4;

/// The listener before the embedded queue, both loads from the same machine.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listening {
    pub(crate) body_bytes: usize,
    pub(crate) connections: usize,
    pub(crate) pipelined: usize,
    /// As fast as it goes.
    pub(crate) most: Rate,
    /// At 1,000,000 an hour, without coordinated omission.
    pub(crate) million_an_hour: Rate,
}

/// Measures both.
pub(crate) async fn measure(directory: &Path, lasting: Duration) -> Result<Listening> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let queue = Arc::new(subject::database(
        directory,
        "listener",
        Arc::clone(&clock),
    )?);
    let secret = SecretString::from("the secret of the benchmark");
    let settings = ListenerSettings {
        secrets: vec![AppSecret {
            name: "bench".into(),
            secret: secret.clone(),
            accounts: Vec::new(),
        }],
        ..ListenerSettings::default()
    };
    let tcp = TcpListener::bind("127.0.0.1:0").await?;
    let path = settings.path.clone();
    let forever = std::future::pending();
    let pushed: Arc<dyn Queue> = Arc::clone(&queue) as _;
    let listener = Listener::start(tcp, pushed, Arc::clone(&clock), settings, forever)?;
    let target = Target {
        address: listener.address(),
        path,
        secret,
    };
    let workload = Workload::until(&Plan::reference(20_000), clock.now());
    let bytes: usize = workload.bodies().map(Bytes::len).sum();
    let body_bytes = bytes / workload.deliveries.len();
    let requests: Vec<_> = workload.bodies().map(|body| target.request(body)).collect();
    // The quiet load first: the other one leaves much behind.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count"
    )]
    let calm = (MILLION_AN_HOUR * lasting.as_secs_f64()) as usize;
    let million_an_hour = open_loop(OpenLoop {
        address: target.address,
        requests: Arc::new(requests.iter().cycle().take(calm).cloned().collect()),
        per_second: MILLION_AN_HOUR,
        connections: 16,
    })
    .await?;
    let most = closed_loop(ClosedLoop {
        address: target.address,
        requests: Arc::new(requests),
        connections: CONNECTIONS,
        pipelined: PIPELINED,
        lasting,
    })
    .await?;
    let ListenerCounters { accepted, .. } = listener.counters();
    listener.stop().await;
    let waiting = queue.depth().await?.waiting;
    queue.close();
    ensure!(
        accepted == waiting && accepted == most.accepted + million_an_hour.accepted,
        "{accepted} were answered with 200 and {waiting} are in the queue"
    );
    Ok(Listening {
        body_bytes,
        connections: CONNECTIONS,
        pipelined: PIPELINED,
        most,
        million_an_hour,
    })
}
