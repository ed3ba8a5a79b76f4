//! Spans reach a collector. With the feature `otlp` alone.
#![cfg(feature = "otlp")]
#![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

use heliograph_telemetry::Logging;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

/// Answers one request with 200 and returns its path and body.
fn collect(listener: &TcpListener) -> (String, Vec<u8>) {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let path = line.split(' ').nth(1).unwrap().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    reader.get_mut().write_all(answer).unwrap();
    (path, body)
}

#[test]
fn the_spans_of_an_event_reach_the_collector() {
    // The client wants a TLS to be chosen, also where it speaks plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || sender.send(collect(&listener)));

    let logging = Logging {
        filter: "off".to_owned(),
        otlp: Some(format!("http://{address}")),
        ..Logging::default()
    };
    let started = logging.start().unwrap();
    {
        let span = tracing::debug_span!(target: "heliograph_engine", "event", delivery = "4711");
        let _entered = span.enter();
        tracing::debug_span!(target: "hyper", "foreign").in_scope(|| {});
    }
    // The end of the process sends what is left.
    drop(started);
    let (path, body) = received.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(path, "/v1/traces");
    let holds = |text: &str| body.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("event") && holds("delivery") && holds("4711"));
    assert!(holds("heliograph"), "the service has a name");
    assert!(!holds("foreign"), "only our own spans are sent");
}
