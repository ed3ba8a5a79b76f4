//! The metrics' port: what it answers, and that it answers whatever the backends do.
#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

use async_trait::async_trait;
use heliograph_engine::ports::{
    Backlog, BacklogDepth, PortResult, Queue, QueueDepth, VirtualClock,
};
use heliograph_engine::ports::{Finished, PortError};
use heliograph_engine::process::Measured;
use heliograph_model::{Delivery, DeliveryId, Millis, NewDelivery};
use heliograph_telemetry::{RunningMetrics, Source, serve};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A backend as it is on a bad day.
#[derive(Debug, Clone, Copy)]
enum Sick {
    /// It never answers.
    Silent,
    /// It says that it cannot.
    Down,
}

impl Sick {
    async fn answer<T>(self) -> PortResult<T> {
        match self {
            Self::Silent => std::future::pending().await,
            Self::Down => Err(PortError::Unavailable("it is down".to_owned())),
        }
    }
}

#[async_trait]
impl Queue for Sick {
    async fn push(&self, _: NewDelivery) -> PortResult<DeliveryId> {
        self.answer().await
    }
    async fn take(&self, _: usize) -> PortResult<Vec<Delivery>> {
        self.answer().await
    }
    async fn finish(&self, _: Vec<Finished>) -> PortResult<()> {
        self.answer().await
    }
    async fn depth(&self) -> PortResult<QueueDepth> {
        self.answer().await
    }
}

#[async_trait]
impl Backlog for Sick {
    async fn backlog(&self) -> PortResult<BacklogDepth> {
        self.answer().await
    }
}

async fn start(sick: Sick) -> RunningMetrics {
    let clock = Arc::new(VirtualClock::new(Millis(1)));
    let mut source = Source::new(Measured::default(), Arc::new(sick), clock);
    source.backlog = Some(Arc::new(sick));
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    serve(tcp, source, std::future::pending()).unwrap()
}

/// Sends a request's head as it stands; returns the whole answer.
async fn ask(metrics: &RunningMetrics, line: &str) -> String {
    let mut stream = TcpStream::connect(metrics.address()).await.unwrap();
    let request = format!("{line} HTTP/1.1\r\nhost: metrics\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn the_counters_arrive_also_while_the_backends_are_silent_or_down() {
    for sick in [Sick::Silent, Sick::Down] {
        let metrics = start(sick).await;
        let started = Instant::now();
        let answer = ask(&metrics, "GET /metrics").await;
        assert!(started.elapsed() < Duration::from_secs(8), "{sick:?}");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains("content-type: text/plain; version=0.0.4"),
            "{answer}"
        );
        assert!(
            answer.contains("\nheliograph_deliveries_total 0\n"),
            "{answer}"
        );
        assert!(answer.contains("\nheliograph_queue_up 0.0\n"), "{answer}");
        assert!(
            answer.contains("\nheliograph_write_behind_up 0.0\n"),
            "{answer}"
        );
        metrics.stop().await;
    }
}

#[tokio::test]
async fn nothing_else_is_on_the_port() {
    let metrics = start(Sick::Down).await;
    let status = async |line: &str| {
        let answer = ask(&metrics, line).await;
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(status("GET /healthz").await, "200");
    assert_eq!(status("HEAD /metrics").await, "200");
    assert_eq!(status("POST /metrics").await, "405");
    assert_eq!(status("GET /").await, "404");
    assert_eq!(status("GET /metrics/").await, "404");
    assert_eq!(status("GET /readyz").await, "404");
    assert_eq!(status("GET /api/webhooks/instagram").await, "404");
    assert_eq!(status("POST /api/webhooks/instagram").await, "404");
    metrics.stop().await;
}

#[tokio::test]
async fn a_stop_closes_the_port_though_a_connection_is_open() {
    let metrics = start(Sick::Down).await;
    let address = metrics.address();
    // It has said nothing, and would for ten seconds.
    let idle = TcpStream::connect(address).await.unwrap();
    let started = Instant::now();
    metrics.stop().await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens");
    drop(idle);
}
