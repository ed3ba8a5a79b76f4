//! How the client is set up.

use super::{breaker::BreakerSettings, flavour::Flavour, pacing::Pacing};
use std::{net::IpAddr, time::Duration};

/// The Graph API's version that this was written against.
pub const API_VERSION: &str = "v25.0";

/// How the client is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphConfig {
    /// Scheme, host and port, such as `https://graph.instagram.com`. Only the loopback
    /// address may be without TLS: a token goes with every request.
    pub base_url: String,
    /// The version, such as `v25.0`.
    pub version: String,
    /// How the accounts were connected.
    pub flavour: Flavour,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a whole request may take.
    pub request_timeout: Duration,
    /// How many idle connections are kept.
    pub idle_connections: usize,
    /// How fast an account sends.
    pub pacing: Pacing,
    /// When an account is left alone because the service is at fault.
    pub breaker: BreakerSettings,
}

impl GraphConfig {
    /// Meta's own servers.
    #[must_use]
    pub fn meta(flavour: Flavour) -> Self {
        Self::at(flavour.base_url(), flavour)
    }

    /// Another server with Meta's paths: the simulated one, or a recorder.
    #[must_use]
    pub fn at(base_url: impl Into<String>, flavour: Flavour) -> Self {
        Self {
            base_url: base_url.into(),
            version: API_VERSION.into(),
            flavour,
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(20),
            idle_connections: 64,
            pacing: Pacing::default(),
            breaker: BreakerSettings::default(),
        }
    }

    /// The same with another pacing.
    #[must_use]
    pub fn paced(mut self, pacing: Pacing) -> Self {
        self.pacing = pacing;
        self
    }

    /// The same with another version of the API, such as `v25.0`.
    #[must_use]
    pub fn versioned(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// The parsed address.
    pub(super) fn base(&self) -> Result<reqwest::Url, GraphConfigError> {
        let url: reqwest::Url = self
            .base_url
            .parse()
            .map_err(|_| GraphConfigError::Address(self.base_url.clone()))?;
        let digits = self.version.strip_prefix('v').unwrap_or_default();
        if !digits.starts_with(|it: char| it.is_ascii_digit())
            || !digits.chars().all(|it| it.is_ascii_digit() || it == '.')
        {
            return Err(GraphConfigError::Version(self.version.clone()));
        }
        let host = url.host_str().unwrap_or_default();
        if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(host)) {
            Ok(url)
        } else {
            Err(GraphConfigError::Plain(self.base_url.clone()))
        }
    }
}

/// Whether a host is this machine itself.
pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Why a client cannot be set up so.
#[derive(Debug, thiserror::Error)]
pub enum GraphConfigError {
    /// The address is none.
    #[error("“{0}” is not an address of the Graph API; write it like https://graph.instagram.com")]
    Address(String),
    /// The version is none.
    #[error("“{0}” is no version of the Graph API; write it like v25.0")]
    Version(String),
    /// Tokens would travel in the clear.
    #[error("“{0}” has no TLS, and access tokens would travel in the clear; use https")]
    Plain(String),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be started: {0}")]
    Client(#[from] reqwest::Error),
}
