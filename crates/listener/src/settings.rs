//! How a listener is set up.

use heliograph_model::AccountId;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// An app secret under which deliveries may be signed. An app with Instagram Login has
/// two (the Facebook app's and the Instagram app's), so there is always a list.
#[derive(Debug, Clone)]
pub struct AppSecret {
    /// What it is called in the journal and in messages for people.
    pub name: String,
    /// The secret itself. Its `Debug` is redacted.
    pub secret: SecretString,
    /// The accounts whose events it may sign; empty: all.
    pub accounts: Vec<AccountId>,
}

/// Everything that can be set on a listener. The defaults are those of the design; only
/// the verify token and the secrets have none, because a built-in one would be a hole.
#[derive(Debug, Clone)]
pub struct ListenerSettings {
    /// The path of the webhook route.
    pub path: String,
    /// The token that is typed into Meta's dashboard. Without one no subscription can be
    /// verified, and deliveries are still accepted.
    pub verify_token: Option<SecretString>,
    /// The secrets under which deliveries may be signed; any match passes. Without one
    /// no delivery is accepted.
    pub secrets: Vec<AppSecret>,
    /// The longest body that is accepted, in bytes.
    pub most_body_bytes: usize,
    /// The most bytes of unfinished bodies that all connections hold together.
    pub most_buffered_bytes: usize,
    /// The most connections at a time; further ones wait to be accepted.
    pub most_connections: usize,
    /// How long a connection may take to send a request's head, and may idle before it.
    /// Longer than a proxy keeps one that it does not use (cloudflared 90 s, nginx and
    /// load balancers 60 s): who ends it first must not be who waits for requests, or one
    /// that is sent at that instant is lost to it.
    pub header_timeout: Duration,
    /// How long a request may take to send its body.
    pub body_timeout: Duration,
    /// How long the queue may take before Meta is asked to post again. Meta gives up
    /// after 20 s (Messenger Platform, FAQ).
    pub push_timeout: Duration,
    /// How long a stop waits for requests under way.
    pub drain_timeout: Duration,
}

impl Default for ListenerSettings {
    fn default() -> Self {
        Self {
            path: Self::PATH.into(),
            verify_token: None,
            secrets: Vec::new(),
            most_body_bytes: 4 * 1024 * 1024,
            most_buffered_bytes: 64 * 1024 * 1024,
            most_connections: 2_048,
            header_timeout: Duration::from_secs(100),
            body_timeout: Duration::from_secs(20),
            push_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(10),
        }
    }
}

impl ListenerSettings {
    /// The webhook route's path where nothing else is set.
    pub const PATH: &str = "/api/webhooks/instagram";

    /// Refuses what would make the listener unsafe or useless.
    ///
    /// # Errors
    /// One of [`SettingsError`], each of which says what to change.
    pub fn check(&self) -> Result<(), SettingsError> {
        let plain = self
            .path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#'));
        let taken = self.path == "/healthz" || self.path == "/readyz";
        if !self.path.starts_with('/') || !plain || taken {
            return Err(SettingsError::Path(self.path.clone()));
        }
        if self.verify_token.as_ref().is_some_and(is_blank) {
            return Err(SettingsError::BlankVerifyToken);
        }
        for (place, secret) in self.secrets.iter().enumerate() {
            if is_blank(&secret.secret) {
                return Err(SettingsError::BlankSecret(secret.name.clone()));
            }
            if self.secrets[..place].iter().any(|s| s.name == secret.name) {
                return Err(SettingsError::SameName(secret.name.clone()));
            }
        }
        for (name, is_zero) in [
            ("most_body_bytes", self.most_body_bytes == 0),
            ("most_connections", self.most_connections == 0),
            ("header_timeout", self.header_timeout.is_zero()),
            ("body_timeout", self.body_timeout.is_zero()),
            ("push_timeout", self.push_timeout.is_zero()),
        ] {
            if is_zero {
                return Err(SettingsError::Zero(name));
            }
        }
        Ok(())
    }
}

fn is_blank(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}

/// Why a listener does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The path cannot be a route of its own.
    #[error(
        "the webhook path must start with “/”, hold no “?”, “#” or spaces, and be neither \
         /healthz nor /readyz; it is “{0}”"
    )]
    Path(String),
    /// An empty token would verify anybody's subscription.
    #[error("the verify token is empty; set one, or leave it out")]
    BlankVerifyToken,
    /// An empty secret would let anybody sign.
    #[error("the app secret “{0}” is empty; copy it from the app's basic settings")]
    BlankSecret(String),
    /// Two secrets with one name could not be told apart in the journal.
    #[error("two app secrets are called “{0}”; give each a name of its own")]
    SameName(String),
    /// The socket is not one to accept on.
    #[error("the socket cannot be listened on: {0}")]
    Socket(String),
    /// A limit of zero would refuse everything.
    #[error("the setting {0} must not be zero")]
    Zero(&'static str),
}
