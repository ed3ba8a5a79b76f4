//! Where Redis is, and how it is spoken to.

use crate::RedisError;
use redis::io::tcp::{TcpSettings, socket2::TcpKeepalive};
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, TlsCertificates};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::time::Duration;

/// How long an answer may take, where nothing else is asked for. The client's own default
/// is 500 ms, which a server that rewrites its append-only file on a busy disk exceeds.
pub const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection may take to come about.
pub(crate) const CONNECTION_TIMEOUT: Duration = Duration::from_secs(2);
/// After how long without a sign of life a silent connection is asked for one.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// How long what was sent may stay unacknowledged before the connection counts as lost.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);

/// Where Redis is, and how it is spoken to. Its `Debug` shows no credentials.
#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// `redis://user:password@host:port/database`, or `rediss://` for TLS. A cluster may
    /// be given as several of them with commas between, of which one has to answer.
    pub url: SecretString,
    /// Whether it is a cluster; `None` asks the server.
    pub cluster: Option<bool>,
    /// What the names of our own keys and channels begin with.
    pub prefix: String,
    /// What is put before the names of *cached* keys, which are shared with the Node
    /// application where this is empty. A dry run has its own, such as `dry:`.
    pub namespace: String,
    /// How long an answer may take.
    pub response_timeout: Duration,
    /// A PEM file with the certificates to trust for TLS *instead of* the public ones.
    pub ca_file: Option<PathBuf>,
}

impl RedisConfig {
    /// The defaults for an address.
    #[must_use]
    pub fn new(url: impl Into<SecretString>) -> Self {
        Self {
            url: url.into(),
            cluster: None,
            prefix: "heliograph".to_owned(),
            namespace: String::new(),
            response_timeout: RESPONSE_TIMEOUT,
            ca_file: None,
        }
    }

    /// The servers to begin with, in the order they were given.
    pub(crate) fn seeds(&self, tls: Option<&TlsCertificates>) -> Result<Vec<Seed>, RedisError> {
        split(self.url.expose_secret())
            .into_iter()
            .map(|url| seed(&url, tls))
            .collect()
    }

    /// The certificates that are trusted, where there is a file of them.
    pub(crate) fn certificates(&self) -> Result<Option<TlsCertificates>, RedisError> {
        let Some(path) = &self.ca_file else {
            return Ok(None);
        };
        let pem = std::fs::read(path).map_err(|error| RedisError::Certificates {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        Ok(Some(TlsCertificates {
            client_tls: None,
            root_cert: Some(pem),
        }))
    }
}

/// One server to begin with.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    pub(crate) info: ConnectionInfo,
    /// Whether the address itself says which protocol to speak.
    pub(crate) has_protocol: bool,
}

impl Seed {
    /// Host and port, without credentials.
    pub(crate) fn address(&self) -> String {
        self.info.addr().to_string()
    }

    /// The name to look up, with the port; `None` for a Unix socket.
    pub(crate) fn host(&self) -> Option<(&str, u16)> {
        match self.info.addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                Some((host, *port))
            }
            _ => None,
        }
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.info.addr(), ConnectionAddr::TcpTls { .. })
    }

    /// The same server in another version of the protocol.
    pub(crate) fn speaking(&self, protocol: ProtocolVersion) -> ConnectionInfo {
        let settings = self.info.redis_settings().clone().set_protocol(protocol);
        self.info.clone().set_redis_settings(settings)
    }

    /// Another server that is spoken to in the same way, as the nodes of a cluster are.
    pub(crate) fn at(&self, host: &str, to: u16) -> Self {
        let mut addr = self.info.addr().clone();
        match &mut addr {
            ConnectionAddr::Tcp(name, port)
            | ConnectionAddr::TcpTls {
                host: name, port, ..
            } => {
                host.clone_into(name);
                *port = to;
            }
            _ => {}
        }
        Self {
            info: self.info.clone().set_addr(addr),
            has_protocol: self.has_protocol,
        }
    }
}

/// Several addresses are separated by commas; a comma that no scheme follows belongs to a
/// password.
fn split(urls: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in urls.trim().split(',') {
        match found.last_mut() {
            Some(last) if !part.trim_start().starts_with("redis") => {
                last.push(',');
                last.push_str(part);
            }
            _ => found.push(part.trim().to_owned()),
        }
    }
    found
}

fn seed(url: &str, tls: Option<&TlsCertificates>) -> Result<Seed, RedisError> {
    let refused = |error: redis::RedisError| {
        RedisError::Address(
            error
                .detail()
                .map_or_else(|| error.category().to_owned(), ToOwned::to_owned),
        )
    };
    let has_protocol = url.contains("protocol=");
    let mut info = url.into_connection_info().map_err(refused)?;
    if let (Some(certificates), ConnectionAddr::TcpTls { .. }) = (tls, info.addr()) {
        info = redis::Client::build_with_tls(info, certificates.clone())
            .map_err(|error| RedisError::Address(error.to_string()))?
            .get_connection_info()
            .clone();
    }
    let settings = info
        .redis_settings()
        .clone()
        .set_lib_name("heliograph", env!("CARGO_PKG_VERSION"));
    Ok(Seed {
        info: info.set_tcp_settings(tcp()).set_redis_settings(settings),
        has_protocol,
    })
}

/// Commands are small and wait for each other's answers, so none waits to be sent; and a
/// server that is gone without a word is noticed.
pub(crate) fn tcp() -> TcpSettings {
    let settings = TcpSettings::default()
        .set_nodelay(true)
        .set_keepalive(TcpKeepalive::new().with_time(KEEPALIVE));
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let settings = settings.set_user_timeout(UNACKNOWLEDGED);
    settings
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    #[test]
    fn several_addresses_are_told_from_a_comma_in_a_password() {
        let config = RedisConfig::new("redis://me:a,b@one:1/3, rediss://two:2");
        let seeds = config.seeds(None).unwrap();
        let found: Vec<_> = seeds.iter().map(|s| (s.address(), s.is_tls())).collect();
        assert_eq!(
            found,
            [("one:1".to_owned(), false), ("two:2".to_owned(), true)]
        );
        let first = seeds[0].info.redis_settings();
        assert_eq!(first.db(), 3);
        assert_eq!(first.password(), Some("a,b"));
    }

    #[test]
    fn a_password_is_never_shown() {
        let config = RedisConfig::new("redis://me:secret@one:1");
        let seeds = config.seeds(None).unwrap();
        let broken = RedisConfig::new("nonsense://me:secret@one:1");
        let error = broken.seeds(None).unwrap_err();
        for shown in [
            format!("{config:?}"),
            format!("{seeds:?}"),
            format!("{error:?} {error}"),
        ] {
            assert!(!shown.contains("secret"), "{shown}");
        }
    }
}
