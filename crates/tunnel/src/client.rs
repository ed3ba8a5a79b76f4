//! Asking through a public address, as Meta does.

use reqwest::{Client, Url, redirect::Policy};
use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

/// Nobody waits longer for an answer than Meta does for one to a delivery (Messenger
/// Platform, FAQ: 20 s); a listener that takes half of that is too slow.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is read of an answer, in bytes.
pub(crate) const MOST_BODY: usize = 16 * 1024;

/// A client for one question: each asks for the name and greets anew, so that a name that
/// is gone or a certificate that expired is noticed.
pub(crate) fn client(url: &str) -> Client {
    // Whoever chose a provider before keeps their choice.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = Client::builder()
        .redirect(Policy::none())
        .pool_max_idle_per_host(0)
        .timeout(PATIENCE);
    if is_of_this_machine(url) {
        client = client.no_proxy();
    }
    client.build().unwrap_or_default()
}

fn is_of_this_machine(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

/// Why no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    Name,
    Tls,
    Connection,
    Time,
    Broken,
}

/// Why no answer came, with the innermost cause, which holds neither address nor header.
pub(crate) fn no_answer(error: &reqwest::Error) -> (NoAnswer, String) {
    let causes: Vec<String> =
        std::iter::successors(error.source(), |source: &&(dyn Error + 'static)| {
            (*source).source()
        })
        .map(ToString::to_string)
        .collect();
    let any = |words: &[&str]| {
        causes.iter().any(|cause| {
            let cause = cause.to_ascii_lowercase();
            words.iter().any(|word| cause.contains(word))
        })
    };
    let why = if any(&["dns error", "failed to lookup address"]) {
        NoAnswer::Name
    } else if any(&[
        "certificate",
        "tls",
        "invalidcontenttype",
        "corrupt message",
        "handshake",
    ]) {
        NoAnswer::Tls
    } else if error.is_timeout() {
        NoAnswer::Time
    } else if error.is_connect() {
        NoAnswer::Connection
    } else {
        NoAnswer::Broken
    };
    let cause = causes.last().cloned().unwrap_or_else(|| error.to_string());
    let lookup = "failed to lookup address information: ";
    (why, cause.trim_start_matches(lookup).to_owned())
}
