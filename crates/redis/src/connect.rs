//! From an address to a connection.

use crate::commands::Commands;
use crate::config::{CONNECTION_TIMEOUT, RedisConfig, Seed, tcp};
use crate::{RedisError, primaries};
use redis::aio::{ConnectionManager, ConnectionManagerConfig, PubSub};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::{Client, ProtocolVersion, TlsCertificates};
use std::sync::Arc;
use std::time::Duration;

/// Commands that may stand in line for the socket before their callers wait.
const LINE: usize = 1_024;
/// Bytes that are gathered before they are written: one system call for many commands.
const GATHERED: usize = 64 * 1_024;
/// Attempts to reach a server that was lost before those who wait are told. The next
/// command begins again.
const ATTEMPTS: usize = 4;
/// The wait between two attempts begins here and doubles,
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// and ends here.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// A Redis, single or cluster. It is cheap to clone; every clone uses the same connection.
#[derive(Debug, Clone)]
pub struct Redis(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: RedisConfig,
    /// The servers that were named, and after them the nodes of the cluster as it was
    /// when we connected.
    seeds: Vec<Seed>,
    certificates: Option<TlsCertificates>,
    protocol: ProtocolVersion,
    commands: Commands,
}

impl Redis {
    /// Connects, and finds out whether it is a cluster.
    ///
    /// # Errors
    /// Says exactly what is wrong: the name, the port, TLS, the password, the database.
    pub async fn connect(config: &RedisConfig) -> Result<Self, RedisError> {
        let certificates = config.certificates()?;
        let mut seeds = config.seeds(certificates.as_ref())?;
        if seeds.iter().any(Seed::is_tls) {
            // Whoever came first has chosen the same one.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let (manager, protocol) = first(&seeds).await?;
        let timeout = Some(config.response_timeout);
        let single = Commands::standalone(manager, timeout);
        let is_cluster = match config.cluster {
            Some(is_cluster) => is_cluster,
            None => primaries::is_cluster(&single).await?,
        };
        let commands = if is_cluster {
            let named = seeds.len();
            for (host, port, _) in primaries::slots(&single).await? {
                seeds.push(seeds[0].at(&host, port));
            }
            let client = cluster(&seeds[..named], certificates.as_ref(), protocol, timeout)?;
            let connection = client.get_async_connection().await?;
            Commands::cluster(connection, timeout)
        } else {
            single
        };
        Ok(Self(Arc::new(Inner {
            config: config.clone(),
            seeds,
            certificates,
            protocol,
            commands,
        })))
    }

    /// The shared connection, for everything that does not block.
    #[must_use]
    pub fn commands(&self) -> Commands {
        self.0.commands.clone()
    }

    /// A connection of one's own that waits for answers as long as they take, for blocking
    /// commands: on the shared one they would make everybody else wait. It comes back by
    /// itself like the shared one.
    ///
    /// # Errors
    /// When none comes about.
    pub async fn dedicated(&self) -> Result<Commands, RedisError> {
        if self.is_cluster() {
            let client = cluster(
                &self.0.seeds,
                self.0.certificates.as_ref(),
                self.0.protocol,
                None,
            )?;
            let connection = client.get_async_connection().await?;
            return Ok(Commands::cluster(connection, None));
        }
        let (manager, _) = first(&self.0.seeds).await?;
        Ok(Commands::standalone(manager, None))
    }

    /// A connection of one's own for Pub/Sub. It does not come back by itself: whoever
    /// listens has to know that there was a gap. In a cluster it is to any node that
    /// answers, which hears what is published on every other.
    ///
    /// # Errors
    /// When none comes about.
    pub async fn pubsub(&self) -> Result<PubSub, RedisError> {
        let mut last = None;
        for seed in &self.0.seeds {
            // In the older protocol every kind of server answers a ping here.
            match pubsub(seed.speaking(ProtocolVersion::RESP2)).await {
                Ok(connection) => return Ok(connection),
                Err(error) => {
                    last = Some(RedisError::connecting(
                        seed.address(),
                        database(seed),
                        &error,
                    ));
                }
            }
        }
        Err(last.unwrap_or_else(no_address))
    }

    /// Whether it is a cluster.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        self.0.commands.as_cluster().is_some()
    }

    /// How it was reached.
    #[must_use]
    pub fn config(&self) -> &RedisConfig {
        &self.0.config
    }

    /// The name of a key or channel of our own, such as `heliograph:invalidations`.
    #[must_use]
    pub fn own(&self, name: &str) -> String {
        format!("{}:{name}", self.0.config.prefix)
    }

    /// The name in Redis of a key of the cache.
    #[must_use]
    pub fn cached(&self, key: &str) -> String {
        format!("{}{key}", self.0.config.namespace)
    }
}

/// The first server that answers. What the first one says is told when none does: it is
/// the one that was meant.
async fn first(seeds: &[Seed]) -> Result<(ConnectionManager, ProtocolVersion), RedisError> {
    let mut told = None;
    for seed in seeds {
        match reach(seed).await {
            Ok(reached) => return Ok(reached),
            Err(error) => told = told.or(Some(error)),
        }
    }
    Err(told.unwrap_or_else(no_address))
}

async fn reach(seed: &Seed) -> Result<(ConnectionManager, ProtocolVersion), RedisError> {
    if let Some((host, port)) = seed.host() {
        let found = tokio::net::lookup_host((host, port)).await;
        found.map(drop).map_err(|error| RedisError::Dns {
            host: host.to_owned(),
            reason: error.to_string(),
        })?;
    }
    let asked = seed.info.redis_settings().protocol();
    let told =
        |error: &redis::RedisError| RedisError::connecting(seed.address(), database(seed), error);
    // In the newer protocol a connection that was lost is noticed at once, and not by the
    // next command that fails.
    let protocol = if seed.has_protocol {
        asked
    } else {
        ProtocolVersion::RESP3
    };
    match attempt(seed, protocol).await {
        Ok(manager) => Ok((manager, protocol)),
        Err(error) if !seed.has_protocol && lacks_hello(&error) => {
            let manager = attempt(seed, ProtocolVersion::RESP2).await;
            Ok((
                manager.map_err(|error| told(&error))?,
                ProtocolVersion::RESP2,
            ))
        }
        Err(error) if error.is_timeout() && seed.is_tls() && listens(seed).await => {
            Err(RedisError::Tls {
                address: seed.address(),
                reason: "it takes the connection and does not answer in TLS".to_owned(),
            })
        }
        Err(error) => Err(told(&error)),
    }
}

/// Whether a connection comes about at all: a Redis without TLS waits for the end of what
/// it takes for a command.
async fn listens(seed: &Seed) -> bool {
    let Some(address) = seed.host() else {
        return false;
    };
    let connection = tokio::net::TcpStream::connect(address);
    tokio::time::timeout(CONNECTION_TIMEOUT, connection)
        .await
        .is_ok_and(|connection| connection.is_ok())
}

/// One attempt, so that what is wrong is told at once, and a connection that tries several
/// times when it is lost later.
async fn attempt(
    seed: &Seed,
    protocol: ProtocolVersion,
) -> Result<ConnectionManager, redis::RedisError> {
    let client = Client::open(seed.speaking(protocol))?;
    let once = redis::AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECTION_TIMEOUT))
        .set_response_timeout(Some(CONNECTION_TIMEOUT));
    client
        .get_multiplexed_async_connection_with_config(&once)
        .await?;
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(ATTEMPTS)
        .set_min_delay(FIRST_WAIT)
        .set_max_delay(LONGEST_WAIT)
        .set_connection_timeout(Some(CONNECTION_TIMEOUT))
        .set_response_timeout(None)
        .set_pipeline_buffer_size(LINE)
        .set_write_backpressure_boundary(GATHERED);
    ConnectionManager::new_with_config(client, config).await
}

fn cluster(
    seeds: &[Seed],
    certificates: Option<&TlsCertificates>,
    protocol: ProtocolVersion,
    timeout: Option<Duration>,
) -> Result<ClusterClient, RedisError> {
    let nodes = seeds.iter().map(|seed| seed.speaking(protocol));
    let mut builder = ClusterClientBuilder::new(nodes)
        .use_protocol(protocol)
        .tcp_settings(tcp())
        .connection_timeout(CONNECTION_TIMEOUT)
        .min_retry_wait(20)
        .max_retry_wait(500)
        .write_backpressure_boundary(GATHERED)
        // Ours is around it, and takes what is tried again with it.
        .overall_response_timeout(None);
    if let Some(timeout) = timeout {
        builder = builder.response_timeout(timeout);
    }
    if let (Some(certificates), true) = (certificates, seeds.iter().any(Seed::is_tls)) {
        builder = builder.certs(certificates.clone());
    }
    Ok(builder.build()?)
}

async fn pubsub(info: redis::ConnectionInfo) -> Result<PubSub, redis::RedisError> {
    let client = Client::open(info)?;
    tokio::time::timeout(CONNECTION_TIMEOUT, client.get_async_pubsub())
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
}

/// Redis before 6.0 does not know the newer protocol.
fn lacks_hello(error: &redis::RedisError) -> bool {
    error.kind() == redis::ErrorKind::RESP3NotSupported
}

fn database(seed: &Seed) -> i64 {
    seed.info.redis_settings().db()
}

fn no_address() -> RedisError {
    RedisError::Address("there is none".to_owned())
}
