//! The HTTP client of what the desk asks and posts.

use reqwest::{Client, redirect::Policy};
use std::time::Duration;

/// One that follows no redirect and takes no proxy, so that a request goes where it was sent
/// and nowhere else, and an answer is that of the named address. It waits so long.
pub(crate) fn client(patience: Duration) -> Client {
    // Whoever chose a provider before keeps their choice.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .timeout(patience)
        .build()
        .unwrap_or_default()
}
